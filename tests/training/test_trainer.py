"""The training loop: what it keeps, how it stops, and how it goes on."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_runs import (
    MEAN_COLOURS,
    SETTINGS,
    KilledNetwork,
    LongWork,
    TinyNetwork,
    after,
    ignore,
    make_data,
    make_trainer,
)

from engine.errors import HammingbirdError, UsageError
from engine.progress import Event, Progress
from engine.training.checkpoint import CHECKPOINT
from engine.training.distilled import TeacherFile
from engine.training.launch import make_fabric, run_in_processes, stop_when_asked, train_network
from engine.training.trainer import BEST, CURVE, METRICS


def lines(file: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def without_times(points: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{k: v for k, v in p.items() if k not in ("seconds", "photos_per_s")} for p in points]


@pytest.mark.parametrize("steps", [1, 4, 5, 11])
def test_a_run_that_was_stopped_and_resumed_is_as_one_that_was_not(tmp_path: Path, steps: int) -> None:
    whole = make_trainer(tmp_path / "whole").run(ignore)
    assert make_trainer(tmp_path / "halves").run(ignore, after(steps)).stopped
    again = make_trainer(tmp_path / "halves")
    again.resume()
    rest = again.run(ignore)
    assert not rest.stopped
    first, second = (load_file(tmp_path / name / BEST) for name in ("whole", "halves"))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert rest.best == whole.best
    for file in (CURVE, METRICS):
        one, two = (without_times(lines(tmp_path / name / file)) for name in ("whole", "halves"))
        assert one == two


def test_what_a_killed_run_wrote_after_its_last_save_is_done_again(tmp_path: Path) -> None:
    """A kill leaves the checkpoint of step 2, but curves and best weights of later steps."""
    make_trainer(tmp_path / "whole").run(ignore)
    make_trainer(tmp_path / "killed").run(ignore, after(2))
    kept = (tmp_path / "killed" / CHECKPOINT).read_bytes()
    later = make_trainer(tmp_path / "killed")
    later.resume()
    later.run(ignore, after(7))
    (tmp_path / "killed" / CHECKPOINT).write_bytes(kept)
    with (tmp_path / "killed" / METRICS).open("a") as torn:
        torn.write('{"step": 9, "lo')
    again = make_trainer(tmp_path / "killed")
    again.resume()
    again.run(ignore)
    for file in (CURVE, METRICS):
        one, two = (without_times(lines(tmp_path / name / file)) for name in ("whole", "killed"))
        assert one == two
    first, second = (load_file(tmp_path / name / BEST) for name in ("whole", "killed"))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_checkpoint_of_other_settings_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no checkpoint"):
        make_trainer(tmp_path).resume()
    make_trainer(tmp_path).run(ignore, after(1))
    with pytest.raises(UsageError, match=r"learning_rate was 0.001, now is 0.5"):
        make_trainer(tmp_path, replace(SETTINGS, learning_rate=0.5)).resume()
    with pytest.raises(UsageError, match="photos was"):
        make_trainer(tmp_path, data=replace(make_data(), fingerprint="others")).resume()
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    torch.save({**state, "student": {}}, tmp_path / CHECKPOINT)
    with pytest.raises(UsageError, match="another version"):
        make_trainer(tmp_path).resume()
    other = make_trainer(tmp_path)
    other._start = "other weights"
    with pytest.raises(UsageError, match="first weights was"):
        other.resume()
    (tmp_path / CHECKPOINT).write_bytes(b"torn")
    with pytest.raises(UsageError, match="can't be read"):
        make_trainer(tmp_path).resume()


def test_a_checkpoint_runs_no_code(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "trapped"),)

    torch.save({"identity": Trap()}, tmp_path / CHECKPOINT)
    with pytest.raises(UsageError, match="can't be read"):
        make_trainer(tmp_path).resume()
    assert not (tmp_path / "trapped").exists()


def test_it_learns_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[Event] = []
    outcome = make_trainer(tmp_path, replace(SETTINGS, epochs=20, learning_rate=1e-2)).run(told.append)
    assert outcome.best["P@10"] > 0.7  # chance is a quarter
    assert isinstance(told[-1], Progress)
    assert (told[-1].done, told[-1].total) == (20 * 128, 20 * 128)
    points = lines(tmp_path / METRICS)
    assert points[-1]["step"] == 80
    assert {"loss", "similarity", "kl", "classes", "teacher", "rate", "photos_per_s"} <= points[0].keys()


def test_the_weights_are_chosen_by_the_measure_that_was_named(tmp_path: Path) -> None:
    outcome = make_trainer(tmp_path, replace(SETTINGS, choose_by="mAP@100")).run(ignore)
    assert outcome.best["mAP@100"] == max(point["mAP@100"] for point in outcome.curve)
    for other in ("alchemy", "bit_balance"):  # a good balance is a small one
        with pytest.raises(UsageError, match=r"there is P@10, mAP@100, mAHP@250 \(A\)"):
            make_trainer(tmp_path, replace(SETTINGS, choose_by=other))


def test_without_classes_the_targets_judge(tmp_path: Path) -> None:
    data = make_data()
    data = replace(
        data,
        labels=None,
        situation=replace(data.situation, n_classes=0, class_distances=None),
        judge=replace(data.judge, labels=None, class_distances=None),
    )
    outcome = make_trainer(tmp_path, data=data).run(ignore)
    assert set(outcome.best) == {"epoch", "NDCG@100", "bit_balance"}


def test_weights_that_the_last_step_spoiled_are_never_the_best(tmp_path: Path) -> None:
    """The loss of that step was still a number, that of the next is never seen."""
    settings = replace(SETTINGS, epochs=1, batch=64, learning_rate=1e38)
    data = make_data(80 + 64 * 1)
    with pytest.raises(HammingbirdError, match="not number"):
        trainer = make_trainer(tmp_path, settings, data)
        trainer._network.stem[0].weight.register_hook(lambda gradient: gradient * torch.nan)
        trainer.run(ignore)
    assert not (tmp_path / BEST).exists()


def test_too_little_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: TinyNetwork, inputs: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(TinyNetwork, "features", full)
    with pytest.raises(HammingbirdError, match=r"batches of 32 photos\. Choose a smaller --batch"):
        train_network(SETTINGS, make_data(), tmp_path, TinyNetwork(), ignore, device="cpu")


def test_photos_of_which_nothing_is_known_are_refused(tmp_path: Path) -> None:
    data = make_data()
    nothing = replace(data.judge, labels=None, targets=None)
    with pytest.raises(UsageError, match="Nothing is known"):
        make_trainer(tmp_path, data=replace(data, judge=nothing))


def test_a_loss_that_is_no_number_is_never_saved(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, replace(SETTINGS, learning_rate=1e30))
    with pytest.raises(HammingbirdError, match="not a number"):
        trainer.run(ignore, lambda: trainer.step == 3)
    assert not (tmp_path / CHECKPOINT).exists()


def test_frozen_norms_keep_their_statistics_and_the_heads_does_not(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, replace(SETTINGS, freeze_norms=True))
    network = trainer.student.module.network
    before = network.stem[1].running_mean.clone(), network.norm.running_mean.clone()
    trainer.run(ignore)
    assert torch.equal(network.stem[1].running_mean, before[0])
    assert not torch.equal(network.norm.running_mean, before[1])
    best = load_file(tmp_path / BEST)
    assert torch.equal(best["stem.1.running_mean"], before[0])
    assert not torch.equal(best["norm.running_mean"], network.norm.running_mean)  # centred on whole photos


@pytest.mark.parametrize(
    ("precision", "tolerance", "watched"), [("64", 1e-8, False), ("32", 1e-5, False), ("32", 1e-5, True)]
)
def test_two_processes_equal_one_with_the_whole_batch(
    tmp_path: Path, precision: str, tolerance: float, watched: bool
) -> None:
    """With the backbone's batch norms frozen: those would see half a batch each.

    In float32 the network is not converted, so that each process must have taken weights of its own.
    """
    settings = replace(SETTINGS, precision=precision, freeze_norms=True, epochs=2)
    (tmp_path / "teacher.py").write_text(MEAN_COLOURS)
    data = replace(make_data(), teacher_file=TeacherFile(tmp_path / "teacher.py", 16) if watched else None)
    weights = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        network = TinyNetwork()
        outcome = train_network(settings, data, folder, network, ignore, device="cpu", processes=processes)
        assert [point["epoch"] for point in outcome.curve] == [1, 2]
        weights.append(load_file(folder / BEST))
    one, two = weights
    kind = torch.float64 if precision == "64" else torch.float32
    assert all(tensor.dtype == kind for tensor in one.values() if tensor.is_floating_point())
    moved = TinyNetwork().state_dict()
    for name in one:
        assert torch.allclose(one[name], two[name], rtol=0, atol=tolerance), name
    assert (one["stem.0.weight"] - moved["stem.0.weight"]).abs().max() > 1e-4


def test_what_stops_two_processes_is_said_as_of_one(tmp_path: Path) -> None:
    hot = replace(SETTINGS, learning_rate=1e30, epochs=20)
    with pytest.raises(HammingbirdError, match=r"^Training stopped at step \d+: the loss is not a number"):
        train_network(hot, make_data(), tmp_path, TinyNetwork(), ignore, device="cpu", processes=2)
    with pytest.raises(HammingbirdError, match=r"ended from outside .*SIGKILL"):
        train_network(SETTINGS, make_data(), tmp_path, KilledNetwork(), ignore, device="cpu", processes=2)


def test_a_long_run_of_two_processes_ends() -> None:
    """Its curve is more than a pipe holds."""
    fabric = make_fabric(SETTINGS, "cpu", 2)
    assert len(run_in_processes(fabric, LongWork(), ignore).curve) == 9000


def test_events_of_two_processes_reach_the_reporter(tmp_path: Path) -> None:
    told: list[Event] = []
    train_network(
        replace(SETTINGS, epochs=1),
        make_data(),
        tmp_path,
        TinyNetwork(),
        told.append,
        device="cpu",
        processes=2,
    )
    assert [event.done for event in told if isinstance(event, Progress)] == [128]


def test_a_batch_that_can_not_be_shared_out_is_refused(tmp_path: Path) -> None:
    settings = replace(SETTINGS, batch=33)
    with pytest.raises(UsageError, match="multiple of --devices"):
        train_network(settings, make_data(), tmp_path, TinyNetwork(), ignore, device="cpu", processes=2)


def test_a_device_that_is_not_there_is_said() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(UsageError, match="Can't train on 1 x cuda"):
        make_fabric(SETTINGS, "cuda", 1)


def test_no_process_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="one process or more"):
        make_fabric(SETTINGS, "cpu", 0)


def test_the_first_interrupt_asks_the_second_interrupts() -> None:
    # Whoever starts the tests in the background of a shell has them begin with interrupts ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with stop_when_asked() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_curves_for_tensorboard(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    train_network(
        replace(SETTINGS, epochs=1),
        make_data(),
        tmp_path,
        TinyNetwork(),
        ignore,
        device="cpu",
        tensorboard=True,
    )
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    assert {"curve/P@10", "metrics/loss"} <= set(found.Tags()["scalars"])
