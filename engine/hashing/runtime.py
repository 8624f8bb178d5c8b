"""OpenVINO, brought in without its telemetry: this program never uses the network unasked.

OpenVINO's converter reports its use to its makers unless its telemetry package can't be imported, in which
case it takes a stub of its own. So the package is made unimportable before OpenVINO is.
"""

import functools
import sys

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino  # noqa: E402

__all__ = ["core", "has_graphics", "openvino"]


@functools.cache
def core() -> openvino.Core:
    """The one core of this process, which is never let go of.

    Each core's plugin gives its thread a stack for signal handlers and unmaps that stack when it ends, in
    whatever order and on whatever thread that is. A thread whose stack is gone dies of the next signal, be it
    a mere Ctrl-C.
    """
    return openvino.Core()


def has_graphics() -> bool:
    """True when there is a graphics processor that OpenVINO can use; these are Intel's."""
    return any(name.startswith("GPU") for name in core().available_devices)
