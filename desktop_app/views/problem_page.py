"""The problem list: what could not be read, why, and what to do about it."""

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.icons import icon
from desktop_app.models.problem_list import ProblemList
from desktop_app.translation import tr
from desktop_app.views.notice_page import NoticePage


class ProblemPage(QWidget):
    """Shows a `ProblemList`.

    Signals:
        retryWanted: File ids to try again; None for all.
        showWanted: A file to show in the file manager.
    """

    retryWanted = Signal(object)
    showWanted = Signal(object)

    def __init__(self, problems: ProblemList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems = problems
        self._count = QLabel()
        self._retry = self._button(tr("Try again"), "retry", tr("Read the chosen files again"))
        self._retry_all = self._button(tr("Try all again"), "retry", tr("Read all of these files again"))
        self._show = self._button(
            tr("Show in file manager"), "folder", tr("Open the folder of the chosen file")
        )
        self._retry.clicked.connect(self._retry_chosen)
        self._retry_all.clicked.connect(self._retry_everything)
        self._show.clicked.connect(self._show_chosen)
        self.table = self._make_table(problems)
        nothing = NoticePage(
            tr("Every file could be read"), tr("Files that can't be read are listed here with the reason.")
        )

        bar = QWidget()
        bar.setObjectName("problemBar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(self._count, 1)
        for button in (self._retry, self._retry_all, self._show):
            row.addWidget(button)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.table)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(listing)
        problems.modelReset.connect(self._changed)
        self._changed()

    def _button(self, text: str, icon_name: str, tip: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text)
        button.setToolTip(tip)
        return button

    def _make_table(self, problems: ProblemList) -> QTableView:
        table = QTableView()
        table.setModel(problems)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setAccessibleName(tr("Files that could not be read"))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(30)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(80)
        header.resizeSection(0, 200)
        header.resizeSection(2, 240)
        table.selectionModel().selectionChanged.connect(self._selection_changed)
        retry = QAction(tr("Try again"), table)
        retry.setShortcut(QKeySequence(Qt.Key.Key_Return))
        retry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        retry.triggered.connect(self._retry_chosen)
        table.addAction(retry)
        return table

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The buttons' deeds for the chosen files."""
        if not self._chosen():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Try again"), self._retry_chosen)
        menu.addAction(tr("Show in file manager"), self._show_chosen)
        menu.popup(event.globalPos())

    def choose(self, row: int) -> None:
        """Chooses one problem."""
        mode = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(
            self._problems.index(row, 0), mode.ClearAndSelect | mode.Rows
        )

    def _chosen(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectionModel().selectedRows()})

    @Slot()
    def _changed(self) -> None:
        count = self._problems.rowCount()
        self._count.setText(tr("%Ln file(s) could not be read", None, count))
        self._stack.setCurrentIndex(1 if count else 0)
        self._selection_changed()

    @Slot()
    def _selection_changed(self) -> None:
        chosen = bool(self._chosen())
        self._retry.setEnabled(chosen)
        self._show.setEnabled(chosen)

    @Slot()
    def _retry_chosen(self) -> None:
        if chosen := self._chosen():
            self.retryWanted.emit([self._problems.problem(row).file_id for row in chosen])

    @Slot()
    def _retry_everything(self) -> None:
        self.retryWanted.emit(None)

    @Slot()
    def _show_chosen(self) -> None:
        if chosen := self._chosen():
            self.showWanted.emit(self._problems.problem(chosen[0]).path)
