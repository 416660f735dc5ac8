"""Learning from a teacher: photographs whose colors are mostly the predictions of another, larger model.

Most of a photo's color cannot be known from its lightness. A small network with squared error learns the mean of what
is possible; a teacher that knows the mean better gives it almost without the chance that is in every single photo
(Hinton, Vinyals, Dean 2015), so that the same number of steps leads further.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer
from handtint.restore.rendering import render
from handtint.restore.way import predict
from training.measuring.metrics import lab_of
from training.photos.found import PhotoSet

_SHARE = 0.75  # of the color is the teacher's; the rest corrects what the teacher has wrong


def taught(photos: PhotoSet, teacher: Colorizer, progress: Progress) -> PhotoSet:
    """The photos to learn from with the colors that the teacher's regression sees, and the held-out ones as they are.

    Raises `Cancelled`.
    """
    count = len(photos.photos)
    recolored = []
    for index, (pixels, held_out) in enumerate(zip(photos.photos, photos.held_out, strict=True)):
        progress.step(index / count, f"Coloring {index + 1} of {count} by {teacher.card.name}")
        recolored.append(pixels if held_out else _recolored(pixels, teacher))
    return replace(photos, photos=recolored)


def _recolored(pixels: np.ndarray, teacher: Colorizer) -> np.ndarray:
    """(h, w, 3) uint8 sRGB of the same lightness."""
    photo = Photo(pixels)
    said = predict(photo, Settings(recolor=True), teacher, Progress())
    true = resize_planes(np.ascontiguousarray(lab_of(pixels)[..., 1:], np.float32), said.ab.shape[:2])
    mixed = replace(said, ab=true + np.float32(_SHARE) * (said.ab - true), logits=None, bins=None)
    return np.asarray(render(photo, mixed, Settings(), Progress()).pixels)
