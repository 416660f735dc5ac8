"""XMP packets: parsed, merged and serialized with the standard library; what is not ours stays in the packet.

A packet is UTF-8 XML: `x:xmpmeta / rdf:RDF / rdf:Description`, whose attributes and children are
properties, named in ElementTree's way, `{namespace}Name`.
"""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_META = "adobe:ns:meta/"
XMP = "http://ns.adobe.com/xap/1.0/"
XMP_MM = "http://ns.adobe.com/xap/1.0/mm/"
REFERENCE = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_NOTE = "http://ns.adobe.com/xmp/note/"
DC = "http://purl.org/dc/elements/1.1/"
USER_COMMENT = f"{{{_EXIF}}}UserComment"
CREATE_DATE = f"{{{XMP}}}CreateDate"
REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
AREA = "http://ns.adobe.com/xmp/sType/Area#"
DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
MICROSOFT = "http://ns.microsoft.com/photo/1.2/"
MICROSOFT_REGIONS = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
MICROSOFT_REGION = "http://ns.microsoft.com/photo/1.2/t/Region#"
HANDTINT = "urn:handtint:provenance:1.0:"

_PREFIXES = {
    "x": _META,
    "rdf": RDF,
    "xmp": XMP,
    "xmpMM": XMP_MM,
    "stEvt": EVENT,
    "stRef": REFERENCE,
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpNote": _NOTE,
    "dc": DC,
    "tiff": _TIFF,
    "exif": _EXIF,
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": IPTC_EXTENSION,
    "mwg-rs": REGIONS,
    "stArea": AREA,
    "stDim": DIMENSIONS,
    "MP": MICROSOFT,
    "MPRI": MICROSOFT_REGIONS,
    "MPReg": MICROSOFT_REGION,
    "handtint": HANDTINT,
}
for _prefix, _uri in _PREFIXES.items():
    ET.register_namespace(_prefix, _uri)

_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_DEEPEST = 64  # elements; packets of photo programs have some ten
_MOST_ELEMENTS = 200_000  # a packet of 750 hints has fewer than a hundred; one of a long edit history thousands
_MOST_PROPERTIES = 2000  # to be merged; photo programs write a few hundred
MAX_PACKET = 16 << 20  # bytes
_EXTENDED = f"{{{_NOTE}}}HasExtendedXMP"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_LONG = 1000  # letters of an attribute that may be moved to an extension
# How to develop the original, what became of it and which file it is: true of that file alone.
_OF_ITS_FILE = (
    "http://ns.adobe.com/camera-raw-settings/1.0/",
    "http://darktable.sf.net/",
    "http://ns.adobe.com/lightroom/1.0/",
    XMP_MM,
    _NOTE,
    _TIFF,
)
# That a gain map or a film lies behind a phone's picture: a result has none.
_APPENDED = (
    "{http://ns.google.com/photos/1.0/container/}",
    "{http://ns.adobe.com/hdr-gain-map/1.0/}",
    "{http://ns.google.com/photos/1.0/camera/}Motion",
    "{http://ns.google.com/photos/1.0/camera/}MicroVideo",
)
_END = '\n<?xpacket end="w"?>'


class XmpError(Exception):
    """A packet that cannot be parsed."""


class Packet:
    """One packet to read from and add to.

    Args:
        data: an existing packet, or None for a new one. Raises `XmpError` if it is malformed.
    """

    def __init__(self, data: bytes | None = None) -> None:
        self._root = ET.Element(f"{{{_META}}}xmpmeta") if data is None else _parse(data)
        if self._root.tag == f"{{{RDF}}}RDF":
            wrapped = ET.Element(f"{{{_META}}}xmpmeta")
            wrapped.append(self._root)
            self._root = wrapped
        rdf = self._root.find(f"{{{RDF}}}RDF")
        if rdf is None and len(self._root):
            raise XmpError("no rdf:RDF in it")
        self._rdf = ET.SubElement(self._root, f"{{{RDF}}}RDF") if rdf is None else rdf
        self._own: ET.Element | None = None

    def _descriptions(self) -> list[ET.Element]:
        return self._rdf.findall(f"{{{RDF}}}Description")

    def _about(self) -> str:
        for description in self._descriptions():
            about = description.get(f"{{{RDF}}}about")
            if about is not None:
                return about
        return ""

    @property
    def tree(self) -> ET.Element:
        """All of it, for what is not a simple property."""
        return self._root

    def text(self, name: str) -> str | None:
        """The text of a simple property, an attribute or a child; None if it is not there."""
        for description in self._descriptions():
            if name in description.attrib:
                return description.attrib[name]
            child = description.find(name)
            if child is not None:
                return child.text or ""
        return None

    def remove(self, name: str) -> None:
        """Remove a property wherever it stands."""
        for description in self._descriptions():
            description.attrib.pop(name, None)
            for child in description.findall(name):
                description.remove(child)

    def set(self, name: str, text: str) -> None:
        """Set a simple property."""
        self.remove(name)
        ET.SubElement(self._target(), name).text = text

    def set_fields(self, name: str, fields: dict[str, str]) -> None:
        """Set a property that is made of fields."""
        self.remove(name)
        element = ET.SubElement(self._target(), name, {f"{{{RDF}}}parseType": "Resource"})
        for field, text in fields.items():
            ET.SubElement(element, field).text = text

    def _target(self) -> ET.Element:
        if self._own is None:
            self._own = ET.SubElement(self._rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": self._about()})
        return self._own

    def append_event(self, fields: dict[str, str]) -> None:
        """Add an event to the end of the history (xmpMM:History)."""
        name = f"{{{XMP_MM}}}History"
        history = None
        for description in self._descriptions():
            history = description.find(name) if history is None else history
        if history is None:
            history = ET.SubElement(self._target(), name)
        sequence = history.find(f"{{{RDF}}}Seq")
        if sequence is None:
            sequence = ET.SubElement(history, f"{{{RDF}}}Seq")
        item = ET.SubElement(sequence, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"})
        for field, text in fields.items():
            ET.SubElement(item, f"{{{EVENT}}}{field}").text = text

    def make_upright(self, size: tuple[int, int]) -> bool:
        """Say that the picture is upright and `size` (height, width); drop what no longer holds.

        Returns whether the packet pointed at an extension outside itself, which is lost.
        """
        height, width = size
        for name, value in (
            (f"{{{_TIFF}}}Orientation", 1),
            (f"{{{_TIFF}}}ImageWidth", width),
            (f"{{{_TIFF}}}ImageLength", height),
            (f"{{{_EXIF}}}PixelXDimension", width),
            (f"{{{_EXIF}}}PixelYDimension", height),
        ):
            if self.text(name) is not None:
                self.set(name, str(value))
        self.remove(f"{{{XMP}}}Thumbnails")
        names = {name for d in self._descriptions() for name in (*d.attrib, *(child.tag for child in d))}
        for name in names:
            if name.startswith(_APPENDED):
                self.remove(name)
        is_extended = self.extension is not None
        self.drop_extension()
        return is_extended

    @property
    def extension(self) -> str | None:
        """The name of the part of it that stands outside, as JPEG files have it; None if there is none."""
        return self.text(_EXTENDED)

    def drop_extension(self) -> None:
        """Say that all of it is here."""
        self.remove(_EXTENDED)

    def add_text(self, name: str, text: str) -> bool:
        """Set a property of texts in several languages, in none of them; whether it was free or says the same."""
        return self._add_list(name, "Alt", text)

    def add_item(self, name: str, text: str) -> bool:
        """Set a list of one text; whether it was free or says the same."""
        return self._add_list(name, "Seq", text)

    def _add_list(self, name: str, kind: str, text: str) -> bool:
        for description in self._descriptions():
            child = description.find(name)
            if name in description.attrib or child is not None:
                said = description.attrib.get(name, "") if child is None else "".join(child.itertext())
                return said.strip() == text.strip()
        items = ET.SubElement(ET.SubElement(self._target(), name), f"{{{RDF}}}{kind}")
        attributes = {_LANGUAGE: "x-default"} if kind == "Alt" else {}
        ET.SubElement(items, f"{{{RDF}}}li", attributes).text = text
        return True

    def date(self, name: str) -> str | None:
        """A date, which some programs write as a list of one."""
        for description in self._descriptions():
            child = description.find(name)
            if child is not None:
                return "".join(child.itertext()).strip()
        return self.text(name)

    def merge(self, other: Packet) -> None:
        """Add what another packet says and this one does not, except what is true of the other's file alone.

        Raises `XmpError` where there is too much of it.
        """
        self._take(other, _OF_ITS_FILE)

    def _take(self, other: Packet, left_out: tuple[str, ...]) -> None:
        if sum(len(d) + len(d.attrib) for d in (*other._descriptions(), *self._descriptions())) > _MOST_PROPERTIES:
            raise XmpError(f"it has more than {_MOST_PROPERTIES} properties")
        for description in other._descriptions():
            for name, value in description.attrib.items():
                if not name.startswith(f"{{{RDF}}}") and not _is_in(name, left_out) and self.text(name) is None:
                    self.set(name, value)
            for child in description:
                if not _is_in(child.tag, left_out) and self.text(child.tag) is None:
                    self._target().append(child)

    def split(self, most: int) -> tuple[bytes, tuple[str, bytes]]:
        """The packet in two, for JPEG: at most `most` bytes, and the name and bytes of an extension to it.

        The largest properties move there. This packet keeps what stays.
        """
        outside = Packet()
        target = outside._target()
        for description in self._descriptions():
            for name, value in list(description.attrib.items()):
                if len(value) > _LONG:
                    del description.attrib[name]
                    ET.SubElement(description, name).text = value
        movable = [(len(ET.tostring(child)), d, child) for d in self._descriptions() for child in d]
        movable.sort(key=lambda one: one[0])
        self.set(_EXTENDED, "0" * 32)
        excess = len(self.to_bytes()) - most
        while movable and excess > 0:
            size, description, child = movable.pop()
            description.remove(child)
            target.append(child)
            excess -= size
            if excess <= 0:
                excess = len(self.to_bytes()) - most  # sizes count names of namespaces that stay
        extension = ET.tostring(outside._root, encoding="unicode").encode("utf-8")
        name = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()
        self.set(_EXTENDED, name)
        return self.to_bytes(), (name, extension)

    def turn_resolution(self, is_swapped: bool, scale: float) -> bool:
        """Say a resolution of `scale` times the pixels, on its side if `is_swapped`; whether one was told at all."""
        names = f"{{{_TIFF}}}XResolution", f"{{{_TIFF}}}YResolution"
        values = [self.text(name) for name in names]
        if values[0] is None or values[1] is None:
            return False
        for name, value in zip(names, reversed(values) if is_swapped else values, strict=True):
            self.remove(name)
            try:
                above, _, below = str(value).partition("/")
                told = float(above) / float(below or 1) * scale
                if 0 < told < 1e9:
                    self.set(name, str(value) if scale == 1 else f"{round(told * 1000)}/1000")
            except (ValueError, ZeroDivisionError):
                continue  # no number: left out
        return True

    def to_bytes(self) -> bytes:
        """The packet, UTF-8."""
        ET.indent(self._root, " ")
        text = ET.tostring(self._root, encoding="unicode")
        return (_BEGIN + text + _END).encode("utf-8")


class _Builder(ET.TreeBuilder):
    """Builds the elements of a packet, keeps the prefixes it uses, and refuses what is a trap."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise XmpError("it holds a document type, which XMP forbids")

    def start_ns(self, prefix: str, uri: str) -> None:
        is_ours = prefix in _PREFIXES or uri in _PREFIXES.values()
        if prefix and not is_ours and not re.fullmatch(r"ns\d+|xml.*", prefix):  # ElementTree's own
            ET.register_namespace(prefix, uri)

    def start(self, tag: str, attributes: dict[str, str]) -> ET.Element:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST:
            raise XmpError(f"it is nested more than {_DEEPEST} deep")
        if self._count > _MOST_ELEMENTS:
            raise XmpError(f"it has more than {_MOST_ELEMENTS} elements")
        return super().start(tag, attributes)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def with_extension(packet: bytes, extension: bytes) -> bytes:
    """A packet with the properties of its extension. Raises `XmpError`."""
    whole = Packet(packet)
    whole.drop_extension()
    whole._take(Packet(extension), ())
    return whole.to_bytes()


def _is_in(name: str, namespaces: tuple[str, ...]) -> bool:
    return name.startswith(tuple(f"{{{namespace}}}" for namespace in namespaces))


def _parse(data: bytes) -> ET.Element:
    if len(data) > MAX_PACKET:
        raise XmpError(f"it is larger than {MAX_PACKET >> 20} MB")
    failure = ""
    for reading in _readings(data):
        try:
            return ET.fromstring(reading, ET.XMLParser(target=_Builder()))
        except (ET.ParseError, ValueError, LookupError) as error:
            failure = failure or str(error)
    raise XmpError(failure)


_LAST_TAG = re.compile(rb"</(?:[\w.-]+:)?(?:xmpmeta|xapmeta|RDF)\s*>")


def _readings(data: bytes) -> Iterator[bytes]:
    """A packet as it is, or as meant by programs that write bytes behind its end, or Latin-1."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16, of whose letters zeros are a part
        yield data
        return
    data = data.strip(b"\0 \t\r\n")
    yield data
    ends = [match.end() for match in _LAST_TAG.finditer(data)]
    inside = data[max(data.find(b"<"), 0) : max(ends, default=len(data))]
    if inside != data:
        yield inside
    try:
        inside.decode("utf-8")
    except UnicodeDecodeError:
        text = inside.decode("cp1252", "replace")
        yield text.encode("utf-8")
