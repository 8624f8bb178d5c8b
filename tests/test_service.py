"""The service as the window meets it: a child process that takes JSON lines."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.captions import own_captions
from engine.library.database import Library
from engine.library.model_choice import keep_model
from engine.library.models_table import activate_model, active_model, register_model
from engine.library.pairs import all_pairs
from engine.library.photos import counts, photo_of_path
from engine.library.roots import list_roots
from engine.library.settings import ignored_captions
from engine.training.export import export_model
from engine.training.networks import HashNetwork

ROOT = Path(__file__).parents[1]


class Child:
    """A running service."""

    def __init__(self, library: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "desktop_app", "--library", str(library), "service"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=dict(os.environ),
        )
        self.first = self.read()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, op: str, **request: object) -> dict[str, Any]:
        """Sends one request and waits for its answer."""
        self.send(json.dumps({"id": 7, "op": op, **request}))
        answer = self.read()
        assert answer["id"] == 7
        return answer

    def end(self) -> int:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(30)
        self.process.stdout.close()
        return code


@pytest.fixture
def library_dir(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def service(library_dir: Path) -> Iterator[Child]:
    child = Child(library_dir)
    yield child
    assert child.end() == 0


def index(library: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "desktop_app", "--library", str(library), "index", str(folder)]
    subprocess.run([*command, "--progress", "none"], check=True, cwd=ROOT, env=dict(os.environ))


def test_it_says_who_it_is_and_ends_with_its_input(service: Child) -> None:
    assert service.first["ready"]["n_bits"] == 256


def test_an_outside_photo_gets_the_code_that_the_library_holds(
    service: Child, library_dir: Path, photo_folder: Callable[..., Path]
) -> None:
    folder = photo_folder("photos", range(4))
    index(library_dir, folder)
    answer = service.ask("encode", path=str(folder / "2.jpg"))["ok"]
    library = Library.open_reading(library_dir)
    try:
        photo_id = photo_of_path(library, folder / "2.jpg")
        assert active_model(library) is not None
        assert answer["photo_id"] == photo_id
        stored = library.value("SELECT code FROM codes WHERE photo_id = ?", (photo_id,))
    finally:
        library.close()
    assert bytes.fromhex(answer["code"]) == stored


def test_codes_are_those_of_the_model_that_the_library_uses_now(
    service: Child, library_dir: Path, photo_folder: Callable[..., Path]
) -> None:
    folder = photo_folder("photos", range(1))
    index(library_dir, folder)
    before = service.ask("encode", path=str(folder / "0.jpg"))["ok"]["code"]
    library = Library.open(library_dir)
    try:
        other = shorter_model(library_dir / "other")
        keep_model(library, other)
        activate_model(library, other.digest)
        after = service.ask("encode", path=str(folder / "0.jpg"))["ok"]["code"]
        assert len(before) == 64 and len(after) == 16
        register_model(library, "b" * 64, "Another", 128, {})
        activate_model(library, "b" * 64)
        error = service.ask("encode", path=str(folder / "0.jpg"))["error"]
        assert "which is not here" in error["what"] and error["remedy"]
    finally:
        library.close()


def shorter_model(folder: Path) -> ModelFile:
    """A model of 64 bits with random weights."""
    network = HashNetwork("shufflenet_v2_x0_5", 64)
    return export_model(network, folder, input_side=64, card={"name": "Shorter", "licence": "none"})


def test_a_preview_is_left_in_a_file_of_raw_pixels(service: Child, photo_folder: Callable[..., Path]) -> None:
    folder = photo_folder("photos", [1], (640, 480))
    small = service.ask("preview", path=str(folder / "1.jpg"), max_side=320)["ok"]
    assert (small["width"], small["height"]) == (320, 240)
    assert (small["full_width"], small["full_height"]) == (640, 480)
    assert Path(small["file"]).stat().st_size == 320 * 240 * 3
    full = service.ask("preview", path=str(folder / "1.jpg"), max_side=None)["ok"]
    assert Path(full["file"]).stat().st_size == 640 * 480 * 3
    Path(small["file"]).unlink()


def test_what_is_no_photo_is_named_and_the_service_goes_on(
    service: Child, tmp_path: Path, photo_folder: Callable[..., Path]
) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4 a letter")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    assert (
        "letter.pdf is not a photo"
        in service.ask("encode", path=str(tmp_path / "letter.pdf"))["error"]["what"]
    )
    assert "broken.jpg" in service.ask("encode", path=str(tmp_path / "broken.jpg"))["error"]["what"]
    assert "gone.jpg" in service.ask("encode", path=str(tmp_path / "gone.jpg"))["error"]["what"]
    assert (
        "gone.jpg" in service.ask("preview", path=str(tmp_path / "gone.jpg"), max_side=100)["error"]["what"]
    )
    folder = photo_folder("photos", [1])
    assert "ok" in service.ask("encode", path=str(folder / "1.jpg"))


@pytest.mark.parametrize("line", ["nonsense", "[]", "{}", '{"id": 1}', '{"id": 1, "op": [1]}', "[" * 100_000])
def test_nonsense_is_answered_with_an_error(service: Child, line: str) -> None:
    service.send(line)
    assert "error" in service.read()
    assert service.ask("create") == {"id": 7, "ok": {}}


@pytest.mark.parametrize(
    "request_",
    [
        {"op": "dance"},
        {"op": "encode"},
        {"op": "undo"},
        {"op": "forget_root", "path": "/no"},
        {"op": "encode", "path": "a\0b"},
        {"op": "set_setting", "key": "max_megapixels", "value": "abc"},
    ],
)
def test_requests_that_make_no_sense_are_refused_in_words(service: Child, request_: dict[str, str]) -> None:
    error = service.ask(**request_)["error"]
    assert error["what"] and "Error" not in error["what"]


def test_edits_change_the_library_and_can_be_taken_back(
    service: Child, library_dir: Path, photo_folder: Callable[..., Path]
) -> None:
    folder = photo_folder("photos", range(3))
    index(library_dir, folder)
    library = Library.open_reading(library_dir)
    try:
        forgotten = service.ask("forget_root", path=str(folder))["ok"]
        assert counts(library).photos == 0 and list_roots(library) == []
        service.ask("undo", undo=forgotten["undo"])
        assert counts(library).photos == 3
        assert service.ask("set_setting", key="max_megapixels", value="50")["ok"]["undo"] > 0
    finally:
        library.close()


def test_answers_to_slow_requests_do_not_hold_up_edits(
    service: Child, library_dir: Path, photo_folder: Callable[..., Path]
) -> None:
    folder = photo_folder("photos", range(20), (2000, 1500))
    for number in range(20):
        service.send(json.dumps({"id": number, "op": "encode", "path": str(folder / f"{number}.jpg")}))
    service.send(json.dumps({"id": "edit", "op": "create"}))
    order = [service.read()["id"] for _ in range(21)]
    assert sorted(map(str, order)) == sorted([*map(str, range(20)), "edit"])
    assert order.index("edit") < 20


def test_a_sentence_has_outputs_where_the_model_reads_words(service: Child) -> None:
    answer = service.ask("sentence", text="two dogs on a beach")["ok"]
    if built_in_model().reads_words:
        assert len(bytes.fromhex(answer["outputs"])) == 2 * service.first["ready"]["n_bits"]
    else:
        assert answer["outputs"] is None
    assert "text" in service.ask("sentence", text=["two", "dogs"])["error"]["what"]
    assert "10,000 letters" in service.ask("sentence", text="x" * 10_001)["error"]["what"]


def test_captions_and_pairs_are_written_and_taken_back(
    service: Child, library_dir: Path, photo_folder
) -> None:
    index(library_dir, photo_folder("photos", range(3)))
    typed = service.ask("add_caption", photo_ids=[1, 2], text="a heron")["ok"]["undo"]
    service.ask("set_captions", photo_id=2, texts=["a wren"])
    told = service.ask("tell_pairs", asked=[1], told=[3], alike=False)["ok"]["undo"]
    library = Library.open_reading(library_dir)
    try:
        assert own_captions(library, [1, 2]) == {1: ["a heron"], 2: ["a wren"]}
        assert all_pairs(library) == {(1, 3): False}
        for undo in (told, typed):
            assert service.ask("undo", undo=undo)["ok"] == {}
        assert own_captions(library, [1, 2]) == {1: [], 2: ["a wren"]}
        assert all_pairs(library) == {}
    finally:
        library.close()
    assert service.ask("ignore_captions", texts=["OLYMPUS"])["ok"] == {}
    library = Library.open_reading(library_dir)
    try:
        assert ignored_captions(library) == ("OLYMPUS",)
    finally:
        library.close()
    assert "number 9" in service.ask("add_caption", photo_ids=[9], text="x")["error"]["what"]
    assert "a list of numbers" in service.ask("add_caption", photo_ids=[], text="x")["error"]["what"]
