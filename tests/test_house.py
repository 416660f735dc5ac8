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
    "stamps": 0,
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
# Inside `imaging`: its modules are rooms of their own, lowest first. Those of one floor do not know each other.
IMAGING_FLOORS = {
    "metadata": 0,
    "rows": 0,
    "formats": 1,
    "color": 1,
    "coloring": 4,
    "photo": 2,
    "provenance": 2,
    "resize": 3,
    "opening": 3,
    "writing": 3,
    "hint_files": 3,
    "comparison": 4,
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


def test_the_recipe_needs_no_pixels() -> None:
    for path in SOURCES:
        if room_of(path) == "recipe":
            assert "numpy" not in {module.split(".")[0] for module, _ in imports(path)}, path


IMAGING = sorted((SRC / "imaging").rglob("*.py"))


@pytest.mark.parametrize("path", IMAGING, ids=lambda p: str(p.relative_to(SRC)))
def test_no_import_runs_upward_inside_imaging(path: Path) -> None:
    own = path.relative_to(SRC / "imaging").with_suffix("").parts[0]
    for module, _ in all_imports(path):
        parts = module.split(".")
        if parts[:2] == ["handtint", "imaging"] and len(parts) > 2 and parts[2] != own:
            assert IMAGING_FLOORS[parts[2]] < IMAGING_FLOORS[own], f"{own} -> {module}"


def all_imports(path: Path) -> list[tuple[str, str]]:
    """Modules a file imports, for types only too, each with the name imported from it."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.module or "", alias.name) for alias in node.names]
    return found


def module_of(path: Path) -> str:
    parts = path.relative_to(SRC.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph() -> dict[str, set[str]]:
    """Which module of the package imports which, type-only imports included."""
    modules = {module_of(path) for path in SOURCES}
    graph = {}
    for path in SOURCES:
        edges = set()
        for module, name in all_imports(path):
            edges.add(f"{module}.{name}" if f"{module}.{name}" in modules else module)
        graph[module_of(path)] = (edges & modules) - {module_of(path)}
    return graph


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Groups of modules that import each other by whatever way: strongly connected components (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            group = set()
            while node not in group:
                group.add(stack.pop())
            if len(group) > 1:
                found.append(group)

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(import_graph()) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [{"b", "c"}]


# One photo's way: which steps a module takes by itself. Outside `restore` no module puts them together anew.
STEPS = {
    "predict": "ask",
    "predict_many": "ask",
    "colored": "color",
    "render": "color",
    "provenance_of": "note",
    "Provenance": "note",
    "write_photo": "write",
}
# Pictures that are written and are no results of a model, and the one command that times each step by itself.
WRITERS = {"gui/photo/pasted.py": {"write"}, "bench/album.py": {"write"}, "bench/photo.py": {"ask", "color", "write"}}


def steps_of(source: str) -> set[str]:
    """The steps that a module takes, but for those it has `restore.way` take."""
    tree = ast.parse(source)
    by_way = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "handtint.restore.way"
        for alias in node.names
    }
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id not in by_way:
            found.add(node.func.id)
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) != "way":
            found.add(node.func.attr)
    return {STEPS[name] for name in found & STEPS.keys()}


def test_the_steps_of_one_photos_way_are_put_together_in_one_place() -> None:
    for path in SOURCES:
        name = path.relative_to(SRC).as_posix()
        if room_of(path) in ("restore", "engine") or name.startswith("imaging/"):
            continue
        steps = steps_of(path.read_text(encoding="utf-8"))
        allowed = WRITERS.get(name, {"color"} if room_of(path) == "gui" else set())  # the window shows and copies
        assert steps <= allowed, f"{name} takes steps of its own: {steps - allowed}; have restore/way.py take them"


def test_a_second_way_is_seen() -> None:
    second = "from handtint.restore import way\nready = way.open_photo(a)\nseen = colorizer.predict(ready.lightness)\n"
    assert steps_of(second + "write_photo(path, colored(photo, seen))") == {"ask", "color", "write"}
    assert steps_of("from handtint.restore.way import predict\npredict(photo)\nway.save(photo)") == set()


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
