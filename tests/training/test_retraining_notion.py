"""What a person means by alike: captions, pairs, and captions that tell nothing."""

import numpy as np
import pytest
import torch

from engine.errors import UsageError
from engine.hashing.model_file import built_in_model
from engine.training.retraining.answers import Gallery, gains, rank
from engine.training.retraining.notion import Notion, check_tells_apart, classes_of, find_notion

CAPTIONS = [("a red house",), ("a red house",), ("two dogs run",), ("a dog runs",), ()]


@pytest.fixture(scope="module")
def notion() -> Notion:
    everything = torch.arange(4)
    pairs = {(0, 3): True, (2, 3): False, (1, 4): True}
    return find_notion(CAPTIONS, pairs, everything, "built-in", built_in_model(), lambda event: None)


def test_captions_decide_and_pairs_decide_more(notion: Notion) -> None:
    table = notion(torch.arange(5))
    assert table[0, 1] < 0.01  # the same words
    assert table[0, 3] == 0 and table[3, 0] == 0  # told alike, whatever the captions say
    assert table[2, 3] == 1 and table[1, 4] == 0
    assert table[0, 4] == 1  # nothing is known of the fifth photo but the pair
    assert torch.equal(table, table.T) and not table.diagonal().any()


def test_without_pairs_captions_alone_decide(notion: Notion) -> None:
    assert notion(torch.tensor([0, 2]))[0, 1] > 0.5
    assert notion.captions is not None
    near = notion.captions.between(torch.tensor([2]), torch.tensor([0, 3]))[0]
    assert near[1] < near[0]


def test_captions_that_several_photos_share_are_classes() -> None:
    captions = [("a cat",)] * 5 + [("A CAT",)] + [("a dog",)] * 4 + [()] * 6
    assert classes_of(captions).tolist() == [0] * 6 + [-1] * 10


def test_captions_that_are_all_alike_are_refused() -> None:
    captions = [("OLYMPUS DIGITAL CAMERA",)] * 12
    found = find_notion(captions, {}, torch.arange(12), "words", built_in_model(), lambda event: None)
    with pytest.raises(UsageError, match="all alike"):
        check_tells_apart(found, torch.arange(12))


def test_words_of_another_language_are_mostly_unknown() -> None:
    captions = [("eine Möwe fliegt über das stürmische Wasser",), ("ein Schmetterling schläft",)]
    model = built_in_model()
    german = find_notion(captions, {}, torch.arange(2), "words", model, lambda event: None)
    english = find_notion(CAPTIONS, {}, torch.arange(4), "words", model, lambda event: None)
    assert english.unknown_words < 0.2 < german.unknown_words


def test_gains_are_nearness_by_captions_and_unknown_without(notion: Notion) -> None:
    rows = np.arange(5)
    gallery = Gallery(np.arange(10, 16), notion, rows, np.arange(5))
    found = gains(gallery, np.array([0, 4]), np.array([[1, 2, 4, 5], [0, 1, 2, 3]]))
    assert found[0, 0] > 0.99 and found[0, 1] < found[0, 0]
    assert np.isnan(found[0, 2:]).all() and np.isnan(found[1]).all()


def test_a_photo_is_no_answer_to_its_own_copies(notion: Notion) -> None:
    codes = np.random.default_rng(0).integers(0, 256, (30, 4), dtype=np.uint8)
    codes[:3] = 7
    gallery = Gallery(np.arange(30), notion, np.arange(5), np.array([0, 0, 0, 3, 4]))
    ranked = rank(gallery, codes, np.array([0, 20]))
    assert not {0, 1, 2} & set(ranked.places[0].tolist())
    assert 20 not in ranked.places[1]
    assert (np.diff(ranked.distances, axis=1) >= 0).all()
