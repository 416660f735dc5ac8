"""Provenance: what was done to a picture, by which model, from which source, as XMP inside the file.

The digital source type is IPTC's `compositeWithTrainedAlgorithmicMedia`; the rest stands in a namespace of
our own and in the history that photo programs show. An existing packet is kept and added to, except for the identity of
its file: a result is another document, derived from it (XMP specification, part 1, "media management").
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from handtint.imaging.formats.xmp import HANDTINT, IPTC_EXTENSION, REFERENCE, XMP, XMP_MM, Packet, XmpError
from handtint.recipe.saving import SUFFIXES

ENHANCED = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"  # no color was made up
DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"


@dataclass(frozen=True)
class Provenance:
    """How a picture came to be.

    Attributes:
        model: name of the model that colored it; None where it was repaired only.
        card_sha256: hash of its card, hexadecimal; None like `model`.
        recipe: what was asked for, as the JSON object that `recipe.recipe` reads; of results of Handtint 0.1 the bare
            settings.
        app_version: of Handtint.
        source_sha256: hash of the source file, hexadecimal; None if it is unknown.
        source_name: file name of the source, without its folder.
        follows: file name of the photo whose colors were carried over; None if it was colored by itself.
        steps: of repair, each with its amount.
        missing: how much of the source's picture was not there, in words such as `40 %`; None where all was.
        adjustments: of the model's colors, each with its amount.
    """

    model: str | None
    card_sha256: str | None
    recipe: dict[str, Any] = field(default_factory=dict)
    app_version: str = ""
    source_sha256: str | None = None
    source_name: str = ""
    follows: str | None = None
    steps: tuple[str, ...] = ()
    missing: str | None = None
    adjustments: tuple[str, ...] = ()


_WRITTEN = tuple(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)

_FIELDS = {
    "model": "Model",
    "card_sha256": "ModelCardSHA256",
    "app_version": "AppVersion",
    "source_sha256": "SourceSHA256",
    "source_name": "SourceName",
    "follows": "FollowsName",
    "missing": "SourceMissing",
}


@dataclass(frozen=True)
class Identity:
    """What a file calls itself.

    Attributes:
        document, instance: of the file, and of the file in this state; empty where it does not say.
        original: of the document it goes back to.
    """

    document: str = ""
    instance: str = ""
    original: str = ""


def identity_of(packet: Packet) -> Identity:
    """What a packet says of its file, as far as that can be an identifier."""
    texts = ((packet.text(f"{{{XMP_MM}}}{name}") or "").strip() for name in _IDENTITY)
    return Identity(*(text if len(text) <= _LONGEST_IDENTIFIER else "" for text in texts))


def give_identity(packet: Packet) -> str:
    """Make a packet that of a new document; returns its instance."""
    import uuid  # costs as much as ten other modules, and the window is there sooner

    document, instance = f"xmp.did:{uuid.uuid4()}", f"xmp.iid:{uuid.uuid4()}"
    packet.set(f"{{{XMP_MM}}}DocumentID", document)
    packet.set(f"{{{XMP_MM}}}InstanceID", instance)
    return instance


_IDENTITY = ("DocumentID", "InstanceID", "OriginalDocumentID")
_LONGEST_IDENTIFIER = 256


def _derive(packet: Packet, source: Identity) -> str:
    """Make a packet that of a new document derived from its source; returns its instance."""
    parts = (("documentID", source.document), ("instanceID", source.instance), ("originalDocumentID", source.original))
    fields = {f"{{{REFERENCE}}}{name}": text for name, text in parts if text}
    if fields:
        packet.set_fields(f"{{{XMP_MM}}}DerivedFrom", fields)
    else:
        packet.remove(f"{{{XMP_MM}}}DerivedFrom")  # what the source itself was made of
    if original := source.original or source.document:
        packet.set(f"{{{XMP_MM}}}OriginalDocumentID", original)
    return give_identity(packet)


def add_to(packet: Packet, provenance: Provenance, source: Identity) -> None:
    """Put `provenance` into a packet, in place of an earlier one's fields; the history grows.

    `source` is what the file calls itself that the picture was made of.
    """
    instance = _derive(packet, source)
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    agent = f"Handtint {provenance.app_version}".strip()
    source_type = ENHANCED if provenance.model is None else DIGITAL_SOURCE_TYPE
    packet.set(f"{{{IPTC_EXTENSION}}}DigitalSourceType", source_type)
    if packet.text(f"{{{XMP}}}CreatorTool") is None:
        packet.set(f"{{{XMP}}}CreatorTool", agent)
    packet.set(f"{{{XMP}}}ModifyDate", now)
    packet.set(f"{{{XMP}}}MetadataDate", now)
    for attribute, name in _FIELDS.items():
        value = getattr(provenance, attribute)
        if value is None:
            packet.remove(f"{{{HANDTINT}}}{name}")
        else:
            packet.set(f"{{{HANDTINT}}}{name}", _xml_safe(value))
    packet.set(f"{{{HANDTINT}}}Settings", json.dumps(provenance.recipe, sort_keys=True))
    packet.append_event(
        {
            "action": "edited",
            "instanceID": instance,
            "when": now,
            "softwareAgent": agent,
            "parameters": _xml_safe(_in_words(provenance)),
        }
    )


def _in_words(provenance: Provenance) -> str:
    steps = ", ".join(provenance.steps)
    colored = f"colorized by the model {provenance.model}"
    lack = f"; about {provenance.missing} of the source's picture was missing" if provenance.missing else ""
    if provenance.follows is not None:
        colored += f', where it could with the colors of "{provenance.follows}"'
    if provenance.adjustments:
        colored += f", its colors adjusted: {', '.join(provenance.adjustments)}"
    if provenance.model is None:
        return f"restored: {steps}{lack}" if steps else f"restored{lack}"
    return f"restored ({steps}) and {colored}{lack}" if steps else f"restored and {colored}{lack}"


def _xml_safe(text: str) -> str:
    """Without what XML cannot hold: control characters and the half characters of broken file names."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def is_result(path: Path) -> bool:
    """Whether a file says of itself that Handtint made it; such a file is nobody's original. Reads little of it."""
    try:
        if path.suffix.lower() not in _WRITTEN or not path.is_file():  # a pipe would be waited for
            return False
        return read_provenance(path) is not None
    except OSError:
        return False


def read_provenance(path: Path) -> Provenance | None:
    """What a file says about how Handtint made it; None if it says nothing. Raises `OSError`."""
    from handtint.imaging.formats.decoding import read_xmp  # decoders and numpy: who only notes needs none

    data = read_xmp(path)
    if not data:
        return None
    try:
        packet = Packet(data)
        values = {attribute: packet.text(f"{{{HANDTINT}}}{name}") for attribute, name in _FIELDS.items()}
        noted = packet.text(f"{{{HANDTINT}}}Settings")
        if noted is None and (values["model"] is None or values["card_sha256"] is None):
            return None
        recipe = json.loads(noted or "{}")
    except (XmpError, ValueError, RecursionError):
        return None
    return Provenance(
        model=values["model"],
        card_sha256=values["card_sha256"],
        recipe=recipe if isinstance(recipe, dict) else {},
        app_version=values["app_version"] or "",
        source_sha256=values["source_sha256"],
        source_name=values["source_name"] or "",
        follows=values["follows"],
        missing=values["missing"],
    )
