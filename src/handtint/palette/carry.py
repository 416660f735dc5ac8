"""One photo's colors carried to another of the same scene, at places that surely show the same thing.

What is kept of the photo that gives its colors is a `Reference`. `carry` finds how the other photo lies over it: cells
whose features are each other's most similar vote for similarity transforms (of the scene, and of what moved in it);
where such a transform leads to a place whose surroundings look the same, in lightness and in features, the reference's
color there is taken. A place that fails one of these tests is left to the model, and a photo with hardly such a place
is left to it whole: no color is better than a wrong one.

The colors are laid over the prediction (`imaging.coloring.carried`), not given to the network as hints: it follows many
hints only roughly, and livelier than they are.

Lightness and ab are compared at half the working size. Units: L 0..100, ab in Lab units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handtint.imaging.guided import box_mean
from handtint.imaging.resize import resize_planes
from handtint.palette.registration import (
    Motion,
    cells_at,
    centers,
    is_inside,
    matches,
    motions,
    sample,
)

_KEPT_CHANNELS = 64  # the main directions of the reference's own features

# Pixels of the compared pictures, which are half the working size.
_WINDOW = 3  # radius of the surroundings that must look the same
_SEARCH = 4  # how far from where its motion leads a place is looked for
_SUPPORT = 24  # a place has a match that follows its motion within this distance

_GRAIN = 30.0  # variance of L that counts as none
_LEAST_LIKENESS = 0.6  # of surroundings, 1 being the same
_DETOUR = 0.01  # likeness that a place must gain for each pixel it lies off its motion
_TONE = 8.0  # by which mean L may differ
_GAINS = (0.5, 2.0)
_LEAST_COSINE = 0.4  # of features
_ROUGH = 12.0  # deviation of ab around a place, beyond which a small slip would take a wrong color
_LEAST_PROOFS = 8  # matches at places with structure whose surroundings look the same
_LEAST_PROVEN = 0.4  # of the matches at places with structure
_LEAST_SHARE = 0.02  # of the photo that must be the same


@dataclass(frozen=True)
class Reference:
    """What is kept of a photo to carry its colors to others; at most 1 MiB.

    Attributes:
        lightness: (h, w) float16, at half the working size.
        ab: (h, w, 2) float16, the colors it was given.
        features: (h', w', k) float16 of length 1, along `basis` (c, k) from `mean` (c,).
        model: of whose network the features are: the hash of its card.
        name: what a user calls the photo.
        sha256: of the photo's bytes, where that matters.
    """

    lightness: np.ndarray
    ab: np.ndarray
    features: np.ndarray
    mean: np.ndarray
    basis: np.ndarray
    model: str
    name: str
    sha256: str = ""

    @property
    def size_bytes(self) -> int:
        """Memory that it takes."""
        return sum(plane.nbytes for plane in (self.lightness, self.ab, self.features, self.mean, self.basis))


def keep(
    lightness: np.ndarray, features: np.ndarray, ab: np.ndarray, model: str = "", name: str = "", sha256: str = ""
) -> Reference:
    """Keep what `carry` needs of a photo.

    Args:
        lightness: (h, w) at the working size.
        features: (h', w', c) as a colorizer gives them.
        ab: (any, any, 2) the colors of the whole photo.
        model, name, sha256: see `Reference`.
    """
    size = _half(lightness.shape)
    flat = features.reshape(-1, features.shape[2]).astype(np.float32)
    mean = flat.mean(0)
    flat -= mean
    _, directions = np.linalg.eigh(flat.T @ flat)  # columns, the weakest first
    basis = directions[:, -_KEPT_CHANNELS:].astype(np.float16)
    return Reference(
        resize_planes(lightness[..., None], size)[..., 0].astype(np.float16),
        resize_planes(ab, size).astype(np.float16),
        _project(features, mean, basis).astype(np.float16),
        mean,
        basis,
        model,
        name,
        sha256,
    )


def carry(reference: Reference, features: np.ndarray, lightness: np.ndarray) -> np.ndarray | None:
    """Planes (h, w, 3) float32, at half the working size, of the reference's colors (a, b, mask 0 or 1).

    None where too little is surely the same.

    Args:
        features: (h', w', c) of the photo to color, from the model of the reference.
        lightness: (h, w) at the working size.
    """
    field = resize_planes(lightness[..., None], _half(lightness.shape))[..., 0]
    ours = _project(features, reference.mean, reference.basis)
    theirs = reference.features.astype(np.float32)
    our_cells, their_cells = matches(ours, theirs)
    here = centers(ours.shape, field.shape).ravel()[our_cells]
    there = centers(theirs.shape, reference.lightness.shape).ravel()[their_cells]
    found = motions(here, there, field.shape[0] / ours.shape[0])
    if not found:
        return None
    guide = _same_tone(reference.lightness.astype(np.float32), field, found[0])
    likeness = np.full(field.shape, -1.0, np.float32)
    places = np.zeros(field.shape, complex)
    for motion in found:
        like, leads_to = _follow(motion, field, guide)
        if not _is_proven(motion, like, field):
            continue
        like[~_near(motion.here, field.shape, _SUPPORT)] = -1.0
        better = like > likeness
        likeness[better], places[better] = like[better], leads_to[better]
    ab = reference.ab.astype(np.float32)
    here = centers(field.shape, field.shape)
    cosine = np.einsum(
        "yxc,yxc->yx",
        ours.reshape(-1, ours.shape[2])[cells_at(here, ours.shape, field.shape)],
        theirs.reshape(-1, theirs.shape[2])[cells_at(places, theirs.shape, guide.shape)],
    )
    smooth = sample(_roughness(ab), places) < _ROUGH
    sure = (likeness > _LEAST_LIKENESS) & (cosine > _LEAST_COSINE) & smooth
    if sure.mean() < _LEAST_SHARE:
        return None
    return np.concatenate([sample(ab, places), np.ones((*field.shape, 1), np.float32)], axis=2) * sure[..., None]


def _half(size: tuple[int, ...]) -> tuple[int, int]:
    return (size[0] + 1) // 2, (size[1] + 1) // 2


def _project(features: np.ndarray, mean: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """(h', w', k) float32 of length 1."""
    along = (features.astype(np.float32) - mean) @ basis.astype(np.float32)
    return along / np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-6)


def _same_tone(theirs: np.ndarray, field: np.ndarray, motion: Motion) -> np.ndarray:
    """The reference's lightness with the photo's contrast and exposure, as far as matched places tell them."""
    ours, there = sample(field, motion.here), sample(theirs, motion.there)
    gain = float(np.clip(ours.std() / max(float(there.std()), 1.0), *_GAINS))
    return theirs * np.float32(gain) + np.float32(np.median(ours - gain * there))


def _follow(motion: Motion, field: np.ndarray, guide: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How alike (h, w) the surroundings of each place are to those where the motion takes it, and where (h, w) that is.

    That place is looked for around the motion's own, for what bends or moved a little. The likeness is at most 1: the
    structure term of SSIM (Wang et al. 2004), and -1 where mean lightness differs or the reference ends.
    """
    height, width = field.shape
    margin = _SEARCH
    grid = centers((height + 2 * margin, width + 2 * margin), (height + 2 * margin, width + 2 * margin))
    leads_to = motion(grid - margin * (1 + 1j))
    warped = sample(guide, leads_to)
    usable = is_inside(leads_to, guide.shape)
    mean, square = box_mean(warped, _WINDOW), box_mean(warped * warped, _WINDOW)
    variance = square - mean * mean
    our_mean = box_mean(field, _WINDOW)
    our_variance = box_mean(field * field, _WINDOW) - our_mean * our_mean
    best = np.full(field.shape, -1.0, np.float32)
    places = leads_to[margin : margin + height, margin : margin + width].copy()
    for dy in range(-_SEARCH, _SEARCH + 1):
        for dx in range(-_SEARCH, _SEARCH + 1):
            part = slice(margin + dy, margin + dy + height), slice(margin + dx, margin + dx + width)
            covariance = box_mean(field * warped[part], _WINDOW) - our_mean * mean[part]
            like = (2 * covariance + _GRAIN) / (our_variance + variance[part] + _GRAIN)
            like -= np.float32(_DETOUR * np.hypot(dy, dx))
            like[(np.abs(our_mean - mean[part]) > _TONE) | ~usable[part]] = -1.0
            better = like > best
            best[better], places[better] = like[better], leads_to[part][better]
    return best, places


def _is_proven(motion: Motion, likeness: np.ndarray, field: np.ndarray) -> bool:
    """Whether what the motion's matches show looks the same where it has structure; flat places prove nothing."""
    mean = box_mean(field, _WINDOW)
    variance = box_mean(field * field, _WINDOW) - mean * mean
    cells = cells_at(motion.here, field.shape, field.shape)
    with_structure = cells[variance.ravel()[cells] > 2 * _GRAIN]
    proofs = int((likeness.ravel()[with_structure] > _LEAST_LIKENESS).sum())
    return proofs >= max(_LEAST_PROOFS, _LEAST_PROVEN * len(with_structure))


def _near(places: np.ndarray, size: tuple[int, ...], distance: int) -> np.ndarray:
    """(h, w) bool: what lies within a square around one of the places."""
    marks = np.zeros(size[0] * size[1], np.float32)
    marks[cells_at(places, size, size)] = 1.0
    return box_mean(marks.reshape(size), distance) > 1e-6


def _roughness(ab: np.ndarray) -> np.ndarray:
    """(h, w) deviation of ab (h, w, 2) around each place."""
    variances = [box_mean(plane * plane, 2) - box_mean(plane, 2) ** 2 for plane in (ab[..., 0], ab[..., 1])]
    return np.sqrt(np.maximum(variances[0] + variances[1], 0))
