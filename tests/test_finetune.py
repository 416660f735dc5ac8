"""Teaching a model through the trainer process, and what happens when either side goes away."""

from __future__ import annotations

import argparse
import dataclasses
import errno
import io
import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from handtint import paths
from handtint.cli import finetune as finetune_command
from handtint.engine.architectures import ARCHITECTURES
from handtint.engine.models import build, load_model, save_model
from handtint.errors import ModelError
from handtint.model_card import ModelCard
from handtint.teaching import runs
from handtint.teaching import trainer as trainer_process
from handtint.teaching.runs import FinetuneError, Request, Run
from handtint.teaching.trainer import Trainer, start
from tests.training.small import album, photo_set, recipe
from training.control import Control
from training.learning.learner import Parent, new_card
from training.loop import fit
from training.schedule import Budget
from training.tune import finetune as tune
from training.tune import tuned_recipe


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(paths, "user_models_dir", lambda: tmp_path / "user" / "models")
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: tmp_path / "bundled")
    (tmp_path / "bundled").mkdir()


@pytest.fixture
def parent(tmp_path) -> ModelCard:
    """A bundled model with random weights, called small."""
    card = new_card(recipe(tmp_path, ema=0.5))
    torch.manual_seed(0)
    save_model(tmp_path / "bundled" / "small.safetensors", build(card), card)
    return card


def trainer_that(monkeypatch, code: str, result: Path | None = None) -> Trainer:
    """A trainer whose program is `code`."""
    monkeypatch.setattr(trainer_process, "_program", lambda: [sys.executable, "-c", textwrap.dedent(code)])
    return Trainer([], result)


def test_a_tuned_model_learns_is_judged_and_joins_the_users_models(tmp_path, parent) -> None:
    events: list[dict] = []
    folder = album(tmp_path / "album", 40)
    changes = ["learning_rate=0.01", "aging=0", "precision=float32"]
    path = tune([folder], tmp_path / "run", Budget(epochs=8), model="small", changes=changes, report=events.append)
    assert path == tmp_path / "user" / "models" / "mine.safetensors"
    _, card = load_model(path)
    assert card.parent == f"small {parent.sha256}"
    assert card.architecture == parent.architecture
    assert card.arguments == json.loads(json.dumps(parent.arguments))
    assert card.trained_on.startswith("drawn landscapes Then tuned on 3")
    assert card.trained_on.endswith(' photos of "album".')
    assert card.metrics["vividness 0"]["ab_mse_mean"] > 0
    last = events[-1]
    assert last["event"] == "finished"
    assert last["verdict"] == "better"
    assert last["high"] < 0
    assert last["new"]["ab_mse_mean"] < last["parent"]["ab_mse_mean"]
    assert last["difference"] == pytest.approx(last["new"]["ab_mse_mean"] - last["parent"]["ab_mse_mean"])
    assert last["text"].startswith('"mine" is better than "small"')
    first_look = next(event for event in events if event["event"] == "validation")
    assert (first_look["step"], first_look["best"]) == (0, False)
    assert (tmp_path / "run" / "samples.jpg").is_file()


def test_tuning_starts_from_the_parents_weights_and_is_gentle(tmp_path, parent) -> None:
    gentle = tuned_recipe(parent, "mine", [tmp_path / "my photos"])
    assert gentle.learning_rate == 1e-4
    assert [stage.size for stage in gentle.stages] == [64]
    assert gentle.aging == recipe(tmp_path).aging
    network, card = load_model(tmp_path / "bundled" / "small.safetensors")
    before = {key: value.clone() for key, value in network.state_dict().items()}
    still = dataclasses.replace(gentle, learning_rate=0.0)
    fit(still, photo_set(), tmp_path / "run", Budget(epochs=0.1), parent=Parent(network, card))
    after = load_file(tmp_path / "run" / "last.safetensors")
    assert torch.equal(after["model.conv1.weight"], before["conv1.weight"])


def test_names_of_bundled_and_own_models_are_not_taken(tmp_path, parent) -> None:
    with pytest.raises(FinetuneError, match="came with Handtint"):
        runs.check_name("small", overwrite=True)
    for name in ("", ".", "../evil", "a/b", "a" * 80, "end."):
        with pytest.raises(FinetuneError, match="cannot be called"):
            runs.check_name(name)
    runs.check_name("Großmutters Album 1931")
    source = tmp_path / "mine.safetensors"
    model, card = load_model(tmp_path / "bundled" / "small.safetensors")
    save_model(source, model, ModelCard(**{**json.loads(card.to_json()), "name": "mine"}))
    installed = runs.install(source)
    assert installed.read_bytes() == source.read_bytes()
    with pytest.raises(FinetuneError, match="already have a model"):
        runs.install(source)
    assert runs.install(source, overwrite=True) == installed
    with pytest.raises(FinetuneError, match="already have"):
        tune([tmp_path], tmp_path / "run", Budget(epochs=1), model="small", name="mine")


def test_a_model_that_cannot_be_installed_stays_safe(tmp_path, parent, monkeypatch) -> None:
    source = tmp_path / "x.safetensors"
    model, card = load_model(tmp_path / "bundled" / "small.safetensors")
    save_model(source, model, ModelCard(**{**json.loads(card.to_json()), "name": "mine"}))
    (tmp_path / "user").write_text("a file where a folder belongs")
    with pytest.raises(FinetuneError, match="It is safe in"):
        runs.install(source)


def test_the_same_request_goes_on_in_the_same_folder(tmp_path) -> None:
    request = Request((tmp_path / "album",), name="mine", minutes=5)
    first = runs.run_for(request)
    assert runs.run_for(request) == first
    assert not first.can_go_on
    (first.folder / "last.safetensors").write_bytes(b"x")
    assert first.can_go_on
    other = runs.run_for(Request((tmp_path / "album",), name="mine", minutes=6))
    assert other.folder.name == "mine 2"
    (first.folder / "result.json").write_text('{"event": "finished"}')
    assert first.result == {"event": "finished"}
    assert runs.run_for(request).folder.name == "mine 3"
    assert {run.folder.name for run in runs.list_runs()} == {"mine", "mine 2", "mine 3"}
    runs.discard(first)
    assert {run.folder.name for run in runs.list_runs()} == {"mine 2", "mine 3"}


def test_a_run_that_cannot_be_noted_down_leaves_nothing_and_is_said(tmp_path, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(runs, "write_whole", full)
    with pytest.raises(FinetuneError, match="Nothing was begun"):
        runs.run_for(Request((tmp_path / "album",), name="mine"))
    assert list(runs.runs_dir().iterdir()) == []


def test_events_are_read_and_the_finished_one_is_kept(tmp_path, monkeypatch) -> None:
    (tmp_path / "last.safetensors").write_bytes(b"of no more use")
    trainer = trainer_that(
        monkeypatch,
        """
        import sys, json
        assert sys.argv[1:] == ["--json", "--control"]
        print(json.dumps({"event": "data", "photos": 30, "text": "30 photos"}), flush=True)
        print("a warning of a library", flush=True)
        print(json.dumps({"event": "finished", "model": "m", "text": "done"}), flush=True)
        """,
        tmp_path / "result.json",
    )
    assert [event["event"] for event in trainer.events()] == ["data", "log", "finished"]
    assert trainer.wait() == 0
    assert json.loads((tmp_path / "result.json").read_text())["model"] == "m"
    assert not (tmp_path / "last.safetensors").exists()
    assert not trainer.is_running


def test_a_trainer_that_dies_is_said_with_its_last_words(monkeypatch) -> None:
    trainer = trainer_that(monkeypatch, "raise MemoryError('no room')")
    events = list(trainer.events())
    assert events[-1]["event"] == "failed"
    assert "exit code 1, MemoryError: no room). You can go on from what was last saved." in events[-1]["text"]
    trainer.wait()


def test_pause_resume_and_stop_reach_the_trainer(monkeypatch) -> None:
    trainer = trainer_that(
        monkeypatch,
        """
        import sys, json
        answers = {"pause": "paused", "resume": "resumed", "stop": "stopped"}
        for line in sys.stdin:
            print(json.dumps({"event": answers[line.strip()]}), flush=True)
            if line == "stop\\n":
                break
        """,
    )
    events = trainer.events()
    trainer.pause()
    assert next(events)["event"] == "paused"
    trainer.resume()
    assert next(events)["event"] == "resumed"
    trainer.stop()
    assert [event["event"] for event in events] == ["stopped"]


def test_a_trainer_that_does_not_stop_is_ended(monkeypatch) -> None:
    trainer = trainer_that(
        monkeypatch,
        """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print('{"event": "note"}', flush=True)
        while True:
            time.sleep(1)
        """,
    )
    monkeypatch.setattr(trainer_process, "_TERMINATE_S", 0.2)
    events = trainer.events()
    assert next(events)["event"] == "note"
    trainer.stop(timeout_s=0.1)
    assert not trainer.is_running
    assert next(events)["event"] == "failed"


def test_a_missing_trainer_is_said(monkeypatch) -> None:
    monkeypatch.setattr(trainer_process, "_program", lambda: ["/nowhere/handtint-train"])
    with pytest.raises(FinetuneError, match="Reinstall Handtint"):
        Trainer([])


def test_the_frozen_app_starts_the_trainer_beside_it(monkeypatch, tmp_path) -> None:
    assert trainer_process._program() == [sys.executable, "-m", "training"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "handtint"))
    assert Path(trainer_process._program()[0]).parent == tmp_path
    assert Path(trainer_process._program()[0]).stem == "handtint-train"


def test_a_missing_parent_is_said_before_anything_is_started(tmp_path) -> None:
    run = Run(tmp_path / "run", Request((tmp_path,), model="unett"))
    with pytest.raises(ModelError, match='no model named "unett"'):
        start(run)


def test_only_what_this_trainer_can_train_is_taught(tmp_path, parent, monkeypatch) -> None:
    cards = {name: dataclasses.replace(parent, architecture=name) for name in (*ARCHITECTURES, "of a later Handtint")}
    monkeypatch.setattr(runs.importlib.util, "find_spec", lambda name: object())
    assert {name for name, card in cards.items() if runs.can_teach(card)} == set(ARCHITECTURES)
    monkeypatch.setattr(runs.importlib.util, "find_spec", lambda name: None)
    assert not runs.can_teach(cards["vgg_resnet_unet"])
    network, _ = load_model(tmp_path / "bundled" / "small.safetensors")
    save_model(tmp_path / "later.safetensors", network, cards["of a later Handtint"])
    run = Run(tmp_path / "run", Request((tmp_path,), model=str(tmp_path / "later.safetensors")))
    with pytest.raises(FinetuneError, match="cannot be taught here"):
        start(run)


def test_the_real_trainer_pauses_stops_and_can_go_on_without_torchvision(tmp_path, parent, monkeypatch) -> None:
    program = "import sys; sys.modules['torchvision'] = None; from training.__main__ import main; sys.exit(main())"
    monkeypatch.setattr(trainer_process, "_program", lambda: [sys.executable, "-c", program])
    model = str(tmp_path / "bundled" / "small.safetensors")
    run = runs.run_for(Request((album(tmp_path / "album", 26),), model=model, minutes=30, device="cpu"))
    trainer = start(run, install=False)
    told: list[str] = []
    for event in trainer.events():
        told.append(event["event"])
        if event["event"] == "validation" and "paused" not in told:
            trainer.pause()
        elif event["event"] == "paused":
            trainer.resume()
        elif event["event"] == "resumed":
            trainer.ask_to_stop()
    assert trainer.wait() == 130
    assert told[0] == "data"
    assert [kind for kind in told if kind in ("paused", "resumed", "stopped")] == ["paused", "resumed", "stopped"]
    assert told[-2:] == ["saved", "stopped"]
    assert run.can_go_on
    assert runs.run_for(run.request) == run


def test_a_trainer_stops_when_whoever_started_it_is_gone() -> None:
    control = Control()
    control.listen(io.StringIO("pause\nnews from a later window\n"))
    deadline = time.monotonic() + 60
    while not control.is_stopped() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert control.is_stopped()
    assert not control.is_paused()


@pytest.mark.parametrize(
    ("last", "code", "said"),
    [
        ("finished", 0, 'better\nUse it: handtint restore PHOTO -o FOLDER --model "mine"\n'),
        ("stopped", 130, "better Give the same command again to go on.\n"),
        ("failed", 1, ""),
    ],
)
def test_the_command_follows_the_trainer(tmp_path, parent, monkeypatch, capsys, last, code, said) -> None:
    events = [
        {"event": "data", "text": "30 photos"},
        {"event": "saved", "text": "x"},
        {"event": last, "text": "better"},
    ]
    program = f"import json\nfor event in {events!r}: print(json.dumps(event))"
    monkeypatch.setattr(trainer_process, "_program", lambda: [sys.executable, "-c", program])
    parser = argparse.ArgumentParser()
    finetune_command.add_parser(parser.add_subparsers())
    options = parser.parse_args(["finetune", str(tmp_path), "--model", "small"])
    assert finetune_command.command(options) == code
    shown = capsys.readouterr()
    assert shown.out == "30 photos\n" + said
    assert shown.err == ("better\n" if last == "failed" else "")


def test_the_command_line_takes_a_name_and_a_length() -> None:
    parser = argparse.ArgumentParser()
    finetune_command.add_parser(parser.add_subparsers(dest="command"))
    options = parser.parse_args(["finetune", "album", "--minutes", "3", "--name", "x"])
    assert (options.folders, options.minutes, options.name) == ([Path("album")], 3.0, "x")
    with pytest.raises(SystemExit):
        parser.parse_args(["finetune", "album", "--minutes", "3", "--epochs", "2"])
    with pytest.raises(SystemExit):
        parser.parse_args(["finetune", "album", "--minutes", "-3"])


def test_the_app_side_imports_neither_torch_nor_qt() -> None:
    code = "import sys, handtint.cli.finetune; print(sorted({'torch', 'PySide6', 'training'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
