"""What `hammingbird doctor` says of the program and of the machine."""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from engine.errors import HammingbirdError

# What a version is told of: the module that shows whether it is there, the package, how people call it.
_PACKAGES = (
    ("PySide6", "PySide6-Essentials", "Qt (PySide6)"),
    ("openvino", "openvino", "OpenVINO"),
    ("faiss", "faiss-cpu", "faiss"),
    ("numpy", "numpy", "NumPy"),
    ("PIL", "pillow", "Pillow"),
)
_ANSWER_S = 10.0


def program(library_dir: Path) -> str:
    """Version of the program, and how it was installed."""
    del library_dir
    if getattr(sys, "frozen", False):
        kind = "bundle"
    else:
        kind = "source tree" if (Path(__file__).parents[2] / "pyproject.toml").is_file() else "package"
    return f"Hammingbird {version('hammingbird')} ({kind}), Python {platform.python_version()}"


def versions(library_dir: Path) -> str:
    """Versions of what does the work; whether PyTorch, which only teaching needs, is there."""
    del library_dir
    told = [f"{name} {_version(module, package)}" for module, package, name in _PACKAGES]
    torch = _version("torch", "torch")
    if torch == "not installed":
        frozen = getattr(sys, "frozen", False)
        way = "the full edition has it" if frozen else "pip install 'hammingbird[training]'"
        torch += f" (only teaching and training need it: {way})"
    return ", ".join([*told, f"SQLite {sqlite3.sqlite_version}", f"PyTorch {torch}"])


def _version(module: str, package: str) -> str:
    """Without importing it: PyTorch alone takes seconds."""
    if find_spec(module) is None:
        return "not installed"
    try:
        return version(package)
    except PackageNotFoundError:  # a bundle may leave out what packages say of themselves
        return "of unknown version"


def system(library_dir: Path) -> str:
    """The operating system, its C library and the kind of desktop session."""
    del library_dir
    session = os.environ.get("XDG_SESSION_TYPE", "")
    desktop = os.environ.get("XDG_CURRENT_DESKTOP", "")
    shown = " ".join(part for part in (desktop, session) if part)
    return platform.platform() + (f", desktop {shown}" if shown else "")


def device(library_dir: Path) -> str:
    """The processor with its instructions, as NumPy and OpenVINO see it, and a graphics card for training."""
    del library_dir
    import numpy as np

    from engine.hashing.runtime import core

    name = str(core().get_property("CPU", "FULL_DEVICE_NAME")).strip()
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    instructions = " ".join([*simd.get("baseline", []), *simd.get("found", [])])
    cores = f"{os.cpu_count()} cores" + (f", {memory / 2**30:.1f} GB memory" if (memory := _memory()) else "")
    return f"{name}, {platform.machine()} ({instructions}), {cores}; graphics card: {_graphics_card()}"


def _memory() -> int:
    """Bytes of main memory, 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0


def _graphics_card() -> str:
    """Asked of the driver's own tool: loading PyTorch to ask it would take seconds."""
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return "Apple's"
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return "none that training can use"
    asked = [tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=_ANSWER_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return "one whose driver does not answer"
    return "; ".join(line.strip() for line in done.stdout.splitlines() if line.strip()) or "none"


def formats(library_dir: Path) -> str:
    """Kinds of photo that are read here, each tried where it can be.

    Raises:
        HammingbirdError: One can't be read.
    """
    del library_dir
    from engine.photos.self_test import decoder_versions, readable_kinds

    found = readable_kinds()
    missing = [kind for kind, works in found.items() if not works]
    if missing:
        raise HammingbirdError(
            f"{', '.join(missing)} can't be read here.", "Install the standard build of Pillow."
        )
    others = ", ".join(f"{kind} by {decoder}" for kind, decoder in decoder_versions().items())
    return f"{', '.join(found)} read; {others}"


def workers(library_dir: Path) -> str:
    """Starts a worker process and lets it look at a file."""
    del library_dir
    from engine.photos.decode_pool import DecodePool, ReadRequest

    with (
        tempfile.NamedTemporaryFile(suffix=".txt") as file,
        DecodePool(1, input_size=96) as pool,
    ):
        list(pool.read([ReadRequest(os.fsencode(file.name))]))
    return "start, answer and end"
