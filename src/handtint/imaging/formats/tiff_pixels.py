"""What the samples of a TIFF page mean: gray, palette, RGB, CMYK, YCbCr and Lab, 1 to 32 bits, alpha or not.

Samples in any of these become 8- or 16-bit gray, RGB or CMYK. What cannot become that without a guess is refused in a
sentence: signed samples, floating-point ones outside 0 to 1, 32-bit ones that fill the lowest part of their range only.
"""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats.decoded import Decoded, NotReadable, split_alpha

_MINISWHITE, _MINISBLACK, _RGB, PALETTE, _SEPARATED, _YCBCR, _CIELAB, _ICCLAB = 0, 1, 2, 3, 5, 6, 8, 9
_KNOWN = (_MINISWHITE, _MINISBLACK, _RGB, PALETTE, _SEPARATED, _YCBCR, _CIELAB, _ICCLAB)
_FAX, _OLD_JPEG, _THUNDERSCAN = (2, 3, 4), 6, 32809
_YCBCR_DECODED_AS_RGB = (7, 34892, 50001, 50002)  # JPEG, lossy JPEG of DNG, WebP, JPEG XL
_LOSSY = (6, 7, 33003, 33004, 33005, 34712, 34892, 50001, 50002)
_ASSOCIATED, _UNASSOCIATED = 1, 2
_UNSIGNED, _SIGNED, _FLOAT, _UNTYPED = 1, 2, 3, 4
_MOST_SAMPLES = 8
_LEAST_ALL_OR_NOTHING = 0.25  # of a transparency: a scanner's infrared has few of its darkest and lightest values
_ENOUGH_TO_TELL = 10_000  # pixels
_MOST_ABOVE_ALPHA = 0.01  # of colors that are multiplied by alpha and yet above it
_OVERSHOOT = 0.02  # of floating-point samples, from sharpening
_BAND = 1 << 18  # pixels


def check(page: Any) -> None:
    """Refuse a page of samples that are not read."""
    photometric, bits = int(page.photometric), page.bitspersample
    if photometric not in _KNOWN:
        name = getattr(page.photometric, "name", page.photometric)
        raise NotReadable(
            Sentence("its color model {name} is not supported. Save it as RGB or gray TIFF first", name=name)
        )
    is_lab = photometric in (_CIELAB, _ICCLAB)
    if page.sampleformat == _SIGNED and not is_lab:
        raise NotReadable(
            Sentence("it holds signed pixels, which are not supported. Save it as 8 or 16 bit TIFF first")
        )
    if page.sampleformat not in (_UNSIGNED, _SIGNED, _FLOAT, _UNTYPED) or bits > 32:
        raise NotReadable(
            Sentence(
                "it holds {bits}-bit pixels of a kind that is not supported. Save it as 16 bit TIFF first", bits=bits
            )
        )
    if is_lab and (bits not in (8, 16) or page.sampleformat == _FLOAT):
        raise NotReadable(
            Sentence("its {bits}-bit Lab colors are not supported. Save it as 16 bit RGB TIFF first", bits=bits)
        )
    if is_lab and int(page.compression) in _LOSSY:  # which turn it into other colors
        raise NotReadable(Sentence("it holds Lab colors in JPEG, which are not supported. Save it as RGB TIFF first"))
    if bits > 16 and photometric not in (_MINISBLACK, _MINISWHITE, _RGB):
        raise NotReadable(
            Sentence("it holds {bits}-bit pixels, which are not supported. Save it as 16 bit RGB TIFF first", bits=bits)
        )
    if photometric == _YCBCR and (bits != 8 or page.samplesperpixel != 3):
        raise NotReadable(Sentence("its kind of YCbCr colors is not supported. Save it as RGB TIFF first"))
    if page.imagedepth > 1:
        raise NotReadable(Sentence("it holds a volume, not a photo. Save one picture of it as TIFF first"))
    if page.samplesperpixel > _MOST_SAMPLES:
        raise NotReadable(
            Sentence(
                "it has {samplesperpixel} channels, so it is no photo. Save one picture of it as TIFF",
                samplesperpixel=page.samplesperpixel,
            )
        )
    if photometric == PALETTE and page.colormap is None:
        raise ValueError(Sentence("the palette is missing"))


def needs_libtiff(page: Any) -> bool:
    """Whether tifffile would give a wrong picture or none."""
    compression = int(page.compression)
    if compression in (*_FAX, _OLD_JPEG, _THUNDERSCAN):
        return True
    return int(page.photometric) == _YCBCR and compression not in _YCBCR_DECODED_AS_RGB


def is_whole_only(page: Any) -> bool:
    """Whether a band of rows does not suffice to know what its samples mean."""
    return needs_libtiff(page) or page.sampleformat == _FLOAT or page.bitspersample > 16


def interpret(page: Any, pixels: np.ndarray) -> Decoded:
    """The picture that (H, W) or (H, W, samples), or with planes apart (samples, H, W), stand for."""
    if page.planarconfig == 2 and pixels.ndim == 3 and pixels.shape[2] != page.samplesperpixel:
        pixels = np.ascontiguousarray(np.moveaxis(pixels, 0, -1))
    photometric, extra = int(page.photometric), [int(kind) for kind in page.extrasamples]
    notes: list[str] = []
    inks = {_RGB: 3, _YCBCR: 3, _SEPARATED: 4, _CIELAB: 3, _ICCLAB: 3}.get(photometric, 1)
    samples = 1 if pixels.ndim == 2 else pixels.shape[2]
    if photometric in (_CIELAB, _ICCLAB) and samples == 1:
        inks = 1
    if samples < inks:
        raise NotReadable(
            Sentence(
                "it has {samples} channels where {inks} are needed, so it is damaged or no photo",
                samples=samples,
                inks=inks,
            )
        )
    beside, kind = None, _UNASSOCIATED
    if samples > inks:
        marked = [at for at, one in enumerate(extra[: samples - inks]) if one in (_ASSOCIATED, _UNASSOCIATED)]
        if marked and pixels.dtype.itemsize <= 2:
            kind, beside = extra[marked[0]], np.ascontiguousarray(pixels[..., inks + marked[0]])
        left_out = samples - inks - (beside is not None)
        if left_out:
            notes.append(_more_channels(left_out))
        pixels = np.ascontiguousarray(pixels[..., :inks])
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    pixels, depth = _in_range(page, photometric, pixels, notes)
    alpha = None if beside is None else _full_range(beside, page.bitspersample)
    if alpha is not None and not _is_alpha(pixels, alpha, kind):
        notes.append(
            Sentence(
                "A fourth channel is marked as transparency but looks like a picture, such as a scanner's infrared; "
                "it is left out."
            )
        )
        alpha = None
    if alpha is not None and alpha.dtype != pixels.dtype:
        alpha = alpha.astype(np.uint16) * np.uint16(257) if pixels.dtype == np.uint16 else (alpha >> 8).astype(np.uint8)
    if alpha is not None and kind == _ASSOCIATED:
        _divide_by_alpha(pixels, alpha)
    if photometric == _MINISWHITE:
        pixels = np.iinfo(pixels.dtype).max - pixels
    if photometric != _SEPARATED:
        pixels = split_alpha(pixels)[0]
    return Decoded(pixels, "TIFF", alpha, bit_depth=depth, notes=notes)


def _in_range(page: Any, photometric: int, pixels: np.ndarray, notes: list[str]) -> tuple[np.ndarray, int]:
    """Samples without those beside the colors as gray, RGB or CMYK in uint8 or uint16; and the depth of the file."""
    if photometric == PALETTE:
        return _apply_palette(page, pixels), 8
    if photometric in (_CIELAB, _ICCLAB):
        return _lab_to_srgb(pixels, is_icc=photometric == _ICCLAB), page.bitspersample
    if pixels.dtype.kind == "f":
        return _from_floats(pixels, notes), 16
    if page.bitspersample > 16:
        return _from_32_bits(pixels, page.bitspersample), 16
    pixels = _full_range(pixels, page.bitspersample)
    return pixels, 16 if pixels.dtype == np.uint16 else 8


def _more_channels(count: int) -> Sentence:
    if count == 1:
        return Sentence("The file has one more channel than colors; it is left out.")
    return Sentence("The file has {n} more channels than colors; they are left out.", n=count)


def _is_alpha(pixels: np.ndarray, alpha: np.ndarray, kind: int) -> bool:
    """Whether a channel that is marked as alpha can be meant: scanners' programs mark infrared so."""
    if alpha.dtype != pixels.dtype or alpha.size < _ENOUGH_TO_TELL:  # of a palette, or too small to be a scan
        return True
    top = np.iinfo(alpha.dtype).max
    if kind == _ASSOCIATED:
        colors = pixels if pixels.ndim == 2 else pixels.max(axis=2)
        if float((colors > alpha).mean()) > _MOST_ABOVE_ALPHA:
            return False
    if (alpha == alpha.flat[0]).all():
        return True
    return float(((alpha == 0) | (alpha == top)).mean()) >= _LEAST_ALL_OR_NOTHING


def _from_floats(pixels: np.ndarray, notes: list[str]) -> np.ndarray:
    if not np.isfinite(pixels).all():
        raise NotReadable(Sentence("some of its floating-point pixels are no numbers. Save it as 16 bit TIFF first"))
    low, high = float(pixels.min()), float(pixels.max())
    if low < -_OVERSHOOT or high > 1 + _OVERSHOOT:
        raise NotReadable(
            Sentence(
                "its floating-point pixels go from {low} to {high}, and only 0 to 1 is known to mean black to "
                "white. Save it as 16 bit TIFF first",
                low=f"{low:.4g}",
                high=f"{high:.4g}",
            )
        )
    notes.append(Sentence("The photo has floating-point pixels; 0 is taken as black and 1 as white, at 16 bits."))
    result = np.empty(pixels.shape, np.uint16)
    for row, line in enumerate(pixels):
        result[row] = np.rint(np.clip(line.astype(np.float64), 0, 1) * 65535)
    return result


def _from_32_bits(pixels: np.ndarray, bits: int) -> np.ndarray:
    if int(pixels.max()) >> (bits - 8) == 0:
        raise NotReadable(
            Sentence(
                "its {bits}-bit pixels fill only the darkest part of their range. Save it as 16 bit TIFF", bits=bits
            )
        )
    return (pixels >> np.uint32(bits - 16)).astype(np.uint16)


def _lab_to_srgb(pixels: np.ndarray, is_icc: bool) -> np.ndarray:
    """(H, W) or (H, W, 3) samples of TIFF's Lab to sRGB-encoded uint16; colors outside sRGB are cut off."""
    deep = pixels.dtype.itemsize == 2
    top, step = (0xFF00 if is_icc else 65535, 256) if deep else (255, 1)
    signed, unsigned = (np.int16, np.uint16) if deep else (np.int8, np.uint8)
    source, target = imagecodecs.cms_profile("lab4"), imagecodecs.cms_profile("srgb")
    result = np.empty(pixels.shape, np.uint16)
    rows = max(_BAND // pixels.shape[1], 1)
    for start in range(0, len(pixels), rows):
        part = pixels[start : start + rows]
        colors = np.zeros((*part.shape[:2], 3), np.float32)
        lightness = part if part.ndim == 2 else part[..., 0]
        colors[..., 0] = np.minimum(lightness.astype(unsigned) / np.float32(top), 1) * 100
        if part.ndim == 3:
            chroma = part[..., 1:]
            chroma = chroma.astype(np.float32) - 128 * step if is_icc else chroma.astype(signed).astype(np.float32)
            colors[..., 1:] = chroma / step
        shown = imagecodecs.cms_transform(
            colors,
            source,
            target,
            colorspace="lab",
            outcolorspace="rgb",
            outdtype="uint16",
            intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
            flags=imagecodecs.CMS.FLAGS.NOOPTIMIZE,
        )
        result[start : start + rows] = shown if part.ndim == 3 else shown[..., 1]
    return result


def _full_range(pixels: np.ndarray, bits: int) -> np.ndarray:
    """1..8 bits to 0..255, 9..16 bits to 0..65535."""
    if pixels.dtype == bool:
        return pixels.astype(np.uint8) * np.uint8(255)
    if bits in (8, 16):
        return pixels.astype(np.uint8 if bits == 8 else np.uint16, copy=False)
    dtype, top = (np.uint8, 255) if bits < 8 else (np.uint16, 65535)
    table = (np.arange(1 << bits) * top / ((1 << bits) - 1)).round().astype(dtype)
    return table[pixels]


def _apply_palette(page: Any, indices: np.ndarray) -> np.ndarray:
    colormap = np.asarray(page.colormap, np.uint16).T  # (colors, 3)
    if (colormap <= 255).all():
        colormap = colormap * 257  # old writers put 8-bit values there
    palette = (colormap >> 8).astype(np.uint8)  # writers scale by 256 or 257
    if (palette == palette[:, :1]).all():
        palette = palette[:, 0]
    return palette[indices.astype(np.intp, copy=False)]


def _divide_by_alpha(pixels: np.ndarray, alpha: np.ndarray) -> None:
    top = np.iinfo(pixels.dtype).max
    for row in range(pixels.shape[0]):
        weight = np.maximum(alpha[row].astype(np.float32), 1.0) / top
        line = pixels[row] / (weight if pixels.ndim == 2 else weight[:, None])
        pixels[row] = np.minimum(line, top).round().astype(pixels.dtype)
