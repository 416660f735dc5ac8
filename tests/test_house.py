"""The rules of the house, read from the source: who may import whom, and what the tree must not hold."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "handtint"

# A room imports itself and rooms of lower floors. Modules of the package's top level are rooms of their own.
FLOORS = {
    "handtint": 0,  # the package itself: its version
    "errors": 0,
    "atomic": 0,
    "progress": 0,
    "paths": 0,
    "plain": 0,
    "logs": 1,
    "model_card": 1,
    "recipe": 1,
    "imaging": 2,
    "engine": 3,
    "palette": 3,
    "repair": 3,
    "restore": 4,
    "album": 5,
    "teaching": 5,
    "bench": 6,
    "cli": 7,
    "gui": 7,
    "__main__": 8,
}
ONLY_IN = {
    "PySide6": ("gui",),
    "pyqtgraph": ("gui",),
    "torch": ("engine", "training"),
    "torchvision": ("engine", "training"),
    "PIL": ("imaging", "bench", "training"),
    "skimage": (),  # for tests
    "tifffile": ("imaging", "training"),
    "imagecodecs": ("imaging", "bench", "training"),
    "distributed": ("album",),
}
# Imported when first used, inside a function: the command line and the window start without torch.
LAZY = {("cli", "engine"), ("gui", "engine")}


def imports(path: Path) -> list[tuple[str, bool]]:
    """Modules a file imports, each with whether that happens on import of the file itself."""
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, at_import: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend((alias.name, at_import) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by the full name"
            module = node.module or ""
            found.append((module, at_import))
            if module == "handtint":  # `from handtint import paths` names rooms
                found.extend((f"handtint.{alias.name}", at_import) for alias in node.names)
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            is_type_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            if not (is_type_only and child in node.body):
                visit(child, at_import and not inside)

    visit(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


def room_of(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return "handtint" if parts == ("__init__",) else parts[0]


SOURCES = sorted(SRC.rglob("*.py"))
TRAINING = sorted((ROOT / "training").rglob("*.py"))


def upward_edges(room: str, found: list[tuple[str, bool]]) -> list[str]:
    bad = []
    for module, at_import in found:
        if module == "training" or module.startswith("training."):
            bad.append(f"{room} -> {module}")
        if not module.startswith("handtint."):
            continue
        other = module.split(".")[1]
        if other in FLOORS and other != room:
            upward = FLOORS[other] >= FLOORS[room]
            too_early = (room, other) in LAZY and at_import
            if upward or too_early:
                bad.append(f"{room} -> {other}")
    return bad


def test_every_module_has_a_floor() -> None:
    assert {room_of(path) for path in SOURCES} <= set(FLOORS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(SRC)))
def test_no_import_runs_upward(path: Path) -> None:
    assert upward_edges(room_of(path), imports(path)) == []


def test_an_upward_import_is_seen(tmp_path: Path) -> None:
    source = tmp_path / "lab.py"
    source.write_text("import training.loop\nfrom handtint import restore\ndef f():\n    import handtint.cli\n")
    assert upward_edges("imaging", imports(source)) == [
        "imaging -> training.loop",
        "imaging -> restore",
        "imaging -> cli",
    ]
    source.write_text("from handtint.engine.colorizer import load_colorizer\n")
    assert upward_edges("gui", imports(source)) == ["gui -> engine"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(SRC)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for module, _ in imports(path):
        package = module.split(".")[0]
        assert room_of(path) in ONLY_IN.get(package, (room_of(path),)), f"{package} in {path}"


def test_training_does_not_know_the_window() -> None:
    for path in TRAINING:
        modules = [module for module, _ in imports(path)]
        assert not [m for m in modules if m.startswith(("handtint.gui", "handtint.cli", "PySide6"))], path


def test_the_packaging_folder_does_not_shadow_the_package_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_pins_carry_hashes_and_no_addresses() -> None:
    for name in ("constraints.txt", "packaging/uv.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "@" not in text
        pins = re.findall(r"^[\w.-]+==.*(?:\n    .*)*", text, re.MULTILINE)
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins)


def test_the_readme_names_the_commands_that_set_everything_up() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "app", "lint"):
        assert f"make {target}" in text
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_tracked_files_weigh_less_than_36_mib() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():  # a source archive holds nothing else
        paths = [path for top in ("src", "training", "resources", "tests") for path in (ROOT / top).rglob("*")]
    else:
        listing = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    assert sum(path.stat().st_size for path in paths if path.is_file()) < 36 * 2**20


def test_every_sample_has_its_provenance() -> None:
    folder = ROOT / "resources" / "samples"
    sources = (folder / "SOURCES.md").read_text(encoding="utf-8")
    photos = [path.name for path in folder.iterdir() if path.name != "SOURCES.md"]
    assert len(photos) == 8
    assert [name for name in photos if f"| {name} |" not in sources] == []
