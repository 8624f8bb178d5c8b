"""Measures speed and memory, peers and limits in the same run: `make bench`.

python -m tests.benchmarks                         everything; writes docs/benchmarks.md and .json
python -m tests.benchmarks --only query,window     measures these anew, keeps the other rows
python -m tests.benchmarks --quick                 tiny sizes, to try the benchmarks; writes nothing
"""

import argparse
import dataclasses
import importlib
import sys
import time
from datetime import UTC, datetime

from tests.benchmarks import machine, report

SECTIONS = {
    "large": "indexing:large",
    "small": "indexing:small",
    "unchanged": "indexing:unchanged",
    "query": "queries:query",
    "window": "windows:window",
    "training": "training:training",
    "bundles": "bundles:bundles",
}
GROUPS = {"index": ("large", "small", "unchanged")}


def chosen(only: str) -> list[str]:
    """The sections that `--only` names, in their usual order.

    Raises:
        argparse.ArgumentTypeError: There is no such section.
    """
    wanted: set[str] = set()
    for name in only.split(","):
        if name not in GROUPS and name not in SECTIONS:
            names = ", ".join([*SECTIONS, *GROUPS])
            raise argparse.ArgumentTypeError(f"there is no {name!r}; choose of {names}")
        wanted.update(GROUPS.get(name, (name,)))
    return [name for name in SECTIONS if name in wanted]


def main() -> None:
    """Measures, tells, writes."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Measures speed and memory."
    )
    names = ",".join([*SECTIONS, *GROUPS])
    parser.add_argument(
        "--only", type=chosen, default=list(SECTIONS), metavar="NAMES", help=f"some of {names}"
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes; writes nothing")
    options = parser.parse_args()
    facts = machine.describe()
    if "Not idle" in facts:
        sys.stderr.write(
            f"The machine is not idle: {facts['Not idle']}. The figures will not be worth much.\n"
        )
    sections = {} if options.quick else report.load()
    for name in options.only:
        begin = time.monotonic()
        module, function = SECTIONS[name].split(":")
        found = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)(options.quick)
        when = f"{datetime.now(UTC):%Y-%m-%d}"
        sections[name] = dataclasses.replace(found, when=when, machine=facts)
        sys.stderr.write(f"{name}: {time.monotonic() - begin:.0f} s\n")
        ordered = [sections[known] for known in SECTIONS if known in sections]
        if not options.quick:
            report.save(ordered)
    sys.stdout.write(report.markdown(ordered))


if __name__ == "__main__":
    main()
