"""The rules of the house, read from the source: who may import whom, and what the tree must not hold."""

from __future__ import annotations

import ast
import functools
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "handtint"

# A room imports itself and rooms of lower floors. Modules of the package's top level are rooms of their own.
FLOORS = {
    "handtint": 0,  # the package itself: its version
    "errors": 0,
    "foreign": 0,
    "machine": 0,
    "atomic": 0,
    "progress": 0,
    "paths": 0,
    "plain": 0,
    "stamps": 0,
    "instance": 1,
    "logs": 1,
    "model_card": 1,
    "starting": 1,
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
    "guided": 0,
    "formats": 1,
    "color": 1,
    "coloring": 4,
    "photo": 2,
    "provenance": 2,
    "resize": 3,
    "opening": 3,
    "negative": 4,
    "carrying": 3,
    "writing": 4,
    "hint_files": 3,
    "recipe_files": 4,
    "comparison": 4,
}
# Imported when first used, inside a function: the command line and the window start without torch.
LAZY = {("cli", "engine"), ("gui", "engine"), ("restore", "engine")}


@functools.cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def tree_of(path: Path) -> ast.Module:
    """Each source is parsed once, however many rules look at it."""
    return parsed(path.read_text(encoding="utf-8"))


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

    visit(tree_of(path), True)
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


def test_no_import_runs_upward() -> None:
    found = {str(path.relative_to(SRC)): upward_edges(room_of(path), imports(path)) for path in SOURCES}
    assert {path: edges for path, edges in found.items() if edges} == {}


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


def test_libraries_stay_in_their_rooms() -> None:
    for path in SOURCES:
        for module, _ in imports(path):
            package = module.split(".")[0]
            assert room_of(path) in ONLY_IN.get(package, (room_of(path),)), f"{package} in {path}"


def test_the_recipe_needs_no_pixels() -> None:
    for path in SOURCES:
        if room_of(path) == "recipe":
            assert "numpy" not in {module.split(".")[0] for module, _ in imports(path)}, path


IMAGING = sorted((SRC / "imaging").rglob("*.py"))


def test_no_import_runs_upward_inside_imaging() -> None:
    for path in IMAGING:
        own = path.relative_to(SRC / "imaging").with_suffix("").parts[0]
        for module in all_imports(path):
            parts = module.split(".")
            if parts[:2] == ["handtint", "imaging"] and len(parts) > 2 and parts[2] != own:
                assert IMAGING_FLOORS[parts[2]] < IMAGING_FLOORS[own], f"{own} -> {module}"


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
    """The steps that a module takes, except those it has `restore.way` take."""
    tree = parsed(source)
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


# Inside gui/ the wings have floors of their own: a wing imports itself and lower ones, inside functions too. Files
# beside the wings have floors as well: the list of all actions is low, so that any wing may use it; the others are the
# top.
WINGS = {
    "parts": 0,
    "canvas": 1,
    "actions": 2,
    "session": 3,
    "saving": 4,
    "hints": 5,
    "repair": 6,
    "turning": 6,
    "adjust": 6,
    "photo": 7,
    "album": 8,
    "teach": 9,
    "help": 10,
    "menus": 11,
    "appearance": 12,
    "arrangement": 11,
    "preferences": 11,
    "main_window": 13,
    "requests": 13,
    "shutdown": 11,
    "status": 11,
    "app": 14,
}
GUI = sorted((SRC / "gui").rglob("*.py"))


def all_imports(path: Path) -> set[str]:
    """Modules of ours that a file imports anywhere, for types only too."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in names if module_file(name) is not None} or {node.module}
    return {name for name in found if name.startswith("handtint")}


@functools.cache
def module_file(module: str) -> Path | None:
    path = SRC.parent.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def wing_of(module: str) -> str | None:
    """The wing, or the file beside the wings, of a module of gui/; None for others and for the package itself."""
    names = module.split(".")
    return names[2] if names[:2] == ["handtint", "gui"] and len(names) > 2 else None


def upward_wings(wing: str, found: set[str]) -> list[str]:
    others = {other for module in found if (other := wing_of(module)) is not None}
    return [f"{wing} -> {other}" for other in sorted(others - {wing}) if WINGS[other] >= WINGS[wing]]


def test_no_wing_of_the_window_imports_a_higher_one() -> None:
    for path in GUI:
        wing = path.relative_to(SRC / "gui").with_suffix("").parts[0]
        assert upward_wings(wing, all_imports(path)) == [] if wing != "__init__" else not all_imports(path), path


def test_an_import_of_a_higher_wing_is_seen_wherever_it_stands(tmp_path: Path) -> None:
    source = tmp_path / "store.py"
    source.write_text("if TYPE_CHECKING:\n    from handtint.gui.album.albums import Albums\n")
    assert upward_wings("hints", all_imports(source)) == ["hints -> album"]
    source.write_text("def f():\n    from handtint.gui import menus\n    from handtint.gui.parts import icons\n")
    assert upward_wings("hints", all_imports(source)) == ["hints -> menus"]


def circles(imported: dict[str, set[str]]) -> list[list[str]]:
    """Groups of names that import each other, directly or by way of others."""
    reached: dict[str, set[str]] = {}
    for name in imported:
        seen, open_ = set[str](), list(imported[name])
        while open_:
            other = open_.pop()
            if other in imported and other not in seen:
                seen.add(other)
                open_.extend(imported[other])
        reached[name] = seen
    groups = {tuple(sorted(o for o in reached[n] if n in reached[o])) for n in imported if n in reached[n]}
    return [list(group) for group in sorted(groups)]


def test_no_modules_import_each_other_in_a_circle() -> None:
    imported = {
        ".".join(path.relative_to(SRC.parent).with_suffix("").parts).removesuffix(".__init__"): all_imports(path)
        for path in SOURCES
    }
    assert circles(imported) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_methods_of_the_window_say_what_they_do() -> None:
    """Ruff's D102 is off there for Qt's handlers, whose names are Qt's."""
    silent = []
    for path in SOURCES:
        if room_of(path) != "gui":
            continue
        for kind in ast.walk(tree_of(path)):
            if isinstance(kind, ast.ClassDef) and not kind.name.startswith("_"):
                for method in kind.body:
                    is_public = isinstance(method, ast.FunctionDef) and re.fullmatch(r"[a-z][a-z0-9_]*", method.name)
                    decorators = [ast.unparse(one) for one in getattr(method, "decorator_list", [])]
                    is_setter = any(one.endswith(".setter") for one in decorators)
                    if is_public and not is_setter and not ast.get_docstring(method) and method.name not in QT_HANDLERS:
                        silent.append(f"{path.name}: {kind.name}.{method.name}")
    assert silent == []


QT_HANDLERS = {"event", "paint", "data", "flags"}  # of Qt's names those without a capital


# Words that had several meanings and have one now, see ARCHITECTURE.md: the names that may hold them. Qt's own names,
# such as `mousePressEvent`, are Qt's.
ONE_MEANING = {
    "look": {"_look", "_Look", "_looks", "TwoLooks", "two_looks"},
    "page": {
        *("page", "pages", "Pages", "PageRow", "page_row", "add_page", "check_page", "note_pages", "pages_in"),
        *("photo_pages", "tiff_pages", "_page", "_page_or_all", "_of_page", "_pages_inside"),
    },
    "side": {"_side", "sides", "_Side", "longest_side", "_sharp_side", "_outer_side"},
    "event": {"Event", "TrainerEvents", "events", "append_event", "_event", "_json_event"},
}
VERBS = ("look_for", "look_up", "look_through", "looks_")  # of which the word is no noun
NOTES = re.compile(r"(tuple|list)\[str(, \.\.\.)?\]|dict\[str, list\[str\]\]")


def defined(path: Path) -> set[str]:
    """Names of the module, and of classes, functions and fields in it."""
    found = {path.stem}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef):
            fields = (part.target for part in node.body if isinstance(part, ast.AnnAssign))
            found |= {node.name} | {field.id for field in fields if isinstance(field, ast.Name)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return found


def words_of(name: str) -> set[str]:
    """`PageRow` and `page_row`: page, row; in the singular."""
    return {word.lower().removesuffix("s") for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def second_meanings(names: set[str]) -> list[str]:
    own = {
        name for name in names if not name.startswith(VERBS) and not re.fullmatch(r"event(Filter)?|\w*[a-z]Event", name)
    }
    return sorted(
        name
        for name in own
        for word, known in ONE_MEANING.items()
        if word in words_of(name) - {""} and name not in known
    )


def test_a_word_of_the_glossary_names_one_thing() -> None:
    """Where this fails: use another word, or add the name to `ONE_MEANING` if it has the meaning of the glossary."""
    assert {str(path): found for path in SOURCES + TRAINING if (found := second_meanings(defined(path)))} == {}


def test_a_second_meaning_is_seen() -> None:
    assert second_meanings({"AlbumPage", "SidePanel", "same_look", "keyPressEvent", "look_up"}) == [
        "AlbumPage",
        "SidePanel",
        "same_look",
    ]


def test_notes_are_sentences() -> None:
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in ("notes", "self.notes"):
                assert NOTES.match(ast.unparse(node.annotation)), f"{path}: {ast.unparse(node)}"
