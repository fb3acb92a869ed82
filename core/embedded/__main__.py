"""``python -m core.embedded COMMAND ...``: run a command with a database, embedded where ``DATABASE_URL`` is unset.

For the command line beside or without a running server (``make seed``, ``make backup``, ``flask ...``).
"""

from __future__ import annotations

import os
import subprocess
import sys

from core import config
from core.embedded import cluster
from core.embedded.errors import EmbeddedError


def main(arguments: list[str]) -> int:
    """The exit code of the command."""
    if not arguments:
        sys.stderr.write("usage: python -m core.embedded COMMAND [ARGUMENT ...]\n")
        return 2
    env = dict(os.environ)
    server = None
    try:
        if not env.get("DATABASE_URL"):
            server = cluster.ensure("dev", config.load(env).var)
            env |= {"DATABASE_URL": server.dsn, "YIDUN_EMBEDDED": "1"}
        return subprocess.run(arguments, env=env, check=False).returncode
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if server is not None:
            server.release()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
