"""The edits that the window asks the service for, and what it says about them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop_app.service_client import Answer, ServiceClient
from desktop_app.translation import tr
from desktop_app.views.message_bar import Deed, MessageBar

if TYPE_CHECKING:
    from engine.library.roots import Root


class LibraryEdits(QObject):
    """Forget and undo, try again, believe or not.

    Signals:
        done: Something was changed; read anew.
        forgot: A folder has left the library.
        undoable: What the next undo takes back, in words; empty when there is nothing.
        indexWanted: Folders that should be looked through now; an empty list means all.
    """

    done = Signal()
    forgot = Signal()
    undoable = Signal(str)
    indexWanted = Signal(object)

    def __init__(self, service: ServiceClient, messages: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._service, self._messages, self._window = service, messages, window
        self._undoable: list[tuple[int, str]] = []  # records, and what each takes back; the newest last
        self._pending = 0
        self._doubts_told: set[tuple[int, int]] = set()

    def ask_to_forget(self, folder: Path, photos: int) -> None:
        """Asks whether a folder should leave the library, and forgets it on yes."""
        box = QMessageBox(self._window)
        box.setObjectName("forget")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Forget this folder"))
        box.setText(tr("Forget the folder “{folder}”?").format(folder=folder.name or folder))
        box.setInformativeText(
            f"{folder}\n\n"
            + tr("Its %Ln photo(s) will no longer be found.", None, photos)
            + " "
            + tr("The files on your disk stay untouched, and you can undo this with Ctrl+Z.")
        )
        box.addButton(tr("Forget"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
        box.accepted.connect(partial(self.forget, folder))
        box.finished.connect(box.deleteLater)
        box.open()

    def forget(self, folder: Path) -> None:
        """Takes a folder out of the library."""
        self._pending += 1
        self._service.ask("forget_root", partial(self._forgotten, folder), path=str(folder))

    def _forgotten(self, folder: Path, answer: Answer) -> None:
        self._pending -= 1
        if answer.failed:
            self._messages.tell(answer.message)
            return
        message = tr("Forgot {folder}. Its files are untouched.").format(folder=folder)
        self.tell_undo(
            int(answer.ok["undo"]),
            message,
            tr("forget {folder}").format(folder=folder.name or folder),
            brief=False,
        )
        self.forgot.emit()
        self.done.emit()

    def change(
        self,
        op: str,
        values: dict[str, object],
        message: str,
        undoes: str,
        then: Callable[[str], None] | None = None,
    ) -> None:
        """Asks for an edit that leaves an undo record, and says so when it is done.

        Args:
            op: The service's operation.
            values: Its parameters.
            message: What to say about it, in a sentence.
            undoes: What an undo takes back, in a few words.
            then: Hears what went wrong, empty when all went well; without it a message says so.
        """
        self._pending += 1
        self._service.ask(op, partial(self._changed, message, undoes, then), **values)

    def _changed(self, message: str, undoes: str, then: Callable[[str], None] | None, answer: Answer) -> None:
        self._pending -= 1
        if then is not None:
            then(answer.message if answer.failed else "")
        elif answer.failed:
            self._messages.tell(answer.message)
        if not answer.failed:
            self.tell_undo(int(answer.ok["undo"]), message, undoes, brief=True)
            self.done.emit()

    def tell_undo(self, undo_id: int, message: str, undoes: str, *, brief: bool) -> None:
        """Says that an edit was made, and remembers how to take it back.

        Args:
            undo_id: Its record.
            message: What to say about it, in a sentence.
            undoes: What an undo takes back, in a few words.
            brief: Whether the message goes away by itself.
        """
        self._undoable.append((undo_id, undoes))
        self._messages.tell(message, Deed(tr("Undo"), partial(self.undo, undo_id)), brief=brief)
        self.undoable.emit(undoes)

    def undo(self, undo_id: int) -> None:
        """Takes an edit back."""
        self._service.ask("undo", partial(self._undone, undo_id), undo=undo_id)

    def _undone(self, undo_id: int, answer: Answer) -> None:
        if answer.failed:
            self._messages.tell(answer.message)
        else:
            self._undoable = [entry for entry in self._undoable if entry[0] != undo_id]
            self.undoable.emit(self._undoable[-1][1] if self._undoable else "")
        self.done.emit()

    @Slot()
    def undo_last(self) -> None:
        """Takes the last edit of this window back, if there is one and none is on its way."""
        if self._undoable and not self._pending:
            self.undo(self._undoable[-1][0])

    def retry(self, file_ids: list[int] | None) -> None:
        """Reads files with problems again.

        Args:
            file_ids: Which; None for all.
        """
        self._service.ask("retry_problems", self._index_next, file_ids=file_ids)

    def tell_doubts(self, roots: list[Root]) -> None:
        """Asks about roots of which many files vanished at once; each time once."""
        for root in roots:
            if not root.doubtful or (root.id, root.doubtful) in self._doubts_told:
                continue
            self._doubts_told.add((root.id, root.doubtful))
            text = tr(
                "%Ln file(s) of {folder} can't be found any more. Are they gone, or is a disk missing?"
                " Until you say so, they stay in the library.",
                None,
                root.doubtful,
            ).format(folder=root.path)
            self._messages.tell(
                text,
                Deed(tr("They are gone"), partial(self.believe, root, True)),
                Deed(tr("Keep them"), partial(self.believe, root, False)),
            )

    def believe(self, root: Root, believe: bool) -> None:
        """Says whether a root's missing files are really gone."""
        take = self._index_next if believe else self._simply_done
        self._service.ask("believe_missing", take, root_id=root.id, believe=believe)

    def _simply_done(self, answer: Answer) -> None:
        if answer.failed:
            self._messages.tell(answer.message)
        self.done.emit()

    def _index_next(self, answer: Answer) -> None:
        if answer.failed:
            self._messages.tell(answer.message)
        else:
            self.indexWanted.emit([])
        self.done.emit()
