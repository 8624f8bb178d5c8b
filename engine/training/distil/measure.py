"""How well a student sees as its teacher does, on photos that it was not trained on."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.errors import HammingbirdError
from engine.training.distil.student import MapStudent
from engine.training.inputs import PhotoInputs

TOP = 10
CHOSEN_BY = "shared@10"


@dataclass(frozen=True)
class MapJudge:
    """What the teacher says of photos that are held out.

    Attributes:
        photos: int64 (V,) positions; V > 10.
        features: float32 (V, D), the teacher's, of whole photos, around the centre of training views.
    """

    photos: Tensor
    features: Tensor

    @torch.inference_mode()
    def measure(self, student: MapStudent, inputs: PhotoInputs) -> dict[str, float]:
        """Measures a student that is whole, and whose batch norms are centred.

        Returns:
            cosine: Of guessed to the teacher's features, the mean.
            teacher@10: How alike the teacher finds photos and the ten nearest of the others by the student's
                own features (the mean of its last maps, centred), as a cosine, the mean.
            shared@10: The share of the teacher's own ten nearest that are among these.

        Raises:
            HammingbirdError: The student's features are no numbers.
        """
        student.eval()
        pooled = torch.cat(
            [student.network(batch)[-1].float().mean((2, 3)) for batch in inputs.whole(self.photos)]
        )
        if not pooled.isfinite().all():
            raise HammingbirdError(
                "The network's outputs are not numbers any more.",
                "Use smaller rates; the best weights so far, if there are any, are kept.",
            )
        aimed = nn.functional.normalize(self.features.to(pooled.device))
        guessed = nn.functional.cosine_similarity(student.guesses.features(pooled), aimed)
        alike = _without_itself(aimed)
        found = _without_itself(nn.functional.normalize(pooled - pooled.mean(0))).topk(TOP).indices
        wanted = alike.topk(TOP).indices
        shared = (found[:, :, None] == wanted[:, None]).any(2).float()
        return {
            "cosine": guessed.mean().item(),
            f"teacher@{TOP}": alike.gather(1, found).mean().item(),
            CHOSEN_BY: shared.mean().item(),
        }


def _without_itself(features: Tensor) -> Tensor:
    """Cosines of features of unit length, (V, D), with each other, (V, V); a photo is not like itself."""
    return (features @ features.T).fill_diagonal_(-9)
