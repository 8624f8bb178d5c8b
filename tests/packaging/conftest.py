"""What builds the bundles is no package: its folder joins the path of these tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "packaging"))
