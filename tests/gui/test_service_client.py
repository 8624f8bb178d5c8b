"""The window's end of the service: restarted when it dies, and blaming the right request."""

import os
import signal
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.service_client import Answer, ServiceClient

PATIENCE_MS = 20_000
STAND_IN = [sys.executable, str(Path(__file__).with_name("stand_in_service.py"))]


@pytest.fixture
def client(tmp_path: Path, qtbot: QtBot):
    made = ServiceClient(tmp_path, command=STAND_IN)
    yield made
    made.close()


def test_starts_when_it_is_first_needed(client: ServiceClient, qtbot: QtBot) -> None:
    assert client.process_id == 0
    answers: list[Answer] = []
    client.ask("encode", answers.append, path="a.jpg")
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=PATIENCE_MS)
    assert answers[0].ok["path"] == "a.jpg"


def test_the_request_that_kills_it_gets_an_error_and_the_next_one_an_answer(
    client: ServiceClient, qtbot: QtBot
) -> None:
    answers: list[Answer] = []
    client.ask("encode", answers.append, path="deadly.jpg")
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=PATIENCE_MS)
    assert answers[0].failed
    assert "deadly.jpg" in answers[0].message
    client.ask("encode", answers.append, path="a.jpg")
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=PATIENCE_MS)
    assert answers[1].ok["path"] == "a.jpg"


def test_innocent_requests_beside_it_are_asked_again(client: ServiceClient, qtbot: QtBot) -> None:
    answers: dict[str, Answer] = {}
    starts: list[str] = []
    client.ready.connect(lambda digest, n_bits: starts.append(digest))
    client.ask("preview", lambda answer: answers.update(slow=answer), path="slow.jpg")
    client.ask("encode", lambda answer: answers.update(deadly=answer), path="deadly.jpg")
    client.ask("encode", lambda answer: answers.update(good=answer), path="good.jpg")
    qtbot.waitUntil(lambda: len(starts) == 2, timeout=PATIENCE_MS)
    os.kill(client.process_id, signal.SIGKILL)  # the slow one is being worked on alone now
    qtbot.waitUntil(lambda: len(answers) == 3, timeout=PATIENCE_MS)
    assert answers["good"].ok["path"] == "good.jpg"
    assert answers["deadly"].failed
    assert answers["slow"].failed


def test_an_edit_is_never_sent_twice(client: ServiceClient, qtbot: QtBot) -> None:
    answers: list[Answer] = []
    client.ask("forget_root", answers.append, path="slow.jpg")
    client.ask("encode", answers.append, path="deadly.jpg")
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=PATIENCE_MS)
    assert all(answer.failed for answer in answers)


def test_a_command_that_can_not_start_is_told_once(tmp_path: Path, qtbot: QtBot) -> None:
    client = ServiceClient(tmp_path, command=["/nowhere/to/be/found"])
    answers: list[Answer] = []
    with qtbot.waitSignal(client.broken, timeout=PATIENCE_MS):
        client.ask("encode", answers.append, path="a.jpg")
    assert answers[0].failed
    client.close()


def test_dropped_requests_are_not_answered(client: ServiceClient, qtbot: QtBot) -> None:
    answers: list[Answer] = []
    client.drop(client.ask("encode", answers.append, path="a.jpg"))
    client.ask("encode", answers.append, path="b.jpg")
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=PATIENCE_MS)
    assert answers[0].ok["path"] == "b.jpg"


def test_the_real_service_answers_and_comes_back(library_dir: Path, photos_dir: Path, qtbot: QtBot) -> None:
    client = ServiceClient(library_dir)
    answers: list[Answer] = []
    path = str(photos_dir / "Harbour" / "photo 03.jpg")
    client.ask("encode", answers.append, path=path)
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=60_000)
    assert answers[0].ok["photo_id"] is not None
    before = client.process_id
    os.kill(before, signal.SIGKILL)
    qtbot.waitUntil(lambda: client.process_id != before, timeout=PATIENCE_MS)
    client.ask("encode", answers.append, path=path)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=60_000)
    assert answers[1].ok == answers[0].ok
    client.close()
