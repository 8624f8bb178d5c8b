"""Starts a run on the device, in the precision and in as many processes as were asked for."""

import logging
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from functools import partial
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event as SharedEvent
from pathlib import Path
from types import FrameType

import torch
from lightning_fabric import Fabric
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException

from engine.errors import HammingbirdError, UsageError
from engine.progress import Reporter, from_json, to_json
from engine.training.live_curves import curves_for_tensorboard
from engine.training.settings import PRECISIONS, Settings
from engine.training.student import HashModel
from engine.training.trainer import Outcome, Trainer, TrainingData

# What Fabric says of its processes is not for those who train; each of these imports this before it speaks.
logging.getLogger("lightning_fabric").setLevel(logging.WARNING)

DEVICES = ("auto", "cpu", "cuda", "mps")
SECONDS_FOR_THE_REST = 10.0


def train_network(
    settings: Settings,
    data: TrainingData,
    folder: Path,
    network: HashModel,
    report: Reporter,
    *,
    device: str = "auto",
    processes: int = 1,
    resume: bool = False,
    tensorboard: bool = False,
) -> Outcome:
    """Trains a network; its best weights are in `folder`/best.safetensors afterwards.

    Ctrl-C, or SIGTERM, ends the step, saves a checkpoint and returns; a second one interrupts at once.

    Args:
        settings: See `Settings`.
        data: Photos and what is known of them.
        folder: Of the run.
        network: With the weights to start from.
        report: Hears of progress.
        device: One of `DEVICES`; "auto" is the fastest that there is.
        processes: One for each GPU that is to be used; on a processor any number.
        resume: Whether to go on from the folder's checkpoint.
        tensorboard: Whether curves are also written for TensorBoard, to `folder`/tensorboard.

    Raises:
        UsageError: The device is not there, or settings or checkpoint don't fit.
        HammingbirdError: The loss is no number any more, or a process ended by itself.
    """
    fabric = make_fabric(settings, device, processes)
    work = Work(settings, data, folder, network, resume=resume)
    with curves_for_tensorboard(folder, on=tensorboard):
        if processes > 1:
            outcome = run_in_processes(fabric, work, report)
        else:
            fabric.launch()
            with stop_when_asked() as stop:
                outcome = work.run(fabric, report, stop)
    precision = fabric.strategy.precision.precision
    return replace(outcome, device=f"{processes} x {fabric.device.type}, {precision}")


def make_fabric(settings: Settings, device: str, processes: int) -> Fabric:
    """Fabric for a device, not launched yet.

    Raises:
        UsageError: There is no such device, or not as many, or they can't share a batch evenly.
    """
    if device not in DEVICES or processes < 1:
        raise UsageError(f"Training runs on {', '.join(DEVICES)}, in one process or more.")
    if settings.batch % processes:
        raise UsageError(
            f"A batch of {settings.batch} photos can't be shared among {processes} processes.",
            "Choose a --batch that is a multiple of --devices.",
        )
    precision = PRECISIONS[settings.precision] or ("bf16-mixed" if _has_bf16(device) else "32-true")
    try:
        return Fabric(
            accelerator=device,
            devices=processes,
            strategy="ddp_spawn" if processes > 1 else "auto",
            precision=precision,  # type: ignore[arg-type]
        )
    except (RuntimeError, ValueError) as error:
        raise UsageError(f"Can't train on {processes} x {device}: {error}.", "Try --device cpu.") from error


def _has_bf16(device: str) -> bool:
    return device in ("auto", "cuda") and torch.cuda.is_available() and torch.cuda.is_bf16_supported()


class Work:
    """What each process does."""

    def __init__(
        self, settings: Settings, data: TrainingData, folder: Path, network: HashModel, *, resume: bool
    ) -> None:
        self.settings, self.data, self.folder, self.network = settings, data, folder, network
        self.resume = resume

    def run(self, fabric: Fabric, report: Reporter, stop: Callable[[], bool]) -> Outcome:
        """Trains, on a fabric that is launched."""
        try:
            trainer = Trainer(fabric, self.settings, self.data, self.folder, self.network)
            if self.resume:
                trainer.resume()
            return trainer.run(report, stop)
        except torch.OutOfMemoryError as error:
            raise HammingbirdError(
                f"The device has too little memory for batches of {self.settings.batch} photos.",
                "Choose a smaller --batch or --train-side.",
            ) from error


class _Wire:
    """What joins the processes of a run to the one that started them.

    Attributes:
        queue: Events as JSON, errors, and what the run ended with; None is the last. The outcome takes this
            way too: Fabric's own is read when all processes have ended, and a long outcome must be read
            before they can.
        stop: Set when the run shall save and end, so that all hear of it whoever was asked.
    """

    def __init__(self) -> None:
        context = torch.multiprocessing.get_context("spawn")
        self.queue: Queue[str | Exception | Outcome | None] = context.Queue()
        self.stop: SharedEvent = context.Event()


class _Listener:
    """Reads the wire until its end, on a thread of its own.

    Attributes:
        outcome: What the run ended with.
        errors: Why it could not go on, the first cause first.
    """

    def __init__(self, wire: _Wire, report: Reporter) -> None:
        self.outcome: Outcome | None = None
        self.errors: list[Exception] = []
        self._wire, self._report = wire, report
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Hears the rest; not for ever, since a process that was killed may have left half a line."""
        self._wire.queue.put(None)
        self._thread.join(SECONDS_FOR_THE_REST)

    def _listen(self) -> None:
        while (told := self._wire.queue.get()) is not None:
            if isinstance(told, Outcome):
                self.outcome = told
            elif isinstance(told, Exception):
                self.errors.append(told)
            elif not self.errors:
                self._tell(told)

    def _tell(self, line: str) -> None:
        try:
            self._report(from_json(line))
        except OSError as error:  # whoever watched is gone
            self.errors.append(error)
            self._wire.stop.set()


def run_in_processes(fabric: Fabric, work: Work, report: Reporter) -> Outcome:
    """Does the work in the processes of a fabric that is not launched yet; see `train_network`."""
    wire = _Wire()
    listener = _Listener(wire, report)
    try:
        with stop_when_asked(wire.stop.set):
            fabric.launch(partial(_run_in_process, work=work, wire=wire))
    except (ProcessRaisedException, ProcessExitedException) as error:
        listener.end()
        raise _cause(error, listener.errors, asked=wire.stop.is_set()) from error
    finally:
        listener.end()
    if listener.errors or listener.outcome is None:
        raise listener.errors[0]
    return listener.outcome


def _run_in_process(fabric: Fabric, work: Work, wire: _Wire) -> None:
    # On a processor the weights that came here lie in memory that all processes share: each needs its own.
    work.network = deepcopy(work.network)
    warnings.filterwarnings("ignore", message="torch.distributed.nn.functional")  # Fabric's to mend
    with stop_when_asked() as stop:
        try:
            outcome = work.run(
                fabric, lambda event: wire.queue.put(to_json(event)), lambda: stop() or wire.stop.is_set()
            )
        except (HammingbirdError, OSError) as error:
            wire.queue.put(error)
            raise
    if fabric.is_global_zero:
        wire.queue.put(outcome)


def _cause(
    error: ProcessRaisedException | ProcessExitedException, told: list[Exception], *, asked: bool
) -> BaseException:
    """Why processes ended, as a person can understand it; what is a bug stays as it is."""
    if told:
        return told[0]
    if asked:
        return KeyboardInterrupt()
    if isinstance(error, ProcessRaisedException):
        return error
    return HammingbirdError(
        f"A process of the training was ended from outside ({error}).",
        "Free some memory if it ran out; --resume goes on from the last checkpoint.",
    )


@contextmanager
def stop_when_asked(also: Callable[[], None] = lambda: None) -> Iterator[Callable[[], bool]]:
    """Turns the first SIGINT or SIGTERM into an answer; the second does what it always does.

    Outside the main thread, which alone may catch signals, nobody asks.

    Args:
        also: Is called too, by the first signal.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's signature
        asked.set()
        also()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
