"""Which of a photo's metadata a result gets, in the form of its format: kept, moved to another place, or reported.

Places that speak of the picture as it was stored (orientation, size, faces, subjects, previews) are turned with it or
taken out. Texts go where the format has a place for them: a PNG's title to XMP's, a JPEG's comment to a PNG's.
"""

from __future__ import annotations

import contextlib
import io

from handtint.errors import Sentence
from handtint.imaging.formats import dates, exif_building, exif_editing, regions
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.jpeg_metadata import EXIF_MARK, SEGMENT
from handtint.imaging.formats.xmp import (
    CREATE_DATE,
    DC,
    HANDTINT,
    IPTC_EXTENSION,
    MICROSOFT,
    RDF,
    REGIONS,
    USER_COMMENT,
    XMP,
    Packet,
    XmpError,
)
from handtint.imaging.metadata import Metadata
from handtint.imaging.photo import Photo
from handtint.imaging.provenance import Provenance, add_to, give_identity, identity_of

_MOST_UNREADABLE = 1 << 20  # bytes of a packet that is kept though nobody can read it
_MOST_ITEMS = 5000  # of all lists of a packet in which faces are turned
_REGIONS = (f"{{{REGIONS}}}Regions", f"{{{MICROSOFT}}}RegionInfo", f"{{{IPTC_EXTENSION}}}ImageRegion")
_COMMENT = "Comment"  # the keyword of a PNG's


def carried(photo: Photo, form: str, icc: bytes, provenance: Provenance | None, notes: list[str]) -> Metadata:
    """The metadata of a result of format `form`; adds sentences to `notes` about what it cannot keep.

    Args:
        icc: the result's color profile.
        provenance: how it was made, where that is to be said.
    """
    meta = photo.meta.embedded
    words = _Words(photo, form)
    if form == "webp":
        _say_without_place(meta, notes)
    return Metadata(
        icc=icc,
        exif=_exif(photo, form, notes),
        xmp=_packet(photo, form, words, provenance, notes),
        iptc=None if form == "webp" else meta.iptc,
        dpi=meta.dpi,
        resources=() if form == "webp" else meta.resources,
        comments=words.comments,
        texts=words.texts,
        changed=meta.changed if form == "png" else None,
    )


def beside(photo: Photo, provenance: Provenance | None) -> bytes:
    """The packet of the XMP file beside a photo, for beside its result. Raises `XmpError`."""
    assert photo.meta.sidecar is not None
    packet = Packet(photo.meta.sidecar.data)
    _turn_regions(packet, photo, [])
    packet.make_upright(photo.size)
    _identify(packet, provenance)
    return packet.to_bytes()


def _say_without_place(meta: Metadata, notes: list[str]) -> None:
    if meta.iptc or meta.resources:
        notes.append(Sentence("WebP has no place for IPTC data; it was not carried over."))


def _exif(photo: Photo, form: str, notes: list[str]) -> bytes | None:
    meta = photo.meta.embedded
    block = meta.exif
    if block is not None:
        try:
            is_quarter_turned = regions.orientation_of(block) >= 5
            block = exif_editing.upright(block, photo.size)
            if is_quarter_turned:
                block = exif_editing.with_turned_resolution(block, True, 1.0)
            if form == "tiff":
                _say_undescribed(block, notes)
        except exif_blocks.ExifError:
            block = None
            notes.append(Sentence("The camera data (EXIF) of the source is damaged and was not carried over."))
    if meta.changed and form != "png":
        with contextlib.suppress(exif_blocks.ExifError):
            block = exif_editing.with_date(block, meta.changed)
    if block is not None and form == "jpeg" and len(block) + len(EXIF_MARK) > SEGMENT:
        notes.append(Sentence("The camera data (EXIF) of the source is too large for JPEG and was not carried over."))
        return None
    if meta.dpi and form == "webp":  # which has no other place for it
        with contextlib.suppress(exif_blocks.ExifError):
            block = exif_editing.with_resolution(block, meta.dpi)
    return block


def _say_undescribed(block: bytes, notes: list[str]) -> None:
    codes = exif_building.undescribed(exif_blocks.directories(io.BytesIO(block)))
    if codes:
        numbers = ", ".join(map(str, codes[:8])) + (" and others" if len(codes) > 8 else "")
        notes.append(
            Sentence(
                "TIFF uses the numbers of these camera data for itself; they were not carried over: {numbers}.",
                numbers=numbers,
            )
        )


class _Words:
    """A photo's comments and texts: those that the format has a place for, and those that go to XMP."""

    def __init__(self, photo: Photo, form: str) -> None:
        meta = photo.meta.embedded
        self.comments: tuple[bytes, ...] = ()
        self.texts: tuple[tuple[str, str], ...] = ()
        self.properties: tuple[tuple[str, str], ...] = ()  # for XMP, by the keyword of a PNG's text
        self._is_jpeg = form == "jpeg"
        if form == "png":
            self.texts = (*meta.texts, *((_COMMENT, _text_of(one)) for one in meta.comments))
        elif form == "jpeg":
            self.comments = meta.comments
            self.properties = meta.texts
        else:
            self.properties = (*meta.texts, *((_COMMENT, _text_of(one)) for one in meta.comments))

    def put(self, packet: Packet, notes: list[str]) -> None:
        """Put the properties into a packet; what it has no place for becomes a comment."""
        rest = []
        for key, text in self.properties:
            if not _put(packet, key.lower(), _xml_text(text)):
                rest.append(text if key == _COMMENT else f"{key}: {text}")
        if self._is_jpeg:
            self.comments += tuple(text.encode("utf-8", "replace") for text in rest)
        elif rest and not packet.add_text(USER_COMMENT, _xml_text("\n".join(rest))):
            notes.append(Sentence("The comments of the source were not carried over: its XMP data has another one."))


_TEXTS = {
    "title": f"{{{DC}}}title",
    "description": f"{{{DC}}}description",
    "copyright": f"{{{DC}}}rights",
}
_SIMPLE = {"source": f"{{{DC}}}source", "software": f"{{{XMP}}}CreatorTool"}


def _put(packet: Packet, key: str, text: str) -> bool:
    """Whether there is a property for the text of a PNG with this keyword, and it was free or says the same."""
    if key in _TEXTS:
        return packet.add_text(_TEXTS[key], text)
    if key == "author":
        return packet.add_item(f"{{{DC}}}creator", text)
    name, value = _SIMPLE.get(key), text
    if key == "creation time":
        name, value = CREATE_DATE, dates.to_iso(text)
    if name is None or value is None:
        return False
    if packet.text(name) is None:
        packet.set(name, value)
    return packet.text(name) == value


def _text_of(comment: bytes) -> str:
    comment = comment.rstrip(b"\0")
    try:
        text = comment.decode("utf-8")
    except UnicodeDecodeError:
        text = comment.decode("latin-1")
    return text.replace("\0", " ")


def _xml_text(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text.replace("\r\n", "\n"))


def _packet(photo: Photo, form: str, words: _Words, provenance: Provenance | None, notes: list[str]) -> bytes | None:
    existing, sidecar = photo.meta.embedded.xmp, photo.meta.sidecar
    if existing is None and provenance is None and sidecar is None and not words.properties:
        return None
    packet = _readable(existing, notes)
    if sidecar is not None:
        try:
            packet.merge(Packet(sidecar.data))
        except XmpError:
            notes.append(
                Sentence(
                    'The XMP file "{name}" beside the photo is damaged and was not carried over.',
                    name=sidecar.path.name,
                )
            )
    _turn_regions(packet, photo, notes)
    if regions.orientation_of(photo.meta.embedded.exif) >= 5:
        packet.turn_resolution(True, 1.0)
    if packet.make_upright(photo.size):
        notes.append(Sentence("The extended part of the source's XMP data was not carried over."))
    words.put(packet, notes)
    _identify(packet, provenance)
    return packet.to_bytes()


def _turn_regions(packet: Packet, photo: Photo, notes: list[str]) -> None:
    if regions.orientation_of(photo.meta.embedded.exif) == 1:
        return
    if sum(1 for _ in packet.tree.iter(f"{{{RDF}}}li")) > _MOST_ITEMS and regions.has_regions(packet):
        for name in _REGIONS:
            packet.remove(name)
        notes.append(Sentence("The source has too many marked faces to turn them; they were not carried over."))
        return
    had_regions = regions.has_regions(packet)
    regions.make_upright(packet, photo.meta.embedded.exif, photo.size)
    if had_regions and not regions.has_regions(packet):
        notes.append(Sentence("The faces marked in the source lie outside the picture and were not carried over."))


def _readable(existing: bytes | None, notes: list[str]) -> Packet:
    try:
        return Packet(existing)
    except XmpError:
        packet = Packet()
        if existing and len(existing) <= _MOST_UNREADABLE:
            notes.append(Sentence("The XMP data of the source is damaged; it is kept as text inside the new XMP data."))
            packet.set(f"{{{HANDTINT}}}UnreadableXMP", existing.hex())
        else:
            notes.append(Sentence("The XMP data of the source is damaged or too large and was not carried over."))
        return packet


def _identify(packet: Packet, provenance: Provenance | None) -> None:
    source = identity_of(packet)
    if provenance is not None:
        add_to(packet, provenance, source)
    elif source.document or source.instance:
        give_identity(packet)
