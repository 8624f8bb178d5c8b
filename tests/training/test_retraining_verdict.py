"""The verdict says what got better and what got worse, and never recommends what is not better."""

import numpy as np
import pytest
import torch

from engine.hashing.codes import pack
from engine.training.retraining.answers import Gallery
from engine.training.retraining.copies import altered, recognised
from engine.training.retraining.notion import Notion
from engine.training.retraining.verdict import Compared, judge
from engine.training.targets import ClassDistances, TargetDistances

PHOTOS, OTHERS = 200, 60


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    labels = torch.arange(PHOTOS) % 4
    table = 1 - torch.eye(4)
    nothing = torch.empty(0, 2, dtype=torch.int64)
    targets = TargetDistances({"captions": (1.0, ClassDistances(labels, table))})
    notion = Notion(targets, nothing, torch.empty(0, dtype=torch.bool), labels, 0.0)
    return Gallery(np.arange(1, PHOTOS + OTHERS + 1), notion, np.arange(PHOTOS), np.arange(PHOTOS))


def codes(seed: int, sorted_by_class: float) -> np.ndarray:
    """64 bits that say the class as loudly as asked."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=(PHOTOS + OTHERS, 64))
    centres = random.normal(size=(4, 64)) * sorted_by_class
    noise[:PHOTOS] += centres[np.arange(PHOTOS) % 4]
    return pack(noise.astype(np.float32))


HELD_OUT, REST = np.arange(0, PHOTOS, 3), np.arange(PHOTOS, PHOTOS + OTHERS)


def test_a_better_model_is_recommended_in_plain_words(gallery: Gallery) -> None:
    verdict = judge(gallery, Compared(codes(0, 0.2), codes(1, 1.5)), HELD_OUT, REST)
    assert verdict["recommended"]
    fitting = verdict["measures"][0]
    assert fitting["key"] == "fitting" and fitting["difference"]["low"] > 0
    before, after = fitting["before"]["mean"], fitting["after"]["mean"]
    assert (
        fitting["explained"]
        == f"Of 10 neighbours of a photo, {before:.1f} fitted before and {after:.1f} fit now."
    )
    assert after > 8 > before
    assert len(verdict["queries"]) == 12
    assert all(len(query["before"]) == len(query["after"]) == 10 for query in verdict["queries"])


def test_a_worse_model_is_not_recommended_and_its_losses_are_shown(gallery: Gallery) -> None:
    verdict = judge(gallery, Compared(codes(1, 1.5), codes(0, 0.2)), HELD_OUT, REST)
    assert not verdict["recommended"] and "fit less well" in verdict["reasons"][0]
    assert len(verdict["worst"]) == 12

    def fitting(answer: list[list[float]]) -> float:
        return sum(gain for _, _, gain in answer)

    assert all(fitting(query["after"]) < fitting(query["before"]) for query in verdict["worst"])


def test_chance_is_no_gain(gallery: Gallery) -> None:
    verdict = judge(gallery, Compared(codes(0, 0.0), codes(1, 0.0)), HELD_OUT, REST)
    assert not verdict["recommended"] and "chance" in verdict["reasons"][0]


@pytest.mark.parametrize("what", ["words", "copies"])
def test_what_words_or_copies_lose_speaks_against_a_model(gallery: Gallery, what: str) -> None:
    lost = (np.ones(50), np.full(50, 0.9))
    verdict = judge(gallery, Compared(codes(0, 0.2), codes(1, 1.5), **{what: lost}), HELD_OUT, REST)
    assert not verdict["recommended"] and len(verdict["reasons"]) == 2
    kept = (np.ones(50), np.full(50, 0.99))
    assert judge(gallery, Compared(codes(0, 0.2), codes(1, 1.5), **{what: kept}), HELD_OUT, REST)[
        "recommended"
    ]


def test_histograms_tell_fitting_pairs_from_others(gallery: Gallery) -> None:
    histograms = judge(gallery, Compared(codes(0, 0.2), codes(1, 1.5)), HELD_OUT, REST)["histograms"]
    middles = (np.array(histograms["edges"])[1:] + np.array(histograms["edges"])[:-1]) / 2
    assert histograms["edges"][-1] == 64
    for side in ("before", "after"):
        assert sum(histograms[side]["fitting"]) == pytest.approx(1, abs=1e-3)
    mean = {kind: np.dot(histograms["after"][kind], middles) for kind in ("fitting", "other")}
    assert mean["fitting"] < mean["other"] - 5


def test_copies_are_recognised_by_an_encoder_that_sees_shapes_and_not_by_a_random_one() -> None:
    generator = torch.Generator().manual_seed(0)
    small = torch.randint(0, 256, (12, 5, 5, 3), generator=generator).permute(0, 3, 1, 2).float()
    large = (
        torch.nn.functional.interpolate(small, (80, 80), mode="bilinear").permute(0, 2, 3, 1).to(torch.uint8)
    )
    views = altered(large, 64)
    assert {view.shape for view in views.values()} == {(12, 64, 64, 3)}

    def lightness(pixels: np.ndarray) -> np.ndarray:
        means = pixels.astype(np.float32).mean(axis=(1, 3))
        return pack(np.concatenate([means - means.mean(axis=1, keepdims=True)], axis=1))

    whole = large[:, 8:72, 8:72].numpy()
    places = np.arange(12)
    good = recognised(lightness, 64, large, lightness(whole), places)
    noise = np.random.default_rng(0)
    bad = recognised(
        lambda pixels: noise.integers(0, 256, (len(pixels), 8), dtype=np.uint8),
        64,
        large,
        lightness(whole),
        places,
    )
    assert good.shape == (12,) and good.mean() > 0.5 > bad.mean()
