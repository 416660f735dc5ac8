"""What goes into the bundle and what does not, and why. Read by the spec, by the hooks and by `build.py`.

Names are those inside the bundle: POSIX paths relative to the folder of libraries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

# torch's settings read the comments in their own source.
TORCH_WITH_SOURCE = (
    "torch._dynamo.config",
    "torch._export.config",
    "torch._functorch.config",
    "torch._inductor.config",
    "torch._inductor.config_comms",
    "torch.compiler.config",
    "torch.distributed.config",
    "torch.fx.experimental._config",
    "torch.utils.serialization.config",
)

# Codecs that TIFF files hold, and what Handtint calls itself; imagecodecs imports them by name at run time.
CODECS = (
    "_shared",
    "_shared_cython",
    "_imcd",
    "_ccitt",
    "_cms",
    "_deflate",
    "_jpeg2k",
    "_jpeg8",
    "_jpegls",
    "_jpegsof3",
    "_jpegxr",
    "_lerc",
    "_ljpeg",
    "_lzma",
    "_pixarlog",
    "_png",
    "_quantize",
    "_tiff",
    "_webp",
    "_zlib",
    "_zstd",
)

# Python packages that some library would use if they were there.
LEFT_OUT_MODULES = (
    "IPython",
    "PIL._imagingtk",
    "PySide6.QtNetwork",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtTest",
    "_pytest",
    "dask",
    "distributed",
    "fsspec",
    "jinja2",
    "markupsafe",
    "matplotlib",
    "networkx",
    "pandas",
    "pip",
    "pkg_resources",
    "pygments",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    "pytest",
    "readline",  # its library is under the GPL
    "scipy",
    "setuptools",
    "skimage",
    "tensorboard",
    "tkinter",
    "torch._inductor.codegen",  # torch.compile, which nothing here uses
    "torch._inductor.fx_passes",
    "torch._inductor.kernel",
    "torch.testing._internal.common_device_type",
    "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.common_modules",
    "torch.testing._internal.common_utils",
    "torch.testing._internal.distributed",
    "torch.testing._internal.generated",
    "torch.testing._internal.opinfo",
    "torch.utils.benchmark",
    "torch.utils.cpp_extension",
    "torch.utils.hipify",
    "torch.utils.tensorboard",
    "torchvision",
    "triton",
)

_QT_MODULES = {"Core", "Gui", "Widgets", "Svg", "PrintSupport", "DBus", "XcbQpa", "WaylandClient", "WlShellIntegration"}
_QT_PLUGINS = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qjpeg", "qsvg", "qico", "qicns"},
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    "platformthemes": {"qxdgdesktopportal"},
    "printsupport": {"cupsprintersupport", "windowsprintersupport", "cocoaprintersupport"},
    "styles": {"qmodernwindowsstyle", "qmacstyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-shell-integration": {"xdg-shell", "wl-shell-plugin", "fullscreen-shell-v1"},
    "xcbglintegrations": {"qxcb-egl-integration", "qxcb-glx-integration"},
}

# Libraries of a Linux desktop: they must fit its drivers, fonts and sessions, and are there wherever a window is.
_DESKTOP = re.compile(
    r"lib(GL|EGL|GLX|GLdispatch|OpenGL|X11|X11-xcb|Xau|Xdmcp|Xext|Xrender|Xi|xcb|xcb-dri\w*|xcb-glx"
    r"|wayland-\w+|cups|drm|gbm|udev|systemd|dbus-1|glib-2\.0|gobject-2\.0|gio-2\.0|gthread-2\.0|gmodule-2\.0"
    r"|fontconfig|freetype)\.so[.\d]*"
)

LANGUAGES = sorted(path.stem for path in (Path(__file__).resolve().parents[1] / "resources" / "i18n").glob("*.json"))
_LEFT_OUT = (
    (
        rf"PySide6/.*translations/(?!qtbase_({'|'.join(LANGUAGES)})\.qm$).*",
        "Qt's own texts in languages that Handtint does not speak, or about what it does not use",
    ),
    (r"PySide6/.*/qml/.*|PySide6/qml/.*", "Qt Quick"),
    (r"PySide6/opengl32sw\.dll|PySide6/Qt/lib/libqgtk3.*", "drawing in software by OpenGL, which is not used"),
    (r".*libpyside6qml\..*|PySide6/pyside6qml\..*", "Qt Quick"),
    (r"torch/(include|test|share|csrc)/.*", "for building on torch, and its tests"),
    (r"torch/bin/(?!torch_shm_manager$).*", "torch's tests and tools"),
    (
        r"torch/lib/(.*test.*|libaoti_custom_ops|libbackend_with_compiler|libnnapi_backend)(\.so|\.dll|\.dylib)?",
        "torch's tests",
    ),
    (r"torch/lib/.*\.(h|lib|a)", "for building on torch"),
    (r"(.*/)?tests?/.*", "tests of libraries"),
    (r".*\.(pyi|pxd|pyx|h|hpp|c|cpp|cu|cuh|cmake|a|lib)", "sources and stubs"),
    (r"pyqtgraph/(examples|icons/peegee|colors/maps)/.*", "color maps and icons that no curve uses"),
)


def why_left_out(name: str) -> str | None:
    """Why a file does not go into the bundle; None if it does."""
    name = name.replace("\\", "/")
    for pattern, reason in _LEFT_OUT:
        if re.fullmatch(pattern, name):
            return reason
    base = name.rsplit("/", 1)[-1]
    if "/" not in name and _DESKTOP.fullmatch(base):
        return "part of every Linux desktop, and must fit it"
    plugin = re.fullmatch(r"PySide6/(?:Qt/)?plugins/([\w-]+)/(?:lib)?([\w-]+)\.\w+", name)
    if plugin is not None:
        kept = plugin[2] in _QT_PLUGINS.get(plugin[1], set())
        return None if kept else "a Qt plugin for what Handtint does not do"
    module = _qt_module(name)
    if module is not None and module not in _QT_MODULES:
        return "a part of Qt that Handtint does not use"
    return None


def _qt_module(name: str) -> str | None:
    """The part of Qt that a library or binding belongs to."""
    for pattern in (
        r"(?:.*/)?(?:lib)?Qt6(\w+)\.(?:so[.\d]*|dll)",
        r"PySide6/Qt(\w+)\.(?:abi3\.so|pyd|so)",
        r"(?:.*/)?Qt(\w+)\.framework/.*",
    ):
        match = re.fullmatch(pattern, name)
        if match is not None:
            return match[1]
    return None


def kept(entries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """PyInstaller's entries (name in the bundle, source, kind) without what is left out, and without dead links."""
    entries = [entry for entry in entries if why_left_out(entry[0]) is None]
    files = {entry[0].replace("\\", "/") for entry in entries if entry[2] != "SYMLINK"}
    there = files | {parent.as_posix() for name in files for parent in PurePosixPath(name).parents}
    links = {entry[0].replace("\\", "/"): _target(entry) for entry in entries if entry[2] == "SYMLINK"}
    return [entry for entry in entries if entry[2] != "SYMLINK" or _end(_target(entry), links) in there]


def reachable(
    entries: list[tuple[str, str, str]], needed_by: Callable[[list[str]], set[str]]
) -> list[tuple[str, str, str]]:
    """The entries without system libraries (those at the top) that nothing kept needs any more.

    Args:
        needed_by: names of the libraries that some files (their sources) need.
    """
    waiting = {name: source for name, source, kind in entries if kind == "BINARY" and "/" not in name}
    waiting = {name: source for name, source in waiting.items() if not name.startswith("libpython")}
    files = [source for name, source, kind in entries if kind in ("BINARY", "EXTENSION") and name not in waiting]
    while files:
        found = needed_by(files) & waiting.keys()
        files = [waiting.pop(name) for name in sorted(found)]
    return [entry for entry in entries if entry[0] not in waiting]


def _end(path: str, links: dict[str, str]) -> str:
    """Where a path leads through links, each taken once; macOS's frameworks are made of links to links and folders."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        link = "/".join(parts[:count])
        if link in links:
            others = {name: target for name, target in links.items() if name != link}
            return _end("/".join([links[link], *parts[count:]]), others)
    return path


def _target(entry: tuple[str, str, str]) -> str:
    parts: list[str] = []
    for part in (Path(entry[0]).parent / entry[1]).as_posix().split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ""):
            parts.append(part)
    return "/".join(parts)


_COMPONENTS = (
    ("torch", r"torch/.*|torchgen/.*|functorch/.*|nvidia/.*"),
    ("what torch imports", r"(sympy|mpmath|networkx|jinja2|markupsafe|fsspec|filelock)/.*"),
    ("Qt and PySide6", r"PySide6/.*|shiboken6/.*|libQt6.*|libicu.*|lib(xcb|xkb).*|lib(py|shi).*abi3.*"),
    ("numpy", r"numpy(\.libs)?/.*"),
    ("picture formats", r"(PIL|pillow\.libs|tifffile|imagecodecs(\.libs)?|pi_heif(\.libs)?|zlib_ng)/.*|_pi_heif\..*"),
    ("pyqtgraph", r"pyqtgraph/.*"),
    ("models", r"resources/models/.*"),
    ("samples, icons, help", r"resources/.*"),
    ("Handtint", r"(handtint|training)/.*"),
)


def component_of(name: str) -> str:
    """The component that a file of the bundle belongs to; Python and system libraries are the rest."""
    name = name.replace("\\", "/").removeprefix("_internal/")
    for component, pattern in _COMPONENTS:
        if re.fullmatch(pattern, name):
            return component
    return "Python and libraries"


def sizes(folder: Path) -> dict[str, int]:
    """Bytes by component of all files under `folder`, the largest first; a link weighs nothing."""
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            component = component_of(path.relative_to(folder).as_posix())
            found[component] = found.get(component, 0) + path.stat().st_size
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def size_table(found: dict[str, int]) -> str:
    """The sizes as lines for people, in MB (10^6 bytes), with their sum."""
    rows = [*found.items(), ("in all", sum(found.values()))]
    return "\n".join(f"{name:<22} {size / 1e6:8.1f} MB" for name, size in rows)
