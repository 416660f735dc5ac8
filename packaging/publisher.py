"""Who publishes what is built: `[tool.handtint]` in pyproject.toml, where a publisher puts the own name and address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Publisher:
    """Attributes:
    name: shown by desktops, and by Windows and macOS.
    address: of mail, for the Debian package.
    app_id: by which desktops and macOS know the app: a domain of the publisher turned around, and the app's name.
    """

    name: str
    address: str
    app_id: str

    @property
    def maintainer(self) -> str:
        """As Debian writes it."""
        return f"{self.name} <{self.address}>"


def publisher() -> Publisher:
    """Who publishes the packages, as `pyproject.toml` says."""
    import tomllib  # since Python 3.11: build.py says so where it is started with an older one

    text = (Path(__file__).resolve().parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)["tool"]["handtint"]
    return Publisher(values["publisher"], values["address"], values["app-id"])
