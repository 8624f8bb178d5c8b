"""What the figures were measured on."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

PACKAGES = (
    "pillow",
    "openvino",
    "faiss-cpu",
    "numpy",
    "PySide6-Essentials",
    "sqlite-utils",
    "pebble",
    "torch",
    "torchvision",
    "imagehash",
)
BUSY_PERCENT = 10.0


def describe() -> dict[str, str]:
    """Processor, memory, system and versions, each as text by its name."""
    facts = {
        "Processor": f"{processor()}, {cores()} cores",
        "Memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "System": system(),
        "Python": f"{platform.python_version()}, SQLite {_sqlite()}",
        "Packages": ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name))),
    }
    if (busy := psutil.cpu_percent(interval=2.0)) > BUSY_PERCENT:
        facts["Not idle"] = f"other programs took {busy:.0f} % of the processor when the run began"
    return facts


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor() -> str:
    """Name of the processor."""
    table = Path("/proc/cpuinfo")
    if table.is_file():
        for line in table.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def system() -> str:
    """Name and release of the operating system."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release()}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version
