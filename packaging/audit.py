"""Whether pinned packages have known vulnerabilities, without the network: `python packaging/audit.py`.

Compares the pins of `constraints.txt` with the advisories saved in `advisories.json`, in OSV's schema, and ends with 1
where one fits, or where nobody looked for advisories of a package: each must be named by one, or in the list `without`.
`inside` lists those of libraries that packages bring along, which databases of packages do not know. What is `accepted`
says why, is printed, and does not fail. It prints how old the saved ones are: what was found later is not seen here,
and the audit's own workflow asks the databases on the network as well.

    python packaging/audit.py --update all.zip

saves anew what the PyPI part of OSV's database, downloaded by hand, says of the packages that are pinned. What stands
`inside` is left as it is: for that, look up the libraries' own releases.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_ROOT = Path(__file__).resolve().parents[1]
_OLD_DAYS = 90
Pins = dict[str, set[Version]]


def pinned(constraints: str) -> Pins:
    """The versions of each package; several where systems differ."""
    found: Pins = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", constraints, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(Version(version))
    return found


def matches(advisories: Iterable[dict[str, Any]], pins: Pins) -> Iterator[tuple[str, Version, dict[str, Any]]]:
    """Each pin that an advisory speaks of."""
    for advisory in advisories:
        for affected in () if "withdrawn" in advisory else advisory.get("affected", ()):
            name = canonicalize_name(affected["package"]["name"])
            for version in sorted(pins.get(name, ())):
                if affected["package"].get("ecosystem", "PyPI") == "PyPI" and is_affected(version, affected):
                    yield name, version, advisory


def is_affected(version: Version, affected: dict[str, Any]) -> bool:
    """Whether an entry `affected` of OSV names a version, one by one or by a range."""
    if any(_same(version, text) for text in affected.get("versions", ())):
        return True
    ranges = [one for one in affected.get("ranges", ()) if one["type"] in ("ECOSYSTEM", "SEMVER")]
    return any(_is_inside(version, one["events"]) for one in ranges)


def _same(version: Version, text: str) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False


def _is_inside(version: Version, events: list[dict[str, str]]) -> bool:
    inside = False
    for kind, text in sorted(((kind, text) for one in events for kind, text in one.items()), key=_place):
        at = Version(text)
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _place(event: tuple[str, str]) -> tuple[Version, bool]:
    return Version(event[1]), event[0] == "last_affected"


def saved(database: Path, pins: Pins) -> list[dict[str, Any]]:
    """What a database says of pinned packages, at any version, except its long texts."""
    found = []
    with zipfile.ZipFile(database) as archive:
        for name in sorted(archive.namelist()):
            entry = json.loads(archive.read(name))
            of_ours = [one for one in entry.get("affected", ()) if canonicalize_name(one["package"]["name"]) in pins]
            if of_ours and "withdrawn" not in entry:
                kept = [{key: one[key] for key in ("package", "ranges", "versions") if key in one} for one in of_ours]
                texts = {"summary": entry.get("summary") or entry.get("details", "")[:200]}
                found.append({"id": entry["id"], "aliases": entry.get("aliases", []), **texts, "affected": kept})
    return found


def unlisted(known: dict[str, Any], pins: Pins) -> list[str]:
    """Pinned packages that no advisory names and of which nobody says that there is none."""
    every = [*known["advisories"], *known.get("inside", ())]
    named = {canonicalize_name(affected["package"]["name"]) for one in every for affected in one["affected"]}
    return sorted(set(pins) - named - set(known.get("without", ())))


def main(arguments: list[str] | None = None) -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--constraints", type=Path, default=_ROOT / "constraints.txt")
    parser.add_argument("--advisories", type=Path, default=Path(__file__).with_name("advisories.json"))
    parser.add_argument("--update", type=Path, metavar="ALL_ZIP", help="save anew what this database says")
    args = parser.parse_args(arguments)
    pins = pinned(args.constraints.read_text(encoding="utf-8"))
    today = datetime.date.today()
    if args.update is not None:
        before = json.loads(args.advisories.read_text(encoding="utf-8")) if args.advisories.exists() else {}
        known = {"as_of": str(today), "made": "from OSV's database of PyPI", "advisories": saved(args.update, pins)}
        known["inside"] = before.get("inside", [])
        known["without"] = unlisted(known, pins)
        args.advisories.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    known = json.loads(args.advisories.read_text(encoding="utf-8"))
    every = [*known["advisories"], *known.get("inside", ())]
    fitting = list(matches(every, pins))
    for name, version, advisory in fitting:
        print(f"{name} {version}: {', '.join([advisory['id'], *advisory.get('aliases', ())])}: {advisory['summary']}")
        if "accepted" in advisory:
            print(f"  accepted: {advisory['accepted']}")
    found = [advisory for _, _, advisory in fitting if "accepted" not in advisory]
    missing = unlisted(known, pins)
    for name in missing:
        print(f"{name}: nobody looked for advisories yet. Name them, or the package under `without`.")
    days = (today - datetime.date.fromisoformat(known["as_of"])).days
    old = " They are old: see `packaging/audit.py --help`." if days > _OLD_DAYS else ""
    print(
        f"{len(pins)} pinned packages, {len(every)} saved advisories ({known['made']}) as of "
        f"{known['as_of']}, {days} days ago: {len(found)} vulnerable, {len(fitting) - len(found)} accepted.{old}"
    )
    return int(bool(found or missing))


if __name__ == "__main__":
    sys.exit(main())
