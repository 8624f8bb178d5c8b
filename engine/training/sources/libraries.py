"""A person's own library: the thumbnails that it keeps, which are what the product's network reads."""

from collections.abc import Iterator
from pathlib import Path

from engine.library.database import Library
from engine.library.photos import photo_rows, visible_ids
from engine.library.thumbnails import read_thumbnails
from engine.paths import plain
from engine.training.sources.entry import Entry

PAGE = 256


def library_entries(folder: Path) -> Iterator[Entry]:
    """All visible photos with their captions and without classes; the library is only read.

    A photo is named by its id: paths change when a person tidies up, ids never, and a photo that was held out
    stays held out. A photo whose thumbnail is lost is a missing one.

    Raises:
        LibraryError: The library is damaged, or of another version.
    """
    lib = Library.open_reading(folder)
    try:
        ids = visible_ids(lib).tolist()
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            thumbnails = read_thumbnails(lib, page)
            for photo_id, row in photo_rows(lib, page).items():
                yield Entry(
                    f"{plain(folder).name}/{photo_id}",
                    thumbnails.get(photo_id),
                    captions=row.captions,
                    short_side=min(row.width, row.height),
                )
    finally:
        lib.close()
