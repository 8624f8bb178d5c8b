"""The page that says what the built-in network was trained from."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "results" / "training-data.md"


def write_page(shared: Path, target: Path) -> str:
    script = ROOT / "docs" / "experiments" / "data_manifest.py"
    subprocess.run([sys.executable, str(script), str(shared), str(target)], check=True)
    return target.read_text(encoding="utf-8")


def test_it_counts_photos_and_digests_files(tmp_path: Path) -> None:
    train, names = tmp_path / "data" / "train", tmp_path / "data" / "wordnet"
    for folder in (train, names, tmp_path / "teacher"):
        folder.mkdir(parents=True)
    for pack in ("imagenet84", "imagenet64", "imagenet160"):
        (train / f"{pack}.csv").write_text("member\na.jpg\nb.jpg\n")
        (train / f"{pack}-00.bin").write_bytes(b"first")
        (train / f"{pack}-01.bin").write_bytes(b"second")
    (train / "flickr8k.csv").write_text("member,split\nc.jpg,val\nd.jpg,\n")
    (train / "flickr8k-00.bin").write_bytes(b"only")
    for file in (train / "flickr8k-captions.csv", train / "captions-text.txt.gz"):
        file.write_text("words")
    for file in ("imagenet.parent-child.txt", "imagenet.names.tsv"):
        (names / file).write_text("words")
    (tmp_path / "teacher" / "teacher.safetensors").write_bytes(b"weights")
    page = write_page(tmp_path, tmp_path / "page.md")
    whole = hashlib.sha256(b"member\na.jpg\nb.jpg\nfirstsecond").hexdigest()
    assert f"| imagenet84 | 2 | 2 | 0 | 0 | 30 | `{whole}` |" in page
    assert "| flickr8k | 2 | 0 | 1 | 1 |" in page
    assert f"| teacher.safetensors | 7 | `{hashlib.sha256(b'weights').hexdigest()}` |" in page


def test_the_page_is_that_of_the_shared_files(shared: Path, tmp_path: Path) -> None:
    assert write_page(shared, tmp_path / "page.md") == PAGE.read_text("utf-8")
