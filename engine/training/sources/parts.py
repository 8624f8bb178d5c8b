"""The parts that data sets are published in, under the words that their authors use."""

from engine.errors import UsageError

_PARTS = {
    "": "",
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
}
PART_WORDS = frozenset(_PARTS) - {""}


def published_part(word: str, where: str) -> str:
    """The part that a word means.

    Args:
        word: As the source writes it; capitals and blanks around it don't matter.
        where: The source, for the message.

    Returns:
        "train", "val", "test", or "" for an empty word.

    Raises:
        UsageError: No such part.
    """
    part = _PARTS.get(word.strip().lower())
    if part is None:
        raise UsageError(f"{where} names a part {word!r}.", f"Use one of {', '.join(sorted(PART_WORDS))}.")
    return part
