"""What is guessed lies where it is seen: targets of crops, frames, mirrors, turns and mixtures."""

from dataclasses import replace

import pytest
import torch
from tiny_maps import SETTINGS, make_photos, make_views

from engine.training.distil.views import (
    Aligned,
    draw_mask,
    mean_where_seen,
    mix_maps,
    mix_photos,
    sampled,
    turn,
)

WHOLE = [[1.0, 0, 0], [0, 1.0, 0]]


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def boxes(*rows: list[list[float]]) -> torch.Tensor:
    return torch.tensor(rows)


def test_a_crop_on_the_grid_has_that_part_of_the_map() -> None:
    maps = noise(2, 5, 8, 8)
    lower_left = [[0.5, 0, -0.5], [0, 0.5, 0.5]]
    found = sampled(maps, boxes(lower_left, WHOLE), 4)
    torch.testing.assert_close(found.values[0], maps[0, :, 4:, :4])
    assert torch.equal(found.weights, torch.ones(2, 1, 4, 4))
    torch.testing.assert_close(sampled(maps, boxes(WHOLE, WHOLE), 8).values, maps)


def test_a_mirrored_crop_has_a_mirrored_map() -> None:
    maps = noise(1, 5, 8, 8)
    found = sampled(maps, boxes([[-0.5, 0, 0.5], [0, 0.5, -0.5]]), 4)
    torch.testing.assert_close(found.values, maps[:, :, :4, 4:].flip(3))


def test_frames_have_no_weight() -> None:
    """The photo fills the middle half of the view."""
    framed = sampled(noise(1, 5, 8, 8), boxes([[2.0, 0, 0], [0, 2.0, 0]]), 8)
    expected = torch.zeros(8, 8)
    expected[2:6, 2:6] = 1
    assert torch.equal(framed.weights[0, 0], expected)
    inside = framed.values[:, :, 2:6, 2:6].mean((2, 3))
    torch.testing.assert_close(mean_where_seen(framed), inside, rtol=1e-4, atol=1e-4)


def test_each_plane_is_turned_by_its_own_quarters() -> None:
    planes = noise(4, 2, 3, 3)
    before = planes.clone()
    turn(planes, torch.tensor([0, 1, 3, 2]))
    for row, quarter in enumerate((0, 1, 3, 2)):
        assert torch.equal(planes[row], before[row].rot90(quarter, (1, 2)))


def test_a_place_has_the_target_of_the_photo_that_is_seen_there() -> None:
    """The cut lies on the grid, and part of the second photo is a frame."""
    maps = Aligned(noise(3, 5, 2, 2), torch.ones(3, 1, 2, 2))
    maps.weights[1, 0, 0] = 0
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 32:] = 1
    mixed = mix_maps(maps, mask)
    for row in range(3):
        torch.testing.assert_close(mixed.values[row, :, :, 0], maps.values[row, :, :, 0])
        torch.testing.assert_close(mixed.values[row, :, :, 1], maps.values[row - 1, :, :, 1])
        assert torch.equal(mixed.weights[row, :, :, 0], maps.weights[row, :, :, 0])
        assert torch.equal(mixed.weights[row, :, :, 1], maps.weights[row - 1, :, :, 1])
    photos = noise(3, 3, 64, 64)
    pasted = mix_photos(photos, mask)
    assert torch.equal(pasted[..., :32], photos[..., :32])
    assert torch.equal(pasted[1, ..., 32:], photos[0, ..., 32:])


def test_a_place_that_two_photos_share_is_between_them_and_frames_do_not_count() -> None:
    maps = Aligned(torch.tensor([1.0, 3.0]).view(2, 1, 1, 1), torch.tensor([1.0, 0.0]).view(2, 1, 1, 1))
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 24:] = 1
    mixed = mix_maps(maps, mask)
    torch.testing.assert_close(mixed.values.flatten(), torch.tensor([1.0, 1.0]), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(mixed.weights.flatten(), torch.tensor([0.75, 0.25]))
    both = mix_maps(Aligned(maps.values, torch.ones(2, 1, 1, 1)), mask)
    torch.testing.assert_close(both.values.flatten(), torch.tensor([1.5, 2.5]))


def test_a_view_without_any_photo_still_has_numbers() -> None:
    nothing = Aligned(noise(2, 5, 2, 2), torch.zeros(2, 1, 2, 2))
    torch.testing.assert_close(mean_where_seen(nothing), nothing.values.mean((2, 3)))
    assert mix_maps(nothing, torch.ones(1, 1, 64, 64)).values.isfinite().all()


@pytest.mark.parametrize("side", [32, 96])
def test_about_half_of_a_view_is_pasted_over(side: int) -> None:
    generator = torch.Generator().manual_seed(0)
    shares = torch.stack([draw_mask(side, generator).mean() for _ in range(200)])
    assert shares.min() > 0.2 and shares.max() < 0.8
    assert 0.4 < shares.mean() < 0.6


@pytest.mark.parametrize(("mixed", "turned"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.5)])
def test_the_teachers_maps_are_of_what_the_student_sees(mixed: float, turned: float) -> None:
    """The tiny teacher sees mean colours, so that a view itself says what its maps must be."""
    views = make_views(make_photos(24), replace(SETTINGS, mixed=mixed, turned=turned, smallest_crop=0.5))
    plain = views.inputs.augmenter.draw

    def without_colours(count: int, generator: torch.Generator) -> object:
        drawn = plain(count, generator)
        ones = torch.ones(count, 1, 1, 1)
        return replace(drawn, colour=ones, contrast=ones, light=ones, tint=torch.ones(count, 3, 1, 1))

    views.inputs.augmenter.draw = without_colours  # type: ignore[method-assign]
    photos, seen = views.make(torch.arange(24), torch.Generator().manual_seed(4))
    assert photos.shape == (24, 3, 64, 64)
    assert seen.features.shape == (24, 9) and seen.logits is None
    for maps, size in ((seen.mid, 16), (seen.last, 32)):
        looked = torch.nn.functional.avg_pool2d(photos / 127.5 - 1, size)
        known = (maps.weights == 1).expand_as(looked)
        both = torch.stack([looked[known], maps.values[known]])
        assert torch.corrcoef(both)[0, 1] > 0.8


def test_one_seed_makes_the_same_views() -> None:
    views = make_views(make_photos(8))
    one, two = (views.make(torch.arange(8), torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(one[0], two[0]) and torch.equal(one[1].features, two[1].features)
