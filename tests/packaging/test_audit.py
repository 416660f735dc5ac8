"""Known vulnerabilities of pinned packages are found in saved advisories."""

from __future__ import annotations

import datetime
import json
import zipfile
from pathlib import Path
from typing import Any

import audit
import pytest
from packaging.version import Version


def advisory(*events: dict[str, str], name: str = "Pillow", **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    package = {"ecosystem": "PyPI", "name": name}
    return {"id": "TEST-1", "summary": "It is planted", "affected": [{"package": package, "ranges": ranges}], **more}


def run(tmp_path: Path, pins: str, *advisories: dict[str, Any], as_of: str = "2026-11-30") -> int:
    (tmp_path / "constraints.txt").write_text(pins)
    known = {"as_of": as_of, "made": "planted", "advisories": advisories, "without": ["numpy", "pillow"]}
    (tmp_path / "advisories.json").write_text(json.dumps(known))
    given = ["--constraints", tmp_path / "constraints.txt", "--advisories", tmp_path / "advisories.json"]
    return audit.main([str(one) for one in given])


def test_a_pin_that_is_known_to_be_vulnerable_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planted = advisory({"introduced": "11.0"}, {"fixed": "13.0.1"})
    pins = "numpy==2.4.6 \\\n    --hash=sha256:00\npillow==13.0.0 ; python_version < '4' \\\n    --hash=sha256:00\n"
    assert run(tmp_path, pins, planted) == 1
    said = capsys.readouterr().out
    assert "pillow 13.0.0: TEST-1: It is planted" in said
    assert "1 vulnerable" in said
    assert run(tmp_path, pins.replace("13.0.0", "13.0.1"), planted) == 0
    assert run(tmp_path, pins, planted | {"withdrawn": "2026-11-01T00:00:00Z"}) == 0


@pytest.mark.parametrize(
    ("version", "events", "is_affected"),
    [
        ("1.0", [{"introduced": "0"}, {"fixed": "1.0"}], False),
        ("1.0rc1", [{"introduced": "0"}, {"fixed": "1.0"}], True),
        ("9.10", [{"introduced": "9.9"}], True),
        ("2.0", [{"introduced": "0"}, {"last_affected": "2.0"}], True),
        ("2.0.1", [{"introduced": "0"}, {"last_affected": "2.0"}], False),
        ("3.1", [{"introduced": "3.0"}, {"fixed": "3.2"}, {"introduced": "0"}, {"fixed": "2.5"}], True),
        ("2.7", [{"introduced": "3.0"}, {"fixed": "3.2"}, {"introduced": "0"}, {"fixed": "2.5"}], False),
    ],
)
def test_ranges_of_versions_are_read_as_osv_means_them(
    version: str, events: list[dict[str, str]], is_affected: bool
) -> None:
    assert audit.is_affected(Version(version), advisory(*events)["affected"][0]) == is_affected


def test_a_version_may_be_named_by_itself() -> None:
    assert audit.is_affected(Version("1.2"), {"versions": ["1.1", "1.2.0", "not one"]})
    assert not audit.is_affected(Version("1.3"), {"versions": ["1.1", "1.2.0", "not one"]})


def test_it_says_how_old_the_advisories_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    then = datetime.date.today() - datetime.timedelta(days=400)
    assert run(tmp_path, "numpy==2.4.6\n", as_of=str(then)) == 0
    assert "400 days ago: 0 vulnerable, 0 accepted. They are old" in capsys.readouterr().out


def test_what_is_accepted_says_why_and_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "pillow==13.0.0\n", advisory({"introduced": "0"}, accepted="It is not used.")) == 0
    said = capsys.readouterr().out
    assert "pillow 13.0.0: TEST-1" in said
    assert "accepted: It is not used." in said
    assert "0 vulnerable, 1 accepted" in said


def test_a_package_that_nobody_looked_up_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "numpy==2.4.6\nnewcomer==1.0\n") == 1
    assert "newcomer: nobody looked" in capsys.readouterr().out


def test_a_database_is_saved_for_what_is_pinned_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        bad = advisory({"introduced": "0"}, {"fixed": "14"}, details="It is long.", references=[{"url": "x"}])
        archive.writestr("TEST-1.json", json.dumps(bad))
        archive.writestr("TEST-2.json", json.dumps(advisory({"introduced": "0"}, name="other")))
    (tmp_path / "constraints.txt").write_text("pillow==13.0.0\n")
    saved = tmp_path / "advisories.json"
    given = ["--constraints", tmp_path / "constraints.txt", "--advisories", saved, "--update", tmp_path / "all.zip"]
    assert audit.main([str(one) for one in given]) == 1
    known = json.loads(saved.read_text())
    assert known["as_of"] == str(datetime.date.today())
    assert (known["inside"], known["without"]) == ([], [])
    (kept,) = known["advisories"]
    assert sorted(kept) == ["affected", "aliases", "id", "summary"]


def test_every_pinned_package_was_looked_up_and_none_is_vulnerable(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main([]) == 0, capsys.readouterr().out
