"""Finds damage: dust, hairs, scratches, cracks, holes. What is found can be seen before anything is done about it.

`find` asks a network once and keeps how sure it is of each pixel that might be damaged. `damaged` reads off that,
within milliseconds, what counts as damage at a sensitivity, with what a person added and took back. A click adds what
the network thinks possible there, as far as that reaches; else what stands out from its surroundings; else a dot.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.photo import Photo
from handtint.imaging.resize import reduce_plane
from handtint.model_card import ModelCard
from handtint.progress import Progress
from handtint.recipe.damage import ADD, ERASE, LEAVE, Damage, Edit
from handtint.repair.damage.filling import fill, with_filling
from handtint.repair.damage.places import Places, ascending, stroke
from handtint.repair.damage.spots import spot_at

DEFAULT_SENSITIVITY = 50.0
AUTO_SENSITIVITY = 5.0  # what nobody looks at must be surer
_ENOUGH = 0.0002  # share of a photo's pixels found damaged from which it is repaired without being asked
_MOST = 0.01  # and up to which: what finds more than that mistakes a pattern or text for damage
_MOST_USUALLY = 0.015  # the same of what is found at the default sensitivity: of a pattern, much more than surely is
_DARK = 20.0  # L below which a pixel may be night
_NIGHT = 0.9  # share of such pixels from which specks may be stars
_MIGHT_BE = 20  # of 255: chance from which a pixel is kept
_DOUBTFUL = 90  # chance from which a pixel is not relied on
_HARDLY_SEEN = 2.5  # L by which a pixel must differ from the sound ones around it to count as damage
_AROUND = 2  # pixels to each side that are looked at for that
_MOST_SEEN = (560, 672)  # rows and columns looked at once, at most
_MOST_SEEN_CLOSELY = (368, 448)  # the same of what is enlarged, which is as many pixels then
_MARGIN = 32  # seen around what is asked about, a multiple of `_GRID`
_GRID = 16  # pixels that windows begin at multiples of: the network's own grid then lies the same on all of the photo
_SMALLER = 4  # wide damage is looked for in a copy smaller by this
_LARGE = 1500  # longer side in pixels from which there is such a copy
_FINE = 2800  # longer side up to which a photo is looked at closely: finer scans show the same damage wider
_CLICKED = 3  # the share of the highest chance under a click that its neighbors must have, as a divisor
_CLICK_REACH = 256  # pixels to each side that a click may add
_WIDE = 3  # pixels of the copy: what is narrower is found at full size, and more exactly


class DamageFinder(Protocol):
    """Anything that can say where a picture is damaged; `engine.damage_finder` has the real one."""

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        ...

    def chances_in(self, pictures: Iterable[np.ndarray], closely: bool = True) -> Iterator[np.ndarray]:
        """Of each (h, w) float32 L 0..100, in order, (h, w) uint8, the chance of damage, 255 for certainty.

        Not to look `closely` is faster, and tells what is a few pixels wide as well.
        """
        ...


@dataclass(frozen=True, eq=False)
class Found:
    """What might be damaged in a photo.

    Attributes:
        places: the pixels.
        chances: (n,) uint8, how likely each is damaged, 255 for certain.
        dark: share of the photo's pixels, 0..1, that may be night.
    """

    places: Places
    chances: np.ndarray
    dark: float = 0.0

    @classmethod
    def nothing(cls, size: tuple[int, int]) -> Found:
        """No damage in a photo of (height, width)."""
        return cls(Places.none(size), np.empty(0, np.uint8))


def find(photo: Photo, finder: DamageFinder, progress: Progress) -> Found:
    """Look for damage in the whole photo, in windows at its full size and in a smaller copy. Raises `Cancelled`."""
    height, width = photo.size
    has_copy, closely = max(photo.size) >= _LARGE, max(photo.size) <= _FINE
    small = np.empty((-(-height // _SMALLER), -(-width // _SMALLER)) if has_copy else (0, 0), np.float32)
    ranked, dark = [], 0  # each pixel's number and, behind that, its chance; how many are dark
    for look in _looks(photo.size, photo.lightness, finder, closely):
        progress.step(0.95 * look.done, Sentence("Looking for damage"))
        seen = _visible(look.chances, look.lightness)[look.inside]
        dark += np.count_nonzero(look.lightness[look.inside] < _DARK)
        y, x = np.nonzero(seen >= _MIGHT_BE)
        ranked.append(_ranked((y + look.top) * width + x + look.left, seen[y, x]))
        if has_copy:
            cells = reduce_plane(np.ascontiguousarray(look.lightness[look.inside]), _SMALLER)
            top, left = look.top // _SMALLER, look.left // _SMALLER
            small[top : top + cells.shape[0], left : left + cells.shape[1]] = cells
    if has_copy:
        wide = np.empty(small.shape, np.uint8)
        for look in _looks(wide.shape, small.__getitem__, finder, True):
            progress.step(0.95 + 0.05 * look.done, Sentence("Looking for damage"))
            part = look.chances[look.inside]
            wide[look.top : look.top + part.shape[0], look.left : look.left + part.shape[1]] = part
        wide = _only_wide(wide)
        y, x = np.nonzero(wide >= _MIGHT_BE)
        chance = np.repeat(wide[y, x], _SMALLER**2)
        down, right = np.divmod(np.arange(_SMALLER**2), _SMALLER)
        y, x = (y[:, None] * _SMALLER + down).ravel(), (x[:, None] * _SMALLER + right).ravel()
        inside = (y < height) & (x < width)
        ranked.append(_ranked((y * width + x)[inside], chance[inside]))
    progress.step(1.0)
    return Found(*_in_order(photo.size, ranked), float(dark / (height * width)))


def damaged(found: Found, damage: Damage, photo: Photo) -> Places:
    """The pixels that count as damage.

    Args:
        found: in this photo; `Found.nothing` will do for damage that is not `is_looked_for`.
        damage: its places in pixels of the photo. What lies outside counts for nothing.
    """
    result = _at_sensitivity(found, damage.sensitivity)
    added = _added(found, damage, photo)
    for kind, run in itertools.groupby(enumerate(damage.edits), key=lambda numbered: numbered[1].kind):
        if kind == ADD:
            result = _together([result, *(added[number] for number, _ in run)])
            continue
        under = _under(found.places.size, [edit for _, edit in run])
        if kind == LEAVE:  # one after the other gives the same: to leave one find alone joins and parts no other
            result = result - result.connected_to(under)
        elif kind == ERASE:
            result = result - under
        else:
            result = result | under
    return result


def without_damage(photo: Photo, found: Found, damage: Damage, progress: Progress) -> Photo:
    """The photo with what counts as damage filled; notes say what was left. Raises `Cancelled`."""
    return with_filling(photo, fill(photo, damaged(found, damage, photo), progress, doubtful(found)))


def automatic(found: Found) -> Damage:
    """What to do without being asked: little, where a photo surely is damaged; nothing where it may well be sound."""
    height, width = found.places.size
    surely, usually = (
        len(_at_sensitivity(found, sensitivity)) / (height * width)
        for sensitivity in (AUTO_SENSITIVITY, DEFAULT_SENSITIVITY)
    )
    is_damaged = _ENOUGH <= surely <= _MOST and usually <= _MOST_USUALLY and found.dark < _NIGHT
    return Damage(AUTO_SENSITIVITY if is_damaged else 0.0)


def doubtful(found: Found) -> Places:
    """The pixels that might be damaged though they do not count as such: no place to fill others from."""
    return found.places.where(found.chances >= _DOUBTFUL)


def _at_sensitivity(found: Found, sensitivity: float) -> Places:
    """Connected pixels that may well be damaged, where the surest of them surely is."""
    if sensitivity <= 0:
        return Places.none(found.places.size)
    surest, least = thresholds(sensitivity)
    likely = found.chances >= least
    places, chances = found.places.where(likely), found.chances[likely]
    component = places.components()
    peak = np.zeros(component.max(initial=-1) + 1, np.uint8)
    np.maximum.at(peak, component, chances)
    return places.where(peak[component] >= surest)


def thresholds(sensitivity: float) -> tuple[float, float]:
    """Chances, of 255, that the surest pixel of a damage and each of its pixels must reach."""
    surest = np.interp(sensitivity, (0, 30, 50, 100), (0.999, 0.99, 0.97, 0.4))
    least = np.interp(sensitivity, (0, 30, 50, 100), (0.9, 0.76, 0.5, 0.2))
    return float(surest * 255), float(least * 255)


def _under(size: tuple[int, int], edits: Sequence[Edit]) -> Places:
    """All pixels under some strokes."""
    return _together([stroke(size, edit.points, edit.radius) for edit in edits])


def _together(parts: Sequence[Places]) -> Places:
    return Places(parts[0].size, ascending(np.concatenate([places.numbers for places in parts])))


def _added(found: Found, damage: Damage, photo: Photo) -> dict[int, Places]:
    """What each click adds, by the number of its edit. The photo, which may be read from a file, is read downward."""
    clicks = [(number, edit) for number, edit in enumerate(damage.edits) if edit.kind == ADD]
    return {
        number: _reached(found, photo, edit)
        for number, edit in sorted(clicks, key=lambda numbered: numbered[1].points[0][1])
    }


def _reached(found: Found, photo: Photo, click: Edit) -> Places:
    """The pixels that a click adds."""
    (x, y), (height, width) = click.points[0], photo.size
    under = stroke(photo.size, click.points[:1], click.radius)
    top, bottom = (int(np.clip(y + sign * _CLICK_REACH, 0, height)) for sign in (-1, 1))
    first, last = np.searchsorted(found.places.numbers, (top * width, bottom * width))
    near = Places(photo.size, found.places.numbers[first:last])
    chances = found.chances[first:last]
    is_near = np.abs(near.columns - x) <= _CLICK_REACH
    near, chances = near.where(is_near), chances[is_near]
    peak = int(chances[near.is_in(under)].max(initial=0))
    if peak:
        return near.where(chances >= max(peak / _CLICKED, _MIGHT_BE)).connected_to(under)
    spot = spot_at(photo, x, y, click.radius)
    return spot if len(spot) else under


class _Look(NamedTuple):
    """A window of a picture that the network has seen.

    Attributes:
        top, left: of the part of the picture that it covers.
        inside: rows and columns of that part in the window; the rest is margin.
        lightness: (h, w) float32 of the window.
        chances: (h, w) uint8 of the window.
        done: share of the picture that was looked at before.
    """

    top: int
    left: int
    inside: tuple[slice, slice]
    lightness: np.ndarray
    chances: np.ndarray
    done: float


def _looks(
    size: tuple[int, int], read: Callable[[slice], np.ndarray], finder: DamageFinder, closely: bool
) -> Iterator[_Look]:
    """All of a picture of (height, width), window by window, from top to bottom.

    Args:
        read: gives the L of rows. Each row is read once, for it may be one that is read from a file.
    """
    across = _windows(size[1], (_MOST_SEEN_CLOSELY if closely else _MOST_SEEN)[1])
    down = _windows(size[0], (_MOST_SEEN_CLOSELY if closely else _MOST_SEEN)[0])
    kept, start = read(slice(0, 0)), 0  # rows from `start` on
    for n, (rows, top, bottom) in enumerate(down):
        kept = np.concatenate([kept[rows.start - start :], read(slice(start + len(kept), rows.stop))])
        start = rows.start
        pictures = [np.ascontiguousarray(kept[:, columns]) for columns, _, _ in across]
        for k, chances in enumerate(finder.chances_in(pictures, closely)):
            columns, left, right = across[k]
            inside = (slice(top - rows.start, bottom - rows.start), slice(left - columns.start, right - columns.start))
            done = (n + k / len(across)) / len(down)
            yield _Look(top, left, inside, pictures[k], chances, done)


def _windows(length: int, most: int) -> list[tuple[slice, int, int]]:
    """What is seen of a side at once, and the span of it that this decides.

    At most `most` pixels, and apart from the grid of one length, since torch keeps code and memory for each length.
    """
    count = max(-(-(length - 2 * _MARGIN) // (most - 2 * _MARGIN)), 1)
    step = _on_grid((length - 2 * _MARGIN) / count)
    seen = step + 2 * _MARGIN
    windows, end = [], 0
    for n in range(count):
        start = max(min(n * step, _on_grid(length - seen)), 0)
        begin, end = end, min(start + seen - _MARGIN, length) if n < count - 1 else length
        windows.append((slice(start, min(start + seen, length)), begin, end))
    return windows


def _on_grid(place: float) -> int:
    """The next place of the grid."""
    return math.ceil(place / _GRID) * _GRID


def _visible(chances: np.ndarray, lightness: np.ndarray) -> np.ndarray:
    """(h, w) uint8 chances, no more than doubtful where a pixel hardly differs from the sound ones around it.

    A network is never sure to a pixel where a damage ends; what can be seen there tells better.
    """
    y, x = np.nonzero(chances > _DOUBTFUL)
    weights, total = np.zeros(len(y), np.float32), np.zeros(len(y), np.float32)
    for dy, dx in itertools.product(range(-_AROUND, _AROUND + 1), repeat=2):
        row, column = np.clip(y + dy, 0, chances.shape[0] - 1), np.clip(x + dx, 0, chances.shape[1] - 1)
        is_sound = np.maximum(1 - chances[row, column] / np.float32(127), 0)
        weights += is_sound
        total += is_sound * lightness[row, column]
    like_sound = (weights > 0.5) & (np.abs(lightness[y, x] * weights - total) < _HARDLY_SEEN * weights)
    result = chances.copy()
    result[y[like_sound], x[like_sound]] = _DOUBTFUL
    return result


def _only_wide(chances: np.ndarray) -> np.ndarray:
    """(h, w) uint8 without what is narrower than `_WIDE` pixels: the least of a square, then the most of it."""
    for pick in (np.minimum, np.maximum):
        for axis in (0, 1):
            padded = np.pad(chances, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
            n = chances.shape[axis]
            parts = [np.take(padded, range(i, i + n), axis) for i in range(_WIDE)]
            chances = pick.reduce(parts)
    return chances


def _ranked(numbers: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """(n,) int64 that are in the order of pixels, and of one pixel's chances."""
    return numbers * 256 + chances


def _in_order(size: tuple[int, int], parts: list[np.ndarray]) -> tuple[Places, np.ndarray]:
    """The pixels of `_ranked` parts in order, each once, and the highest of its chances. Takes the parts."""
    ranked = np.concatenate(parts)
    parts.clear()
    ranked.sort()
    chances = ranked.astype(np.uint8)  # the last 8 bits
    ranked >>= 8
    last = np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)]
    return Places(size, ranked[last]), chances[last]
