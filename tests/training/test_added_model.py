"""A tower becomes a model of a library, and the library goes over to it, all at once or not at all."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from open_clip_tiny import add_tiny_models
from safetensors.torch import save_file

from engine.errors import HammingbirdError, JobCancelled, UsageError
from engine.hashing.codes import pack, unpack
from engine.hashing.encoder import Encoder
from engine.library.codes import read_codes
from engine.library.database import Library
from engine.library.encode_missing import stored_inputs
from engine.library.indexer import IndexOptions, index
from engine.library.models_table import active_model, list_models
from engine.library.switch_model import switch_model
from engine.library.thumbnails import drop_thumbnails
from engine.progress import Event, Progress
from engine.training.added_model import Added, add_model, draw_photos, library_features
from engine.training.network_weights import first_network
from engine.training.settings import Settings
from engine.training.towers import make_tower

PHOTOS = 72


class NoEncoder:
    """Eight bits that are all the same: the model before."""

    digest, n_bits, input_side = "a" * 64, 8, 32

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.zeros((len(pixels), 1), np.uint8)


class Odd(torch.nn.Module):
    """Features by an operation that OpenVINO does not know."""

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        return torch.linalg.svdvals(rgb.mean(dim=1))


class Watching:
    """Keeps what is told; cancels at the checkpoint with the number `cancel_at`."""

    def __init__(self, cancel_at: int = 0) -> None:
        self.events: list[Event] = []
        self._left = cancel_at

    def report(self, event: Event) -> None:
        self.events.append(event)

    def checkpoint(self) -> bool:
        self._left -= 1
        if not self._left:
            raise JobCancelled("cancelled")
        return False

    @property
    def phases(self) -> list[str]:
        return list(dict.fromkeys(event.phase for event in self.events if isinstance(event, Progress)))


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from drawn_photos import draw_photo

    home = tmp_path_factory.mktemp("added")
    (home / "photos").mkdir()
    for seed in range(PHOTOS):
        draw_photo(seed, (96, 72)).save(home / "photos" / f"{seed}.jpg")
    lib = Library.open(home / "library", create=True)
    index(lib, (home / "photos",), NoEncoder(), Watching(), IndexOptions(workers=1))
    lib.close()
    return home / "library"


@pytest.fixture
def library(indexed: Path, tmp_path: Path) -> Iterator[Library]:
    lib = Library.open(Path(shutil.copytree(indexed, tmp_path / "library")))
    yield lib
    lib.close()


@pytest.fixture
def add(library: Library, tmp_path: Path) -> Callable[..., Added]:
    """Adds a tower with random weights from a file."""

    def run(
        name: str = "shufflenet_v2_x0_5", *, photos: int = 1000, control: Watching | None = None
    ) -> Added:
        torch.manual_seed(1)
        file = tmp_path / "weights.safetensors"
        save_file(make_tower(name, 16, 64).network.backbone.state_dict(), file)
        tower = make_tower(name, 16, 64)
        return add_model(library, tower, str(file), file.name, photos, control or Watching())

    return run


def folders(library: Library) -> set[str]:
    models = library.dir / "models"
    return {path.name for path in models.iterdir()} if models.is_dir() else set()


@pytest.mark.parametrize("name", ["shufflenet_v2_x0_5", "open_clip:tiny-vit", "open_clip:tiny-conv"])
def test_an_added_model_is_kept_and_spreads_its_bits(
    name: str,
    library: Library,
    add: Callable[..., Added],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_tiny_models(tmp_path_factory.mktemp("tiny"), monkeypatch)
    control = Watching()
    added = add(name, control=control)
    assert (added.known, added.photos) == (False, PHOTOS)
    assert control.phases == ["looking", "fitting"]
    assert folders(library) == {added.model.digest}
    rows = {row.digest: row for row in list_models(library)}
    assert not rows[added.model.digest].active and rows[NoEncoder.digest].active
    switch_model(library, added.model, Watching())
    ids, codes = read_codes(library, rows[added.model.digest].id, 16)
    assert len(ids) == PHOTOS
    shares = unpack(codes).mean(axis=0)
    assert (shares > 0.1).all() and (shares < 0.9).all()


def test_codes_are_those_of_the_features_that_were_looked_at(
    library: Library, add: Callable[..., Added]
) -> None:
    model = add().model
    settings = Settings(backbone=model.card["network"], n_bits=16, train_side=64, input_side=64)
    network = first_network(settings, model, None).eval()  # as a training that goes on from it has it
    tower = make_tower("shufflenet_v2_x0_5", 16, 64)
    tower.network.load_state_dict(network.state_dict())
    features = library_features(library, draw_photos(library, PHOTOS), tower, Watching())
    with torch.inference_mode():
        wanted = network.logits(torch.from_numpy(features)).numpy()
    switch_model(library, model, Watching())
    row = next(row for row in list_models(library) if row.active)
    _, codes = read_codes(library, row.id, 16)
    sure = np.abs(wanted) > 0.02
    assert sure.mean() > 0.9
    assert (unpack(codes) == unpack(pack(wanted)))[sure].all()


def test_the_drawn_photos_are_always_the_same_ones(library: Library) -> None:
    drawn = draw_photos(library, 30)
    assert len(set(drawn.tolist())) == 30 and np.array_equal(drawn, np.sort(drawn))
    assert np.array_equal(drawn, draw_photos(library, 30))
    assert len(draw_photos(library, 1000)) == PHOTOS


def test_photos_without_a_thumbnail_are_passed_over(library: Library, add: Callable[..., Added]) -> None:
    drop_thumbnails(library, range(1, 6))
    assert add().photos == PHOTOS - 5
    drop_thumbnails(library, range(1, PHOTOS - 60))
    before = folders(library)
    with pytest.raises(UsageError, match="61 photos are too few"):
        add()
    assert folders(library) == before


def test_what_the_fast_engine_can_not_run_is_refused(library: Library) -> None:
    tower = make_tower("shufflenet_v2_x0_5", 16, 64)
    tower.network.backbone = Odd()
    with pytest.raises(UsageError, match="can't run torchvision:shufflenet_v2_x0_5"):
        add_model(library, tower, None, "nowhere", PHOTOS, Watching())
    assert not folders(library)


def test_a_full_disk_is_told_and_leaves_nothing(
    library: Library, add: Callable[..., Added], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.training.export._write_engine", fail)
    with pytest.raises(HammingbirdError, match="No space left"):
        add()
    assert not folders(library)


@pytest.mark.parametrize("cancel_at", [1, 2, 3])
def test_adding_that_is_cancelled_leaves_nothing(
    cancel_at: int, library: Library, add: Callable[..., Added]
) -> None:
    with pytest.raises(JobCancelled, match="No model was added"):
        add(control=Watching(cancel_at))
    assert not folders(library)
    assert [row.digest for row in list_models(library)] == [NoEncoder.digest]


def test_what_a_killed_run_left_is_swept_away(library: Library, add: Callable[..., Added]) -> None:
    for name in ("new", "new.part"):
        (library.dir / "models" / name).mkdir(parents=True)
        (library.dir / "models" / name / "engine.bin").write_bytes(b"half")
    assert folders(library) == {"new", "new.part"}
    added = add()
    assert folders(library) == {added.model.digest}


def test_a_switch_that_is_cancelled_keeps_the_model_before_and_the_codes_so_far(
    library: Library, add: Callable[..., Added]
) -> None:
    model = add().model
    with pytest.raises(JobCancelled):
        switch_model(library, model, Watching(1))
    active = active_model(library)
    assert active is not None and (active.digest, active.codes) == (NoEncoder.digest, PHOTOS)
    made = next(row.codes for row in list_models(library) if row.digest == model.digest)
    assert 0 < made < PHOTOS
    assert switch_model(library, model, Watching()).encoded == PHOTOS - made
    active = active_model(library)
    assert active is not None and (active.digest, active.codes) == (model.digest, PHOTOS)


def test_going_over_to_codes_that_are_there_loads_no_model(
    library: Library, add: Callable[..., Added], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = add().model
    assert switch_model(library, model, Watching()).encoded == PHOTOS
    monkeypatch.setattr("engine.library.switch_model.Encoder", None)
    assert switch_model(library, model, Watching()).encoded == 0


def test_the_tower_sees_what_the_encoder_sees(library: Library, add: Callable[..., Added]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    model, lost = add().model, [0]
    with ThreadPoolExecutor(1) as threads:
        batches = list(stored_inputs(library, [1, 999, 2], 64, threads, lost))
    assert lost == [0, 999]
    pixels = np.frombuffer(b"".join(batches[0].pixels.values()), np.uint8).reshape(-1, 64, 64, 3)
    assert Encoder(model).encode(pixels).shape == (2, 2)
