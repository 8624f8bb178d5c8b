"""What a verdict says in plain words; what got worse is said as plainly as what got better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Verdict = Mapping[str, Any]
Measure = Mapping[str, Any]
BETTER, WORSE, SAME, UNKNOWN = "better", "worse", "no clear change", "not measured"


def judged(measure: Measure) -> str:
    """`BETTER` or `WORSE` where the whole interval of the difference lies on one side of nothing."""
    difference = measure.get("difference")
    if not difference:
        return UNKNOWN
    if difference["low"] > 0:
        return BETTER
    return WORSE if difference["high"] < 0 else SAME


def amount(value: float, measure: Measure, *, signed: bool = False) -> str:
    """A figure as a person reads it: counts of ten with one digit, percents whole, shares with three."""
    unit = str(measure.get("unit", ""))
    digits = 1 if unit.startswith("of ") else 0 if unit == "%" else 3
    text = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    return f"{text} %" if unit == "%" else text


def from_to(measure: Measure) -> str:
    """The figures of both models: "6.1 → 7.4 of 10"."""
    before, after = measure.get("before"), measure.get("after")
    if not before or not after:
        return "–"  # noqa: RUF001
    unit = str(measure.get("unit", ""))
    tail = f" {unit}" if unit.startswith("of ") else ""
    return f"{amount(before['mean'], measure)} → {amount(after['mean'], measure)}{tail}"


def interval(measure: Measure) -> str:
    """Where the difference lies: "+1.3, most likely between +0.9 and +1.7"."""
    difference = measure.get("difference")
    if not difference:
        return UNKNOWN
    mean, low, high = (amount(difference[key], measure, signed=True) for key in ("mean", "low", "high"))
    return f"{mean}, most likely between {low} and {high}"


def title(verdict: Verdict) -> str:
    """Whether the new model is recommended."""
    name = verdict["after"]["name"]
    return f"{name} is recommended" if verdict["recommended"] else f"{name} is not recommended"


def headline(verdict: Verdict) -> str:
    """The one sentence that matters: of ten neighbours, how many fitted before and how many now."""
    measure = next((m for m in verdict["measures"] if m["key"] == "fitting"), None)
    if measure is None or not measure.get("before") or not measure.get("after"):
        return ""
    before, after = (amount(measure[side]["mean"], measure) for side in ("before", "after"))
    sentence = f"Of 10 neighbours, {before} fitted before, {after} now."
    difference = measure.get("difference")
    if not difference:
        return sentence
    low, high = (amount(difference[key], measure, signed=True) for key in ("low", "high"))
    tail = " so that it may be chance" if judged(measure) == SAME else ""
    return f"{sentence} The difference most likely lies between {low} and {high}{tail}."


def losses(verdict: Verdict) -> str:
    """What got clearly worse, or that nothing did."""
    worse = [str(m["title"]) for m in verdict["measures"] if judged(m) == WORSE]
    return f"Clearly worse: {', '.join(worse)}." if worse else "Nothing that was measured got clearly worse."


def basis(verdict: Verdict) -> str:
    """What the figures rest on."""
    seconds = round(float(verdict.get("seconds", 0)))
    took = f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
    return (
        f"Learnt from {verdict['train']:,} photos in {took}; measured on {verdict['held_out']:,} others"
        " that were held out."
    )
