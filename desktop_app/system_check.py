"""Looks, before Qt is loaded, for what Qt would abort over: a system library or a screen that is not there.

Qt ends the process with a message of its own (which blames libxcb-cursor0 whichever library is missing), so
this has to be found out beforehand. Only Linux and its kin need it: elsewhere Qt brings everything along.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Mapping

# Library -> the Debian package that holds it.
ALWAYS = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
}
X_SCREEN = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
WAYLAND_SCREEN = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}


def loads(library: str) -> bool:
    """True when the system's loader finds the library and everything that it needs itself."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def x_screen_answers() -> bool:
    """True when the X screen that DISPLAY names takes a connection."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _missing_sentence(missing: Mapping[str, str]) -> str:
    libraries = ", ".join(missing)
    noun, verb = ("library", "is") if len(missing) == 1 else ("libraries", "are")
    packages = " ".join(dict.fromkeys(missing.values()))
    return (
        f"Hammingbird's window can't open: the system {noun} {libraries} {verb} missing. "
        f"On Debian or Ubuntu, get what is missing with: sudo apt install {packages}"
    )


def what_is_missing(
    environment: Mapping[str, str] | None = None,
    has: Callable[[str], bool] = loads,
    screen_answers: Callable[[], bool] = x_screen_answers,
) -> str | None:
    """Says what the window needs and this system lacks.

    Args:
        environment: Instead of the process's own.
        has: Tells whether a shared library can be loaded.
        screen_answers: Tells whether the X screen can be reached.

    Returns:
        One or two sentences with the way out, None when nothing is missing.
    """
    if not sys.platform.startswith(("linux", "freebsd")):
        return None
    env = os.environ if environment is None else environment
    if missing := {name: package for name, package in ALWAYS.items() if not has(name)}:
        return _missing_sentence(missing)
    platform = env.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if platform and platform not in ("xcb", "wayland"):
        return None  # offscreen, minimal and the like need neither a screen nor its libraries
    wayland = bool(env.get("WAYLAND_DISPLAY")) and platform != "xcb"
    x_screen = bool(env.get("DISPLAY")) and platform != "wayland"
    if not wayland and not x_screen:
        return (
            "Hammingbird's window can't open: there is no screen here (DISPLAY and WAYLAND_DISPLAY "
            "are not set). Start it from a desktop session or over `ssh -X`, or use the terminal: "
            "hammingbird --help"
        )
    lacks_wayland = {name: package for name, package in WAYLAND_SCREEN.items() if not has(name)}
    if wayland and not lacks_wayland:
        return None
    lacks_x = {name: package for name, package in X_SCREEN.items() if not has(name)}
    if not x_screen:
        return _missing_sentence(lacks_wayland)
    if lacks_x:
        return _missing_sentence(lacks_x)
    if not screen_answers():
        return (
            f"Hammingbird's window can't open: the screen {env['DISPLAY']} does not answer. "
            "Check DISPLAY, or use the terminal: hammingbird --help"
        )
    return None
