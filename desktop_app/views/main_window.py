"""The window: where the parts are and how they look; what they do together is the conductor's."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QMouseEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QSlider,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.models.folder_tree import FolderTree
from desktop_app.models.photo_list import PhotoList
from desktop_app.models.problem_list import ProblemList
from desktop_app.settings import LARGEST_THUMBNAIL, ORDERS, SMALLEST_THUMBNAIL, WindowSettings
from desktop_app.translation import tr
from desktop_app.views.actions import ORDER_NAMES, Actions
from desktop_app.views.job_bar import JobBar
from desktop_app.views.library_panel import LibraryPanel
from desktop_app.views.message_bar import MessageBar
from desktop_app.views.notice_page import NoticePage
from desktop_app.views.photo_grid import SIDE_STEP, PhotoGrid
from desktop_app.views.query_bar import QueryBar
from desktop_app.views.search_field import SearchField

if TYPE_CHECKING:
    from desktop_app.thumbnails import ThumbnailLoader
    from desktop_app.views.retraining.retraining_page import RetrainingPage

FIRST_SIZE = QSize(1180, 780)
SCREEN_SHARE = 0.94  # of a small screen
PANEL_WIDTH = 230


class MainWindow(QMainWindow):
    """All widgets, as attributes.

    Signals:
        visible: The window was painted for the first time.
        brought: Mime data that was dropped.
        closing: The window is about to go.
        sideChanged: Another size of thumbnails was chosen.
        orderChosen: Another order was chosen in the tool bar.
        languageChanged: Another language was installed; what this window says stays as it was made.
    """

    visible = Signal()
    brought = Signal(QMimeData)
    closing = Signal()
    sideChanged = Signal(int)
    orderChosen = Signal(str)
    languageChanged = Signal()

    def __init__(self, settings: WindowSettings) -> None:
        super().__init__()
        self.setWindowTitle("Hammingbird")
        self.setAcceptDrops(True)
        self._painted = False
        self._ask_first: Callable[[], bool] | None = None
        self.photos, self.tree, self.problem_list = PhotoList(self), FolderTree(self), ProblemList(self)
        self.actions_ = Actions(self)
        self.panel = LibraryPanel(self.tree)
        self.messages, self.query_bar, self.job_bar = MessageBar(), QueryBar(), JobBar()
        self.grid = PhotoGrid()
        self.grid.setModel(self.photos)
        self.notice = NoticePage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.notice)
        self.stack.addWidget(self.grid)
        self.search = SearchField()
        self.order_box = QComboBox()
        self.side_slider = QSlider(Qt.Orientation.Horizontal)
        self._lay_out()
        self._make_tool_bar()
        self.actions_.fill_menus()
        self.figures = QLabel()
        self.figures.setContentsMargins(8, 0, 8, 0)
        self.statusBar().addWidget(self.figures, 1)
        self.statusBar().setSizeGripEnabled(False)
        self._drop_hint = self._make_drop_hint()
        self._restore(settings)

    def complete(self, thumbnails: ThumbnailLoader, *, facts_shown: bool) -> None:
        """Adds the parts that can't be seen at first, which would hold up the window.

        Args:
            thumbnails: Pictures for grid and viewer.
            facts_shown: Whether the viewer shows the facts about a photo.
        """
        from desktop_app.views.photo_delegate import PhotoDelegate
        from desktop_app.views.photo_viewer import PhotoViewer
        from desktop_app.views.problem_page import ProblemPage

        self._thumbnails = thumbnails
        self.grid.setItemDelegate(PhotoDelegate(thumbnails, self.grid))
        self.problem_page = ProblemPage(self.problem_list)
        self.viewer = PhotoViewer(self.photos, thumbnails)
        self.viewer.set_facts_shown(facts_shown)
        self.stack.addWidget(self.problem_page)
        self.stack.addWidget(self.viewer)

    @cached_property
    def retraining_page(self) -> RetrainingPage:
        """Where the model learns; made when it is first asked for, as few starts of the program see it."""
        from desktop_app.views.retraining.retraining_page import RetrainingPage

        page = RetrainingPage(self._thumbnails)
        self.stack.addWidget(page)
        return page

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.messages, self.query_bar):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)
        column.addWidget(self.job_bar)
        self.splitter = QSplitter()
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.panel)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(1, False)
        self.splitter.setSizes([PANEL_WIDTH, FIRST_SIZE.width() - PANEL_WIDTH])
        self.setCentralWidget(self.splitter)

    def _make_tool_bar(self) -> None:
        bar = QToolBar(tr("Tools"))
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for action in (self.actions_.back, self.actions_.forward):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setIconSize(bar.iconSize())
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(action.text().replace("&", ""))
            bar.addWidget(button)
        bar.addSeparator()
        bar.addAction(self.actions_.add_folder)
        bar.addAction(self.actions_.similar)
        bar.addWidget(_gap(28))
        bar.addWidget(self.search)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(gap)
        label = _tool_label(tr("Sort by"), self.order_box)
        self._order_parts = [bar.addWidget(label)]
        for order in ORDERS:
            self.order_box.addItem(tr(ORDER_NAMES[order]), order)
        self.order_box.setAccessibleName(tr("Sort by"))
        self.order_box.activated.connect(self._order_activated)
        self._order_parts.append(bar.addWidget(self.order_box))
        bar.addWidget(_gap(12))
        self.side_slider.setRange(SMALLEST_THUMBNAIL, LARGEST_THUMBNAIL)
        self.side_slider.setPageStep(SIDE_STEP)
        self.side_slider.setFixedWidth(120)
        self.side_slider.setToolTip(tr("Size of the thumbnails (Ctrl + and -)"))
        self.side_slider.setAccessibleName(tr("Size of the thumbnails"))
        self.side_slider.valueChanged.connect(self._side_moved)
        bar.addWidget(_together(_tool_label(tr("Size"), self.side_slider), self.side_slider))
        self.addToolBar(bar)
        self.grid.sideStepped.connect(self.step_side)
        self.actions_.larger.triggered.connect(self._larger)
        self.actions_.smaller.triggered.connect(self._smaller)
        self.actions_.full_screen.toggled.connect(self._full_screen)

    def _make_drop_hint(self) -> QLabel:
        hint = QLabel(tr("Drop a photo to find similar ones,\nor a folder to add it"), self)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        hint.setStyleSheet(
            "background: rgba(8, 60, 54, 215); color: white; font-size: 20px; font-weight: 600;"
            "border: 3px dashed rgba(255, 255, 255, 160); border-radius: 14px;"
        )
        hint.hide()
        return hint

    # -- state ---------------------------------------------------------------------------------------------

    def _restore(self, settings: WindowSettings) -> None:
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() * SCREEN_SHARE))
        if not settings.geometry.isEmpty():
            self.restoreGeometry(settings.geometry)
        if not settings.splitter.isEmpty():
            self.splitter.restoreState(settings.splitter)
            self.splitter.setHandleWidth(1)
        self.grid.set_side(settings.thumbnail_side)
        self.side_slider.setValue(settings.thumbnail_side)
        self.show_order(settings.order)

    def save(self, settings: WindowSettings) -> None:
        """Notes size and shape."""
        settings.geometry = QByteArray(self.saveGeometry())
        settings.splitter = QByteArray(self.splitter.saveState())
        settings.thumbnail_side = self.grid.side
        settings.facts_shown = not self.viewer.facts.isHidden()

    def rest(self) -> None:
        """Puts away what would go away by itself a little later."""
        self.statusBar().clearMessage()
        self.messages.clear()
        self.job_bar.rest()

    def show_order(self, order: str) -> None:
        """Shows which order is chosen."""
        self.order_box.setCurrentIndex(ORDERS.index(order))
        self.actions_.check(self.actions_.orders, order)

    def show_order_box(self, *, shown: bool) -> None:
        """Neighbours are ranked by distance and by nothing else."""
        for part in self._order_parts:
            part.setVisible(shown)

    @Slot(int)
    def _order_activated(self, index: int) -> None:
        self.orderChosen.emit(self.order_box.itemData(index))

    @Slot(int)
    def _side_moved(self, side: int) -> None:
        self.grid.set_side(side)
        self.sideChanged.emit(side)

    @Slot(int)
    def step_side(self, steps: int) -> None:
        """Larger or smaller thumbnails."""
        self.side_slider.setValue(self.side_slider.value() + steps * SIDE_STEP)

    @Slot()
    def _larger(self) -> None:
        self.step_side(1)

    @Slot()
    def _smaller(self) -> None:
        self.step_side(-1)

    @Slot(bool)
    def _full_screen(self, full: bool) -> None:
        if full:
            self.showFullScreen()
        else:
            self.showNormal()

    # -- events --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tells when the window is there for the first time, after all its parts were painted too."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._tell_visible)

    @Slot()
    def _tell_visible(self) -> None:
        self.visible.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The back and forward buttons of the mouse."""
        if event.button() == Qt.MouseButton.BackButton:
            self.actions_.back.trigger()
        elif event.button() == Qt.MouseButton.ForwardButton:
            self.actions_.forward.trigger()
        else:
            super().mousePressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes what comes from outside; our own photos are at home already."""
        from desktop_app.drops import can_bring  # here: loading it would hold up the first paint

        if event.source() is None and can_bring(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            centre = self.splitter.geometry().adjusted(14, 14, -14, -14)
            self._drop_hint.setGeometry(centre)
            self._drop_hint.raise_()
            self._drop_hint.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing was dropped."""
        self._drop_hint.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Something was dropped."""
        self._drop_hint.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.brought.emit(event.mimeData())

    def changeEvent(self, event: QEvent) -> None:
        """Tells of another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.languageChanged.emit()

    def ask_before_closing(self, ask: Callable[[], bool]) -> None:
        """Lets something be asked whenever the window is to close.

        Args:
            ask: Returns True when it has a question, after which the window stays open until `leave`.
        """
        self._ask_first = ask

    def come_to_front(self, activation: str = "") -> None:
        """Shows the window above others, as far as the desktop lets it.

        Args:
            activation: The desktop's permission, which Qt looks for in the environment; empty for none.
        """
        if activation:
            os.environ["XDG_ACTIVATION_TOKEN"] = activation
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def leave(self) -> None:
        """Closes the window without a question."""
        self._ask_first = None
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything of the window ends here, unless there is a question first; jobs go on."""
        if self._ask_first is not None and self._ask_first():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _gap(width: int) -> QWidget:
    gap = QWidget()
    gap.setFixedWidth(width)
    return gap


def _together(*parts: QWidget) -> QWidget:
    """Side by side; where the tool bar has no room, they go out of sight together."""
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for part in parts:
        row.addWidget(part)
    return both


def _tool_label(text: str, tool: QWidget) -> QLabel:
    label = QLabel(f"{text} ")
    label.setObjectName("faint")
    label.setBuddy(tool)
    return label
