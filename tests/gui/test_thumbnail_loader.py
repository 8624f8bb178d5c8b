"""Thumbnails: those on screen first, stale wishes dropped, memory bounded."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.thumbnails import ThumbnailLoader, decode
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.library.thumbnails import read_thumbnail

PATIENCE_MS = 20_000


@pytest.fixture
def ids(library_dir: Path) -> list[int]:
    library = Library.open_reading(library_dir)
    found = [int(i) for i in visible_ids(library)]
    library.close()
    return found


def test_all_that_is_wished_for_arrives(library_dir: Path, ids: list[int], qtbot: QtBot) -> None:
    loader = ThumbnailLoader(library_dir)
    loader.want(ids, 100)
    qtbot.waitUntil(lambda: all(loader.pixmap(i) for i in ids), timeout=PATIENCE_MS)
    pixmap = loader.pixmap(ids[0])
    assert pixmap is not None and max(pixmap.width(), pixmap.height()) == 100
    loader.close()


def test_memory_stays_within_its_budget(library_dir: Path, ids: list[int], qtbot: QtBot) -> None:
    one = 100 * 75 * 4
    loader = ThumbnailLoader(library_dir, cache_bytes=5 * one)
    for photo_id in ids:
        loader.want([photo_id], 100)
        qtbot.waitUntil(lambda wanted=photo_id: loader.pixmap(wanted) is not None, timeout=PATIENCE_MS)
        assert loader.cached_bytes <= 5 * one
    kept = [photo_id for photo_id in ids if loader.pixmap(photo_id)]
    assert kept == ids[-5:]
    loader.close()


def test_what_left_the_screen_is_not_read(library_dir: Path, ids: list[int], qtbot: QtBot) -> None:
    loader = ThumbnailLoader(library_dir)
    loader.want(ids[:20], 100)
    loader.want(ids[20:], 100)  # before any reader could take all of the first twenty
    qtbot.waitUntil(lambda: all(loader.pixmap(i) for i in ids[20:]), timeout=PATIENCE_MS)
    qtbot.wait(100)
    assert sum(loader.pixmap(i) is not None for i in ids[:20]) < 20
    loader.close()


def test_an_unknown_photo_is_asked_for_once_and_again_after_changes(
    library_dir: Path, ids: list[int], qtbot: QtBot
) -> None:
    loader = ThumbnailLoader(library_dir)
    loader.want([10_000, ids[0]], 100)
    qtbot.waitUntil(lambda: loader.pixmap(ids[0]) is not None, timeout=PATIENCE_MS)
    assert loader.pixmap(10_000) is None
    loader.forget_absent()
    loader.want([10_000, ids[1]], 100)
    qtbot.waitUntil(lambda: loader.pixmap(ids[1]) is not None, timeout=PATIENCE_MS)
    loader.close()


def test_another_size_replaces_the_old_one_when_it_comes(
    library_dir: Path, ids: list[int], qtbot: QtBot
) -> None:
    loader = ThumbnailLoader(library_dir)
    loader.want(ids[:1], 100)
    qtbot.waitUntil(lambda: loader.pixmap(ids[0]) is not None, timeout=PATIENCE_MS)
    loader.want(ids[:1], 60)
    assert loader.pixmap(ids[0]).width() == 100
    qtbot.waitUntil(lambda: loader.pixmap(ids[0]).width() == 60, timeout=PATIENCE_MS)
    loader.close()


def test_decoding_fits_the_square_but_blows_nothing_up_far(library_dir: Path, ids: list[int]) -> None:
    library = Library.open_reading(library_dir)
    webp = read_thumbnail(library, ids[0])
    library.close()
    assert webp is not None
    assert decode(webp, 64).width() == 64
    assert decode(webp, 400).width() == 400
    assert min(decode(webp, 5000).size().toTuple()) == 2 * 256
    assert decode(webp, 10_000).size() == decode(webp, 5000).size()
    assert decode(b"no picture", 64).isNull()
