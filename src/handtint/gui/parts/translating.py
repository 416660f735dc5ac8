"""Sentences in the user's language, with values filled in by name.

Translations lie in `resources/i18n`, one JSON file for each language: sentences by the context they belong to.
`packaging/translations.py` collects them from the source; context and text are literals for that.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from handtint import paths
from handtint.errors import HandtintError, Sentence
from handtint.gui.parts.words import isolated

ERRORS = "errors"  # the context of what rooms below the window say
SOURCE = "en"  # the language of the source

Catalogue = Mapping[str, Mapping[str, "str | list[str]"]]  # translations by context and text; plurals as a list


@dataclass(frozen=True)
class Plural:
    """How many plural forms a language has, and which of them, from 0, a count takes."""

    forms: int
    form: Callable[[int], int]


# By the Unicode plural rules. A language that is not named has two, the first for 1 alone.
PLURALS: Mapping[str, Plural] = {"fr": Plural(2, lambda n: int(n > 1))}
_USUAL = Plural(2, lambda n: int(n != 1))

# As Qt calls only the kind that is spoken in one country.
_NAMES = {"en": "English", "es": "Español", "pt": "Português"}

_log = logging.getLogger(__name__)
_catalogue: Catalogue = {}
_plural = _USUAL
_of_qt: QTranslator | None = None
_language = SOURCE


def languages() -> dict[str, str]:
    """The languages that Handtint speaks: their names in themselves by their codes."""
    codes = [SOURCE, *sorted(path.stem for path in _folder().glob("*.json"))]
    return {code: _NAMES.get(code) or _capital(QLocale(code).nativeLanguageName()) for code in codes}


def system_languages() -> list[str]:
    """The languages of the user's system, as in `de-AT`, the most preferred first."""
    return QLocale.system().uiLanguages()


def chosen_language(preferred: str) -> str:
    """The code of the language to speak: the preferred one, else that of the system, else English."""
    known = languages()
    wanted = [preferred, *(name.replace("-", "_") for name in system_languages())]
    codes = (code for name in wanted for code in (name, name.split("_")[0]))
    return next((code for code in codes if code in known), SOURCE)


def speak(app: QApplication, language: str) -> None:
    """Say everything in a language from now on: our sentences, those of Qt, numbers and the direction of reading.

    Widgets that are there already keep what they say.
    """
    global _of_qt
    if _of_qt is not None:
        app.removeTranslator(_of_qt)
    _of_qt = QTranslator(app)
    catalogue: Catalogue = {}
    if language != SOURCE:
        try:
            catalogue = json.loads((_folder() / f"{language}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            _log.exception("no sentences in %s", language)
        if _of_qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(_of_qt)
    is_systems = QLocale.system().name().split("_")[0] == language
    QLocale.setDefault(QLocale.system() if is_systems else QLocale(language))  # a Swiss German's numbers are Swiss
    app.setLayoutDirection(QLocale(language).textDirection())
    use(catalogue, language)


def use(catalogue: Catalogue, language: str = SOURCE) -> None:
    """Take sentences from a catalogue of that language."""
    global _catalogue, _plural, _language
    _catalogue, _plural, _language = catalogue, PLURALS.get(language, _USUAL), language
    _patterns.cache_clear()


def language() -> str:
    """The code of the language that is spoken."""
    return _language


def in_language(path: Path) -> Path:
    """The file beside this one that is written in the user's language, such as `guide_de.html`; else this one."""
    own = path.with_stem(f"{path.stem}_{_language}")
    return own if _language != SOURCE and paths.is_there(own) else path


def tr(context: str, text: str, n: int | None = None, **values: object) -> str:
    """The text in the user's language, with `{name}` replaced by the value of that name, `isolated` where it is text.

    Args:
        context: what the sentence belongs to, for translators; as a rule the module's name.
        n: a count, which chooses the plural form and replaces `{n}`. An English noun that only adds an s is
            written `photo(s)`.
    """
    found = _catalogue.get(context, {}).get(text)
    if isinstance(found, list):
        found = found[min(_plural.form(n or 0), len(found) - 1)]
    if n is not None:
        text = text.replace("(s)", "" if n == 1 else "s")
        values["n"] = QLocale().toString(n)
    if not values:
        return found or text
    values = {name: isolated(value) if isinstance(value, str | Path) else value for name, value in values.items()}
    try:
        return (found or text).format(**values)
    except (LookupError, ValueError):  # a translator's slip must not take the sentence away
        return text.format(**values)


def translated(said: str | Exception) -> str:
    """A sentence or an error of the rooms below the window, in the user's language.

    What came out of a file or another process is plain text again; its template is found by its words.
    """
    if isinstance(said, HandtintError):
        said = said.sentence
    if isinstance(said, Exception) or not _catalogue:
        return str(said)
    if isinstance(said, Sentence):
        values = {name: _translated_value(value) for name, value in said.values.items()}
        return _filled(said.template, values)
    parts, found = _SENTENCE_ENDS.split(said), list[str]()
    is_known, at = False, 0
    while at < len(parts):
        ends = range(len(parts), at, -1)  # a template may be of several sentences
        tries = ((end, _recognized(" ".join(parts[at:end]))) for end in ends)
        end, known = next((one for one in tries if one[1] is not None), (at + 1, None))
        is_known |= known is not None
        found.append(parts[at] if known is None else known)
        at = end
    return " ".join(found) if is_known else said


_SENTENCE_ENDS = re.compile(r'(?<=[.!?])\s+(?=["A-Z0-9])')
_FEWEST_LETTERS = 8  # of a template's own, or too much would look like it
_FEWEST_LETTERS_OF_PART = 4  # where what stands around it is a sentence of ours


def _filled(template: str, values: dict[str, object]) -> str:
    n = values.pop("n", None)
    return tr(ERRORS, template, n if isinstance(n, int) else None, **values)


def _translated_value(value: object) -> object:
    if isinstance(value, Sentence | HandtintError):
        return translated(value)
    return _translated_part(value) if isinstance(value, str) and " " in value else value


def _translated_part(text: str) -> str:
    """What stands in a sentence of ours: as a rule less than one, or several in a row (see `errors.joined`)."""
    known = _recognized(text, _FEWEST_LETTERS_OF_PART)
    mark = next((mark for mark in ("; ", ", ") if mark in text), None)
    if known is not None or mark is None:
        return known or text
    return mark.join(_translated_part(part) for part in text.split(mark))


def _recognized(text: str, fewest: int = _FEWEST_LETTERS) -> str | None:
    """The translation of an English sentence that has lost its template; None if it is none of ours.

    Args:
        fewest: letters of its own that a template has that is looked for.
    """
    if text in _catalogue.get(ERRORS, {}):
        return tr(ERRORS, text)
    for template, pattern in _patterns(fewest):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        values: dict[str, object] = {name: _translated_value(value) for name, value in match.groupdict().items()}
        if any(values[name] == value and _SENTENCE_ENDS.search(value) for name, value in match.groupdict().items()):
            continue  # it swallowed the next sentence
        if "n" in values:
            values["n"] = int(str(values["n"]))
        return _filled(template, values)
    return None


@cache
def _patterns(fewest: int) -> list[tuple[str, re.Pattern[str]]]:
    """Templates with values, those with the most words of their own first, and what looks as if made of them."""
    found = []
    for template in _catalogue.get(ERRORS, {}):
        parts = list(Formatter().parse(template))
        own = sum(letter.isalpha() for literal, *_ in parts for letter in literal)
        if own < fewest or not any(name for _, name, *_ in parts):
            continue
        pattern, seen = "", set[str]()
        for literal, name, *_ in parts:
            pattern += re.escape(literal).replace(r"\(s\)", "s?")
            if name:
                what = r"\d+" if name == "n" else ".+?"
                pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{what})"
                seen.add(name)
        found.append((own, template, re.compile(pattern, re.DOTALL)))
    return [(template, pattern) for _, template, pattern in sorted(found, key=lambda one: -one[0])]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _folder() -> Path:
    return paths.resources_dir() / "i18n"
