"""Home page, style page, search, all functions, footer texts, stylesheets."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from core import clock
from core.account.access import access, current_actor, public
from core.errors import BadInput, NotFound, StalePage
from core.ui import assets, flash, home, nav, sample, search
from core.ui import site_texts as site
from core.ui.forms import Form
from core.ui.permissions import MENU, SEARCH, SETTINGS
from core.ui.site_form import SiteForm

blueprint = Blueprint("ui", __name__)


@blueprint.get("/")
@public("the front door")
def front() -> str:
    """What this platform is, the way to check a code, what rooms add."""
    return render_template("ui/home.html", panels=home.panels())


@blueprint.get("/check")
@public("a consumer types a code by hand")
def check_code() -> Response | str:
    """Lead a typed or pasted code to its page: our own address as it stands, anything else told plainly."""
    typed = "".join(request.args.get("code", "").split())[:300]
    path = _own_path(typed)
    if path:
        return redirect(path)  # type: ignore[return-value]
    return render_template("ui/check.html", typed=typed)


def _own_path(typed: str) -> str:
    """The path of a code address of ours (with or without the origin), or ''."""
    origin = current_app.config["SETTINGS"].link_origin
    rest = typed
    for prefix in (origin, origin.upper(), request.host_url.rstrip("/"), request.host_url.rstrip("/").upper()):
        if typed.startswith(prefix + "/"):
            rest = typed[len(prefix) :]
            break
    is_code = rest[:4].lower() == "/01/" or rest[:4].lower() == "/id/"
    plain = all(c.isascii() and (c.isalnum() or c in "/-._~%()") for c in rest)
    return rest if is_code and plain and ".." not in rest and "//" not in rest else ""


@blueprint.get("/styleguide")
@public("shows the look to everybody who builds or checks it; holds no data")
def styleguide() -> str:
    """Every component in every state."""
    layout = "office" if request.args.get("as") == "office" else "public"
    return render_template(
        "ui/styleguide.html",
        sample=sample.build(),
        layout=f"ui/{layout}.html",
        form=sample.SampleForm(),
        wrong=sample.in_error(),
    )


@blueprint.get("/menu")
@access(MENU)
def everything() -> str:
    """All entries of the menu on one page (the last place of the phone's bottom bar)."""
    return render_template("ui/menu.html", nav=nav.menu())


@blueprint.get("/search")
@access(SEARCH)
def find() -> Response | str:
    """All hits for a pasted code, number, address or name; a single exact hit is opened at once."""
    text = request.args.get("q", "").strip()[:200]
    hits = search.find(text, current_actor())
    return render_template("ui/search.html", text=text, hits=hits)


@blueprint.route("/admin/site", methods=["GET", "POST"])
@access(SETTINGS)
def texts() -> Response | tuple[str, int]:
    """Edit the footer texts."""
    form: Form = SiteForm(data=site.texts())
    if request.method == "GET":
        form.version.data = site.stamp()
    elif form.validate_on_submit():
        if form.version.data != site.stamp():
            raise StalePage(
                "你打开这一页以后，别人改了页脚，你填的没有保存。", help="返回上一页刷新，看过最新内容再改。"
            )
        try:
            changed = site.set_texts(form.values(), current_actor())
        except BadInput as error:
            form.put_error(error)
        else:
            form.claim_once()
            flash(
                "页脚和说明已保存，最多半分钟后各页都会更新。" if changed else "没有改动。", "ok" if changed else "none"
            )
            return redirect(url_for("ui.texts"))  # type: ignore[return-value]
    return render_template("ui/site.html", form=form), 422 if form.errors else 200


@blueprint.get("/about/<name>")
@public("privacy notice and licences are for everybody")
def about(name: str) -> str:
    """One of the notices, where the administrator has written it."""
    text = site.texts().get(name) if name in site.PAGES else None
    if not text:
        raise NotFound("这份说明还没有发布。", help="可从首页底部看已有的说明。")
    return render_template("ui/about.html", title=site.PAGES[name], text=text)


@blueprint.get("/assets/<name>-<digest>.css")
@public("stylesheets")
def stylesheet(name: str, digest: str) -> Response:
    """A stylesheet bundle; an old digest answers the present one, uncached."""
    if name not in assets.BUNDLES:
        raise NotFound("没有这份样式。")
    data, now = assets.bundle(name)
    response = Response(data, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if digest == now else "no-cache"
    return response


@blueprint.before_app_request
def maintenance() -> None:
    """While ``var/maintenance`` exists every page but health and files of style answers 503 with the note in it."""
    from core.errors import Unavailable

    flag = current_app.config["SETTINGS"].var / "maintenance"
    if not flag.exists() or request.path.startswith(("/static/", "/assets/", "/healthz", "/readyz", "/metrics")):
        return
    note = flag.read_text("utf-8", errors="replace").strip()[:300]
    at = clock.local(clock.now())
    raise Unavailable(
        note or "系统正在维护，数据都在。",
        code="service.maintenance",
        help=f"请过一会儿再打开（{at:%H:%M} 时仍在维护）。",
        retry_after=300,
    )


@blueprint.get("/.well-known/security.txt")
@public("whoever finds a hole must find whom to tell (RFC 9116)")
def security_txt() -> Response:
    """The contact the administrator set, or 404 where none is set."""
    body = site.security_txt(current_app.config["SETTINGS"].link_origin)
    if not body:
        raise NotFound("还没有公布安全问题的联系方式。", help="可以用“反映问题”告诉我们。")
    return Response(body, mimetype="text/plain")


@blueprint.get("/robots.txt")
@public("search engines ask here first")
def robots() -> Response:
    """Public pages may be indexed; orders, scans and work pages may not."""
    closed = (
        "/o/",
        "/orders/",
        "/checkout",
        "/cart",
        "/my/",
        "/account",
        "/login",
        "/01/",
        "/id/",
        "/ID/",
        "/scan/",
        "/files/",
        "/search",
    )
    text = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed)
    return Response(text, mimetype="text/plain")
