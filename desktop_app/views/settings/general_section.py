"""How the window looks and speaks."""

from __future__ import annotations

from desktop_app.settings import LANGUAGES, THEMES
from desktop_app.translation import tr
from desktop_app.views.settings.rows import ChoiceRow, Section


class GeneralSection(Section):
    """Language and theme."""

    def __init__(self) -> None:
        super().__init__()
        languages = {"system": tr("Like the desktop"), "en": "English", "de": "Deutsch"}
        self.add(
            ChoiceRow(
                "language",
                tr("Language"),
                tr("Of this window. Messages about files and jobs are in English."),
                [(value, languages[value]) for value in LANGUAGES],
            )
        )
        themes = {
            "system": tr("Like the desktop"),
            "light": tr("Light"),
            "dark": tr("Dark"),
        }
        self.add(
            ChoiceRow(
                "theme",
                tr("Theme"),
                tr("Light, dark, or what the desktop prefers."),
                [(value, themes[value]) for value in THEMES],
            )
        )
        self.finish()
