"""How far a photo may be from a query and still be an answer: so that "nothing like this here" is one too.

A distance means little by itself: among photos of one beach all are near, and a sentence is farther from what
it describes than a photo is. So the limit comes from the distances of this very query to this very library:
photos that have nothing to do with it lie around their mean, and an answer lies clearly below. How clearly,
and between which bounds, is calibrated for each model on validation photos, for photos and for words apart. A
dozen photos are shown whatever their distances say, if they are not farther than the upper bound
(docs/decisions/0009-limit.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE = 4096
LEAST_SHOWN = 12  # who asks for photos like one wants to see some, the nearest first, rather than none
PHOTO, WORDS = "photo", "words"


@dataclass(frozen=True)
class Calibration:
    """A model's idea of near, for one kind of query.

    Attributes:
        deviations: So many standard deviations below the mean distance.
        surely: Share of the bits up to which a photo is near in any library.
        at_most: Share of the bits from which on it is near in none.
    """

    deviations: float
    surely: float
    at_most: float

    def limit(self, sample: NDArray[np.int32], n_bits: int, nearest: NDArray[np.int32]) -> int:
        """The largest distance of an answer, in bits.

        Args:
            sample: int32 (M,), distances of the query to photos drawn from the library.
            n_bits: Length of a code.
            nearest: int32 (K,), distances of the photos that are nearest to it.
        """
        between = self.at_most
        if len(sample):
            between = float(sample.mean() - self.deviations * sample.std()) / n_bits
        dozenth = int(np.sort(nearest)[:LEAST_SHOWN].max(initial=0))
        return min(max(int(n_bits * max(between, self.surely)), dozenth), int(n_bits * self.at_most))


# For models whose card says nothing: all that is nearer than 0.3 of the bits.
UNCALIBRATED = Calibration(0.0, 0.3, 0.3)


def calibration(card: Mapping[str, Any], kind: str) -> Calibration:
    """What a model's card says of `PHOTO` or `WORDS` queries; `UNCALIBRATED` where it says nothing."""
    try:
        told = card["limit"][kind]
        return Calibration(float(told["deviations"]), float(told["surely"]), float(told["at_most"]))
    except (KeyError, TypeError, ValueError):
        return UNCALIBRATED
