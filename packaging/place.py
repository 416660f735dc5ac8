"""Where the product is installed while it is tested, and how it is run there: without network, by another user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screen import Screen


class SmokeError(Exception):
    """What does not work, as a sentence."""


@dataclass
class Place:
    """Where the product is installed, and how it is run there.

    Attributes:
        program: the command line's path; like the paths below as seen from inside `root`.
        bundle: the folder with all programs.
        home: the user's folder.
        root: of the Debian it is installed in; None for this one.
        user: number of the user that runs it, which only root can choose; None for the one we are.
        env: what is in its environment beside the usual.
    """

    program: Path
    bundle: Path
    home: Path
    root: Path | None = None
    user: int | None = None
    env: dict[str, str] = field(default_factory=dict)

    def command(self, arguments: Sequence[str], *, window: bool = False) -> list[str]:
        """The whole command: cut off from any network, with the user's folder and little else in its environment."""
        program = str(self.bundle / "handtint-window") if window else str(self.program)
        if os.name == "nt":
            return [program, *arguments]
        return self.wrapped([program, *arguments])

    def wrapped(self, command: Sequence[str]) -> list[str]:
        """Any other command, run in the same way."""
        env = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **self.env}
        inner = ["env", "-i", *(f"{name}={value}" for name, value in env.items()), *command]
        if self.root is None:
            as_user = [] if self.user is None else ["setpriv", f"--reuid={self.user}", f"--regid={self.user}"]
            return [*no_network(), *as_user, *(["--clear-groups"] if as_user else []), *inner]
        mounts = f'mount -t proc proc "{self.root}/proc"'
        if "DISPLAY" in env:
            mounts += f' && mount --bind {Screen.socket_folder} "{self.root}/tmp/.X11-unix"'
        script = f'{mounts} && exec chroot --userspec={self.user}:{self.user} "{self.root}" "$@"'
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


def output(command: list[str], env: dict[str, str] | None = None) -> str:
    """What a command prints."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", env=env, check=False)
    if done.returncode:
        raise SmokeError(f"`{' '.join(command[:3])}` failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def say(text: str) -> None:
    """Print what is being done."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)
