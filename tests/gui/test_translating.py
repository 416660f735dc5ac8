"""Sentences with values by name, in English and in another language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication

from handtint.errors import HandtintError
from handtint.gui.parts.translating import ERRORS, sentence_of, tr

GUI = Path(__file__).resolve().parents[2] / "src" / "handtint" / "gui"


class German(QTranslator):
    """Knows a few sentences; `QTranslator` is told the count of plural forms."""

    def translate(self, context: str, text: str, comment: str | None = None, n: int = -1) -> str:
        if (context, text) == ("test", "{n} photo(s) in {folder}"):
            return "{n} Foto in {folder}" if n == 1 else "{n} Fotos in {folder}"
        known = {
            ("test", '"{name}" is gone'): '"{name}" ist fort',
            ("test", "Of {count}"): "Von {zahl}",
            (ERRORS, 'No room for "{name}".'): 'Kein Platz für "{name}".',
        }
        return known.get((context, text), "")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    translator = German()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def test_english_counts_one_and_many(qapp: QApplication) -> None:
    assert tr("test", "{n} photo(s) in {folder}", 1, folder="A") == "1 photo in A"
    assert tr("test", "{n} photo(s) in {folder}", 3, folder="A") == "3 photos in A"
    assert tr("test", "{n} photo(s) in {folder}", 0, folder="A") == "0 photos in A"


def test_braces_in_a_value_stay(qapp: QApplication) -> None:
    assert tr("test", '"{name}" is gone', name="{n}") == '"{n}" is gone'


@pytest.mark.usefixtures("german")
def test_another_language_has_its_own_order_and_plurals() -> None:
    assert tr("test", '"{name}" is gone', name="a.png") == '"a.png" ist fort'
    assert tr("test", "{n} photo(s) in {folder}", 1, folder="A") == "1 Foto in A"
    assert tr("test", "{n} photo(s) in {folder}", 2, folder="A") == "2 Fotos in A"


@pytest.mark.usefixtures("german")
def test_a_translation_with_a_wrong_placeholder_falls_back_to_english() -> None:
    assert tr("test", "Of {count}", count=3) == "Of 3"


class _Full(HandtintError):
    template = 'No room for "{name}".'

    def __init__(self, name: str) -> None:
        self.values = {"name": name}
        super().__init__(self.template.format(name=name))


@pytest.mark.usefixtures("german")
def test_an_error_with_a_template_is_told_in_the_users_language() -> None:
    assert sentence_of(_Full("a.png")) == 'Kein Platz für "a.png".'
    assert sentence_of(HandtintError("as it is")) == "as it is"


def calls_of_tr(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "handtint.gui.parts.translating"
        for alias in node.names
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call for call in calls if "tr" in imported and ast.unparse(call.func) == "tr"]


def test_every_sentence_can_be_collected_from_the_source() -> None:
    calls = [(path, call) for path in GUI.rglob("*.py") for call in calls_of_tr(path)]
    assert calls
    for path, call in calls:
        literals = [isinstance(a, ast.Constant) and isinstance(a.value, str) for a in call.args[:2]]
        assert literals == [True, True], f"{path}: {ast.unparse(call)}"


def test_every_sentence_gets_the_values_it_names() -> None:
    for path in GUI.rglob("*.py"):
        for call in calls_of_tr(path):
            text = call.args[1]
            assert isinstance(text, ast.Constant)
            named = {name for _, name, _, _ in Formatter().parse(text.value) if name is not None}
            counted = len(call.args) > 2 or any(word.arg == "n" for word in call.keywords)
            given = {word.arg for word in call.keywords} | ({"n"} if counted else set())
            assert named == given, f"{path}: {ast.unparse(call)}"
