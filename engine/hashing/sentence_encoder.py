"""From a sentence to outputs whose signs are the bits that photos of what it says have."""

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError, UsageError
from engine.hashing.codes import OUTPUTS
from engine.hashing.model_file import ModelFile
from engine.hashing.runtime import core
from engine.hashing.vocabulary import FILLING, Vocabulary


class SentenceEncoder:
    """The text tower of a model, compiled.

    Attributes:
        n_bits: Length of the codes, that of the model's photos.
    """

    def __init__(self, model: ModelFile) -> None:
        """Compiles the text tower.

        Args:
            model: A model that was found whole and reads words.

        Raises:
            ModelError: The engine can't run it, or it gives another number of bits than photos have.
        """
        self.n_bits = model.n_bits
        self._vocabulary = Vocabulary.load(model.vocabulary_path)
        try:
            network = core().read_model(model.words_path)
            self._longest = network.input(0).get_partial_shape()[1].get_length()
            self._run = core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        except RuntimeError as error:
            raise ModelError(
                f"The text tower of {model.folder} can't be run: {str(error).splitlines()[0]}"
            ) from error
        found = self._run.output(0).get_partial_shape()[1].get_length()
        if found != self.n_bits:
            raise ModelError(
                f"The text tower of {model.folder} gives {found} bits, its card says {self.n_bits}.",
                "Use another model, or copy this one again from where it came.",
            )

    def logits(self, sentence: str) -> NDArray[np.float32]:
        """The outputs before rounding, float32 (n_bits,).

        Raises:
            UsageError: There is no word in the sentence.
        """
        numbers = self._vocabulary.numbers(sentence, self._longest)
        if not numbers:
            raise UsageError(f"There is no word in {sentence!r}.", "Type what is to be seen in the photo.")
        tokens = np.full((1, self._longest), FILLING, np.int64)
        tokens[0, : len(numbers)] = numbers
        return np.array(self._run(tokens)[0][0], np.float32)

    def outputs(self, sentence: str) -> bytes:
        """`logits` as float16, 2 * n_bits bytes: what a query keeps of a sentence; raises as `logits`."""
        return self.logits(sentence).astype(OUTPUTS).tobytes()
