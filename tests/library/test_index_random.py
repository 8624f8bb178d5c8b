"""Random changes to a folder over several runs end where one run over the final folder ends."""

import os
import shutil
from pathlib import Path
from random import Random

import pytest

from engine.library.captions import captions_of
from engine.library.database import Library
from engine.library.indexer import IndexOptions, index
from engine.library.photos import photo_of_path, visible_ids


def change(folder: Path, fresh: list[Path], random: Random) -> None:
    """One random change, as people and programs make them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    target = folder / random.choice(["", "a", "b/c"]) / f"{random.randrange(10**6)}.jpg"
    target.parent.mkdir(parents=True, exist_ok=True)
    kind = random.choice(
        ["add", "add", "move", "copy", "copy with time", "delete", "touch", "replace", "spoil"]
    )
    if kind == "add" or len(files) < 4:
        shutil.copyfile(fresh.pop(), target)
        return
    chosen = random.choice(files)
    if kind == "move":
        chosen.rename(target)
    elif kind == "copy":
        shutil.copyfile(chosen, target)
    elif kind == "copy with time":
        shutil.copy2(chosen, target)
    elif kind == "delete":
        chosen.unlink()
    elif kind == "touch":
        os.utime(chosen, (random.randrange(10**9), random.randrange(10**9)))
    elif kind == "replace":
        shutil.copyfile(fresh.pop(), chosen)
    else:
        chosen.write_bytes(chosen.read_bytes()[:700])


def outcome(lib: Library, folder: Path) -> dict[str, object]:
    """What each path leads to, and which codes are visible."""
    rows = dict(lib.rows("SELECT id, hex(pixel_hash) FROM photos"))
    codes = dict(lib.rows("SELECT photo_id, hex(code) FROM codes"))
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*.jpg")):
        photo_id = photo_of_path(lib, path)
        found[str(path)] = photo_id and (rows[photo_id], codes[photo_id], captions_of(lib, photo_id))
    found["visible"] = sorted(rows[i] for i in visible_ids(lib).tolist())
    found["problems"] = sorted(
        lib.rows(
            "SELECT rel_path, reason FROM problems JOIN files ON files.id = file_id"
            " WHERE missing_since IS NULL"
        )
    )
    return found


@pytest.mark.parametrize("seed", range(4))
def test_many_runs_equal_one(library, encoder, run_index, photo_folder, control, tmp_path, seed) -> None:
    random = Random(seed)
    fresh = sorted(photo_folder("fresh", range(100 * seed, 100 * seed + 80), (64, 48)).iterdir())
    folder = photo_folder("photos", range(100 * seed + 80, 100 * seed + 86), (64, 48))
    for _ in range(6):
        for _ in range(random.randrange(1, 9)):
            change(folder, fresh, random)
        run_index(folder, believe_missing=True)
        assert run_index(folder).read == 0
    once = Library.open(tmp_path / "once", create=True)
    index(once, [folder], encoder, control, IndexOptions(workers=1))
    assert outcome(library, folder) == outcome(once, folder)
    assert library.rows("PRAGMA foreign_key_check") == []
    once.close()
