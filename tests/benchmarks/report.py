"""Rows of the benchmark table, kept in docs/benchmarks.json and shown in docs/benchmarks.md."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
STORE = DOCS / "benchmarks.json"
TABLE = DOCS / "benchmarks.md"

MORE, LESS = "at least", "under"
NONE = "\N{EN DASH}"


@dataclass(frozen=True)
class Row:
    """One measured thing.

    Attributes:
        what: In a few words.
        ours: Our figure with its unit.
        peer: What it is held against, measured in the same run, with its figure.
        ratio: Ours by the peer's, None when there is nothing to divide by.
        bound: `MORE` or `LESS`, empty for a row without a target.
        target: The ratio (or, with `value`, the figure) to keep.
        unit: Of the target: "%", "x" or a unit such as "MB".
        value: Our figure in the target's unit, where the target is no ratio.
        raw: All figures that went in.
    """

    what: str
    ours: str
    peer: str = NONE
    ratio: float | None = None
    bound: str = ""
    target: float = 0.0
    unit: str = "x"
    value: float | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the target was met, None for a row without a target."""
        measured = self.ratio if self.value is None else self.value
        if not self.bound or measured is None:
            return None
        return measured >= self.target if self.bound == MORE else measured < self.target

    def cells(self, note: int) -> list[str]:
        """The row of the table."""
        met = {True: "yes", False: "**no**", None: NONE}[self.met]
        scale = 100 if self.unit == "%" else 1
        goal = f"{self.bound} {_figure(self.target * scale, self.unit)}" if self.bound else NONE
        ratio = NONE if self.ratio is None else _figure(self.ratio * scale, self.unit)
        return [self.what, self.ours, self.peer, ratio, goal, met, f"[{note}](#{note})"]


def _figure(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value:.0f} %"
    return f"{value:.2f}".rstrip("0").rstrip(".") + ("x" if unit == "x" else f" {unit}")


@dataclass(frozen=True)
class Section:
    """Rows that were measured together.

    Attributes:
        name: As `--only` takes it.
        rows: What was found.
        how: How it was measured, in plain English.
        when: Day and time, UTC.
        machine: Facts about the machine by name, see `tests.benchmarks.machine`.
    """

    name: str
    rows: tuple[Row, ...]
    how: str
    when: str = ""
    machine: Mapping[str, str] = field(default_factory=dict)


def load() -> dict[str, Section]:
    """The sections of former runs by name."""
    if not STORE.is_file():
        return {}
    found = json.loads(STORE.read_text(encoding="utf-8"))
    return {
        data["name"]: Section(**{**data, "rows": tuple(Row(**row) for row in data["rows"])}) for data in found
    }


def save(sections: Iterable[Section]) -> None:
    """Writes the raw figures and the table made of them."""
    kept = list(sections)
    text = json.dumps([asdict(section) for section in kept], indent=1, ensure_ascii=False)
    STORE.write_text(text + "\n", encoding="utf-8")
    TABLE.write_text(markdown(kept), encoding="utf-8")


def markdown(sections: list[Section]) -> str:
    """The whole page."""
    head = ("What", "Ours", "Peer or limit", "Ratio", "Target", "Met", "How")
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`. Every peer and every limit was measured in the same run as our own figure.",
        "",
        *_machines(sections),
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
    ]
    for number, section in enumerate(sections, 1):
        lines += ["| " + " | ".join(row.cells(number)) + " |" for row in section.rows]
    lines += ["", "## How each was measured"]
    for number, section in enumerate(sections, 1):
        lines += ["", f'<a id="{number}"></a>**{number}. {section.name.capitalize()}.** {section.how}']
    lines += ["", "All figures that went in are in `docs/benchmarks.json`.", ""]
    return "\n".join(lines)


def _machines(sections: list[Section]) -> list[str]:
    """The machine, once if all rows are of one run on it, else with the rows that it belongs to."""
    groups: dict[tuple[str, ...], list[Section]] = {}
    for section in sections:
        facts = tuple(f"{name}: {value}" for name, value in section.machine.items())
        groups.setdefault(facts, []).append(section)
    lines: list[str] = []
    for facts, members in groups.items():
        days = sorted({section.when for section in members})
        when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        names = "" if len(groups) == 1 else f" ({', '.join(section.name for section in members)})"
        lines += ["", f"Measured {when}{names}:", "", *(f"- {fact}" for fact in facts)]
    return lines[1:]
