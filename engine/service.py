"""The service: one warm child of the window that decodes, encodes and writes the window's edits.

It reads requests as JSON lines, `{"id": 7, "op": "encode", "path": "/a/b.jpg"}`, and answers each with one
line, `{"id": 7, "ok": {...}}` or `{"id": 7, "error": {"what": ..., "remedy": ...}}`. Its first line is
`{"ready": {"model": DIGEST, "n_bits": 128}}` or `{"error": ...}`. Slow requests are answered when they are
done, in any order; edits are made in the order in which they came. It ends when its input ends.
"""

import base64
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

from engine.errors import HammingbirdError, UnreadablePhoto, UsageError
from engine.library import captions, edits, pairs, photos, problems, roots
from engine.library.database import Library
from engine.library.model_choice import model_to_query
from engine.library.models_table import active_digest
from engine.library.preferences import cleaned, set_preference
from engine.library.settings import ignore_captions, max_megapixels
from engine.paths import LIBRARY_FILE
from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS, REASONS
from engine.service_eyes import Eyes
from engine.service_requests import check_request, read_request

Answer = dict[str, Any]


class Service:
    """Answers requests for one library.

    Args:
        library_dir: The library; it may not exist yet.
        output: Where answers go, one line each.
    """

    def __init__(self, library_dir: Path, output: TextIO) -> None:
        self._dir = library_dir
        self._output = output
        self._writing = threading.Lock()
        self._slow = ThreadPoolExecutor(2, thread_name_prefix="slow")
        self._temporary = Path(tempfile.mkdtemp(prefix="hammingbird-"))
        self._seeing = threading.Lock()
        self._eyes = [Eyes(model_to_query(library_dir), self._max_megapixels(), self._slow)]
        self._edits: dict[str, Callable[[Library, Answer], Answer]] = {
            "create": _nothing,
            "add_root": _add_root,
            "forget_root": _forget_root,
            "undo": _undo,
            "set_captions": _set_captions,
            "add_caption": _add_caption,
            "tell_pairs": _tell_pairs,
            "ignore_captions": _ignore_captions,
            "retry_problems": _retry_problems,
            "set_setting": _set_setting,
            "believe_missing": _believe_missing,
        }

    def serve(self, requests: Iterable[str]) -> None:
        """Answers until the requests end."""
        model = self._eyes[-1].model
        self._say({"ready": {"model": model.digest, "n_bits": model.n_bits}})
        try:
            for line in requests:
                if line.strip():
                    self._take(line)
        finally:
            self.close()

    def close(self) -> None:
        """Ends the workers and removes previews that nobody fetched."""
        self._slow.shutdown(cancel_futures=True)
        for eyes in self._eyes:
            eyes.close()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def _look(self) -> Eyes:
        """The eyes of the model that the library uses now; those of the one before end with the service."""
        with self._seeing:
            if (self._dir / LIBRARY_FILE).is_file():
                library = Library.open_reading(self._dir)
                try:
                    active = active_digest(library)
                finally:
                    library.close()
                if active not in (None, self._eyes[-1].model.digest):
                    # With a thread of its own: both of the service's may be waiting here.
                    with ThreadPoolExecutor(1) as threads:
                        self._eyes.append(Eyes(model_to_query(self._dir), self._max_megapixels(), threads))
            return self._eyes[-1]

    def _max_megapixels(self) -> float:
        if not (self._dir / LIBRARY_FILE).is_file():
            return DEFAULT_MAX_MEGAPIXELS
        library = Library.open_reading(self._dir)
        try:
            return max_megapixels(library)
        finally:
            library.close()

    def _take(self, line: str) -> None:
        """Starts on one request; a broken one gets an error and harms nothing else."""
        number = None
        try:
            request = read_request(line)
            number = request["id"]
            check_request(request)
        except UsageError as error:
            self._refuse(number, error)
            return
        if request["op"] in self._edits:
            self._answer(number, self._edit, request)
        else:
            work = {"encode": self._encode, "sentence": self._sentence, "preview": self._preview}
            self._slow.submit(self._answer, number, work[request["op"]], request)

    def _answer(self, number: Any, work: Callable[[Answer], Answer], request: Answer) -> None:
        try:
            self._say({"id": number, "ok": work(request)})
        except UnreadablePhoto as error:
            name = Path(request["path"]).name
            sentence = REASONS.get(error.reason, error.reason)
            self._say({"id": number, "error": {"what": f"{name}: {sentence}", "remedy": error.detail}})
        except HammingbirdError as error:
            self._refuse(number, error)
        except Exception as error:  # a bug in one request must not take the window's other requests with it
            what = f"{request['op']} failed: {type(error).__name__}: {error}"
            self._say({"id": number, "error": {"what": what, "remedy": "Please report this."}})

    def _refuse(self, number: Any, error: HammingbirdError) -> None:
        self._say({"id": number, "error": {"what": error.what, "remedy": error.remedy}})

    def _say(self, answer: Answer) -> None:
        with self._writing:
            self._output.write(json.dumps(answer) + "\n")
            self._output.flush()

    def _encode(self, request: Answer) -> Answer:
        photo, code = self._look().read(Path(request["path"]))
        return {
            "code": code.hex(),
            "thumbnail": base64.b64encode(photo.thumbnail).decode("ascii"),
            "pixel_hash": photo.pixel_hash.hex(),
            "photo_id": self._known_photo(photo.pixel_hash),
        }

    def _sentence(self, request: Answer) -> Answer:
        """The outputs of a sentence; null where the model reads no words, so that captions answer alone."""
        outputs = self._look().sentence(request["text"])
        return {"outputs": None if outputs is None else outputs.hex()}

    def _known_photo(self, pixel_hash: bytes) -> int | None:
        if not (self._dir / LIBRARY_FILE).is_file():
            return None
        library = Library.open_reading(self._dir)
        try:
            return photos.photo_of_pixels(library, pixel_hash)
        finally:
            library.close()

    def _preview(self, request: Answer) -> Answer:
        preview = self._eyes[-1].pool.preview(os.fsencode(request["path"]), request["max_side"])
        with tempfile.NamedTemporaryFile(dir=self._temporary, suffix=".rgb", delete=False) as file:
            file.write(preview.rgb)
        return {
            "file": file.name,
            "width": preview.width,
            "height": preview.height,
            "full_width": preview.full_width,
            "full_height": preview.full_height,
        }

    def _edit(self, request: Answer) -> Answer:
        if request["op"] == "add_root":
            roots.check_apart(self._dir, Path(request["path"]))
        if request["op"] == "set_setting" and request["value"] is not None:
            cleaned(request["key"], request["value"])  # what is wrong makes no library
        library = Library.open(self._dir, create=True)
        try:
            answer = self._edits[request["op"]](library, request)
            self._obey_limit(max_megapixels(library))
            return answer
        finally:
            library.close()

    def _obey_limit(self, limit: float) -> None:
        """Looks with other eyes from now on where a setting, or its undo, allows other sizes of pictures."""
        with self._seeing:
            last = self._eyes[-1]
            if limit != last.max_megapixels:
                self._eyes.append(Eyes(last.model, limit, self._slow))


def _nothing(library: Library, request: Answer) -> Answer:
    """Opening the library has made it."""
    del library, request
    return {}


def _add_root(library: Library, request: Answer) -> Answer:
    root = roots.add_root(library, Path(request["path"]))
    return {"root_id": root.id, "path": str(root.path)}


def _forget_root(library: Library, request: Answer) -> Answer:
    path = Path(request["path"])
    return {"undo": roots.forget_root(library, path), "label": f"Forgot {path}"}


def _undo(library: Library, request: Answer) -> Answer:
    edits.undo(library, request["undo"])
    return {}


def _set_captions(library: Library, request: Answer) -> Answer:
    label = "Caption of one photo"
    return {"undo": captions.set_captions(library, {request["photo_id"]: request["texts"]}, label)}


def _add_caption(library: Library, request: Answer) -> Answer:
    count = len(request["photo_ids"])
    label = "Caption of one photo" if count == 1 else f"Caption of {count:,} photos"
    return {"undo": captions.add_caption(library, request["photo_ids"], request["text"], label)}


def _tell_pairs(library: Library, request: Answer) -> Answer:
    return {"undo": pairs.tell_pairs(library, request["asked"], request["told"], alike=request["alike"])}


def _ignore_captions(library: Library, request: Answer) -> Answer:
    ignore_captions(library, request["texts"])
    return {}


def _retry_problems(library: Library, request: Answer) -> Answer:
    return {"files": problems.retry_problems(library, request["file_ids"])}


def _set_setting(library: Library, request: Answer) -> Answer:
    return {"undo": set_preference(library, request["key"], request["value"])}


def _believe_missing(library: Library, request: Answer) -> Answer:
    roots.believe_missing(library, request["root_id"], believe=request["believe"])
    return {}
