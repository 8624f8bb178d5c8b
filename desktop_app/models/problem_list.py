"""The files that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.translation import QT_TR_NOOP, tr

if TYPE_CHECKING:
    from engine.library.problems import Problem

Index = QModelIndex | QPersistentModelIndex
PROBLEM_ROLE = int(Qt.ItemDataRole.UserRole)
HEADINGS = (QT_TR_NOOP("File"), QT_TR_NOOP("What is wrong"), QT_TR_NOOP("Folder"))


class ProblemList(QAbstractTableModel):
    """One line a file: name, reason, folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: Sequence[Problem] = ()

    def set_problems(self, problems: Sequence[Problem]) -> bool:
        """Shows other problems.

        Returns:
            False when they are those that are shown.
        """
        if list(problems) == list(self._problems):
            return False
        self.beginResetModel()
        self._problems = problems
        self.endResetModel()
        return True

    def problem(self, row: int) -> Problem:
        """The problem in a row."""
        return self._problems[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Files."""
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Name, reason, folder."""
        return 0 if parent.isValid() else len(HEADINGS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One aspect of one problem."""
        if not index.isValid():
            return None
        problem = self._problems[index.row()]
        if role == PROBLEM_ROLE:
            return problem
        if role == Qt.ItemDataRole.DisplayRole:
            return (problem.path.name, problem.sentence, str(problem.path.parent))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            detail = f"\n{problem.detail}" if problem.detail else ""
            return f"{problem.path}\n{problem.sentence}{detail}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The headings."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADINGS[section])
        return None
