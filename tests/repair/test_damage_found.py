"""What is found, at which sensitivity, and what a person changes about it."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from handtint.imaging.photo import Photo
from handtint.imaging.rows import Rows
from handtint.progress import Cancelled, Progress
from handtint.recipe.damage import ADD, ERASE, LEAVE, PAINT, Damage, DamageError, Edit, check_inside
from handtint.recipe.form import from_json, to_json
from handtint.repair.damage import finding
from handtint.repair.damage.finding import Found, automatic, damaged, find, without_damage
from handtint.repair.damage.places import Places
from tests.repair.finders import Bright

SEEN = finding._MOST_SEEN_CLOSELY  # by photos that are not fine scans


def scan(height: int = 90, width: int = 120, dtype: type = np.uint8) -> np.ndarray:
    """A gray field with three white specks, of different brightness."""
    pixels = np.full((height, width), 100, np.uint8)
    pixels[20:24, 30:34] = 255
    pixels[50:53, 80:83] = 253
    pixels[70:72, 10:12] = 205
    return pixels if dtype is np.uint8 else (pixels.astype(np.uint16) * 257)


def found_in(pixels: np.ndarray) -> Found:
    return find(Photo(pixels), Bright(), Progress())


def mask_of(found: Found, damage: Damage, pixels: np.ndarray | None = None) -> np.ndarray:
    """(h, w) bool, what counts as damage."""
    seen = np.full(found.places.size, 100, np.uint8) if pixels is None else pixels
    return damaged(found, damage, Photo(seen)).mask()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_the_network_is_sure_of_is_found_where_it_is(dtype: type) -> None:
    found = found_in(scan(dtype=dtype))
    assert np.array_equal(mask_of(found, Damage(50)), scan() > 230)


def test_more_sensitivity_finds_more_and_none_finds_nothing() -> None:
    found = found_in(scan())
    counts = [int(mask_of(found, Damage(s)).sum()) for s in (0, 10, 50, 90)]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == (scan() > 150).sum()


def test_a_large_scan_is_found_the_same_in_tiles_as_at_once() -> None:
    pixels = np.full((1700, 2100), 100, np.uint8)
    rng = np.random.default_rng(0)
    for y, x in zip(rng.integers(0, 1690, 90), rng.integers(0, 2090, 90), strict=True):
        pixels[y : y + 5, x : x + 3] = 255
    bottom, right = (finding._windows(side, most)[0][2] for side, most in zip(pixels.shape, SEEN, strict=True))
    pixels[bottom - 8 : bottom + 8, right - 8 : right + 12] = 255  # where tiles meet
    assert np.array_equal(mask_of(found_in(pixels), Damage(50)), pixels == 255)


def test_a_network_sees_a_margin_around_each_tile() -> None:
    class Nosy(Bright):
        def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
            """Certain of what lies 24 pixels below something bright."""
            return np.roll(super().chances(lightness), 24, axis=0)

    pixels = np.full((1600, 300), 100, np.uint8)
    bottom = finding._windows(1600, SEEN[0])[0][2]
    pixels[bottom - 8 : bottom - 4, 100:110] = 255
    pixels[bottom + 16 : bottom + 20, 100:110] = 125
    found = find(Photo(pixels), Nosy(), Progress())
    assert mask_of(found, Damage(50))[bottom + 16 : bottom + 20, 100:110].all()


@pytest.mark.parametrize("most", [368, 560])
@pytest.mark.parametrize("length", [1, 63, 64, 65, 560, 561, 1000, 3000, 59_999])
def test_windows_tell_of_each_pixel_once_see_around_it_and_are_alike(length: int, most: int) -> None:
    windows = finding._windows(length, most)
    ends = [end for _, _, end in windows]
    assert [begin for _, begin, _ in windows] == [0, *ends[:-1]]
    assert ends[-1] == length
    for seen, begin, end in windows:
        assert seen.start % finding._GRID == 0
        assert seen.stop - seen.start <= most
        assert begin == 0 or begin - seen.start >= finding._MARGIN
        assert end == length or seen.stop - end >= finding._MARGIN
    assert len({-(-(seen.stop - seen.start) // finding._GRID) for seen, _, _ in windows}) == 1


@pytest.mark.parametrize("tone", [96, 103, 255])
def test_what_hardly_differs_from_what_is_around_does_not_count_as_damage(tone: int) -> None:
    class Broad(Bright):
        def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
            """Certain of a line that is a pixel wider, to each side, than what is there."""
            chances = np.zeros(lightness.shape, np.uint8)
            chances[29:33] = 255
            return chances

    pixels = np.full((60, 80), 100, np.uint8)
    pixels[30:32] = tone
    found = find(Photo(pixels), Broad(), Progress())
    assert np.array_equal(mask_of(found, Damage(50)), pixels == 255)
    assert finding.doubtful(found).mask()[29:33].all()  # but nothing is filled from there


def test_wide_damage_is_found_in_the_smaller_copy() -> None:
    class Nearsighted(Bright):
        """Sees only what is under 40 pixels wide, as a network that sees little at once."""

        def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
            chances = super().chances(lightness)
            wide = (chances > 0).sum(1).max() >= 40
            return chances * np.uint8(not wide)

    pixels = np.full((900, 1600), 100, np.uint8)
    pixels[400:480, 700:800] = 255
    mask = mask_of(find(Photo(pixels), Nearsighted(), Progress()), Damage(50))
    assert np.array_equal(mask, pixels == 255)


@pytest.mark.parametrize(("width", "closely"), [(1400, {True}), (2900, {True, False})])
def test_a_fine_scan_is_looked_at_closely_in_its_smaller_copy_only(width: int, closely: set[bool]) -> None:
    looks = []

    class Recorded(Bright):
        def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
            looks.append(closely)
            return super().chances(lightness)

    find(Photo(np.full((40, width), 100, np.uint8)), Recorded(), Progress())
    assert set(looks) == closely


def test_a_photo_read_in_bands_is_read_once_from_top_to_bottom() -> None:
    pixels, read = scan(1700, 120), []

    def make(top: int, stop: int) -> np.ndarray:
        read.append(top)
        return pixels[top:stop]

    rows = Rows(pixels.shape, np.uint8, 50, make)
    assert np.array_equal(mask_of(find(Photo(rows), Bright(), Progress()), Damage(50)), pixels > 230)
    assert read == sorted(set(read))


def test_a_click_leaves_a_find_alone() -> None:
    found = found_in(scan())
    click = Edit(LEAVE, ((32.0, 22.0),), 1)
    left = mask_of(found, Damage(50, (click,)))
    assert not left[20:24, 30:34].any()
    assert left[50:53, 80:83].all()


def test_a_click_adds_what_might_be_damage_as_far_as_it_reaches() -> None:
    found = found_in(scan())
    assert not mask_of(found, Damage(20))[70:72, 10:12].any()
    mask = mask_of(found, Damage(20, (Edit(ADD, ((11.0, 71.0),), 1),)))
    assert mask[70:72, 10:12].all()
    assert mask[:, :40].sum() == 4 + 16


def test_a_click_where_nothing_was_seen_adds_a_spot() -> None:
    mask = mask_of(found_in(scan()), Damage(0, (Edit(ADD, ((60.5, 60.5),), 2),)))
    assert mask[60, 60]
    assert mask.sum() == 13


@pytest.mark.parametrize("value", [160, 60])
def test_a_click_on_what_stands_out_adds_all_of_it(value: int) -> None:
    pixels = np.random.default_rng(0).normal(110, 2, (90, 120)).round().astype(np.uint8)
    pixels[40:45, 50:58] = value
    click = Damage(0, (Edit(ADD, ((52.0, 42.0),), 3),))
    mask = mask_of(Found.nothing((90, 120)), click, pixels)
    assert mask[40:45, 50:58].all()
    assert mask.sum() <= 7 * 10  # and its rim


@pytest.mark.parametrize(
    "pixels",
    [
        np.random.default_rng(0).integers(0, 255, (90, 120)).astype(np.uint8),
        np.where(np.arange(120)[None] < 60, 40, 200).repeat(90, 0).astype(np.uint8),
    ],
    ids=["texture", "an edge"],
)
def test_a_click_where_nothing_small_stands_out_adds_a_dot(pixels: np.ndarray) -> None:
    mask = mask_of(Found.nothing((90, 120)), Damage(0, (Edit(ADD, ((60.5, 60.5),), 2),)), pixels)
    assert mask.sum() == 13


def test_clicks_and_strokes_count_in_their_order_whatever_is_read_first() -> None:
    found = found_in(scan())
    low, high = Edit(ADD, ((11.0, 71.0),), 1), Edit(ADD, ((32.0, 22.0),), 1)
    erase = Edit(ERASE, ((11.0, 71.0),), 5)
    assert not mask_of(found, Damage(0, (low, erase, high)), scan())[66:76, 6:16].any()
    assert mask_of(found, Damage(0, (erase, low, high)), scan())[70:72, 10:12].all()


def test_strokes_paint_and_erase_in_their_order() -> None:
    found = Found.nothing((40, 40))
    paint, erase = Edit(PAINT, ((5.0, 20.0), (35.0, 20.0)), 3), Edit(ERASE, ((20.0, 20.0),), 6)
    mask = mask_of(found, Damage(0, (paint, erase)))
    assert mask[20, 8]
    assert not mask[20, 20]
    assert mask_of(found, Damage(0, (erase, paint)))[20, 20]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Damage(150), "from 0 to 100"),
        (lambda: Damage(float("nan")), "from 0 to 100"),
        (lambda: Edit(PAINT, (), 3), "needs a place"),
        (lambda: Edit(PAINT, ((5.0, 5.0),), 0), "radius"),
        (lambda: Edit(PAINT, ((float("inf"), 5.0),), 2), "needs a place"),
        (lambda: Edit("smear", ((5.0, 5.0),), 2), "smear"),
        (lambda: Damage(50, (Edit(PAINT, ((1.0, 1.0),) * 20_001),)), "20,000 points"),
        (lambda: Damage(50, (Edit(PAINT, ((1.0, 1.0), (1e12, 1.0))),)), "too long or too wide"),
        (lambda: Damage(50, (Edit(PAINT, ((1.0, 1.0),), 1e9),)), "too long or too wide"),
        (lambda: Damage(50, (Edit(PAINT, ((1.0, 1.0),) * 9000, 300.0),)), "too long or too wide"),
    ],
)
def test_what_cannot_be_asked_is_said(make: Callable[[], object], words: str) -> None:
    with pytest.raises(DamageError, match=words):
        make()


def test_a_mark_outside_the_photo_is_refused_and_one_over_its_edge_is_not() -> None:
    found = found_in(scan())
    with pytest.raises(DamageError, match=r"outside aunt\.png, which is 120 x 90"):
        check_inside(Damage(50, (Edit(PAINT, ((500.0, 10.0),), 3),)), (90, 120), "aunt.png")
    check_inside(Damage(0, (Edit(PAINT, ((121.0, 10.0),), 3),)), (90, 120))
    assert mask_of(found, Damage(0, (Edit(PAINT, ((121.0, 10.0),), 3),)))[10, 119]


def test_what_a_person_asked_for_survives_json() -> None:
    asked = Damage(50, (Edit(PAINT, ((5.0, 6.5), (7.0, 8.0)), 3.0), Edit(LEAVE, ((1.0, 2.0),))))
    assert from_json(Damage, json.loads(json.dumps(to_json(asked)))) == asked
    assert to_json(Damage()).keys() == {"version"}


def test_a_photo_is_repaired_where_damage_was_found_and_nowhere_else() -> None:
    pixels = scan()
    result = np.asarray(without_damage(Photo(pixels), found_in(pixels), Damage(50), Progress()).pixels)
    assert np.array_equal(result != pixels, pixels > 230)
    assert np.abs(result[pixels > 230].astype(int) - 100).max() <= 1
    assert without_damage(Photo(pixels), found_in(pixels), Damage(), Progress()).pixels is pixels


def test_by_itself_a_photo_is_repaired_only_where_much_surely_is_damaged() -> None:
    assert automatic(found_in(scan())) != Damage()
    assert automatic(found_in(np.minimum(scan(), 235))) == Damage()
    assert automatic(Found.nothing((50, 50))) == Damage()
    pattern = scan()
    pattern[::4] = 255
    assert automatic(found_in(pattern)) == Damage()
    doubtful_pattern = scan()
    doubtful_pattern[5::20] = 254  # between the specks: not sure enough to be repaired
    surely = mask_of(found_in(doubtful_pattern), Damage(finding.AUTO_SENSITIVITY))
    assert surely.sum() == 16
    assert automatic(found_in(doubtful_pattern)) == Damage()


def test_by_itself_no_star_is_taken_out_of_a_night_sky() -> None:
    def night(level: int) -> np.ndarray:
        return np.where(scan() > 230, scan(), level).astype(np.uint8)

    assert found_in(night(20)).dark > 0.9
    assert automatic(found_in(night(20))) == Damage()
    assert automatic(found_in(night(80))) != Damage()


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1)])
@pytest.mark.parametrize("value", [0, 128])
def test_a_photo_of_any_shape_and_tone_is_looked_at(shape: tuple[int, int], value: int) -> None:
    assert not mask_of(found_in(np.full(shape, value, np.uint8)), Damage(50)).any()


def test_looking_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        find(Photo(scan()), Bright(), Progress(is_cancelled=lambda: True))


def test_what_was_found_costs_memory_only_where_there_is_damage() -> None:
    found = found_in(scan(900, 1200))
    assert found.chances.nbytes + found.places.numbers.nbytes < 1000


def test_places_of_nothing_found_are_none() -> None:
    assert not mask_of(Found.nothing((10, 10)), Damage(100)).any()
    assert Found.nothing((10, 10)).places.size == Places.none((10, 10)).size
