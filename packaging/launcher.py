"""Where the bundled program starts; the wheel's `hammingbird` goes straight to `desktop_app.__main__`."""

import multiprocessing
import os

# In a bundle a worker process is this very program with arguments of its own: it ends in here, before the
# window is thought of.
multiprocessing.freeze_support()

# The bundle's libraries are for the bundle alone, not for the file manager that the window opens.
if "LD_LIBRARY_PATH_ORIG" in os.environ:
    os.environ["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH_ORIG"]
else:
    os.environ.pop("LD_LIBRARY_PATH", None)

from desktop_app.__main__ import main  # noqa: E402

main()
