"""`handtint restore PATH... -o DIR`: color photos, single ones or whole albums, from the command line."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handtint import model_card
from handtint.album.cluster import run as cluster
from handtint.album.doubts import look_for_color, sort_out
from handtint.album.folders import identities
from handtint.album.journal import WHOLE, Journal, has_journal
from handtint.album.order import Event, Job, Order, Plan
from handtint.album.pace import Pace, estimate
from handtint.album.plan import photos_in, plan
from handtint.album.report import Report
from handtint.album.review import Review
from handtint.album.run import run, usual_threads
from handtint.album.watch import watch
from handtint.cli.console import Console
from handtint.cli.exit_codes import FAILED, OK, STOPPED
from handtint.cli.restore_options import FORMATS
from handtint.cli.source import ALL, with_source
from handtint.cli.turning import geometry_order, looked_for, without_doubles
from handtint.errors import HandtintError, SaveError
from handtint.imaging.comparison import Sheet
from handtint.imaging.hint_files import HintsByName, Picture, assign, parts_of_name, read_hints
from handtint.imaging.photo import Photo
from handtint.imaging.recipe_files import read_recipe
from handtint.plain import duration
from handtint.progress import Cancelled, Progress
from handtint.recipe.files import RecipeFile, has_places
from handtint.recipe.form import RecipeError
from handtint.recipe.geometry import Geometry
from handtint.recipe.geometry_options import GeometryOrder
from handtint.recipe.hints import Hint
from handtint.recipe.presets import Presets
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import AUTO, Repair
from handtint.recipe.saving import SaveOptions
from handtint.recipe.source import Source
from handtint.restore.colorizer import Load
from handtint.restore.references import choose_reference
from handtint.stamps import sha256_of


def command(args: argparse.Namespace, load: Load) -> int:
    """Run the command and return its exit code.

    Args:
        load: makes a colorizer from a model file, a device's name and a number of threads (None: as usual).
    """
    start = time.perf_counter()
    console = Console(args.json)
    turning = geometry_order(args)
    order = _order(args, turning, console)
    if order.recipe.is_repaired or not order.recipe.is_colored:
        console.done_word = "restored"  # some of them, or all, without color
    turning = dataclasses.replace(turning, geometry=order.recipe.geometry)
    stopped = broken = False
    with _stop_signals() as is_stopped:
        try:
            progress, orders = Progress(console.progress, is_stopped), [order]
            if turning.searches or args.page == ALL:
                photos = photos_in(args.paths, args.output, args.recursive, args.exclude)
                orders = looked_for(turning, order, photos, args.page == ALL, console, progress)
            if args.dry_run:
                _show(args, orders, console, progress)
            else:
                _make(args, orders, console, load, progress)
        except Cancelled:
            stopped = True
        except HandtintError as error:  # not about one photo: the model, the device, the disk, the sheet
            broken = True
            console.problem(str(error))
        finally:
            console.clear()
    if not args.dry_run:
        console.finish(stopped, time.perf_counter() - start)
    if stopped:
        return OK if args.watch else STOPPED
    return FAILED if broken or console.counts["failed"] else OK


def _order(args: argparse.Namespace, turning: GeometryOrder, console: Console) -> Order:
    if args.same_look and (args.cluster or args.shard != WHOLE):
        raise HandtintError(
            "To give photos of one scene the same colors, one process must see the whole album. "
            "Leave out --same-look, or --cluster and --shard. Nothing was changed."
        )
    if args.same_look and args.reference:
        raise HandtintError(
            "With --reference every photo takes its colors from that one, with --same-look from one of the album. "
            "Leave out one of them. Nothing was changed."
        )
    recipe = _recipe(args, turning.geometry)
    return Order(
        model=model_card.find_model(args.model or recipe.model or model_card.DEFAULT_MODEL),
        recipe=recipe,
        own=_own(args, recipe, console) if args.hints else {},
        save=SaveOptions(
            format=FORMATS[args.format] if args.format else None,
            provenance=not args.no_provenance,
            overwrite=args.overwrite,
            smaller=args.smaller,
            keep_time=args.keep_time,
            **({"quality": args.quality} if args.quality else {}),
        ),
        retry=args.retry,
        resume=args.resume,
        by_scene=args.same_look,
    )


def _recipe(args: argparse.Namespace, geometry: Geometry) -> Recipe:
    """What is asked of every photo: by a recipe or preset, and the options that go before it."""
    recipe = Recipe()
    if args.recipe:
        found = read_recipe(args.recipe)
        recipe = found.recipe
        if has_places(recipe):
            _check_same_photo(args, found)
    elif args.preset:
        recipe = Presets().named(args.preset).recipe
    given = {"vividness": args.vividness, "strength": args.strength}
    if args.variant is not None:
        given["variant"] = args.variant - 1
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if args.closely:
        chosen["closely"] = True
    adjusted = {**({} if args.warmth is None else {"warmth": args.warmth}), **(args.saturation or {})}
    if args.reference is not None:
        chosen["reference"] = choose_reference(args.reference)
    chosen["adjust"] = dataclasses.replace(recipe.color.adjust, **adjusted)
    if args.repair == AUTO and args.gray is not None:
        raise HandtintError("`--repair auto` chooses what gray is taken from by itself. Leave out --gray, or auto.")
    repair = args.repair if isinstance(args.repair, Repair) else recipe.repair
    if args.gray is not None:
        repair = dataclasses.replace(repair, gray=args.gray)
    recipe = dataclasses.replace(
        recipe,
        repair=repair,
        is_repair_automatic=args.repair == AUTO or (args.repair is None and recipe.is_repair_automatic),
        is_colored=recipe.is_colored and not args.no_color,
    )
    turned = {"turn": args.rotate, "straighten": args.straighten, "crop": args.crop}
    numbers = {name: getattr(geometry, name) for name, option in turned.items() if option is not None}
    before = recipe.geometry if args.perspective is None else recipe.geometry.with_corners(geometry.corners)
    recipe = with_source(recipe.with_geometry(dataclasses.replace(before, **numbers)), args)
    return recipe.with_color(dataclasses.replace(recipe.color, recolor=args.recolor or recipe.color.recolor, **chosen))


def _check_same_photo(args: argparse.Namespace, found: RecipeFile) -> None:
    """Raises `RecipeError` where a recipe speaks of places of another photo than those given, or of another page."""
    page = found.recipe.source.page
    is_of_other_page = found.sha256 is not None and args.page not in (None, page)
    if is_of_other_page and has_places(dataclasses.replace(found.recipe, source=Source())):
        raise RecipeError(
            f'The recipe in "{args.recipe.name}" was made for page {page} of "{found.photo}", and has places of it, '
            "such as color hints, which would be wrong on another page. Nothing was changed. Leave out --page, or save "
            "its settings as a preset and use --preset."
        )
    for photo in photos_in(args.paths, args.output, args.recursive):
        try:
            is_another = found.is_of_another(sha256_of(photo))
        except OSError:  # reading it says why
            continue
        if is_another:
            raise RecipeError(
                f'The recipe in "{args.recipe.name}" was made for another photo, "{found.photo}", and has places of it,'
                f' such as color hints, which would be wrong on "{photo.name}". Nothing was changed. '
                "Give that photo, or save its settings as a preset and use --preset."
            )


def _own(args: argparse.Namespace, recipe: Recipe, console: Console) -> dict[Path, Recipe]:
    """The recipes of photos that have color hints."""
    given = read_hints(args.hints)
    photos = photos_in(args.paths, args.output, args.recursive, args.exclude)
    if args.split:  # its hints say by their places which print they are on
        pictures = [Picture(photo, recipe.source.page, part) for photo in photos for part in _prints_named(given)]
    else:
        pictures = [Picture(photo, recipe.source.page, recipe.part) for photo in photos]
    found, strange = assign(given, pictures)
    if strange:
        names = ", ".join(f'"{name}"' for name in strange)
        console.problem(f'"{args.hints.name}" has hints for photos that are not among those given: {names}.')
    hints: dict[Path, tuple[Hint, ...]] = {}
    for picture, its in found.items():
        hints[picture.path] = tuple(dict.fromkeys((*hints.get(picture.path, ()), *its)))
    own = {photo: recipe.with_color(dataclasses.replace(recipe.color, hints=its)) for photo, its in hints.items()}
    return own | {photo.absolute(): its for photo, its in own.items()}  # leads are known by their absolute paths


def _prints_named(hints: HintsByName) -> set[int]:
    return {0, *(parts_of_name(name)[2] for name in hints)}


def _make(args: argparse.Namespace, orders: list[Order], console: Console, load: Load, progress: Progress) -> None:
    with Journal(args.output, args.shard) as journal:
        if journal.strange:
            console.problem(journal.strange)
        given = [*args.paths, args.hints] if args.hints else args.paths
        report = Report(args.report, journal, orders[0], given, args.overwrite) if args.report else None
        album = _Album(args, orders, console, load, progress, journal, report)
        with _reported(report, console, progress):
            if args.watch:
                album.watch()
            else:
                album.make()


@dataclass(frozen=True)
class _Album:
    """The photos of one command, and all that making them takes.

    Attributes:
        orders: one for photos, one for each number of print on scans that are split.
    """

    args: argparse.Namespace
    orders: list[Order]
    console: Console
    load: Load
    progress: Progress
    journal: Journal
    report: Report | None

    def make(self) -> None:
        """Make what is there now."""
        args = self.args
        if args.sheet and identities([args.sheet]) & identities(
            photos_in(args.paths, args.output, args.recursive, args.exclude)
        ):
            raise SaveError(f'The sheet would replace the original "{args.sheet}". Choose another file for it.')
        plans = self._plan_and_tell()
        jobs = [job for one in plans for job in one.jobs]
        made = [(order, its) for order, its in zip(self.orders, plans, strict=True) if its.jobs or not jobs]
        if args.cluster:
            for order, its in made:
                cluster.run(
                    its.jobs, order, self.journal, self.load, args.cluster, args.device, self.progress, self._tell
                )
            return
        sheet = Sheet() if args.sheet else None
        places = {job.target: place for place, job in enumerate(jobs)}

        def keep(job: Job, photo: Photo, result: Photo) -> None:
            if sheet is not None:
                sheet.add(job.target.stem, photo.pixels, result.pixels, places[job.target])
            if self.report:
                self.report.keep(job, photo, result)

        threads = usual_threads(args.threads)
        for_network = threads.network if len(jobs) > 2 else args.threads
        load = functools.cache(lambda: self.load(self.orders[0].model, args.device, for_network))
        asked = keep if args.sheet or args.report else None
        for order, its in made:
            run(its.jobs, order, self.journal, load, self.progress, self._tell, asked, threads=threads)
        if sheet is not None:
            sheet.save(args.sheet, args.overwrite)
            self.console.say(f'Before and after: "{args.sheet}"{sheet.left_out_text}')

    def watch(self) -> None:
        """Make what comes, until the user stops it."""
        (order,) = self.orders  # nothing is looked for in photos that are yet to come
        load = functools.cache(lambda: self.load(order.model, self.args.device, self.args.threads))
        keep = self.report.keep if self.report else None

        threads = usual_threads(self.args.threads)

        def make(jobs: list[Job], tell: Callable[[Event], None]) -> None:
            self._expect(jobs)
            run(jobs, order, self.journal, load, self.progress, tell, keep, threads=threads)

        self.console.say("Watching for photos; Ctrl-C ends it.")
        watch(lambda: self._plan()[0], make, self._tell, self.progress)

    def _plan(self) -> list[Plan]:
        return _plans(self.args, self.orders, self.journal)

    def _plan_and_tell(self) -> list[Plan]:
        plans = self._plan()
        for event in (event for one in plans for event in one.others):
            self._tell(event)
        left_out = tuple(dict.fromkeys(text for one in plans for text in one.left_out))
        for text in left_out:
            self.console.left_out(text)
        if self.report:
            self.report.left_out = left_out
        self._expect([job for one in plans for job in one.jobs])
        return plans

    def _expect(self, jobs: list[Job]) -> None:
        self.console.expect(len(jobs))
        if self.report:
            self.report.expect(len(jobs))

    def _tell(self, event: Event) -> None:
        self.console.event(event)
        if self.report:
            self.report.event(event)


@contextlib.contextmanager
def _reported(report: Report | None, console: Console, progress: Progress) -> Iterator[None]:
    """Write the report after the work inside, however that ended."""
    try:
        yield
        if report:
            report.fill(progress)
    except (Cancelled, HandtintError) as error:
        if report:
            try:
                report.write("It was stopped." if isinstance(error, Cancelled) else str(error))
            except HandtintError as failure:
                console.problem(str(failure))
        raise
    if report:
        report.write()
        console.say(f'Report: "{report.path}"')


def _show(args: argparse.Namespace, orders: list[Order], console: Console, progress: Progress) -> None:
    """What would be done, with nothing done."""
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(Journal(args.output, args.shard)) if has_journal(args.output) else None
        if journal and journal.strange:
            console.problem(journal.strange)
        plans = _plans(args, orders, journal)
    looked = [look_for_color(one.jobs, order, progress) for order, one in zip(orders, plans, strict=True)]
    plans = [sort_out(one, judgments) for one, judgments in zip(plans, looked, strict=True)]
    jobs = [job for one in plans for job in one.jobs]
    for job in jobs:
        console.planned(job)
    for event in (event for one in plans for event in one.others):
        console.event(event)
    for text in dict.fromkeys(text for one in plans for text in one.left_out):
        console.left_out(text)
    needed = estimate(jobs, args.output, Pace())
    console.estimate(len(jobs), needed, duration(needed.seconds))
    if doubts := sum(bool(job.doubt) for job in jobs):
        console.say(f"{doubts} of them may be in color already; leave out those that you do not want colored.")
    count = sum(one.open for one in plans)
    if count:
        console.say(f"Which of {count} photos show the same, and follow another, is found out when it begins.")
    if args.report:
        console.say(f'The report would be "{args.report}".')


def _plans(args: argparse.Namespace, orders: list[Order], journal: Journal | None) -> list[Plan]:
    aside = () if args.redo_rejected else Review(args.output).targets_aside()
    plans = [
        plan(args.paths, args.output, order, journal, args.recursive, args.shard, aside, args.exclude, args.watch)
        for order in orders
    ]
    return without_doubles(plans)


@contextlib.contextmanager
def _stop_signals() -> Iterator[Callable[[], bool]]:
    """Turn Ctrl-C and SIGTERM into an answer that work asks for; a second Ctrl-C does not wait for it."""
    stopped = False

    def stop(number: int, _frame: object) -> None:
        nonlocal stopped
        if stopped and number == signal.SIGINT:
            raise KeyboardInterrupt
        stopped = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
