"""Model cards on real, tiny safetensors files."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from handtint import paths
from handtint.errors import ModelError
from handtint.model_card import CARD_KEY, ModelCard, find_model, list_models, read_card
from tests.fakes import fake_card


def write_model(path: Path, card: ModelCard | None = None, metadata: dict[str, str] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if metadata is None:
        metadata = {CARD_KEY: (card or fake_card()).to_json()}
    save_file({"weight": np.arange(64, dtype=np.float16)}, path, metadata)
    return path


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `bundled` and `user` models in place of the real ones."""
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: tmp_path / "bundled")
    monkeypatch.setattr(paths, "user_models_dir", lambda: tmp_path / "user")
    return tmp_path


def test_a_card_comes_back_from_the_file_as_it_was_written(tmp_path: Path) -> None:
    card = dataclasses.replace(fake_card(), trained_on="Größe, 写真", parent="unet 12ab", recipe={"epochs": 3})
    back = read_card(write_model(tmp_path / "model.safetensors", card))
    assert back == card
    assert back.sha256 == card.sha256


def test_reading_a_card_does_not_import_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # an import of it now fails
    assert read_card(write_model(tmp_path / "model.safetensors")).name == "fake"


def test_the_hash_changes_with_anything_on_the_card() -> None:
    assert fake_card().sha256 != dataclasses.replace(fake_card(), metrics={"psnr": 21.1}).sha256


def test_a_truncated_model_is_called_incomplete(tmp_path: Path) -> None:
    path = write_model(tmp_path / "half.safetensors")
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ModelError, match=rf'"half.safetensors" is incomplete: {whole - 50} bytes .* {whole} '):
        read_card(path)


def test_a_model_with_bytes_too_many_is_called_damaged(tmp_path: Path) -> None:
    path = write_model(tmp_path / "long.safetensors")
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(ModelError, match="damaged"):
        read_card(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 7,
        b"\xff\xd8\xff\xe0 a photo, not a model" * 10,
        (2**62).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{{",
        (20).to_bytes(8, "little") + b"\xff" * 20,
        (5000).to_bytes(8, "little") + b"[" * 5000,
    ],
    ids=["empty", "short", "jpeg", "huge header", "no json", "no text", "nested"],
)
def test_what_is_no_model_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thing.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r'"thing\.safetensors" is not a Handtint model'):
        read_card(path)


def test_a_tensor_without_offsets_is_a_damaged_header(tmp_path: Path) -> None:
    header = json.dumps({"weight": {"dtype": "F16"}, "__metadata__": {CARD_KEY: fake_card().to_json()}}).encode()
    path = tmp_path / "odd.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ModelError, match="header is damaged"):
        read_card(path)


@pytest.mark.parametrize("end", ["Infinity", "1e999", "[]", "null"])
def test_an_offset_that_is_no_number_is_a_damaged_header(shelf: Path, end: str) -> None:
    header = f'{{"weight": {{"data_offsets": [0, {end}]}}, "__metadata__": {{"card": "{{}}"}}}}'.encode()
    path = shelf / "user" / "odd.safetensors"
    good = write_model(shelf / "user" / "good.safetensors")
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ModelError, match="header is damaged"):
        read_card(path)
    assert [model.path for model in list_models()] == [good]  # one such file does not hide the others


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_no_model_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.safetensors")
    with pytest.raises(ModelError, match="a pipe or a device"):
        read_card(tmp_path / "pipe.safetensors")


def test_weights_without_a_card_are_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="without a model card"):
        read_card(write_model(tmp_path / "bare.safetensors", metadata={"format": "pt"}))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": 5}, "name must be a text"),
        ({"working_size": True}, "working_size must be a whole number"),
        ({"working_size": 0}, "working_size must be from 1 to 1024"),
        ({"working_size": 10_000_000}, "working_size must be from 1 to 1024"),
        ({"arguments": []}, "arguments must be an object"),
        ({"arguments": {"closer_look": "2"}}, "closer_look must be a number from 1"),
        ({"arguments": {"closer_look": float("nan")}}, "closer_look must be a number from 1"),
        ({"arguments": {"closer_look": 1e6}}, "with working_size at most 1024"),
        ({"parent": 3}, "parent must be a text or null"),
        ({"task": 7}, "task must be a text"),
        ({"from_the_future": 1}, "from_the_future"),
        ({"use_when": "half a letter: \ud800"}, "surrogates not allowed"),
    ],
)
def test_a_card_of_another_shape_is_refused(tmp_path: Path, change: dict, complaint: str) -> None:
    card = json.dumps(dataclasses.asdict(fake_card()) | change)
    path = write_model(tmp_path / "new.safetensors", metadata={CARD_KEY: card})
    with pytest.raises(ModelError, match=complaint):
        read_card(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=os.strerror(errno.ENOENT)):
        read_card(tmp_path / "none.safetensors")


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not be read"):
        find_model(str((tmp_path / "x.safetensors").mkdir() or tmp_path / "x.safetensors"))


def test_models_are_listed_bundled_first_and_broken_ones_left_out(shelf: Path) -> None:
    write_model(shelf / "user" / "a.safetensors", fake_card("mine"))
    write_model(shelf / "bundled" / "b.safetensors", fake_card("unet"))
    write_model(shelf / "bundled" / "a.safetensors", fake_card("resnet18gray"))
    (shelf / "user" / "broken.safetensors").write_bytes(b"no model")
    listed = list_models()
    assert [model.card.name for model in listed] == ["resnet18gray", "unet", "mine"]
    assert listed[0].size_bytes == listed[0].path.stat().st_size


def test_a_card_for_coloring_says_nothing_of_a_task_so_that_its_hash_stays() -> None:
    assert "task" not in json.loads(fake_card().to_json())
    finder = dataclasses.replace(fake_card(), task="damage")
    assert json.loads(finder.to_json())["task"] == "damage"
    assert ModelCard.from_json(finder.to_json()) == finder
    assert ModelCard.from_json(fake_card().to_json()) == fake_card()
    unet = find_model("unet")  # as it ships: results and albums carry this hash
    stored = json.dumps(_stored_card(unet.path), ensure_ascii=False, sort_keys=True)
    assert unet.card.sha256 == hashlib.sha256(stored.encode()).hexdigest()


def _stored_card(path: Path) -> dict:
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return json.loads(header["__metadata__"][CARD_KEY])


def test_models_for_another_task_are_neither_listed_nor_found(shelf: Path) -> None:
    write_model(shelf / "bundled" / "a.safetensors", fake_card("unet"))
    path = write_model(shelf / "bundled" / "b.safetensors", dataclasses.replace(fake_card("spots"), task="damage"))
    assert [model.card.name for model in list_models()] == ["unet"]
    assert [model.card.name for model in list_models("damage")] == ["spots"]
    with pytest.raises(ModelError, match="no model named"):
        find_model("spots")
    with pytest.raises(ModelError, match="made for finding damage, not for coloring"):
        find_model(str(path))
    assert find_model("spots", "damage").path == path


def test_no_model_folder_is_an_empty_list(shelf: Path) -> None:
    assert list_models() == []


def test_a_model_is_found_by_name_and_by_path(shelf: Path) -> None:
    path = write_model(shelf / "bundled" / "file name says nothing.safetensors", fake_card("unet"))
    elsewhere = write_model(shelf / "else" / "tuned", fake_card("tuned"))
    assert find_model("unet").path == path
    assert find_model(str(elsewhere)).card.name == "tuned"


def test_a_misspelt_name_is_answered_with_the_nearest_one(shelf: Path) -> None:
    write_model(shelf / "bundled" / "a.safetensors", fake_card("unet"))
    write_model(shelf / "bundled" / "b.safetensors", fake_card("resnet18gray"))
    with pytest.raises(ModelError, match='Did you mean "resnet18gray"'):
        find_model("resnet18-gray")
    with pytest.raises(ModelError, match="There are: unet, resnet18gray"):
        find_model("zzz")
