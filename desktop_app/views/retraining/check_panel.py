"""What is told before a retraining: how much there is to learn from, how long it takes, what is amiss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.icons import icon
from desktop_app.translation import QT_TR_NOOP, number, tr
from desktop_app.views.job_bar import duration

ICON_SIDE = 16
KNOWN_WELL_ENOUGH = 0.05  # share of unknown words from which on a person should hear of it
WAYS = (
    QT_TR_NOOP(
        "F2 writes a caption for all chosen photos at once: “at the lake”, “Anna”, “for the website”."
    ),
    QT_TR_NOOP("In an answer, M says “more like this” and L “less like this”."),
    QT_TR_NOOP(
        "F5 reads captions and keywords that other programs wrote into photos, or into files beside them."
    ),
    QT_TR_NOOP("A table or a list of captions is taken in on the page of captions."),
)


def found_text(check: Mapping[str, Any]) -> list[str]:
    """What there is to learn from, as sentences.

    Args:
        check: What `hammingbird retrain --check --json` prints.
    """
    captioned, photos, captions = check["captioned"], check["photos"], check["captions"]
    told = tr("%Ln of {photos} photos have captions, {captions} in all.", None, captioned)
    lines = [told.format(photos=number(photos), captions=number(captions))]
    if check["pairs"]:
        lines.append(tr("%Ln pair(s) told alike or not alike.", None, check["pairs"]))
    lines.append(
        tr(
            "{train} of these photos are learned from; {held_out} are held back to see whether it got better."
        ).format(train=number(check["train"]), held_out=number(check["held_out"]))
    )
    if check["unknown_words"] > KNOWN_WELL_ENOUGH:
        lines.append(
            tr("{share} of the words are unknown to what reads the captions.").format(
                share=f"{check['unknown_words']:.0%}"
            )
        )
    return lines


class CheckPanel(QFrame):
    """Shows one answer of the check, or that it is under way.

    Signals:
        captionsWanted: The page of captions is asked for.
        photosWanted: Back to the photos, to write captions there.
    """

    captionsWanted = Signal()
    photosWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(18, 14, 18, 14)
        self._column.setSpacing(8)
        self._texts: list[str] = []
        self._lines: list[QWidget] = []

    @property
    def text(self) -> str:
        """All that is said, a line each."""
        return "\n".join(self._texts)

    def show_busy(self) -> None:
        """The check is under way."""
        self._clear()
        self._say(tr("Looking at photos and captions…"), faint=True)

    def show_trouble(self, trouble: str) -> None:
        """The check could not be made, or need not be."""
        self._clear()
        self._say(trouble, "problem")

    def show_check(self, check: Mapping[str, Any]) -> None:
        """What was found.

        Args:
            check: What `hammingbird retrain --check --json` prints.
        """
        self._clear()
        if check["captioned"] or check["pairs"]:
            self._show_found(check)
        else:
            self._show_ways()

    def _show_found(self, check: Mapping[str, Any]) -> None:
        if not check["problems"]:
            self._say(
                tr("This takes {duration} on {device}.").format(
                    duration=duration(check["seconds"]), device=check["device"]
                ),
                large=True,
            )
        for text in found_text(check):
            self._say(text)
        for problem in check["problems"]:
            self._say(_sentence(problem), "problem")
        for warning in check["warnings"]:
            self._say(_sentence(warning), "facts", faint=True)
        if check["problems"]:
            self._add_buttons()

    def _show_ways(self) -> None:
        self._say(tr("There are no captions to learn from yet"), large=True)
        self._say(
            tr("A model learns from what is written about photos. A hundred captioned photos are a start:")
        )
        for way in WAYS:
            self._say(f"•  {tr(way)}")
        self._add_buttons()

    def _add_buttons(self) -> None:
        row = QHBoxLayout()
        for text, signal in (
            (tr("Go to the photos"), self.photosWanted),
            (tr("Captions…"), self.captionsWanted),
        ):
            button = QPushButton(text)
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        holder = QWidget()
        holder.setLayout(row)
        row.setContentsMargins(0, 6, 0, 0)
        self._add(holder)

    def _say(self, text: str, icon_name: str = "", *, large: bool = False, faint: bool = False) -> None:
        self._texts.append(text)
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setObjectName("heading" if large else "faint" if faint else "")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        if icon_name:
            mark = QLabel()
            mark.setPixmap(icon(icon_name).pixmap(ICON_SIDE, ICON_SIDE))
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label, 1)
        self._add(line)

    def _add(self, line: QWidget) -> None:
        self._lines.append(line)
        self._column.addWidget(line)

    def _clear(self) -> None:
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._texts, self._lines = [], []


def _sentence(told: Mapping[str, str]) -> str:
    return f"{told['what']} {told['remedy']}".strip()
