"""The Debian package and the archive that installs itself, as far as they are text."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import linux_packages
import pytest
from publisher import publisher

HERE = Path(linux_packages.HERE)
OBJDUMP = """
/x/a.so:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libX11.so.6
  NEEDED               libours.so.1
  NEEDED               libc.so.6

Version References:
  required from libc.so.6:
    0x09691a75 0x00 03 GLIBC_2.2.5
    0x069691b4 0x00 02 GLIBC_2.34
    0x0d696913 0x00 02 GLIBC_2.4
"""


def test_dependencies_are_what_the_bundle_needs_and_does_not_hold() -> None:
    libraries, glibc = linux_packages.needs(OBJDUMP)
    assert libraries == {"libX11.so.6", "libours.so.1", "libc.so.6"}
    assert glibc == (2, 34)
    assert linux_packages.depends(libraries, {"libours.so.1"}, glibc) == ["libc6 (>= 2.34)", "libx11-6"]


def test_the_driver_of_a_graphics_card_is_nothing_to_depend_on() -> None:
    assert linux_packages.depends({"libcuda.so.1", "libc.so.6"}, set(), (2, 34)) == ["libc6 (>= 2.34)"]


def test_a_library_that_nobody_brings_stops_the_build() -> None:
    with pytest.raises(linux_packages.PackageError, match=r"libours\.so\.1 is needed"):
        linux_packages.depends({"libours.so.1"}, set(), (2, 34))


def fields(package: str) -> dict[str, str]:
    text = linux_packages.control(
        package=package,
        version="0.1.0",
        architecture="amd64",
        installed_kib=7,
        depends_on=["libc6 (>= 2.34)", "libgl1"],
    )
    assert text.endswith("\n")
    assert all(line.startswith(" ") or ": " in line for line in text.splitlines())
    return dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))


def test_the_control_file_has_what_debian_asks_for() -> None:
    found = fields("handtint")
    assert found["Package"] == "handtint"
    assert found["Version"] == "0.1.0"
    assert found["Architecture"] == "amd64"
    assert found["Depends"] == "libc6 (>= 2.34), libgl1"
    assert found["Installed-Size"] == "7"
    assert {"Maintainer", "Section", "Priority", "Description"} <= set(found)


def test_one_flavor_takes_the_place_of_the_other() -> None:
    assert fields("handtint")["Conflicts"] == "handtint-cuda"
    assert fields("handtint-cuda")["Conflicts"] == "handtint"
    assert fields("handtint-cuda")["Provides"] == "handtint"


def test_a_placeholder_without_value_is_no_package() -> None:
    assert linux_packages.filled("a @VERSION@ b", version="1.0") == "a 1.0 b"
    with pytest.raises(linux_packages.PackageError, match="@DATE@"):
        linux_packages.filled("@VERSION@ @DATE@", version="1.0")


def test_the_desktop_entry_opens_the_photos_that_handtint_reads() -> None:
    entry = (HERE / "linux" / "handtint.desktop").read_text(encoding="utf-8")
    kinds = next(line for line in entry.splitlines() if line.startswith("MimeType="))[len("MimeType=") :].split(";")
    assert {f"image/{kind}" for kind in ("jpeg", "png", "tiff", "webp", "bmp", "heic")} <= set(kinds)
    assert "%F" in entry
    assert "Terminal=false" in entry


def test_the_publisher_stands_in_what_desktops_read(tmp_path: Path) -> None:
    by = publisher()
    assert fields("handtint")["Maintainer"] == f"{by.name} <{by.address}>"
    linux_packages.share(tmp_path / "share", "0.1.0", tmp_path, "/usr/lib/handtint")
    about = ElementTree.parse(tmp_path / "share" / "metainfo" / f"{by.app_id}.metainfo.xml").getroot()
    assert about.findtext("id") == by.app_id
    assert about.findtext("developer/name") == by.name
    release = about.find("releases/release")
    assert release is not None
    assert release.get("version") == "0.1.0"


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """What the archive unpacks, with a program that does nothing."""
    folder = tmp_path / "unpacked"
    (folder / "handtint" / "_internal").mkdir(parents=True)
    program = folder / "handtint" / "handtint"
    program.write_text("#!/bin/sh\necho started\n")
    program.chmod(0o755)
    icons = tmp_path / "icons"
    icons.mkdir()
    (icons / "48.png").write_bytes(b"picture")
    linux_packages.share(folder / "share", "0.1.0", icons, None)
    (folder / "install.sh").write_text((HERE / "linux" / "install.sh").read_text(encoding="utf-8"))
    return folder


def sh(script: Path, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
    )


def test_the_archive_installs_for_one_user_and_goes_without_a_trace(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "home of anna"
    (home / ".local" / "share" / "Handtint" / "models").mkdir(parents=True)
    (home / ".local" / "share" / "Handtint" / "models" / "mine.safetensors").write_text("learned")
    for _ in range(2):  # the second replaces the first
        done = sh(unpacked / "install.sh", home=home)
        assert done.returncode == 0, done.stderr
    program = home / ".local" / "bin" / "handtint"
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "started\n"
    entry = (home / ".local/share/applications/handtint.desktop").read_text()
    assert f"Exec={home}/.local/lib/handtint/handtint-window %F" in entry
    assert (home / ".local/share/icons/hicolor/48x48/apps/handtint.png").is_file()
    done = sh(home / ".local/lib/handtint/uninstall.sh", home=home)
    assert done.returncode == 0, done.stderr
    left = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file() or path.is_symlink()]
    assert left == [".local/share/Handtint/models/mine.safetensors"]


def test_the_archive_leaves_a_folder_that_is_not_its_own(unpacked: Path, tmp_path: Path) -> None:
    own = tmp_path / "prefix" / "lib" / "handtint" / "notes.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    done = sh(unpacked / "install.sh", "--prefix", str(tmp_path / "prefix"), home=tmp_path)
    assert done.returncode == 1
    assert "left as it is" in done.stderr
    assert own.read_text() == "mine"
