"""What is asked of an album, and what becomes of it: `Order`, `Job`, `Plan`, `Event`; all of them plain records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from handtint.album import earlier
from handtint.album.scenes.known import Lead, known_leads
from handtint.model_card import ModelFile
from handtint.recipe.adjust import Adjust
from handtint.recipe.form import part_to_json
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Attributes:
        model: what colors the photos that have no model of their own.
        recipe: of every photo that has none of its own.
        save: how results are saved; with `overwrite` files that are there are replaced, whoever made them.
        own: recipes of single photos, by their path as it is named or found.
        retry: whether photos that failed before are tried again.
        resume: whether results of earlier runs stay as long as photo and settings do; else they are made again.
        by_scene: whether photos that show the same take their colors from one of them.
        part: number of the print that is made of each scan, or of the page of each file, from 1; 0 for photos that are
            not split.
        prints: how many prints or pages there are in the files that are split.
        models: of single photos, by their path as it is named or found.
        leads: the photo that others follow, None for those that stand alone or lead; as far as it was found out.
    """

    model: ModelFile
    recipe: Recipe = field(default_factory=Recipe)
    save: SaveOptions = field(default_factory=SaveOptions)
    own: Mapping[Path, Recipe] = field(default_factory=dict)
    retry: bool = False
    resume: bool = True
    by_scene: bool = False
    part: int = 0
    prints: Mapping[Path, int] = field(default_factory=dict)
    models: Mapping[Path, ModelFile] = field(default_factory=dict)
    leads: Mapping[Path, Lead | None] = field(default_factory=dict)

    def recipe_of(self, photo: Path) -> Recipe:
        """What is asked of a photo: its own recipe, else the album's."""
        return self.own.get(photo, self.recipe)

    def model_of(self, photo: Path) -> ModelFile:
        """What colors a photo: its own model, else the album's."""
        return self.models.get(photo, self.model)

    def with_known_leads(self, folder: Path, photos: Iterable[Path]) -> Order:
        """The order with which photo follows which, so far as known; photos follow only photos of the same model.

        Args:
            folder: of the results. Raises `JournalError`.
        """
        found: dict[Path, Lead | None] = {}
        for model, those in self.by_model(photos):
            found |= known_leads(folder, those, model.card.sha256)
        return replace(self, leads=found)

    def by_model(self, photos: Iterable[Path]) -> list[tuple[ModelFile, list[Path]]]:
        """The photos by the model that colors them, that of the first one first."""
        found: dict[Path, tuple[ModelFile, list[Path]]] = {}
        for photo in photos:
            model = self.model_of(photo)
            found.setdefault(model.path, (model, []))[1].append(photo)
        return list(found.values())

    def concerns(self, photo: Path) -> bool:
        """Whether something is to be made of a photo: of a scan that is split, a print of this number."""
        count = self.prints.get(photo, 0)
        return count >= self.part if self.part else not count

    def settings_of(self, photo: Path) -> Settings:
        """How a photo is colored."""
        return self.recipe_of(photo).color

    def lead_of(self, photo: Path) -> Lead | None:
        """The photo of the album whose colors this one takes; None if it is colored by itself, or by a reference."""
        has_reference = self.recipe_of(photo).color.reference is not None
        return self.leads.get(photo) if self.by_scene and not has_reference else None

    def alone(self, photo: Path) -> Order:
        """The order with this photo colored by itself, where its lead cannot be had."""
        return replace(self, leads={**self.leads, photo: None})

    def is_open(self, photo: Path) -> bool:
        """Whether it is still to be found out which photo this one follows."""
        return self.by_scene and photo not in self.leads

    def asked(self, photo: Path) -> str:
        """All that decides what the result of a photo looks like, but the photo, as a JSON object."""
        model = self.model_of(photo)
        card = model.card
        what: dict[str, Any] = {
            "recipe": part_to_json(replace(self.recipe_of(photo), model=None)),
            "save": part_to_json(replace(self.save, overwrite=False, keep_time=False)),
            "model": {"name": card.name, "card_sha256": card.sha256, "size_bytes": model.size_bytes},
        }
        lead = self.lead_of(photo)
        if lead is not None:
            its = self.recipe_of(lead.path)
            plain = replace(its.color, strength=1.0, adjust=Adjust(), protected=None, recolor=False)
            its = replace(its, color=plain, model=None)
            # Its colors are carried as they were predicted, whatever their strength and adjustments.
            what["follows"] = {"name": lead.path.name, "sha256": lead.sha256, "recipe": part_to_json(its)}
        return json.dumps(what, sort_keys=True)

    def work(self, photo: Path) -> str:
        """A hash of what is asked for."""
        what = json.loads(self.asked(photo))
        for its in (what["recipe"], what.get("follows", {}).get("recipe", {})):
            its.get("color", {}).get("reference", {}).pop("path", None)  # it is known by its hash
        what["recipe"]["color"].pop("recolor", None)  # these ask for a result, and do not change it
        source = what["recipe"].pop("source", {})
        source.pop("partial", None)
        what["recipe"] |= {"source": source} if source else {}
        what["recipe"].pop("part", None)  # likewise: its geometry says which print it is
        what.get("follows", {}).pop("name", None)
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()

    def is_work(self, photo: Path, work: str) -> bool:
        """Whether `work`, as a journal has it, is what is asked for: as it is hashed now, or was by Handtint 0.1."""
        return work in (self.work(photo), earlier.work(self.asked_by_0_1(photo)))

    def asked_by_0_1(self, photo: Path) -> dict[str, Any] | None:
        """`asked` as Handtint 0.1 wrote it into its journals; see `earlier`."""
        lead = self.lead_of(photo)
        its = lead and (lead, self.recipe_of(lead.path))
        return earlier.asked(self.recipe_of(photo), self.save, self.model_of(photo), its)


@dataclass(frozen=True)
class Job:
    """One photo and the file its result becomes.

    Attributes:
        note: why that file has another name than the photo, if it has.
        why: why the photo is made although there was a result; empty for a new one.
        replaces: whether a file at `target` is to be replaced.
        follows: the photo whose colors it takes, as far as the plan knows.
        is_open: whether that is still to be found out; the result may then turn out to be made already.
        doubt: why a person may want to leave it out; see `doubts`.
    """

    source: Path
    target: Path
    note: str = ""
    why: str = ""
    replaces: bool = False
    follows: Path | None = None
    is_open: bool = False
    doubt: str = ""


@dataclass(frozen=True)
class Event:
    """What happened to one photo.

    Attributes:
        kind: `started`, `progress` any number of times, then one of `done`, `skipped` and `failed`.
        source: the photo, or the path that led to none.
        target: the file that its result is, becomes or would have become; None where none was planned.
        text: why it was skipped or failed, as a sentence.
        notes: sentences on how the result was made.
        seconds: from opening the photo to the result on disk.
        fraction: how much of this photo is done, 0..1.
        is_routine: whether it was skipped only because it was made in an earlier run.
        advice: what to do about it on the command line; the window has buttons of its own for that.
        work: what the result was made by, as `Order.work` says it, of a photo that is done or was made before.
        lead: the photo that one follows, if any.
    """

    kind: Literal["started", "progress", "done", "skipped", "failed"]
    source: Path
    target: Path | None = None
    text: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    fraction: float = 0.0
    is_routine: bool = False
    advice: str = ""
    work: str = ""
    lead: Lead | None = None

    @property
    def advised(self) -> str:
        """The text with the advice."""
        return f"{self.text} {self.advice}".strip()


@dataclass(frozen=True)
class Plan:
    """Jobs in the order they will be begun, and an event for everything that gave none.

    Attributes:
        left_out: sentences on what lies in the folders and is not taken for a photo.
    """

    jobs: list[Job]
    others: list[Event]
    left_out: tuple[str, ...] = ()

    @property
    def open(self) -> int:
        """How many jobs are open, see `Job.is_open`."""
        return sum(job.is_open for job in self.jobs)
