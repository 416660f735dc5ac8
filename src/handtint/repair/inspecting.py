"""What inspecting a photo finds, in words and numbers, and the repair that `auto` makes of it.

A sound photo gets none: its tones, colors and grain are its own. Removing a printed screen is proposed but never
automatic: a fence can look like a screen. Sharpening is neither: a photo may be meant soft. Percents are of encoded
values, 0 % black, 100 % white.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.color import lab
from handtint.imaging.color.tone import Tone
from handtint.imaging.photo import Photo
from handtint.imaging.resize import fit, resize_planes
from handtint.progress import Progress
from handtint.recipe.repair import Fade, FadedColor, Noise, Repair
from handtint.repair import faded_color, gray, noise, screen, tone
from handtint.repair.survey import LONGEST, NO_PICTURE, inside, luma, survey

_BLACK, _WHITE = 18.0, 72.0  # percent: blacks above or whites below are faded
_UNEVEN = 2.0  # percent that leveling moves mid-gray, root mean square: 98 of 100 sound photos lie below
_COLOR_MOVED = 9.0  # delta E 76 by which the correction moves the colors: less is a sound photo's own
_NOISY = 9.0  # of 255
_BLOCKS = 3.0  # of 255
_FADE, _EVEN, _FADED_COLOR = 70.0, 50.0, 100.0  # amounts that auto sets
_NOISE, _GRAIN, _JPEG, _SCREEN = 45.0, 25.0, 50.0, 60.0
_CHANNELS = {"red": Sentence("red"), "green": Sentence("green"), "blue": Sentence("blue")}


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        words: for people.
        repair: what would be done about it, and nothing else.
        is_automatic: whether `auto` does so.
    """

    words: str
    repair: Repair
    is_automatic: bool = True


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        tone: `gray`, `toned` or `color`.
        black, middle, white: percent of the darkest places, the median and the lightest places.
        uneven: percent that leveling would move mid-gray, from place to place.
        gray: the channel with the least damage of a black-and-white photo, else `lightness`.
        color_moved: delta E 76 by which faded dyes would be moved in the mean; 0 for black and white.
        cast: `red`, `green`, ... towards which the grays of a faded color photo lean; empty for none.
        noise, color_noise: deviation, of 255.
        blocks: steps of JPEG's blocks, of 255.
        screen_period: pixels between rows of a printed screen's dots; 0 for none.
        each: what is to be said and done about these.
    """

    tone: str
    black: float
    middle: float
    white: float
    uneven: float
    gray: str
    color_moved: float
    cast: str
    noise: float
    color_noise: float
    blocks: float
    screen_period: float
    each: tuple[Finding, ...]

    @property
    def repair(self) -> Repair:
        """What `auto` sets."""
        return automatic_repair(self.each)

    @property
    def words(self) -> tuple[str, ...]:
        """A line for each thing found, for people."""
        return tuple(finding.words for finding in self.each)

    def to_json(self) -> dict[str, object]:
        """As JSON values: numbers rounded to tenths, the repair with what is not off."""
        values = asdict(self)
        del values["each"]
        values["repair"] = {**self.repair.amounts(), "gray": self.repair.gray}
        values["words"] = list(self.words)
        return {key: round(value, 1) if isinstance(value, float) else value for key, value in values.items()}


def automatic_repair(each: tuple[Finding, ...]) -> Repair:
    """What `auto` does about some findings."""
    repair = Repair()
    for finding in each:
        if finding.is_automatic:
            repair = repair.with_all_of(finding.repair)
    return repair


def inspect(photo: Photo, progress: Progress | None = None) -> Findings:
    """Look at a photo. Raises `Cancelled`."""
    progress = progress or Progress()
    small = survey(photo, progress.part(0.0, 0.4))
    source = photo.tone()
    shown = luma(small)
    found = tone.levels(shown)
    black, middle, white = 100 * found.black, 100 * found.middle, 100 * found.white
    is_color = source is Tone.COLOR
    is_picture = white - black > 100 * NO_PICTURE
    uneven, channel, moved, cast = 0.0, gray.LIGHTNESS, 0.0, ""
    if is_color and is_picture:
        moved, cast = _faded_dyes(small)
    elif is_picture:
        uneven = 100 * tone.unevenness(shown)
        if photo.pixels.ndim == 3:
            channel = gray.cleanest(survey(photo, progress.part(0.4, 0.6), gray.LONGEST))
    levels = noise.measure(photo, progress.part(0.6, 0.8))
    period = 0.0
    if min(photo.size) >= screen.TILE:
        dots = screen.find_screen(photo, progress.part(0.8, 1.0))
        period = dots.period if dots.is_there else 0.0
    progress.step(1.0)
    is_faded = is_picture and not is_color and (black > _BLACK or white < _WHITE)
    ends = Sentence("blacks at {black} %, whites at {white} %", black=f"{black:.0f}", white=f"{white:.0f}")

    def each() -> Iterator[Finding]:
        if is_faded:
            yield Finding(Sentence("faded: {ends}", ends=ends), Repair(fade=Fade(_FADE)))
        if uneven > _UNEVEN:
            words = Sentence("uneven: middle tones differ by {uneven} % from place to place", uneven=f"{uneven:.0f}")
            yield Finding(words, Repair(fade=Fade(even=_EVEN)))
        if channel != gray.LIGHTNESS:
            yield Finding(
                Sentence("channels differ: damage shows least in {channel}", channel=_CHANNELS.get(channel, channel)),
                Repair(gray=channel),
            )
        if moved > _COLOR_MOVED:
            if cast:
                words = Sentence("faded color: {cast} cast, {ends}", cast=cast, ends=ends)
            else:
                words = Sentence("faded color: {ends}", ends=ends)
            yield Finding(words, Repair(faded_color=FadedColor(_FADED_COLOR)))
        if levels.luma > _NOISY:
            words = Sentence("noisy: grain of {grain} %", grain=f"{100 * levels.luma / 255:.1f}")
            yield Finding(words, Repair(noise=Noise(_NOISE, _GRAIN)))
        if levels.blocks > _BLOCKS:
            words = Sentence("coarse JPEG: blocks show by {blocks} %", blocks=f"{100 * levels.blocks / 255:.1f}")
            yield Finding(words, Repair(noise=Noise(blocks=_JPEG)))
        if period:
            words = Sentence("printed: a screen of {period} pixels", period=f"{period:.1f}")
            yield Finding(words, Repair(noise=Noise(screen=_SCREEN)), is_automatic=False)

    return Findings(
        source.value,
        black,
        middle,
        white,
        uneven,
        channel,
        moved,
        cast,
        levels.luma,
        levels.chroma,
        levels.blocks,
        period,
        tuple(each()),
    )


def _faded_dyes(small: np.ndarray) -> tuple[float, str]:
    """Mean delta E 76 between a photo and its correction, and the hue its grays lean to."""
    part = small[inside(luma(small))]
    part = resize_planes(part, fit((part.shape[0], part.shape[1]), LONGEST // 4, LONGEST // 2))
    corrected = faded_color.correction_for(small).apply(np.clip(part, 0, 1))
    before, after = (np.stack(lab.srgb_to_lab(*np.moveaxis(picture, -1, 0))) for picture in (part, corrected))
    moved = float(np.sqrt(np.square(before - after).sum(axis=0)).mean())
    neutral = np.hypot(after[1], after[2]) < 12
    if neutral.mean() < 0.02:
        neutral = np.ones_like(neutral)
    a, b = (before[1:] - after[1:])[:, neutral].mean(axis=1)
    return moved, _hue(float(a), float(b))


def _hue(a: float, b: float) -> str:
    if np.hypot(a, b) < 4:
        return ""
    names = (
        *(Sentence("red"), Sentence("orange"), Sentence("yellow"), Sentence("green")),
        *(Sentence("cyan"), Sentence("blue"), Sentence("violet"), Sentence("magenta")),
    )
    limits = np.array([48, 78, 110, 175, 225, 285, 318, 358])  # upper ends in Lab's hue angle
    angle = np.degrees(np.arctan2(b, a)) % 360
    return names[int(np.searchsorted(limits, angle)) % len(names)]
