"""From pixels to packed codes, with OpenVINO, in batches of one fixed shape.

Why OpenVINO in float32 on the processor: docs/decisions/0002-encoder.md.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.hashing.codes import Codes, pack
from engine.hashing.model_file import ModelFile
from engine.hashing.runtime import core, openvino

BATCH = 16


class Encoder:
    """One model, compiled.

    A photo's code is the same in every batch: batches always have `BATCH` photos (the rest is filled up),
    float32 is asked for by name, and nothing in the network mixes photos.

    Attributes:
        n_bits: Length of the codes.
        input_side: Pixels of the square input.
        digest: Identity of the model.
    """

    def __init__(self, model: ModelFile, threads: int = 0, *, graphics: bool = False) -> None:
        """Compiles the model.

        Args:
            model: A model that was found whole.
            threads: Processor threads, 0 for all.
            graphics: On the graphics processor (`engine.hashing.runtime.has_graphics`).

        Raises:
            ModelError: The engine can't run it, or it gives another number of bits than its card says.
        """
        self.n_bits = model.n_bits
        self.input_side = model.input_side
        self.digest = model.digest
        try:
            self._run = compile_model(model.engine_path, self.input_side, threads, graphics=graphics)
        except RuntimeError as error:
            raise ModelError(
                f"The model {model.folder} can't be run: {str(error).splitlines()[0]}"
            ) from error
        found = self._run.output(0).shape[1]
        if found != self.n_bits:
            raise ModelError(
                f"The model {model.folder} gives {found} bits, its card says {self.n_bits}.",
                "Use another model, or copy this one again from where it came.",
            )

    def logits(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The outputs before rounding.

        Args:
            pixels: uint8 (B, S, S, 3), sRGB, S = `input_side`, B >= 0.

        Returns:
            float32 (B, n_bits).
        """
        side = self.input_side
        if pixels.dtype != np.uint8 or pixels.shape[1:] != (side, side, 3):
            raise ValueError(
                f"the model reads uint8 (B, {side}, {side}, 3), not {pixels.dtype} {pixels.shape}"
            )
        found = np.empty((len(pixels), self.n_bits), np.float32)
        for start in range(0, len(pixels), BATCH):
            part = pixels[start : start + BATCH]
            batch = np.zeros((BATCH, side, side, 3), np.uint8)
            batch[: len(part)] = part
            found[start : start + len(part)] = self._run(batch)[0][: len(part)]
        return found

    def encode(self, pixels: NDArray[np.uint8]) -> Codes:
        """Packed codes, uint8 (B, n_bits / 8), of uint8 (B, S, S, 3) pixels."""
        return pack(self.logits(pixels))


def compile_model(
    path: Path, side: int, threads: int = 0, *, graphics: bool = False
) -> openvino.CompiledModel:
    """Compiles an OpenVINO model with a fixed batch and float32 arithmetic."""
    network = core().read_model(path)
    network.reshape([BATCH, side, side, 3])
    options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    if graphics:
        return core().compile_model(network, "GPU", options)
    return core().compile_model(network, "CPU", {**options, "INFERENCE_NUM_THREADS": threads})
