"""What the build decides before it builds anything."""

from __future__ import annotations

import plistlib
import re
import tomllib
from importlib import metadata
from pathlib import Path

import build
import other_packages
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import handtint

ROOT = Path(__file__).resolve().parents[2]
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8")


def test_the_flavor_for_the_cpu_refuses_a_torch_built_for_cuda() -> None:
    build.check_torch("cpu", "2.13.0+cpu", None)
    build.check_torch("cuda", "2.15.0+cu130", "13.0")
    with pytest.raises(build.BuildError, match=r"2\.15\.0 is built for CUDA 13\.0.*PIP_INDEX_URL"):
        build.check_torch("cpu", "2.15.0", "13.0")
    with pytest.raises(build.BuildError, match="built for the CPU"):
        build.check_torch("cuda", "2.13.0+cpu", None)


def test_the_flavor_for_cuda_is_made_on_linux_only() -> None:
    build.check_system("cuda", "linux")
    for system in ("win32", "darwin"):
        build.check_system("cpu", system)
        with pytest.raises(build.BuildError, match="on Linux only"):
            build.check_system("cuda", system)


def test_each_flavor_has_a_package_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.sys, "platform", "linux")
    made: list[tuple[str, bool]] = []

    def deb(folder: Path, icons: Path, work: Path, out: Path, version: str, package: str, *, fast: bool) -> Path:
        made.append((package, fast))
        return out / package

    monkeypatch.setattr(build.linux_packages, "deb", deb)
    for flavor in build.FLAVORS:
        build.wrap(tmp_path, flavor, tmp_path, tmp_path, ["deb"], fast=False)
    assert made == [("handtint", False), ("handtint-cuda", False)]


def test_the_environment_for_the_cpu_is_pinned_and_has_nothing_of_cuda() -> None:
    pins = build.requirements(PINS, "cpu")
    names = re.findall(r"^([\w.-]+)==", pins, re.MULTILINE)
    assert {"numpy", "pillow", "pyside6-essentials", "pyinstaller", "sympy", "typing-extensions"} <= set(names)
    assert not [name for name in names if name.startswith(("nvidia", "cuda", "torch", "triton", "pytest", "ruff"))]
    for block in re.split(r"\n(?=\S)", pins.strip()):
        assert "--hash=sha256:" in block


def needed_by(needs: list[str]) -> set[str]:
    """Names of packages and all that these need on Linux, Windows or macOS, as far as they are installed."""
    systems = (("linux", "Linux", "posix"), ("win32", "Windows", "nt"), ("darwin", "Darwin", "posix"))
    waiting = [Requirement(need) for need in needs]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        need = waiting.pop()
        package = (canonicalize_name(need.name), frozenset(need.extras))
        if package in seen:
            continue
        seen.add(package)
        environments = [
            {"sys_platform": sys_platform, "platform_system": system, "os_name": os_name, "extra": extra}
            for sys_platform, system, os_name in systems
            for extra in package[1] | {""}
        ]
        others = map(Requirement, _requires(package[0]))
        waiting += [need for need in others if need.marker is None or any(map(need.marker.evaluate, environments))]
    return {name for name, _ in seen}


def _requires(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # of another system
        return []


def test_the_environment_holds_what_handtint_needs_and_nothing_else() -> None:
    names = set(re.findall(r"^([\w.-]+)==", build.requirements(PINS, "cuda"), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert names == needed_by([*project["dependencies"], *project["optional-dependencies"]["package"]])


def test_the_environment_for_cuda_takes_torch_from_the_pins() -> None:
    names = set(re.findall(r"^([\w.-]+)==", build.requirements(PINS, "cuda"), re.MULTILINE))
    assert {"torch", "triton", "nvidia-cublas"} <= names
    assert "torchvision" not in names


def test_a_package_over_its_limit_is_refused() -> None:
    build.check_limits("cpu", 760_000_000, 210_000_000)
    build.check_limits("cuda", 5_000_000_000, 3_000_000_000)
    with pytest.raises(build.BuildError, match="330 MB packed"):
        build.check_limits("cpu", 760_000_000, 330_000_000)
    with pytest.raises(build.BuildError, match="1100 MB installed"):
        build.check_limits("cpu", 1_100_000_000, 210_000_000)


def test_the_version_is_the_sources() -> None:
    assert build.version() == handtint.__version__
    assert metadata.version("handtint") == handtint.__version__  # installed from the source tree: one place says it
    assert "filevers=(1, 2, 0, 0)" in build.windows_version("1.2")


def test_a_release_brings_a_version_file_that_the_app_reads(tmp_path: Path) -> None:
    from handtint.gui.help.updates import read_release

    release = read_release(build.version_file(tmp_path))
    assert release.version == handtint.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", release.date)


def test_the_app_for_macos_opens_the_photos_it_reads() -> None:
    info = plistlib.loads((ROOT / "packaging" / "macos" / "Info.plist").read_bytes())
    (kind,) = info["CFBundleDocumentTypes"]
    assert {"public.jpeg", "public.png", "public.tiff", "public.heic"} <= set(kind["LSItemContentTypes"])
    assert info["CFBundleExecutable"] == "handtint-window"  # else the first in the alphabet, which has no window
    plistlib.loads((ROOT / "packaging" / "macos" / "entitlements.plist").read_bytes())


def test_the_image_for_macos_is_signed_and_notarized_where_told_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HANDTINT_SIGN_IDENTITY", raising=False)
    monkeypatch.delenv("HANDTINT_NOTARY_PROFILE", raising=False)
    app = Path("work/image/Handtint.app")
    assert [command[0] for command in other_packages.image_commands(app, Path("x.dmg"))] == ["codesign", "hdiutil"]
    monkeypatch.setenv("HANDTINT_SIGN_IDENTITY", "Developer ID Application: Somebody")
    monkeypatch.setenv("HANDTINT_NOTARY_PROFILE", "notary")
    commands = other_packages.image_commands(app, Path("x.dmg"))
    assert [(*command[:2], Path(command[-1]).name) for command in commands] == [
        ("codesign", "--verify", "Handtint.app"),
        ("ditto", "-c", "app.zip"),
        ("xcrun", "notarytool", "app.zip"),
        ("xcrun", "stapler", "Handtint.app"),
        ("hdiutil", "create", "x.dmg"),
        ("codesign", "--sign", "x.dmg"),
        ("xcrun", "notarytool", "x.dmg"),
        ("xcrun", "stapler", "x.dmg"),
    ]
    assert "work/image" in commands[4]


def test_programs_for_windows_are_signed_as_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(other_packages.subprocess, "run", lambda command, check: ran.append(command))
    monkeypatch.setenv("HANDTINT_SIGN_COMMAND", r'"C:\Kits 10\signtool.exe" sign /n "Some Body" {file}')
    (tmp_path / "handtint.exe").write_bytes(b"MZ")
    made = other_packages.windows_installer(tmp_path, tmp_path, tmp_path / "out", "0.1.0", "handtint")
    program, compiler, installer = ran
    assert program == [r"C:\Kits 10\signtool.exe", "sign", "/n", "Some Body", str(tmp_path / "handtint.exe")]
    assert any(word.startswith("-DSIGN=") for word in compiler)
    assert installer[-1] == str(made)


def test_the_installer_for_windows_leaves_photos_and_models_alone() -> None:
    script = (ROOT / "packaging" / "windows" / "handtint.nsi").read_text(encoding="utf-8")
    assert "RequestExecutionLevel user" in script
    assert "HKLM" not in script
    uninstall = script[script.index('Section "Uninstall"') :]
    removed = re.findall(r"RMDir (?:/r )?(\S+)", uninstall)
    assert removed == [r'"$INSTDIR\_internal"', '"$INSTDIR"']
    assert 'RMDir /r "$INSTDIR"' not in script
