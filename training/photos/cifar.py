"""CIFAR-10 as it is published: batch files of the python layout, in a folder or a tar, or one `.npz`.

The published batches are pickles, which could run any code. They are read by an unpickler that admits no class and no
function of any library: it takes numbers, texts, lists and dicts, and of an array only its bytes and shape.

Pictures are (n, 32, 32, 3) uint8 sRGB, labels 0..9. Raises `CifarError`.
"""

from __future__ import annotations

import io
import lzma
import pickle
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from handtint.errors import HandtintError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_BATCH_NAME = re.compile(r"data_batch_\d+|test_batch")
_MOST_BYTES = 256 * 2**20  # of a file's content, unpacked: a published batch has 31 MB, x_train 154 MB
_BROKEN = (
    pickle.UnpicklingError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    EOFError,
    OverflowError,
    MemoryError,
    RecursionError,
    ImportError,
)


class CifarError(HandtintError):
    """A CIFAR-10 file cannot be read."""


@dataclass(frozen=True)
class CifarPart:
    """Some of CIFAR-10's pictures.

    Attributes:
        name: such as `data_batch_1` or `x_test`.
        pixels: (n, 32, 32, 3) uint8 sRGB.
        labels: (n,) numbers of `CLASSES`.
        held_out: whether it is the published test part; None where no test part is at hand.
    """

    name: str
    pixels: np.ndarray
    labels: np.ndarray
    held_out: bool | None


def find_cifar(source: Path) -> Iterator[CifarPart] | None:
    """The parts of CIFAR-10 in a folder, tar or npz file; None where the source is something else."""
    if source.suffix == ".npz":
        return _read_npz(source)
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*_batch*") if _BATCH_NAME.fullmatch(path.name) and path.is_file())
        names = {path.name for path in paths}
        return (_read_batch(path.name, _content(path), names) for path in paths) if paths else None
    names = _batches_in_tar(source) if source.is_file() else set()
    return _read_tar(source, names) if names else None


def _batches_in_tar(source: Path) -> set[str]:
    try:
        with tarfile.open(source) as archive:
            names = {Path(member.name).name for member in archive if member.isfile()}
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError):
        return set()  # whoever reads it as a tar of photos says what is wrong
    return {name for name in names if _BATCH_NAME.fullmatch(name)}


def _read_tar(source: Path, names: set[str]) -> Iterator[CifarPart]:
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                name = Path(member.name).name
                file = archive.extractfile(member) if name in names and member.isfile() else None
                if file is not None:
                    _check_size(name, member.size)
                    yield _read_batch(name, file.read(), names)
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise CifarError(f'"{source}" is damaged or incomplete: {error}. Get it again from its publisher.') from error


def _content(path: Path) -> bytes:
    try:
        _check_size(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise CifarError(f'"{path}" could not be read: {error.strerror or error}.') from error


def _check_size(name: str, size: int) -> None:
    if size > _MOST_BYTES:
        raise CifarError(f'"{name}" is too large for CIFAR-10 ({size >> 20} MB), so it was not opened.')


def _read_batch(name: str, content: bytes, names: set[str]) -> CifarPart:
    try:
        values = _Unpickler(io.BytesIO(content)).load()
        pixels = values[b"data"].pixels()
        labels = np.array(values[b"labels"])
    except _BROKEN as error:
        raise CifarError(
            f'"{name}" is no CIFAR-10 batch of the python layout, or is damaged ({error}). '
            "Nothing in it was run. Get it again from its publisher."
        ) from error
    return _checked(name, pixels, labels, name == "test_batch" if "test_batch" in names else None)


def _read_npz(source: Path) -> Iterator[CifarPart]:
    try:
        with np.load(source, allow_pickle=False) as archive:
            _check_size(source.name, max((packed.file_size for packed in archive.zip.infolist()), default=0))
            parts = [(key, key.replace("x", "y", 1)) for key in ("x_train", "x_test") if key in archive]
            arrays = [(x, archive[x], archive[y].reshape(-1)) for x, y in parts]
    except (OSError, zipfile.BadZipFile, *_BROKEN) as error:
        raise CifarError(f'"{source}" is no readable npz file of CIFAR-10: {error}.') from error
    if not arrays:
        raise CifarError(f'"{source}" has no x_train and y_train, as a CIFAR-10 npz file has.')
    for name, pixels, labels in arrays:
        yield _checked(name, pixels, labels, name == "x_test" if len(arrays) == 2 else None)


def _checked(name: str, pixels: np.ndarray, labels: np.ndarray, held_out: bool | None) -> CifarPart:
    good = (
        pixels.dtype == np.uint8
        and pixels.shape == (len(labels), 32, 32, 3)
        and labels.dtype.kind in "iu"
        and bool(np.all((labels >= 0) & (labels < len(CLASSES))))
    )
    if not good:
        raise CifarError(f'"{name}" does not hold CIFAR-10 pictures (32 x 32 pixels, labels 0 to 9).')
    return CifarPart(name, pixels, labels, held_out)


class _Array:
    """Stands for a pickled array: takes its shape and bytes, ignores its dtype."""

    def __init__(self, *_: Any) -> None:
        self._state: tuple[Any, ...] = ()

    def __setstate__(self, state: Any) -> None:
        self._state = state

    def pixels(self) -> np.ndarray:
        """(n, 32, 32, 3), of rows of 3072 bytes: all red, then all green, then all blue."""
        _version, shape, _dtype, _is_fortran, content = self._state
        return np.frombuffer(content, np.uint8).reshape(shape).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


class _Unpickler(pickle.Unpickler):
    """Knows an array's name and nothing else; refuses every other name before anything is called."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, encoding="bytes")

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
        }:
            return lambda *_: _Array()
        if (module, name) == ("_codecs", "encode"):  # how protocol 2 writes bytes
            return lambda text, _encoding: text.encode("latin1")
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")
