"""What goes into the bundle, and how its size is told."""

from __future__ import annotations

import ast
from pathlib import Path

import bundle
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "name",
    [
        "torch/lib/libtorch_cpu.so",
        "torch/lib/libtorch_global_deps.so",
        "torch/lib/libtorch_nvshmem.so",  # libtorch_cuda needs it
        "nvidia/cudnn/lib/libcudnn_ops.so.9",
        "torch/bin/torch_shm_manager",
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/Qt/lib/libicudata.so.73",
        "PySide6/QtWidgets.abi3.so",
        "PySide6/libpyside6.abi3.so.6.11",
        "PySide6/Qt6Core.dll",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/QtPrintSupport.abi3.so",
        "PySide6/Qt/lib/libQt6PrintSupport.so.6",
        "PySide6/Qt/plugins/printsupport/libcupsprintersupport.so",
        "libxcb-cursor.so.0",
        "libpython3.11.so.1.0",
        "libzstd.so.1",
        "numpy.libs/libscipy_openblas64_-32a4b2a6.so",
        "resources/samples/Peasant girls 1909.png",
        "handtint/paths.pyc",
    ],
)
def test_what_the_app_needs_is_kept(name: str) -> None:
    assert bundle.why_left_out(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "torch/bin/test_api",
        "torch/bin/protoc",
        "torch/test/cpu_rng_test",
        "torch/include/ATen/Tensor.h",
        "torch/lib/libtorchbind_test.so",
        "torch/lib/libjitbackend_test.so",
        "torch/lib/libaoti_custom_ops.so",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt6Network.dll",
        "PySide6/QtNetwork.abi3.so",
        "PySide6/opengl32sw.dll",
        "PySide6/libpyside6qml.abi3.so.6.11",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/translations/qtbase_pl.qm",
        "PySide6\\translations\\qtbase_pl.qm",
        "libglib-2.0.so.0",
        "libX11.so.6",
        "libcups.so.2",
        "libfontconfig.so.1",
        "numpy/_core/include/numpy/ndarrayobject.h",
        "scipy/linalg/tests/data/x.npz",
    ],
)
def test_what_nobody_uses_is_left_out_for_a_reason(name: str) -> None:
    assert bundle.why_left_out(name)


def test_links_to_what_is_left_out_go_with_it() -> None:
    entries = [
        ("libQt6Quick.so.6", "PySide6/Qt/lib/libQt6Quick.so.6", "SYMLINK"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("PySide6/Qt/lib/libQt6Core.so.6", "/env/libQt6Core.so.6", "BINARY"),
        ("a/b.so", "../gone.so", "SYMLINK"),
    ]
    assert [name for name, _, _ in bundle.kept(entries)] == ["libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6"]


def test_frameworks_of_macos_stay_whole() -> None:
    core, net = "PySide6/Qt/lib/QtCore.framework", "PySide6/Qt/lib/QtNetwork.framework"
    entries = [
        (f"{core}/Versions/A/QtCore", "/env/QtCore", "BINARY"),
        (f"{core}/Versions/A/Resources/Info.plist", "/env/Info.plist", "DATA"),
        (f"{core}/Versions/Current", "A", "SYMLINK"),
        (f"{core}/QtCore", "Versions/Current/QtCore", "SYMLINK"),
        (f"{core}/Resources", "Versions/Current/Resources", "SYMLINK"),
        ("QtCore", f"{core}/Versions/A/QtCore", "SYMLINK"),
    ]
    gone = [
        (f"{net}/Versions/A/QtNetwork", "/env/QtNetwork", "BINARY"),
        (f"{net}/Versions/Current", "A", "SYMLINK"),
        ("QtNetwork", f"{net}/Versions/A/QtNetwork", "SYMLINK"),
        ("a", "b", "SYMLINK"),
        ("b", "a", "SYMLINK"),
    ]
    assert bundle.kept([*entries, *gone]) == entries


def left_out_of(folder: str) -> set[str]:
    """Libraries that modules in a folder import, and no bundle holds."""
    imported = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    left_out = {
        name
        for name in imported
        if any(name == module or name.startswith(module + ".") for module in bundle.LEFT_OUT_MODULES)
    }
    return {name.split(".")[0] for name in left_out}


def test_no_library_that_our_source_imports_is_left_out() -> None:
    assert left_out_of("src") == {"torchvision"}  # published encoders, which neither coloring nor teaching needs
    # What only measures models, from a source tree, may compare with scikit-image.
    assert left_out_of("training") == {"scipy", "skimage"}
    assert left_out_of("training/photos") | left_out_of("training/learning") == set()


def test_the_table_of_sizes_names_components_and_their_sum(tmp_path: Path) -> None:
    for name, size in (
        ("handtint-window", 10),
        ("_internal/torch/lib/libtorch_cpu.so", 4_000_000),
        ("_internal/numpy.libs/blas.so", 2_000_000),
        ("_internal/resources/models/unet.safetensors", 1_000_000),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    (tmp_path / "_internal" / "blas.so").symlink_to("numpy.libs/blas.so")
    sizes = bundle.sizes(tmp_path)
    assert sizes == {"torch": 4_000_000, "numpy": 2_000_000, "models": 1_000_000, "Python and libraries": 10}
    lines = bundle.size_table(sizes).splitlines()
    assert lines[0].split() == ["torch", "4.0", "MB"]
    assert lines[-1].split() == ["in", "all", "7.0", "MB"]


def test_system_libraries_that_nothing_needs_any_more_are_left_out() -> None:
    entries = [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/env/libqxcb.so", "BINARY"),
        ("libxcb-cursor.so.0", "/lib/libxcb-cursor.so.0", "BINARY"),
        ("libxcb-image.so.0", "/lib/libxcb-image.so.0", "BINARY"),
        ("libthai.so.0", "/lib/libthai.so.0", "BINARY"),
        ("libpython3.11.so.1.0", "/lib/libpython3.11.so.1.0", "BINARY"),
        ("handtint/paths.pyc", "paths.pyc", "DATA"),
    ]
    needs = {"/env/libqxcb.so": {"libxcb-cursor.so.0", "libc.so.6"}, "/lib/libxcb-cursor.so.0": {"libxcb-image.so.0"}}
    kept = bundle.reachable(entries, lambda files: set().union(*(needs.get(file, set()) for file in files)))
    assert [name for name, _, _ in kept] == [name for name, _, _ in entries if name != "libthai.so.0"]
