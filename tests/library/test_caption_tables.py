"""Tables of captions, in the forms that people have."""

import json
from pathlib import Path

import pytest

from engine.errors import UsageError
from engine.library.caption_tables import import_captions
from engine.library.captions import captions_of
from engine.library.edits import undo
from engine.library.photos import photo_of_path

ONE_EACH = {"0.jpg": ["a heron"], "1.jpg": ["a wren", "a small bird"], "2.jpg": []}
NOTHING: dict[str, list[str]] = {name: [] for name in ONE_EACH}


@pytest.fixture
def folder(run_index, photo_folder) -> Path:
    made = photo_folder("photos", range(3))
    run_index(made)
    return made


def said(library, folder: Path) -> dict[str, list[str]]:
    return {
        path.name: [text for _, text in captions_of(library, photo_of_path(library, path))]
        for path in sorted(folder.glob("*.jpg"))
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "photo,caption\n0.jpg,a heron\n1.jpg,a wren\n1.jpg,a small bird\n2.jpg,\n"),
        ("a.csv", '\ufeffid,Image,Text\n7,0.jpg," a\nheron"\n8,1.jpg,a wren\n9,1.jpg,a small bird\n'),
        (
            "a.token.txt",
            "9.jpg#0\tnot here, nor there\n0.jpg#0\ta heron\n1.jpg#0\ta wren\n1.jpg#1\ta small bird\n",
        ),
        ("a.json", json.dumps({"0.jpg": "a heron", "1.jpg": ["a wren", "a small bird"]})),
        ("a.json", json.dumps([{"file": n, "caption": c} for n, own in ONE_EACH.items() for c in own])),
        (
            "a.json",
            json.dumps(
                {
                    "images": [{"id": 5, "file_name": "0.jpg"}, {"id": 6, "file_name": "1.jpg"}],
                    "annotations": [
                        {"image_id": 5, "caption": "a heron"},
                        {"image_id": 6, "caption": "a wren"},
                        {"image_id": 6, "caption": "a small bird"},
                    ],
                }
            ),
        ),
    ],
)
def test_forms(library, folder: Path, tmp_path: Path, name: str, content: str) -> None:
    table = tmp_path / name
    table.write_text(content, encoding="utf-8")
    figures = import_captions(library, table)
    assert said(library, folder) == ONE_EACH
    assert (figures.photos, figures.captions) == (2, 3)
    again = import_captions(library, table)
    assert (again.captions, again.known, again.undo) == (0, 3, None)
    undo(library, figures.undo)
    assert said(library, folder) == NOTHING


def test_photos_are_named_by_paths_and_by_their_ends(
    library, run_index, photo_folder, tmp_path: Path
) -> None:
    photo_folder("photos/x", [3])
    photo_folder("photos/y", [4])
    for place, seed in (("x", 3), ("y", 4)):
        (tmp_path / "photos" / place / f"{seed}.jpg").rename(tmp_path / "photos" / place / "same.jpg")
    run_index(photo_folder("photos", range(1)))
    whole = tmp_path / "photos" / "0.jpg"
    names = [str(whole), "photos/x/same.jpg", "x\\\\same.jpg", "y/same.jpg", "same.jpg", "away.jpg"]
    table = tmp_path / "captions.csv"
    table.write_text("photo,caption\n" + "".join(f"{name},{k}\n" for k, name in enumerate(names)))
    figures = import_captions(library, table)
    assert (figures.ambiguous, figures.unknown) == (["same.jpg"], ["away.jpg"])
    found = [whole, tmp_path / "photos/x/same.jpg", tmp_path / "photos/y/same.jpg"]
    texts = [[text for _, text in captions_of(library, photo_of_path(library, path))] for path in found]
    assert texts == [["0"], ["1", "2"], ["3"]]


def test_a_caption_of_200000_letters_is_cut_and_counted(library, folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text(f"photo,caption\n0.jpg,{'x' * 200_000}\n")
    assert import_captions(library, table).cut == 1
    assert said(library, folder)["0.jpg"] == ["x" * 4000]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"photo,words\n0.jpg,a heron\n"),
        ("a.csv", b""),
        ("a.csv", "photo,caption\n0.jpg,Zürich\n".encode("latin-1")),
        ("a.json", b"{"),
        ("a.json", b"3"),
        ("a.json", b'{"0.jpg": {"text": "a heron"}}'),
        ("a.json", b'{"0.jpg": [["a heron"]]}'),
        ("a.json", b'{"0.jpg": 3}'),
        ("a.json", b"[" * 100_000),
        ("a.json", b"9" * 5000),
        ("a.json", b'[{"photo": "0.jpg"}]'),
        ("a.json", b'{"images": [], "annotations": [{"image_id": 3, "caption": "x"}]}'),
        ("none.csv", None),
    ],
)
def test_what_is_no_table_is_refused(library, folder: Path, tmp_path: Path, name: str, content) -> None:
    table = tmp_path / name
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(UsageError, match=str(table)):
        import_captions(library, table)
    assert said(library, folder) == NOTHING


def test_what_says_nothing_is_no_caption(library, folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "a.json"
    table.write_text('{"0.jpg": null, "1.jpg": "half a smile \\ud83d", "2.jpg": ["", null, "a heron"]}')
    assert import_captions(library, table).captions == 2
    assert said(library, folder) == {"0.jpg": [], "1.jpg": ["half a smile"], "2.jpg": ["a heron"]}
