"""BMP files whose pixels are bit fields: 16 or 32 bits a pixel with a mask for each channel.

Pillow reads the usual masks only. Wants BITMAPINFOHEADER or one of its successors, not packed.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats.decoded import Decoded, NotReadable, check_dimensions, decoding

_BIT_FIELDS, _WITH_ALPHA = 3, 6


def decode(path: Path, file_size: int) -> Decoded | None:
    """Decode the picture; None where its pixels are no bit fields. Raises what `decode` makes a sentence of."""
    data = path.read_bytes()
    with decoding():
        (start,) = struct.unpack_from("<I", data, 10)
        header, width, height, _, bits, packing = struct.unpack_from("<IiiHHI", data, 14)
        if header < 40 or packing not in (_BIT_FIELDS, _WITH_ALPHA) or bits not in (16, 32):
            return None
        count = 4 if packing == _WITH_ALPHA or header >= 56 else 3
        masks = struct.unpack_from(f"<{count}I", data, 54)
    check_dimensions(width, abs(height), file_size, bits // 8)
    with decoding():
        row = -(-width * bits // 32) * 4
        lines = np.frombuffer(data, np.uint8, row * abs(height), start).reshape(abs(height), row)
        values = lines.view("<u4" if bits == 32 else "<u2")[:, :width]
        if height > 0:
            values = values[::-1]
        planes = [_channel(values, mask) for mask in masks if mask]
    if len(planes) < 3 or not all(masks[:3]):
        raise NotReadable(Sentence("its channels are not described as they should be. Save it as PNG first"))
    alpha = planes[3] if len(planes) == 4 and planes[3].any() else None  # many writers leave it empty
    return Decoded(np.stack(planes[:3], axis=-1), "BMP", alpha)


def _channel(values: np.ndarray, mask: int) -> np.ndarray:
    shift = (mask & -mask).bit_length() - 1
    top = mask >> shift
    return (((values & mask) >> shift) * 255.0 / top).round().astype(np.uint8)
