"""The left side of the window."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from desktop_app.models.folder_tree import COUNT_ROLE, OFFLINE_ROLE, PLACE_ROLE, ROOT_ROLE, FolderTree
from desktop_app.places import PhotosPlace, Place
from desktop_app.theme import faint_text
from desktop_app.translation import number, tr

ROW_HEIGHT = 28


class _CountDelegate(QStyledItemDelegate):
    """A name at the left, its count at the right; roots that are offline stand behind."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        offline, count = index.data(OFFLINE_ROLE), index.data(COUNT_ROLE)
        told = tr("offline")
        text = told if offline and not count else number(count) + (f" · {told}" if offline else "")
        if not count and not offline:
            text = ""
        width = option.fontMetrics.horizontalAdvance(text) + 14
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        faint = faint_text(option.widget)
        if selected:
            painter.fillRect(option.rect, option.palette.highlight())
        named = QStyleOptionViewItem(option)
        named.rect = option.rect.adjusted(0, 0, -width, 0)
        if offline and not selected:
            named.palette.setColor(QPalette.ColorRole.Text, faint)
        super().paint(painter, named, index)
        painter.save()
        painter.setPen(option.palette.color(QPalette.ColorRole.HighlightedText) if selected else faint)
        place = QRect(option.rect.right() - width, option.rect.y(), width - 8, option.rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class LibraryPanel(QTreeView):
    """All photos, folders, problems.

    Signals:
        chosen: The place of the line that the person chose.
        forgetWanted, lookAgainWanted: A root's folder.
        showWanted: A folder to show in the file manager.
    """

    chosen = Signal(object)
    forgetWanted = Signal(object)
    lookAgainWanted = Signal(object)
    showWanted = Signal(object)

    def __init__(self, tree: FolderTree, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("libraryPanel")
        self._tree = tree
        self._telling = True
        self.setModel(tree)
        self.setItemDelegate(_CountDelegate(self))
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setIconSize(QSize(16, 16))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName(tr("Folders and problems"))
        self.setMinimumWidth(150)
        tree.grown.connect(self._unfold_root)

    def show_place(self, place: Place) -> None:
        """Marks the line of a place, without going there again; none where no line leads there."""
        index = self._tree.index_of(place)
        self._telling = False
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.selectionModel().clear()
        self._telling = True

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Goes to the chosen line, by mouse and by key alike."""
        super().currentChanged(current, previous)
        if self._telling and current.isValid():
            self.chosen.emit(current.data(PLACE_ROLE))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a folder."""
        index = (
            self.currentIndex()
            if event.reason() == QContextMenuEvent.Reason.Keyboard
            else self.indexAt(event.pos())
        )
        menu = self.menu_for(index)
        if menu is not None:
            keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
            menu.popup(
                self.viewport().mapToGlobal(self.visualRect(index).center())
                if keyboard
                else event.globalPos()
            )

    def menu_for(self, index: QModelIndex) -> QMenu | None:
        """The context menu of a line; None where there is nothing to do."""
        place = index.data(PLACE_ROLE) if index.isValid() else None
        if not isinstance(place, PhotosPlace) or place.folder is None:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setProperty("folder", str(place.folder))
        self._entry(menu, tr("Show in file manager"), self._show)
        if index.data(ROOT_ROLE) is not None:
            self._entry(menu, tr("Look for new and changed photos"), self._look_again)
            menu.addSeparator()
            self._entry(menu, tr("Forget this folder…"), self._forget)
        return menu

    def _entry(self, menu: QMenu, text: str, slot: object) -> None:
        action = QAction(text, menu)
        action.triggered.connect(slot)
        menu.addAction(action)

    def _menu_folder(self) -> Path:
        action = self.sender()
        menu = action.parent() if action else None
        return Path(str(menu.property("folder"))) if menu else Path()

    @Slot()
    def _show(self) -> None:
        self.showWanted.emit(self._menu_folder())

    @Slot()
    def _look_again(self) -> None:
        self.lookAgainWanted.emit(self._menu_folder())

    @Slot()
    def _forget(self) -> None:
        self.forgetWanted.emit(self._menu_folder())

    @Slot(QModelIndex)
    def _unfold_root(self, index: QModelIndex) -> None:
        if not index.parent().isValid():
            self.expand(index)
