"""The bundle as a Debian package, and as an archive that unpacks and installs itself without root."""

from __future__ import annotations

import datetime
import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from publisher import publisher

HERE = Path(__file__).resolve().parent
# Levels of xz, which was as small as zstd in less than half the time at its upper levels: what is published, and a try.
# docs/packaging.md has figures.
_LEVEL, _FAST_LEVEL = 6, 0

# Which package brings a library that the bundle needs and does not hold: what every desktop has.
PACKAGES = {
    "ld-linux-x86-64.so.2": "libc6",
    "ld-linux-aarch64.so.1": "libc6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libc.so.6": "libc6",
    "libcrypt.so.1": "libcrypt1",
    "libcups.so.2": "libcups2t64 | libcups2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdl.so.2": "libc6",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libm.so.6": "libc6",
    "libpthread.so.0": "libc6",
    "libresolv.so.2": "libc6",
    "librt.so.1": "libc6",
    "libutil.so.1": "libc6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb.so.1": "libxcb1",
}


# NVIDIA's driver brings it, from wherever the driver is: torch starts without it, and says that there is no card.
_DRIVER = {"libcuda.so.1"}


class PackageError(Exception):
    """What keeps a package from being made."""


def needs(text: str) -> tuple[set[str], tuple[int, ...]]:
    """Libraries and the highest glibc version (such as 2, 34) that the output of `objdump -p` names."""
    libraries = set(re.findall(r"^\s+NEEDED\s+(\S+)", text, re.MULTILINE))
    versions = [tuple(map(int, number.split("."))) for number in re.findall(r"\bGLIBC_(\d+(?:\.\d+)+)\b", text)]
    return libraries, max(versions, default=(2, 17))


def objdump(files: Iterable[str]) -> str:
    """What `objdump -p` says of libraries and programs."""
    return _output(["objdump", "-p", *files])


def depends(libraries: Iterable[str], bundled: set[str], glibc: tuple[int, ...]) -> list[str]:
    """Debian packages for the libraries that are not in the bundle. Raises `PackageError` for one it does not know."""
    found = set()
    for library in libraries:
        if library in bundled | _DRIVER:
            continue
        if library not in PACKAGES:
            raise PackageError(
                f"{library} is needed, but is neither in the bundle nor known to be on every desktop. Let bundle.py "
                "keep it, or say in linux_packages.py which package brings it."
            )
        found.add(PACKAGES[library])
    found.add("libc6")
    return sorted(f"libc6 (>= {'.'.join(map(str, glibc))})" if name == "libc6" else name for name in found)


def control(*, package: str, version: str, architecture: str, installed_kib: int, depends_on: list[str]) -> str:
    """The control file of a package; the flavors replace each other."""
    cuda = package.endswith("-cuda")
    other = "handtint" if cuda else "handtint-cuda"
    lines = [
        f"Package: {package}",
        f"Version: {version}",
        f"Architecture: {architecture}",
        f"Maintainer: {publisher().maintainer}",
        f"Installed-Size: {installed_kib}",
        f"Depends: {', '.join(depends_on)}",
        "Recommends: fonts-dejavu-core | fonts-noto-core, xdg-desktop-portal",
        f"Conflicts: {other}",
        f"Replaces: {other}",
        *(["Provides: handtint"] if cuda else []),
        "Section: graphics",
        "Priority: optional",
        "Description: restore and colorize old photographs, offline",
        " Handtint puts color into black-and-white photographs on your own computer.",
        " Only color is added: detail and lightness of the original stay as they are.",
        " It has a window and a command line, and can be taught on your own photos.",
        " .",
        " This build computes on NVIDIA cards." if cuda else " This build computes on the processor.",
    ]
    return "\n".join(lines) + "\n"


def filled(text: str, **values: str) -> str:
    """The text with each `@NAME@` replaced. Raises `PackageError` where one is left."""
    for name, value in values.items():
        text = text.replace(f"@{name.upper()}@", value)
    left = re.search(r"@[A-Z]+@", text)
    if left is not None:
        raise PackageError(f"{left[0]} has no value.")
    return text


def share(target: Path, version: str, icons: Path, library: str | None) -> None:
    """What desktops look for under `share`: entry, metainfo, icons, man page. `library` None leaves `@LIB@`."""
    by = publisher()
    values = {
        "version": version,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "id": by.app_id,
        "developer": by.app_id.rpartition(".")[0],
        "publisher": escape(by.name),
    }
    entry = (HERE / "linux" / "handtint.desktop").read_text(encoding="utf-8")
    _write(target / "applications" / "handtint.desktop", filled(entry, lib=library) if library else entry)
    about = (HERE / "linux" / "metainfo.xml").read_text(encoding="utf-8")
    _write(target / "metainfo" / f"{by.app_id}.metainfo.xml", filled(about, **values))
    page = target / "man" / "man1" / "handtint.1.gz"
    page.parent.mkdir(parents=True, exist_ok=True)
    text = filled((HERE / "linux" / "handtint.1").read_text(encoding="utf-8"), **values)
    page.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    for picture in sorted(icons.glob("*.png")):  # 48.png is 48 pixels wide
        place = target / "icons" / "hicolor" / f"{picture.stem}x{picture.stem}" / "apps" / "handtint.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, place)
    drawing = target / "icons" / "hicolor" / "scalable" / "apps" / "handtint.svg"
    drawing.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE.parent / "resources" / "icons" / "handtint.svg", drawing)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def deb(bundle: Path, icons: Path, work: Path, out: Path, version: str, package: str, *, fast: bool) -> Path:
    """Make the Debian package of a bundle and return its file. Raises `PackageError`, `CalledProcessError`."""
    root = work / "deb"
    shutil.rmtree(root, ignore_errors=True)
    library = root / "usr" / "lib" / "handtint"
    shutil.copytree(bundle, library, symlinks=True, copy_function=_link)
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "handtint").symlink_to("../lib/handtint/handtint")
    share(root / "usr" / "share", version, icons, "/usr/lib/handtint")
    papers = root / "usr" / "share" / "doc" / package
    papers.mkdir(parents=True)
    notice = (HERE.parent / "LICENSE").read_text(encoding="utf-8")
    more = "The licenses of all that comes with it stand in /usr/lib/handtint/_internal/resources/LICENSES.txt."
    _write(papers / "copyright", f"Handtint\n\n{notice}\n{more}\n")

    elf = [path for path in library.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path)]
    libraries, glibc = needs(objdump(map(str, elf)))
    bundled = {path.name for path in library.rglob("*.so*")}
    architecture = _output(["dpkg", "--print-architecture"]).strip()
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    text = control(
        package=package,
        version=version,
        architecture=architecture,
        installed_kib=sum(-(-path.stat().st_size // 1024) for path in files),
        depends_on=depends(libraries, bundled, glibc),
    )
    _write(root / "DEBIAN" / "control", text)
    _plain_rights(root)
    file = out / f"{package}_{version}_{architecture}.deb"
    out.mkdir(parents=True, exist_ok=True)
    options = ["--root-owner-group", "-Zxz", f"-z{_FAST_LEVEL if fast else _LEVEL}"]
    subprocess.run(["dpkg-deb", *options, "--build", str(root), str(file)], check=True)
    shutil.rmtree(root)
    return file


def archive(bundle: Path, icons: Path, work: Path, out: Path, version: str, package: str, *, fast: bool) -> Path:
    """Make the archive that installs itself, and return its file. Raises `CalledProcessError`."""
    root = work / "archive"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(bundle, root / "handtint", symlinks=True, copy_function=_link)
    share(root / "share", version, icons, None)
    shutil.copyfile(HERE / "linux" / "install.sh", root / "install.sh")
    _plain_rights(root)
    (root / "install.sh").chmod(0o755)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{package}-{version}-{os.uname().machine}.run"
    options = ["--nox11", "--sha256", "--xz", "--threads", str(os.cpu_count() or 1)]
    options += ["--complevel", str(_FAST_LEVEL if fast else _LEVEL)]
    subprocess.run(
        ["makeself", *options, "--tar-quietly", str(root), str(file), f"Handtint {version}", "./install.sh"], check=True
    )
    shutil.rmtree(root)
    return file


def _link(source: str, target: str) -> None:
    """In place of a copy: the tree that is packed is only read."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _plain_rights(root: Path) -> None:
    """Readable by all, writable by the owner, whatever the umask of the build was."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
