"""Feature maps of the shared MobileNetV2: an example of a Python file that brings a teacher to `distil`.

It reads `teacher/teacher.py`, with its weights beside it, and the names of ImageNet's classes from
`data/wordnet/imagenet.parent-child.txt`, both in the folder that the environment variable HAMMINGBIRD_SHARED
names (without it `shared` beside the project's folder). Nothing is downloaded.
"""

import importlib.util
import os
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional as nn_functional

LAST_BLOCKS = (2, 5, 12, 16)  # of those at a 4th, an 8th, a 16th and a 32nd: 24, 32, 96 and 320 channels


class MobileNetMaps(nn.Module):
    """MobileNetV2 (Sandler et al. 2018) up to its last block, and what it makes of that.

    Attributes:
        class_names: WordNet's number of each of its 1,000 logits.
    """

    def __init__(self, network: nn.Module, class_names: list[str]) -> None:
        super().__init__()
        self.stem, self.blocks = network.stem, network.blocks
        self.head, self.classifier = network.head, network.classifier
        self.class_names = class_names

    def forward(self, rgb: Tensor) -> tuple[Tensor, ...]:
        """float32 (B, 3, S, S) in [-1, 1] to four maps, float32 (B, 24, S/4, S/4) to (B, 320, S/32, S/32)."""
        seen = nn_functional.relu6(self.stem(rgb))
        maps = []
        for place, block in enumerate(self.blocks):
            seen = block(seen)
            if place in LAST_BLOCKS:
                maps.append(seen)
        return tuple(maps)

    def features(self, last: Tensor) -> Tensor:
        """float32 (B, 320, h, w) to float32 (B, 1280, h, w); their mean over places are its features."""
        return nn_functional.relu6(self.head(last))

    def logits(self, features: Tensor) -> Tensor:
        """float32 (B, 1280) to float32 (B, 1000)."""
        return self.classifier(features)


def load_map_teacher() -> MobileNetMaps:
    """The shared teacher, wrapped."""
    shared = Path(os.environ.get("HAMMINGBIRD_SHARED", Path(__file__).parents[3] / "shared"))
    spec = importlib.util.spec_from_file_location("shared_teacher", shared / "teacher" / "teacher.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tree = shared / "data" / "wordnet" / "imagenet.parent-child.txt"
    return MobileNetMaps(module.load_teacher(), _leaves(tree))


def _leaves(tree: Path) -> list[str]:
    """Classes without narrower ones, sorted: the order of ImageNet's challenge."""
    lines = [line.split() for line in tree.read_text(encoding="utf-8").splitlines()]
    return sorted({child for _, child in lines} - {parent for parent, _ in lines})
