"""Brings the translations up to date: `python packaging/translations.py`, or `make translations`.

Reads every sentence of the source, writes them anew into each file of `resources/i18n`, and says what is not translated
yet. A sentence that moved keeps its translation; one that is no longer said leaves. For a new language make a file such
as `resources/i18n/it.json` that holds `{}`.

Files are JSON: by context, by English sentence, the translation; null while there is none. A sentence that counts has a
list with one entry for each plural form of the language.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "handtint"
FOLDER = ROOT / "resources" / "i18n"
ERRORS = "errors"  # the context of what rooms below the window say
_ENGLISH_ONLY = ("cli/", "bench/", "album/cluster/", "recipe/geometry_options", "__main__")  # of the command line alone
_HELPERS = ("errors.py", "gui/parts/translating.py")  # which hand on what others say

Catalogue = dict[str, dict[str, "str | list[str | None] | None"]]


@dataclass(frozen=True)
class Said:
    """A sentence of the source.

    Attributes:
        place: file and line.
        text: None where it is no literal, so that no one could translate it.
        given: names of the values that are filled in.
    """

    place: str
    context: str
    text: str | None
    given: frozenset[str]

    @property
    def is_counted(self) -> bool:
        """Whether it has plural forms."""
        return "n" in self.given


def collected(source: Path = SOURCE) -> list[Said]:
    """All sentences of the window, and of the rooms below it."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(source.rglob("*.py"))}
    makers = {"Sentence", *_errors(trees.values())}
    found = []
    for path, tree in trees.items():
        place = path.relative_to(source).as_posix()
        if place.startswith(_ENGLISH_ONLY) or place in _HELPERS:
            continue
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = _name(call.func)
            given = frozenset(word.arg or "" for word in call.keywords)
            where = f"{place}:{call.lineno}"
            if name == "tr" and place.startswith("gui/"):
                context, text = (_literal(node) for node in (*call.args[:2], None, None)[:2])
                given |= {"n"} if len(call.args) > 2 else set()
                found.append(Said(where, context or "", text if context else None, given))
            elif name in makers and call.args and not _is_made_elsewhere(call.args[0]):
                found.append(Said(where, ERRORS, _literal(call.args[0]), given))
    return found


def _errors(trees: Iterator[ast.Module] | object) -> set[str]:
    """Names of the classes that derive from `HandtintError`."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"HandtintError"}
    while more := {name for name, its in bases.items() if its & known} - known:
        known |= more
    return known


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_made_elsewhere(node: ast.expr) -> bool:
    """Whether a sentence is handed on that is collected where it is made."""
    if isinstance(node, ast.IfExp):
        return _is_made_elsewhere(node.body) and _is_made_elsewhere(node.orelse)
    return isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)


def named(text: str) -> frozenset[str]:
    """Names of the values in a text. Raises ValueError for braces that do not fit."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def forms(language: str) -> int:
    """How many plural forms a language has here."""
    from handtint.gui.parts.translating import PLURALS

    return PLURALS[language].forms if language in PLURALS else 2


def updated(old: Catalogue, said: list[Said], language: str) -> Catalogue:
    """The catalogue with exactly the sentences that are said, and their translations as far as they are known."""
    elsewhere = {text: told for sentences in old.values() for text, told in sentences.items() if told}
    new: Catalogue = {}
    for one in said:
        if one.text is not None:
            told = old.get(one.context, {}).get(one.text) or elsewhere.get(one.text)
            none = list[str | None]([None] * forms(language)) if one.is_counted else None
            fits = told if isinstance(told, list) == one.is_counted else None
            new.setdefault(one.context, {})[one.text] = fits or none
    return {context: dict(sorted(new[context].items())) for context in sorted(new)}


def troubles(catalogue: Catalogue, said: list[Said], language: str) -> list[str]:
    """What is wrong with a catalogue: sentences that are missing, stale, or name other values than the English ones."""
    found = []
    wanted = {(one.context, one.text): one for one in said if one.text is not None}
    for context, sentences in catalogue.items():
        found += [f'stale in "{context}": {text}' for text in sentences if (context, text) not in wanted]
    for (context, text), one in wanted.items():
        told = catalogue.get(context, {}).get(text)
        each = told if isinstance(told, list) else [told]
        if len(each) != (forms(language) if one.is_counted else 1) or not all(each):
            found.append(f'not translated in "{context}": {text}')
            continue
        for form in each:
            try:
                names = named(form or "")
            except ValueError:
                found.append(f'braces that do not fit in "{context}": {form}')
                continue
            if (names | {"n"} if one.is_counted else names) != named(text) and one.given:
                found.append(f'other values than in "{text}": {form}')
    return found


def read(path: Path) -> Catalogue:
    """The catalogue in a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write(path: Path, catalogue: Catalogue) -> None:
    """Write a catalogue, a sentence a line."""
    path.write_text(json.dumps(catalogue, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Update all files; 1 if something is left to translate."""
    said = collected()
    bare = [one.place for one in said if one.text is None]
    for place in bare:
        print(f"{place}: context and text must be literals, or nobody can translate them")
    count = 0
    for path in sorted(FOLDER.glob("*.json")):
        write(path, updated(read(path), said, path.stem))
        left = troubles(read(path), said, path.stem)
        count += len(left)
        print(f"{path.relative_to(ROOT)}: {len(left)} to do", *left, sep="\n  ")
    return 1 if count or bare else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
