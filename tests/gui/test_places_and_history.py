"""The way back, and places as text."""

from pathlib import Path

import pytest

from desktop_app.places import (
    NeighboursPlace,
    OutsidePhoto,
    PhotosPlace,
    Place,
    ProblemsPlace,
    TeachPlace,
    from_text,
    to_text,
)
from desktop_app.query_history import QueryHistory


def test_back_and_forward_with_the_spot() -> None:
    history = QueryHistory()
    history.current.top_photo = 42
    assert history.go(NeighboursPlace((1,)))
    assert history.go(NeighboursPlace((2,)))
    assert not history.go(NeighboursPlace((2,)))
    assert history.back().place == NeighboursPlace((1,))
    assert history.back().top_photo == 42
    assert not history.can_go_back
    assert history.forward().place == NeighboursPlace((1,))
    history.go(ProblemsPlace())
    assert not history.can_go_forward
    assert history.back().place == NeighboursPlace((1,))


def test_the_way_does_not_grow_without_end() -> None:
    history = QueryHistory()
    for number in range(1000):
        history.go(NeighboursPlace((number,)))
    steps = 0
    while history.can_go_back:
        history.back()
        steps += 1
    assert steps == 199


@pytest.mark.parametrize(
    "place",
    [
        PhotosPlace(),
        PhotosPlace(Path("/photos/süden")),
        ProblemsPlace(),
        TeachPlace(),
        NeighboursPlace((3, 4), (OutsidePhoto(b"\x01\xff", "a b.jpg", b"RIFF"),), Path("/photos")),
    ],
)
def test_places_survive_being_written_down(place: Place) -> None:
    assert from_text(to_text(place)) == place


@pytest.mark.parametrize("text", ["", "{}", '{"kind": "moon"}', '{"kind": "neighbours"}', "[1]", "null"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert from_text(text) is None
