"""Bugs: told on standard error in full and in the window in one line; the window goes on."""

import sys
import traceback
from types import TracebackType

from desktop_app.translation import tr
from desktop_app.views.message_bar import MessageBar


class BugTeller:
    """Takes the place of `sys.excepthook` while a window is open."""

    def __init__(self, messages: MessageBar) -> None:
        self._messages = messages
        self._before = sys.excepthook
        sys.excepthook = self._tell

    def restore(self) -> None:
        """Gives the hook back."""
        sys.excepthook = self._before

    def _tell(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write("".join(traceback.format_exception(kind, error, trace)))
        if not issubclass(kind, KeyboardInterrupt):
            self._messages.tell(
                tr(
                    "Something went wrong inside Hammingbird ({error}). Your photos and the library are safe;"
                    " please report what was printed in the terminal."
                ).format(error=f"{kind.__name__}: {error}")
            )
