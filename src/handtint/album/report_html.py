"""The report as HTML: one file without scripts and without anything from the network, given out piece by piece.

Names and reasons may hold anything; all of it is escaped.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from handtint.errors import Sentence
from handtint.plain import duration
from handtint.recipe.form import RecipeError, from_json
from handtint.recipe.recipe import recipe_from_json
from handtint.recipe.saving import SaveOptions

MARK = '<meta name="generator" content="Handtint'  # by which a report is known to be ours

_STYLE = """
:root { color-scheme: light dark; --ground: #faf8f4; --panel: #fff; --ink: #1f1c18; --soft: #665f55; --line: #e0d9cd;
  --link: #7a4210; --bad: #a2271b; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #191714; --panel: #23201c; --ink: #ece6db; --soft: #a79f92; --line: #3a352e; --link: #e8ab6f;
    --bad: #ff9284; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 78rem; margin: 0 auto; padding: 1.5rem; }
main { padding-top: 0; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
p { margin: .25rem 0; }
a { color: var(--link); }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
.soft { color: var(--soft); }
.stopped { border-left: 4px solid var(--bad); padding: .25rem 0 .25rem .75rem; margin: 1rem 0; }
.sums { display: flex; flex-wrap: wrap; gap: .75rem; list-style: none; padding: 0; margin: 1.25rem 0; }
.sums li { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .5rem 1rem; }
.sums b { font-size: 1.5rem; display: block; line-height: 1.2; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; background: var(--panel); border: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: .6rem .8rem; border-top: 1px solid var(--line); }
th { font-weight: 600; min-width: 9rem; overflow-wrap: break-word; }
thead th { color: var(--soft); font-weight: 400; min-width: 0; white-space: nowrap; position: sticky; top: 0;
  background: var(--panel); }
td p { margin: 0; overflow-wrap: anywhere; }
.pair { width: 26.5rem; max-width: 45vw; }
.pair img { display: block; width: 100%; height: 12.5rem; object-fit: contain; object-position: left top; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.failed { color: var(--bad); }
@media (max-width: 52rem) {
  thead { position: absolute; clip-path: inset(50%); }
  tr, th, td { display: block; border: 0; padding: .2rem .8rem; text-align: left; }
  tr { border-top: 1px solid var(--line); padding: .6rem 0; }
  .pair, .pair img { width: 100%; max-width: none; height: auto; } }
"""
_WORDS = {"failed": Sentence("Failed"), "skipped": Sentence("Skipped"), "started": Sentence("Cut off")}


@dataclass(frozen=True)
class Speech:
    """How a report speaks; English by itself.

    Attributes:
        language: its code.
        say: a sentence of ours in that language, also one that is plain text again; any other as it is.
        number: a number with so many digits behind the point.
    """

    language: str = "en"
    say: Callable[[str], str] = str
    number: Callable[[float, int], str] = lambda value, digits: f"{value:,.{digits}f}"


def as_html(facts: dict[str, Any], photos: Iterator[dict[str, Any]], speech: Speech) -> Iterator[str]:
    """The report, from the facts on run and totals and on each photo, those not made first (see `report`)."""
    return _Document(facts, speech).parts(photos)


class _Document:
    def __init__(self, facts: dict[str, Any], speech: Speech) -> None:
        self._run: dict[str, Any] = facts["run"]
        self._totals: dict[str, Any] = facts["totals"]
        self._speech, self._say = speech, speech.say

    def parts(self, photos: Iterator[dict[str, Any]]) -> Iterator[str]:
        """The report, piece by piece."""
        totals = self._totals
        title = self._html(Sentence("{n} photo(s) colored", n=totals["done"]))
        yield f'<!DOCTYPE html>\n<html lang="{_text(self._speech.language)}">\n<head>\n<meta charset="utf-8">\n'
        yield f'{MARK} {_text(self._run["version"])}">\n'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        yield f"<title>{title}: {_text(_name(self._run['output']))}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        yield from self._head(title)
        yield "<main>\n"
        for is_done, rows in itertools.groupby(photos, key=lambda photo: photo["state"] == "done"):
            if is_done:
                columns = (Sentence("Before and after"), Sentence("Photo"), Sentence("Result"))
                yield self._begin(Sentence("Colored"), totals["done"], *columns, Sentence("Time"), Sentence("How"))
                yield from map(self._done, rows)
            else:
                count = totals["failed"] + totals["skipped"] + totals["started"]
                columns = (Sentence("Photo"), Sentence("What became of it"), Sentence("Why"))
                yield self._begin(Sentence("Not colored"), count, *columns)
                yield from map(self._left, rows)
            yield "</tbody>\n</table>\n"
        yield "</main>\n</body>\n</html>\n"

    def _html(self, sentence: str) -> str:
        return _text(self._say(sentence))

    def _count(self, count: int) -> str:
        return _text(self._speech.number(count, 0))

    def _head(self, title: str) -> Iterator[str]:
        run, totals = self._run, self._totals
        yield f"<header>\n<h1>{title}</h1>\n"
        yield f'<p class="soft">{self._html(Sentence("in {folder}", folder=run["output"]))}</p>\n'
        for sentence in run["left_out"]:
            yield f"<p>{self._html(sentence)}</p>\n"
        if run["stopped"]:
            early = self._html(Sentence("The run ended early."))
            yield f'<p class="stopped"><strong>{early}</strong> {self._html(run["stopped"])}</p>\n'
        yield '<ul class="sums">\n'
        left = max(run["left"], totals["started"])
        counts = [(Sentence("colored"), totals["done"]), (Sentence("failed"), totals["failed"])]
        counts += [(Sentence("skipped"), totals["skipped"]), (Sentence("still to be made"), left)]
        for number, (word, count) in enumerate(counts):
            if count or number == 0:
                yield f"<li><b>{self._count(count)}</b> {self._html(word)}</li>\n"
        yield "</ul>\n<dl>\n"
        this_run = [Sentence("{n} colored", n=run["done"])]
        this_run += [Sentence("{n} made before", n=run["made_before"])] if run["made_before"] else []
        this_run += [Sentence("{n} left", n=run["left"])] if run["left"] else []
        made = ", ".join(map(self._say, this_run))
        megapixels = self._speech.number(totals["megapixels"], 1)
        spent = Sentence(
            "{megapixels} megapixels, {time} of work", megapixels=megapixels, time=duration(totals["seconds"])
        )
        rows = (
            (Sentence("Last run"), f"{_when(run['started'])}, {duration(run['seconds'])}: {made}"),
            (Sentence("All photos"), self._say(spent)),
            (Sentence("Model"), run["model"]["name"]),
            (Sentence("Settings"), self._settings(run)),
            (Sentence("Made by"), f"Handtint {run['version']}"),
        )
        for term, text in rows:
            yield f"<dt>{self._html(term)}</dt><dd>{_text(text)}</dd>\n"
        yield "</dl>\n</header>\n"

    def _begin(self, heading: Sentence, count: int, *columns: Sentence) -> str:
        heads = "".join(f'<th scope="col">{self._html(column)}</th>' for column in columns)
        above = f"<h2>{self._html(heading)} ({self._count(count)})</h2>\n"
        return f"{above}<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n"

    def _left(self, photo: dict[str, Any]) -> str:
        state = photo["state"]
        return (
            f'<tr><th scope="row">{_link(photo["source_url"], photo["source"])}</th>'
            f'<td class="{state}">{self._html(_WORDS[state])}</td><td><p>{self._html(photo["reason"])}</p></td></tr>\n'
        )

    def _done(self, photo: dict[str, Any]) -> str:
        how = [photo["reason"], *photo["notes"]]
        notes = "".join(f"<p>{self._html(note)}</p>" for note in (*how, self._otherwise(photo["asked"])) if note)
        picture, result = "", ""
        if photo["thumbnail"]:
            alt = self._html(Sentence("{photo} before and after", photo=_name(photo["source"])))
            picture = f'<img src="{_text(photo["thumbnail"])}" alt="{alt}" loading="lazy" decoding="async">'
            picture = f'<a href="{_text(photo["result_url"])}">{picture}</a>'
        if photo["result"]:
            result = _link(photo["result_url"], photo["result"])
        seconds = f"{_text(self._speech.number(photo['seconds'], 1))} s" if photo["seconds"] else ""
        return (
            f'<tr><td class="pair">{picture}</td><th scope="row">{_link(photo["source_url"], photo["source"])}</th>'
            f'<td>{result}</td><td class="number">{seconds}</td><td>{notes}</td></tr>\n'
        )

    def _otherwise(self, asked: dict[str, Any] | None) -> str:
        """How a photo was made, as far as that differs from what the run was asked for."""
        if asked is None:
            return ""
        is_same_model = asked["model"] == self._run["model"]
        parts = [] if is_same_model else [self._say(Sentence("model {name}", name=asked["model"]["name"]))]
        if (settings := self._settings(asked)) != self._settings(self._run):
            parts.append(settings)
        return Sentence("Made with {settings}.", settings=", ".join(parts)) if parts else ""

    def _settings(self, asked: dict[str, Any]) -> str:
        """What was asked for, in words; of Handtint 0.1 too, which wrote `settings` and no recipe."""
        try:
            color = recipe_from_json(asked.get("recipe", asked.get("settings"))).color
            save = from_json(SaveOptions, asked["save"])
        except RecipeError:
            return self._say(Sentence("settings that this version does not know"))
        parts: list[str] = [Sentence("vividness {amount}", amount=f"{color.vividness:g}")]
        parts += [Sentence("strength {amount}", amount=f"{color.strength:g}")]
        parts += [Sentence("variant {number}", number=color.variant + 1)] if color.variant else []
        parts += [Sentence("looked at closely")] if color.closely else []
        parts += [Sentence("{n} color hint(s)", n=len(color.hints))] if color.hints else []
        parts += color.adjustments
        parts += [Sentence("colors of {photo}", photo=color.reference.name)] if color.reference else []
        parts += [Sentence("photos in color too")] if color.recolor else []
        parts += [Sentence("saved as {format}", format=save.format)] if save.format else []
        is_lossy = save.format not in ("png", "tiff")
        parts += [Sentence("quality {quality}", quality=save.quality)] if is_lossy else []
        parts += [] if save.provenance else [Sentence("without provenance")]
        return ", ".join(map(self._say, parts))


def _link(url: str, path: str) -> str:
    return f'<a href="{_text(url)}" title="{_text(path)}">{_text(_name(path))}</a>'


def _name(path: str) -> str:
    return PurePath(path).name or path


def _when(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M")


def _text(text: str) -> str:
    return html.escape(str(text))
