"""The peer of our window: the same kinds of widgets and nothing behind them.

python -m tests.benchmarks.bare_window
"""

import sys
import time

from PySide6.QtCore import QSize, QStringListModel, Qt, QTimer, Slot
from PySide6.QtGui import QPaintEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QMainWindow,
    QProgressBar,
    QSlider,
    QSplitter,
    QStatusBar,
    QToolBar,
    QTreeView,
    QVBoxLayout,
    QWidget,
)


class BareWindow(QMainWindow):
    """Tells when it was painted, in the way in which the real window does."""

    def __init__(self) -> None:
        super().__init__()
        self._painted = False
        self.tree = QTreeView()
        self.tree.setModel(QStandardItemModel(self))
        self.photos = QListView()
        self.photos.setViewMode(QListView.ViewMode.IconMode)
        self.photos.setModel(QStringListModel(self))
        right = QWidget()
        column = QVBoxLayout(right)
        for widget in (QLineEdit(), self.photos, QProgressBar()):
            column.addWidget(widget)
        splitter = QSplitter()
        splitter.addWidget(self.tree)
        splitter.addWidget(right)
        self.setCentralWidget(splitter)
        self._make_bars()
        self.resize(QSize(1180, 780))

    def _make_bars(self) -> None:
        tools = QToolBar("Tools")
        for name in ("Back", "Forward", "Add folder", "Find similar"):
            tools.addAction(name)
        order = QComboBox()
        order.addItems(["Date", "Added", "Name"])
        slider = QSlider(Qt.Orientation.Horizontal)
        for widget in (QLabel("Sort by "), order, slider):
            tools.addWidget(widget)
        self.addToolBar(tools)
        for name in ("File", "Edit", "View", "Go", "Help"):
            menu = self.menuBar().addMenu(name)
            for entry in ("One", "Two", "Three", "Four"):
                menu.addAction(entry)
        status = QStatusBar()
        status.addWidget(QLabel("No photos"), 1)
        self.setStatusBar(status)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._visible)

    @Slot()
    def _visible(self) -> None:
        # written by hand: a bare window imports no json
        sys.stdout.write(f'{{"visible_at": {time.monotonic()}}}\n')
        self.close()


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    window = BareWindow()
    window.show()
    sys.exit(application.exec())
