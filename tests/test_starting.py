"""What keeps the program from starting is said in a sentence; one window is the rule; nothing goes out to a network."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from handtint import instance, starting
from handtint.__main__ import main
from tests.album import standin

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="displays and libraries of Linux")


@pytest.mark.parametrize(
    ("environment", "is_told"),
    [
        ({}, True),
        ({"DISPLAY": ""}, True),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, False),
        ({"DISPLAY": ":0"}, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False),
    ],
)
def test_a_missing_display_is_seen_before_qt_aborts(environment: dict[str, str], is_told: bool) -> None:
    assert bool(starting.display_trouble(environment, "linux")) is is_told
    assert not starting.display_trouble(environment, "win32")


@LINUX
def test_without_a_display_one_sentence_and_exit_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 1
    said = capsys.readouterr().err
    assert "no display" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libGL.so.1", "libgl1"),
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libgomp.so.1", "libgomp1"),
    ],
)
def test_a_missing_library_is_named_with_the_package_that_has_it(library: str, package: str) -> None:
    said = starting.library_trouble(f"{library}: cannot open shared object file: No such file or directory")
    assert library in said
    assert f"apt install {package}`" in said
    assert not starting.library_trouble("No module named 'PySide6'")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("libEGL.so.1: cannot open shared object file: No such file or directory"), "libegl1"),
        (ImportError("/usr/lib/libEGL.so.1: file too short", name="PySide6.QtGui"), "file too short. Install"),
        (ImportError("DLL load failed while importing QtCore: blocked", name="QtCore"), "QtCore: blocked. Install"),
    ],
)
def test_a_window_that_lacks_a_part_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: ImportError, said: str
) -> None:
    _refuse(monkeypatch, error)
    assert main([]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_slip_of_ours_is_told_as_no_missing_part(monkeypatch: pytest.MonkeyPatch) -> None:
    _refuse(monkeypatch, ImportError("cannot import name 'x'", name="handtint.paths"))
    with pytest.raises(ImportError):
        main([])


def _refuse(monkeypatch: pytest.MonkeyPatch, error: ImportError) -> None:
    class Refuses:
        def find_spec(self, name: str, path: object, target: object = None) -> None:
            if name == "handtint.gui.app":
                raise error

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delitem(sys.modules, "handtint.gui.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refuses(), *sys.meta_path])


_ONCE = """
import sys
if hasattr(sys, "tried"):
    raise ImportError("torch can only be initialized once per process")
sys.tried = True
raise ImportError("libtorch_cpu.so: file too short")
"""


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("raise OSError('libgomp.so.1: cannot open shared object file: No such file or directory')", "libgomp1"),
        ("raise ImportError('DLL load failed while importing _C: blocked by policy')", "blocked by policy"),
        ("raise RuntimeError('numpy does not fit\\nand so on')", "numpy does not fit"),
        (_ONCE, "libtorch_cpu.so: file too short"),
    ],
)
def test_torch_that_cannot_load_gives_its_cause_in_a_sentence(tmp_path: Path, cause: str, said: str) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text(cause)
    Image.new("L", (16, 16), 100).save(tmp_path / "old.png")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from handtint.cli.main import main; code = main(sys.argv[2:]); "
        "sys.exit(code)"
    )
    for arguments in (["doctor"], ["restore", str(tmp_path / "old.png"), "-o", str(tmp_path / "out")]):
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path), *arguments], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 1
        assert said in done.stdout + done.stderr
        assert "could not be loaded" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert "only be initialized once" not in done.stdout


def test_a_second_start_hands_its_photos_to_the_first(tmp_path: Path) -> None:
    first = instance.claim()
    assert first is not None
    assert instance.claim() is None
    taken: list[list[Path]] = []

    def watch() -> None:
        while not taken:
            taken.extend(first.take())
            time.sleep(0.01)

    watching = threading.Thread(target=watch)
    watching.start()
    assert instance.hand_over([tmp_path / "a.jpg"]) is True
    watching.join()
    assert taken == [[tmp_path / "a.jpg"]]
    first.close()


def test_where_the_first_window_does_not_answer_or_ends_the_second_opens_one() -> None:
    first = instance.claim()
    assert first is not None
    assert instance.hand_over([], patience_s=0.05) is False
    assert first.take() == []  # nothing is left that would open later
    first.close()
    second = instance.hand_over([])
    assert isinstance(second, instance.First)
    second.close()


def test_odd_requests_open_nothing(tmp_path: Path) -> None:
    first = instance.claim()
    assert first is not None
    (first.folder / "1.json").write_text("{")
    (first.folder / "2.json").write_text('[5, null, "a\\u0000b"]')
    (first.folder / "3.json").write_text("[" * 100_000)
    old = first.folder / "4.json"
    old.write_text(json.dumps([str(tmp_path)]))
    os.utime(old, (1, 1))
    if sys.platform != "win32":
        os.mkfifo(first.folder / "5.json")
    assert first.take() == [[]]
    assert not list(first.folder.iterdir())
    first.close()


_OFFLINE = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(refuse)
from handtint.cli.main import main
from tests.fakes import FakeColorizer, fake_card
sys.exit(main(sys.argv[1:], lambda *_: FakeColorizer(fake_card("unet"))))
"""


def test_restoring_a_photo_neither_listens_nor_calls_anybody(tmp_path: Path) -> None:
    Image.new("L", (40, 30), 100).save(tmp_path / "old.jpg")
    out = tmp_path / "out"
    arguments = ["restore", str(tmp_path / "old.jpg"), "-o", str(out), "--report", str(tmp_path / "r.html")]
    done = subprocess.run([sys.executable, "-c", _OFFLINE, *arguments], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert (out / "old.jpg").exists()


_WINDOW_WITHOUT_NETWORK = """
import os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtCore import QTimer
from handtint.gui import app
from handtint.gui.main_window import MainWindow
from handtint.model_card import ModelFile
from tests.fakes import FakeColorizer, fake_card
def listening():
    tables = {name: Path("/proc/net", name).read_text().splitlines()[1:] for name in ("tcp", "tcp6", "udp", "udp6")}
    found = [f"{name} {line}" for name, lines in tables.items() for line in lines]
    unix = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return found + [" ".join(parts) for parts in unix if int(parts[3], 16) & 0x10000]
app.list_models = lambda: [ModelFile(Path("/m.safetensors"), fake_card("unet"), 1)]
app.load_colorizer = lambda model: FakeColorizer(model.card)
until = time.monotonic() + 60
class Window(MainWindow):
    def __init__(self, *given):
        super().__init__(*given)
        self.session.prepare = lambda: None
        self.timer = QTimer(self, interval=20)
        self.timer.timeout.connect(self.look)
        self.timer.start()
    def look(self):
        current = self.session.current
        self.is_colored = current is not None and current.after is not None
        if self.is_colored or time.monotonic() > until:
            self.timer.stop()
            self.actions_.updates.trigger()
            self.albums.open(Path(sys.argv[1]).parent)
            QTimer.singleShot(500, self.end)
    def end(self):
        print("listening:", listening(), self.is_colored)
        self.shutdown.is_allowed = lambda: True
        self.close()
app.MainWindow = Window
sys.exit(app.run([Path(sys.argv[1])]))
"""


@LINUX
def test_a_window_works_where_there_is_no_network_and_nothing_of_it_listens(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no rights to a network of its own")
    Image.new("L", (40, 30), 100).save(tmp_path / "old.jpg")
    command = ["unshare", "-rn", sys.executable, "-c", _WINDOW_WITHOUT_NETWORK, str(tmp_path / "old.jpg")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=standin.environment())
    assert done.stdout.splitlines()[-1:] == ["listening: [] True"], done.stderr
    assert done.returncode == 0


def _after(code: str) -> str:
    """What a new Python prints that runs this."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_imports_stay_those_of_python_behind_qt() -> None:
    code = "import builtins; own = builtins.__import__; import handtint.gui.app; print(builtins.__import__ is own)"
    assert _after(code) == "True"


def test_the_window_needs_no_page_of_a_photo_at_first() -> None:
    code = "import sys, handtint.gui.app; print('handtint.gui.photo.workspace' in sys.modules)"
    assert _after(code) == "False"


def test_garbage_is_looked_for_again_after_a_start_that_failed() -> None:
    seen: list[bool] = []

    def start() -> None:
        with starting.without_collecting():
            seen.append(gc.isenabled())
            raise LookupError

    with pytest.raises(LookupError):
        start()
    gc.unfreeze()
    assert [*seen, gc.isenabled()] == [False, True]
