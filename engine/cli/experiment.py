"""`hammingbird experiment`: compare objectives as a plan says."""

from pathlib import Path

import click

from engine.cli.destination import check_destination
from engine.cli.terminal import PROGRESS_KINDS, reporter
from engine.errors import JobCancelled, UsageError


@click.command(short_help="Compare objectives.")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--run", type=click.Path(path_type=Path), help="Folder of features and results; runs/PLAN without it."
)
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="Rows at a time.")
@click.option(
    "--published",
    type=click.Path(path_type=Path),
    metavar="PAGE",
    help="Run nothing: write the published figures of all PLANs into PAGE, with ours or why there are none.",
)
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar")
def experiment(
    plans: tuple[Path, ...], run: Path | None, processes: int, published: Path | None, progress: str
) -> None:
    """Run the experiment that PLAN describes, and write its page.

    Every objective gets the same photos, features, epochs and seeds. What is done is kept: after Ctrl-C, or
    with rows added, the same command does the rest. Plans of ours are in docs/experiments. Where photos of a
    plan are missing, you are told how to get them, and nothing is written.
    """
    if published is not None:
        from engine.training.experiments.published import write_published

        _write(published, write_published(plans))
    elif len(plans) > 1:
        raise UsageError("One plan is run at a time.", "Name one, or add --published PAGE.")
    else:
        _run(plans[0], run or Path("runs") / plans[0].stem, processes, progress)


def _run(file: Path, folder: Path, processes: int, progress: str) -> None:
    from engine.training.experiments.figures import draw_claims
    from engine.training.experiments.grid import run_grid
    from engine.training.experiments.locate import locate
    from engine.training.experiments.material import lay_ground
    from engine.training.experiments.page import Summaries, drawn_photos, write_page
    from engine.training.experiments.plan import load_plan
    from engine.training.experiments.published import keep_ours
    from engine.training.launch import stop_when_asked

    plan = locate(load_plan(file), file.parent)
    check_destination("page", plan.page.parent)
    folder.mkdir(parents=True, exist_ok=True)
    with reporter(progress) as report, stop_when_asked() as stop:
        side = plan.end_to_end.input_side if plan.end_to_end else 0
        ground = lay_ground(plan.material, folder, report, plan.protocol, pixels=side)
        grid = run_grid(plan, ground, folder, report, processes=processes, stop=stop)
    if grid is None:
        raise JobCancelled(f"Stopped. What is done is in {folder}; the same command does the rest.")
    summaries = Summaries.of(plan, grid, ["test", *ground.transfer])
    figures = draw_claims(plan, summaries)
    beside = keep_ours(plan, summaries, drawn_photos(plan, ground))
    command = f"hammingbird experiment {file}"
    _write(plan.page, write_page(plan, ground, grid, summaries, figures, beside, command=command))


def _write(page: Path, text: str) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {page}.")
