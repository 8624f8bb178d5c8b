"""The teacher's maps: computed once, kept, and never taken for those of other photos or teachers."""

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_maps import MAP_TEACHER, make_photos

from engine.errors import HammingbirdError, UsageError
from engine.progress import Event, Progress
from engine.training.distil.map_teacher import load_map_teacher
from engine.training.distil.maps import LAST, MADE_FROM, MID, TeacherMaps, cached_maps
from engine.training.photo_set import PhotoSet

EXAMPLE = Path(__file__).parents[2] / "docs" / "experiments" / "mobilenet_maps.py"


def photo_set(count: int) -> PhotoSet:
    names = [f"photos/{place}" for place in range(count)]
    nothing: list[tuple[str, ...]] = [()] * count
    return PhotoSet(make_photos(count), names, nothing, nothing, [""] * count, [True] * count)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "maps.py"
    found.write_text(MAP_TEACHER)
    return found


def computed(folder: Path, file: Path, photos: PhotoSet) -> tuple[TeacherMaps, int]:
    """The maps, and how many photos the teacher looked at for them."""
    told: list[Event] = []
    maps = cached_maps(folder, file, load_map_teacher(file), photos, told.append)
    return maps, max((event.done for event in told if isinstance(event, Progress)), default=0)


def test_maps_are_those_of_whole_photos_in_their_order(tmp_path: Path, file: Path) -> None:
    photos = photo_set(70)
    maps, looked_at = computed(tmp_path / "cache", file, photos)
    assert looked_at == 70
    chosen = torch.tensor([69, 3])
    mid, last = maps.of(chosen, torch.device("cpu"))
    assert (mid.shape, last.shape) == ((2, 3, 14, 14), (2, 3, 7, 7))
    colours = photos.photos[chosen].float().mean((1, 2)) / 127.5 - 1
    for found in (mid, last):
        torch.testing.assert_close(found.mean((2, 3)), colours, atol=2e-2, rtol=0)


def test_maps_are_kept_and_not_believed_after_photos_or_teacher_changed(tmp_path: Path, file: Path) -> None:
    cache, photos = tmp_path / "cache", photo_set(12)
    first, _ = computed(cache, file, photos)
    again, looked_at = computed(cache, file, photos)
    assert looked_at == 0 and np.array_equal(first.mid, again.mid)
    painted = photos.photos.clone()
    painted[5, 0, 0, 0] += 1
    renamed = [*photos.names[:-1], "photos/other"]
    for changed in (replace(photos, photos=painted), replace(photos, names=renamed)):
        assert computed(cache, file, changed)[1] == 12
        assert computed(cache, file, photos)[1] == 12
    file.write_text(MAP_TEACHER + "\n# another one\n")
    assert computed(cache, file, photos)[1] == 12


@pytest.mark.parametrize("spoiled", ["mid cut off", "made from nothing", "last gone"])
def test_half_of_the_maps_are_not_taken_for_all(tmp_path: Path, file: Path, spoiled: str) -> None:
    cache, photos = tmp_path / "cache", photo_set(12)
    whole = np.array(computed(cache, file, photos)[0].mid)
    if spoiled == "mid cut off":
        os.truncate(cache / MID, (cache / MID).stat().st_size // 2)
    elif spoiled == "last gone":
        (cache / LAST).unlink()
    else:
        (cache / MADE_FROM).write_text("[]")
    maps, looked_at = computed(cache, file, photos)
    assert looked_at == 12
    assert np.array_equal(maps.mid, whole)


def test_a_teacher_that_stops_halfway_leaves_no_maps(tmp_path: Path, file: Path) -> None:
    def stop(event: Event) -> None:
        raise KeyboardInterrupt

    cache, photos = tmp_path / "cache", photo_set(70)
    with pytest.raises(KeyboardInterrupt):
        cached_maps(cache, file, load_map_teacher(file), photos, stop)
    assert list(cache.iterdir()) == []
    assert computed(cache, file, photos)[1] == 70


def test_maps_that_are_no_numbers_are_refused(tmp_path: Path, file: Path) -> None:
    file.write_text(MAP_TEACHER.replace("return mid, nn", "return mid / (mid < 0.99).all(), nn"))
    white = replace(photo_set(3), photos=torch.full((3, 160, 160, 3), 255, dtype=torch.uint8))
    with pytest.raises(UsageError, match="no numbers of 16 bits"):
        computed(tmp_path / "cache", file, white)


def test_a_place_that_can_not_be_written_to_is_named(tmp_path: Path, file: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(HammingbirdError, match=r"cache can't be written.*--maps"):
        computed(tmp_path / "cache", file, photo_set(3))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("def load_map_teacher", "def load_teacher", r"does not define load_map_teacher\(\)"),
        ("return ColourMaps()", "return 3", r"returns no torch.nn.Module"),
        ("def features", "def others", r"method features\(\)"),
        ("pool2d(rgb, 16)", "pool2d(rgb, 8)", r"28, 28.*It takes float32 \(B, 3, 224, 224\)"),
        ("return mid, nn.functional.avg_pool2d(mid, 2)", "return mid", "returns Tensor of two photos"),
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
    features = torch.rand(2, 9)
    everything = load_map_teacher(file).logits(features)
    kept = load_map_teacher(file, frozenset({"green", "a class that it does not know"}))
    assert kept.n_classes == 2
    assert torch.equal(kept.logits(features), everything[:, [0, 2]])
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
    assert (teacher.mid_channels, teacher.last_channels, teacher.width) == (96, 320, 1280)
    assert teacher.n_classes == 999
    rgb = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        whole = teacher.network
        features = teacher.features(teacher(rgb)[1]).mean((2, 3))
        expected, logits = _shared_module(shared).load_teacher().eval()(rgb)
        torch.testing.assert_close(features, expected)
        torch.testing.assert_close(whole.logits(features), logits)
    assert whole.class_names[0] == "n01440764"  # a tench, the first class of ImageNet's challenge
    assert whole.class_names.index("n02086240") == 155  # a Shih-Tzu


def _shared_module(shared: Path) -> object:
    import importlib.util

    spec = importlib.util.spec_from_file_location("the_teacher", shared / "teacher" / "teacher.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
