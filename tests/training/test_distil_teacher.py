"""A teacher of maps: what is asked of it, and what is refused."""

import re
from pathlib import Path

import pytest
import torch
from tiny_maps import MAP_TEACHER

from engine.errors import UsageError
from engine.training.distil.map_teacher import load_map_teacher
from engine.training.distil.settings import DistilSettings
from engine.training.distil.views import looking

EXAMPLE = Path(__file__).parents[2] / "docs" / "experiments" / "mobilenet_maps.py"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "maps.py"
    found.write_text(MAP_TEACHER)
    return found


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def test_features_maps_and_logits_are_seen_in_views_of_any_side(file: Path) -> None:
    teacher = load_map_teacher(file)
    assert (teacher.channels, teacher.width, teacher.n_classes) == ((3, 3, 3, 3), 9, 3)
    features, *maps, logits = teacher(noise(2, 3, 96, 96))
    assert [tuple(plane.shape) for plane in maps] == [(2, 3, side, side) for side in (24, 12, 6, 3)]
    assert features.shape == (2, 9)
    torch.testing.assert_close(logits, 4 * features[:, :3])


@pytest.mark.parametrize("bf16", [False, True])
def test_it_says_the_same_where_it_runs_fastest(file: Path, bf16: bool) -> None:
    teacher = load_map_teacher(file)
    photos = noise(4, 3, 64, 64) * 255
    seen = looking(teacher, DistilSettings(epochs=1, batch=4, train_side=64), bf16=bf16)(photos)
    features, *maps, logits = teacher(photos / 127.5 - 1)
    for found, expected in zip(
        (seen.features, *seen.maps, seen.logits), (features, *maps, logits), strict=True
    ):
        assert found is not None and found.dtype == torch.float32
        torch.testing.assert_close(found, expected, atol=0.02 if bf16 else 1e-5, rtol=0.02 if bf16 else 1e-5)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("def load_map_teacher", "def load_teacher", r"does not define load_map_teacher\(\)"),
        ("return ColourMaps()", "return 3", r"returns no torch.nn.Module"),
        ("def features", "def others", r"method features\(\)"),
        ("(4, 8, 16, 32)", "(4, 8, 16, 16)", r"\(2, 3, 4, 4\)\] of two photos of 64.*a 16th and a 32nd of S"),
        ("(4, 8, 16, 32)", "(16, 32)", r"\[\(2, 3, 4, 4\), \(2, 3, 2, 2\)\].*a tuple of four maps"),
        ("return tuple(", "return list(", "returns list of two photos"),
        ("pool2d(rgb, scale)", "pool2d(rgb, scale * rgb.shape[-1] // 64)", "two photos of 96 pixels"),
        (
            "[last, last.clamp(max=0), last.square()], dim=1)",
            "[last]).mean((2, 3))",
            "features at each place",
        ),
        ("last.square()], dim=1)", "last], dim=1) * 0", "all photos the same features"),
        ("return 4 *", "return features.nothing *", "failed: AttributeError"),
        ("[:, :3]", "[:1, :3]", r"logits\(\) returns \(1, 3\)"),
        ('"blue"]', '"blue", "grey"]', "3 logits and 4 class_names"),
    ],
)
def test_what_is_wrong_with_a_teacher_is_named(file: Path, before: str, after: str, words: str) -> None:
    assert before in MAP_TEACHER
    file.write_text(MAP_TEACHER.replace(before, after))
    with pytest.raises(UsageError, match=words) as refused:
        load_map_teacher(file)
    assert str(file) in str(refused.value)


def test_logits_of_classes_that_are_left_out_are_taken_away(file: Path) -> None:
    everything = load_map_teacher(file)(noise(2, 3, 64, 64))[-1]
    kept = load_map_teacher(file, frozenset({"green", "a class that it does not know"}))
    assert kept.n_classes == 2
    assert torch.equal(kept(noise(2, 3, 64, 64))[-1], everything[:, [0, 2]])
    file.write_text(re.sub("class_names = .*", "", MAP_TEACHER))
    with pytest.raises(UsageError, match=r"does not say which.*class_names"):
        load_map_teacher(file, frozenset({"green"}))


def test_the_shared_teacher_gives_the_features_that_it_is_known_by(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (shared / "teacher" / "teacher.safetensors").is_file():
        pytest.skip(
            f"needs the shared teacher; there is none at {shared / 'teacher'} (set HAMMINGBIRD_SHARED)"
        )
    monkeypatch.setenv("HAMMINGBIRD_SHARED", str(shared))
    teacher = load_map_teacher(EXAMPLE, frozenset({"n02086240"}))
    assert (teacher.channels, teacher.width, teacher.n_classes) == ((24, 32, 96, 320), 1280, 999)
    rgb = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        whole = teacher.network
        features, *_, logits = teacher(rgb)
        expected, all_logits = _shared_module(shared).load_teacher().eval()(rgb)
        torch.testing.assert_close(features, expected)
        torch.testing.assert_close(logits, torch.cat([all_logits[:, :155], all_logits[:, 156:]], dim=1))
    assert whole.class_names[0] == "n01440764"  # a tench, the first class of ImageNet's challenge
    assert whole.class_names.index("n02086240") == 155  # a Shih-Tzu


def _shared_module(shared: Path) -> object:
    import importlib.util

    spec = importlib.util.spec_from_file_location("the_teacher", shared / "teacher" / "teacher.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
