import itertools
from pathlib import Path

import pytest
import torch

from engine.errors import UsageError
from engine.training.distances import CalibratedDistances, ClassTree

TREE = "animal dog\nanimal cat\ndog poodle\ndog husky\nroot animal\nroot car\n"


@pytest.fixture
def tree(tmp_path: Path) -> ClassTree:
    (tmp_path / "tree.txt").write_text(TREE)
    return ClassTree.load(tmp_path / "tree.txt")


def test_distance_is_the_height_of_the_lowest_common_ancestor(tree: ClassTree) -> None:
    found = tree.distances(["poodle", "husky", "cat", "car"])
    assert found[0].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert (found == found.T).all()


def test_distances_are_ultrametric(tree: ClassTree) -> None:
    found = tree.distances(["poodle", "husky", "cat", "car", "dog"])
    for u, w, t in itertools.permutations(range(5), 3):
        assert found[u, w] <= max(found[u, t], found[t, w])


def test_a_class_that_the_tree_lacks_is_named(tree: ClassTree) -> None:
    with pytest.raises(UsageError, match="'bicycle'"):
        tree.distances(["poodle", "bicycle"])


def test_a_broken_tree_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text("a b c\n")
    with pytest.raises(UsageError, match=r"odd\.txt"):
        ClassTree.load(tmp_path / "odd.txt")
    with pytest.raises(UsageError, match=r"missing\.txt"):
        ClassTree.load(tmp_path / "missing.txt")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a b\nb a\n", "circle"),
        (b"a b\nc d\n", "one root, not 2"),
        (b"", "one root, not 0"),
        (b"a b\nc b\n", "'b' has two parents"),
        (b"a \xff\n", "is no text"),
    ],
)
def test_what_is_no_tree_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "odd.txt").write_bytes(content)
    with pytest.raises(UsageError, match=words):
        ClassTree.load(tmp_path / "odd.txt")


@pytest.mark.shared
def test_the_imagenet_tree_is_the_one_we_know(shared: Path) -> None:
    lines = (shared / "data/wordnet/imagenet.parent-child.txt").read_text().split()
    leaves = sorted(set(lines[1::2]) - set(lines[0::2]))
    found = ClassTree.load(shared / "data/wordnet/imagenet.parent-child.txt").distances(leaves)
    assert len(leaves) == 1000
    assert found[~torch.eye(1000, dtype=torch.bool).numpy()].mean() == pytest.approx(0.70, abs=0.01)


def test_teacher_distances_are_cosines_stretched_to_zero_and_one() -> None:
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(10, 32, generator=generator)
    features = (centres.repeat(50, 1) + 0.3 * torch.randn(500, 32, generator=generator)) + 5
    measure = CalibratedDistances.fit(features)
    found = measure(features[:40])
    assert found.shape == (40, 40)
    assert float(found.min()) == 0 and float(found.max()) == 1
    same = found[torch.arange(30), torch.arange(30) + 10]
    other = found[torch.arange(30), torch.arange(30) + 5]
    assert float(same.max()) < float(other.min())
    assert torch.equal(found.diagonal(), torch.zeros(40))
