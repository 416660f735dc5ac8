"""The report as HTML: one file without scripts and without anything from the network, given out piece by piece.

Names and reasons may hold anything; all of it is escaped.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any

from handtint.plain import duration
from handtint.recipe.form import RecipeError, from_json
from handtint.recipe.recipe import recipe_from_json
from handtint.recipe.saving import SaveOptions

MARK = '<meta name="generator" content="Handtint'  # by which a page is known to be ours

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
_WORDS = {"failed": "Failed", "skipped": "Skipped", "started": "Cut off"}


def page(facts: dict[str, Any], photos: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The page, from the facts on run and totals and on each photo, those not made first (see `report`)."""
    run, totals = facts["run"], facts["totals"]
    title = f"{totals['done']:,} photos colored" if totals["done"] != 1 else "1 photo colored"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'{MARK} {_text(run["version"])}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{title}: {_text(_name(run['output']))}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    yield from _head(title, run, totals)
    yield "<main>\n"
    for is_done, rows in itertools.groupby(photos, key=lambda photo: photo["state"] == "done"):
        if is_done:
            yield _begin("Colored", totals["done"], "Before and after", "Photo", "Result", "Time", "How")
            yield from (_done(photo, run) for photo in rows)
        else:
            count = totals["failed"] + totals["skipped"] + totals["started"]
            yield _begin("Not colored", count, "Photo", "What", "Why")
            yield from map(_left, rows)
        yield "</tbody>\n</table>\n"
    yield "</main>\n</body>\n</html>\n"


def _head(title: str, run: dict[str, Any], totals: dict[str, Any]) -> Iterator[str]:
    yield f"<header>\n<h1>{title}</h1>\n"
    yield f'<p class="soft">in {_text(run["output"])}</p>\n'
    for sentence in run["left_out"]:
        yield f"<p>{_text(sentence)}</p>\n"
    if run["stopped"]:
        yield f'<p class="stopped"><strong>The run ended early.</strong> {_text(run["stopped"])}</p>\n'
    yield '<ul class="sums">\n'
    counts = {"colored": totals["done"], "failed": totals["failed"], "skipped": totals["skipped"]}
    counts["still to be made"] = max(run["left"], totals["started"])
    for word, count in counts.items():
        if count or word == "colored":
            yield f"<li><b>{count:,}</b> {word}</li>\n"
    yield "</ul>\n<dl>\n"
    this_run = [f"{run['done']:,} colored"]
    this_run += [f"{run['made_before']:,} made before"] if run["made_before"] else []
    this_run += [f"{run['left']:,} left"] if run["left"] else []
    rows = {
        "Last run": f"{_when(run['started'])}, {duration(run['seconds'])}: {', '.join(this_run)}",
        "All photos": f"{totals['megapixels']:,.1f} megapixels, {duration(totals['seconds'])} of work",
        "Model": run["model"]["name"],
        "Settings": _settings(run),
        "Made by": f"Handtint {run['version']}",
    }
    for term, text in rows.items():
        yield f"<dt>{term}</dt><dd>{_text(text)}</dd>\n"
    yield "</dl>\n</header>\n"


def _begin(heading: str, count: int, *columns: str) -> str:
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f"<h2>{heading} ({count:,})</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n"


def _left(photo: dict[str, Any]) -> str:
    return (
        f'<tr><th scope="row">{_link(photo["source_url"], photo["source"])}</th>'
        f'<td class="{photo["state"]}">{_WORDS[photo["state"]]}</td><td><p>{_text(photo["reason"])}</p></td></tr>\n'
    )


def _done(photo: dict[str, Any], run: dict[str, Any]) -> str:
    name = _name(photo["source"])
    how = [photo["reason"], *photo["notes"], _otherwise(photo["asked"], run)]
    picture, result = "", ""
    if photo["thumbnail"]:
        alt = _text(f"{name} before and after")
        picture = f'<img src="{_text(photo["thumbnail"])}" alt="{alt}" loading="lazy" decoding="async">'
        picture = f'<a href="{_text(photo["result_url"])}">{picture}</a>'
    if photo["result"]:
        result = _link(photo["result_url"], photo["result"])
    seconds = f"{photo['seconds']:.1f} s" if photo["seconds"] else ""
    notes = "".join(f"<p>{_text(note)}</p>" for note in how if note)
    return (
        f'<tr><td class="pair">{picture}</td><th scope="row">{_link(photo["source_url"], photo["source"])}</th>'
        f'<td>{result}</td><td class="number">{seconds}</td><td>{notes}</td></tr>\n'
    )


def _otherwise(asked: dict[str, Any] | None, run: dict[str, Any]) -> str:
    """How a photo was made, as far as that differs from what the run was asked for."""
    if asked is None:
        return ""
    parts = [] if asked["model"] == run["model"] else [f"model {asked['model']['name']}"]
    if _settings(asked) != _settings(run):
        parts.append(_settings(asked))
    return f"Made with {', '.join(parts)}." if parts else ""


def _settings(asked: dict[str, Any]) -> str:
    """What was asked for, in words; of Handtint 0.1 too, which wrote `settings` and no recipe."""
    try:
        color = recipe_from_json(asked.get("recipe", asked.get("settings"))).color
        save = from_json(SaveOptions, asked["save"])
    except RecipeError:
        return "settings that this version does not know"
    parts = [f"vividness {color.vividness:g}", f"strength {color.strength:g}"]
    parts += [f"variant {color.variant + 1}"] if color.variant else []
    hints = len(color.hints)
    parts += [f"{hints} color hint{'s' if hints > 1 else ''}"] if hints else []
    parts += color.adjustments
    parts += [f"colors of {color.reference.name}"] if color.reference else []
    parts += ["photos in color too"] if color.recolor else []
    parts += [f"saved as {save.format}"] if save.format else []
    parts += [f"quality {save.quality}"] if save.format not in ("png", "tiff") else []
    parts += [] if save.provenance else ["without provenance"]
    return ", ".join(parts)


def _link(url: str, path: str) -> str:
    return f'<a href="{_text(url)}" title="{_text(path)}">{_text(_name(path))}</a>'


def _name(path: str) -> str:
    return PurePath(path).name or path


def _when(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M")


def _text(text: str) -> str:
    return html.escape(str(text))
