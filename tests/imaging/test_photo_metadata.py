"""EXIF, XMP, IPTC, resolution and provenance travel from the source to the result, in any format."""

import hashlib
import io
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, IptcImagePlugin
from PIL.ExifTags import GPS, IFD, Base

from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats import exif_editing
from handtint.imaging.formats.xmp import HANDTINT, Packet
from handtint.imaging.metadata import Metadata
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.provenance import Provenance, read_provenance
from handtint.imaging.writing import write_photo
from handtint.recipe.saving import SaveOptions
from handtint.stamps import sha256_of

SUFFIXES = ["jpg", "png", "tif", "webp"]
MAKER_NOTE = b"MakerNote with \x00 bytes of its own" * 3
IPTC = b"\x1c\x02\x00\x00\x02\x00\x04\x1c\x02\x78\x00\x0cGrandmother!\x1c\x02\x19\x00\x06family"
XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    b' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b' xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
    b' xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"'
    b' xmlns:album="http://example.org/album/" xmp:CreatorTool="ScanMaster 3" xmp:Rating="4"'
    b' tiff:Orientation="6" album:page="17">'
    b'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Gro\xc3\x9fmutter</rdf:li></rdf:Alt></dc:title>'
    b'<xmpMM:History><rdf:Seq><rdf:li stEvt:action="created"/></rdf:Seq></xmpMM:History>'
    b'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
BODY = XMP[XMP.index(b"<x:") : XMP.rindex(b"<?")].decode()
PROVENANCE = Provenance(
    model="tiny-unet",
    card_sha256="c" * 64,
    recipe={"vividness": 0.5, "steps": ["dust"], "name": "Größe <&>"},
    app_version="0.1.0",
    source_sha256="5" * 64,
    source_name="Großmutter & Opa <1905>.tif",
)


def pixels() -> np.ndarray:
    return np.random.default_rng(8).integers(0, 256, (20, 30, 3), np.uint8)


def camera_data(orientation: int = 6) -> Image.Exif:
    block = Image.Exif()
    block[Base.Make] = "Graflex"
    block[Base.ImageDescription] = "On the porch"
    block[Base.Orientation] = orientation
    block[Base.Copyright] = "Family archive"
    details = block.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = "1905:07:04 12:00:00"
    details[Base.ExifImageWidth] = 30
    details[Base.ExifImageHeight] = 20
    details[Base.MakerNote] = MAKER_NOTE
    place = block.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef] = "N"
    place[GPS.GPSLatitude] = (43.0, 4.0, 59.5)
    whole = Image.Exif()
    whole.load(block.tobytes())  # else Pillow leaves the details out of a TIFF file
    return whole


def source(folder: Path, suffix: str, **options) -> Path:
    path = folder / f"source.{suffix}"
    Image.fromarray(pixels()).save(path, **options)
    return path


def saved_exif(path: Path) -> Image.Exif:
    with Image.open(path) as image:
        found = image.getexif()
        for directory in (IFD.Exif, IFD.GPSInfo):
            found.get_ifd(directory)  # read while the file is open
        return found


@pytest.mark.parametrize("source_suffix", SUFFIXES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_camera_data_is_carried_over_upright(tmp_path, source_suffix, suffix):
    photo = read_photo(source(tmp_path, source_suffix, exif=camera_data()))
    assert photo.size == (30, 20)
    assert write_photo(tmp_path / f"out.{suffix}", photo) == ()
    found = saved_exif(tmp_path / f"out.{suffix}")
    assert found[Base.Make] == "Graflex"
    assert found[Base.ImageDescription] == "On the porch"
    assert found[Base.Copyright] == "Family archive"
    assert found.get(Base.Orientation, 1) == 1
    details = found.get_ifd(IFD.Exif)
    assert details[Base.DateTimeOriginal] == "1905:07:04 12:00:00"
    assert details[Base.MakerNote] == MAKER_NOTE
    assert (details[Base.ExifImageWidth], details[Base.ExifImageHeight]) == (20, 30)
    place = found.get_ifd(IFD.GPSInfo)
    assert place[GPS.GPSLatitudeRef] == "N"
    assert [float(part) for part in place[GPS.GPSLatitude]] == [43.0, 4.0, 59.5]
    again = read_photo(tmp_path / f"out.{suffix}")
    assert again.size == photo.size  # not turned a second time


def block_with_thumbnail(order: str, thumbnail: bytes, tail: bytes) -> bytes:
    def entry(code: int, kind: int, count: int, value: int) -> bytes:
        packed = struct.pack(order + "HHI", code, kind, count)
        return packed + (struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value))

    first = struct.pack(order + "H", 1) + entry(274, 3, 1, 8) + struct.pack(order + "I", 26)
    start = 8 + len(first) + 2 + 24 + 4
    second = struct.pack(order + "H", 2) + entry(513, 4, 1, start) + entry(514, 4, 1, len(thumbnail)) + bytes(4)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + first + second + thumbnail + tail


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("tail", [b"", b"note"])
def test_the_old_thumbnail_is_dropped(order, tail):
    thumbnail = b"\xff\xd8" + b"gray grandmother" * 20
    block = block_with_thumbnail(order, thumbnail, tail)
    upright = exif_editing.upright(block, (5, 7))
    assert b"grandmother" not in upright
    assert upright.endswith(tail)
    found = exif_blocks.directories(io.BytesIO(upright))
    assert exif_blocks.number(found.first, exif_blocks.ORIENTATION, order) == 1
    parsed = Image.Exif()
    parsed.load(upright)
    assert not parsed.get_ifd(IFD.IFD1)


def test_everything_but_what_changed_keeps_its_bytes():
    block = camera_data(3).tobytes()[6:]
    upright = exif_editing.upright(block, (20, 30))
    differing = [index for index in range(len(block)) if block[index] != upright[index]]
    assert len(upright) == len(block)
    assert len(differing) == 1  # the orientation


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("block", [b"junk", b"II*\0\xff\xff\xff\x7f", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0"])
def test_broken_camera_data_is_left_out_with_a_note(tmp_path, suffix, block):
    (note,) = write_photo(tmp_path / f"out.{suffix}", Photo(pixels(), PhotoMeta(embedded=Metadata(exif=block))))
    assert "EXIF" in note
    assert read_photo(tmp_path / f"out.{suffix}").meta.embedded.exif is None


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
@pytest.mark.parametrize(
    "block",
    [b"II*\0\x08\0\0\0\x05\0", b"II*\0\x08\0\0\0\x01\0\x1a\x01\x05\0\x01\0\0\0\x9f\x86\x01\0\0\0\0\0"],
)
def test_a_photo_with_broken_camera_data_still_opens(tmp_path, suffix, block):
    path = source(tmp_path, suffix, exif=b"Exif\0\0" + block)
    assert read_photo(path).size == (20, 30)


def test_camera_data_in_a_loop_ends():
    loop = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HHHII", 1, 34665, 4, 1, 8) + struct.pack("<I", 8)
    assert exif_editing.upright(loop, (1, 1))[:8] == loop[:8]


def test_tags_that_all_point_at_one_large_value_do_not_fill_the_memory():
    size, count = 4 << 20, 200
    entries = b"".join(struct.pack("<HHII", 50_000 + number, 7, size, 0) for number in range(count))
    block = b"II*\0" + struct.pack("<IH", 8, count) + entries + bytes(4) + bytes(size)
    assert sum(len(tag.value) for tag in exif_blocks.directories(io.BytesIO(block)).first) <= 64 << 20


def test_camera_data_too_large_for_jpeg_is_said(tmp_path):
    block = camera_data()
    block.get_ifd(IFD.Exif)[Base.UserComment] = b"x" * 70_000
    photo = Photo(pixels(), PhotoMeta(embedded=Metadata(exif=block.tobytes()[6:])))
    (note,) = write_photo(tmp_path / "out.jpg", photo)
    assert "too large for JPEG" in note
    read_photo(tmp_path / "out.jpg")
    assert write_photo(tmp_path / "out.png", photo) == ()


@pytest.mark.parametrize("source_suffix", SUFFIXES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_resolution_is_carried_over(tmp_path, source_suffix, suffix):
    if source_suffix == "webp":
        block = Image.Exif()
        block[Base.XResolution], block[Base.YResolution], block[Base.ResolutionUnit] = 300.0, 600.0, 2
        path = source(tmp_path, "webp", exif=block)
    else:
        path = source(tmp_path, source_suffix, dpi=(300, 600))
    photo = read_photo(path)
    assert photo.meta.embedded.dpi == pytest.approx((300, 600), abs=0.02)
    write_photo(tmp_path / f"out.{suffix}", photo)
    assert read_photo(tmp_path / f"out.{suffix}").meta.embedded.dpi == pytest.approx((300, 600), abs=0.02)


def test_a_tiffs_dots_per_centimeter_become_inches(tmp_path):
    tifffile.imwrite(tmp_path / "c.tif", pixels(), photometric="rgb", resolution=(100, 100), resolutionunit=3)
    assert read_photo(tmp_path / "c.tif").meta.embedded.dpi == pytest.approx((254, 254))


def test_no_resolution_is_invented(tmp_path):
    for suffix in SUFFIXES:
        write_photo(tmp_path / f"out.{suffix}", Photo(pixels()))
        assert read_photo(tmp_path / f"out.{suffix}").meta.embedded.dpi is None


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_resolution_that_cannot_be_counts_as_none(tmp_path, suffix):
    exif = Image.Exif()
    exif[282] = exif[283] = 4e9
    file = io.BytesIO()
    Image.new("L", (8, 6), 100).save(file, "JPEG")
    jpeg, block = file.getvalue(), b"Exif\0\0" + exif.tobytes()[6:]
    jpeg = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + jpeg[20:]  # without JFIF's
    (tmp_path / "odd.jpg").write_bytes(jpeg)
    photo = read_photo(tmp_path / "odd.jpg")
    assert photo.meta.embedded.dpi is None
    write_photo(tmp_path / f"out.{suffix}", photo)
    assert read_photo(tmp_path / f"out.{suffix}").meta.embedded.dpi is None


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_iptc_is_carried_over_where_the_format_has_it(tmp_path, suffix):
    notes = write_photo(tmp_path / f"out.{suffix}", Photo(pixels(), PhotoMeta(embedded=Metadata(iptc=IPTC))))
    saved = read_photo(tmp_path / f"out.{suffix}").meta.embedded.iptc
    if suffix == "webp":
        assert "IPTC" in notes[0]
        assert saved is None
    else:
        assert notes == ()
        assert saved == IPTC


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_other_programs_find_the_iptc_captions(tmp_path, suffix):
    write_photo(tmp_path / f"out.{suffix}", Photo(pixels(), PhotoMeta(embedded=Metadata(iptc=IPTC))))
    with Image.open(tmp_path / f"out.{suffix}") as image:
        found = IptcImagePlugin.getiptcinfo(image)
    assert found is not None
    assert found[(2, 120)] == b"Grandmother!"


def add_xmp(folder: Path, suffix: str, packet: bytes) -> Path:
    if suffix == "tif":
        path = folder / "source.tif"
        extratags = [(700, 1, len(packet), packet, True)]
        tifffile.imwrite(path, pixels(), photometric="rgb", extratags=extratags)
        return path
    if suffix == "png":
        from PIL.PngImagePlugin import PngInfo

        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", packet.decode("utf-8"), zip=True)
        return source(folder, "png", pnginfo=text)
    return source(folder, suffix, xmp=packet)


@pytest.mark.parametrize("source_suffix", SUFFIXES)
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("provenance", [None, PROVENANCE])
def test_an_existing_packet_is_added_to_not_replaced(tmp_path, source_suffix, suffix, provenance):
    photo = read_photo(add_xmp(tmp_path, source_suffix, XMP))
    assert photo.meta.embedded.xmp == XMP
    assert write_photo(tmp_path / f"out.{suffix}", photo, SaveOptions(), provenance) == ()
    data = read_photo(tmp_path / f"out.{suffix}").meta.embedded.xmp
    assert data is not None
    packet = Packet(data)
    assert packet.text("{http://ns.adobe.com/xap/1.0/}Rating") == "4"
    assert packet.text("{http://ns.adobe.com/xap/1.0/}CreatorTool") == "ScanMaster 3"
    assert packet.text("{http://example.org/album/}page") == "17"
    assert packet.text("{http://ns.adobe.com/tiff/1.0/}Orientation") == "1"
    text = data.decode("utf-8")
    assert "Großmutter" in text
    assert "album:page" in text
    assert text.count("stEvt:action") >= (1 if provenance is None else 2)
    assert ("digitalsourcetype" in text) == (provenance is not None)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_provenance_is_written_and_read_back(tmp_path, suffix, dtype):
    path = tmp_path / f"Enkel 孫.{suffix}"
    photo = Photo(pixels().astype(dtype), PhotoMeta(bit_depth=np.dtype(dtype).itemsize * 8))
    write_photo(path, photo, SaveOptions(), PROVENANCE)
    assert read_provenance(path) == PROVENANCE
    data = read_photo(path).meta.embedded.xmp
    assert data is not None
    packet = Packet(data)
    kind = packet.text("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
    assert kind == "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    assert packet.text("{http://ns.adobe.com/xap/1.0/}CreatorTool") == "Handtint 0.1.0"
    with Image.open(path) as image:
        image.load()
        assert image.info["xmp"] == data  # where other programs look for it


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_provenance_can_be_turned_off(tmp_path, suffix):
    path = tmp_path / f"out.{suffix}"
    write_photo(path, Photo(pixels()), SaveOptions(provenance=False), PROVENANCE)
    assert read_provenance(path) is None
    assert b"handtint" not in path.read_bytes().lower()


IDENTIFIED = XMP.replace(
    b' album:page="17">',
    b' album:page="17" xmpMM:DocumentID="xmp.did:scan" xmpMM:InstanceID="xmp.iid:scan-2">'
    b'<xmpMM:DerivedFrom rdf:parseType="Resource" xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#">'
    b"<stRef:documentID>xmp.did:negative</stRef:documentID></xmpMM:DerivedFrom>",
)
MM, REF = "http://ns.adobe.com/xap/1.0/mm/", "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"


def packet_of(path: Path) -> ET.Element:
    data = read_photo(path).meta.embedded.xmp
    assert data is not None
    return ET.fromstring(data)


def said(packet: ET.Element, namespace: str, name: str) -> list[str]:
    """All values of a property, wherever it stands."""
    key = f"{{{namespace}}}{name}"
    return [e.attrib[key] for e in packet.iter() if key in e.attrib] + [e.text or "" for e in packet.iter(key)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_result_is_a_document_of_its_own_derived_from_its_source(tmp_path, suffix):
    photo = read_photo(add_xmp(tmp_path, suffix, IDENTIFIED))
    results = [tmp_path / f"{number}.{suffix}" for number in (1, 2)]
    for result in results:
        write_photo(result, photo, SaveOptions(), PROVENANCE)
    packets = [packet_of(result) for result in results]
    for name, start in (("DocumentID", "xmp.did:"), ("InstanceID", "xmp.iid:")):
        (first,), (second,) = (said(packet, MM, name) for packet in packets)
        assert first.startswith(start)
        assert len({first, second, "xmp.did:scan", "xmp.iid:scan-2"}) == 4
    packet = packets[0]
    assert said(packet, REF, "documentID") == ["xmp.did:scan"]
    assert said(packet, REF, "instanceID") == ["xmp.iid:scan-2"]
    assert said(packet, MM, "OriginalDocumentID") == ["xmp.did:scan"]
    events = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
    assert said(packet, events, "instanceID") == said(packet, MM, "InstanceID")


def test_what_is_made_of_a_result_goes_back_to_the_same_original(tmp_path):
    write_photo(tmp_path / "1.png", read_photo(add_xmp(tmp_path, "png", IDENTIFIED)), SaveOptions(), PROVENANCE)
    write_photo(tmp_path / "2.png", read_photo(tmp_path / "1.png"), SaveOptions(), PROVENANCE)
    first, second = packet_of(tmp_path / "1.png"), packet_of(tmp_path / "2.png")
    assert said(second, REF, "documentID") == said(first, MM, "DocumentID")
    assert said(second, REF, "instanceID") == said(first, MM, "InstanceID")
    assert said(second, MM, "OriginalDocumentID") == ["xmp.did:scan"]


def test_a_source_without_identity_is_not_given_one(tmp_path):
    write_photo(tmp_path / "out.png", read_photo(source(tmp_path, "png")), SaveOptions(), PROVENANCE)
    packet = packet_of(tmp_path / "out.png")
    assert said(packet, MM, "DerivedFrom") == said(packet, MM, "OriginalDocumentID") == []
    assert len(said(packet, MM, "DocumentID")) == 1


def test_no_result_calls_itself_its_source_even_without_provenance(tmp_path):
    photo = read_photo(add_xmp(tmp_path, "jpg", IDENTIFIED))
    write_photo(tmp_path / "out.jpg", photo, SaveOptions(provenance=False), PROVENANCE)
    packet = packet_of(tmp_path / "out.jpg")
    (document,), (instance,) = said(packet, MM, "DocumentID"), said(packet, MM, "InstanceID")
    assert document != "xmp.did:scan"
    assert instance != "xmp.iid:scan-2"
    assert said(packet, REF, "documentID") == ["xmp.did:negative"]


def test_a_packet_that_gives_way_still_says_what_it_was_derived_from(tmp_path):
    packet = Packet(IDENTIFIED)
    packet.set("{http://example.org/album/}page", "x" * 70_000)
    write_photo(
        tmp_path / "out.jpg",
        Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=packet.to_bytes()))),
        SaveOptions(),
        PROVENANCE,
    )
    assert said(packet_of(tmp_path / "out.jpg"), REF, "documentID") == ["xmp.did:scan"]
    packet.set(f"{{{MM}}}DocumentID", "x" * 70_000)
    write_photo(
        tmp_path / "trap.jpg",
        Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=packet.to_bytes()))),
        SaveOptions(),
        PROVENANCE,
    )
    assert said(packet_of(tmp_path / "trap.jpg"), REF, "documentID") == []


def test_a_second_pass_replaces_the_fields_and_lengthens_the_history(tmp_path):
    write_photo(tmp_path / "one.png", Photo(pixels()), SaveOptions(), PROVENANCE)
    later = Provenance("other", "d" * 64, {}, "0.2.0", None, "one.png")
    write_photo(tmp_path / "two.png", read_photo(tmp_path / "one.png"), SaveOptions(), later)
    assert read_provenance(tmp_path / "two.png") == later
    data = read_photo(tmp_path / "two.png").meta.embedded.xmp
    assert data is not None
    assert data.count(b"<stEvt:softwareAgent>") == 2


@pytest.mark.parametrize(
    "broken",
    [
        b"<x:xmpmeta",
        b"\xff\xfe\x00",
        b"<a/>trailing",
        b"<other><b/></other>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        XMP.replace(b"Gro\xc3\x9fmutter", b"<a>" * 3000 + b"</a>" * 3000),
        *(
            f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>{BODY.replace("Großmutter", "&b;")}'.encode(code)
            for code in ("utf-8", "utf-16")
        ),
    ],
    ids=["cut off", "no XML", "more behind", "other XML", "document type", "nested", "entity", "entity in UTF-16"],
)
def test_a_broken_packet_is_kept_inside_the_new_one(tmp_path, broken):
    path = tmp_path / "out.png"
    (note,) = write_photo(path, Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=broken))), SaveOptions(), PROVENANCE)
    assert "XMP" in note
    assert read_provenance(path) == PROVENANCE
    data = read_photo(path).meta.embedded.xmp
    assert data is not None
    assert bytes.fromhex(Packet(data).text(f"{{{HANDTINT}}}UnreadableXMP") or "") == broken


def test_what_no_longer_holds_is_taken_out_of_a_packet(tmp_path):
    thumbnail = "<xmp:Thumbnails><rdf:Alt><rdf:li>of the gray photo</rdf:li></rdf:Alt></xmp:Thumbnails><xmpMM:History>"
    extended = ' xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="0123" xmp:Rating'
    body = BODY.replace("<xmpMM:History>", thumbnail).replace(" xmp:Rating", extended)
    photo = Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=body.encode())))
    assert write_photo(tmp_path / "out.png", photo) == (
        "The extended part of the source's XMP data was not carried over.",
    )
    packet = read_photo(tmp_path / "out.png").meta.embedded.xmp
    assert packet is not None
    assert b"ScanMaster" in packet
    assert b"Thumbnails" not in packet
    assert b"HasExtendedXMP" not in packet


def test_a_packet_in_utf_16_is_read() -> None:
    assert Packet(f"{BODY}\n".encode("utf-16")).text("{http://ns.adobe.com/xap/1.0/}CreatorTool") == "ScanMaster 3"


def test_settings_nested_without_end_are_none(tmp_path):
    packet = Packet()
    for name, text in (("Model", "m"), ("ModelCardSHA256", "c"), ("Settings", "[" * 100_000)):
        packet.set(f"{{{HANDTINT}}}{name}", text)
    write_photo(tmp_path / "out.png", Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=packet.to_bytes()))))
    assert read_provenance(tmp_path / "out.png") is None


@pytest.mark.parametrize("content", [b"II*\0" + b"\xff" * 50, b"\xff\xd8\xff\xe1\0\x10Exif\0\0", b"MM\0*", b"x"])
def test_a_broken_file_says_nothing_of_how_it_was_made(tmp_path, content):
    (tmp_path / "broken.tif").write_bytes(content)
    assert read_provenance(tmp_path / "broken.tif") is None


def test_names_that_xml_cannot_hold_do_no_harm(tmp_path):
    odd = Provenance("m", "c", {"name": "\x00\ud800"}, "0.1", None, "bell\x07\udcff.jpg")
    write_photo(tmp_path / "out.png", Photo(pixels()), SaveOptions(), odd)
    found = read_provenance(tmp_path / "out.png")
    assert found is not None
    assert found.source_name == "bell\ufffd\ufffd.jpg"
    assert found.recipe == odd.recipe


def test_files_of_others_have_no_provenance(tmp_path):
    assert read_provenance(source(tmp_path, "png")) is None
    assert read_provenance(add_xmp(tmp_path, "jpg", XMP)) is None


def test_the_hash_is_the_files(tmp_path):
    path = source(tmp_path, "png")
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_sixteen_bit_png_carries_all_of_it(tmp_path):
    profile = imagecodecs.cms_profile("adobergb")
    meta = PhotoMeta(
        bit_depth=16,
        embedded=Metadata(icc=profile, exif=camera_data(1).tobytes()[6:], xmp=XMP, iptc=IPTC, dpi=(300, 300)),
    )
    photo = Photo(pixels().astype(np.uint16) * 257, meta)
    assert write_photo(tmp_path / "out.png", photo, SaveOptions(), PROVENANCE) == ()
    saved = read_photo(tmp_path / "out.png").meta
    assert (saved.bit_depth, saved.embedded.icc, saved.embedded.iptc) == (16, profile, IPTC)
    assert saved.embedded.dpi == pytest.approx((300, 300), abs=0.02)
    assert saved.embedded.exif is not None
    assert read_provenance(tmp_path / "out.png") == PROVENANCE
    with Image.open(tmp_path / "out.png") as image:
        image.load()  # every chunk's checksum holds
        assert image.info["icc_profile"] == profile


def test_a_large_profile_is_split_over_jpeg_segments(tmp_path):
    profile = bytearray(imagecodecs.cms_profile("adobergb"))
    profile += bytes(150_000)
    profile[0:4] = struct.pack(">I", len(profile))
    write_photo(tmp_path / "out.jpg", Photo(pixels(), PhotoMeta(embedded=Metadata(icc=bytes(profile)))))
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.info["icc_profile"] == bytes(profile)
