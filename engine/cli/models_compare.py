"""`hammingbird models compare`: what the cards of two models say, and a verdict on the two."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine.cli.tables import print_table
from engine.cli.terminal import print_json
from engine.library.database import Library
from engine.library.model_choice import known_models, meant_digest, model_bytes
from engine.library.models_table import ModelRow
from engine.library.retraining import run_between


@click.command(short_help="Compare two models.")
@click.argument("first")
@click.argument("second")
@click.option("--json", "as_json", is_flag=True, help="Print both models and the verdict as JSON.")
@click.pass_obj
def compare(library_dir: Path, first: str, second: str, as_json: bool) -> None:
    """Show what is known of two models, side by side: a name, a part of it, or a digest's beginning.

    Figures of the cards were measured on held-out photos of the training of each, and say nothing of who is
    better where these differ. Where one came of a retraining of the other, its verdict is shown too: both
    measured on the same photos, which neither has seen.
    """
    library = Library.open_reading(library_dir)
    try:
        rows = {row.digest: row for row in known_models(library)}
        pair = [rows[meant_digest(library, text)] for text in (first, second)]
    finally:
        library.close()
    told = [_told(library_dir, row, rows) for row in pair]
    a, b = (row.digest for row in pair)
    run = run_between(library_dir, a, b) or run_between(library_dir, b, a)
    verdict = run.verdict() if run else None
    if as_json:
        print_json({"models": told, "run": run and run.run_id, "verdict": verdict})
        return
    _print_cards(told)
    if verdict is not None:
        _print_verdict(verdict, {row.digest: row.name for row in pair})


def _told(library_dir: Path, row: ModelRow, rows: Mapping[str, ModelRow]) -> dict[str, Any]:
    """What is known of a model, for a program."""
    parent = None if row.parent is None else rows.get(row.parent)
    return {
        "name": row.name,
        "digest": row.digest,
        "state": row.state,
        "bits": row.n_bits,
        "codes": row.codes,
        "bytes": model_bytes(library_dir, row.digest),
        "network": row.card.get("network"),
        "objective": row.card.get("objective"),
        "parent": row.parent,
        "parent_name": parent and parent.name,
        "figures": _figures(row.card),
    }


def _figures(card: Mapping[str, Any]) -> dict[str, float]:
    """What was measured on held-out photos when the model was made."""
    words = card.get("words")
    found: dict[str, float] = {}
    for start, measured in (
        ("", card.get("validation")),
        ("words ", words.get("validation") if isinstance(words, Mapping) else None),
    ):
        if isinstance(measured, Mapping):
            found |= {
                f"{start}{name}": value for name, value in measured.items() if isinstance(value, int | float)
            }
    return found


def _print_cards(told: list[dict[str, Any]]) -> None:
    a, b = told
    rows = [
        ("digest", a["digest"][:12], b["digest"][:12]),
        ("state", a["state"], b["state"]),
        ("bits", str(a["bits"]), str(b["bits"])),
        ("photos with codes", f"{a['codes']:,}", f"{b['codes']:,}"),
        ("megabytes", *(f"{model['bytes'] / 1e6:,.1f}" for model in told)),
        *((key, str(a[key] or ""), str(b[key] or "")) for key in ("network", "objective")),
        ("trained from", *(str(model["parent_name"] or (model["parent"] or "")[:12]) for model in told)),
    ]
    for name in dict.fromkeys([*a["figures"], *b["figures"]]):
        rows.append((name, *(_figure(model["figures"].get(name)) for model in told)))
    print_table(("", a["name"], b["name"]), rows)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _print_verdict(verdict: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """The measures, before and after, and whether the new model is recommended."""
    before, after = (names[verdict[side]["digest"]] for side in ("before", "after"))
    click.echo(f"\nOn {verdict['held_out']:,} photos that were not learned from:")
    rows = [
        (measure["title"], *(_range(measure.get(side)) for side in ("before", "after", "difference")))
        for measure in verdict["measures"]
    ]
    print_table(("", before, after, "difference"), rows)
    click.echo(
        " ".join([f"{after} is {'' if verdict['recommended'] else 'not '}recommended.", *verdict["reasons"]])
    )


def _range(estimate: Mapping[str, float] | None) -> str:
    if estimate is None:
        return ""
    return f"{estimate['mean']:.2f} ({estimate['low']:.2f} to {estimate['high']:.2f})"
