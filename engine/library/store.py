"""Writes a batch of readings into the library: thumbnails first, then everything else in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.errors import UnreadablePhoto
from engine.library.captions import put_file_captions
from engine.library.changes import log_changes
from engine.library.codes import put_codes
from engine.library.database import Library, Row, utc_now
from engine.library.problems import PASSING_REASONS, put_problem
from engine.library.thumbnails import store_thumbnails
from engine.photos.readings import DecodedPhoto, PhotoReading

Outcome = PhotoReading | UnreadablePhoto


@dataclass
class StoreFigures:
    """What became of the files that were read.

    Attributes:
        read: Files read.
        added: New photos.
        known: Files that lead to a photo that was there already: moved, copied, or rewritten.
        encoded: Codes stored.
        problems: Files that could not be read.
        others: Files that are no pictures.
    """

    read: int = 0
    added: int = 0
    known: int = 0
    encoded: int = 0
    problems: int = 0
    others: int = 0


@dataclass
class _Changed:
    """Photos by kind of change, for the log."""

    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    code: set[int] = field(default_factory=set)
    caption: set[int] = field(default_factory=set)

    def log(self, lib: Library) -> None:
        for kind in ("added", "removed", "code", "caption"):
            log_changes(lib, sorted(getattr(self, kind)), kind)


@dataclass(frozen=True)
class _Wanted:
    """One row of the temporary table `to_read`, see `engine.library.scan_pass`."""

    root_id: int
    rel_path: str
    raw_path: bytes
    size: int
    mtime_ns: int
    file_id: int | None
    like_hash: bytes | None
    like_photo: int | None
    like_captions: str


class BatchWriter:
    """Writes the batches of one index run.

    Attributes:
        figures: Of the whole run so far.
    """

    def __init__(self, lib: Library, model_id: int) -> None:
        self._lib = lib
        self._model_id = model_id
        self.figures = StoreFigures()

    def write(self, outcomes: Sequence[tuple[int, Outcome]], codes: Mapping[bytes, bytes]) -> None:
        """Writes one batch.

        Args:
            outcomes: Key in `to_read`, and what reading that file gave.
            codes: Packed codes by pixel hash, for the photos of this batch that had none.

        Raises:
            LibraryError: The disk is full and the like; nothing of the batch is in the library then.
        """
        wanted = self._wanted([key for key, _ in outcomes])
        photo_ids = self._photo_ids(outcomes)
        self._store_thumbnails(outcomes, photo_ids)
        figures, changed = StoreFigures(**vars(self.figures)), _Changed()
        with self._lib.transaction():
            for key, outcome in outcomes:
                self._write_file(wanted[key], outcome, photo_ids, figures, changed)
            put_codes(
                self._lib,
                self._model_id,
                ((photo_ids[pixel_hash], code) for pixel_hash, code in codes.items()),
            )
            changed.code |= {photo_ids[pixel_hash] for pixel_hash in codes} - changed.added
            changed.log(self._lib)
        figures.encoded += len(codes)
        self.figures = figures

    def _wanted(self, keys: Sequence[int]) -> dict[int, _Wanted]:
        marks = ",".join("?" * len(keys))
        rows = self._lib.rows(
            "SELECT key, root_id, rel_path, raw_path, size, mtime_ns, file_id, like_hash, like_photo,"  # noqa: S608
            f" like_captions FROM to_read WHERE key IN ({marks})",
            keys,
        )
        return {row[0]: _Wanted(*row[1:]) for row in rows}

    def _photo_ids(self, outcomes: Sequence[tuple[int, Outcome]]) -> dict[bytes, int]:
        """Ids by pixel hash: those of known photos, and the ids that new ones will get.

        Only index runs make photos and only one runs at a time, so the next ids are known beforehand, and
        thumbnails can be on the disk before their photos are. What a killed run left is written over.
        """
        ids: dict[bytes, int] = {}
        fresh = self._lib.value("SELECT seq FROM sqlite_sequence WHERE name = 'photos'") or 0
        for photo in _decoded(outcomes):
            if photo.pixel_hash in ids:
                continue
            known = self._lib.value("SELECT id FROM photos WHERE pixel_hash = ?", (photo.pixel_hash,))
            if known is None:
                fresh += 1
            ids[photo.pixel_hash] = fresh if known is None else known
        return ids

    def _store_thumbnails(
        self, outcomes: Sequence[tuple[int, Outcome]], photo_ids: Mapping[bytes, int]
    ) -> None:
        fresh = {photo_ids[photo.pixel_hash]: photo.thumbnail for photo in _decoded(outcomes)}
        if fresh:
            store_thumbnails(self._lib, fresh.items())

    def _write_file(
        self,
        wanted: _Wanted,
        outcome: Outcome,
        photo_ids: Mapping[bytes, int],
        figures: StoreFigures,
        changed: _Changed,
    ) -> None:
        figures.read += 1
        before = self._before(wanted)
        if isinstance(outcome, UnreadablePhoto):
            self._write_problem(wanted, outcome, before, figures, changed)
            return
        photo_id, captions = self._photo(wanted, outcome, before, photo_ids, figures, changed)
        content_hash = outcome.content_hash or None
        file_id = self._put_file(wanted, outcome.size, outcome.mtime_ns, content_hash, photo_id)
        self._lib.execute("DELETE FROM problems WHERE file_id = ?", (file_id,))
        _note_move(before, photo_id, changed)
        if photo_id is None:
            self._forget_captions(file_id)
        else:
            told = [(photo_id, source, text) for source, text in captions]
            changed.caption |= put_file_captions(self._lib, file_id, told)

    def _before(self, wanted: _Wanted) -> Row | None:
        """(photo_id, missing_since) of the path as the library knows it, None for a new one."""
        rows = self._lib.rows(
            "SELECT photo_id, missing_since FROM files WHERE root_id = ? AND rel_path = ? AND raw_path = ?",
            (wanted.root_id, wanted.rel_path, wanted.raw_path),
        )
        return rows[0] if rows else None

    def _photo(
        self,
        wanted: _Wanted,
        reading: PhotoReading,
        before: Row | None,
        photo_ids: Mapping[bytes, int],
        figures: StoreFigures,
        changed: _Changed,
    ) -> tuple[int | None, Sequence[tuple[str, str]]]:
        """The photo that a reading leads to, made if need be, and what the file says about it."""
        if reading.unchanged:
            figures.known += 1
            return wanted.like_photo, [(source, text) for source, text in json.loads(wanted.like_captions)]
        photo = reading.photo
        if photo is None:
            figures.others += 1
            return None, ()
        photo_id = photo_ids[photo.pixel_hash]
        metadata = photo.metadata
        made = self._lib.execute(
            "INSERT INTO photos (id, pixel_hash, width, height, format, taken_at, camera, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pixel_hash) DO NOTHING",
            (
                photo_id,
                photo.pixel_hash,
                photo.width,
                photo.height,
                photo.format,
                metadata.taken_at,
                metadata.camera,
                utc_now(),
            ),
        ).rowcount
        if made:
            figures.added += 1
            changed.added.add(photo_id)
        else:
            figures.known += 1
            self._update_facts(photo_id, photo, rewritten=before is not None and before[0] == photo_id)
        return photo_id, metadata.captions

    def _update_facts(self, photo_id: int, photo: DecodedPhoto, *, rewritten: bool) -> None:
        """A file that was rewritten says anew what it says; a copy only fills what was unknown."""
        order = "coalesce(?, {0})" if rewritten else "coalesce({0}, ?)"
        self._lib.execute(
            f"UPDATE photos SET taken_at = {order.format('taken_at')}, camera = {order.format('camera')}"  # noqa: S608
            " WHERE id = ?",
            (photo.metadata.taken_at, photo.metadata.camera, photo_id),
        )

    def _write_problem(
        self,
        wanted: _Wanted,
        problem: UnreadablePhoto,
        before: Row | None,
        figures: StoreFigures,
        changed: _Changed,
    ) -> None:
        if problem.reason == "vanished":  # it is for the next scan to say what became of it
            return
        figures.problems += 1
        passing = problem.reason in PASSING_REASONS
        kept = before[0] if before is not None and passing else None
        content_hash = None
        if kept is not None:
            content_hash = self._lib.value("SELECT content_hash FROM files WHERE id = ?", (wanted.file_id,))
        file_id = self._put_file(
            wanted, wanted.size, None if passing else wanted.mtime_ns, content_hash, kept
        )
        put_problem(self._lib, file_id, problem.reason, problem.detail)
        _note_move(before, kept, changed)
        if kept is None:
            self._forget_captions(file_id)

    def _forget_captions(self, file_id: int) -> None:
        """A file that is no photo any more says nothing; one beside photos is the next pass's business."""
        self._lib.execute(
            "DELETE FROM captions WHERE file_id = ? AND file_id NOT IN (SELECT file_id FROM sidecars)",
            (file_id,),
        )

    def _put_file(
        self,
        wanted: _Wanted,
        size: int,
        mtime_ns: int | None,
        content_hash: bytes | None,
        photo_id: int | None,
    ) -> int:
        return int(
            self._lib.value(
                "INSERT INTO files (root_id, rel_path, raw_path, size, mtime_ns, content_hash, photo_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (root_id, rel_path, raw_path) DO UPDATE SET"
                " size = excluded.size, mtime_ns = excluded.mtime_ns, content_hash = excluded.content_hash,"
                " photo_id = excluded.photo_id, missing_since = NULL RETURNING id",
                (wanted.root_id, wanted.rel_path, wanted.raw_path, size, mtime_ns, content_hash, photo_id),
            )
        )


def _decoded(outcomes: Sequence[tuple[int, Outcome]]) -> list[DecodedPhoto]:
    return [
        outcome.photo
        for _, outcome in outcomes
        if isinstance(outcome, PhotoReading) and outcome.photo is not None
    ]


def _note_move(before: Row | None, photo_id: int | None, changed: _Changed) -> None:
    """A file led to one photo and now leads to another, or is there again."""
    old = None if before is None or before[1] is not None else before[0]
    if old == photo_id:
        return
    if old is not None:
        changed.removed.add(old)
    if photo_id is not None:
        changed.added.add(photo_id)
