"""CIFAR, as the published archives write it, in miniature."""

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import CIFAR10, CIFAR100

from engine.errors import UsageError
from engine.training.sources import load_photos


class OldType:
    """Pickled as NumPy under Python 2 wrote its types; the published files are that old."""

    def __reduce__(self) -> tuple[object, ...]:
        return np.dtype, ("u1", 0, 1)


class OldArray:
    """Pickled so that it is an array when it is read."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows

    def __reduce__(self) -> tuple[object, ...]:
        return np.ndarray, (self._rows.shape, OldType(), self._rows.tobytes())


def batch(levels: list[int], key: str, targets: list[int]) -> dict[str, object]:
    """Photos of one colour; CIFAR keeps all reds, then all greens, then all blues of a photo."""
    rows = np.repeat(np.array([[level, 100, 200] for level in levels], np.uint8), 1024, axis=1)
    return {"data": OldArray(rows), key: targets}


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes an unpacked archive and has torchvision believe its sums."""

    def write(kind: type[CIFAR10], files: dict[str, dict[str, object]]) -> Path:
        folder = tmp_path / kind.base_folder
        folder.mkdir()
        sums = {}
        for name, content in files.items():
            written = pickle.dumps(content, protocol=2)
            (folder / name).write_bytes(written)
            sums[name] = hashlib.md5(written).hexdigest()
        meta = kind.meta["filename"]
        monkeypatch.setattr(kind, "meta", kind.meta | {"md5": sums[meta]})
        test = [[name, value] for name, value in sums.items() if name.startswith("test")]
        monkeypatch.setattr(kind, "test_list", test)
        train = [[name, value] for name, value in sums.items() if not name.startswith(("test", meta))]
        monkeypatch.setattr(kind, "train_list", train)
        return tmp_path

    return write


def test_cifar100_has_numbers_for_labels(archive) -> None:
    folder = archive(
        CIFAR100,
        {
            "train": batch([10, 20], "fine_labels", [99, 3]),
            "test": batch([30], "fine_labels", [0]),
            "meta": {"fine_label_names": ["apple"]},
        },
    )
    found = load_photos(f"cifar100:{folder}", 32)
    assert found.names == ["cifar100/train-00000", "cifar100/train-00001", "cifar100/test-00000"]
    assert found.labels == [("99",), ("3",), ("0",)]
    assert found.parts == ["train", "train", "test"]
    assert found.photos[:, 5, 7].tolist() == [[10, 100, 200], [20, 100, 200], [30, 100, 200]]
    assert found.sharp == [True] * 3
    assert load_photos(f"cifar100:{folder}", 40).sharp == [False] * 3


def test_cifar10_has_names_for_labels(archive) -> None:
    folder = archive(
        CIFAR10,
        {
            "data_batch_1": batch([1], "labels", [1]),
            "data_batch_2": batch([2], "labels", [0]),
            "test_batch": batch([3], "labels", [1]),
            "batches.meta": {"label_names": ["airplane", "automobile"]},
        },
    )
    found = load_photos(Path(f"cifar10:{folder}"), 32)
    assert found.labels == [("automobile",), ("airplane",), ("automobile",)]
    assert found.parts == ["train", "train", "test"]


@pytest.mark.parametrize("kind", [CIFAR10, CIFAR100])
def test_cifar_that_is_not_there_says_where_it_is(tmp_path: Path, kind: type[CIFAR10]) -> None:
    with pytest.raises(UsageError) as told:
        load_photos(f"{kind.__name__.lower()}:{tmp_path}", 32)
    assert kind.url in told.value.remedy
    assert str(tmp_path / kind.base_folder) in told.value.remedy


def test_cifar_with_other_sums_is_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "sprung",)

    (tmp_path / CIFAR100.base_folder).mkdir()
    for name in ("train", "test", "meta"):
        (tmp_path / CIFAR100.base_folder / name).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(UsageError):
        load_photos(f"cifar100:{tmp_path}", 32)
    assert not (tmp_path / "sprung").exists()
