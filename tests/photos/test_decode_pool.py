"""Workers that crash, hang or eat memory cost the one photo, and never outlive their parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from bad_readers import MISCHIEF
from PIL.Image import Image

from engine.errors import UnreadablePhoto
from engine.photos.decode import read_photo, read_preview
from engine.photos.decode_pool import CHUNK_BYTES, DecodePool, ReadRequest
from engine.photos.readings import PhotoReading

Save = Callable[..., Path]
BAD = "bad_readers:read"


@pytest.fixture
def names(picture: Image, save: Save) -> Callable[..., list[Path]]:
    """Makes photos that all look the same, of these names."""

    def make(*stems: str) -> list[Path]:
        small = picture.resize((64, 48))
        return [save(small, f"{stem}.jpg") for stem in stems]

    return make


def requests(paths: list[Path]) -> list[ReadRequest]:
    return [ReadRequest(os.fsencode(path), key=number) for number, path in enumerate(paths)]


def outcomes(pool: DecodePool, paths: list[Path]) -> dict[str, str]:
    """Name of each file to "photo" or the reason of its problem; each is answered exactly once."""
    found: dict[str, str] = {}
    for request, result in pool.read(requests(paths)):
        path = paths[request.key]
        assert path.stem not in found
        found[path.stem] = result.reason if isinstance(result, UnreadablePhoto) else "photo"
        assert isinstance(result, UnreadablePhoto) or result.photo is not None
    return found


def test_the_pool_reads_as_a_plain_call_does(names: Callable[..., list[Path]]) -> None:
    paths = names(*map(str, range(40)))
    with DecodePool(2, input_size=32) as pool:
        results = {request.key: result for request, result in pool.read(requests(paths))}
    assert len(results) == 40
    assert results[7] == read_photo(str(paths[7]), input_size=32, max_megapixels=500)


def test_a_known_hash_and_a_problem_travel_too(names: Callable[..., list[Path]], save: Save) -> None:
    (path,) = names("known")
    known = read_photo(str(path), input_size=32, max_megapixels=500).content_hash
    broken = save(b"some words", "broken.jpg")
    with DecodePool(1, input_size=32) as pool:
        asked = [ReadRequest(os.fsencode(path), known, key=1), ReadRequest(os.fsencode(broken), key=2)]
        results = {request.key: result for request, result in pool.read(asked)}
    assert isinstance(results[1], PhotoReading) and results[1].unchanged
    assert isinstance(results[2], UnreadablePhoto) and (results[2].reason, bool(results[2].detail)) == (
        "damaged",
        True,
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash", "crashed"),
        ("hang", "timeout"),
        ("stuck", "timeout"),
        ("memory", "out-of-memory"),
        ("killed", "crashed"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_mischief_costs_exactly_that_photo(name: str, reason: str, names: Callable[..., list[Path]]) -> None:
    assert name in MISCHIEF
    good = [f"good{number}" for number in range(30)]
    paths = names(*good[:17], name, *good[17:])
    with DecodePool(2, input_size=32, timeout_s=1.5, reader=BAD) as pool:
        found = outcomes(pool, paths)
        again = outcomes(pool, paths[:3])
    assert found == {**dict.fromkeys(good, "photo"), name: reason}
    assert set(again.values()) == {"photo"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_picture_that_is_too_big_for_the_limit(save: Save, names: Callable[..., list[Path]]) -> None:
    import PIL.Image

    big = save(PIL.Image.new("L", (14_000, 14_000)), "big.png")
    with DecodePool(1, input_size=32, memory_bytes=2**29) as pool:
        assert outcomes(pool, [big.with_name("big.png"), *names("good")]) == {"big": "photo", "good": "photo"}
        color = save(PIL.Image.new("RGB", (14_000, 14_000)), "big.png")
        assert outcomes(pool, [color, *names("good")]) == {"big": "out-of-memory", "good": "photo"}


def test_the_requests_are_consumed_only_a_little_ahead(names: Callable[..., list[Path]]) -> None:
    paths = names(*map(str, range(20))) * 40
    taken = 0

    def ask() -> Iterator[ReadRequest]:
        nonlocal taken
        for request in requests(paths):
            taken += 1
            yield request

    with DecodePool(1, input_size=32) as pool:
        results = pool.read(ask())
        next(results)
        time.sleep(0.5)
        assert taken < 100
        assert sum(1 for _ in results) == len(paths) - 1


def test_a_run_may_be_given_up(names: Callable[..., list[Path]]) -> None:
    paths = names(*map(str, range(10))) * 10
    with DecodePool(1, input_size=32) as pool:
        results = pool.read(requests(paths))
        next(results)
        results.close()
        assert set(outcomes(pool, paths[:5]).values()) == {"photo"}


@pytest.mark.parametrize("way", ["read", "preview"])
def test_workers_that_die_while_idle_are_replaced(way: str, names: Callable[..., list[Path]]) -> None:
    paths = names(*map(str, range(20)))
    with DecodePool(2, input_size=32) as pool:
        outcomes(pool, paths)
        for child in children_of(os.getpid()):
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
        time.sleep(0.3)
        if way == "preview":
            assert pool.preview(str(paths[0]), 16).width == 16
        assert set(outcomes(pool, paths).values()) == {"photo"}


def test_big_files_travel_alone(names: Callable[..., list[Path]]) -> None:
    """A chunk is as slow as its sum, and its crash costs reading all of it again."""
    paths = names(*(f"pid{number}" for number in range(12)))
    with DecodePool(2, input_size=32, reader="slow_reader:read") as pool:
        asked = [ReadRequest(os.fsencode(path), key=1, size=CHUNK_BYTES) for path in paths]
        workers = {result.detail for _, result in pool.read(asked) if isinstance(result, UnreadablePhoto)}
    assert len(workers) == 2


def test_previews(names: Callable[..., list[Path]], save: Save) -> None:
    (path,) = names("photo")
    with DecodePool(1, input_size=32) as pool:
        assert pool.preview(path.__fspath__(), 32) == read_preview(str(path), max_side=32, max_megapixels=500)
        with pytest.raises(UnreadablePhoto) as caught:
            pool.preview(os.fsencode(save(b"some words", "broken.jpg")), None)
    assert caught.value.reason == "damaged"


def test_a_closed_pool_is_closed(names: Callable[..., list[Path]]) -> None:
    pool = DecodePool(1, input_size=32)
    pool.close()
    with pytest.raises(ValueError, match="closed"):
        list(pool.read(requests(names("photo"))))


def test_a_pool_has_workers() -> None:
    with pytest.raises(ValueError, match="at least one"):
        DecodePool(0, input_size=32)


def children_of(process: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(process).children(recursive=True) if child.status() != "zombie"]


SCRIPT = """
import os, sys
sys.path.insert(0, {tests!r})
from engine.photos.decode_pool import DecodePool, ReadRequest
assert not {{"PIL", "numpy", "rawpy", "pi_heif"}} & set(sys.modules)
if __name__ == "__main__":
    pool = DecodePool(2, input_size=32, reader={reader!r})
    results = pool.read(ReadRequest(os.fsencode(path)) for path in sys.argv[1:] * {times})
    for number, _ in enumerate(results):
        if number == 3:
            print("reading", flush=True)
    pool.close()
    print("done", flush=True)
"""


def start(tmp_path: Path, paths: list[Path], times: int) -> "subprocess.Popen[str]":
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(tests=str(Path(__file__).parent), reader=BAD, times=times))
    command = [sys.executable, str(script), *map(str, paths)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("busy", ["photo", "hang"])
def test_workers_end_when_their_parent_is_killed(
    busy: str, tmp_path: Path, names: Callable[..., list[Path]]
) -> None:
    paths = names(*(f"photo{number}" for number in range(12)), busy)
    with start(tmp_path, paths, 100_000) as parent:
        assert parent.stdout is not None and parent.stdout.readline() == "reading\n"
        children = children_of(parent.pid)
        assert len(children) >= 2
        parent.kill()
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs Linux's view of processes")
def test_workers_get_no_interrupt_before_they_are_prepared(
    tmp_path: Path, names: Callable[..., list[Path]]
) -> None:
    """Blocked from birth: any moment before they ignore it would be one too many."""
    with start(tmp_path, names("a", "b"), 100_000) as parent:
        assert parent.stdout is not None and parent.stdout.readline() == "reading\n"
        workers = [child for child in children_of(parent.pid) if "spawn_main" in " ".join(child.cmdline())]
        status = [Path(f"/proc/{worker.pid}/status").read_text() for worker in workers]
        parent.kill()
    blocked = [int(text.split("SigBlk:")[1].split()[0], 16) for text in status]
    assert len(blocked) == 2
    assert all(mask >> (signal.SIGINT - 1) & 1 for mask in blocked)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_noise_and_interrupts(tmp_path: Path, names: Callable[..., list[Path]]) -> None:
    """What decoders print reaches no terminal, and Ctrl-C is not the workers' business."""
    paths = names("a", "b", "noise", "c", "d")
    with start(tmp_path, paths, 60) as parent:
        assert parent.stdout is not None and parent.stdout.readline() == "reading\n"
        for child in children_of(parent.pid):
            child.send_signal(signal.SIGINT)
        out, errors = parent.communicate(timeout=60)
    assert (out, errors, parent.returncode) == ("done\n", "", 0)
