"""What photos and sentences are aligned on: what belongs together, what is secret, how it is measured."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_maps import SMALL, make_photos
from torch import nn

from engine.errors import UsageError
from engine.progress import Progress
from engine.training.inputs import make_whole
from engine.training.networks import HashNetwork
from engine.training.photo_set import PhotoSet
from engine.training.sources.packs import pack_entries
from engine.training.split import Split
from engine.training.targets import ClassDistances, TargetDistances
from engine.training.words.batches import Batches, Ground
from engine.training.words.gathering import Material, gather_sentences
from engine.training.words.material import Belonging, Sentences, belonging, mean_vectors, read_names
from engine.training.words.measure import measure, recall_of_one
from engine.training.words.sentences import bare
from engine.training.words.view_features import ViewFeatures, view_features

CAPTIONS = [("A dog runs.", "two dogs"), ("a cat",), (), ("A DOG runs",), ()]
LABELS = [(), (), ("n1",), (), ("n2",)]


def some_photos(count: int = 5) -> PhotoSet:
    return PhotoSet(
        make_photos(count),
        [f"p/{place}" for place in range(count)],
        LABELS[:count],
        CAPTIONS[:count],
        [""] * count,
        [place % 2 == 0 for place in range(count)],
    )


def sentences_of(texts: list[str], secret: set[str]) -> Sentences:
    vectors = nn.functional.normalize(torch.eye(len(texts)) + 0.01, dim=1)
    return Sentences(texts, vectors, torch.tensor([bare(text) not in secret for text in texts]))


def silent(progress: Progress) -> None:
    del progress


def test_a_training_photo_loses_captions_that_a_held_out_photo_has_too() -> None:
    texts = ["A dog runs.", "two dogs", "a cat", "A DOG runs", "owl", "an owl", "a photo of an owl"]
    sentences = sentences_of(texts, {"a dog runs"})
    owned = belonging(some_photos(), {"n1": ["owl"]}, sentences, torch.tensor([3]))
    assert owned.of_photo == [[1], [2], [], [3], []]
    assert owned.of_class == [[4, 5, 6]]
    assert owned.labels.tolist() == [-1, -1, 0, -1, -1]
    assert owned.captioned.tolist() == [0, 1, 3] and owned.named.tolist() == [2]


def test_a_photo_is_told_by_its_captions_or_by_the_name_of_its_class() -> None:
    texts = ["A dog runs.", "two dogs", "a cat", "A DOG runs", "owl", "an owl", "a photo of an owl"]
    sentences = sentences_of(texts, set())
    owned = belonging(some_photos(), {"n1": ["owl"]}, sentences, torch.tensor([3]))
    vectors, known = mean_vectors(owned, sentences)
    assert known.tolist() == [True, True, True, True, False]
    expected = nn.functional.normalize(sentences.vectors[4:7].sum(0), dim=0)
    torch.testing.assert_close(vectors[2], expected)
    assert not vectors[4].any()


def test_names_are_read_by_class(tmp_path: Path) -> None:
    file = tmp_path / "names.tsv"
    file.write_text("n1\towl, barn owl\nn2\tcat\nn3\t\n")
    assert read_names(file, ["n1", "n3"]) == {"n1": ["owl", "barn owl"]}
    with pytest.raises(UsageError, match="none of these"):
        read_names(file, ["n9"])


def test_sharp_photos_have_more_views_and_the_whole_photo_comes_first() -> None:
    photos = some_photos()
    network = HashNetwork(SMALL, 16).eval()
    views = view_features(network, photos, 64, 3, silent)
    assert (views.starts[1:] - views.starts[:-1]).tolist() == [4, 1, 4, 1, 4]
    with torch.inference_mode():
        expected = network.features(make_whole(photos.photos, 64))
    torch.testing.assert_close(views.whole(torch.arange(5)), expected, rtol=2e-2, atol=2e-3)
    drawn = views.drawn(torch.full((200,), 2), torch.Generator().manual_seed(0))
    assert len(drawn.unique(dim=0)) == 4


def ground(captioned: int, named: int) -> Ground:
    """Photos with one caption each, then photos of two classes in turn; the first half is trained on."""
    count = captioned + named
    generator = torch.Generator().manual_seed(1)
    rows = torch.randn(count, 8, generator=generator)
    of_photo = [[place] for place in range(captioned)] + [[]] * named
    of_class = [[captioned], [captioned + 1]]
    labels = torch.tensor([-1] * captioned + [place // 2 % 2 for place in range(named)])
    vectors = torch.randn(captioned + 2, 8, generator=generator)
    halves = torch.arange(count)
    source = ClassDistances(labels, torch.ones(2, 2) - torch.eye(2))
    return Ground(
        ViewFeatures(rows.half(), torch.arange(count + 1)),
        Belonging(of_photo, of_class, labels),
        Sentences([str(place) for place in range(captioned + 2)], vectors, torch.ones(captioned + 2) > 0),
        TargetDistances({"tree": (1.0, source)}),
        rows.half(),
        halves[halves % 2 == 0],
        halves[halves % 2 == 1],
    )


def test_batches_hold_training_photos_of_both_kinds_with_their_own_sentences() -> None:
    found = ground(20, 20)
    batch = Batches(found, 16).draw(torch.Generator().manual_seed(0))
    assert set(batch.photos.tolist()) <= set(found.train.tolist())
    assert (batch.photos < 20).sum() == 8
    for photo, vector, kind in zip(batch.photos.tolist(), batch.vectors, batch.kinds.tolist(), strict=True):
        label = int(found.belonging.labels[photo])
        own = found.belonging.of_photo[photo] or found.belonging.of_class[label]
        torch.testing.assert_close(vector, found.sentences.vectors[own[0]])
        assert kind == (photo if label < 0 else 40 + label)
    assert len(Batches(ground(20, 0), 16).draw(torch.Generator()).photos) == 16
    assert len(Batches(ground(0, 20), 16).draw(torch.Generator()).photos) == 16
    with pytest.raises(UsageError, match="caption"):
        Batches(ground(0, 0), 16)


def test_figures_are_those_of_a_slow_count() -> None:
    found = ground(60, 60)
    logits = torch.randn(62, 8, generator=torch.Generator().manual_seed(2))
    figures = measure(found, lambda features: features, logits)
    captioned = [photo for photo in found.validation.tolist() if photo < 60]
    rows = found.views.rows.float()
    for name, shown in (("", rows.sign()), (" unrounded", rows)):
        unit = nn.functional.normalize(shown.double(), dim=1)
        hits, shared = 0, 0.0
        asked = logits.sign() if not name else logits
        for photo in captioned:
            near = unit[captioned] @ nn.functional.normalize(asked[photo].double(), dim=0)
            order = sorted(range(len(captioned)), key=lambda i: (-round(float(near[i]), 6), i))
            hits += photo in [captioned[i] for i in order[:10]]
            ours, theirs = (
                sorted(
                    (other for other in captioned if other != photo),
                    key=lambda other: (-round(float(side[photo] @ side[other]), 6), other),
                )[:10]
                for side in (unit, nn.functional.normalize(rows.double(), dim=1))
            )
            shared += len(set(ours) & set(theirs)) / 10
        assert figures["R@10" + name] == pytest.approx(hits / len(captioned)), name
        assert figures["shared@10" + name] == pytest.approx(shared / len(captioned), abs=0.01), name
    assert 0 < figures["P@10"] < 1


def test_what_can_not_be_measured_is_missing() -> None:
    assert measure(ground(4, 4), lambda features: features, torch.randn(6, 8)).keys() == {
        "R@10",
        "R@10 unrounded",
    }


def test_ties_go_to_the_photo_that_stands_first() -> None:
    photos = np.ones((12, 4), np.float32)
    sentence = np.ones((1, 4), np.float32)
    assert recall_of_one(photos, sentence, np.array([9])) == 1
    assert recall_of_one(photos, sentence, np.array([10])) == 0


@pytest.mark.shared
def test_no_sentence_that_is_learned_from_is_a_caption_of_a_published_validation_photo(
    shared: Path, tmp_path: Path
) -> None:
    train = shared / "data" / "train"
    entries = list(pack_entries(train / "flickr8k.csv"))
    photos = PhotoSet(
        torch.zeros(len(entries), 1, 1, 3, dtype=torch.uint8),
        [entry.name for entry in entries],
        [entry.labels for entry in entries],
        [entry.captions for entry in entries],
        [entry.part for entry in entries],
        [True] * len(entries),
    )
    parts = {entry.name: "test" if entry.part == "val" else "train" for entry in entries}
    (tmp_path / "encoder.py").write_text(
        "import numpy as np\ndef load_caption_encoder():\n    return lambda texts: np.ones((len(texts), 2))\n"
    )
    material = Material((), str(tmp_path / "encoder.py"), sentences=(train / "captions-text.txt.gz",))
    found = gather_sentences(material, photos, Split(parts, "published"), {}, tmp_path, silent)
    learned = {
        re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()
        for text, free in zip(found.texts, found.free.tolist(), strict=True)
        if free
    }
    secret = {
        re.sub(r"[^a-z0-9]+", " ", caption.lower()).strip()
        for entry in entries
        if entry.part == "val"
        for caption in entry.captions
    }
    assert len(secret) > 4000 and len(learned) > 100_000
    assert not secret & learned
