"""What the window can show: places that one goes to and comes back to."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OutsidePhoto:
    """A query photo that is not in the library.

    Attributes:
        code: Its packed code, as the service made it.
        name: What to call it: a file name, or "Pasted picture".
        thumbnail: WebP bytes.
    """

    code: bytes
    name: str
    thumbnail: bytes


@dataclass(frozen=True)
class PhotosPlace:
    """All photos, or those of one folder and the folders in it.

    Attributes:
        folder: None for all.
        uncaptioned: Only those of which nothing is written.
    """

    folder: Path | None = None
    uncaptioned: bool = False


@dataclass(frozen=True)
class NeighboursPlace:
    """The neighbours of photos, of words, or of both.

    Attributes:
        photo_ids: Query photos of the library.
        outside: Query photos from elsewhere.
        under: Only neighbours in this folder.
        words: As they were typed.
        sentence: What the model says of them (`engine.search.query.Query`); empty where there are none, or
            where the model reads none.
    """

    photo_ids: tuple[int, ...] = ()
    outside: tuple[OutsidePhoto, ...] = ()
    under: Path | None = None
    words: str = ""
    sentence: bytes = b""


@dataclass(frozen=True)
class ProblemsPlace:
    """The files that could not be read."""


@dataclass(frozen=True)
class TeachPlace:
    """Where the model learns what the person means by alike."""


Place = PhotosPlace | NeighboursPlace | ProblemsPlace | TeachPlace


def to_text(place: Place) -> str:
    """A place as text that `from_text` reads again."""
    if isinstance(place, ProblemsPlace):
        return json.dumps({"kind": "problems"})
    if isinstance(place, TeachPlace):
        return json.dumps({"kind": "teach"})
    if isinstance(place, PhotosPlace):
        folder = str(place.folder) if place.folder else None
        return json.dumps({"kind": "photos", "folder": folder, "uncaptioned": place.uncaptioned})
    outside = [
        {
            "code": photo.code.hex(),
            "name": photo.name,
            "thumbnail": base64.b64encode(photo.thumbnail).decode(),
        }
        for photo in place.outside
    ]
    under = str(place.under) if place.under else None
    return json.dumps(
        {
            "kind": "neighbours",
            "photo_ids": place.photo_ids,
            "outside": outside,
            "under": under,
            "words": place.words,
            "sentence": place.sentence.hex(),
        }
    )


def from_text(text: str) -> Place | None:
    """Reads a place that was written down; None when the text is none (an older or newer version's)."""
    try:
        data = json.loads(text)
        if data["kind"] == "problems":
            return ProblemsPlace()
        if data["kind"] == "teach":
            return TeachPlace()
        if data["kind"] == "photos":
            folder = Path(data["folder"]) if data["folder"] else None
            return PhotosPlace(folder, bool(data.get("uncaptioned")))
        return NeighboursPlace(
            tuple(int(photo_id) for photo_id in data["photo_ids"]),
            tuple(
                OutsidePhoto(bytes.fromhex(o["code"]), str(o["name"]), base64.b64decode(o["thumbnail"]))
                for o in data["outside"]
            ),
            Path(data["under"]) if data["under"] else None,
            str(data.get("words", "")),
            bytes.fromhex(data.get("sentence", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None
