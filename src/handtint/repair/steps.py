"""The repair steps in their order, and a photo with those that are asked for.

What a step needs to know of the whole photo is found at once; its pixels are made in bands when they are asked for, so
that steps follow each other without a photo standing in memory between them. Precision, alpha, profile and metadata
stay. Damage is repaired first, before anything moves the tones it is found by; colors come last, from the repaired
picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handtint.errors import Sentence
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.repair import Repair
from handtint.repair import faded_color, gray, noise, screen, sharpness, tone


@dataclass(frozen=True)
class RepairStep:
    """One step.

    Attributes:
        name: as in a progress line.
        apply: gives the photo itself where nothing of the step is asked for.
    """

    name: str
    apply: Callable[[Photo, Repair, Progress], Photo]


STEPS = (
    RepairStep(Sentence("true gray"), lambda photo, repair, progress: gray.true_gray(photo, repair.gray, progress)),
    RepairStep(Sentence("fading"), lambda photo, repair, progress: tone.unfaded(photo, repair.fade, progress)),
    RepairStep(
        Sentence("faded color"),
        lambda photo, repair, progress: faded_color.restored(photo, repair.faded_color, progress),
    ),
    RepairStep(
        Sentence("printed screen"),
        lambda photo, repair, progress: screen.descreened(photo, repair.noise.screen, progress),
    ),
    RepairStep(Sentence("noise"), lambda photo, repair, progress: noise.denoised(photo, repair.noise, progress)),
    RepairStep(
        Sentence("sharpness"), lambda photo, repair, progress: sharpness.sharpened(photo, repair.sharpness, progress)
    ),
)


def repaired(photo: Photo, repair: Repair, progress: Progress | None = None) -> Photo:
    """The photo repaired, its pixels `Rows`; the same object where nothing is asked for or nothing is to be done.

    Raises `Cancelled`, and `RepairError` for a white point outside the photo.
    """
    progress = progress or Progress()
    for number, step in enumerate(STEPS):
        part = progress.part(number / len(STEPS), (number + 1) / len(STEPS))
        part.step(0.0, Sentence("Looking at {step}", step=step.name))
        photo = step.apply(photo, repair, part)
    progress.step(1.0)
    return photo
