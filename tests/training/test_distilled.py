"""What a student guesses of a teacher."""

from pathlib import Path

import torch
from tiny_runs import MEAN_COLOURS

from engine.training.distances import CalibratedDistances
from engine.training.distilled import OfPhotos, OfViews, TeacherFile

CPU = torch.device("cpu")


def nothing_to_gather(features: torch.Tensor) -> torch.Tensor:
    return features


def test_a_teacher_that_looks_at_views_knows_them_and_not_the_photos(tmp_path: Path) -> None:
    (tmp_path / "teacher.py").write_text(MEAN_COLOURS)
    photos = torch.rand(6, 3, generator=torch.Generator().manual_seed(0)) * 255
    distances = CalibratedDistances.fit(photos)
    views = torch.tensor([[250.0, 0, 0], [0, 0, 250]])[:, :, None, None].expand(2, 3, 8, 8)
    chosen = torch.tensor([4, 1])
    of_views = OfViews(TeacherFile(tmp_path / "teacher.py", 16), distances, CPU)
    expected = [torch.tensor(c) - distances.centre for c in ((250.0, 0, 0), (0, 0, 250.0))]
    expected = torch.stack([row / row.norm() for row in expected])
    assert torch.allclose(of_views(chosen, views, nothing_to_gather), expected, atol=1e-4)
    of_photos = OfPhotos(photos, distances, CPU)(chosen, views, nothing_to_gather)
    assert torch.allclose(of_photos, distances.normalise(photos[chosen]))


def test_each_process_looks_at_its_own_views_and_all_learn_all(tmp_path: Path) -> None:
    (tmp_path / "teacher.py").write_text(MEAN_COLOURS)
    distances = CalibratedDistances.fit(torch.rand(6, 3) * 255)
    teacher = OfViews(TeacherFile(tmp_path / "teacher.py", 16), distances, CPU)
    found = teacher(torch.arange(4), torch.rand(2, 3, 8, 8) * 255, lambda part: torch.cat([part, part]))
    assert found.shape == (4, 3) and not found.requires_grad
