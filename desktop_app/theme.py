"""Light and dark: one palette each, on top of Qt's Fusion style."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget


@dataclass(frozen=True)
class Colours:
    """The colours that a theme is made of, as #rrggbb."""

    window: str
    base: str
    raised: str
    line: str
    text: str
    faint: str
    accent: str
    on_accent: str
    link: str
    worse: str


LIGHT = Colours(
    window="#f3f4f2",
    base="#ffffff",
    raised="#fbfcfa",
    line="#cfd4d0",
    text="#1d2321",
    faint="#5d6864",
    accent="#0d7a6c",
    on_accent="#ffffff",
    link="#0b6a5e",
    worse="#a03d0b",
)
DARK = Colours(
    window="#202423",
    base="#171a19",
    raised="#2b302e",
    line="#3d4441",
    text="#e6eae8",
    faint="#9aa6a1",
    accent="#2fae9b",
    on_accent="#06201c",
    link="#5fd0bf",
    worse="#f2a071",
)


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(colours.raised), QColor(colours.window))
    chosen = {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.base,
        role.AlternateBase: colours.window,
        role.Text: colours.text,
        role.PlaceholderText: colours.faint,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: "#ffffff",
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.link,
        role.LinkVisited: colours.link,
        role.Mid: colours.line,
        role.Midlight: colours.line,
    }
    for name, colour in chosen.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(colours.faint)
        faded.setAlpha(150)
        palette.setColor(QPalette.ColorGroup.Disabled, name, faded)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colours.line))
    return palette


def is_dark(widget: QWidget) -> bool:
    """True when the widget is shown on a dark ground."""
    return widget.palette().color(QPalette.ColorRole.Window).lightness() < 128


def faint_text(widget: QWidget) -> QColor:
    """For text that stands behind: still at 4.5 : 1 or more against the ground."""
    return QColor((DARK if is_dark(widget) else LIGHT).faint)


def worse_text(widget: QWidget) -> QColor:
    """For what got worse, beside the accent for what got better; as readable as `faint_text`."""
    return QColor((DARK if is_dark(widget) else LIGHT).worse)


def apply_theme(application: QApplication, theme: str) -> None:
    """Paints the application in "light", "dark", or what the desktop prefers ("system")."""
    hints = QGuiApplication.styleHints()
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    if theme in schemes:
        hints.setColorScheme(schemes[theme])
        dark = theme == "dark"
    else:
        hints.unsetColorScheme()
        dark = hints.colorScheme() == Qt.ColorScheme.Dark
    colours = DARK if dark else LIGHT
    application.setPalette(_palette(colours))
    application.setStyleSheet(_style_sheet(colours))


def _style_sheet(colours: Colours) -> str:
    """Only what a palette can't say: flat bars, hairlines, roomy rows."""
    return f"""
    QToolTip {{ color: {colours.text}; background: {colours.raised}; border: 1px solid {colours.line};
        padding: 4px; }}
    QToolBar {{ border: none; border-bottom: 1px solid {colours.line}; padding: 4px 6px; spacing: 4px; }}
    QStatusBar {{ border-top: 1px solid {colours.line}; }}
    QStatusBar::item {{ border: none; }}
    QSplitter::handle {{ background: {colours.line}; }}
    #bar {{ background: {colours.raised}; border-bottom: 1px solid {colours.line}; }}
    #jobBar, #endBar {{ background: {colours.raised}; border-top: 1px solid {colours.line}; }}
    QHeaderView::section {{ background: {colours.base}; color: {colours.faint}; border: none;
        border-bottom: 1px solid {colours.line}; padding: 6px 4px; }}
    #problemBar {{ border-bottom: 1px solid {colours.line}; }}
    #faint {{ color: {colours.faint}; }}
    #worse {{ color: {colours.worse}; font-weight: 600; }}
    #better {{ color: {colours.link}; font-weight: 600; }}
    #heading {{ font-size: 15px; font-weight: 600; }}
    #card {{ background: {colours.raised}; border: 1px solid {colours.line}; border-radius: 8px; }}
    #title {{ font-size: 20px; font-weight: 600; }}
    #libraryPanel {{ background: {colours.window}; border: none; }}
    #factsPanel {{ border-left: 1px solid {colours.line}; }}
    """
