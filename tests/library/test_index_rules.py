"""What index runs make of folders: found, moved, copied, rewritten, deleted, away, damaged."""

import os
import shutil
import time
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import JobCancelled, UnreadablePhoto, UsageError
from engine.library.captions import captions_of
from engine.library.codes import read_codes, uncoded_ids
from engine.library.indexer import IndexOptions, index
from engine.library.models_table import active_model, list_models
from engine.library.photos import counts, photo_of_path, photo_rows, visible_ids
from engine.library.problems import list_problems, retry_problems
from engine.library.roots import believe_missing, list_roots
from engine.library.scan_pass import run_scan_pass
from engine.library.store import BatchWriter
from engine.library.thumbnails import read_thumbnail


def spoil(path: Path) -> None:
    """Fills a file with rubbish and hides that: whoever opens it finds a damaged photo."""
    status = path.stat()
    path.write_bytes(b"\0" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def photo_ids(library, folder: Path) -> dict[str, int | None]:
    return {path.name: photo_of_path(library, path) for path in sorted(folder.rglob("*")) if path.is_file()}


def rewrite_caption(path: Path, text: str) -> None:
    """Puts a caption into a JPEG as a catalogue program would: the pixels' bytes stay as they are."""
    exif = Image.Exif()
    exif[270] = text
    block = exif.tobytes()
    data = path.read_bytes()
    if data[2:4] == b"\xff\xe1":
        data = data[:2] + data[4 + int.from_bytes(data[4:6], "big") :]
    path.write_bytes(data[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + data[2:])


def test_photos_get_rows_codes_and_thumbnails(library, encoder, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(5))
    figures = run_index(folder)
    assert (figures.files, figures.read, figures.added, figures.encoded) == (5, 5, 5, 5)
    ids, codes = read_codes(library, 1, 64)
    assert len(ids) == 5 and codes.shape == (5, 8)
    for photo_id in ids:
        assert read_thumbnail(library, photo_id)[8:12] == b"WEBP"
    row = photo_rows(library, ids)[int(ids[0])]
    assert (row.width, row.height, row.online, row.copies) == (320, 240, True, 1)
    assert row.path.is_file()


def test_a_second_run_opens_no_file(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(5))
    (folder / "notes.txt").write_text("no photo")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    run_index(folder)
    before = counts(library)
    for path in folder.iterdir():
        spoil(path)
    figures = run_index(folder)
    assert figures.files == 7
    assert figures.read == 0
    assert counts(library) == before


def test_a_changed_file_becomes_another_photo(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    before = photo_ids(library, folder)
    shutil.copy(photo_folder("other", [77]) / "77.jpg", folder / "1.jpg")
    figures = run_index(folder)
    after = photo_ids(library, folder)
    assert (figures.read, figures.added) == (1, 1)
    assert after["1.jpg"] != before["1.jpg"]
    assert before["1.jpg"] not in visible_ids(library)
    assert (after["0.jpg"], after["2.jpg"]) == (before["0.jpg"], before["2.jpg"])


def test_a_moved_file_keeps_its_photo_and_is_not_encoded(library, encoder, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(4))
    run_index(folder)
    before = photo_ids(library, folder)
    (folder / "deep").mkdir()
    (folder / "0.jpg").rename(folder / "deep" / "renamed.jpg")
    figures = run_index(folder)
    assert photo_of_path(library, folder / "deep" / "renamed.jpg") == before["0.jpg"]
    assert photo_of_path(library, folder / "0.jpg") is None
    assert (figures.read, figures.known, figures.added, figures.encoded) == (1, 1, 0, 0)
    assert encoder.encoded == 4
    assert photo_rows(library, [before["0.jpg"]])[before["0.jpg"]].copies == 1


def test_two_files_that_swap_their_names_swap_their_photos(library, encoder, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    rewrite_caption(folder / "0.jpg", "a heron")
    rewrite_caption(folder / "1.jpg", "a kingfisher")
    os.utime(folder / "1.jpg", (1e9, 1e9))
    run_index(folder)
    before = photo_ids(library, folder)
    (folder / "0.jpg").rename(folder / "x")
    (folder / "1.jpg").rename(folder / "0.jpg")
    (folder / "x").rename(folder / "1.jpg")
    figures = run_index(folder)
    after = photo_ids(library, folder)
    assert (after["0.jpg"], after["1.jpg"]) == (before["1.jpg"], before["0.jpg"])
    assert captions_of(library, after["1.jpg"]) == [("exif", "a heron")]
    assert captions_of(library, after["0.jpg"]) == [("exif", "a kingfisher")]
    assert figures.known == 2 and encoder.encoded == 2


def test_a_moved_folder_is_recognised_and_not_doubted(
    library, encoder, run_index, photo_folder, control
) -> None:
    folder = photo_folder("photos/2023", range(30)).parent
    run_index(folder)
    (folder / "2023").rename(folder / "2024")
    figures = run_index(folder)
    assert (figures.known, figures.vanished, figures.doubtful) == (30, 30, 0)
    assert encoder.encoded == 30 and not control.warnings
    assert len(visible_ids(library, folder / "2024")) == 30


def test_a_copy_leads_to_the_same_photo(library, encoder, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    shutil.copyfile(folder / "0.jpg", folder / "copy.jpg")
    figures = run_index(folder)
    ids = photo_ids(library, folder)
    assert ids["copy.jpg"] == ids["0.jpg"]
    assert (figures.added, figures.known, encoder.encoded) == (2, 1, 2)
    assert photo_rows(library, [ids["0.jpg"]])[ids["0.jpg"]].copies == 2


def test_rewritten_metadata_keeps_the_photo_and_replaces_the_caption(
    library, encoder, run_index, photo_folder
) -> None:
    folder = photo_folder("photos", range(2))
    rewrite_caption(folder / "0.jpg", "a robin")
    run_index(folder)
    photo_id = photo_of_path(library, folder / "0.jpg")
    assert captions_of(library, photo_id) == [("exif", "a robin")]
    rewrite_caption(folder / "0.jpg", "a wren on a fence")
    figures = run_index(folder)
    assert photo_of_path(library, folder / "0.jpg") == photo_id
    assert captions_of(library, photo_id) == [("exif", "a wren on a fence")]
    assert (figures.added, encoder.encoded) == (0, 2)
    found = library.rows("SELECT rowid FROM captions_fts WHERE captions_fts MATCH 'wren'")
    assert len(found) == 1
    assert not library.rows("SELECT rowid FROM captions_fts WHERE captions_fts MATCH 'robin'")


def test_a_touched_file_is_read_but_not_decoded_again(library, encoder, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    rewrite_caption(folder / "0.jpg", "a robin")
    run_index(folder)
    before = photo_ids(library, folder)
    os.utime(folder / "0.jpg")
    figures = run_index(folder)
    assert photo_ids(library, folder) == before
    assert (figures.read, figures.known, encoder.encoded) == (1, 1, 2)
    assert captions_of(library, before["0.jpg"]) == [("exif", "a robin")]
    assert run_index(folder).read == 0


def test_a_deleted_file_leaves_results_and_comes_back_as_the_same_photo(
    library, run_index, photo_folder
) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    photo_id = photo_of_path(library, folder / "1.jpg")
    aside = folder.parent / "aside.jpg"
    (folder / "1.jpg").rename(aside)
    assert run_index(folder).vanished == 1
    assert photo_id not in visible_ids(library)
    assert photo_id not in read_codes(library, 1, 64)[0]
    row = photo_rows(library, [photo_id])[photo_id]
    assert (row.copies, row.online) == (0, False)
    aside.rename(folder / "1.jpg")
    figures = run_index(folder)
    assert (figures.back, figures.read) == (1, 0)
    assert photo_id in visible_ids(library)


def test_a_folder_that_is_not_there_is_offline(library, run_index, photo_folder, control) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    folder.rename(folder.parent / "away")
    figures = run_index()
    assert (figures.offline, figures.vanished) == (1, 0)
    assert [root.online for root in list_roots(library)] == [False]
    assert len(visible_ids(library)) == 3 and len(read_codes(library, 1, 64)[0]) == 3
    assert not any(row.online for row in photo_rows(library, visible_ids(library)).values())
    assert "not there" in control.warnings[0].message
    (folder.parent / "away").rename(folder)
    assert run_index().read == 0
    assert [root.online for root in list_roots(library)] == [True]


def test_an_empty_folder_that_held_photos_is_offline_until_confirmed(
    library, run_index, photo_folder, control
) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    for path in folder.iterdir():
        path.unlink()
    assert run_index().offline == 1
    assert len(visible_ids(library)) == 3
    assert "when you say that they are gone" in control.warnings[0].message
    assert [(root.online, root.doubtful) for root in list_roots(library)] == [(False, 3)]
    figures = run_index(believe_missing=True)
    assert (figures.offline, figures.vanished) == (0, 3)
    assert len(visible_ids(library)) == 0


def test_most_files_vanishing_at_once_is_not_believed_until_confirmed(
    library, run_index, photo_folder, control
) -> None:
    folder = photo_folder("photos", range(42))
    run_index(folder)
    for seed in range(22):
        (folder / f"{seed}.jpg").unlink()
    assert run_index().doubtful == 22
    assert len(visible_ids(library)) == 42
    assert "22 photos have vanished" in control.warnings[0].message
    root = list_roots(library)[0]
    assert (root.online, root.doubtful) == (True, 22)
    believe_missing(library, root.id, True)
    assert list_roots(library)[0].doubtful == 0
    assert run_index().vanished == 22
    assert len(visible_ids(library)) == 20


@pytest.mark.parametrize(("there", "gone", "believed"), [(40, 20, True), (44, 22, True), (43, 22, False)])
def test_the_limits_of_doubt(library, run_index, photo_folder, there, gone, believed) -> None:
    folder = photo_folder("photos", range(there), (64, 48))
    run_index(folder)
    for seed in range(gone):
        (folder / f"{seed}.jpg").unlink()
    run_index()
    assert len(visible_ids(library)) == (there - gone if believed else there)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_files_below_a_folder_that_may_not_be_read_have_not_vanished(
    library, run_index, photo_folder, control, as_another_user
) -> None:
    folder = photo_folder("photos/closed", range(3)).parent
    photo_folder("photos/open", range(3, 5))
    run_index(folder)
    with as_another_user(folder / "closed"):
        figures = run_index(folder)
    assert figures.vanished == 0
    assert len(visible_ids(library)) == 5
    assert control.warnings[0].path == str(folder / "closed")


def test_problem_files_are_listed_and_retried(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    whole = (folder / "0.jpg").read_bytes()
    (folder / "bad.jpg").write_bytes(whole[: len(whole) // 2])
    assert run_index(folder).problems == 1
    (problem,) = list_problems(library)
    assert problem.path == folder / "bad.jpg" and problem.reason == "truncated"
    assert run_index(folder).read == 0
    assert retry_problems(library, [problem.file_id]) == 1
    assert run_index(folder).read == 1
    assert [(p.reason, p.since) for p in list_problems(library)] == [("truncated", problem.since)]
    (folder / "bad.jpg").write_bytes(whole)
    run_index(folder)
    assert list_problems(library) == []
    assert photo_of_path(library, folder / "bad.jpg") == photo_of_path(library, folder / "0.jpg")


def test_a_problem_leaves_the_list_with_its_file(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    (folder / "bad.jpg").write_bytes(b"")
    run_index(folder)
    assert counts(library).problems == len(list_problems(library)) == 1
    (folder / "bad.jpg").unlink()
    run_index(folder)
    assert counts(library).problems == len(list_problems(library)) == 0


def test_another_model_encodes_from_thumbnails_and_takes_over_at_the_end(
    library, encoder, other_encoder, run_index, photo_folder, make_control, monkeypatch
) -> None:
    monkeypatch.setattr("engine.library.encode_missing.BATCH_PHOTOS", 3)
    folder = photo_folder("photos", range(4))
    run_index(folder)
    shutil.rmtree(folder)
    with pytest.raises(JobCancelled):
        index(library, [], other_encoder, make_control(cancel_at=1), IndexOptions(workers=1))
    assert active_model(library).digest == encoder.digest
    figures = run_index(by=other_encoder)
    assert figures.read == 0 and figures.encoded == 1
    assert active_model(library).digest == other_encoder.digest
    assert [(model.active, model.codes) for model in list_models(library)] == [(False, 4), (True, 4)]
    ids, old = read_codes(library, 1, 64)
    same_ids, new = read_codes(library, 2, 64)
    assert list(ids) == list(same_ids)
    assert (old ^ new == 255).all()  # the same pixels were encoded


@pytest.mark.parametrize("damage", ["x'00'", "x''", "substr(webp, 1, 20)", "substr(webp, 1, 200)"])
def test_damaged_thumbnails_are_made_again(
    library, encoder, other_encoder, run_index, photo_folder, control, damage
) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    library.thumbnails.conn.execute(f"UPDATE thumbnails SET webp = {damage} WHERE photo_id = 2")
    run_index(by=other_encoder)
    assert "1 photos" in control.warnings[0].message
    assert list(uncoded_ids(library, 2)) == [2]
    assert run_index(by=other_encoder).read == 1
    assert read_thumbnail(library, 2) is not None
    assert len(uncoded_ids(library, 2)) == 0


def test_the_same_photo_has_the_same_code_in_any_batch(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    first = dict(library.rows("SELECT pixel_hash, code FROM codes JOIN photos ON id = photo_id"))
    library.execute("DELETE FROM codes WHERE photo_id = 2")
    run_index()
    assert dict(library.rows("SELECT pixel_hash, code FROM codes JOIN photos ON id = photo_id")) == first


def test_a_cancelled_run_keeps_what_it_did_and_the_next_one_ends_it(
    library, encoder, run_index, photo_folder, make_control, monkeypatch
) -> None:
    monkeypatch.setattr("engine.library.read_pass.BATCH_PHOTOS", 4)
    folder = photo_folder("photos", range(20), (64, 48))
    with pytest.raises(JobCancelled):
        index(library, [folder], encoder, make_control(cancel_at=3), IndexOptions(workers=1))
    kept = len(visible_ids(library))
    assert 0 < kept < 20
    assert run_index(folder).read == 20 - kept
    assert counts(library).photos == counts(library).codes == 20


def test_progress_has_phases_totals_and_a_bounded_rate(library, run_index, photo_folder, control) -> None:
    run_index(photo_folder("photos", range(6)))
    phases = [(event.phase, event.total) for event in control.progress]
    assert phases[0] == ("scanning", None) and ("reading", 6) in phases
    last = control.progress[-1]
    assert (last.phase, last.done, last.total) == ("reading", 6, 6)


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names must be UTF-8 there")
def test_names_that_are_not_utf8(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    odd = os.fsencode(folder) + b"/caf\xe9"
    Path(os.fsdecode(odd)).mkdir()
    shutil.copy(folder / "1.jpg", odd + b"/na\xefve.jpg")
    os.utime(odd + b"/na\xefve.jpg", (1, 1))
    run_index(folder)
    path = Path(os.fsdecode(odd + b"/na\xefve.jpg"))
    photo_id = photo_of_path(library, path)
    assert photo_id == photo_of_path(library, folder / "1.jpg")
    assert list(visible_ids(library, path.parent)) == [photo_id]
    (folder / "1.jpg").unlink()
    run_index(folder)
    row = photo_rows(library, [photo_id])[photo_id]
    assert row.path == path and row.rel_path == "caf\ufffd/na\ufffdve.jpg"
    assert run_index(folder).read == 0


def test_a_folder_that_never_was_and_a_file_are_refused(library, run_index, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    for name, word in (("nowhere", "no folder"), ("file", "is a file")):
        with pytest.raises(UsageError, match=word) as caught:
            run_index(tmp_path / name)
        assert caught.value.remedy
    assert list_roots(library) == []


def test_nothing_is_believed_gone_while_the_disk_is_not_mounted(
    library, run_index, photo_folder, control
) -> None:
    folder = photo_folder("photos", range(5))
    run_index(folder)
    library.execute(
        "UPDATE roots SET volume = ?", (str(folder.parent),)
    )  # no mount point, so unmounted since
    (folder / "0.jpg").unlink()
    assert run_index().doubtful == 1
    assert len(visible_ids(library)) == 5
    assert run_index(believe_missing=True).vanished == 1
    assert run_index().doubtful == 0


@pytest.mark.parametrize(
    ("reason", "kept"), [("no-permission", True), ("read-error", True), ("damaged", False)]
)
def test_a_photo_stays_while_its_changed_file_can_not_be_opened(
    library, run_index, photo_folder, control, reason, kept
) -> None:
    folder = photo_folder("photos", range(2))
    run_index(folder)
    photo_id = photo_of_path(library, folder / "0.jpg")
    os.utime(folder / "0.jpg")
    roots = {root.id: root.path for root in list_roots(library)}
    assert run_scan_pass(library, roots, control, believe_missing=False).to_read == 1
    key = library.value("SELECT key FROM to_read")
    BatchWriter(library, 1).write([(key, UnreadablePhoto(reason, "told by the disk"))], {})
    assert (photo_id in visible_ids(library)) is kept
    assert [(p.reason, p.detail) for p in list_problems(library)] == [(reason, "told by the disk")]
    assert run_index(folder).read == (1 if kept else 0)
    assert (list_problems(library) == []) is kept


def test_reports_come_at_most_five_times_a_second(library, run_index, photo_folder, control) -> None:
    began = time.monotonic()
    run_index(photo_folder("photos", range(60), (64, 48)))
    phases = len({event.phase for event in control.progress})
    assert len(control.progress) <= 5 * (time.monotonic() - began) + 2 * phases
