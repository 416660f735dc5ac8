"""Sentences with values by name, in English and in another language, and what every shipped language must hold."""

from __future__ import annotations

import errno
import json
import pickle
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo, QLocale, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from handtint import paths
from handtint.errors import HandtintError, PhotoError, SaveError, Sentence
from handtint.gui.parts import translating
from handtint.gui.parts.translating import ERRORS, chosen_language, languages, speak, tr, translated

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
import bundle  # noqa: E402 a program beside others, no package
import translations  # noqa: E402

SAID = translations.collected()
SHIPPED = sorted((ROOT / "resources" / "i18n").glob("*.json"))

GERMAN = {
    "test": {
        "{n} photo(s) in {folder}": ["{n} Foto in {folder}", "{n} Fotos in {folder}"],
        '"{name}" is gone': "„{name}“ ist fort",
        "Of {count}": "Von {zahl}",
    },
    ERRORS: {
        'Could not open "{name}": {reason}.': "„{name}“ lässt sich nicht öffnen: {reason}.",
        "it has no pixels": "es hat keine Bildpunkte",
        "The photo has one channel too many.": "Das Foto hat einen Kanal zu viel.",
        "{n} hint(s) lie outside.": ["{n} Farbhinweis liegt außerhalb.", "{n} Farbhinweise liegen außerhalb."],
    },
}


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    translating.use(GERMAN, "de")
    yield
    translating.use({})


@pytest.fixture
def english(qapp: QApplication) -> Iterator[QApplication]:
    """The application, which speaks English again after the test."""
    known, direction = QLocale(), qapp.layoutDirection()
    yield qapp
    speak(qapp, "en")
    QLocale.setDefault(known)
    qapp.setLayoutDirection(direction)


def test_english_counts_one_and_many(qapp: QApplication) -> None:
    assert tr("test", "{n} photo(s) in {folder}", 1, folder="A") == "1 photo in A"
    assert tr("test", "{n} photo(s) in {folder}", 3, folder="A") == "3 photos in A"
    assert tr("test", "{n} photo(s) in {folder}", 0, folder="A") == "0 photos in A"


def test_braces_in_a_value_stay(qapp: QApplication) -> None:
    assert tr("test", '"{name}" is gone', name="{n}") == '"{n}" is gone'


@pytest.mark.usefixtures("german")
def test_another_language_has_its_own_order_and_plurals() -> None:
    assert tr("test", '"{name}" is gone', name="a.png") == "„a.png“ ist fort"
    assert tr("test", "{n} photo(s) in {folder}", 1, folder="A") == "1 Foto in A"
    assert tr("test", "{n} photo(s) in {folder}", 2, folder="A") == "2 Fotos in A"


def test_french_counts_nothing_as_one(qapp: QApplication) -> None:
    translating.use({"test": {"{n} photo(s)": ["{n} photo", "{n} photos"]}}, "fr")
    try:
        assert [tr("test", "{n} photo(s)", n) for n in (0, 1, 2)] == ["0 photo", "1 photo", "2 photos"]
    finally:
        translating.use({})


@pytest.mark.usefixtures("german")
def test_a_translation_with_a_wrong_placeholder_falls_back_to_english() -> None:
    assert tr("test", "Of {count}", count=3) == "Of 3"


@pytest.mark.usefixtures("german")
def test_an_error_is_told_in_the_users_language_and_stays_english_on_the_command_line() -> None:
    error = PhotoError('Could not open "{name}": {reason}.', name="a.png", reason=Sentence("it has no pixels"))
    assert translated(error) == "„a.png“ lässt sich nicht öffnen: es hat keine Bildpunkte."
    assert str(error) == 'Could not open "a.png": it has no pixels.'
    assert translated(HandtintError("as it is")) == "as it is"
    assert translated(Sentence("{n} hint(s) lie outside.", n=1)) == "1 Farbhinweis liegt außerhalb."


@pytest.mark.usefixtures("german")
def test_a_sentence_that_came_out_of_a_file_is_told_too() -> None:
    error = PhotoError('Could not open "{name}": {reason}.', name="a b.png", reason=Sentence("it has no pixels"))
    kept = json.loads(json.dumps(str(error)))
    assert translated(kept) == "„a b.png“ lässt sich nicht öffnen: es hat keine Bildpunkte."
    assert translated(f"{kept} The photo has one channel too many.").endswith("Das Foto hat einen Kanal zu viel.")
    assert translated("4 hints lie outside.") == "4 Farbhinweise liegen außerhalb."
    assert translated("Nobody knows\nthis one. Nor this.") == "Nobody knows\nthis one. Nor this."


def test_a_note_that_came_out_of_a_file_is_translated_part_by_part() -> None:
    translating.use(translations.read(ROOT / "resources" / "i18n" / "de.json"), "de")
    note = "Repaired: 340 specks, 1 scratch or hair; faded: blacks at 29 %, whites at 100 %."
    try:
        said = translated(note)
    finally:
        translating.use({})
    assert said == (
        "Ausgebessert: 340 Fleckchen, 1 Kratzer oder Haar; verblasst: Schwarz bei 29\u00a0%, Weiß bei 100\u00a0%."
    )


def test_errors_keep_their_template_where_they_are_sent() -> None:
    error = pickle.loads(pickle.dumps(SaveError('"{path}" is full ({why}).', path=Path("a"), why=OSError(errno.EIO))))
    assert isinstance(error, SaveError)
    assert error.sentence.template == '"{path}" is full ({why}).'
    assert error.sentence.values == {"path": "a", "why": str(errno.EIO)}
    assert str(error) == f'"a" is full ({errno.EIO}).'


def test_a_text_with_braces_and_no_values_is_no_template() -> None:
    assert str(HandtintError('write {"x": 1}')) == 'write {"x": 1}'


def test_every_sentence_can_be_collected_and_gets_the_values_it_names() -> None:
    assert len(SAID) > 1000
    assert [one.place for one in SAID if one.text is None] == []
    assert [one for one in SAID if one.text and one.given and translations.named(one.text) != one.given] == []
    assert [one for one in SAID if one.text and not one.given and one.context != ERRORS and "{" in one.text] == []


def test_the_window_has_one_way_to_say_a_sentence() -> None:
    for path in (ROOT / "src" / "handtint" / "gui").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert ".tr(" not in text, path
        assert "QCoreApplication.translate" not in text, path


def test_german_french_and_spanish_are_shipped() -> None:
    assert {"de", "es", "fr"} <= {path.stem for path in SHIPPED}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_language_says_every_sentence_with_the_same_values(path: Path) -> None:
    """Where this fails: `make translations`, then translate what is null in the file."""
    assert translations.troubles(translations.read(path), SAID, path.stem) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_language_keeps_keys_breaks_and_ends(path: Path) -> None:
    found = []
    for sentences in translations.read(path).values():
        for text, each in sentences.items():
            for form in each if isinstance(each, list) else [each]:
                assert form is not None
                if _keys(text) != _keys(form):
                    found.append(f"another number of keys: {text!r}: {form!r}")
                if text.endswith("…") != form.endswith("…") or text[:1].isspace() != form[:1].isspace():
                    found.append(f"another end or begin: {text!r}: {form!r}")
    assert found == []


def _keys(text: str) -> int:
    """How many letters of a text are marked as its key by `&`."""
    return sum(text[at + 1 : at + 2].isalnum() for at, letter in enumerate(text[:-1]) if letter == "&")


def test_no_french_line_begins_with_a_colon_or_ends_with_an_opening_quotation_mark() -> None:
    text = (ROOT / "resources" / "i18n" / "fr.json").read_text(encoding="utf-8")
    said = [line.partition('": ')[2] or line for line in text.splitlines()]  # without the English
    assert [line for line in said if re.search(r" [:;?!»]|« ", line)] == []


def test_what_is_missing_stale_or_has_other_values_is_said() -> None:
    said = [
        translations.Said("a.py:1", "a", "One", frozenset()),
        translations.Said("a.py:2", "a", "{n} photo(s) in {folder}", frozenset({"n", "folder"})),
    ]
    wrong = {"a": {"One": "", "{n} photo(s) in {folder}": ["{n} in {ordner}", "{n} in {folder}"], "Two": "zwei"}}
    assert translations.troubles(wrong, said, "de") == [
        'stale in "a": Two',
        'not translated in "a": One',
        'other values than in "{n} photo(s) in {folder}": {n} in {ordner}',
    ]
    moved = translations.updated({"b": {"One": "eins"}, "a": {"Two": "zwei"}}, said, "de")
    assert moved == {"a": {"One": "eins", "{n} photo(s) in {folder}": [None, None]}}


def test_what_is_no_literal_cannot_be_collected_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "gui").mkdir()
    (tmp_path / "gui" / "a.py").write_text(
        'tr("a", f"{x}")\ntr("a", "b", n=2)\nself.tr("c")\nraise OurError(f"{x}")\nraise OurError(known)\n'
        "class OurError(HandtintError): ...\n"
    )
    found = [(one.context, one.text) for one in translations.collected(tmp_path)]
    assert found == [("a", None), ("a", "b"), ("c", None), (ERRORS, None)]


def test_each_shipped_language_brings_qts_own_sentences(english: QApplication) -> None:
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for path in SHIPPED:
        assert (Path(folder) / f"qtbase_{path.stem}.qm").is_file()
        assert bundle.why_left_out(f"PySide6/Qt/translations/qtbase_{path.stem}.qm") is None
        assert bundle.why_left_out(f"PySide6/translations/qtbase_{path.stem}.qm") is None
    assert bundle.why_left_out("PySide6/Qt/translations/qtbase_pl.qm")
    speak(english, "de")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "Abbrechen"
    speak(english, "en")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "Cancel"


def test_the_language_is_the_chosen_one_else_the_systems_else_english(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert languages()["fr"] == "Français"
    assert chosen_language("es") == "es"
    for wished, spoken in ((["fr-CA", "en-US"], "fr"), (["ja-JP", "de-AT"], "de"), (["xx"], "en")):
        monkeypatch.setattr(translating, "system_languages", lambda wished=wished: wished)
        assert chosen_language("") == spoken
        assert chosen_language("gone") == spoken


def test_a_catalogue_that_cannot_be_read_leaves_english(
    english: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n" / "de.json").write_text("{")
    monkeypatch.setattr(paths, "resources_dir", lambda: tmp_path)
    speak(english, "de")
    assert tr("actions", "Open") == "Open"


def test_a_language_that_is_read_from_the_right_turns_the_window(english: QApplication) -> None:
    speak(english, "ar")
    assert english.layoutDirection() is Qt.LayoutDirection.RightToLeft
    speak(english, "de")
    assert english.layoutDirection() is Qt.LayoutDirection.LeftToRight
