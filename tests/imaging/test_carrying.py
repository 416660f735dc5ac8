"""Nothing that a photo's metadata say is falsified, nothing is lost without a word, from any format to any other."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import struct
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats import exif_building, exif_editing, heif_items, jpeg_metadata, photoshop, png
from handtint.imaging.formats.exif import Directories, Tag
from handtint.imaging.formats.xmp import MAX_PACKET, Packet
from handtint.imaging.metadata import Metadata
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.provenance import Provenance, read_provenance
from handtint.imaging.writing import write_photo
from handtint.recipe.form import to_json
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.repair.geometry import applied

DATA = Path(__file__).parents[1] / "data"
SUFFIXES = ("jpg", "png", "tif", "webp")
PROVENANCE = Provenance("tiny", "c" * 64, {}, "0.2", None, "a.jpg")
DC, ALBUM = "http://purl.org/dc/elements/1.1/", "http://example.org/album/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXIF = "http://ns.adobe.com/exif/1.0/"


def xmp(inside: str = "", attributes: str = "") -> bytes:
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""'
        f' xmlns:dc="{DC}" xmlns:a="{ALBUM}" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
        ' xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
        ' xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        f' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" {attributes}>{inside}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def iptc(**fields: str) -> bytes:
    numbers = {"byline": 80, "caption": 120, "city": 90, "date": 55}
    return b"".join(
        struct.pack(">BBBH", 0x1C, 2, numbers[name], len(text.encode())) + text.encode()
        for name, text in fields.items()
    )


def pixels() -> np.ndarray:
    return np.random.default_rng(8).integers(0, 256, (20, 30, 3), np.uint8)


def canon_note(at: int, order: str = "<") -> bytes:
    """A directory with one text, whose place counts from the start of the block, as Canon, Sony and Pentax do."""
    text = b"serial 0815\0"
    head = struct.pack(order + "HHHII", 1, 9, 2, len(text), at + 18) + bytes(4)
    return head + text


def text_in_note(data: bytes, note: bytes, order: str = "<") -> bytes:
    """What a reader finds that looks where the note says, from the start of the block or TIFF file."""
    (length, place) = struct.unpack_from(order + "II", note, 6)
    return data[place : place + length]


def camera_block(orientation: int = 6, order: str = "<", *, note: bool = True) -> bytes:
    short = lambda *values: struct.pack(f"{order}{len(values)}H", *values)  # noqa: E731
    first = (
        Tag(270, 2, 9, b"On porch\0"),
        Tag(271, 2, 6, b"Canon\0"),
        Tag(274, 3, 1, short(orientation)),
        Tag(306, 2, 20, b"1990:01:02 03:04:05\0"),
        Tag(33432, 2, 7, b"Family\0"),
        Tag(40091, 1, 4, "Ä!".encode("utf-16-le")),
    )
    details = (
        Tag(36867, 2, 20, b"1946:07:03 10:00:00\0"),
        Tag(37396, 3, 4, short(10, 5, 6, 2)),
        Tag(37510, 7, 13, b"ASCII\0\0\0Hello"),
        Tag(40962, 4, 1, struct.pack(order + "I", 30)),
        Tag(40963, 4, 1, struct.pack(order + "I", 20)),
    )
    place = (Tag(1, 2, 2, b"N\0"),)
    if note:
        details = (*details, Tag(37500, 7, 34, canon_note(8, order), at=8))
    block = exif_building.build(Directories(order, first, details, place))  # type: ignore[arg-type]
    assert block is not None
    return block


def jpeg_with(*segments: bytes, orientation: int | None = None) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels()).save(file, "JPEG", dpi=(300, 300))
    data = file.getvalue()
    jfif_end = 4 + struct.unpack_from(">H", data, 4)[0]
    exif = camera_block(orientation) if orientation else b""
    extra = (jpeg_metadata.segment(0xE1, b"Exif\0\0" + exif) if exif else b"") + b"".join(segments)
    return data[:jfif_end] + extra + data[jfif_end:]


def iptc_segment(*blocks: bytes) -> bytes:
    data = b"".join(photoshop.to_bytes(block, ()) for block in blocks)
    return jpeg_metadata.segment(0xED, photoshop.MARK + data)


def xmp_segment(packet: bytes) -> bytes:
    return jpeg_metadata.segment(0xE1, jpeg_metadata.XMP_MARK + packet)


# All tags of a file, as another reader than ours gives them: Pillow for the file, ElementTree for XMP.


def tags_of(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    with Image.open(path) as image:
        exif = image.getexif()
        for code, value in exif.items():
            if code not in (34665, 34853):
                found[f"EXIF {code}"] = repr(value)
        for name, pointer in (("details", 34665), ("GPS", 34853)):
            found |= {f"EXIF {name} {code}": repr(value) for code, value in exif.get_ifd(pointer).items()}
        if "comment" in image.info:
            found["comment"] = image.info["comment"].decode()
        if "dpi" in image.info:
            found["dpi"] = repr(tuple(round(float(value)) for value in image.info["dpi"]))
        texts = getattr(image, "text", {})  # reads the file to its end
        found |= {f"text {key}": str(text) for key, text in texts.items() if not key.startswith(("XML:", "Raw"))}
        records = image.info.get("photoshop", {}).get(0x0404) or exif.get(33723) or b""
        if "Raw profile type iptc" in texts:
            records = bytes.fromhex("".join(texts["Raw profile type iptc"].split("\n")[3:]))
        while records:
            number, length = struct.unpack_from(">xBBH", records)[1:]
            found[f"IPTC {number}"] = records[5 : 5 + length].decode()
            records = records[5 + length :]
        packet = image.info.get("xmp") or texts.get("XML:com.adobe.xmp", "").encode()
    if packet:
        for description in ET.fromstring(packet).iter(f"{{{RDF}}}Description"):
            found |= {f"XMP {name}": value for name, value in description.attrib.items()}
            found |= {f"XMP {child.tag}": "".join(child.itertext()).strip() for child in description}
    found.pop(f"XMP {{{RDF}}}about", None)
    return found


def full_source(folder: Path, suffix: str) -> Path:
    """A photo on its side with all that its format can hold."""
    path = folder / f"source.{suffix}"
    packet = xmp("<dc:source>box 7</dc:source>", 'a:page="17" tiff:Orientation="6"')
    records = iptc(byline="Otto", caption="Oma", city="Ulm")
    block = camera_block()
    if suffix == "jpg":
        parts = (iptc_segment(records), xmp_segment(packet), jpeg_metadata.segment(0xFE, b"uncle Fred, box 7"))
        path.write_bytes(jpeg_with(*parts, orientation=6))
    elif suffix == "png":
        texts = PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", packet.decode())
        for key, text in (("Title", "Gate"), ("Author", "A. Scanner"), ("Comment", "für Oma"), ("Box", "7")):
            texts.add_text(key, text)
        texts.add_text("Creation Time", "Wed, 03 Jul 1946 10:00:00 +0000")
        texts.add_text("Raw profile type iptc", f"\niptc\n{len(records):8d}\n{records.hex()}\n", zip=True)
        Image.fromarray(pixels()).save(path, pnginfo=texts, exif=block, dpi=(300, 300))
    elif suffix == "tif":
        whole = Image.Exif()
        whole.load(camera_block(note=False))
        whole[700], whole[33723] = packet, records
        Image.fromarray(pixels()).save(path, exif=whole, dpi=(300, 300))
    else:
        Image.fromarray(pixels()).save(path, exif=block, xmp=packet)
    return path


# What must differ: the picture is upright, has other strips, its own profile, and says how it was made.
ADDED = {
    *(f"XMP {{http://ns.adobe.com/xap/1.0/}}{name}" for name in ("CreatorTool", "ModifyDate", "MetadataDate")),
    *(f"XMP {{http://ns.adobe.com/xap/1.0/mm/}}{name}" for name in ("DocumentID", "InstanceID", "History")),
    "XMP {http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType",
    *(
        f"XMP {{urn:handtint:provenance:1.0:}}{name}"
        for name in ("Model", "ModelCardSHA256", "AppVersion", "SourceName", "Settings")
    ),
}
TURNED = {
    "EXIF 274": "1",
    "EXIF details 37396": "(14, 10, 2, 6)",
    "EXIF details 40962": "20",
    "EXIF details 40963": "30",
    "XMP {http://ns.adobe.com/tiff/1.0/}Orientation": "1",
}
# Of a TIFF file, its strips; they come, go and change with the format.
STRIPS = {f"EXIF {code}" for code in (256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 317, 339)}
STRIPS |= {"EXIF 700", "EXIF 33723", "EXIF 34675"}
PLACES_OF_TEXTS = {
    "text Title": f"XMP {{{DC}}}title",
    "text Author": f"XMP {{{DC}}}creator",
    "text Creation Time": "XMP {http://ns.adobe.com/xap/1.0/}CreateDate",
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("source_suffix", SUFFIXES)
def test_the_tags_before_and_after_differ_only_where_they_must(tmp_path: Path, source_suffix: str, suffix: str) -> None:
    source, target = full_source(tmp_path, source_suffix), tmp_path / f"out.{suffix}"
    photo = read_photo(source)
    lost = write_photo(target, photo, SaveOptions(), PROVENANCE)
    before, after = tags_of(source), tags_of(target)
    expected = {**before, **{tag: value for tag, value in TURNED.items() if tag in before}}
    has_iptc = any(tag.startswith("IPTC") for tag in before)
    if suffix == "webp":
        assert bool(lost) == has_iptc
        expected = {tag: value for tag, value in expected.items() if not tag.startswith("IPTC")}
        expected.pop("dpi", None)  # in EXIF there
    else:
        assert lost == ()
    if source_suffix == "png" and suffix != "png":
        for text, place in PLACES_OF_TEXTS.items():
            expected[place] = {"text Creation Time": "1946-07-03T10:00:00+00:00"}.get(text, expected[text])
        del expected["text Comment"]
        comment = f"XMP {{{EXIF}}}UserComment" if suffix != "jpg" else "comment"
        expected[comment] = "für Oma\nBox: 7" if suffix != "jpg" else "Box: 7"  # Pillow gives the last one
        expected = {tag: value for tag, value in expected.items() if not tag.startswith("text")}
        if suffix == "jpg":
            assert read_photo(target).meta.embedded.comments == ("für Oma".encode(), b"Box: 7")
    if source_suffix == "jpg" and suffix != "jpg":
        place = "text Comment" if suffix == "png" else f"XMP {{{EXIF}}}UserComment"
        expected[place] = expected.pop("comment")
    either = STRIPS if "tif" in (source_suffix, suffix) or suffix == "webp" else set()
    either = either | ({"dpi"} if "webp" in (source_suffix, suffix) else set())
    assert {t: v for t, v in after.items() if t not in ADDED | either} == {
        t: v for t, v in expected.items() if t not in either
    }
    assert set(after) >= ADDED


# Never falsified


@pytest.mark.parametrize("order", ["<", ">"])
def test_maker_notes_point_at_the_same_bytes_in_a_tiff_result(tmp_path: Path, order: str) -> None:
    block = camera_block(1, order)
    write_photo(tmp_path / "a.tif", Photo(pixels(), PhotoMeta(embedded=Metadata(exif=block))), None, PROVENANCE)
    for again in ("b.tif", "c.tif"):  # and in what is made of that, as long as it is
        data = (tmp_path / "a.tif").read_bytes()
        found = exif_blocks.directories(io.BytesIO(data))
        (note,) = (tag for tag in found.exif if tag.code == 37500)
        assert text_in_note(data, note.value, order) == b"serial 0815\0"
        photo = read_photo(tmp_path / "a.tif")
        assert photo.meta.notes == ()
        assert np.array_equal(photo.pixels, pixels())
        write_photo(tmp_path / again, photo)
        (tmp_path / again).replace(tmp_path / "a.tif")


def test_a_maker_note_far_back_in_a_tiff_file_is_left_out_and_said(tmp_path: Path) -> None:
    write_photo(tmp_path / "a.tif", Photo(pixels()))
    data = bytearray((tmp_path / "a.tif").read_bytes())
    at = 70_000
    data += bytes(at - len(data)) + canon_note(at)
    tags = exif_blocks.directories(io.BytesIO(data)).first
    inner = exif_building.directory_bytes((Tag(37500, 7, 34, canon_note(at)),), "<", len(data))
    pointer = Tag(34665, 4, 1, struct.pack("<I", len(data)))
    data += inner
    struct.pack_into("<I", data, 4, len(data))
    data += exif_building.directory_bytes((*tags, pointer), "<", len(data))
    (tmp_path / "b.tif").write_bytes(data)
    photo = read_photo(tmp_path / "b.tif")
    assert any("maker's own notes" in note for note in photo.meta.notes)
    write_photo(tmp_path / "c.jpg", photo)
    assert b"serial 0815" not in (tmp_path / "c.jpg").read_bytes()


def test_a_maker_note_that_counts_from_its_own_start_moves(tmp_path: Path) -> None:
    note = Tag(37500, 7, 40, b"FUJIFILM" + bytes(32), at=90_000)
    kept, is_lost = exif_building.transplantable(Directories("<", (), (note,)))
    assert not is_lost
    assert kept.exif == (note,)


def test_a_resolution_or_date_that_is_added_leaves_maker_notes_where_they_are() -> None:
    block = camera_block(1)
    for changed in (
        exif_editing.with_resolution(block, (300, 300)),
        exif_editing.with_tags(block, (Tag(11, 2, 2, b"x"),)),
    ):
        (note,) = (tag for tag in exif_blocks.directories(io.BytesIO(changed)).exif if tag.code == 37500)
        assert text_in_note(changed, note.value) == b"serial 0815\0"
        codes = [tag.code for tag in exif_blocks.directories(io.BytesIO(changed)).first]
        assert codes == sorted(codes)


@pytest.mark.parametrize("order", ["<", ">"])
def test_camera_data_do_not_say_that_the_result_is_gray(order: str) -> None:
    gray = tuple(Tag(code, 3, 1, struct.pack(order + "H", value)) for code, value in ((258, 8), (262, 1), (277, 1)))
    found = exif_blocks.directories(io.BytesIO(camera_block(3, order)))
    block = exif_building.build(dataclasses.replace(found, first=(*gray, *found.first))) or b""
    upright = exif_blocks.directories(io.BytesIO(exif_editing.upright(block, (20, 30))))
    assert [tag.code for tag in upright.first] == [tag.code for tag in found.first]
    (note,) = (tag for tag in upright.exif if tag.code == 37500)
    assert text_in_note(exif_editing.upright(block, (20, 30)), note.value, order) == b"serial 0815\0"


def test_marked_faces_turn_with_the_picture(tmp_path: Path) -> None:
    area = (
        '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource">'
        '<mwg-rs:Area stArea:x="0.2" stArea:y="0.7" stArea:w="0.1" stArea:h="0.2"/></rdf:li></rdf:Bag>'
        "</mwg-rs:RegionList></mwg-rs:Regions>"
    )
    (tmp_path / "a.jpg").write_bytes(jpeg_with(xmp_segment(xmp(area)), orientation=6))
    assert write_photo(tmp_path / "b.png", read_photo(tmp_path / "a.jpg"), None, PROVENANCE) == ()
    packet = read_photo(tmp_path / "b.png").meta.embedded.xmp or b""
    (turned,) = ET.fromstring(packet).iter("{http://www.metadataworkinggroup.com/schemas/regions/}Area")
    values = [float(turned.attrib[f"{{http://ns.adobe.com/xmp/sType/Area#}}{name}"]) for name in "xywh"]
    assert values == pytest.approx([0.3, 0.2, 0.2, 0.1])


def test_a_second_iptc_block_stays_a_second_one(tmp_path: Path) -> None:
    first, second = iptc(byline="Otto"), iptc(byline="Anna", caption="Gate")
    (tmp_path / "a.jpg").write_bytes(jpeg_with(iptc_segment(first, second)))
    for suffix in ("jpg", "png", "tif"):
        write_photo(tmp_path / f"b.{suffix}", read_photo(tmp_path / "a.jpg"))
        found = read_photo(tmp_path / f"b.{suffix}").meta.embedded
        assert found.iptc == first
        assert found.resources == ((photoshop.IPTC, second),)


def test_the_copyright_mark_and_address_of_photoshop_stay(tmp_path: Path) -> None:
    data = photoshop.to_bytes(None, ((0x040A, b"\1"), (0x03ED, bytes(16)), (0x040B, b"http://example.org")))
    cut = [jpeg_metadata.segment(0xED, photoshop.MARK + part) for part in (data[:30], data[30:])]
    (tmp_path / "a.jpg").write_bytes(jpeg_with(*cut))
    write_photo(tmp_path / "b.tif", read_photo(tmp_path / "a.jpg"))
    assert read_photo(tmp_path / "b.tif").meta.embedded.resources == ((0x040A, b"\1"), (0x040B, b"http://example.org"))


# Nothing lost without a word


def said(path: Path, name: str) -> str | None:
    return Packet(read_photo(path).meta.embedded.xmp).text(name)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_extended_xmp_is_carried_over(tmp_path: Path, suffix: str) -> None:
    extension = xmp(f"<a:long>{'x' * 80_000}</a:long>")
    name = hashlib.md5(extension).hexdigest().upper().encode()
    parts = [
        jpeg_metadata.segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0"
            + name
            + struct.pack(">II", len(extension), start)
            + extension[start : start + 50_000],
        )
        for start in (50_000, 0)
    ]
    standard = xmp("", f'a:page="17" xmpNote:HasExtendedXMP="{name.decode()}"')
    (tmp_path / "a.jpg").write_bytes(jpeg_with(xmp_segment(standard), *parts))
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.meta.notes == ()
    assert write_photo(tmp_path / f"b.{suffix}", photo, None, PROVENANCE) == ()
    assert said(tmp_path / f"b.{suffix}", f"{{{ALBUM}}}long") == "x" * 80_000
    assert said(tmp_path / f"b.{suffix}", f"{{{ALBUM}}}page") == "17"
    if suffix == "jpg":
        with Image.open(tmp_path / "b.jpg") as image:  # other readers see the first part alone, with its note
            main = Packet(image.info["xmp"])
        assert main.text(f"{{{ALBUM}}}page") == "17"
        assert main.extension


def test_an_extension_of_which_a_part_is_missing_is_said(tmp_path: Path) -> None:
    standard = xmp("", f'a:page="17" xmpNote:HasExtendedXMP="{"A" * 32}"')
    part = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", 900, 500) + b"<x"
    (tmp_path / "a.jpg").write_bytes(jpeg_with(xmp_segment(standard), jpeg_metadata.segment(0xE1, part)))
    photo = read_photo(tmp_path / "a.jpg")
    assert any("extended part" in note for note in photo.meta.notes)
    assert Packet(photo.meta.embedded.xmp).text(f"{{{ALBUM}}}page") == "17"


def test_a_jpeg_holds_any_number_of_hints(tmp_path: Path) -> None:
    hints = tuple(Hint(number + 0.5, 3.25, 12.5, 10.123456, -3.654321) for number in range(2000))
    made = dataclasses.replace(PROVENANCE, recipe=to_json(Recipe(Settings(hints=hints))))
    assert write_photo(tmp_path / "a.jpg", Photo(pixels()), None, made) == ()
    assert read_provenance(tmp_path / "a.jpg") == made


@pytest.mark.parametrize(
    "packet",
    [
        xmp("<dc:source>Müller</dc:source>") + b"\n<?xpacket end='w'?>\0\0garbage \xff",
        xmp("<dc:source>Müller</dc:source>").decode().encode("latin-1"),
        b"junk" + xmp("<dc:source>Müller</dc:source>"),
    ],
    ids=["bytes behind its end", "Latin-1", "bytes before"],
)
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_xmp_as_scanners_write_it_is_read(tmp_path: Path, packet: bytes, suffix: str) -> None:
    photo = Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=packet)))
    assert write_photo(tmp_path / f"a.{suffix}", photo, None, PROVENANCE) == ()
    assert said(tmp_path / f"a.{suffix}", f"{{{DC}}}source") == "Müller"


@pytest.mark.parametrize(("kind", "mark"), [("xmp", b""), ("APP1", jpeg_metadata.XMP_MARK)])
def test_xmp_in_a_pngs_raw_profile_text_is_read(tmp_path: Path, kind: str, mark: bytes) -> None:
    data = mark + xmp("<dc:source>box 7</dc:source>")
    texts = PngInfo()
    texts.add_text(f"Raw profile type {kind}", f"\n{kind}\n{len(data):8d}\n{data.hex()}\n", zip=True)
    Image.fromarray(pixels()).save(tmp_path / "a.png", pnginfo=texts)
    write_photo(tmp_path / "b.jpg", read_photo(tmp_path / "a.png"))
    assert said(tmp_path / "b.jpg", f"{{{DC}}}source") == "box 7"


def test_a_gif_s_comment_is_carried_over(tmp_path: Path) -> None:
    Image.fromarray(pixels()).save(tmp_path / "a.gif", comment=b"uncle Fred")
    write_photo(tmp_path / "b.jpg", read_photo(tmp_path / "a.gif"))
    assert read_photo(tmp_path / "b.jpg").meta.embedded.comments == (b"uncle Fred",)


def test_a_result_does_not_speak_of_what_stood_behind_a_phones_picture(tmp_path: Path) -> None:
    camera, gain = "http://ns.google.com/photos/1.0/camera/", "http://ns.adobe.com/hdr-gain-map/1.0/"
    container = "http://ns.google.com/photos/1.0/container/"
    inside = f'<c:Directory xmlns:c="{container}"><rdf:Seq/></c:Directory><dc:source>box 7</dc:source>'
    attributes = (
        f'xmlns:g="{camera}" xmlns:h="{gain}" g:MotionPhoto="1" g:MicroVideoOffset="9" g:BurstID="b" h:Version="1"'
    )
    photo = Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=xmp(inside, attributes))))
    write_photo(tmp_path / "a.jpg", photo)
    packet = read_photo(tmp_path / "a.jpg").meta.embedded.xmp or b""
    assert not any(name in packet for name in (b"Directory", b"MotionPhoto", b"MicroVideo", gain.encode()))
    assert b"BurstID" in packet
    assert said(tmp_path / "a.jpg", f"{{{DC}}}source") == "box 7"


def test_a_title_that_xmp_has_otherwise_becomes_a_comment(tmp_path: Path) -> None:
    packet = xmp('<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Other</rdf:li></rdf:Alt></dc:title>')
    photo = Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=packet, texts=(("Title", "Gate"),))))
    assert write_photo(tmp_path / "a.jpg", photo) == ()
    found = read_photo(tmp_path / "a.jpg").meta.embedded
    assert found.comments == (b"Title: Gate",)
    assert b"Other" in (found.xmp or b"")


def test_when_a_png_was_changed_is_carried_over(tmp_path: Path) -> None:
    when = struct.pack(">HBBBBB", 2001, 2, 3, 4, 5, 6)
    photo = Photo(pixels(), PhotoMeta(embedded=Metadata(changed=when)))
    write_photo(tmp_path / "a.png", photo)
    assert read_photo(tmp_path / "a.png").meta.embedded.changed == when
    write_photo(tmp_path / "a.jpg", photo)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.getexif()[306] == "2001:02:03 04:05:06"


@pytest.mark.parametrize(
    "before", [b"", b"Exif\0\0", b"\0\0", b"\0\0\0\x06Exif\0\0"], ids=["none", "mark", "half a mark", "length"]
)
def test_camera_data_of_phones_are_found_behind_what_stands_before_them(before: bytes) -> None:
    block = camera_block(1)
    assert exif_blocks.without_prefix(before + block) == block
    assert exif_blocks.without_prefix(block[4:]) in (block, block[4:])


def test_camera_data_whose_first_bytes_were_taken_for_a_length_are_mended() -> None:
    for order in "<>":
        block = exif_editing.with_tags(None, (Tag(270, 2, 9, b"On porch\0"),), order)  # type: ignore[arg-type]
        block = block[:4] + struct.pack(order + "I", 8) + block[8:]
        assert exif_blocks.without_prefix(block[4:]) == block


def test_camera_data_of_a_heic_that_nothing_refers_to_are_found(tmp_path: Path) -> None:
    data = (DATA / "turned.heic").read_bytes()
    as_is = read_photo(DATA / "turned.heic").meta.embedded.exif
    assert as_is
    (tmp_path / "a.heic").write_bytes(data.replace(b"cdsc", b"none"))
    assert read_photo(tmp_path / "a.heic").meta.embedded.exif == as_is


def test_no_spoiled_list_of_items_trips_its_reader() -> None:
    draw = np.random.default_rng(1905)
    data = (DATA / "turned.heic").read_bytes()
    assert heif_items.read(io.BytesIO(data))[0]
    for _ in range(20 * ROUNDS):
        heif_items.read(io.BytesIO(spoiled(data[:520], draw) + data[520:]))


# XMP files beside photos


@pytest.mark.parametrize("name", ["a.1.jpg.xmp", "a.1.xmp"])
def test_an_xmp_file_beside_the_photo_is_read_and_written_beside_the_result(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.1.jpg").write_bytes(jpeg_with(xmp_segment(xmp("<dc:source>box 7</dc:source>"))))
    develop = ' xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure2012="+1"'
    (tmp_path / name).write_bytes(xmp("<dc:source>other</dc:source><dc:type>print</dc:type>", f'a:page="17"{develop}'))
    before = (tmp_path / name).read_bytes()
    target = tmp_path / "out" / "a.1.jpg"
    target.parent.mkdir()
    assert write_photo(target, read_photo(tmp_path / "a.1.jpg"), None, PROVENANCE) == ()
    assert said(target, f"{{{DC}}}source") == "box 7"  # the photo's own word counts
    assert said(target, f"{{{DC}}}type") == "print"
    assert said(target, f"{{{ALBUM}}}page") == "17"
    assert b"Exposure2012" not in (read_photo(target).meta.embedded.xmp or b"")  # how to develop the original
    beside = Packet((target.parent / name).read_bytes())
    assert beside.text(f"{{{DC}}}source") == "other"
    assert beside.text("{urn:handtint:provenance:1.0:}Model") == "tiny"
    assert (tmp_path / name).read_bytes() == before


def test_the_xmp_file_of_the_source_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_with())
    (tmp_path / "a.xmp").write_bytes(before := xmp("<dc:source>box 7</dc:source>"))
    for _ in range(2):
        write_photo(tmp_path / "a.png", read_photo(tmp_path / "a.jpg"), SaveOptions(overwrite=True))
    assert (tmp_path / "a.xmp").read_bytes() == before
    assert Packet((tmp_path / "a.png.xmp").read_bytes()).text(f"{{{DC}}}source") == "box 7"


def test_an_xmp_file_that_is_there_is_not_replaced_unless_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_with())
    (tmp_path / "a.jpg.xmp").write_bytes(xmp())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.jpg.xmp").write_bytes(b"somebody's")
    (note,) = write_photo(tmp_path / "out" / "a.jpg", read_photo(tmp_path / "a.jpg"))
    assert "already" in note
    assert (tmp_path / "out" / "a.jpg.xmp").read_bytes() == b"somebody's"


def test_a_damaged_xmp_file_is_said_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_with())
    (tmp_path / "a.xmp").write_bytes(b"<x:xmpmeta")
    notes = write_photo(tmp_path / "b.png", read_photo(tmp_path / "a.jpg"), None, PROVENANCE)
    assert any('"a.xmp"' in note and "damaged" in note for note in notes)
    assert not (tmp_path / "b.xmp").exists()


def test_a_result_keeps_the_file_date_of_its_original_when_asked(tmp_path: Path) -> None:
    import os

    (tmp_path / "a.jpg").write_bytes(jpeg_with())
    os.utime(tmp_path / "a.jpg", (1e9, 1e9))
    photo = read_photo(tmp_path / "a.jpg")
    for keep in (False, True):
        write_photo(tmp_path / f"{keep}.png", photo, SaveOptions(keep_time=keep))
        assert ((tmp_path / f"{keep}.png").stat().st_mtime == 1e9) is keep


# Strangers' bytes


def test_sixty_megabytes_of_packed_xmp_are_refused_not_parsed(tmp_path: Path) -> None:
    packet = xmp("<a:x/>" * 11)[:-1] + b" " * (60 << 20)
    body = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet, 1)
    Image.fromarray(pixels()).save(tmp_path / "plain.png")
    data = (tmp_path / "plain.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[:33] + png.chunk(b"iTXt", body) + data[33:])
    (note,) = write_photo(tmp_path / "b.png", read_photo(tmp_path / "a.png"), None, PROVENANCE)
    assert "too large" in note
    assert (tmp_path / "b.png").stat().st_size < 100_000


def test_texts_that_unpack_without_end_are_said(tmp_path: Path) -> None:
    bomb = png.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(40 << 20)))
    Image.fromarray(pixels()).save(tmp_path / "plain.png")
    data = (tmp_path / "plain.png").read_bytes()
    with io.BytesIO(data[:33] + bomb * 50 + data[33:]) as file:
        found, notes = png.read_metadata(file)
    assert found.texts == ()
    assert any("more text" in note for note in notes)


@pytest.mark.parametrize("inside", ["<a:x/>" * 250_000, "<a:x>" * 100, "<dc:source>" + "x" * (MAX_PACKET + 1)])
def test_a_packet_of_too_many_parts_is_kept_out(tmp_path: Path, inside: str) -> None:
    photo = Photo(pixels(), PhotoMeta(embedded=Metadata(xmp=xmp(inside))))
    (note,) = write_photo(tmp_path / "a.png", photo, None, PROVENANCE)
    assert "XMP" in note
    assert read_provenance(tmp_path / "a.png") == PROVENANCE


def spoiled(data: bytes, draw: np.random.Generator) -> bytes:
    """Some bytes changed, a piece cut out, repeated, or the end cut off."""
    edited = bytearray(data)
    for _ in range(int(draw.integers(1, 6))):
        at, what = int(draw.integers(len(edited))), draw.integers(4)
        if what == 0:
            edited[at] = int(draw.integers(256))
        elif what == 1:
            edited[at : at + 4] = draw.bytes(4)
        elif what == 2:
            edited[at:at] = edited[at : at + int(draw.integers(40))]
        elif len(edited) > 40:
            del edited[at : at + int(draw.integers(20))]
    return bytes(edited)


ROUNDS = 60


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_spoiled_metadata_keeps_a_photo_from_being_saved(tmp_path: Path, suffix: str) -> None:
    draw = np.random.default_rng(2026)
    area = '<mwg-rs:Area stArea:x="0.2" stArea:y="0.7" stArea:w="0.1" stArea:h="0.2"/>'
    whole = Metadata(
        exif=camera_block(),
        xmp=xmp(f"<dc:source>box</dc:source>{area}", 'xmp:CreateDate="1923"'),
        iptc=iptc(byline="Otto"),
        comments=(b"x",),
        texts=(("Title", "Gate"),),
        changed=bytes(7),
    )
    for number in range(ROUNDS):
        fields = {name: spoiled(getattr(whole, name), draw) for name in ("exif", "xmp", "iptc")}
        key, text = (spoiled(one, draw).decode("latin-1") for one in (b"Title", b"Gate"))
        photo = Photo(pixels(), PhotoMeta(embedded=dataclasses.replace(whole, **fields, texts=((key, text),))))
        write_photo(tmp_path / f"{number}.{suffix}", photo, None, PROVENANCE)
        again = read_photo(tmp_path / f"{number}.{suffix}")
        assert again.size == (20, 30) or again.size == (30, 20)
        assert read_provenance(tmp_path / f"{number}.{suffix}") == PROVENANCE


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_spoiled_segments_or_chunks_trip_the_readers(tmp_path: Path, suffix: str) -> None:
    from handtint.imaging.formats.probe import taken_at

    draw = np.random.default_rng(1923)
    data = full_source(tmp_path, suffix).read_bytes()
    for _ in range(3 * ROUNDS):
        path = tmp_path / f"spoiled.{suffix}"
        path.write_bytes(spoiled(data, draw))
        taken_at(path)
        read_provenance(path)
        with path.open("rb") as file:
            jpeg_metadata.read(file)
            file.seek(0)
            png.read_metadata(file)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_cropped_photo_says_nothing_of_its_subject_and_moves_faces_beside_it(
    tmp_path: Path, orientation: int
) -> None:
    face = '<mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.2" stArea:h="0.4"/>'
    region = f'<rdf:Bag><rdf:li rdf:parseType="Resource">{face}</rdf:li></rdf:Bag>'
    listed = (
        f'<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList>{region}</mwg-rs:RegionList></mwg-rs:Regions>'
    )
    (tmp_path / "a.jpg").write_bytes(jpeg_with(orientation=orientation))
    (tmp_path / "a.jpg.xmp").write_bytes(xmp(listed))
    photo = read_photo(tmp_path / "a.jpg")
    turned = applied(photo, Geometry(turn=90))
    assert turned.size == photo.size[::-1]
    write_photo(tmp_path / "b.jpg", turned, None, PROVENANCE)
    exif = exif_blocks.directories(io.BytesIO(read_photo(tmp_path / "b.jpg").meta.embedded.exif or b""))
    assert 37396 not in [tag.code for tag in exif.exif]
    assert exif_blocks.number(exif.first, 274, exif.order) == 1
    for data in ((tmp_path / "b.jpg.xmp").read_bytes(), read_photo(tmp_path / "b.jpg").meta.embedded.xmp or b""):
        (area,) = ET.fromstring(data).iter("{http://www.metadataworkinggroup.com/schemas/regions/}Area")
        sides = [float(area.attrib[f"{{http://ns.adobe.com/xmp/sType/Area#}}{name}"]) for name in "wh"]
        assert sides == pytest.approx([0.4, 0.2] if orientation == 1 else [0.2, 0.4])
