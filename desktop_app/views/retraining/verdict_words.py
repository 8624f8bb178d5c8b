"""What a verdict says in plain words; what got worse is said as plainly as what got better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.translation import QT_TR_NOOP, figure, number, tr

Verdict = Mapping[str, Any]
Measure = Mapping[str, Any]
BETTER, WORSE, SAME = QT_TR_NOOP("better"), QT_TR_NOOP("worse"), QT_TR_NOOP("no clear change")
CHANGED, UNKNOWN = QT_TR_NOOP("changed"), QT_TR_NOOP("not measured")
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
    return figure(value, ".1%" if measure["unit"] == "share" else ".1f")


def _step(value: float, measure: Measure) -> str:
    """A difference, with its sign."""
    return figure(100 * value if measure["unit"] == "share" else value, "+.1f")


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
        return tr(UNKNOWN)
    mean, low, high = (_step(difference[key], measure) for key in ("mean", "low", "high"))
    if measure["unit"] == "share":
        mean = tr("{mean} points").format(mean=mean)
    return tr("{mean}, most likely between {low} and {high}").format(mean=mean, low=low, high=high)


def title(verdict: Verdict) -> str:
    """Whether the new model is recommended."""
    name = verdict["after"]["name"]
    return (
        tr("{name} is recommended").format(name=name)
        if verdict["recommended"]
        else tr("{name} is not recommended").format(name=name)
    )


def headline(verdict: Verdict) -> str:
    """The one sentence that matters: of ten neighbours, how many fitted before and how many now."""
    measure = next((m for m in verdict["measures"] if m["key"] == "fitting"), None)
    if measure is None or not measure.get("before") or not measure.get("after"):
        return ""
    before, after = (amount(measure[side]["mean"], measure) for side in ("before", "after"))
    sentence = tr("Of 10 neighbours, {before} fitted before, {after} now.").format(before=before, after=after)
    difference = measure.get("difference")
    if not difference:
        return sentence
    low, high = (_step(difference[key], measure) for key in ("low", "high"))
    chance = tr("The difference most likely lies between {low} and {high}, so that it may be chance.")
    sure = tr("The difference most likely lies between {low} and {high}.")
    return f"{sentence} {(chance if judged(measure) == SAME else sure).format(low=low, high=high)}"


def losses(verdict: Verdict) -> str:
    """What got clearly worse, or that nothing did."""
    worse = [str(m["title"]) for m in verdict["measures"] if judged(m) == WORSE]
    return (
        tr("Clearly worse: {measures}.").format(measures=", ".join(worse))
        if worse
        else tr("Nothing that was measured got clearly worse.")
    )


def basis(verdict: Verdict) -> str:
    """What the figures rest on."""
    seconds = round(float(verdict.get("seconds", 0)))
    took = (
        tr("{minutes} min {seconds} s").format(minutes=seconds // 60, seconds=seconds % 60)
        if seconds >= 60
        else f"{seconds} s"
    )
    return tr(
        "Learnt from {train} photos in {took}; measured on {held_out} others that were held out."
    ).format(train=number(verdict["train"]), took=took, held_out=number(verdict["held_out"]))
