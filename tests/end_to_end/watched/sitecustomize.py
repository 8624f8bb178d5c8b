"""Every Python process that finds this file tells of its steps into the network and into a photo folder.

WATCH_FOLDER is the photo folder, WATCH_LOG the file that each such step is a line of.
"""

import os
import sys

_FOLDER = os.environ["WATCH_FOLDER"].rstrip("/")
_LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_NETWORK = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"}
_CHANGES = {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
_CHANGES |= {"os.setxattr", "os.symlink", "os.truncate", "os.utime", "shutil.rmtree"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def _inside(place: object) -> bool:
    if isinstance(place, bytes):
        place = os.fsdecode(place)
    if isinstance(place, os.PathLike):
        place = os.fspath(place)
    return isinstance(place, str) and (place == _FOLDER or place.startswith(_FOLDER + "/"))


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        told = isinstance(arguments[1], tuple)  # a host and a port; processes of one machine use paths
    elif event == "open":
        told = _inside(arguments[0]) and bool(int(arguments[2] or 0) & _WRITING)  # type: ignore[call-overload]
    elif event in _CHANGES:
        told = any(map(_inside, arguments))
    else:
        told = event in _NETWORK
    if told:
        os.write(_LOG, f"{event} {arguments!r}\n".encode(errors="replace"))


sys.addaudithook(_watch)
