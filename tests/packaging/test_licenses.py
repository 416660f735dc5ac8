"""The licenses of what is shipped."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import licenses
import pytest


def distribution(folder: Path, name: str, *, license_: str = "", text: str = "") -> metadata.Distribution:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    about = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n"
    (info / "METADATA").write_text(about + (f"License-Expression: {license_}\n" if license_ else ""))
    record = f"{info.name}/METADATA,,\n"
    if text:
        (info / "licenses").mkdir()
        (info / "licenses" / "LICENSE").write_text(text)
        record += f"{info.name}/licenses/LICENSE,,\n"
    (info / "RECORD").write_text(record)
    return metadata.Distribution.at(info)


def test_every_package_is_listed_with_its_license_and_its_text(tmp_path: Path) -> None:
    shipped = [
        distribution(tmp_path, "quick", license_="MIT", text="Be quick."),
        distribution(tmp_path, "setuptools", license_="MIT", text="For building only."),
        distribution(tmp_path, "terse", license_="BSD-3-Clause"),
    ]
    text = licenses.collect(shipped)
    assert text.startswith("Handtint comes with:")
    assert "  quick 1.0: MIT\n" in text
    assert "Be quick." in text
    assert "License: BSD-3-Clause" in text
    assert "For building only." not in text
    assert "  Handtint: MIT\n" in text
    assert "PSF-2.0" in text


def test_qt_comes_with_the_text_of_its_license(tmp_path: Path) -> None:
    text = licenses.collect([distribution(tmp_path, "PySide6_Essentials", license_="LGPL-3.0-only")])
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "may be replaced" in text


def test_what_says_nothing_of_its_license_is_not_shipped(tmp_path: Path) -> None:
    with pytest.raises(licenses.LicenseError, match=r"silent 1\.0"):
        licenses.collect([distribution(tmp_path, "silent")])
