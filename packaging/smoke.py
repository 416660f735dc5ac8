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
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import system_packages
from place import Place, SmokeError, end, output, run, say
from screen import Screen, ScreenError, write_png

_WINDOW_S = 60.0
_COLOR_S = 120.0
_LEAST_COLORED = 0.02
_STRANGER = 1000  # number of a user who is not root
_PHOTO = "Peasant girls 1909.png"
# Of the system's own bookkeeping, which changes with every package.
_BOOKKEEPING = ("var/lib/dpkg", "var/log", "var/cache", "var/lib/apt", "proc", "sys", "dev", "run", "tmp")
# What a user may find after the product is removed: models, settings, logs.
USER_DATA = (".local/share/Handtint", ".config/Handtint", ".local/state/Handtint", ".cache")


# What is tested.


def examine(place: Place) -> None:
    """Versions, folders, models, and the self-test, which colors a sample, saves it and reads it back."""
    if not run(place, "--version").startswith("Handtint "):
        raise SmokeError("`handtint --version` says nothing.")
    text = run(place, "doctor")
    if "missing" in text or "passed" not in text:
        raise SmokeError(f"`handtint doctor` is not content:\n{text}")
    page = Path(run(place, "models").splitlines()[-1].partition(": ")[2])
    if not place.outside(page).is_file():
        raise SmokeError(f'`handtint models` refers to "{page}", which is not there.')
    say("doctor: " + next(line for line in text.splitlines() if line.startswith("Self-test")).split(maxsplit=1)[1])


def color(place: Place) -> None:
    """All samples in color, as photos of several formats."""
    out = place.home / "out"
    samples = str(samples_of(place.bundle))
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


def look(place: Place, picture: Path) -> None:
    """The window with a sample, which must come out in color; a picture of it is saved."""
    with Screen() as screen:
        place.env["DISPLAY"] = f":{screen.number}"
        photo = str(samples_of(place.bundle) / _PHOTO)
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


def samples_of(bundle: Path) -> Path:
    """The folder of samples that comes with programs; an app for macOS has them beside the folder of its programs."""
    resources = bundle.parent / "Resources" if bundle.name == "MacOS" else bundle / "_internal"
    return resources / "resources" / "samples"


# Where it is tested.


def bundle(folder: Path) -> None:
    """A quick test of a bundle that is not packed yet. Raises `SmokeError`."""
    name = "handtint.exe" if os.name == "nt" else "handtint"
    with tempfile.TemporaryDirectory(prefix="handtint-smoke-") as home:
        place = Place(folder / name, folder, Path(home))
        examine(place)
        color(place)
        said = run(place, "finetune", str(samples_of(folder)), "--name", "none", "--json", code=1)
        if "too few" not in said:
            raise SmokeError(f"The trainer did not say that gray samples are too few:\n{said}")


def debian_package(file: Path, picture: Path, minutes: float) -> None:
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
        use(Place(Path("/usr/bin/handtint"), Path("/usr/lib/handtint"), home, root, _STRANGER), picture, minutes)
        inside(root, "dpkg", "--purge", package)
        left = {path for path in tree(root) - before if not path.startswith("home/stranger")}
        if left:
            raise SmokeError(f"After its removal {len(left)} files are left: {', '.join(sorted(left)[:20])}")
        kept = sorted(str(path.relative_to(root / "home/stranger")) for path in (root / "home/stranger").iterdir())
        say(f"removed; nothing is left but the user's own: {', '.join(kept)}")


def self_installing(file: Path, picture: Path, minutes: float) -> None:
    """Install an archive in an empty home folder, as a user who is not root; test it there, remove it.

    Raises `SmokeError`.
    """
    with tempfile.TemporaryDirectory(prefix="handtint-home-") as folder:
        home = Path(folder)
        user = _STRANGER if os.geteuid() == 0 else None
        place = Place(home / ".local/bin/handtint", home / ".local/lib/handtint", home, user=user)
        got = home / file.name
        shutil.copyfile(file, got)
        if user is not None:
            os.chown(home, user, user)
        place.env["TMPDIR"] = folder
        output(place.wrapped(["sh", str(got), "--quiet"]))
        got.unlink()
        installed = tree(home)
        say(f"installed {len(installed)} files in an empty home folder")
        use(place, picture, minutes)
        output(place.wrapped(["sh", str(place.bundle / "uninstall.sh")]))
        made = ("out", "album", *USER_DATA)
        left = {path for path in tree(home) if not path.startswith(made) and not (home / path).is_dir()}
        if left or not installed:
            raise SmokeError(f"After its removal files are left: {', '.join(sorted(left)[:20])}")
        if not (home / ".local/share/Handtint/models/smoke.safetensors").is_file():
            raise SmokeError("The user's own model went with the program.")
        say("removed; nothing is left but the user's own")


def use(place: Place, picture: Path, minutes: float) -> None:
    """Use the installed program as somebody who just installed it."""
    examine(place)
    color(place)
    look(place, picture)
    teach(place, minutes)


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
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    known = ["Created-By: Packages", f"Codename: {suite}", "Component: main"]
    mirror = mirror_of(output(["apt-get", "indextargets", "--format", "$(REPO_URI)", *known]).splitlines()[0])
    say(f"making a clean Debian {suite}")
    include = ",".join([*packages, "fonts-dejavu-core"])
    output(["debootstrap", "--variant=minbase", f"--include={include}", suite, str(root), mirror])
    inside(root, "useradd", "--create-home", "--uid", str(_STRANGER), "stranger")
    (root / "tmp/.X11-unix").mkdir(exist_ok=True)


def mirror_of(address: str) -> str:
    """Where packages come from, for debootstrap, which does not know apt's lists of mirrors: the first of a list."""
    if not address.startswith("mirror+file:"):
        return address
    return Path(address.removeprefix("mirror+file:").rstrip("/")).read_text(encoding="utf-8").split()[0]


def inside(root: Path, *command: str) -> None:
    """Run a command inside the clean system."""
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


def main() -> int:
    """Test the packages named; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("packages", nargs="+", type=Path, help=".deb and .run files")
    parser.add_argument("--pictures", type=Path, default=Path("dist"), help="folder for the pictures (default: dist)")
    parser.add_argument("--minutes", type=float, default=1.0, help="of teaching (default: 1)")
    options = parser.parse_args()
    options.pictures.mkdir(parents=True, exist_ok=True)
    kinds = {".deb": debian_package, ".run": self_installing}
    try:
        system_packages.see_to(system_packages.TO_TEST)
        for file in options.packages:
            if file.suffix not in kinds:
                parser.error(f"{file} is neither a .deb nor a .run file")
            say(f"testing {file.name}")
            picture = options.pictures / f"window {file.suffix[1:]}.png"
            kinds[file.suffix](file.resolve(), picture.resolve(), options.minutes)
    except (SmokeError, ScreenError, system_packages.MissingError) as error:
        print(f"smoke.py: {error}", file=sys.stderr)
        return 1
    say("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
