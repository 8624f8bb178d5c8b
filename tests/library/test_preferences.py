"""Settings of a library: defaults, what they may be, and taking a change back."""

import pytest

from engine.errors import UsageError
from engine.library.edits import undo
from engine.library.preferences import (
    PREFERENCES,
    all_preferences,
    cleaned,
    get_preference,
    set_preference,
)
from engine.library.settings import max_megapixels, set_setting


def test_every_setting_has_a_default_that_it_may_have_and_says_what_it_does(library) -> None:
    assert all_preferences(library) == {name: wanted.default for name, wanted in PREFERENCES.items()}
    for wanted in PREFERENCES.values():
        assert wanted.clean(wanted.default) == wanted.default
        assert wanted.explanation.endswith(".") and wanted.title and wanted.values


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("watching", " NO ", "no"),
        ("workers", "3", "3"),
        ("memory_mb", "2,048", "2048"),
        ("max_megapixels", "50", "50"),
        ("exclusions", "*.png\n\n  \nPrivate/  ", "*.png\nPrivate/"),
        ("exclusions", "# only a note", "# only a note"),
        ("backup_folder", "", ""),
    ],
)
def test_a_value_is_kept_as_it_was_meant(library, name: str, text: str, kept: str) -> None:
    set_preference(library, name, text)
    assert get_preference(library, name) == kept


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("watching", "perhaps", "yes, no"),
        ("workers", "-1", "from 1 to 256"),
        ("workers", "many", "whole number"),
        ("memory_mb", "100", "from 1,024"),
        ("poll_minutes", "0", "from 1"),
        ("max_megapixels", "nan", "megapixels"),
        ("index_when", "later", "now, idle, paused"),
        ("exclusions", "*.png\n!", "“!”"),
        ("exclusions", "/", "fits nothing"),
        ("exclusions", "~/Pictures", "outside your folders"),
        ("backup_folder", "backups", "whole path"),
        ("colour", "blue", "Settings are"),
    ],
)
def test_what_it_can_not_be_is_said_and_changes_nothing(library, name: str, text: str, said: str) -> None:
    before = all_preferences(library)
    with pytest.raises(UsageError) as told:
        set_preference(library, name, text)
    assert said in str(told.value)
    assert all_preferences(library) == before


def test_a_backup_folder_that_is_a_file_is_refused(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        cleaned("backup_folder", str(tmp_path / "file"))


def test_a_change_can_be_taken_back(library) -> None:
    set_preference(library, "max_megapixels", "50")
    changed = set_preference(library, "max_megapixels", "20")
    assert max_megapixels(library) == 20
    undo(library, changed)
    assert max_megapixels(library) == 50
    to_default = set_preference(library, "max_megapixels", None)
    assert max_megapixels(library) == 500
    undo(library, to_default)
    assert max_megapixels(library) == 50


def test_what_makes_no_sense_in_the_table_reads_as_the_default(library) -> None:
    for name in ("workers", "exclusions", "watching"):
        set_setting(library, name, "!")
        assert get_preference(library, name) == PREFERENCES[name].default
