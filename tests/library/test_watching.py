"""Watching folders: what starts an index run, what does not, and what is lived through."""

import errno
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.errors import JobCancelled
from engine.jobs import job
from engine.library import network_drives, watching
from engine.library.exclusions import Exclusions
from engine.library.preferences import set_preference
from engine.library.roots import add_root
from engine.library.watching import Changes, FolderWatcher, fingerprint
from engine.library.watchman import Watchman
from engine.progress import Result

PATIENCE_S = 20.0
POLL_S = 0.05


class Guarded:
    """A watchman over a library, driven by hand, whose jobs are only noted."""

    def __init__(self, library) -> None:
        self.started: list[list[str]] = []
        self.told: list[str] = []
        self.idle = True
        self.library = library
        self.man = Watchman(library.dir, self.told.append, self._start, quiet_s=0.2, idle=lambda: self.idle)
        (library.dir / "jobs").mkdir(exist_ok=True)

    def _start(self, library_dir: Path, arguments: Sequence[str]) -> None:
        assert library_dir == self.library.dir
        self.started.append(list(arguments))

    def step_until(self, condition: Callable[[], bool]) -> None:
        """Steps until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, (self.started, self.told)
            self.man.step()
            time.sleep(POLL_S)

    def wait_for(self, *roots: Path) -> list[list[str]]:
        """Waits for index runs of these roots, one by one or together; returns and forgets all runs."""
        wanted = set(map(str, roots))
        self.step_until(
            lambda: ["index", "--wait"] in self.started or wanted <= {n for run in self.started for n in run}
        )
        found, self.started[:] = list(self.started), []
        return found

    def rest(self) -> None:
        """Steps for longer than changes have to be quiet."""
        for _ in range(8):
            self.man.step()
            time.sleep(POLL_S)


@pytest.fixture
def guarded(library) -> Iterator[Guarded]:
    made = Guarded(library)
    yield made
    made.man.close()


def test_what_changes_in_a_folder_starts_an_index_run_of_it(guarded, library, photo_folder) -> None:
    first, second = photo_folder("first", [1]), photo_folder("second", [2])
    add_root(library, first)
    add_root(library, second)
    guarded.wait_for(first, second)  # nobody knows what happened before
    shutil.copy(first / "1.jpg", second / "new.jpg")
    guarded.wait_for(second)
    (first / "1.jpg").unlink()
    guarded.wait_for(first)


def test_reading_and_what_is_left_out_call_for_nothing(guarded, library, run_index, photo_folder) -> None:
    folder, other = photo_folder("photos", range(3)), photo_folder("other", [4])
    add_root(library, folder)
    add_root(library, other)
    set_preference(library, "exclusions", "private/\n*.png")
    guarded.wait_for(folder, other)
    for name in (".hidden.jpg", ".cache/a.jpg", "@eaDir/a.jpg", "Private/a.jpg", "screenshot.PNG"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"new")
    run_index(folder)
    for path in folder.glob("*.jpg"):
        path.read_bytes()
    (other / "4.jpg").unlink()  # later than all that, and seen
    assert all(run[2:] == [str(other)] for run in guarded.wait_for(other))


def test_settings_count_at_once(guarded, library, photo_folder) -> None:
    folder = photo_folder("photos", [1])
    add_root(library, folder)
    set_preference(library, "index_when", "paused")
    guarded.rest()
    set_preference(library, "index_when", "idle")
    guarded.idle = False
    guarded.rest()
    assert guarded.started == []
    guarded.idle = True
    guarded.step_until(lambda: guarded.started == [["index", "--wait", "--gently"]])
    set_preference(library, "index_when", "now")
    set_preference(library, "watching", "no")
    guarded.rest()
    assert len(guarded.started) == 1
    set_preference(library, "watching", "yes")
    guarded.step_until(lambda: len(guarded.started) == 2)
    set_preference(library, "exclusions", "*.png")
    guarded.step_until(lambda: len(guarded.started) == 3)


def test_a_folder_that_an_index_run_looks_through_is_not_looked_through_twice(
    guarded, library, photo_folder
) -> None:
    add_root(library, photo_folder("photos", [1]))
    with job(library.dir, "index", "A run", lambda event: None) as control:
        guarded.rest()
        control.report(Result("Done.", {}))
    guarded.rest()
    assert guarded.started == []


def test_an_unplugged_folder_does_not_end_watching(guarded, library, photo_folder, tmp_path) -> None:
    disk, other = photo_folder("disk", [1]), photo_folder("other", [2])
    add_root(library, disk)
    add_root(library, other)
    guarded.wait_for(disk, other)
    disk.rename(tmp_path / "unplugged")
    guarded.rest()
    shutil.copy(other / "2.jpg", other / "new.jpg")
    guarded.wait_for(other)
    (tmp_path / "unplugged").rename(disk)
    guarded.wait_for(disk)
    shutil.copy(disk / "1.jpg", disk / "new.jpg")
    guarded.wait_for(disk)


def test_one_process_watches_a_library(guarded, library, photo_folder) -> None:
    folder = photo_folder("photos", [1])
    add_root(library, folder)
    second = Guarded(library)
    try:
        guarded.wait_for(folder)
        second.rest()
        assert second.started == []
        guarded.man.close()
        second.wait_for(folder)
    finally:
        second.man.close()


def test_nothing_is_started_beside_a_running_job_or_after_a_cancelled_one(
    guarded, library, photo_folder
) -> None:
    add_root(library, photo_folder("photos", [1]))
    set_preference(library, "index_when", "paused")
    guarded.rest()  # something is to be done
    set_preference(library, "index_when", "now")
    with pytest.raises(JobCancelled), job(library.dir, "index", "A run", lambda event: None):
        guarded.rest()
        assert guarded.started == []
        raise JobCancelled("The job was cancelled.")
    guarded.rest()
    assert guarded.started == []
    with job(library.dir, "index", "Another run", lambda event: None) as control:
        control.report(Result("Done.", {}))
    guarded.step_until(lambda: guarded.started != [])


def test_a_system_that_watches_no_more_folders_is_made_up_for(
    library, photo_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(watching, "EventWatch", refuse)
    told: list[str] = []
    folder, changes = photo_folder("photos", [1]), Changes(0.0, 1.0)
    watcher = FolderWatcher(library.dir, changes, told.append)
    try:
        watcher.follow([folder], "", 0.1)
        assert "watch limit reached" in told[0] and str(folder) in told[0]
        changes.forget([folder])
        deadline = time.monotonic() + PATIENCE_S
        number = 0
        while not changes.quiet():
            assert time.monotonic() < deadline
            number += 1
            (folder / f"new {number}.jpg").write_bytes(b"new")
            watcher.follow([folder], "", 0.1)
            time.sleep(POLL_S)
        assert len(told) == 1
    finally:
        watcher.close()


def test_a_look_at_a_folder_sees_what_counts(photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    left_out = Exclusions(["*.png"])
    before = fingerprint(folder, left_out)
    (folder / "a.png").write_bytes(b"x")
    (folder / ".hidden").write_bytes(b"x")
    assert fingerprint(folder, left_out) == before
    (folder / "a.jpg").write_bytes(b"x")
    assert fingerprint(folder, left_out) != before
    shutil.rmtree(folder)
    assert fingerprint(folder, left_out) is None


@pytest.mark.parametrize(
    ("folder", "remote"),
    [
        ("/home/anna/Pictures", False),
        ("/mnt/nas/photos", True),
        ("/mnt/nas2", False),
        ("/mnt/nas/local/photos", False),
        ("/run/cloud/x", True),
        ("//server/share/photos", True),
    ],
)
def test_network_drives_are_known_by_their_mount(
    monkeypatch: pytest.MonkeyPatch, folder: str, remote: bool
) -> None:
    mounts = [("/", "ext4"), ("/mnt/nas", "nfs4"), ("/mnt/nas/local", "ext4"), ("/run/cloud", "fuse.rclone")]
    parts = [SimpleNamespace(mountpoint=mount, fstype=kind, opts="rw") for mount, kind in mounts]
    monkeypatch.setattr(network_drives.psutil, "disk_partitions", lambda **_: parts)
    assert network_drives.is_network(Path(folder)) is remote
