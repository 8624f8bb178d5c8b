"""`hammingbird retrain`: a model learns from captions of this library, and is judged beside the old one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from engine import jobs
from engine.cli.setting_option import chosen, pairs
from engine.cli.terminal import PROGRESS_KINDS, print_json, reporter
from engine.errors import HammingbirdError, UsageError
from engine.library.database import Library
from engine.library.retraining import find_run, run_folder
from engine.progress import Result


@dataclass(frozen=True)
class RunOptions:
    """How the command runs, whatever it learns."""

    resume: str | None
    progress: str
    wait: bool


@click.command(short_help="Teach a model what you mean by alike.")
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Learn from photos in this folder alone (repeat).",
)
@click.option(
    "--photos", type=click.Path(path_type=Path), metavar="FILE", help="Learn from these: a photo's id a line."
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    help='Captions of this source alone (repeat), see `captions status`; "folders" are their names.',
)
@click.option("--ignore", "ignored", multiple=True, help="A caption that says nothing (repeat).")
@click.option("--caption-encoder", help="See docs/training.md.  [default: the model's own text tower]")
@click.option("--objective", help="See docs/training.md.  [default: semantic-kl]")
@click.option(
    "--set", "options", multiple=True, metavar="NAME=VALUE", help="Option of the objective (repeat)."
)
@click.option("--bits", "n_bits", type=int, help="Length of the new codes.  [default: as before]")
@click.option(
    "--train",
    type=click.Choice(["head", "stage", "all"]),
    help="Train the hash head, the last stage too, or everything.  [default: head]",
)
@click.option("--minutes", type=float, help="Time to learn in.  [default: 5]")
@click.option("--keep", type=float, help="Weight of the old distances of other photos.  [default: 100]")
@click.option("--seed", type=int, help="Of weights, order and views.  [default: 0]")
@click.option("--name", default="", help="What the new model is called.")
@click.option("--model", default="", help="Model to go on from.  [default: the one in use]")
@click.option("--resume", metavar="RUN", help="Go on with an interrupted run.")
@click.option("--check", is_flag=True, help="Only say what would be done.")
@click.option("--json", "as_json", is_flag=True, help="With --check: print JSON.")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar", help="How progress is shown.")
@click.option("--wait", is_flag=True, help="Wait while another job writes to the library.")
@click.pass_obj
def retrain(
    library_dir: Path,
    folders: tuple[Path, ...],
    photos: Path | None,
    sources: tuple[str, ...],
    ignored: tuple[str, ...],
    options: tuple[str, ...],
    name: str,
    model: str,
    resume: str | None,
    check: bool,
    as_json: bool,
    progress: str,
    wait: bool,
    **named: Any,
) -> None:
    """Teach a model from the captions and pairs of this library; a candidate comes of it.

    Some photos are held out, and the candidate is judged on these beside the model before. The model in use
    stays in use: `hammingbird models accept` goes over to the candidate.
    """
    library = None
    try:
        Library.open_reading(library_dir).close()
        library = Library.open(library_dir)
        # torch; a wrong library is told without it
        from engine.training.retraining.captions import Asked

        asked = Asked(folders, _photo_ids(photos), frozenset(sources), frozenset(ignored))
        settings = {**chosen(named), "options": pairs("--set", options)}
        if check:
            _tell(_check(library, asked, settings, model), as_json=as_json)
            return
        told = _retrain(library, asked, settings, (name, model), RunOptions(resume, progress, wait))
    except HammingbirdError as error:
        jobs.tell_early_failure(library_dir, error)
        raise
    finally:
        if library is not None:
            library.close()
    if progress == "bar":
        click.echo(told)


def _photo_ids(file: Path | None) -> tuple[int, ...] | None:
    if file is None:
        return None
    try:
        return tuple(int(line) for line in file.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The list {file} can't be read: {error}.") from error
    except ValueError as error:
        raise UsageError(
            f"{file} is no list of photos: {error}.", "Write the id of a photo a line."
        ) from error


def _plan(library: Library, asked: Any, settings: dict[str, Any], names: tuple[str, str]) -> Any:
    from engine.library.model_choice import model_to_query, named_model
    from engine.library.model_names import check_name
    from engine.training.retraining.settings import RetrainSettings
    from engine.training.retraining.whole_run import RetrainPlan

    base = named_model(library, names[1]) if names[1] else model_to_query(library.dir)
    name = check_name(library, names[0]) if names[0] else ""
    return RetrainPlan(base, asked, RetrainSettings(**settings), name)


def _check(library: Library, asked: Any, settings: dict[str, Any], model: str) -> dict[str, Any]:
    from engine.training.retraining.whole_run import check

    return check(library, _plan(library, asked, settings, ("", model)))


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    click.echo(
        f"{found['captioned']:,} of {found['photos']:,} photos have captions ({found['captions']:,});"
        f" {found['train']:,} to learn from, {found['held_out']:,} held out, {found['pairs']:,} pairs."
    )
    click.echo(f"It would take about {max(round(found['seconds'] / 60), 1)} minutes on {found['device']}.")
    for kind in ("problems", "warnings"):
        for complaint in found[kind]:
            click.echo(f"{complaint['what']} {complaint['remedy']}", err=True)
    if found["problems"]:
        raise click.exceptions.Exit(1)


def _retrain(
    library: Library, asked: Any, settings: dict[str, Any], names: tuple[str, str], options: RunOptions
) -> str:
    from engine.training.retraining.whole_run import carry_out

    plan = _plan(library, asked, settings, names)
    title = f"Teaching {plan.base.name}"
    with (
        reporter(options.progress) as report,
        jobs.job(library.dir, "retrain", title, report, wait=options.wait) as control,
    ):
        run = (
            find_run(library.dir, options.resume)
            if options.resume
            else run_folder(library.dir, control.folder.job_id)
        )
        done = carry_out(
            library, plan, run, control, finishing=lambda: control.finishing, resume=bool(options.resume)
        )
        verdict = done.verdict
        told = "\n".join([measure["explained"] for measure in verdict["measures"]] + verdict["reasons"])
        told += f"\nTo use it: hammingbird models accept {done.model.digest[:12]}"
        figures = {"run": run.run_id, "digest": done.model.digest, "recommended": verdict["recommended"]}
        control.report(Result(f"{done.model.name}: {verdict['reasons'][0]}", figures))
    return told
