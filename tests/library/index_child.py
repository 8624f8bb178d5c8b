"""Run as a child by test_kill: indexes one folder in small batches, and says "stored" after each."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest import GridEncoder, RecordingControl
from engine.library import read_pass
from engine.library.database import Library
from engine.library.indexer import IndexOptions, index


class TellingControl(RecordingControl):
    """Tells the parent how far the run is."""

    def checkpoint(self) -> bool:
        sys.stdout.write("stored\n")
        sys.stdout.flush()
        return super().checkpoint()


if __name__ == "__main__":
    read_pass.BATCH_PHOTOS = 3
    library = Library.open(Path(sys.argv[1]), create=True)
    index(library, [Path(sys.argv[2])], GridEncoder(), TellingControl(), IndexOptions(workers=1))
    library.close()
