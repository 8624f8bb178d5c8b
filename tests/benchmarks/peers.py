"""What indexing is held against, each measured in a child process and without our code.

python -m tests.benchmarks.peers limit FOLDER COUNT
python -m tests.benchmarks.peers phash FOLDER PROCESSES
python -m tests.benchmarks.peers encoder          (our own encoder alone: the one exception)
"""

import io
import multiprocessing
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import WORK, tell

BATCH = 16
INPUT_SIDE = 224
DECODED_SIDE = 512
THUMBNAIL_SIDE = 256
ROUNDS = 5


def limit(folder: Path, count: int) -> None:
    """Processor time of what nobody can leave out for one photo: decode small, resize, run the network."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())[:count]
    decode_s = _decode_and_resize_s([path.read_bytes() for path in files])
    run = mobilenet(1)
    network_s = _network_s(run)
    tell(decode_s=decode_s, network_s=network_s, photos=len(files))


def _decode_and_resize_s(contents: Iterable[bytes]) -> float:
    from PIL import Image

    spent = []
    for content in contents:
        begin = time.process_time()
        picture = Image.open(io.BytesIO(content))
        # the smallest of the decoder's own sizes that has at least 512 px on each side
        picture.draft("RGB", (DECODED_SIDE, DECODED_SIDE))
        scale = THUMBNAIL_SIDE / min(picture.size)
        size = (round(picture.width * scale), round(picture.height * scale))
        picture.resize(size, Image.Resampling.BILINEAR)
        spent.append(time.process_time() - begin)
    return statistics.mean(spent)


def _network_s(run: Any) -> float:
    import numpy as np

    pixels = np.random.default_rng(0).integers(0, 256, (BATCH, INPUT_SIDE, INPUT_SIDE, 3), np.uint8)
    for _ in range(3):
        run(pixels)
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(6):
            run(pixels)
        rounds.append((time.process_time() - begin) / 6 / BATCH)
    return statistics.median(rounds)


def mobilenet(threads: int) -> Any:
    """MobileNetV3-Large with random weights, float32; one thread is the way of least processor time."""
    # without its telemetry OpenVINO stays off the network
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    path = WORK / "mobilenet_v3_large" / "engine.xml"
    if not path.is_file():
        _convert_mobilenet(path)
    core = openvino.Core()
    network = core.read_model(path)
    network.reshape([BATCH, INPUT_SIDE, INPUT_SIDE, 3])
    options = {
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
    }
    return core.compile_model(network, "CPU", options)


def _convert_mobilenet(path: Path) -> None:
    import openvino
    import torch
    import torchvision

    class FromBytes(torch.nn.Module):
        """uint8 (B, S, S, 3) to the network's answer."""

        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.network = torchvision.models.mobilenet_v3_large(weights=None, num_classes=128)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return self.network((pixels.permute(0, 3, 1, 2).float() - 118.0) / 58.0)

    example = torch.zeros(2, INPUT_SIDE, INPUT_SIDE, 3, dtype=torch.uint8)
    with torch.inference_mode():
        converted = openvino.convert_model(FromBytes().eval(), example_input=example)
    converted.reshape([-1, INPUT_SIDE, INPUT_SIDE, 3])
    path.parent.mkdir(parents=True, exist_ok=True)
    openvino.save_model(converted, path, compress_to_fp16=True)


def _phash(path: str) -> str:
    import imagehash
    from PIL import Image

    return str(imagehash.phash(Image.open(path)))


def phash(folder: Path, processes: int) -> None:
    """`imagehash.phash` over all files of a folder; the start of the processes is not counted."""
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    with multiprocessing.Pool(processes) as pool:
        pool.map(_phash, files[: processes * 2], chunksize=1)
        begin = time.monotonic()
        done = sum(1 for _ in pool.imap_unordered(_phash, files, chunksize=4))
        seconds = time.monotonic() - begin
    tell(rate=done / seconds, photos=done, seconds=seconds)


def encoder() -> None:
    """Our encoder with the built-in model on all cores, fed from memory."""
    import numpy as np

    from engine.hashing.encoder import Encoder
    from engine.hashing.model_file import built_in_model

    model = built_in_model()
    ours = Encoder(model)
    side = ours.input_side
    pixels = np.random.default_rng(0).integers(0, 256, (1024, side, side, 3), np.uint8)
    ours.encode(pixels)
    rates = []
    for _ in range(ROUNDS):
        begin = time.monotonic()
        ours.encode(pixels)
        rates.append(len(pixels) / (time.monotonic() - begin))
    tell(
        rate=statistics.median(rates),
        network=str(model.card["network"]),
        input_side=side,
        n_bits=model.n_bits,
    )


def main(arguments: list[str]) -> None:
    """Runs the peer that is named."""
    name, *rest = arguments
    if name == "limit":
        limit(Path(rest[0]), int(rest[1]))
    elif name == "phash":
        phash(Path(rest[0]), int(rest[1]))
    else:
        encoder()


if __name__ == "__main__":
    main(sys.argv[1:])
