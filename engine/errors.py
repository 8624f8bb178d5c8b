"""Errors that a person can do something about; everything else is a bug and shows as one."""


class HammingbirdError(Exception):
    """Something outside the program is wrong: a file, a disk, a library, a model.

    Attributes:
        what: One sentence that says what happened, and to which file.
        remedy: One sentence that says what to do; may be empty.
        exit_code: What the command ends with.
    """

    exit_code = 1

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class UsageError(HammingbirdError):
    """The person asked for something that can't be: a folder that is a file, a number out of range."""

    exit_code = 2


class LibraryError(HammingbirdError):
    """The library can't be opened, read or written."""


class ModelError(HammingbirdError):
    """A model file is missing, damaged, or not what its card says."""


class JobRunning(HammingbirdError):
    """Another job writes to the same library."""


class JobCancelled(HammingbirdError):
    """The person cancelled the job; what was done until then is kept."""

    exit_code = 130


class UnreadablePhoto(HammingbirdError):
    """A file could not be read as a photo.

    Attributes:
        reason: A short stable word (see `engine.photos.readings.REASONS`) that the problem list groups by.
        detail: What the decoder said.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
