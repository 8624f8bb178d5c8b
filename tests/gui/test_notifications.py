"""Whoever has gone away is told on the desktop that a long job has ended."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app import notifications
from desktop_app.jobs import JobFollower
from desktop_app.notifications import Notifier, say_by_dbus
from engine.progress import Failed, Result


@pytest.fixture
def told(qtbot: QtBot, tmp_path: Path, monkeypatch) -> SimpleNamespace:
    """A window that nobody looks at, a job and a clock."""
    window = QWidget()
    qtbot.addWidget(window)
    follower = JobFollower(tmp_path, window)
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(notifications, "time", SimpleNamespace(monotonic=lambda: clock.now))
    # A window of another test may still be the active one.
    monkeypatch.setattr(notifications.QApplication, "activeWindow", lambda: None)
    monkeypatch.setattr(JobFollower, "kind", "index")
    messages: list[tuple[str, str]] = []
    Notifier(window, follower, lambda title, text: messages.append((title, text)))
    return SimpleNamespace(window=window, follower=follower, clock=clock, messages=messages)


def test_a_long_index_is_told(told):
    told.follower.began.emit("Indexing")
    told.clock.now += 31
    told.follower.ended.emit(Result("1,200 new photos."))
    assert told.messages == [("Your photos are indexed", "1,200 new photos.")]


def test_a_short_one_is_not(told):
    told.follower.began.emit("Indexing")
    told.clock.now += 29
    told.follower.ended.emit(Result("3 new photos."))
    assert told.messages == []


def test_a_training_is_always_told(told, monkeypatch):
    monkeypatch.setattr(JobFollower, "kind", "retrain")
    told.follower.began.emit("Teaching")
    told.follower.ended.emit(Result("A new model."))
    assert told.messages == [("The training is done", "A new model.")]


def test_failure_and_death_are_told(told):
    for end in (lambda: told.follower.ended.emit(Failed("The disk is full.")), told.follower.died.emit):
        told.follower.began.emit("Indexing")
        told.clock.now += 31
        end()
    assert [title for title, _ in told.messages] == ["Indexing could not go on"] * 2
    assert told.messages[0][1] == "The disk is full."


def test_who_cancels_knows(told):
    told.follower.began.emit("Indexing")
    told.clock.now += 31
    told.follower.ended.emit(Result("", cancelled=True))
    assert told.messages == []


def test_who_looks_sees(told, monkeypatch):
    monkeypatch.setattr(notifications.QApplication, "activeWindow", lambda: told.window)
    told.follower.began.emit("Indexing")
    told.clock.now += 31
    told.follower.ended.emit(Result("1,200 new photos."))
    assert told.messages == []


def test_without_a_session_bus_nothing_happens(monkeypatch):
    pytest.importorskip("jeepney")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert not say_by_dbus("Title", "Text")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert not say_by_dbus("Title", "Text")


DESKTOP = """
import subprocess, sys
from jeepney import HeaderFields, MessageType
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
bus = open_dbus_connection("SESSION")
bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))
say = "from desktop_app.notifications import say_by_dbus; assert say_by_dbus('Done', 'All of it')"
program = subprocess.Popen([sys.executable, "-c", say])
while True:
    call = bus.receive(timeout=30)
    if call.header.fields.get(HeaderFields.member) == "Notify":
        print(call.header.fields[HeaderFields.signature], *call.body[3:5], sep="|")
        break
program.wait()
"""


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="needs dbus-run-session")
def test_the_desktop_gets_it():
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", DESKTOP], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "susssasa{sv}i|Done|All of it", done.stderr
