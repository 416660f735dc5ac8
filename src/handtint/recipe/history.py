"""What a photo's settings were before: steps back, and forward again. No widgets."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from handtint.recipe.settings import Settings

_MOST = 200


@dataclass
class History:
    """Settings before and after the present ones.

    Changes of one `part` in a row are one step, until `settle`: a slider that is dragged is undone at once.
    """

    past: list[Settings] = field(default_factory=list)
    future: list[Settings] = field(default_factory=list)
    _part: str = ""

    def record(self, before: Settings, after: Settings, part: str = "") -> None:
        """Note a change; `part` names what was changed, by default the one number that is another now."""
        part = part or _part(before, after)
        if not part or part != self._part or not self.past:
            self.past.append(before)
            del self.past[:-_MOST]
        self.future.clear()
        self._part = part

    def settle(self) -> None:
        """The control was released: the next change is a step of its own."""
        self._part = ""

    def undo(self, now: Settings) -> Settings | None:
        """The settings before the last step, None where there is none."""
        return self._travel(self.past, self.future, now)

    def redo(self, now: Settings) -> Settings | None:
        """The settings after the step undone last, None where there is none."""
        return self._travel(self.future, self.past, now)

    def _travel(self, source: list[Settings], target: list[Settings], now: Settings) -> Settings | None:
        self.settle()
        if not source:
            return None
        target.append(now)
        return dataclasses.replace(source.pop(), recolor=now.recolor)  # not part of the history


def _part(before: Settings, after: Settings) -> str:
    names = [f.name for f in dataclasses.fields(Settings) if getattr(before, f.name) != getattr(after, f.name)]
    return names[0] if names in (["vividness"], ["strength"]) else ""
