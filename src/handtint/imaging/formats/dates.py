"""When a photo was taken, as far as its metadata say: dates of EXIF, XMP, IPTC and PNG, whole or in part.

Archives date prints by their year alone: "1923:00:00 00:00:00", "1923-07", "19230000". What is not known counts as the
first there is, so that such photos sort before those of the same year that say more.
"""

from __future__ import annotations

import re
from datetime import datetime

_LETTERS = 64
_DATE = re.compile(
    r"(\d{4})(?:[-:/. ]?(\d\d)(?:[-:/. ]?(\d\d)(?:[T ]+(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?)?)?"
    r"\s*(Z|[+-]\d\d:?\d\d)?"
)

# EXIF has blanks for what is not known, archives "1923-XX" or "1923?".
_UNKNOWN = re.compile(r"[-:/. ]*(?:[ ?_xX]{2}|[~?]$)")


def parse(text: str) -> datetime | None:
    """A date and time without zone, the clock's on the spot; None where there is no year."""
    text = text.strip("\0 \t\r\n")[:_LETTERS]
    match = _DATE.fullmatch(_UNKNOWN.split(text)[0])
    if match is None:
        return _parse_mail(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if not year:
        return None
    for guess in ((month, day, hour, minute, min(second, 59)), (month, day, 0, 0, 0), (month, 1, 0, 0, 0)):
        try:
            return datetime(year, *guess)
        except ValueError:
            continue
    return datetime(year, 1, 1)


def to_iso(text: str) -> str | None:
    """The same as XMP writes it, with its zone if it has one; None unless it says year, month, day and time."""
    text = text.strip()
    match = _DATE.fullmatch(text)
    if match is None:
        try:
            return _mail_date(text[:_LETTERS]).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    moment = parse(text)
    if moment is None or match[4] is None or not all(int(part) for part in match.groups()[:3]):
        return None
    return moment.isoformat() + (match[7] or "")


def seconds(moment: datetime) -> float:
    """Seconds since 1970 on this computer's clock; negative before."""
    try:
        return moment.timestamp()
    except (OSError, OverflowError, ValueError):  # Windows knows no time before 1970
        return (moment - datetime(1970, 1, 1)).total_seconds()


def _parse_mail(text: str) -> datetime | None:
    """As PNG's specification advises: "Wed, 03 Jul 1946 10:00:00 +0000"."""
    try:
        return _mail_date(text).replace(tzinfo=None)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _mail_date(text: str) -> datetime:
    from email.utils import parsedate_to_datetime  # which brings sockets: a fifth of the decoders' imports

    return parsedate_to_datetime(text)
