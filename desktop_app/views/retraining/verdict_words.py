"""What a verdict says in plain words; what got worse is said as plainly as what got better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Verdict = Mapping[str, Any]
Measure = Mapping[str, Any]
BETTER, WORSE, SAME = "better", "worse", "no clear change"
CHANGED, UNKNOWN = "changed", "not measured"
KEPT = "kept"  # key of the measure that says how much is as before: less of it is other, not worse


def judged(measure: Measure) -> str:
    """`BETTER` or `WORSE` where the whole interval of the difference lies on one side of nothing."""
    difference = measure.get("difference")
    if not difference:
        return UNKNOWN
    if difference["low"] > 0:
        return BETTER
    if difference["high"] < 0:
        return CHANGED if measure["key"] == KEPT else WORSE
    return SAME


def amount(value: float, measure: Measure) -> str:
    """A figure as a person reads it: shares as per cent."""
    return f"{value:.1%}" if measure["unit"] == "share" else f"{value:.1f}"


def _step(value: float, measure: Measure) -> str:
    """A difference, with its sign."""
    return f"{100 * value:+.1f}" if measure["unit"] == "share" else f"{value:+.1f}"


def from_to(measure: Measure) -> str:
    """The figures of both models: "6.1 → 7.4 of 10"."""
    before, after = measure.get("before"), measure.get("after")
    if not before or not after:
        return "–"  # noqa: RUF001
    tail = "" if measure["unit"] == "share" else f" {measure['unit']}"
    return f"{amount(before['mean'], measure)} → {amount(after['mean'], measure)}{tail}"


def interval(measure: Measure) -> str:
    """Where the difference lies: "+1.3, most likely between +0.9 and +1.7"; that of shares in points."""
    difference = measure.get("difference")
    if not difference:
        return UNKNOWN
    mean, low, high = (_step(difference[key], measure) for key in ("mean", "low", "high"))
    points = " points" if measure["unit"] == "share" else ""
    return f"{mean}{points}, most likely between {low} and {high}"


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
    low, high = (_step(difference[key], measure) for key in ("low", "high"))
    tail = ", so that it may be chance" if judged(measure) == SAME else ""
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
