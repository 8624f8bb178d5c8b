"""Which thumbnails the grid wants decoded, in which order and size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

if TYPE_CHECKING:
    from desktop_app.models.photo_list import PhotoList
    from desktop_app.thumbnails import ThumbnailLoader
    from desktop_app.views.photo_grid import PhotoGrid

SETTLE_MS = 120
ROWS_AHEAD = 2


class ThumbnailWants(QObject):
    """Asks the loader for what the grid shows now, or will in a moment."""

    def __init__(
        self, thumbnails: ThumbnailLoader, grid: PhotoGrid, photos: PhotoList, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._thumbnails, self._grid, self._photos = thumbnails, grid, photos
        self._decoded_side = 0
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._take_side)

    @Slot()
    def renew(self) -> None:
        """What is on screen first, then a screen further down, then one further up."""
        grid, photos = self._grid, self._photos
        first, last = grid.visible_rows()
        if last < first:
            return
        ahead = min(last + ROWS_AHEAD * grid.columns(), photos.rowCount() - 1)
        behind = max(first - ROWS_AHEAD * grid.columns(), 0)
        rows = [*range(first, last + 1), *range(last + 1, ahead + 1), *range(first - 1, behind - 1, -1)]
        side = self._shown_side()
        if not self._decoded_side:
            self._decoded_side = side
        elif side != self._decoded_side:
            self._settle.start()  # a window that is drawn wider does not decode everything at each pixel
        self._thumbnails.want([photos.photo_id(row) for row in rows], self._decoded_side)

    def close(self) -> None:
        """Nothing is wanted any more."""
        self._settle.stop()

    @Slot()
    def _take_side(self) -> None:
        self._decoded_side = self._shown_side()
        self.renew()

    def _shown_side(self) -> int:
        return round(self._grid.shown_side * self._grid.devicePixelRatioF())
