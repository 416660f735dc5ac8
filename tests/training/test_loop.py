"""The training loop on small networks: what it saves, how it goes on, and what it says when it cannot."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

from handtint.engine.models import load_model
from handtint.progress import Cancelled, Progress
from tests.training.small import album, landscape, photo_set, recipe, recipe_file
from training import checkpoint, loop
from training.__main__ import main
from training.checkpoint import CheckpointError
from training.config import Recipe, RecipeError, load_recipe
from training.distributed import Ranks
from training.learning.learner import TrainingError
from training.learning.step import Step
from training.loop import fit
from training.photos.found import DataError
from training.photos.selection import held_out, is_tinted
from training.schedule import Budget, rate_factor, stage_at
from training.survey import survey

# Runs the trainer in a process of its own that reports and saves after every step.
EAGER = """
import sys
import torch
torch.set_num_threads(1)
from training import loop
from training.__main__ import main
loop.SAVE_EVERY_S = loop.REPORT_EVERY_S = 0.0
sys.exit(main(sys.argv[1:]))
"""
# The same, but it waits to be killed before it comes to its end.
ENDLESS = EAGER.replace(
    "sys.exit",
    """
import json
import time
def write(text, to=sys.stdout.write):
    if '"event": "saved"' in text and json.loads(text)["step"] >= 10:
        time.sleep(600)
    return to(text)
sys.stdout.write = write
sys.exit""",
)
# Holds a lock as a trainer does, until it is killed.
HOLDS = """
import sys
import time
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""
REPEATABLE = {"precision": "float32", "freeze_batch_norm": True, "aging": 0.0}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def assert_same_tensors(one: Path, other: Path) -> None:
    left, right = load_file(one), load_file(other)
    assert left.keys() == right.keys()
    assert [key for key in left if not torch.equal(left[key], right[key])] == []


def counters(run: Path) -> dict[str, Any]:
    with safe_open(run / checkpoint.NAME, "pt") as file:
        return json.loads(file.metadata()["training"])["counters"]


def log(run: Path, kind: str) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [event for event in events if event["event"] == kind]


def stop_after(times: int) -> Progress:
    """Stops when asked more often; the training asks before every step, and may ask after a validation."""
    asked = iter(range(10**9))
    return Progress(is_cancelled=lambda: next(asked) >= times)


def test_a_killed_training_goes_on_to_the_weights_of_one_never_stopped(tmp_path) -> None:
    photos = str(album(tmp_path / "album", 28))
    common = ["fit", str(recipe_file(tmp_path)), "--data", photos, "--epochs", "3", "--device", "cpu"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, *common, "--out", str(killed), "--json"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "saved" and event["step"] >= 6:
            break
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()
    saved = counters(killed)
    assert 6 <= saved["steps"] < 14
    assert main([*common, "--out", str(killed)]) == 0
    assert f"Going on from step {saved['steps']} " in log(killed, "note")[-1]["text"]
    assert main([*common, "--out", str(whole)]) == 0
    assert counters(whole)["drawn"] >= 3 * 26
    assert_same_tensors(killed / checkpoint.NAME, whole / checkpoint.NAME)
    assert_same_tensors(killed / "small.safetensors", whole / "small.safetensors")
    first, second = counters(killed), counters(whole)
    assert {k: first[k] for k in ("steps", "drawn", "best")} == {k: second[k] for k in ("steps", "drawn", "best")}


def test_a_stopped_training_is_saved_and_goes_on_to_the_same_weights(tmp_path) -> None:
    chosen, photos, budget = recipe(tmp_path), photo_set(), Budget(epochs=3)
    with pytest.raises(Cancelled):
        fit(chosen, photos, tmp_path / "stopped", budget, progress=stop_after(5))
    steps = counters(tmp_path / "stopped")["steps"]
    assert 0 < steps <= 5
    assert log(tmp_path / "stopped", "stopped")[-1]["step"] == steps
    fit(chosen, photos, tmp_path / "stopped", budget)
    fit(chosen, photos, tmp_path / "whole", budget)
    assert_same_tensors(tmp_path / "stopped" / checkpoint.NAME, tmp_path / "whole" / checkpoint.NAME)


def test_time_trained_is_carried_over_when_minutes_are_given(tmp_path) -> None:
    chosen, photos = recipe(tmp_path), photo_set()
    before: list[float] = []
    after: list[float] = []
    asked = iter(range(10**9))
    first = Progress(lambda fraction, _: before.append(fraction), lambda: next(asked) >= 4)
    with pytest.raises(Cancelled):
        fit(chosen, photos, tmp_path / "run", Budget(minutes=10), progress=first)
    again = iter(range(10**9))
    second = Progress(lambda fraction, _: after.append(fraction), lambda: next(again) >= 2)
    with pytest.raises(Cancelled):
        fit(chosen, photos, tmp_path / "run", Budget(minutes=10), progress=second)
    assert 0 < before[-1] <= after[0] < 0.5


def test_a_pause_saves_and_changes_nothing(tmp_path) -> None:
    chosen, photos, budget = recipe(tmp_path), photo_set(), Budget(epochs=1)
    answers = iter([False, False, True, True, True])
    events: list[dict[str, Any]] = []
    fit(chosen, photos, tmp_path / "a", budget, is_paused=lambda: next(answers, False), report=events.append)
    kinds = [event["event"] for event in events]
    assert kinds[kinds.index("paused") - 1] == "saved"
    assert kinds[kinds.index("paused") + 1] == "resumed"
    fit(chosen, photos, tmp_path / "b", budget)
    assert_same_tensors(tmp_path / "a" / checkpoint.NAME, tmp_path / "b" / checkpoint.NAME)


def test_two_processes_learn_what_one_would(tmp_path) -> None:
    photos = str(album(tmp_path / "album", 28))
    common = ["fit", str(recipe_file(tmp_path, **REPEATABLE)), "--data", photos, "--epochs", "1", "--device", "cpu"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": "1"}
    if sys.platform == "linux":
        group["GLOO_SOCKET_IFNAME"] = "lo"
    reporting = EAGER.replace("loop.SAVE_EVERY_S = ", "")
    command = [sys.executable, "-c", reporting, *common, "--out", str(tmp_path / "two")]
    ranks = [subprocess.Popen(command, env={**os.environ, **group, "RANK": str(rank)}) for rank in range(2)]
    try:
        assert [rank.wait(300) for rank in ranks] == [0, 0]
    finally:
        for rank in ranks:
            rank.kill()
            rank.wait()
    two = [event["loss"] for event in log(tmp_path / "two", "step")]
    one = losses(fit, load_recipe(common[1]), survey([Path(photos)], 64, lambda _: None), tmp_path / "one", 1)
    assert len(one) == len(two) >= 5
    assert one == pytest.approx(two, rel=1e-4)
    assert one[0] != one[-1]


def losses(train: Callable[..., Path], chosen: Recipe, photos: Any, out: Path, epochs: float) -> list[float]:
    """Loss of every step."""
    before, loop.REPORT_EVERY_S = loop.REPORT_EVERY_S, 0.0
    try:
        train(chosen, photos, out, Budget(epochs=epochs))
    finally:
        loop.REPORT_EVERY_S = before
    return [event["loss"] for event in log(out, "step")]


def test_each_rank_takes_its_share_of_a_batch(tmp_path) -> None:
    shares = [list(Ranks(rank, 3).share(8)) for rank in range(3)]
    assert [photo for share in shares for photo in share] == list(range(8))
    assert {len(share) for share in shares} == {2, 3}
    with pytest.raises(TrainingError, match="cannot be shared among 5"):
        fit(recipe(tmp_path), photo_set(), tmp_path / "run", Budget(epochs=1), ranks=Ranks(0, 5))


def test_out_of_memory_halves_what_is_seen_at_once_and_keeps_the_batch(tmp_path, monkeypatch) -> None:
    chosen, photos = recipe(tmp_path, **REPEATABLE), photo_set()
    whole = losses(fit, chosen, photos, tmp_path / "whole", 2)
    seen: list[int] = []
    forward = Step.forward

    def small_memory(self: Step, model: Any, inputs: Any) -> Any:
        if torch.is_grad_enabled():
            if len(inputs) > 3:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
            seen.append(len(inputs))
        return forward(self, model, inputs)

    monkeypatch.setattr(Step, "forward", small_memory)
    parts = losses(fit, chosen, photos, tmp_path / "parts", 2)
    assert set(seen) == {2}
    assert [event["event"] for event in log(tmp_path / "parts", "note")] == ["note", "note"]
    assert parts == pytest.approx(whole, rel=1e-4)


def test_a_photo_too_large_for_the_memory_is_said(tmp_path, monkeypatch) -> None:
    def no_memory(*_: object) -> None:
        raise RuntimeError("MPS backend out of memory")

    monkeypatch.setattr(Step, "forward", no_memory)
    chosen = recipe(tmp_path, loss="mse")
    with pytest.raises(TrainingError, match="not enough memory to train on a single photo of 32 pixels"):
        fit(chosen, photo_set(), tmp_path / "run", Budget(epochs=1))


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_model(tmp_path, monkeypatch) -> None:
    true_losses = Step.losses
    calls = iter(range(10**9))

    def broken(self: Step, *arguments: Any) -> Any:
        loss, parts = true_losses(self, *arguments)
        return (loss * float("nan") if next(calls) == 6 else loss), parts

    monkeypatch.setattr(Step, "losses", broken)
    run = tmp_path / "run"
    with pytest.raises(TrainingError, match=r"step 6: the loss is no longer a number. The best model so far is kept"):
        fit(recipe(tmp_path), photo_set(), run, Budget(epochs=4))
    model, _ = load_model(run / "small.safetensors")
    assert all(bool(torch.isfinite(value).all()) for value in model.state_dict().values())
    assert all(bool(torch.isfinite(value).all()) for value in load_file(run / checkpoint.NAME).values())


def test_a_full_disk_leaves_the_checkpoint_as_it_was_and_training_goes_on(tmp_path, monkeypatch) -> None:
    chosen, photos, run = recipe(tmp_path), photo_set(), tmp_path / "run"
    with pytest.raises(Cancelled):
        fit(chosen, photos, run, Budget(epochs=2), progress=stop_after(2))
    before = (run / checkpoint.NAME).read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(
            CheckpointError, match=r"the disk is full .* MB needed, .* The one saved before is unchanged"
        ):
            fit(chosen, photos, run, Budget(epochs=2), progress=stop_after(2))
    assert (run / checkpoint.NAME).read_bytes() == before
    assert list(run.glob(".*")) == []

    failures = iter([True] * 3)
    fsync = os.fsync
    monkeypatch.setattr("os.fsync", lambda file: full(0) if next(failures, False) else fsync(file))
    monkeypatch.setattr(loop, "SAVE_EVERY_S", 0.0)
    notes: list[str] = []
    fit(chosen, photos, run, Budget(epochs=2), report=lambda event: notes.append(event["text"]))
    assert sum("the disk is full" in note and note.endswith("Training goes on.") for note in notes) == 3
    assert counters(run)["drawn"] >= 48


def test_what_a_killed_process_left_half_written_is_removed(tmp_path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / ".last.safetensors.123.part").write_bytes(b"half")
    fit(recipe(tmp_path), photo_set(), run, Budget(epochs=0.5))
    assert not list(run.glob(".*"))


def test_a_folder_of_another_training_is_refused_and_left_alone(tmp_path) -> None:
    run = tmp_path / "run"
    with pytest.raises(Cancelled):
        fit(recipe(tmp_path), photo_set(), run, Budget(epochs=1), progress=stop_after(1))
    before = (run / checkpoint.NAME).read_bytes()
    other = recipe(tmp_path, architecture="resnet18_gray", arguments={}, loss="mse")
    with pytest.raises(CheckpointError, match='of the architecture "unet", not "resnet18_gray"'):
        fit(other, photo_set(), run, Budget(epochs=1))
    with pytest.raises(CheckpointError, match=r"learning_rate is 0\.005 there, 0\.001 here"):
        fit(recipe(tmp_path, learning_rate=0.001), photo_set(), run, Budget(epochs=1))
    assert (run / checkpoint.NAME).read_bytes() == before
    (run / checkpoint.NAME).rename(run / "small.safetensors")
    with pytest.raises(CheckpointError, match="no training to go on"):
        fit(recipe(tmp_path), photo_set(), run, Budget(epochs=1))


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", b"\x02\0\0\0\0\0\0\0{}"])
def test_a_damaged_checkpoint_is_said(tmp_path, content) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / checkpoint.NAME).write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged or of another version"):
        fit(recipe(tmp_path), photo_set(), run, Budget(epochs=1))


def test_fp16_scales_gradients_and_keeps_its_scale(tmp_path) -> None:
    chosen = recipe(tmp_path, precision="fp16")
    curve = losses(fit, chosen, photo_set(), tmp_path / "run", 1)
    assert all(value == value for value in curve)
    with safe_open(tmp_path / "run" / checkpoint.NAME, "pt") as file:
        assert json.loads(file.metadata()["training"])["scaler"]["scale"] > 1


def test_a_frozen_batch_norm_keeps_its_statistics(tmp_path) -> None:
    fit(recipe(tmp_path, freeze_batch_norm=True), photo_set(), tmp_path / "run", Budget(epochs=1))
    frozen = load_file(tmp_path / "run" / checkpoint.NAME)
    assert torch.equal(frozen["model.bn1.running_mean"], torch.zeros(8))
    fit(recipe(tmp_path), photo_set(), tmp_path / "other", Budget(epochs=1))
    free = load_file(tmp_path / "other" / checkpoint.NAME)
    assert not torch.equal(free["model.bn1.running_mean"], torch.zeros(8))


def test_flags_change_the_recipe_and_slips_are_told_what_was_meant(tmp_path, capsys) -> None:
    path = str(recipe_file(tmp_path))
    changed = load_recipe(path, ["learning_rate=1e-4", "optimizer=adam", "repeat={}"])
    assert (changed.learning_rate, changed.optimizer) == (1e-4, "adam")
    with pytest.raises(RecipeError, match='did you mean "learning_rate"'):
        load_recipe(path, ["lerning_rate=1e-4"])
    with pytest.raises(RecipeError, match="write key=value"):
        load_recipe(path, ["clip"])
    arguments = ["fit", path, "--data", str(tmp_path), "--out", str(tmp_path / "run"), "--set", "clip=much"]
    assert main(arguments) == 1
    assert "clip must be of type float, not 'much'" in capsys.readouterr().err


def test_what_is_used_and_what_not_is_said_before_training(tmp_path, capsys) -> None:
    folder = album(tmp_path / "album", 26)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    (folder / "cut.png").write_bytes((folder / "photo 00.png").read_bytes()[:700])
    sepia = landscape(3).mean(axis=2, keepdims=True) * [1.0, 0.85, 0.65]
    Image.fromarray(sepia.astype("uint8")).save(folder / "sepia.png")
    arguments = ["fit", str(recipe_file(tmp_path)), "--data", str(folder), "--out", str(tmp_path / "run")]
    assert main([*arguments, "--epochs", "1", "--json", "--device", "cpu"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0]["event"] == "data"
    assert events[0]["photos"] == 26 == events[0]["learning"] + events[0]["held_out"]
    assert events[0]["left_out"] == {"not readable": 2, "tinted": 1}
    assert events[-1]["event"] == "finished"
    assert Path(events[-1]["model"]).is_file()
    looks = [event for event in events if event["event"] == "validation"]
    assert looks[-1]["done"] == 1
    assert looks[0]["best"]


def test_too_few_photos_end_before_training(tmp_path, capsys) -> None:
    folder = album(tmp_path / "album", 3)
    run = tmp_path / "run"
    assert main(["fit", str(recipe_file(tmp_path)), "--data", str(folder), "--out", str(run), "--epochs", "1"]) == 1
    assert "3 color photographs are too few" in capsys.readouterr().err
    assert not run.exists()
    with pytest.raises(DataError, match="No photo fell into the held-out part"):
        survey([album(folder, 24)], 64, lambda _: None, validation_share=0.0)


def test_few_photos_have_a_held_out_part_and_no_learned_one_joins_it_later() -> None:
    digests = [bytes([200 - i, 0, 0, 0]) for i in range(24)]
    few = held_out(digests, 0.05)
    assert sum(few) == 2
    later = held_out([*digests, bytes([1, 0, 0, 0]), bytes([2, 0, 0, 0])], 0.05)
    assert later[:24] == [False] * 24
    assert held_out(digests, 0.0) == [False] * 24


def test_a_tint_is_told_from_color() -> None:
    ramp = torch.linspace(0, 100, 48).repeat(48, 1).numpy()
    assert is_tinted(ramp, ramp * 0.05 + 4, ramp * 0.1 + 8)
    assert not is_tinted(ramp, ramp * 0.01, ramp * 0.01)
    assert not is_tinted(ramp, ramp * 0.05 + 4, ramp.T * 0.4)
    assert not is_tinted(ramp, ramp - 50, 20 - ramp * 0.4)


def test_schedules_follow_photos_or_time() -> None:
    assert Budget(epochs=2).done(100, 100, trained_s=1e9) == 0.5
    assert Budget(minutes=2).done(10**9, 100, trained_s=30) == 0.25
    stages = load_recipe("unet").stages
    assert [stage_at(stages, done).size for done in (0.0, 0.49, 0.51, 1.0)] == [160, 160, 192, 192]
    assert rate_factor(0, 10, 0.0) == pytest.approx(0.1)
    assert rate_factor(500, 10, 0.5) == pytest.approx(0.5)
    assert rate_factor(500, 10, 1.0) == pytest.approx(0.0)
    assert Budget(epochs=12).photos_between_validations(40) == 40
    assert Budget(epochs=3).photos_between_validations(40) == pytest.approx(12)
    assert Budget(minutes=60).seconds_between_validations(2.0) == 300
    assert Budget(minutes=1).seconds_between_validations(0.1) == 6
    assert Budget(minutes=1).seconds_between_validations(3.0) == 30


def test_wrong_lengths_are_wrong_usage(tmp_path) -> None:
    for value in ("0", "-1", "nan", "inf"):
        with pytest.raises(SystemExit) as stopped:
            main(["fit", "unet", "--data", "x", "--out", "y", "--minutes", value])
        assert stopped.value.code == 2


def test_a_second_trainer_in_the_same_folder_says_so_and_touches_nothing(tmp_path, capsys) -> None:
    run = tmp_path / "run"
    command = ["fit", str(recipe_file(tmp_path)), "--data", str(album(tmp_path / "album", 26)), "--out", str(run)]
    command += ["--epochs", "1", "--device", "cpu"]
    run.mkdir()
    first = subprocess.Popen([sys.executable, "-c", HOLDS, str(run / ".lock")], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        assert main(command) == 1
        assert "Another trainer is at work" in capsys.readouterr().err
        assert [path.name for path in run.iterdir()] == [".lock"]
    finally:
        first.kill()
        first.communicate()
    assert main(command) == 0  # the lock went with its process


def test_all_processes_reckon_with_how_long_the_first_one_validated(tmp_path, monkeypatch) -> None:
    asked: list[tuple[float, ...]] = []
    largest = Ranks.largest

    def recorded(self: Ranks, *values: float) -> tuple[float, ...]:
        asked.append(values)
        return largest(self, *values)

    monkeypatch.setattr(Ranks, "largest", recorded)
    fit(recipe(tmp_path), photo_set(), tmp_path / "run", Budget(epochs=2))
    looks = [values[3] for values in asked if len(values) == 4]
    assert looks[0] == 0
    assert looks[-1] > 0
