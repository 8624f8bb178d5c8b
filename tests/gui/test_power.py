"""Battery and sleep, with power supplies, helper programs and jobs as files."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_app.jobs import JobFollower
from desktop_app.power import PAUSED, PowerDesk, StayAwake, on_battery
from desktop_app.settings import WindowSettings
from desktop_app.views.message_bar import MessageBar
from engine.progress import Progress, Result

PATIENCE_MS = 30_000
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how Linux tells it")


def supply(top: Path, name: str, **told: str) -> None:
    (top / name).mkdir(parents=True)
    for what, value in told.items():
        (top / name / what).write_text(f"{value}\n")


@linux
class TestBattery:
    def test_none_at_all(self, tmp_path: Path):
        assert not on_battery(tmp_path / "missing")
        assert not on_battery(tmp_path)

    def test_unplugged(self, tmp_path: Path):
        supply(tmp_path, "AC", type="Mains", online="0")
        supply(tmp_path, "BAT0", type="Battery", status="Discharging", scope="System")
        assert on_battery(tmp_path)

    @pytest.mark.parametrize("status", ["Charging", "Full", "Discharging", "Not charging"])
    def test_plugged_in(self, tmp_path: Path, status: str):
        supply(tmp_path, "BAT0", type="Battery", status=status)
        supply(tmp_path, "AC", type="Mains", online="1")
        assert not on_battery(tmp_path)

    def test_a_mouse_that_runs_on_its_battery(self, tmp_path: Path):
        supply(tmp_path, "hidpp_battery_0", type="Battery", status="Discharging", scope="Device")
        assert not on_battery(tmp_path)


class Pausable:
    """A follower's wishes, noted."""

    def __init__(self, follower: JobFollower, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wishes: list[str] = []
        monkeypatch.setattr(follower, "pause", lambda: self.wishes.append("pause"))
        monkeypatch.setattr(follower, "resume", lambda: self.wishes.append("resume"))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch) -> Iterator[SimpleNamespace]:
    """A job that runs, and a plug."""
    parent = QObject()
    messages = MessageBar()
    qtbot.addWidget(messages)
    follower = JobFollower(tmp_path, parent)
    monkeypatch.setattr(JobFollower, "job_id", "20260101-a")
    plug = SimpleNamespace(out=False)
    settings = WindowSettings(tmp_path)
    settings.pause_on_battery = True
    noted = Pausable(follower, monkeypatch)
    power = PowerDesk(follower, settings, messages, parent, on_battery=lambda: plug.out)
    yield SimpleNamespace(
        follower=follower, plug=plug, settings=settings, wishes=noted.wishes, power=power, messages=messages
    )
    power.close()


class TestPause:
    def test_paused_without_the_plug_and_resumed_with_it(self, desk):
        desk.follower.began.emit("Indexing")
        assert desk.wishes == []
        desk.plug.out = True
        desk.power.look()
        desk.power.look()
        assert desk.wishes == ["pause"]
        assert desk.messages.texts() == [PAUSED]
        desk.follower.progressed.emit(Progress("reading", 1, 9, state="paused"))
        desk.plug.out = False
        desk.power.look()
        desk.power.look()
        assert desk.wishes == ["pause", "resume"]

    def test_one_that_begins_on_battery(self, desk):
        desk.plug.out = True
        desk.follower.began.emit("Indexing")
        assert desk.wishes == ["pause"]

    def test_only_where_the_person_wants_it(self, desk):
        desk.settings.pause_on_battery = False
        desk.plug.out = True
        desk.follower.began.emit("Indexing")
        assert desk.wishes == []

    def test_who_resumes_is_obeyed_until_the_next_time(self, desk):
        desk.plug.out = True
        desk.follower.began.emit("Indexing")
        desk.follower.progressed.emit(Progress("reading", 1, 9))  # the photos in hand
        desk.follower.progressed.emit(Progress("reading", 2, 9, state="paused"))
        desk.follower.progressed.emit(Progress("reading", 3, 9))  # the person resumed it
        desk.power.look()
        assert desk.wishes == ["pause"]
        desk.plug.out = False
        desk.power.look()
        desk.plug.out = True
        desk.power.look()
        assert desk.wishes == ["pause", "pause"]

    def test_what_the_person_paused_stays_paused(self, desk):
        desk.follower.began.emit("Indexing")
        desk.follower.progressed.emit(Progress("reading", 2, 9, state="paused"))
        desk.power.look()
        assert desk.wishes == []

    def test_nothing_is_looked_at_without_a_job(self, desk):
        desk.follower.began.emit("Indexing")
        desk.follower.ended.emit(Result("Done."))
        assert not desk.power._timer.isActive()


@pytest.fixture
def inhibitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of systemd-inhibit: notes what it is told and becomes the command that it is given."""
    program = tmp_path / "bin" / "systemd-inhibit"
    program.parent.mkdir()
    noted = tmp_path / "noted"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> "{noted}"\nwhile [ "${{1#--}}" != "$1" ]; do shift; done\nexec "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return noted


@linux
class TestSleep:
    def test_kept_off_until_the_job_is_over(self, inhibitor: Path, tmp_path: Path, qtbot: QtBot):
        awake = StayAwake()
        with FileLock(tmp_path / "alive"):
            awake.hold(tmp_path / "alive")
            qtbot.waitUntil(inhibitor.exists, timeout=PATIENCE_MS)
            assert awake.held
            awake.hold(tmp_path / "alive")  # once is enough
        qtbot.waitUntil(lambda: not awake.held, timeout=PATIENCE_MS)
        assert len(inhibitor.read_text().splitlines()) == 1
        assert "--what=idle:sleep" in inhibitor.read_text()

    def test_allowed_again_while_the_training_pauses(self, inhibitor: Path, tmp_path: Path, qtbot: QtBot):
        awake = StayAwake()
        with FileLock(tmp_path / "alive"):
            awake.hold(tmp_path / "alive")
            awake.release()
            assert not awake.held

    def test_only_a_training_keeps_it_off(self, desk, monkeypatch, tmp_path: Path):
        held: list[Path] = []
        monkeypatch.setattr(StayAwake, "hold", lambda self, alive: held.append(alive))
        monkeypatch.setattr(JobFollower, "alive_path", tmp_path / "alive")
        for kind in ("index", "retrain"):
            monkeypatch.setattr(JobFollower, "kind", kind)
            desk.follower.progressed.emit(Progress("reading", 1, 9))
        assert held == [tmp_path / "alive"]

    def test_without_the_program_nothing_happens(self, tmp_path: Path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        awake = StayAwake()
        awake.hold(tmp_path / "alive")
        assert not awake.held
