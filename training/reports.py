"""What a training reports while it runs: events, each a flat JSON object with the name `event` and a line `text`.

`data` (photos, learning, held_out, left_out), `step` (step, done 0..1, photos, size, rate, photos_per_second, eta_s,
loss and its parts), `validation` (step, done, ab_mse_ratio, colorfulness, colorfulness_true, best; samples, a picture
with rows of square photos: gray, parent if tuned, new, original, named in rows), `saved` (path), `note`, `paused`,
`resumed`, and one last: `stopped` (can go on later), `finished` (model; after tuning also installed, verdict,
difference, low, high, held_out, parent, new: see `tune`) or `failed`.
The same objects stand in a run's `log.jsonl`.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
Report = Callable[[Event], None]


def show(event: Event) -> None:
    """Print an event's line for a person; those that only a window wants are left out."""
    if sys.stdout is None or event["event"] in ("saved", "failed"):
        return
    print(event["text"], flush=True)


def show_json(event: Event) -> None:
    """Print an event as one line of JSON."""
    if sys.stdout is not None:
        print(json.dumps(event), flush=True)  # ASCII, whatever the pipe's encoding is


def ignore(_event: Event) -> None:
    """Report nothing."""


def now() -> str:
    """ISO 8601 time, UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
