"""Files of a run are whole, or those before."""

from pathlib import Path

import pytest
import torch

from engine.errors import HammingbirdError
from engine.training.checkpoint import CHECKPOINT, read_lines, rewrite_lines, save_checkpoint, write_whole


def half(error: Exception) -> object:
    def write(draft: Path) -> None:
        draft.write_bytes(b"half")
        raise error

    return write


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("file write failed")])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, error: Exception) -> None:
    file = tmp_path / "best"
    write_whole(file, lambda draft: draft.write_bytes(b"whole"))
    with pytest.raises(HammingbirdError, match=r"best can't be written: .*(No space|failed).* Free some"):
        write_whole(file, half(error))
    assert [found.read_bytes() for found in tmp_path.iterdir()] == [b"whole"]


def test_folders_are_made_and_files_in_their_place_are_named(tmp_path: Path) -> None:
    rewrite_lines(tmp_path / "a" / "b" / "curve", [{"epoch": 1.0}])
    assert read_lines(tmp_path / "a" / "b" / "curve") == [{"epoch": 1.0}]
    with pytest.raises(HammingbirdError, match=r"curve/checkpoint\.pt can't be written"):
        save_checkpoint(tmp_path / "a" / "b" / "curve", {"step": torch.zeros(1)})
    save_checkpoint(tmp_path, {"step": 1})
    assert (tmp_path / CHECKPOINT).is_file()
