"""What can go wrong, each as a sentence a user may read.

A message says which thing, why, what is safe and what to do. Anything that is not a `HandtintError` is
a fault of ours and shown as one.

Sentences are English, as the command line says them. They carry what they were made of, so that the window can say
them in the user's language.
"""

from __future__ import annotations

from collections.abc import Sequence


class Sentence(str):
    """An English sentence, or a part of one, with what it was made of.

    Attributes:
        template: the text with `{name}` for each value, a literal where it is written.
        values: by name; sentences and errors among them are said in the user's language too.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Sentence:
        """The sentence; of values that are neither texts, numbers nor errors only the text is kept."""
        kept: dict[str, object] = {
            name: value if isinstance(value, _KEPT) else str(value) for name, value in values.items()
        }
        made = super().__new__(cls, filled(template, kept))
        made.template, made.values = template, kept
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _sentence, (self.template, self.values)


def _sentence(template: str, values: dict[str, object]) -> Sentence:
    return Sentence(template, **values)


def filled(template: str, values: dict[str, object]) -> str:
    """The English text: `{name}` replaced by values, and `photo(s)` by its form for the count `n` if that is one."""
    if "n" in values:
        template = template.replace("(s)", "" if values["n"] == 1 else "s")
    return template.format(**values) if values else template


def joined(parts: Sequence[str], mark: str) -> str:
    """Parts of a sentence in a row, with a mark such as `, ` between them, which no language has otherwise."""
    if not parts:
        return ""
    whole = parts[0]
    for part in parts[1:]:
        whole = Sentence(f"{{before}}{mark}{{after}}", before=whole, after=part)
    return whole


class HandtintError(Exception):
    """Base of every error whose text may be shown to a user as it stands: a `Sentence`, or template and values of one.

    Attributes:
        sentence: the same, for those who say it in another language.
    """

    def __init__(self, template: str = "", **values: object) -> None:
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, **values)
        super().__init__(self.sentence)


_KEPT = (str, int, float, HandtintError)


class PhotoError(HandtintError):
    """A photo could not be read."""


class IncompletePhoto(PhotoError):
    """A part of a photo's picture is missing; the rest can be opened, if that is asked for."""


class SaveError(HandtintError):
    """A result could not be saved; the original is unchanged and nothing half-written is left."""


class DeviceError(HandtintError):
    """The computing device is missing or stopped working; no photo is at fault."""


class ModelError(HandtintError):
    """A model file is missing, broken or not one of ours."""
