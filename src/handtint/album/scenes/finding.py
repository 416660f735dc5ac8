"""Before an album is made with the same colors by scene: new photos are read, and those of one scene are grouped.

A photo is read small on a working thread, described by the model on the calling one, and of each only the descriptor
stays (1.7 KiB). Photos that are grouped already keep their places (`known`); new ones join the lead or lone photo that
they are most like, the rest make groups of their own. A photo that cannot be read belongs to none; the run says why.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from handtint.album.order import Job, Order
from handtint.album.scenes.known import Groups, Lead, Member, known_leads
from handtint.errors import Sentence
from handtint.imaging.formats.probe import pixels_in
from handtint.imaging.photo import Photo
from handtint.palette.groups import group
from handtint.progress import Progress
from handtint.recipe.framing import scaled
from handtint.recipe.geometry import Geometry
from handtint.restore.colorizer import Colorizer, model_input
from handtint.restore.references import describe
from handtint.restore.way import check_tone, read, turned
from handtint.stamps import Stamp, sha256_of, stamp_of

_log = logging.getLogger(__name__)

_BYTES_AT_WORK = 512 * 2**20
_BYTES_PER_PIXEL = 3  # decoded, 8 bits a channel
_SHARPER = 2  # times the size that the model sees
_KEPT_AT_ONCE = 64  # photos whose descriptors are written down together
_SOON_S = 0.1  # how long a stop may go unnoticed


def find_leads(
    jobs: Sequence[Job],
    order: Order,
    folder: Path,
    colorizer: Colorizer,
    progress: Progress,
    is_paused: Callable[[], bool],
    threads: int,
) -> Order:
    """The order with the lead of every photo of these jobs that can be read.

    What was found by then stays known also when it is stopped.

    Args:
        folder: of the results; its journal is the caller's.
        threads: that read photos.

    Raises `Cancelled`, `NoFeatures`, `JournalError`.
    """
    groups, model = Groups(folder), colorizer.card.sha256
    photos = {job.source.absolute(): job.source for job in jobs}
    found = known_leads(folder, photos.values(), model) if order.resume else {}
    new = [path for path, photo in photos.items() if photo not in found]
    if not new:
        return dataclasses.replace(order, leads=found)
    seen = {member.source: member for member in groups.all(model)}
    unseen = [photos[path] for path in new if path not in seen]
    fresh: list[Member] = []
    try:
        for photo, sight in _sights(unseen, order, is_paused, threads, progress):
            if sight is not None:
                descriptor = describe(sight.lightness, colorizer, Progress())
                fresh.append(Member(photo.absolute(), sight.stamp, sight.sha256, model, descriptor))
            if len(fresh) == _KEPT_AT_ONCE:
                groups.add(fresh)
                seen.update((member.source, member) for member in fresh)
                fresh = []
    finally:
        groups.add(fresh)
    seen.update((member.source, member) for member in fresh)
    progress.step(1.0, Sentence("Looking for photos that show the same"))
    known = [member for path, member in seen.items() if order.resume or path not in photos]
    placed = _group([seen[path] for path in new if path in seen], known)
    groups.put({source: lead.sha256 for source, lead in placed.items()})
    at_hand = known_leads(folder, photos.values(), model)
    for source, lead in placed.items():
        found[photos[source]] = at_hand.get(photos[source], None if lead.path == source else lead)
    return dataclasses.replace(order, leads=found)


def _group(new: Sequence[Member], known: Sequence[Member]) -> dict[Path, Lead]:
    """For each new photo its lead, maybe itself; those known to lead or to stand alone gather first."""
    hashes = {member.sha256 for member in new}
    firm = {
        member.sha256: member
        for member in sorted(known, key=lambda member: member.source, reverse=True)
        if member.lead == member.sha256 and member.sha256 not in hashes
    }
    members = [*firm.values(), *new]
    names = [str(member.source) for member in members]
    references = group([member.descriptor for member in members], names, range(len(firm)))
    leads = [Lead(members[reference].source, members[reference].sha256) for reference in references]
    return {member.source: lead for member, lead in zip(new, leads[len(firm) :], strict=True)}


@dataclass(frozen=True)
class _Seen:
    """A photo as it was looked at: (h, w) lightness as the model sees it."""

    stamp: Stamp
    sha256: str
    lightness: np.ndarray


def _sights(
    photos: Sequence[Path], order: Order, is_paused: Callable[[], bool], threads: int, progress: Progress
) -> Iterator[tuple[Path, _Seen | None]]:
    """What each photo looks like, in their order; None for one that cannot be read, or is left out as it is in color.

    Few are at work at once, fewer where they are large.
    """
    at_work: deque[tuple[Path, int, Future[_Seen | None]]] = deque()
    begun = 0
    pool = ThreadPoolExecutor(threads, "handtint-look")
    try:
        while begun < len(photos) or at_work:
            while begun < len(photos) and len(at_work) < 2 * threads and not is_paused():
                photo = photos[begun]
                pixels, depth = pixels_in(photo) or (0, 8)
                weight = pixels * _BYTES_PER_PIXEL * depth // 8
                if at_work and weight + sum(other for _, other, _ in at_work) > _BYTES_AT_WORK:
                    break
                at_work.append((photo, weight, pool.submit(_see, photo, order)))
                begun += 1
            done = begun - len(at_work)
            name = at_work[0][0].name if at_work else photos[begun].name
            text = f"Looking for photos that show the same: {done + 1} of {len(photos)}: {name}"
            progress.step(done / len(photos), text)
            if not at_work:
                time.sleep(_SOON_S)
            elif wait([at_work[0][2]], _SOON_S).done:
                photo, _, future = at_work.popleft()
                yield photo, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _see(photo: Path, order: Order) -> _Seen | None:
    card = order.model_of(photo).card
    try:
        stamp = stamp_of(photo)
        recipe = order.recipe_of(photo)
        small = read(photo, recipe, Progress(), shortest=_SHARPER * card.working_size)
        small = _turned(small, recipe.geometry, photo)
        check_tone(small, recipe.color)
        lightness = model_input(small, card, Progress())
        return _Seen(stamp, sha256_of(photo), lightness)
    except Exception as error:  # noqa: BLE001 the run will read this photo too, and report what is wrong
        _log.info("%s was not looked at: %s", photo, error)
        return None


def _turned(small: Photo, geometry: Geometry, path: Path) -> Photo:
    """A shrunk photo, turned and cropped as the whole one will be."""
    if geometry == Geometry():
        return small
    height, width = small.size
    pixels, _ = pixels_in(path) or (height * width, 8)
    shrunk = math.sqrt(pixels / (height * width))
    source_size = (max(round(height * shrunk), 1), max(round(width * shrunk), 1))
    return turned(small, scaled(geometry, source_size, small.size), Progress())
