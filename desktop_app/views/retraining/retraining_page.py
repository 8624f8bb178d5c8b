"""The page where a model learns: what it is to learn, how it goes, what came of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from desktop_app.views.retraining.setup_page import SetupPage

if TYPE_CHECKING:
    from desktop_app.thumbnails import ThumbnailLoader


class RetrainingPage(QStackedWidget):
    """Three pages, one at a time, each made when it is first needed.

    Attributes:
        setup: What is to be learned.
    """

    def __init__(self, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.setup = SetupPage()
        self.addWidget(self.setup)
        self.setFocusProxy(self.setup)

    @cached_property
    def judge(self) -> QLabel:
        """What came of it."""
        page = QLabel("")
        self.addWidget(page)
        return page

    def turn_to(self, page: QWidget) -> None:
        """Shows one of the three."""
        self.setCurrentWidget(page)
        self.setFocusProxy(page)
