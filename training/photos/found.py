"""Photographs for training: found in folders, tar shards and CIFAR-10, and decoded once.

Photos stand in memory as uint8 sRGB with a short side of at most `keep` pixels, so that an epoch costs no decoding. The
sub-folders they lie in, or CIFAR-10's classes, are their labels. A file `NAME.mask.png` is no photo: it is white where
the person of the photo `NAME` is (with a second channel, its alpha, where the face is), and lies anywhere among the
sources.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import tarfile
import tempfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from handtint.errors import HandtintError, PhotoError
from handtint.imaging.color import lab
from handtint.imaging.formats.decoded import check_dimensions
from handtint.imaging.formats.xmp import HANDTINT
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.recipe.saving import INSTEAD, SUFFIXES
from training.photos import selection
from training.photos.cifar import CLASSES, CifarPart, find_cifar

_SUFFIXES = {*INSTEAD, *(suffix for known in SUFFIXES.values() for suffix in known)}
_MASK = ".mask.png"
_OURS = HANDTINT.encode()  # in the metadata of our results: a model must not learn from models
_MIN_SIDE = 64
_MOST_AT_WORK = 8  # files read and not yet shrunk
_MIN_CHROMA = 1.0  # mean Lab chroma under which a photo is gray and teaches nothing


class DataError(HandtintError):
    """The photographs are too few or cannot be read."""


@dataclass(frozen=True)
class PhotoSet:
    """Photos and why others were left out.

    Attributes:
        names: of the photos kept.
        photos: (h, w, 3) uint8 sRGB arrays.
        held_out: whether a photo belongs to the validation part, decided by the hash of its content.
        left_out: how many files were not used, by reason.
        labels: numbers of `classes`, one for each photo, None where it has no label; empty where none has one.
        classes: names of the labels; none or at least two.
        cifar: whether each is one of CIFAR-10's pictures; empty where none is.
        people: (h, w, 2) uint8 masks of the person in each and of the face, None where it has none; empty where none
            has one.
    """

    names: list[str]
    photos: list[np.ndarray]
    held_out: list[bool]
    left_out: dict[str, int]
    labels: list[int | None] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    cifar: list[bool] = field(default_factory=list)
    people: list[np.ndarray | None] = field(default_factory=list)

    def part(self, *, held_out: bool) -> PhotoSet:
        """The photos held out, or the others."""
        return self._chosen([i for i, held in enumerate(self.held_out) if held == held_out])

    def unseen(self) -> PhotoSet:
        """What a model can be measured on: all photos, but of CIFAR-10 only the held-out part."""
        if not self.cifar:
            return self
        origins = zip(self.cifar, self.held_out, strict=True)
        return self._chosen([i for i, (is_cifar, held) in enumerate(origins) if held or not is_cifar])

    def chosen(self, *, held_out: bool = False, prefixes: Sequence[str] = ()) -> PhotoSet:
        """All photos, or only those held out, or only those whose names begin with one of `prefixes`."""
        kept = [not held_out or held for held in self.held_out]
        if prefixes:
            kept = [keep and name.startswith(tuple(prefixes)) for keep, name in zip(kept, self.names, strict=True)]
        return self._chosen([i for i, keep in enumerate(kept) if keep])

    def without(self, prefixes: tuple[str, ...]) -> PhotoSet:
        """All but photos whose names begin with one of `prefixes`."""
        return self._chosen([i for i, name in enumerate(self.names) if not name.startswith(prefixes)])

    def _chosen(self, places: Sequence[int]) -> PhotoSet:
        return PhotoSet(
            [self.names[i] for i in places],
            [self.photos[i] for i in places],
            [self.held_out[i] for i in places],
            self.left_out,
            [self.labels[i] for i in places] if self.labels else [],
            self.classes,
            [self.cifar[i] for i in places] if self.cifar else [],
            [self.people[i] for i in places] if self.people else [],
        )

    def label_numbers(self) -> Tensor:
        """(photos,) int64, -1 for no label."""
        labels = self.labels or [None] * len(self.photos)
        return torch.tensor([-1 if label is None else label for label in labels], dtype=torch.int64)


def load_photos(
    sources: Sequence[Path], keep: int, validation_share: float = 0.05, hold_out: Sequence[str] = ()
) -> PhotoSet:
    """Read all color photographs below folders, inside tar files and of CIFAR-10, shrunk to a short side of `keep`.

    CIFAR-10's test part is the held-out part, and so are photos whose name begins with one of `hold_out`; of everything
    else the content's hash decides. Raises `DataError` where a source is missing or holds no color photograph,
    `CifarError`.
    """
    found = _Found(validation_share)
    foreign = tuple(hold_out)
    with ThreadPoolExecutor(2) as pool:
        for source in sources:
            parts = find_cifar(source)
            if parts is not None:
                for part in parts:
                    found.add_cifar(part)
                continue
            folders: dict[int, tuple[str, ...]] = {}  # of the photos kept, by place
            for file, digest, result in _decoded(_files(source), keep, pool):
                if file.name.endswith(_MASK):
                    found.add_mask(file.name.removesuffix(_MASK), result)
                elif found.add(file.name, digest, result, True if file.name.startswith(foreign) else None):
                    folders[len(found.names) - 1] = file.folders
            found.label(folders)
    if not found.names:
        where = ", ".join(f'"{source}"' for source in sources)
        raise DataError(f"No color photographs were found in {where}. Choose a folder of color photos or tar files.")
    return found.photo_set()


def pictures(source: Path) -> Iterator[tuple[str, Photo]]:
    """Names and photos of a file, a folder or a tar file, in color or gray, at their own size.

    Raises `DataError`, `PhotoError`.
    """
    if source.suffix.lower() in _SUFFIXES and source.is_file():
        yield source.name, read_photo(source)
    elif source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in _SUFFIXES and not path.name.endswith(_MASK):
                yield path.name, read_photo(path)
    else:
        for file in _files(source):
            if not file.name.endswith(_MASK):
                yield file.name, Photo(_pixels(file, None))


class _Found:
    """Photos as they are found, each once, and the reasons why others are left out."""

    def __init__(self, validation_share: float) -> None:
        self.names: list[str] = []
        self._photos: list[np.ndarray] = []
        self._held_out: list[bool | None] = []  # None: its hash decides
        self._labels: list[str | None] = []
        self._cifar: set[int] = set()  # places
        self._masks: dict[str, np.ndarray] = {}  # by the photo's name without its suffix
        self._left_out = {
            "not readable": 0,
            "too small": 0,
            "gray": 0,
            "tinted": 0,
            "duplicate": 0,
            "colored by a model": 0,
        }
        self._seen: dict[bytes, None] = {}  # in order
        self._share = validation_share

    def add(self, name: str, digest: bytes, photo: np.ndarray | str, held_out: bool | None = None) -> bool:
        """Whether the photo (or the reason why there is none) was taken; `held_out` None leaves it to the hash."""
        if isinstance(photo, str) or digest in self._seen:
            self._leave_out(photo if isinstance(photo, str) else "duplicate")
            return False
        self._seen[digest] = None
        self.names.append(name)
        self._photos.append(photo)
        self._held_out.append(held_out)
        self._labels.append(None)
        return True

    def _leave_out(self, reason: str) -> None:
        self._left_out[reason] = self._left_out.get(reason, 0) + 1

    def add_mask(self, stem: str, mask: np.ndarray | str) -> None:
        if isinstance(mask, str):
            self._leave_out(mask)
        else:
            self._masks[stem] = mask

    def add_cifar(self, part: CifarPart) -> None:
        for i, (pixels, label) in enumerate(zip(part.pixels, part.labels, strict=True)):
            photo = _why_not(pixels) or np.ascontiguousarray(pixels)
            digest = hashlib.sha256(pixels.tobytes()).digest()
            if self.add(f"{part.name} {i:05d}", digest, photo, part.held_out):
                self._labels[-1] = CLASSES[label]
                self._cifar.add(len(self.names) - 1)

    def label(self, folders: dict[int, tuple[str, ...]]) -> None:
        """Give photos the name of their sub-folder; folders that hold all of a source are no label."""
        shared = 0
        while folders and len({names[shared : shared + 1] for names in folders.values()}) == 1:
            if any(len(names) <= shared for names in folders.values()):
                return  # all lie in one folder
            shared += 1
        for place, names in folders.items():
            self._labels[place] = names[shared] if len(names) > shared else None

    def photo_set(self) -> PhotoSet:
        classes = tuple(sorted({label for label in self._labels if label is not None}))
        open_ones = [digest for digest, held in zip(self._seen, self._held_out, strict=True) if held is None]
        by_hash = iter(selection.held_out(open_ones, self._share))
        held_out = [next(by_hash) if held is None else held for held in self._held_out]
        cifar = [i in self._cifar for i in range(len(self.names))] if self._cifar else []
        people = self._people()
        if len(classes) < 2:
            return PhotoSet(self.names, self._photos, held_out, self._left_out, cifar=cifar, people=people)
        numbers = [None if label is None else classes.index(label) for label in self._labels]
        return PhotoSet(self.names, self._photos, held_out, self._left_out, numbers, classes, cifar, people)

    def _people(self) -> list[np.ndarray | None]:
        people: list[np.ndarray | None] = []
        for name, photo in zip(self.names, self._photos, strict=True):
            mask = self._masks.get(PurePosixPath(name).stem)
            if mask is not None and mask.shape[:2] != photo.shape[:2]:
                size = (photo.shape[1], photo.shape[0])
                planes = (Image.fromarray(mask[..., i]) for i in range(2))  # two channels at once would be multiplied
                mask = np.dstack([np.asarray(plane.resize(size, Image.Resampling.BILINEAR)) for plane in planes])
            people.append(mask)
        return people if any(mask is not None for mask in people) else []


@dataclass(frozen=True)
class _File:
    """A file as it was found; `folders` are those between the source and it."""

    name: str
    folders: tuple[str, ...]
    content: bytes
    path: Path | None = None


def _files(source: Path) -> Iterator[_File]:
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                try:
                    content = path.read_bytes()
                except OSError:  # counted as not readable
                    content = b""
                yield _File(path.name, path.relative_to(source).parts[:-1], content, path)
    elif source.is_file():
        try:
            with tarfile.open(source) as archive:
                for member in archive:
                    is_photo = member.isfile() and Path(member.name).suffix.lower() in _SUFFIXES
                    if is_photo and (file := archive.extractfile(member)):
                        yield _File(member.name, PurePosixPath(member.name).parts[:-1], file.read())
        except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            why = str(error).splitlines()[0].rstrip(":")  # more say what each way to unpack it found
            raise DataError(f'"{source}" is not a readable tar file: {why}. Pack or copy it again.') from error
    else:
        raise DataError(f'"{source}" does not exist. Give a folder of photos or a tar file.')


def _decoded(
    files: Iterator[_File], keep: int, pool: ThreadPoolExecutor
) -> Iterator[tuple[_File, bytes, np.ndarray | str]]:
    """`_decode` of each in their order; few files stand in memory at once (`pool.map` would read them all first)."""
    at_work: deque[Future[tuple[_File, bytes, np.ndarray | str]]] = deque()
    for file in files:
        at_work.append(pool.submit(_decode, file, keep))
        if len(at_work) == _MOST_AT_WORK:
            yield at_work.popleft().result()
    while at_work:
        yield at_work.popleft().result()


def _decode(file: _File, keep: int) -> tuple[_File, bytes, np.ndarray | str]:
    """The photo as (h, w, 3) uint8 sRGB, a mask as (h, w, 2) uint8, or why there is none."""
    digest = hashlib.sha256(file.content).digest()
    if _OURS in file.content:  # metadata is written unpacked
        return file, digest, "colored by a model"
    try:
        if file.name.endswith(_MASK):
            with Image.open(io.BytesIO(file.content)) as image:
                check_dimensions(image.width, image.height, len(file.content))
                return file, digest, _person_and_face(image)
        photo = Image.fromarray(_pixels(file, keep))
    except PhotoError as error:
        return file, digest, _reason(error)
    except Exception:
        if not file.name.endswith(_MASK):
            raise  # ours: the app's reader tells what is wrong with a photo
        return file, digest, "not readable"
    short = min(photo.size)
    if short < min(_MIN_SIDE, keep):
        return file, digest, "too small"
    if short > keep:
        size = (round(photo.width * keep / short), round(photo.height * keep / short))
        photo = photo.resize(size, Image.Resampling.LANCZOS)
    pixels = np.array(photo)
    reason = _why_not(np.asarray(photo.resize((48, 48), Image.Resampling.BOX)))
    return file, digest, reason or pixels


def _pixels(file: _File, shortest: int | None) -> np.ndarray:
    """(h, w, 3) uint8 sRGB of a photo, read as the app reads it. Raises `PhotoError`."""
    if file.path is not None:
        photo = read_photo(file.path, shortest=shortest)
    else:
        with tempfile.TemporaryDirectory(prefix="handtint-") as folder:
            path = Path(folder) / f"photo{PurePosixPath(file.name).suffix}"
            path.write_bytes(file.content)
            photo = read_photo(path, shortest=shortest)
    pixels = np.asarray(photo.pixels)
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    return pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, axis=2)


def _reason(error: PhotoError) -> str:
    """Why the app does not read a photo, without its name and without advice."""
    text = str(error).partition(": ")[2].partition(". ")[0].rstrip(".")
    return "not readable" if not text or "damaged" in text else f"not readable: {text}"


def _person_and_face(image: Image.Image) -> np.ndarray:
    """(h, w, 2) uint8: a mask of one channel knows no face."""
    if image.mode == "LA":
        return np.array(image)
    person = np.array(image.convert("L"))
    return np.dstack([person, np.zeros_like(person)])


def _why_not(thumbnail: np.ndarray) -> str:
    """Why (h, w, 3) uint8 sRGB teaches no color: "gray", "tinted" or nothing."""
    lightness, a, b = lab.srgb_to_lab(*np.moveaxis(thumbnail.astype(np.float32) / 255, -1, 0))
    if float(np.hypot(a, b).mean()) < _MIN_CHROMA:
        return "gray"
    return "tinted" if selection.is_tinted(lightness, a, b) else ""
