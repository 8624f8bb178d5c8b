"""Writes nus-wide.csv from the files of NUS-WIDE (Chua et al. 2009): `python nus_wide_table.py FOLDER`.

FOLDER holds Groundtruth/AllLabels/Labels_CONCEPT.txt, a line of 0 or 1 for each photo, and
ImageList/Imagelist.txt, a path for each photo, as the archives unpack; and in images/ the photos under these
paths. Photos with none of the 21 most frequent concepts are left out. Nothing is downloaded.
"""

import csv
import sys
from pathlib import Path

CONCEPTS = 21


def write_table(folder: Path) -> Path:
    """Writes FOLDER/nus-wide.csv with the columns photo and labels, and returns its path."""
    lines = (folder / "ImageList" / "Imagelist.txt").read_text("utf-8").splitlines()
    photos = [line.strip().replace("\\", "/") for line in lines]
    marks = {
        file.stem.removeprefix("Labels_"): file.read_text("utf-8").split()
        for file in sorted((folder / "Groundtruth" / "AllLabels").glob("Labels_*.txt"))
    }
    if short := next((name for name, marked in marks.items() if len(marked) != len(photos)), None):
        raise SystemExit(f"Labels_{short}.txt has not one line for each of the {len(photos)} photos.")
    frequent = sorted(marks, key=lambda name: -marks[name].count("1"))[:CONCEPTS]
    if len(frequent) < CONCEPTS:
        raise SystemExit(f"{folder} has {len(frequent)} concepts; the protocol takes {CONCEPTS}.")
    table = folder / "nus-wide.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["photo", "labels"])
        for place, photo in enumerate(photos):
            if labels := [name for name in frequent if marks[name][place] == "1"]:
                rows.writerow([f"images/{photo}", ";".join(labels)])
    return table


if __name__ == "__main__":
    print(write_table(Path(sys.argv[1])))  # noqa: T201 - a script
