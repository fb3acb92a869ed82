"""What a bench module returns: a figure of ours beside the figure it is compared with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """``ours`` and ``theirs`` in ``unit``; ``goal`` is the least ratio wished for, ``most`` the largest ``ours`` allowed.

    With ``theirs`` None the figure stands alone (a share, a count of statements).
    """

    name: str
    ours: float
    theirs: float | None = None
    unit: str = "/s"
    against: str = ""
    goal: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return None if not self.theirs else self.ours / self.theirs

    @property
    def missed(self) -> bool:
        too_slow = self.goal is not None and self.ratio is not None and self.ratio < self.goal
        return too_slow or (self.most is not None and self.ours > self.most)

    def line(self) -> str:
        """One line to read: name, our figure, the other one, their ratio and the goal."""
        text = f"{self.name}: {self.ours:,.4g} {self.unit}"
        if self.ratio is not None:
            text += f"  against {self.theirs:,.4g} {self.unit} ({self.against})  = {self.ratio:,.3g} x"
        if self.goal is not None:
            text += f"  [goal >= {self.goal:g}: {'MISSED' if self.missed else 'met'}]"
        if self.most is not None:
            text += f"  [goal <= {self.most:g} {self.unit}: {'MISSED' if self.missed else 'met'}]"
        return text + (f"  {self.note}" if self.note else "")
