"""What may be asked of the service: which operations there are, and what each of them needs."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import UsageError
from engine.library.preferences import PREFERENCES

Request = dict[str, Any]
LARGEST = 2**63 - 1  # of the whole numbers that SQLite and the picture library take


@dataclass(frozen=True)
class Need:
    """What a parameter has to be, in words and as a check."""

    words: str
    fits: Callable[[Any], bool]


def read_request(line: str) -> Request:
    """A request as it came, with an "id" to answer to and an "op".

    Raises:
        UsageError: The line is no request.
    """
    try:
        request = json.loads(line, parse_constant=_refuse)
        if isinstance(request["id"], int | str) and "op" in request:
            return dict(request)
    except (ValueError, RecursionError, KeyError, TypeError):
        pass
    raise UsageError(f"Not a request: {line[:200]!r}.")


def check_request(request: Request) -> None:
    """Refuses what the service could not answer, before anything is done about it.

    Raises:
        UsageError: There is no such operation, a parameter is missing or not what it has to be, or one is not
            known.
    """
    operation = request["op"]
    if not isinstance(operation, str) or operation not in OPERATIONS:
        raise UsageError(f"There is no operation {operation!r}.")
    needs = OPERATIONS[operation]
    for name, need in needs.items():
        if name not in request or not need.fits(request[name]):
            raise UsageError(f"The request {operation!r} needs {need.words} as {name!r}.")
    unknown = request.keys() - needs.keys() - {"id", "op"}
    if unknown:
        raise UsageError(f"The request {operation!r} takes no {min(unknown)!r}.")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _is_path(value: Any) -> bool:
    if not isinstance(value, str) or not value or "\0" in value:
        return False
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return False
    return True


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 < value <= LARGEST  # True is an int too, and no number


def _or_none(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


_PATH = Need("a path", _is_path)
_NUMBER = Need("a positive whole number", _is_number)
_FILES = Need(
    "a list of file numbers, or null for all,",
    _or_none(lambda value: isinstance(value, list) and all(map(_is_number, value))),
)
_PHOTOS = Need(
    "a list of numbers of photos",
    lambda value: isinstance(value, list) and bool(value) and all(map(_is_number, value)),
)
_TEXTS = Need(
    "a list of texts",
    lambda value: isinstance(value, list) and all(isinstance(text, str) for text in value),
)
_YES = Need("yes or no", lambda value: isinstance(value, bool))
_TEXT = Need("a text", lambda value: isinstance(value, str))

LONGEST_SENTENCE = 10_000  # letters; the text tower reads a few dozen words of it

OPERATIONS: Mapping[str, Mapping[str, Need]] = {
    "encode": {"path": _PATH},
    "sentence": {
        "text": Need(
            f"up to {LONGEST_SENTENCE:,} letters",
            lambda value: isinstance(value, str) and len(value) <= LONGEST_SENTENCE,
        )
    },
    "preview": {
        "path": _PATH,
        "max_side": Need("a positive number of pixels, or null for all,", _or_none(_is_number)),
    },
    "create": {},
    "add_root": {"path": _PATH},
    "forget_root": {"path": _PATH},
    "undo": {"undo": _NUMBER},
    "retry_problems": {"file_ids": _FILES},
    "set_captions": {"photo_id": _NUMBER, "texts": _TEXTS},
    "add_caption": {"photo_ids": _PHOTOS, "text": _TEXT},
    "tell_pairs": {"asked": _PHOTOS, "told": _PHOTOS, "alike": _YES},
    "ignore_captions": {"texts": _TEXTS},
    "set_setting": {
        "key": Need("the name of a setting", lambda value: isinstance(value, str) and value in PREFERENCES),
        "value": Need("a text, or null for the default,", _or_none(lambda value: isinstance(value, str))),
    },
    "believe_missing": {"root_id": _NUMBER, "believe": _YES},
}
