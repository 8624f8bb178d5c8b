"""Commands that the window runs as children, and what it hears of them."""

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.child_command import ChildCommands, Outcome

PATIENCE_MS = 60_000


def told(qtbot: QtBot, commands: ChildCommands, arguments: list[str]) -> Outcome:
    outcomes: list[Outcome] = []
    commands.run(arguments, outcomes.append)
    qtbot.waitUntil(lambda: len(outcomes) == 1, timeout=PATIENCE_MS)
    return outcomes[0]


@pytest.fixture
def commands(tmp_path: Path, qtbot: QtBot):
    made = ChildCommands(tmp_path / "library")
    yield made
    made.close()


def test_what_a_command_prints_comes_back(commands: ChildCommands, qtbot: QtBot) -> None:
    outcome = told(qtbot, commands, ["models", "list", "--json"])
    assert outcome.text.startswith("[") and not outcome.trouble


def test_a_refusal_is_told_as_the_command_says_it(commands: ChildCommands, qtbot: QtBot, tmp_path) -> None:
    outcome = told(qtbot, commands, ["captions", "status"])
    assert outcome.trouble.startswith(f"There is no library in {tmp_path / 'library'}.") and not outcome.text


def test_a_program_that_is_not_there_is_told(tmp_path: Path, qtbot: QtBot) -> None:
    commands = ChildCommands(tmp_path, command=[str(tmp_path / "nothing")])
    assert "could not be started" in told(qtbot, commands, ["models"]).trouble
    commands.close()


def test_nothing_is_told_after_the_end(tmp_path: Path, qtbot: QtBot) -> None:
    commands = ChildCommands(tmp_path, command=[sys.executable, "-c", "import time; time.sleep(60)"])
    outcomes: list[Outcome] = []
    commands.run([], outcomes.append)
    commands.close()
    qtbot.wait(50)
    assert not outcomes
