"""What a verdict says in words, where figures are few, equal or missing."""

from stub_run import measure, verdict

from desktop_app.views.retraining.verdict_words import (
    BETTER,
    CHANGED,
    SAME,
    UNKNOWN,
    WORSE,
    basis,
    from_to,
    headline,
    interval,
    judged,
    losses,
)


def test_only_a_difference_that_is_wholly_on_one_side_is_better_or_worse() -> None:
    assert judged(measure("fitting", "Fit", 6.0, 7.0, 0.5, "of 10")) == BETTER
    assert judged(measure("fitting", "Fit", 6.0, 6.4, 0.5, "of 10")) == SAME
    assert judged(measure("words", "Words", 0.5, 0.4, 0.05)) == WORSE
    assert judged(measure("kept", "Stay", 1.0, 0.8, 0.05)) == CHANGED


def test_shares_are_per_cent_and_their_differences_points() -> None:
    words = measure("words", "Words", 0.5, 0.412, 0.05)
    assert from_to(words) == "50.0% → 41.2%"
    assert interval(words) == "-8.8 points, most likely between -13.8 and -3.8"
    assert from_to(measure("fitting", "Fit", 6.0, 7.25, 0.5, "of 10")) == "6.0 → 7.2 of 10"


def test_what_was_not_measured_is_not_judged() -> None:
    unknown = {
        "key": "words",
        "title": "Words",
        "unit": "share",
        "before": None,
        "after": None,
        "difference": None,
    }
    assert judged(unknown) == UNKNOWN and interval(unknown) == UNKNOWN and from_to(unknown) == "–"  # noqa: RUF001
    assert headline({"measures": [unknown]}) == ""
    assert losses({"measures": [unknown]}) == "Nothing that was measured got clearly worse."


def test_a_difference_that_may_be_chance_is_called_so() -> None:
    told = verdict(range(1, 25), "a", "b")
    told["measures"] = [measure("fitting", "Fit", 6.1, 6.3, 0.4, "of 10")]
    assert headline(told) == (
        "Of 10 neighbours, 6.1 fitted before, 6.3 now."
        " The difference most likely lies between -0.2 and +0.6, so that it may be chance."
    )
    assert basis({**told, "seconds": 42.2}).startswith("Learnt from 640 photos in 42 s;")
