"""Faces marked in XMP go where their pixels go."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from handtint.imaging.formats.regions import has_regions, make_upright, move_regions, stored_size, upright
from handtint.imaging.formats.xmp import Packet
from handtint.imaging.metadata import Metadata
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.recipe.geometry import Geometry
from handtint.recipe.placement import place
from handtint.repair.geometry import applied

SIZE = (600, 800)
FACES = """
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="800" stDim:h="600" stDim:unit="pixel"/>
<mwg-rs:RegionList><rdf:Bag>
<rdf:li rdf:parseType="Resource"><mwg-rs:Area stArea:x="0.2" stArea:y="0.7" stArea:w="0.1" stArea:h="0.08"
 stArea:unit="normalized"/><mwg-rs:Name>Marie</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type></rdf:li>
<rdf:li><rdf:Description mwg-rs:Name="Albert"><mwg-rs:Area rdf:parseType="Resource"><stArea:x>0.9</stArea:x>
<stArea:y>0.5</stArea:y><stArea:w>0.05</stArea:w><stArea:h>0.05</stArea:h></mwg-rs:Area></rdf:Description></rdf:li>
</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag><rdf:li MPReg:PersonDisplayName="Marie"
 MPReg:Rectangle="0.15, 0.66, 0.1, 0.08"/></rdf:Bag></MPRI:Regions></MP:RegionInfo>
<Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li rdf:parseType="Resource"><Iptc4xmpExt:RegionBoundary
 Iptc4xmpExt:rbShape="rectangle" Iptc4xmpExt:rbUnit="pixel" Iptc4xmpExt:rbX="120" Iptc4xmpExt:rbY="396"
 Iptc4xmpExt:rbW="80" Iptc4xmpExt:rbH="48"/></rdf:li>
<rdf:li rdf:parseType="Resource"><Iptc4xmpExt:RegionBoundary Iptc4xmpExt:rbShape="circle"
 Iptc4xmpExt:rbUnit="relative" Iptc4xmpExt:rbX="0.2" Iptc4xmpExt:rbY="0.7" Iptc4xmpExt:rbRx="0.05"/></rdf:li>
<rdf:li rdf:parseType="Resource"><Iptc4xmpExt:RegionBoundary rdf:parseType="Resource">
<Iptc4xmpExt:rbShape>polygon</Iptc4xmpExt:rbShape><Iptc4xmpExt:rbUnit>relative</Iptc4xmpExt:rbUnit>
<Iptc4xmpExt:rbVertices><rdf:Seq><rdf:li Iptc4xmpExt:rbX="0.15" Iptc4xmpExt:rbY="0.66"/>
<rdf:li Iptc4xmpExt:rbX="0.25" Iptc4xmpExt:rbY="0.66"/><rdf:li Iptc4xmpExt:rbX="0.25" Iptc4xmpExt:rbY="0.74"/></rdf:Seq>
</Iptc4xmpExt:rbVertices></Iptc4xmpExt:RegionBoundary></rdf:li></rdf:Bag></Iptc4xmpExt:ImageRegion>
"""
SPACES = {
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}


def packet(inside: str = FACES) -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def moved(geometry: Geometry, inside: str = FACES) -> tuple[str, int]:
    parsed, placed = Packet(packet(inside)), place(geometry, SIZE)
    gone = move_regions(parsed, SIZE, placed.size, placed.to_result)
    return parsed.to_bytes().decode(), gone


def numbers(text: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf'{name}(?:="|>)([-\d.]+)', text)]


def test_faces_turn_with_the_picture():
    text, gone = moved(Geometry(90))
    assert gone == 0
    assert numbers(text, "stArea:x") == pytest.approx([0.3, 0.5])
    assert numbers(text, "stArea:y") == pytest.approx([0.2, 0.9])
    assert numbers(text, "stArea:w") == pytest.approx([0.08, 0.05])
    assert numbers(text, "stArea:h") == pytest.approx([0.1, 0.05])
    assert 'Rectangle="0.26, 0.15, 0.08, 0.1"' in text
    assert (numbers(text, "stDim:w"), numbers(text, "stDim:h")) == ([600], [800])
    assert numbers(text, "rbX")[:2] == pytest.approx([600 - 396 - 48, 0.3])
    assert numbers(text, "rbY")[:2] == pytest.approx([120, 0.2])
    assert numbers(text, "rbRx") == pytest.approx([0.05 * 800 / 600], abs=1e-6)
    assert numbers(text, "rbX")[2:] == pytest.approx([0.34, 0.34, 0.26])
    assert numbers(text, "rbY")[2:] == pytest.approx([0.15, 0.25, 0.25])


def test_a_face_in_pixels_turns_with_the_picture():
    inside = (
        '<rdf:li><mwg-rs:Area stArea:x="160" stArea:y="420" stArea:w="80" stArea:h="48" stArea:unit="pixel"/></rdf:li>'
    )
    text, gone = moved(
        Geometry(90),
        f"<mwg-rs:Regions><mwg-rs:RegionList><rdf:Bag>{inside}</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>",
    )
    assert gone == 0
    assert [numbers(text, f"stArea:{name}") for name in "xywh"] == [[180], [160], [48], [80]]


def test_a_rectangle_that_stands_one_element_deeper_is_moved_once():
    flat = 'MPReg:Rectangle="0.15, 0.66, 0.1, 0.08"/>'
    text, gone = moved(Geometry(90), FACES.replace(flat, f"><rdf:Description {flat}</rdf:li>"))
    assert gone == 0
    assert 'Rectangle="0.26, 0.15, 0.08, 0.1"' in text


def test_faces_are_cropped_with_the_picture():
    text, gone = moved(Geometry(crop=(100, 300, 400, 300)))
    assert gone == 1
    assert "Albert" not in text
    assert numbers(text, "stArea:x") == pytest.approx([0.15])
    assert numbers(text, "stArea:y") == pytest.approx([0.4])
    assert numbers(text, "stArea:w") == pytest.approx([0.2])
    assert 'Rectangle="0.05, 0.32, 0.2, 0.16"' in text


def test_marks_that_are_all_cropped_away_leave_nothing_behind():
    text, gone = moved(Geometry(crop=(300, 0, 300, 200)))
    assert gone == 6
    for name in ("Regions", "RegionInfo", "ImageRegion", "Marie", "AppliedToDimensions"):
        assert f":{name}" not in text
        assert f">{name}<" not in text


def test_a_region_that_cannot_be_read_is_not_left_to_lie():
    for broken in ("0.15 x", "nan 0 1 1", "0.1, 0.1, 0.1"):
        inside = FACES.replace("0.15, 0.66, 0.1, 0.08", broken)
        text, gone = moved(Geometry(90), inside)
        assert gone == 1
        assert broken not in text


@pytest.mark.parametrize("orientation", range(1, 9))
def test_faces_of_a_photo_that_exif_turns_are_counted_before_it_is(orientation, tmp_path):
    """What EXIF says of the picture and what Pillow does with it agree."""
    stored = np.zeros((6, 8), np.uint8)
    stored[4, 1] = 255
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(stored).save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as image:
        from PIL.ImageOps import exif_transpose

        turned = np.asarray(exif_transpose(image))
    assert stored_size(orientation, turned.shape) == stored.shape
    x, y = upright(orientation, turned.shape)(1.5, 4.5)
    assert turned[int(y), int(x)] == 255


def test_a_photo_and_its_faces_are_turned_together():
    exif = Image.Exif()
    exif[274] = 6
    meta = PhotoMeta(embedded=Metadata(exif=exif.tobytes()[6:], xmp=packet()))
    photo = Photo(np.zeros((800, 600), np.uint8), meta)  # as stored it is 800 wide
    result = applied(photo, Geometry(270))  # and is so again
    assert result.meta.embedded.xmp is not None
    text = result.meta.embedded.xmp.decode()
    assert numbers(text, "stArea:x") == pytest.approx([0.2, 0.9])
    assert numbers(text, "stArea:y") == pytest.approx([0.7, 0.5])
    assert result.meta.notes == ()
    again = applied(result, Geometry(180))
    assert again.meta.embedded.xmp is not None
    assert numbers(again.meta.embedded.xmp.decode(), "stArea:x") == pytest.approx([0.8, 0.1])
    cut = applied(photo, Geometry(crop=(0, 0, 300, 400)))
    assert "2 faces" in cut.meta.notes[0] or "cropped away" in cut.meta.notes[0]


def test_a_packet_without_regions_is_told_apart():
    assert has_regions(Packet(packet()))
    assert not has_regions(Packet(packet("")))


def test_faces_of_a_photo_on_its_side_are_made_upright_with_it():
    exif = Image.Exif()
    exif[274] = 6
    turned, left = Packet(packet()), Packet(packet())
    make_upright(turned, exif.tobytes()[6:], (800, 600))
    assert numbers(turned.to_bytes().decode(), "stArea:x") == pytest.approx([0.3, 0.5])
    make_upright(left, None, (600, 800))
    make_upright(left, b"II*\0broken", (600, 800))
    assert numbers(left.to_bytes().decode(), "stArea:x") == [0.2, 0.9]
