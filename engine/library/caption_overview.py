"""How much is written about the photos of a library, and what."""

from dataclasses import dataclass

from engine.library.codes import Ids, read_ids
from engine.library.database import Library

MOST_WORDS, MOST_REPEATED = 30, 10
SHORTEST_WORD = 3  # letters
REPEATED = 5  # photos from which on one text is worth a look: a camera may have written it


@dataclass(frozen=True)
class CaptionOverview:
    """Figures of what is written about visible photos.

    Attributes:
        photos: Photos.
        captioned: Photos with a caption.
        sources: Photos by source of a caption, the most frequent first.
        words: The most frequent words of all captions and in how many captions they are; the most frequent
            first.
        repeated: Texts that several photos have word for word, and how many; likewise.
    """

    photos: int
    captioned: int
    sources: dict[str, int]
    words: dict[str, int]
    repeated: dict[str, int]


def caption_overview(lib: Library) -> CaptionOverview:
    """Counts, of one moment."""
    visible = "photo_id IN (SELECT photo_id FROM visible_files)"
    with lib.reading():
        lib.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.caption_words"
            " USING fts5vocab('main', 'captions_fts', 'row')"
        )
        return CaptionOverview(
            photos=lib.value("SELECT count(DISTINCT photo_id) FROM visible_files"),
            captioned=lib.value(f"SELECT count(DISTINCT photo_id) FROM captions WHERE {visible}"),  # noqa: S608
            sources=_counted(
                lib,
                f"SELECT source, count(DISTINCT photo_id) FROM captions WHERE {visible}"  # noqa: S608
                " GROUP BY source ORDER BY 2 DESC, source",
            ),
            words=_counted(
                lib,
                f"SELECT term, doc FROM caption_words WHERE length(term) >= {SHORTEST_WORD}"  # noqa: S608
                f" ORDER BY doc DESC, term LIMIT {MOST_WORDS}",
            ),
            repeated=_counted(
                lib,
                f"SELECT text, count(DISTINCT photo_id) FROM captions WHERE {visible} GROUP BY text"  # noqa: S608
                f" HAVING count(DISTINCT photo_id) >= {REPEATED} ORDER BY 2 DESC, text LIMIT {MOST_REPEATED}",
            ),
        )


def uncaptioned_ids(lib: Library) -> Ids:
    """Visible photos of which nothing is written: int64 (N,), ascending."""
    return read_ids(
        lib,
        "SELECT DISTINCT photo_id FROM visible_files"
        " WHERE photo_id NOT IN (SELECT photo_id FROM captions) ORDER BY photo_id",
    )


def _counted(lib: Library, query: str) -> dict[str, int]:
    return dict(lib.rows(query))
