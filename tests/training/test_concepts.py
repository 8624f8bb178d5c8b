"""Concepts that a person taught: told in closed form, beside a head that stays as it is."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_maps import SMALL

from engine.training.concepts import SHRINKAGE, UNTOUCHED, Concepts
from engine.training.export import export_model
from engine.training.network_weights import load_network
from engine.training.networks import HashNetwork, layers_of
from engine.training.retraining.concept_finding import clusters, concepts_of
from engine.training.retraining.notion import Notion, classes_of
from engine.training.retraining.students import TaughtHead
from engine.training.settings import Settings
from engine.training.targets import ClassDistances, TargetDistances

WIDTH, BITS = 12, 32


def draw_photos(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features of 60 photos of three concepts, (60, 2, 12), which each shows, and 80 others' (80, 12)."""
    draw = torch.Generator().manual_seed(seed)
    concepts = torch.arange(60) % 3
    taught = torch.randn(60, 2, WIDTH, generator=draw)
    taught[torch.arange(60), :, concepts] += 4
    return taught, concepts, torch.randn(80, WIDTH, generator=draw)


def make_layer(seed: int = 0) -> tuple[Concepts, torch.Tensor, torch.Tensor, torch.Tensor]:
    taught, concepts, others = draw_photos(seed)
    layer = Concepts(torch.nn.Identity(), WIDTH, 3)
    layer.fit(taught, concepts, others)
    return layer, taught, concepts, others


def make_student(seed: int = 0) -> tuple[HashNetwork, TaughtHead, torch.Tensor]:
    torch.manual_seed(seed)
    network = HashNetwork(SMALL, BITS)
    with torch.no_grad():
        network.norm.weight.uniform_(0.5, 2)
        network.norm.bias.uniform_(-1, 1)
        network.norm.running_var.uniform_(0.5, 2)
    draw = torch.Generator().manual_seed(seed)
    taught = torch.randn(40, 1, network.width, generator=draw)
    concepts = torch.arange(40) % 2
    taught[:, 0, 0] += 4 * concepts
    layer = Concepts(network.hidden, network.width, 2)
    layer.fit(taught, concepts, torch.randn(50, network.width, generator=draw))
    return network.eval(), TaughtHead(network, layer, seed=seed, head_learns=False), taught[:, 0]


def test_it_is_the_discriminant_of_a_slow_count() -> None:
    layer, taught, concepts, others = make_layer()
    origin = others.double().numpy().mean(0)
    rows = [(photo.double().numpy() - origin, int(c)) for photo, c in zip(taught, concepts, strict=True)]
    means = [np.mean([photo.mean(0) for photo, c in rows if c == concept], axis=0) for concept in range(3)]
    apart = [view - means[c] for photo, c in rows for view in photo]
    covariance = sum(np.outer(each, each) for each in apart) / len(apart)
    covariance += SHRINKAGE * np.trace(covariance) / WIDTH * np.eye(WIDTH)
    inverse = np.linalg.inv(covariance)
    scores = np.array(
        [
            [(x - origin) @ inverse @ mean - mean @ inverse @ mean / 2 for mean in means]
            for x in others.double().numpy()
        ]
    )
    none = np.quantile(np.log(np.exp(scores).sum(1)), UNTOUCHED)
    expected = np.exp(scores) / (np.exp(scores).sum(1, keepdims=True) + np.exp(none))
    with torch.inference_mode():
        assert layer.shares(others).numpy() == pytest.approx(expected, abs=1e-4)


def test_photos_of_a_concept_show_it_and_others_show_hardly_any() -> None:
    layer, _, _, _ = make_layer()
    taught, concepts, others = draw_photos(seed=1)  # photos that it has not seen
    with torch.inference_mode():
        shares = layer.shares(taught[:, 0])
        none = layer.shares(others)
    assert (shares.argmax(1) == concepts).float().mean() > 0.9
    assert float(shares.gather(1, concepts[:, None]).mean()) > 0.7
    assert float((none.sum(1) < 0.5).float().mean()) > 0.8


def test_where_there_are_no_others_nearly_all_photos_show_a_concept() -> None:
    taught, concepts, others = draw_photos()
    layer = Concepts(torch.nn.Identity(), WIDTH, 3)
    layer.fit(taught, concepts, others[:0])
    with torch.inference_mode():
        assert float((layer.shares(taught.flatten(0, 1)).sum(1) > 0.5).float().mean()) == pytest.approx(0.9)


def test_where_others_are_of_the_very_kind_that_is_taught_it_is_told_all_the_same() -> None:
    taught, concepts, _ = draw_photos()
    others, _, _ = draw_photos(seed=2)
    layer = Concepts(torch.nn.Identity(), WIDTH, 3)
    layer.fit(taught, concepts, others[:, 0])
    with torch.inference_mode():
        assert float((layer.shares(taught.flatten(0, 1)).sum(1) > 0.5).float().mean()) > 0.89


def test_joined_the_network_says_what_the_student_learned() -> None:
    network, student, _ = make_student()
    photos = torch.rand(6, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 255
    with torch.inference_mode():
        said = student.eval().logits(network.features(photos))
        assert not torch.allclose(said, network(photos), atol=1e-2)
        torch.testing.assert_close(student.joined(network)(photos), said, rtol=1e-4, atol=1e-4)


def test_taught_twice_it_comes_back_from_the_weights_of_a_model(tmp_path: Path) -> None:
    network, student, taught = make_student()
    once = student.joined(network)
    layer = Concepts(once.hidden, once.width, 3)
    layer.fit(taught[:, None], torch.arange(len(taught)) % 3, taught[:0])
    twice = TaughtHead(once, layer, seed=1, head_learns=False).joined(once)
    assert layers_of(twice.state_dict()).concepts == twice.concepts == (2, 3)
    card = {"name": "small", "training": {}}
    model = export_model(twice, tmp_path / "model", input_side=64, card=card)
    settings = Settings(backbone=SMALL, n_bits=BITS, train_side=64, input_side=64)
    again = load_network(model.folder / "weights.safetensors", settings).eval()
    assert again.concepts == (2, 3)
    photos = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 255
    with torch.inference_mode():
        torch.testing.assert_close(again(photos), twice(photos), rtol=1e-2, atol=2e-2)


def test_the_head_stays_and_concepts_stay_while_their_codes_learn() -> None:
    _, student, taught = make_student()
    learning = {name for name, weight in student.named_parameters() if weight.requires_grad}
    assert learning == {"codes"}
    student.train()
    before = {name: weight.clone() for name, weight in student.state_dict().items()}
    student.logits(taught).square().mean().backward()
    with torch.no_grad():
        student.codes -= student.codes.grad  # type: ignore[operator]
    moved = {name for name, weight in student.state_dict().items() if not torch.equal(weight, before[name])}
    assert moved == {"codes"}


def notion_of(captions: list[tuple[str, ...]], distances: torch.Tensor | None) -> Notion:
    targets = None
    if distances is not None:
        own = torch.arange(len(captions))
        targets = TargetDistances({"captions": (1.0, ClassDistances(own, distances))})
    nobody = torch.empty(0, 2, dtype=torch.int64)
    return Notion(targets, nobody, torch.empty(0, dtype=torch.bool), classes_of(captions), 0.0)


def test_equal_captions_are_a_concept_where_five_photos_to_learn_from_have_it() -> None:
    captions = [("a cat",)] * 8 + [("a dog",)] * 8 + [("a bird",)] * 8
    train = torch.cat([torch.arange(16), torch.tensor([16, 17])])
    told, concepts = concepts_of(notion_of(captions, torch.ones(24, 24)), train, torch.arange(24), 0)
    assert told.tolist() == list(range(16))
    assert concepts.tolist() == [0] * 8 + [1] * 8


def test_other_captions_are_parted_by_their_distances() -> None:
    kinds = torch.arange(48) // 16
    distances = 1 - 0.9 * (kinds[:, None] == kinds).float()
    distances.fill_diagonal_(0)
    captions = [(f"photo {number}",) for number in range(48)]
    told, concepts = concepts_of(notion_of(captions, distances), torch.arange(48), torch.arange(48), 0)
    assert len(told) == 48
    for first in range(48):
        for second in range(first):
            if concepts[first] == concepts[second]:
                assert kinds[first] == kinds[second]


def test_one_concept_or_none_teaches_nothing() -> None:
    same = [("a cat",)] * 20
    assert (
        len(concepts_of(notion_of(same, torch.ones(20, 20)), torch.arange(20), torch.arange(20), 0)[0]) == 0
    )
    assert len(concepts_of(notion_of(same, None), torch.arange(20), torch.arange(20), 0)[0]) == 0


def test_clusters_are_the_same_for_the_same_seed() -> None:
    distances = torch.rand(60, 60, generator=torch.Generator().manual_seed(0))
    distances = (distances + distances.T).fill_diagonal_(0) / 2
    found = [clusters(distances, torch.Generator().manual_seed(3)) for _ in range(2)]
    assert torch.equal(*found)
