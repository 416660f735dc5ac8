"""Which pages of a TIFF file, as tifffile has them, are photos: no previews and no masks of others."""

from __future__ import annotations

from typing import Any

MOST = 256  # pages that are looked at
_SUBFILE, _OLD_SUBFILE = 254, 255
_REDUCED, _MASK, _OLD_REDUCED, _PHOTOMETRIC_MASK = 1, 4, 2, 4


def photo_pages(file: Any) -> list[Any]:
    """The pages that are neither previews nor masks; where all are, those inside them, as cameras' files have it.

    Where there is none there either, or what follows the first page is broken, that one.
    """
    pages = []
    for index in range(min(MOST, len(file.pages))):
        try:
            page = file.pages.get(index, cache=False) if index else file.pages.first
        except Exception:  # noqa: BLE001 tifffile raises whatever it likes; the pages before are whole
            break
        if not _is_beside(page):
            pages.append(page)
    return pages or _pages_inside(file.pages.first) or [file.pages.first]


def _pages_inside(page: Any) -> list[Any]:
    try:
        return [inner for inner in (page.pages or ())[:MOST] if not _is_beside(inner)]
    except Exception:  # noqa: BLE001 tifffile raises whatever it likes; the page around them is whole
        return []


def _is_beside(page: Any) -> bool:
    """Whether a page says that it is a reduced copy of another page, or another one's mask."""
    kind = int(page.tags.valueof(_SUBFILE, default=0) or 0)
    if page.photometric == _PHOTOMETRIC_MASK:
        return True
    return bool(kind & (_REDUCED | _MASK)) or page.tags.valueof(_OLD_SUBFILE, default=0) == _OLD_REDUCED
