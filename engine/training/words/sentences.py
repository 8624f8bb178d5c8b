"""Sentences that a text tower learns from."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

from engine.errors import UsageError
from engine.hashing.vocabulary import split_words
from engine.tabular import readable


def read_sentences(file: Path) -> list[str]:
    """Reads sentences, each once, in their order.

    Args:
        file: .txt or .txt.gz with a sentence a line; or a table (.csv, .tsv) of which the last column is
            taken, such as the names of classes: several names between ", ".

    Raises:
        UsageError: It can't be read, or holds none.
    """
    with readable(file, "sentences"):
        if file.suffix == ".gz":
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                found = [line.strip() for line in lines]
        elif file.suffix in (".csv", ".tsv"):
            with file.open(newline="", encoding="utf-8-sig") as lines:
                rows = csv.reader(lines, delimiter="," if file.suffix == ".csv" else "\t")
                found = [name for row in rows if row for name in row[-1].split(", ")]
        else:
            found = file.read_text(encoding="utf-8").splitlines()
    kept = [sentence for sentence in dict.fromkeys(found) if split_words(sentence)]
    if not kept:
        raise UsageError(f"There is no sentence in {file}.", "Name a text file with a sentence a line.")
    return kept


def bare(sentence: str) -> str:
    """A sentence without what does not matter: capital letters, accents, signs and spaces."""
    return " ".join(split_words(sentence))


def names_as_sentences(names: Sequence[str]) -> list[str]:
    """What people might write above a photo of something: "a photo of a dog"."""
    found = []
    for name in names:
        article = "an" if name[:1].lower() in "aeiou" else "a"
        found += [name, f"{article} {name}", f"a photo of {article} {name}"]
    return found
