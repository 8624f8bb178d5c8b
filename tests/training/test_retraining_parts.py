"""What a retraining holds out stays together and stays held out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.training.retraining.parts import CHOICE, HELD_OUT, TRAIN, draw_parts, event_groups, joined

PARTITIONS = st.lists(st.integers(0, 5), min_size=1, max_size=25).map(
    lambda names: np.array([names.index(name) for name in names])
)


def test_photos_of_one_folder_that_follow_each_other_are_one_event() -> None:
    moments = {
        1: ("1/trip", "2024-05-01T12:00:00"),
        2: ("1/trip", "2024-05-01T12:20:00"),
        3: ("1/trip", "2024-05-01T12:45:00"),
        4: ("1/trip", "2024-05-01T14:00:00"),
        5: ("1/other", "2024-05-01T12:10:00"),
    }
    assert event_groups([1, 2, 3, 4, 5, 6], moments).tolist() == [0, 0, 0, 3, 4, 5]


def test_a_time_that_is_none_makes_no_event() -> None:
    assert event_groups([1, 2], {1: ("a", "yesterday"), 2: ("a", "2024-05-01T12:00:00")}).tolist() == [0, 1]


@given(PARTITIONS, PARTITIONS)
def test_joined_groups_are_the_connected_components(first: np.ndarray, second: np.ndarray) -> None:
    count = min(len(first), len(second))
    first, second = first[:count], second[:count]
    expected = list(range(count))
    changed = True
    while changed:
        changed = False
        for a in range(count):
            for b in range(count):
                linked = first[a] == first[b] or second[a] == second[b]
                if linked and expected[a] != expected[b]:
                    expected[a] = expected[b] = min(expected[a], expected[b])
                    changed = True
    assert joined(first, second).tolist() == expected


def test_a_group_shares_one_part_and_shares_are_about_as_said() -> None:
    ids = list(range(1, 3001))
    groups = np.array([place - place % 3 for place in range(3000)])
    parts = draw_parts(ids, groups, {})
    assert all(parts[str(a)] == parts[str(a + 1)] == parts[str(a + 2)] for a in range(1, 3001, 3))
    counts = {part: list(parts.values()).count(part) / 3000 for part in (TRAIN, CHOICE, HELD_OUT)}
    assert abs(counts[HELD_OUT] - 0.2) < 0.04 and abs(counts[CHOICE] - 0.1) < 0.03


def test_what_was_held_out_before_stays_held_out_with_its_copies() -> None:
    ids = list(range(1, 101))
    groups = np.arange(100)
    first = draw_parts(ids, groups, {})
    held_out = next(photo for photo in ids if first[str(photo)] == HELD_OUT)
    trained = next(photo for photo in ids if first[str(photo)] == TRAIN and photo > held_out)
    groups[trained - 1] = held_out - 1  # a copy of a held-out photo has turned up
    again = draw_parts(ids, groups, first)
    assert again[str(trained)] == HELD_OUT
    unchanged = {name: part for name, part in again.items() if name != str(trained)}
    assert unchanged == {name: part for name, part in first.items() if name != str(trained)}
