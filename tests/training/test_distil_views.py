"""What is guessed lies where it is seen: the teacher looks at what the student sees, mixed and turned."""

from dataclasses import replace

import pytest
import torch
from tiny_maps import SETTINGS, make_photos, make_views
from torch.nn import functional as nn_functional

from engine.training.distil.settings import DistilSettings
from engine.training.distil.views import Seen, Views, draw_mask, mix_photos, turn
from engine.training.timm_towers import SCALES

CHOSEN = torch.arange(SETTINGS.batch)


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def made(views: Views) -> tuple[torch.Tensor, Seen]:
    return views.make(CHOSEN, torch.Generator().manual_seed(4))


def without_colours(settings: DistilSettings) -> Views:
    """Views that are drawn alike, in the photos' own colours."""
    views = make_views(make_photos(24), settings)
    plain = views.inputs.augmenter.draw

    def draw(count: int, generator: torch.Generator) -> object:
        drawn = plain(count, generator)
        ones = torch.ones(count, 1, 1, 1)
        return replace(drawn, colour=ones, contrast=ones, light=ones, tint=torch.ones(count, 3, 1, 1))

    views.inputs.augmenter.draw = draw  # type: ignore[method-assign]
    return views


def test_each_plane_is_turned_by_its_own_quarters() -> None:
    planes = noise(4, 2, 3, 3)
    before = planes.clone()
    turn(planes, torch.tensor([0, 1, 3, 2]))
    for row, quarter in enumerate((0, 1, 3, 2)):
        assert torch.equal(planes[row], before[row].rot90(quarter, (1, 2)))


def test_a_part_of_the_view_before_is_pasted_where_the_mask_is() -> None:
    photos = noise(3, 3, 64, 64)
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 32:] = 1
    pasted = mix_photos(photos, mask)
    assert torch.equal(pasted[..., :32], photos[..., :32])
    for row in range(3):
        assert torch.equal(pasted[row, ..., 32:], photos[row - 1, ..., 32:])


@pytest.mark.parametrize("side", [32, 96])
def test_about_half_of_a_view_is_pasted_over(side: int) -> None:
    generator = torch.Generator().manual_seed(0)
    shares = torch.stack([draw_mask(side, generator).mean() for _ in range(200)])
    assert shares.min() > 0.2 and shares.max() < 0.8
    assert 0.4 < shares.mean() < 0.6


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize(("mixed", "turned"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.5)])
def test_the_teachers_maps_are_of_what_the_student_sees(mixed: float, turned: float, apart: bool) -> None:
    """The tiny teacher sees mean colours, so that a view itself says what its maps must be."""
    photos, seen = made(without_colours(replace(SETTINGS, mixed=mixed, turned=turned, apart=apart)))
    assert photos.shape == (16, 3, 64, 64)
    assert seen.features.shape == (16, 9) and seen.logits is None
    for maps, scale in zip(seen.maps, SCALES, strict=True):
        looked = nn_functional.avg_pool2d(photos / 127.5 - 1, scale)
        torch.testing.assert_close(maps, looked, atol=1e-4, rtol=0)
    last = seen.maps[-1]
    expected = torch.cat([last, last.clamp(max=0), last.square()], dim=1).mean((2, 3))
    torch.testing.assert_close(seen.features, expected, atol=1e-4, rtol=0)


def test_a_whole_student_guesses_through_changed_colours_and_sections_begin_with_them() -> None:
    for apart in (False, True):
        settings = replace(SETTINGS, apart=apart)
        photos, seen = made(make_views(make_photos(24), settings))
        plain_photos, plain_seen = made(without_colours(settings))
        assert not torch.allclose(photos, plain_photos, atol=1)
        assert torch.allclose(seen.features, plain_seen.features, atol=1e-4) != apart


def test_one_seed_makes_the_same_views() -> None:
    views = make_views(make_photos(24))
    one, two = made(views), made(views)
    assert torch.equal(one[0], two[0]) and torch.equal(one[1].features, two[1].features)
