"""Files beside photos that say something about them: .xmp, .txt, and the .json of Google Takeout.

Which file belongs to which photo is told by names alone:

    a.jpg.xmp, a.xmp            to a.jpg (digiKam and Lightroom; the second to a.cr2 as well)
    a.jpg.txt, a.txt            likewise
    a.jpg.json, a.json          Takeout, the second in old archives
    a.jpg.supplemental-metadata.json    Takeout since 2024, cut off anywhere to have 46 letters
    a.jpg(1).json               belongs to a(1).jpg, in all of its forms
    a.jpg.json                  also to a-edited.jpg, for which Takeout writes none

A name that was cut off belongs to the one photo that begins so; where several do, to none.
"""

import codecs
import json
import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from engine.errors import UnreadablePhoto
from engine.photos.file_content import file_errors, open_plain
from engine.photos.written_words import TAKEOUT, TAKEOUT_KEYWORDS, TEXT, plain_words, western, xmp_words

ENDINGS = (".xmp", ".txt", ".json")
MAX_BYTES = 1 << 20  # a sidecar has a few thousand; a longer file is something else
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SUPPLEMENT = ".supplemental-metadata"
_SHORTENED = 46  # letters of a Takeout name before ".json"
_EDITED = "-edited"
_NUMBERED = re.compile(r"\((\d+)\)$")


def read_sidecar(path: str | bytes) -> list[tuple[str, str]]:
    """What a sidecar says.

    Args:
        path: With one of `ENDINGS`.

    Returns:
        (source, text); nothing for a file that has a sidecar's name and is none.

    Raises:
        UnreadablePhoto: It can't be read, or is too large for one.
    """
    with file_errors(path), open_plain(path) as file:
        whole = file.read(MAX_BYTES + 1)
    if len(whole) > MAX_BYTES:
        raise UnreadablePhoto("too-large", f"a file with words of a photo has at most {MAX_BYTES} bytes")
    _, ending = os.path.splitext(os.fsdecode(path))  # noqa: PTH122 - names may be bytes
    read = {".xmp": xmp_words, ".txt": _text_words, ".json": _takeout_words}[ending.lower()]
    return plain_words(read(whole))


def _text_words(content: bytes) -> Iterator[tuple[str, str]]:
    """All of a text; without a mark of its encoding UTF-8 or else Latin-1."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), *((m, "utf-16") for m in _UTF16_MARKS)):
        if content.startswith(mark):
            yield TEXT, content.decode(encoding, "replace")
            return
    if b"\0" not in content:  # with it, it is something else that is called .txt
        yield TEXT, western(content)


def _takeout_words(content: bytes) -> Iterator[tuple[str, str]]:
    """The description in a file of Google Takeout, and the names of the people in the photo."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return
    if not isinstance(told, dict) or not isinstance(told.get("title"), str):
        return
    if isinstance(told.get("description"), str):
        yield TAKEOUT, told["description"]
    people = told.get("people")
    if isinstance(people, list):
        names = [one["name"] for one in people if isinstance(one, dict) and isinstance(one.get("name"), str)]
        yield TAKEOUT_KEYWORDS, ", ".join(names)


class Owners:
    """The photos of one folder by the names that their sidecars may have."""

    def __init__(self, names: Iterable[str]) -> None:
        """Takes the file names of photos."""
        self._whole: dict[str, list[str]] = {}
        self._stems: dict[str, list[str]] = {}
        self._edited: dict[str, list[str]] = {}
        for name in names:
            low = name.casefold()
            stem, dot, ending = low.rpartition(".")
            self._whole.setdefault(low, []).append(name)
            self._stems.setdefault(stem, []).append(name)
            if stem.endswith(_EDITED):
                self._edited.setdefault(stem.removesuffix(_EDITED) + dot + ending, []).append(name)
        self._sorted = sorted(self._whole)

    def of(self, sidecar: str) -> list[str]:
        """Names of the photos that a sidecar belongs to."""
        base, _, ending = sidecar.casefold().rpartition(".")
        if ending == "json":
            return self._named(base) or self._of_takeout(base)
        return self._whole.get(base, []) + self._stems.get(base, [])

    def _named(self, base: str) -> list[str]:
        return self._whole.get(base, []) + self._stems.get(base, []) + self._edited.get(base, [])

    def _of_takeout(self, base: str) -> list[str]:
        number = _NUMBERED.search(base)
        base = base[: number.start()] if number else base
        for length in range(len(_SUPPLEMENT), 0, -1):
            if base.endswith(_SUPPLEMENT[:length]):
                base = base[: len(base) - length]
                break
        if number:
            stem, dot, ending = base.rpartition(".")
            base = f"{stem}{number.group()}{dot}{ending}" if dot else base
        own = self._named(base)
        if own or number or len(base) < _SHORTENED:
            return own
        first = bisect_left(self._sorted, base)
        begin_so = [low for low in self._sorted[first : first + 2] if low.startswith(base)]
        return self._whole[begin_so[0]] if len(begin_so) == 1 else []  # two: the name does not say which
