"""Makes everything a fresh machine lacks: the virtual environment, the front-end packages, the document font.

Run by whatever ``python3`` the machine has: standard library only, and the version is looked at before anything else.
A second run is quick: stamps hold the hash of what was installed.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this line is for older ones
    sys.exit(
        "需要 Python 3.11 或更新的版本，现在是 "
        + sys.version.split()[0]
        + "；请安装后用 make PYTHON=python3.11 run 再试。"
        " / Python 3.11 or newer is needed; install it and run: make PYTHON=python3.11 run"
    )

import argparse
import contextlib
import fcntl
import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = ("requirements.txt", "dev-requirements.txt")
VENDOR = ROOT / "core" / "ui" / "static" / "vendor"
FONTS = ROOT / "core" / "document" / "fonts"
MODULES = ROOT / "node_modules"
COPIES = {
    "htmx.org/dist/htmx.min.js": VENDOR / "htmx.min.js",
    "@tabler/core/dist/css/tabler.min.css": VENDOR / "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": VENDOR / "tabler.min.js",
    "echarts/dist/echarts.min.js": VENDOR / "echarts.min.js",
    "@noble/ed25519/index.js": VENDOR / "noble-ed25519.js",
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": FONTS / "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": FONTS / "NotoSansSC-Bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": FONTS / "OFL.txt",
}
HEAVY = ("@expo-google-fonts", "@tabler", "echarts")
OLDEST_NODE = 18
_NETWORK = re.compile(
    r"getaddrinfo|name resolution|ConnectTimeout|ConnectionError|NewConnectionError|Connection refused|ENOTFOUND|EAI_AGAIN"
    r"|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|Network is unreachable|Could not fetch|No matching distribution",
    re.IGNORECASE,
)


class SetupError(Exception):
    """One sentence for the person at the terminal."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def digest_of(*parts: object) -> str:
    """A hash over texts and files."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        total.update(b"\0")
    return total.hexdigest()


def stamp_fits(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text().strip() == value


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two set-ups at once (make run and make test) wait for each other."""
    try:
        (ROOT / "var").mkdir(exist_ok=True)
        lock = os.open(ROOT / "var" / "setup.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SetupError(
            f"文件夹不能写入：{ROOT}。/ The folder cannot be written: {ROOT} ({error.strerror})."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def run(command: list[str], what: str, env: dict[str, str] | None = None) -> None:
    """Run quietly; on failure say what failed and, where it looks like it, that the network is missing."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode == 0:
        return
    tail = "\n".join(done.stdout.strip().splitlines()[-12:])
    if _NETWORK.search(done.stdout):
        raise SetupError(
            f"{what}没有完成：连不上软件源，请检查网络或镜像设置后再运行一次。"
            f" / {what} failed: the package registry cannot be reached; check the network and run again.\n{tail}"
        )
    raise SetupError(f"{what}没有完成。/ {what} failed.\n{tail}")


def make_venv(locks: tuple[str, ...]) -> None:
    """``.venv`` holds exactly what the locks name, checked by hash."""
    value, whole = (digest_of(sys.version_info[:2], str(VENV), *(ROOT / n for n in names)) for names in (locks, LOCKS))
    stamp = VENV / "yidun.stamp"
    python = VENV / "bin" / "python"
    if python.exists() and (stamp_fits(stamp, value) or stamp_fits(stamp, whole)):
        return  # what has the tools for tests, too, has all that is needed to run
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing and not python.exists():
        raise SetupError(
            "这台机器的 Python 缺少 venv 模块；Debian 或 Ubuntu 请先运行 apt-get install python3-venv。"
            " / This Python lacks the venv module; on Debian or Ubuntu run: apt-get install python3-venv"
        )
    stamp.unlink(missing_ok=True)
    if not python.exists() or not venv_is_ours(python):
        say("建立虚拟环境 … / making .venv")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "建立虚拟环境")
    say("安装依赖（首次约一分钟）… / installing pinned packages")
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q"]
    command += ["--require-hashes", "--only-binary", ":all:"]
    for name in locks:
        command += ["-r", name]
    run(command, "安装依赖")
    stamp.write_text(value + "\n")


def venv_is_ours(python: Path) -> bool:
    """Whether the environment was made at this place by a Python of this version (folders get moved and copied)."""
    probe = "import sys; print(sys.version_info[:2], sys.prefix)"
    done = subprocess.run([str(python), "-c", probe], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == f"{sys.version_info[:2]} {VENV}"


def node() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and its environment: the machine's node >= 18, else the wheel's."""
    env = dict(os.environ)
    authority = next((env[n] for n in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT") if env.get(n)), "")
    if authority:  # node ignores the system's authorities and would retry for more than a minute (TRAPS 5)
        env.setdefault("NODE_EXTRA_CA_CERTS", authority)
    system = shutil.which("node"), shutil.which("npm")
    if all(system) and node_major(str(system[0])) >= OLDEST_NODE:
        return [str(system[1])], env
    if not (VENV / "bin" / "npm").exists():
        raise SetupError("没有找到 Node.js 18 或更新版本。/ Node.js 18 or newer was not found.")
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    return [str(VENV / "bin" / "npm")], env


def node_major(program: str) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", done.stdout)
    return int(found.group(1)) if found else 0


def make_front_end(*, runtime: bool) -> None:
    """The files our pages and documents need lie in their git-ignored folders; for tests, node_modules beside them."""
    value = digest_of(ROOT / "package-lock.json", sorted(COPIES), Path(__file__))
    stamp, second = VENDOR / "yidun.stamp", MODULES / "yidun.stamp"
    there = stamp_fits(stamp, value) and all(target.exists() for target in COPIES.values())
    if there and (runtime or stamp_fits(second, value)):
        return
    say("取前端文件和字体 … / fetching front-end packages and fonts")
    npm, env = node()
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run([*command, "--omit=dev"] if runtime else command, "取前端文件", env)
    for source, target in COPIES.items():
        copy(MODULES / source, target)
    stamp.write_text(value + "\n")
    if runtime:
        shutil.rmtree(MODULES, ignore_errors=True)  # 185 MB that nothing reads any more
        return
    for name in HEAVY:  # what stays is what the tests' second implementations need (docs/adr/0042)
        shutil.rmtree(MODULES / name, ignore_errors=True)
    second.write_text(value + "\n")


def copy(source: Path, target: Path) -> None:
    """Copy one file whole or not at all; scripts and styles lose the pointer to a map, and get a gzip twin."""
    target.parent.mkdir(parents=True, exist_ok=True)
    data = source.read_bytes()
    is_text = target.suffix in (".js", ".css")
    if is_text:
        data = re.sub(rb"\n?(//[#@] sourceMappingURL=[^\n]*|/\*[#@] sourceMappingURL=[^*]*\*/)\s*$", b"\n", data)
    write_whole(target, data)
    if is_text:
        write_whole(target.with_name(target.name + ".gz"), gzip.compress(data, 9, mtime=0))


def write_whole(target: Path, data: bytes) -> None:
    fresh = target.with_name(target.name + ".new")
    fresh.write_bytes(data)
    fresh.replace(target)


def main() -> int:
    parser = argparse.ArgumentParser(description="Set up .venv, front-end packages and fonts.")
    parser.add_argument("--runtime", action="store_true", help="without the tools for tests and checks")
    options = parser.parse_args()
    try:
        with alone():
            make_venv(LOCKS[:1] if options.runtime else LOCKS)
            make_front_end(runtime=options.runtime)
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except PermissionError as error:
        sys.stderr.write(f"没有权限写入 {error.filename}。/ Not writable: {error.filename}.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"准备工作没有完成：{error.strerror}（{error.filename}）。/ Set-up failed: {error}.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("已中断，再次运行会接着做。/ Interrupted; run again to go on.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
