"""One file as it is read, and why it could not be."""

import io
import os
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import PIL.Image

from engine.errors import UnreadablePhoto
from engine.photos import sniff

_BYTES_PER_PIXEL = 8  # of the largest uncompressed file that is read: 16 bits in four channels


@dataclass(frozen=True)
class FileContent:
    """A file's bytes.

    Attributes:
        data: All of them, or only the start where that says that it is no photo.
        kind: Of picture; None for a file that may be ignored.
        size: Bytes.
        mtime_ns: When it was changed.
    """

    data: bytes
    kind: str | None
    size: int
    mtime_ns: int


def read_file(path: str | bytes, max_megapixels: float) -> FileContent:
    """Reads a file, or only its start when that says that it is no photo.

    Args:
        path: The file.
        max_megapixels: Files that must hold larger pictures are refused.

    Raises:
        UnreadablePhoto: It can't be read, or is no photo although its ending claims so.
    """
    with file_errors(path), open_plain(path) as file:
        status = os.fstat(file.fileno())
        data = file.read(sniff.HEAD_BYTES)
        kind = _kind(path, data)
        if kind is not None:
            _check_file_size(status.st_size, max_megapixels)
        if kind is not None and len(data) == sniff.HEAD_BYTES:
            file.seek(0)
            data = file.readall()
        return FileContent(data, kind, status.st_size, status.st_mtime_ns)


def open_plain(path: str | bytes) -> io.FileIO:
    """Opens an ordinary file for reading, unbuffered.

    Raises:
        UnreadablePhoto: It is a device, a pipe or a folder.
        OSError: It can't be opened.
    """
    # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    )
    file = io.FileIO(os.open(path, flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise UnreadablePhoto("not-a-file")
    return file


@contextmanager
def file_errors(path: str | bytes) -> Iterator[None]:
    """Turns what the system raises while a file is read into one error with a reason."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadablePhoto("vanished") from error
    except PermissionError as error:
        # Windows refuses to open a folder in this way too
        raise UnreadablePhoto("not-a-file" if os.path.isdir(path) else "no-permission") from error  # noqa: PTH112
    except IsADirectoryError as error:
        raise UnreadablePhoto("not-a-file") from error
    except (OSError, ValueError) as error:
        raise UnreadablePhoto("read-error", str(error)) from error


def _kind(path: str | bytes, head: bytes) -> str | None:
    """The kind of photo; None for a file that may be ignored.

    Raises:
        UnreadablePhoto: It is no photo although its ending claims so.
    """
    kind = sniff.recognise(head)
    if kind is None and sniff.claims_photo(path):
        if not head:
            raise UnreadablePhoto("empty")
        if sniff.other_kind(head):
            raise UnreadablePhoto("unsupported", what_it_is(head))
        raise UnreadablePhoto("damaged", "no picture was found in the file")
    return kind


def what_it_is(head: bytes) -> str:
    """Says what a file without a picture holds, by its start."""
    other = sniff.other_kind(head)
    return f"the file holds {other}" if other else "no picture was found in the file"


def _check_file_size(size: int, max_megapixels: float) -> None:
    limit = int(max_megapixels * 1e6 * _BYTES_PER_PIXEL) + 2**26
    if size > limit:
        raise UnreadablePhoto("too-large", f"the file has {size} bytes, the limit is {limit}")


@contextmanager
def decoder_errors() -> Iterator[None]:
    """Turns whatever decoders raise and warn into one error with a reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except UnreadablePhoto:
            raise
        except MemoryError as error:
            raise UnreadablePhoto("out-of-memory") from error
        except PIL.Image.DecompressionBombError as error:
            raise UnreadablePhoto("too-large", str(error)) from error
        # Decoders of four projects raise nearly every class there is on damaged input (struct.error,
        # KeyError, SyntaxError, ZeroDivisionError ...), and each means the same: this file can't be read.
        except Exception as error:
            raise UnreadablePhoto(_reason(error), f"{type(error).__name__}: {error}"[:300]) from error


def _reason(error: Exception) -> str:
    said = str(error).casefold()
    if isinstance(error, EOFError) or re.search(r"truncated|unexpected end|premature|end of file", said):
        return "truncated"
    if re.search(
        r"unsupported|not supported|unknown pixel mode|unrecognized|not implemented|cannot handle", said
    ):
        return "unsupported"
    return "damaged"
