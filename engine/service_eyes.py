"""What the service sees with: one model, compiled when it is needed, and a worker that decodes for it."""

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np

from engine.errors import UnreadablePhoto, UsageError
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile
from engine.hashing.sentence_encoder import SentenceEncoder
from engine.photos.decode_pool import DecodePool, ReadRequest
from engine.photos.readings import DecodedPhoto

PATIENCE_S = 30.0


class Eyes:
    """Makes codes of one model.

    Attributes:
        model: The model.
        max_megapixels: Larger pictures are refused before they are decoded.
    """

    def __init__(self, model: ModelFile, max_megapixels: float, threads: ThreadPoolExecutor) -> None:
        """Starts to compile the model.

        Args:
            model: A model that was found whole.
            max_megapixels: Larger pictures are refused before they are decoded.
            threads: One of them compiles.
        """
        self.model = model
        self.max_megapixels = max_megapixels
        self._lock = threading.Lock()
        self._pools: list[DecodePool] = []
        self._encoder: Future[Encoder] = threads.submit(Encoder, model, 1)

    def read(self, path: Path) -> tuple[DecodedPhoto, bytes]:
        """A photo and its packed code.

        Raises:
            UnreadablePhoto: The file could not be read as a photo.
            UsageError: It is no photo.
        """
        (_, reading), *_ = self.pool.read([ReadRequest(os.fsencode(path))])
        if isinstance(reading, UnreadablePhoto):
            raise reading
        if reading.photo is None:
            raise UsageError(
                f"{path.name} is not a photo.", "Drop a photo: JPEG, PNG, HEIC, RAW and the like."
            )
        side = self.model.input_side
        pixels = np.frombuffer(reading.photo.pixels, np.uint8).reshape(1, side, side, 3)
        return reading.photo, self._encoder.result(timeout=PATIENCE_S).encode(pixels)[0].tobytes()

    def sentence(self, text: str) -> bytes | None:
        """The outputs of a sentence (`SentenceEncoder.outputs`); None where the model reads no words."""
        return self._sentences.outputs(text) if self.model.reads_words else None

    @cached_property
    def _sentences(self) -> SentenceEncoder:
        return SentenceEncoder(self.model)

    @property
    def pool(self) -> DecodePool:
        """The worker, started when it is first needed."""
        with self._lock:
            if not self._pools:
                side = self.model.input_side
                made = DecodePool(
                    1, timeout_s=PATIENCE_S, max_megapixels=self.max_megapixels, input_size=side
                )
                self._pools.append(made)
        return self._pools[0]

    def close(self) -> None:
        """Ends the worker."""
        for pool in self._pools:
            pool.close()
