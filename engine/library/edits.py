"""Takes edits of the library back, whatever they changed."""

from engine.library.captions import undo_captions
from engine.library.database import Library
from engine.library.pairs import undo_pairs
from engine.library.preferences import undo_preference
from engine.library.roots import undo_add_root, undo_forget_root
from engine.library.undo import UndoRecord, take_back

_WAYS_BACK = {
    "forget_root": undo_forget_root,
    "add_root": undo_add_root,
    "captions": undo_captions,
    "pairs": undo_pairs,
    "preference": undo_preference,
}


def undo(lib: Library, undo_id: int) -> UndoRecord:
    """Takes an edit back.

    Raises:
        UsageError: There is nothing to take back under this number.
    """
    return take_back(lib, undo_id, _WAYS_BACK)
