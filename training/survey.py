"""Which photos a training would learn from, and why others are left out: reported before any time is spent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from training.photos.found import DataError, PhotoSet, load_photos
from training.reports import Report

FEWEST = 24  # photos; fewer would only be memorized


def survey(
    sources: Sequence[Path],
    keep: int,
    report: Report,
    validation_share: float = 0.05,
    hold_out: Sequence[str] = (),
) -> PhotoSet:
    """Read the photos (see `load_photos`) and report what was found. Raises `DataError` where they are too few."""
    photos = load_photos(sources, keep, validation_share, hold_out)
    held_out = sum(photos.held_out)
    learning = len(photos.names) - held_out
    left_out = {reason: count for reason, count in photos.left_out.items() if count}
    unused = ", ".join(f"{count} {reason}" for reason, count in left_out.items()) or "none"
    report(
        {
            "event": "data",
            "photos": len(photos.names),
            "learning": learning,
            "held_out": held_out,
            "left_out": left_out,
            "text": f"{len(photos.names)} photos: {learning} to learn from, {held_out} held out. Left out: {unused}.",
        }
    )
    if len(photos.names) < FEWEST:
        raise DataError(
            f"{len(photos.names)} color photographs are too few to learn from (left out: {unused}). "
            f"Give at least {FEWEST}, preferably a few hundred."
        )
    if not held_out or not learning:
        raise DataError("No photo fell into the held-out part, so nobody could tell what was learned. Add more photos.")
    return photos
