"""Sentences in the user's language, with values filled in by name.

`pyside6-lupdate` reads `self.tr("…")` by itself, but of functions only those without arguments by name; whoever
collects the sentences therefore reads the calls of `tr` from the source. Context and text are literals for that.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

ERRORS = "errors"  # the context of what error classes say


def tr(context: str, text: str, n: int | None = None, **values: object) -> str:
    """The text in the user's language, with `{name}` replaced by the value of that name.

    Args:
        context: what the sentence belongs to, for translators; as a rule the module's name.
        n: a count, which chooses the plural form and replaces `{n}`. An English noun that only adds an s is
            written `photo(s)`.
    """
    translated = QCoreApplication.translate(context, text, None, -1 if n is None else n)
    if n is not None:
        if translated == text:  # Qt has plural forms in translations only
            translated = text.replace("(s)", "" if n == 1 else "s")
        values["n"] = QLocale().toString(n)
    try:
        return translated.format(**values)
    except (LookupError, ValueError):  # a translator's slip must not take the sentence away
        return text.format(**values)


def sentence_of(error: Exception) -> str:
    """What to tell a user of an error.

    An error that carries a `template` with `{name}` in it and a mapping `values` is told in the user's language; any
    other says what it says.
    """
    template, values = getattr(error, "template", None), getattr(error, "values", None)
    if isinstance(template, str) and isinstance(values, dict):
        return tr(ERRORS, template, **values)
    return str(error)
