"""The keys that parts of the window take by themselves, beside those of its actions: arrows, Enter, Escape and more."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from handtint.gui.parts.translating import tr

_ARROWS = "Left Right Up Down"


@dataclass(frozen=True)
class ContextKeys:
    """Keys of one workspace or tool.

    Attributes:
        context: its name.
        modules: those that handle the keys, relative to `gui/`.
        rows: what the keys do, and the keys in English, with spaces between them.
    """

    context: str
    modules: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


def context_keys() -> tuple[ContextKeys, ...]:
    """All of them."""
    return (
        ContextKeys(
            tr("keys", "Window"),
            ("main_window",),
            ((tr("keys", "leave the view of just the photo, the album, or full screen"), "Esc"),),
        ),
        ContextKeys(
            tr("keys", "Hints"),
            ("hints/overlay",),
            (
                (tr("keys", "go to the next or previous hint"), "Tab Shift+Tab"),
                (tr("keys", "move the hint, or the cross; with Shift in larger steps"), _ARROWS),
                (tr("keys", "put a hint at the cross, or open the colors of the hint"), "Return Ins"),
                (tr("keys", "let go of the hint, then leave"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Colors of a hint"),
            ("hints/color_field", "hints/color_chooser", "hints/swatch"),
            (
                (tr("keys", "another hue; with Shift in larger steps"), "Left Right"),
                (tr("keys", "more or less color; with Shift in larger steps"), "Up Down"),
                (tr("keys", "take this color"), "Return"),
                (tr("keys", "close"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Crop"),
            ("turning/view", "turning/picture", "turning/card", "parts/keys"),
            (
                (tr("keys", "move what is kept; with Shift resize it, with Ctrl in small steps"), _ARROWS),
                (tr("keys", "crop the photo"), "Return"),
                (tr("keys", "leave the photo as it was"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Corners of a print, ends of a line"),
            ("turning/points",),
            (
                (tr("keys", "go to the next or previous one"), "Tab Shift+Tab"),
                (tr("keys", "move it; with Ctrl in small steps"), _ARROWS),
                (tr("keys", "take it"), "Return"),
                (tr("keys", "leave the photo as it was"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Split scan"),
            ("turning/split_tool",),
            (
                (tr("keys", "go to the next or previous print"), "Tab Shift+Tab"),
                (tr("keys", "move its frame; with Shift resize it, with Ctrl in small steps"), _ARROWS),
                (tr("keys", "draw another frame"), "Ins"),
                (tr("keys", "remove the frame"), "Del Backspace"),
                (tr("keys", "split the scan"), "Return"),
                (tr("keys", "leave the photo as it was"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Brushes and marks"),
            ("repair/overlay", "adjust/overlay"),
            (
                (tr("keys", "move the cross; with Shift in larger steps"), _ARROWS),
                (tr("keys", "click or paint there; with Shift the brush erases"), "Return"),
                (tr("keys", "put the brush away"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Compare variants"),
            ("photo/variant_grid",),
            (
                (tr("keys", "go to another coloring"), f"{_ARROWS} 1 2 3"),
                (tr("keys", "take it"), "Return"),
                (tr("keys", "leave it as it was"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Album"),
            ("album/grid",),
            (
                (tr("keys", "go to another photo; with Shift select all up to it"), f"{_ARROWS} Home End"),
                (tr("keys", "open the photo"), "Return"),
                (tr("keys", "go back"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Review"),
            ("album/review",),
            (
                (tr("keys", "go to another result"), "Left Right"),
                (tr("keys", "go to the first or last result"), "Home End"),
                (tr("keys", "show the original while the key is held"), "Space \\"),
                (tr("keys", "zoom"), "+ = -"),
                (tr("keys", "fit the whole photo, or show it at its actual size"), "0 1"),
                (tr("keys", "go back"), "Esc"),
            ),
        ),
        ContextKeys(
            tr("keys", "Teaching"),
            ("teach/folders",),
            ((tr("keys", "remove the selected folder from the list"), "Del"),),
        ),
    )


def key_rows() -> list[tuple[str, str]]:
    """What the keys do, and the keys as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (
            tr("keys", "{where}: {what}", where=one.context, what=what),
            ", ".join(QKeySequence(key).toString(native) for key in keys.split()),
        )
        for one in context_keys()
        for what, keys in one.rows
    ]
