"""What random crops and frames do to photos."""

import torch

from engine.training.augment import Augmenter

GREEN = torch.tensor([0.0, 255.0, 0.0])


def crops(*, framed: float, count: int = 64) -> torch.Tensor:
    """Green photos, augmented; float32 (count, 24, 24, 3)."""
    photos = GREEN.expand(count, 32, 32, 3).to(torch.uint8)
    augmenter = Augmenter(24, framed=framed)
    views = augmenter.draw(count, torch.Generator().manual_seed(3))
    return augmenter.apply(photos, views).permute(0, 2, 3, 1)


def spread(found: torch.Tensor) -> torch.Tensor:
    """How much each photo differs within itself; float32 (count,)."""
    return found.flatten(1, 2).std(dim=1).amax(dim=1)


def test_crops_show_nothing_but_the_photo() -> None:
    inner = crops(framed=0.0)[:, 1:-1, 1:-1]
    assert spread(inner).max() < 0.01


def test_framed_photos_shrink_within_one_colour() -> None:
    found = crops(framed=1.0)
    assert (spread(found) > 1).float().mean() > 0.9
    corners = found[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners.std(dim=1).amax(dim=1) < 0.01).float().mean() > 0.2  # those that lie well inside


def test_about_the_share_that_was_asked_for_is_framed() -> None:
    share = (spread(crops(framed=0.25, count=400)[:, 1:-1, 1:-1]) > 1).float().mean()
    assert 0.12 < share < 0.35


def test_a_part_of_the_views_does_the_same_to_its_photos() -> None:
    generator = torch.Generator().manual_seed(0)
    photos = torch.randint(0, 255, (9, 32, 32, 3), generator=generator, dtype=torch.uint8)
    augmenter = Augmenter(24)
    views = augmenter.draw(9, generator)
    whole = augmenter.apply(photos, views)
    part = augmenter.apply(photos[3:6], views.take(slice(3, 6), photos.device))
    assert torch.equal(part, whole[3:6])
