"""Public pages of the brand matrix: the tree as a picture and a list, and one page per brand."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup

from brand.matrix import queries, queries_use, rules
from brand.matrix.drawing import Node, matrix_svg
from core import hooks
from core.account.access import public
from core.organisation import queries as organisations
from core.ui.home import HomePanel
from core.ui.page import page_settings

blueprint = Blueprint("matrix", __name__, template_folder="templates")
LINES = 8


@blueprint.get("/brands")
@public("the brand matrix is public")
def index() -> str:
    """The matrix as a tree."""
    tree = queries.tree()
    return render_template("brand/matrix/index.html", tree=tree, drawing=drawing(tree) if tree else None)


@blueprint.get("/brands/<key>")
@public("what a brand is, who holds it, who may use it, what stands below it")
def show(key: str) -> str:
    """One brand: the known facts only, story and pictures, figures with their day, producers, products, signed lots."""
    brand, lang = queries.by_key(key), page_settings().lang
    lines: dict[str, list[hooks.BrandLine]] = {"producer": [], "product": [], "lot": []}
    if brand.is_public:
        ids = queries.with_below(brand.id)
        for tell in hooks.brand_lines:
            for line in tell(brand_ids=ids, limit=LINES, lang=lang):
                lines[line.kind].append(line)
    counted = queries.counted(brand.id)
    return render_template(
        "brand/matrix/show.html",
        brand=brand,
        facts=[(gettext(label), gettext(value) if label == "商标类型" else value) for label, value in brand.facts],
        line=queries.line(brand.id)[:-1],
        below=[b for b in queries.brands() if b.parent_id == brand.id],
        owner=organisations.get_organisation(brand.organisation_id) if brand.organisation_id else None,
        pictures=queries.pictures(brand.id),
        lines=lines,
        counted=counted,
        figures=[
            (gettext(rules.FIGURES[k][0]), v, "" if lang == "en" else rules.FIGURES[k][1])
            for k, v in (counted.values if counted else ())
        ],
        current=queries_use.rules_in_force(brand.id) if brand.is_public else None,
    )


def drawing(tree: list[queries.Branch]) -> Markup:
    """The tree as SVG in the page's language, with a sentence that says what it shows."""
    english = page_settings().lang == "en"

    def node(branch: queries.Branch) -> Node:
        brand = branch.brand
        name = brand.texts.name_en if english and brand.texts.name_en else brand.name
        return Node(name, gettext(brand.level_label), brand.level, tuple(node(c) for c in branch.children))

    names = "、".join(b.brand.name for b in tree)
    label = gettext("品牌矩阵图：%(names)s，各级品牌按隶属关系往下排，旁边的列表写着同样的内容", names=names)
    return matrix_svg([node(b) for b in tree], label, gettext("另有 {n} 个，见列表"))


def home_panel() -> HomePanel | None:
    """The matrix on the front door; nothing while no brand is laid out."""
    tree = queries.tree()
    if not tree:
        return None
    html = Markup(render_template("brand/matrix/_home.html", tree=tree))  # noqa: S704 - an own template, escaped there
    return HomePanel(gettext("品牌矩阵"), html, (gettext("看全部"), url_for("matrix.index")))
