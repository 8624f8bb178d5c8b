"""OpenVINO as this program uses it."""

import subprocess
import sys

DROPS_TWO = """
import signal
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import built_in_model

first, second = Encoder(built_in_model(), 1), Encoder(built_in_model(), 1)
del first
del second
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_process_that_dropped_its_encoders_can_be_interrupted() -> None:
    """Each core of OpenVINO that ends takes the stack away that Python's signal handlers run on."""
    signals_on = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    done = subprocess.run(
        [sys.executable, "-c", signals_on + DROPS_TWO], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "interrupted", (done.returncode, done.stderr)
