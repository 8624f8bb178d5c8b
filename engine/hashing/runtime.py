"""OpenVINO, brought in without its telemetry: this program never uses the network unasked.

OpenVINO's converter reports its use to its makers unless its telemetry package can't be imported, in which
case it takes a stub of its own. So the package is made unimportable before OpenVINO is.
"""

import sys

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino  # noqa: E402

__all__ = ["openvino"]
