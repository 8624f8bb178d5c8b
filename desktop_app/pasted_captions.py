"""A list of captions as a person pastes it: a photo and its caption a line, with a tab between."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PastedCaptions:
    """What such a list holds.

    Attributes:
        rows: Name or path of a photo, and a caption of it.
        wrong_lines: Numbers, from 1, of lines without a tab, a name or a caption.
    """

    rows: tuple[tuple[str, str], ...]
    wrong_lines: tuple[int, ...]


def read_pasted(text: str) -> PastedCaptions:
    """Reads a list; empty lines are left out, and what follows a second tab belongs to the caption."""
    rows, wrong = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, _, caption = line.partition("\t")
        if name.strip() and caption.strip():
            rows.append((name.strip(), " ".join(caption.split())))
        else:
            wrong.append(number)
    return PastedCaptions(tuple(rows), tuple(wrong))
