"""A screen to open windows on and to take pictures of, with nothing but Python and Xvfb."""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

WIDTH, HEIGHT = 1280, 800


@dataclass(frozen=True)
class Picture:
    """What a screen shows.

    Attributes:
        width: Pixels.
        height: Pixels.
        pixels: Four bytes a pixel: blue, green, red, and one without a meaning.
    """

    width: int
    height: int
    pixels: bytes

    @property
    def colours(self) -> int:
        """How many different colours there are; photos have thousands, windows without photos do not."""
        return len(set(memoryview(self.pixels).cast("I")))

    @property
    def drawn(self) -> float:
        """Share of the pixels that are not black, as the bare screen is."""
        return 1 - self.pixels[0::4].count(0) / (self.width * self.height)

    def save(self, path: Path) -> None:
        """Writes it as PNG."""
        rows = bytearray()
        for y in range(self.height):
            row = self.pixels[y * self.width * 4 : (y + 1) * self.width * 4]
            rgb = bytearray(self.width * 3)
            rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]
            rows += b"\0" + rgb
        path.write_bytes(png(self.width, self.height, bytes(rows)))


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG of 8-bit RGB rows, each with a filter byte before it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows, 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class Xvfb:
    """A virtual X screen that keeps what it shows in a file.

    Attributes:
        environment: What a program needs to know to open its windows there.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-fbdir", self._folder.name]
        command += ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
        self._server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.environment = {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    def picture(self) -> Picture:
        """What it shows now; the file is in the form of the program xwd."""
        data = (Path(self._folder.name) / "Xvfb_screen0").read_bytes()
        head = struct.unpack(">20I", data[:80])
        begin, width, height = head[0] + 12 * head[19], head[4], head[5]
        return Picture(width, height, data[begin : begin + 4 * width * height])


class RealScreen:
    """The screen of a machine that has one; pictures of it need Pillow."""

    environment: dict[str, str] = {}  # noqa: RUF012 - never written to

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def picture(self) -> Picture:
        """What it shows now."""
        from PIL import ImageGrab

        shot = ImageGrab.grab().convert("RGB")
        return Picture(shot.width, shot.height, shot.tobytes("raw", "BGRX"))


def a_screen() -> Xvfb | RealScreen:
    """A virtual screen on Linux, elsewhere the real one.

    Raises:
        SystemExit: Xvfb is not installed.
    """
    if not sys.platform.startswith("linux"):
        return RealScreen()
    if shutil.which("Xvfb") is None:
        raise SystemExit("There is no Xvfb here to open the window on. Get it with: sudo apt install xvfb")
    return Xvfb()
