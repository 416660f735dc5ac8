#!/usr/bin/env python3
"""Tests Handtint as somebody who just installed it: `python packaging/smoke.py dist/*.deb dist/*.run`.

A .deb is installed in a clean Debian (debootstrap; needs root), an archive in an empty home folder. There a photo is
colored on the command line, the window is opened on a virtual screen, a model is taught, and the product is removed;
nothing may be left but what the user made. All of it runs without any network. A picture of the window is kept.

Needs no Python package. Exit codes: 0 passed, 1 failed (named on standard error), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screen import Screen, ScreenError, write_png

_STARTS = 3
_WINDOW_S = 60.0
_COLOR_S = 120.0
_LEAST_COLORED = 0.02
_SLOWEST = 1.5  # times what the same window takes from the source tree
_SAMPLES = "_internal/resources/samples"
_PHOTO = "Peasant girls 1909.png"
# Of the system's own bookkeeping, which changes with every package.
_BOOKKEEPING = ("var/lib/dpkg", "var/log", "var/cache", "var/lib/apt", "proc", "sys", "dev", "run", "tmp")
# What a user may find after the product is removed: models, settings, logs.
USER_DATA = (".local/share/Handtint", ".config/Handtint", ".local/state/Handtint", ".cache")


class SmokeError(Exception):
    """What does not work, as a sentence."""


@dataclass
class Place:
    """Where the product is installed, and how it is run there.

    Attributes:
        program: the command line's path, as seen from inside.
        home: the user's folder, as seen from inside.
        root: of the Debian it is installed in; None for this one.
        folder: of the bundle, as seen from outside.
        user: number of the user that runs it inside `root`.
    """

    program: str
    folder: Path
    home: Path
    root: Path | None = None
    user: int = 1000
    env: dict[str, str] = field(default_factory=dict)

    def command(self, arguments: Sequence[str], *, window: bool = False) -> list[str]:
        """The whole command: cut off from any network, with the user's folder and little else in its environment."""
        env = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **self.env}
        program = str(Path(self.program).with_name("handtint-window")) if window else self.program
        inner = ["env", "-i", *(f"{name}={value}" for name, value in env.items()), program, *arguments]
        if self.root is None:
            return [*no_network(), *inner]
        mounts = f'mount -t proc proc "{self.root}/proc"'
        if "DISPLAY" in env:
            mounts += f' && mount --bind {Screen.socket_folder} "{self.root}/tmp/.X11-unix"'
        user = f"--userspec={self.user}:{self.user}"
        script = f'{mounts} && exec chroot {user} "{self.root}" "$@"'
        return ["unshare", "--net", "--mount", "sh", "-c", script, "sh", *inner]

    def outside(self, path: Path) -> Path:
        """Where a path of the user's folder lies for us."""
        return path if self.root is None else self.root / path.relative_to("/")


def no_network() -> list[str]:
    """What is put before a command so that it has no network at all; nothing where the system cannot do that."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return []
    cut = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    return cut if subprocess.run([*cut, "true"], capture_output=True, check=False).returncode == 0 else []


def run(place: Place, *arguments: str, code: int = 0, seconds: float = 600) -> str:
    """Run the product and return what it printed. Raises `SmokeError` where it exits with another code."""
    shown = " ".join(arguments[:2])
    try:
        done = subprocess.run(
            place.command(arguments),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SmokeError(f"`handtint {shown}` took more than {seconds:.0f} s.") from error
    if done.returncode != code:
        raise SmokeError(
            f"`handtint {shown}` ended with code {done.returncode}, not {code}:\n"
            f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
    return done.stdout


# What is tested.


def examine(place: Place) -> None:
    """Versions, folders and the self-test, which colors a sample, saves it and reads it back."""
    if not run(place, "--version").startswith("Handtint "):
        raise SmokeError("`handtint --version` says nothing.")
    text = run(place, "doctor")
    if "missing" in text or "passed" not in text:
        raise SmokeError(f"`handtint doctor` is not content:\n{text}")
    say("doctor: " + next(line for line in text.splitlines() if line.startswith("Self-test")).split(maxsplit=1)[1])


def color(place: Place, inside: Path) -> None:
    """All samples in color, as photos of several formats."""
    out = place.home / "out"
    samples = str(inside / _SAMPLES)
    lines = run(place, "restore", samples, "-o", str(out), "--json", "--sheet", str(out / "sheet.jpg"))
    last = json.loads(lines.splitlines()[-1])
    if last["event"] != "finished" or last["done"] < 8 or last["failed"]:
        raise SmokeError(f"Coloring the samples ended so: {last}")
    found = [path for path in place.outside(out).iterdir() if path.stat().st_size > 10_000]
    if len(found) < 9:
        raise SmokeError(f"Of the samples and their sheet only {len(found)} files were written.")
    run(place, "restore", f"{samples}/{_PHOTO}", "-o", str(out), "--format", "tiff")
    run(place, "restore", str(out / f"{Path(_PHOTO).stem}.tif"), "-o", str(out), "--format", "webp", "--recolor")
    say(f"colored {last['done']} samples in {last['seconds']:.1f} s")


def teach(place: Place, minutes: float) -> None:
    """A minute of learning from drawn landscapes; the model must be there after it, and color."""
    album = place.home / "album"
    draw_album(place.outside(album), 40)
    start = time.monotonic()
    lines = run(
        place, "finetune", str(album), "--minutes", f"{minutes:g}", "--name", "smoke", "--device", "cpu", "--json"
    )
    last = json.loads(lines.splitlines()[-1])
    if last["event"] != "finished":
        raise SmokeError(f"Teaching ended so: {last}")
    if "smoke" not in {model["name"] for model in json.loads(run(place, "models", "--json"))}:
        raise SmokeError("The model that was taught is not among the models.")
    run(place, "restore", str(album / "0.png"), "-o", str(place.home / "out"), "--model", "smoke", "--recolor")
    say(f"taught a model in {time.monotonic() - start:.0f} s: {last['text']}")


def look(place: Place, inside: Path, picture: Path) -> None:
    """The window with a sample, which must come out in color; a picture of it is saved."""
    with Screen() as screen:
        place.env["DISPLAY"] = f":{screen.number}"
        photo = str(inside / _SAMPLES / _PHOTO)
        window = subprocess.Popen(place.command([photo], window=True), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            if not screen.wait_for(screen.shows_something, _WINDOW_S):
                raise SmokeError("No window came up.")
            if not screen.wait_for(lambda: screen.colored_share() > _LEAST_COLORED, _COLOR_S):
                screen.save(picture)
                raise SmokeError(f"The photo in the window did not come out in color; see {picture}.")
            time.sleep(1)  # what fades in has faded in
            screen.save(picture)
            if window.poll() is not None:
                raise SmokeError(f"The window went away by itself, with code {window.returncode}.")
        finally:
            said = end(window)
    if said:
        say(f"the window printed:\n{said}")
    say(f"the window shows a photo in color: {picture}")


def start_seconds(command: list[str], screen: Screen) -> float:
    """From the start of a program to its window on the screen."""
    screen.wait_for(lambda: not screen.shows_something(), 10)
    began = time.monotonic()
    window = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not screen.wait_for(screen.shows_something, _WINDOW_S):
            raise SmokeError("No window came up.")
        return time.monotonic() - began
    finally:
        end(window)


def time_start(place: Place, source_python: str) -> None:
    """The window must not come up much later than from the source tree, with files that were read before."""
    root = Path(__file__).resolve().parents[1]
    with Screen() as screen, tempfile.TemporaryDirectory(prefix="handtint-home-") as home:
        place.env["DISPLAY"] = f":{screen.number}"
        env = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "DISPLAY": f":{screen.number}"}
        env |= {"PYTHONPATH": f"{root / 'src'}:{root}"}
        source = ["env", "-i", *(f"{k}={v}" for k, v in env.items()), source_python, "-m", "handtint"]
        product = place.command([], window=True)
        times: dict[str, list[float]] = {"installed": [], "source": []}
        for _ in range(_STARTS + 1):  # the first reads the files
            times["installed"].append(start_seconds(product, screen))
            times["source"].append(start_seconds([*no_network(), *source], screen))
    installed, from_source = (statistics.median(times[kind][1:]) for kind in ("installed", "source"))
    say(f"window after {installed:.2f} s, from the source tree after {from_source:.2f} s")
    if installed > _SLOWEST * from_source:
        raise SmokeError(f"The window takes {installed / from_source:.2f} times as long as from the source tree.")


def end(process: subprocess.Popen[bytes]) -> str:
    """End a program and what it started, and return what it printed."""
    for child in children(process.pid):
        try:
            os.kill(child, 15)
        except ProcessLookupError:
            continue
    process.terminate()
    try:
        said, _ = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    return (said or b"").decode(errors="replace").strip()


def children(pid: int) -> list[int]:
    """Processes that a process started, and those that these started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *children(child)]
    return found


# Where it is tested.


def bundle(folder: Path) -> None:
    """A quick test of a bundle that is not packed yet. Raises `SmokeError`."""
    name = "handtint.exe" if os.name == "nt" else "handtint"
    with tempfile.TemporaryDirectory(prefix="handtint-smoke-") as home:
        place = Place(str(folder / name), folder, Path(home))
        if os.name == "nt":
            place.command = lambda arguments, window=False: [place.program, *arguments]  # type: ignore[method-assign]
        examine(place)
        color(place, folder)
        said = run(place, "finetune", str(folder / _SAMPLES), "--name", "none", "--json", code=1)
        if "too few" not in said:
            raise SmokeError(f"The trainer did not say that gray samples are too few:\n{said}")


def debian_package(file: Path, picture: Path, minutes: float, source_python: str | None) -> None:
    """Install a .deb in a clean Debian, test it there, remove it. Raises `SmokeError`."""
    if os.geteuid() != 0:
        raise SmokeError("A clean Debian can only be made by root. Run this as root, or test the archive.")
    with tempfile.TemporaryDirectory(prefix="handtint-debian-", ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "root"
        package = output(["dpkg-deb", "--field", str(file), "Package"]).strip()
        make_debian(root, needed_packages(output(["dpkg-deb", "--field", str(file), "Depends"])))
        before = tree(root)
        shutil.copyfile(file, root / "tmp" / "handtint.deb")
        inside(root, "dpkg", "--install", "/tmp/handtint.deb")
        (root / "tmp" / "handtint.deb").unlink()
        installed = tree(root) - before
        say(f"installed {len(installed)} files in a clean Debian")
        for path in ("usr/bin/handtint", "usr/share/applications/handtint.desktop", "usr/share/man/man1/handtint.1.gz"):
            if path not in installed:
                raise SmokeError(f"/{path} was not installed.")
        home = Path("/home/stranger")
        place = Place("/usr/bin/handtint", root / "usr/lib/handtint", home, root)
        lib = Path("/usr/lib/handtint")
        use(place, lib, picture, minutes, source_python, window="/usr/lib/handtint/handtint")
        inside(root, "dpkg", "--purge", package)
        left = {path for path in tree(root) - before if not path.startswith("home/stranger")}
        if left:
            raise SmokeError(f"After its removal {len(left)} files are left: {', '.join(sorted(left)[:20])}")
        kept = sorted(str(path.relative_to(root / "home/stranger")) for path in (root / "home/stranger").iterdir())
        say(f"removed; nothing is left but the user's own: {', '.join(kept)}")


def self_installing(file: Path, picture: Path, minutes: float, source_python: str | None) -> None:
    """Install an archive in an empty home folder, test it there, remove it. Raises `SmokeError`."""
    with tempfile.TemporaryDirectory(prefix="handtint-home-") as folder:
        home = Path(folder)
        place = Place(str(home / ".local/bin/handtint"), home / ".local/lib/handtint", home)
        env = {"HOME": folder, "PATH": os.environ["PATH"], "TMPDIR": folder}
        output([*no_network(), "sh", str(file), "--quiet"], env=env)
        installed = tree(home)
        use(place, place.folder, picture, minutes, source_python, window=str(place.folder / "handtint"))
        output(["sh", str(place.folder / "uninstall.sh")], env=env)
        made = ("out", "album", *USER_DATA)
        left = {path for path in tree(home) if not path.startswith(made) and not (home / path).is_dir()}
        if left or not installed:
            raise SmokeError(f"After its removal files are left: {', '.join(sorted(left)[:20])}")
        if not (home / ".local/share/Handtint/models/smoke.safetensors").is_file():
            raise SmokeError("The user's own model went with the program.")
        say("removed; nothing is left but the user's own")


def use(place: Place, lib: Path, picture: Path, minutes: float, source_python: str | None, *, window: str) -> None:
    examine(place)
    color(place, lib)
    in_window = Place(window, place.folder, place.home, place.root, place.user)
    look(in_window, lib, picture)
    teach(place, minutes)
    if source_python:
        time_start(in_window, source_python)


def needed_packages(depends: str) -> list[str]:
    """Of what a package needs, one name each: the first alternative that there is here."""
    names = []
    for need in depends.split(","):
        options = [option.split()[0] for option in need.split("|")]
        names.append(next(filter(_is_known, options), options[0]))
    return names


def _is_known(package: str) -> bool:
    return subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0


def make_debian(root: Path, packages: list[str]) -> None:
    """A Debian like this one with nothing in it but what it needs to run, `packages`, a font, and a user."""
    targets = output(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"])
    mirror, suite = targets.splitlines()[0].split()
    say(f"making a clean Debian {suite}")
    include = ",".join([*packages, "fonts-dejavu-core"])
    output(["debootstrap", "--variant=minbase", f"--include={include}", suite, str(root), mirror])
    inside(root, "useradd", "--create-home", "--uid", "1000", "stranger")
    (root / "tmp/.X11-unix").mkdir(exist_ok=True)


def inside(root: Path, *command: str) -> None:
    output(
        ["chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command]
    )


def tree(root: Path) -> set[str]:
    """All files and folders, relative to the root; without the system's bookkeeping."""
    found = set()
    for folder, folders, files in os.walk(root):
        place = Path(folder).relative_to(root).as_posix()
        folders[:] = [name for name in folders if f"{place}/{name}".removeprefix("./") not in _BOOKKEEPING]
        found |= {f"{place}/{name}".removeprefix("./") for name in (*folders, *files)}
    return found


def draw_album(folder: Path, count: int) -> None:
    """Landscapes in color, each another: sky, ground and a few things in between."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    width, height = 120, 96
    for number in range(count):
        chance = random.Random(number)
        horizon = chance.randint(30, 60)
        sky, ground = (chance.randint(120, 170), 190, 240), (90, chance.randint(110, 150), 50)
        things = [
            (chance.randrange(100), chance.randrange(30, 80), [chance.randrange(40, 230) for _ in range(3)])
            for _ in range(4)
        ]
        rgb = bytearray()
        for y in range(height):
            for x in range(width):
                pixel = sky if y < horizon else ground
                for left, top, paint in things:
                    if left <= x < left + 18 and top - 12 <= y < top + 12:
                        pixel = paint
                grain = chance.randint(-9, 9)
                rgb += bytes(min(max(value + grain, 0), 255) for value in pixel)
        write_png(folder / f"{number}.png", width, height, bytes(rgb))


def output(command: list[str], env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", env=env, check=False)
    if done.returncode:
        raise SmokeError(f"`{' '.join(command[:3])}` failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def main() -> int:
    """Test the packages named; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("packages", nargs="+", type=Path, help=".deb and .run files")
    parser.add_argument("--pictures", type=Path, default=Path("dist"), help="folder for the pictures (default: dist)")
    parser.add_argument("--minutes", type=float, default=1.0, help="of teaching (default: 1)")
    parser.add_argument(
        "--source-python", help="a Python with Handtint's packages: compare the start with the source's"
    )
    options = parser.parse_args()
    options.pictures.mkdir(parents=True, exist_ok=True)
    kinds = {".deb": debian_package, ".run": self_installing}
    try:
        for file in options.packages:
            if file.suffix not in kinds:
                parser.error(f"{file} is neither a .deb nor a .run file")
            say(f"testing {file.name}")
            picture = options.pictures / f"window {file.suffix[1:]}.png"
            kinds[file.suffix](file.resolve(), picture.resolve(), options.minutes, options.source_python)
    except (SmokeError, ScreenError) as error:
        print(f"smoke.py: {error}", file=sys.stderr)
        return 1
    say("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
