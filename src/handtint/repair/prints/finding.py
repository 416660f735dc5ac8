"""The prints on a scan.

On a small copy the bed is what most of the scan's rim looks like; what differs from it, in one piece and large enough,
may be a print, and the tightest rectangle around it says roughly where. Each of its sides is then looked for in a
larger copy. What has no such sides is no print.
"""

from __future__ import annotations

import numpy as np

from handtint.repair.prints.bed import lies_on_bed, unlike_bed
from handtint.repair.prints.pieces import rough_rectangles
from handtint.repair.prints.rectangle import Rectangle
from handtint.repair.prints.sides import refined

COARSE_SIDE = 512
FINE_SIDE = 1600


def find_prints(coarse: np.ndarray, fine: np.ndarray) -> list[Rectangle]:
    """Prints on the bed of a scan, in pixels of the fine copy, not in order.

    Args:
        coarse: (h, w, 3) float32 0..255, of `COARSE_SIDE` at most.
        fine: (H, W, 3) uint8 of the same scan, of `FINE_SIDE` at most.
    """
    away = unlike_bed(coarse)
    if away is None:
        return []
    y, x = fine.shape[0] / coarse.shape[0], fine.shape[1] / coarse.shape[1]
    pixels = fine.astype(np.float32)
    candidates = rough_rectangles(away)
    found = []
    for rough in candidates:
        one = refined(pixels, rough.scaled(x, y))
        if one is not None and lies_on_bed(one.scaled(1 / x, 1 / y), away, [r for r in candidates if r is not rough]):
            found.append(one)
    return found
