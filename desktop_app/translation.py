"""The window's words in the person's language.

English stands in the source, `tr` finds the other language for it. `make translations` reads the sources anew
into `resources/translations/*.ts`; English has a file of its own for one thing only, that one photo is no
"photo(s)". What the engine says of a job or of a file stays English.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from engine.paths import resource

SYSTEM = "system"
LANGUAGES = ("en", "de")
OF_QT = "qtbase"  # its buttons and dialogs


def tr(text: str, comment: str | None = None, n: int = -1) -> str:
    """A text in the language that is installed; in English where that has none.

    Args:
        text: As it stands in the source; a placeholder is written {name} and filled in by `str.format`.
        comment: Tells two texts apart that are the same in English.
        n: What %n or %Ln in the text stands for: it chooses between singular and plural.
    """
    return QCoreApplication.translate("", text, comment, n)


def QT_TR_NOOP(text: str) -> str:
    """Marks a constant for translation by `tr`, which comes later: constants are made before a language is.

    Qt's own of this name, by which `lupdate` finds such texts, says of itself that it returns any object.
    """
    return text


def number(count: int) -> str:
    """A count as one writes it in the language that is installed: "12,000"."""
    return QLocale().toString(count)


def figure(value: float, form: str) -> str:
    """A number with the decimal point of the language that is installed.

    Args:
        value: Any.
        form: How to write it, as for `format`: "+.1f", ".1%".
    """
    return format(value, form).replace(".", QLocale().decimalPoint())


def language_of(chosen: str) -> str:
    """The language for a choice: itself, or for "system" the first of the desktop's that there is."""
    if chosen in LANGUAGES:
        return chosen
    wanted = (name.replace("_", "-").split("-")[0] for name in QLocale.system().uiLanguages())
    return next((name for name in wanted if name in LANGUAGES), LANGUAGES[0])


def installed(application: QCoreApplication) -> str:
    """The language that the application speaks; empty before the first `install`."""
    return str(application.property("language") or "")


def install(application: QCoreApplication, chosen: str) -> None:
    """Lets the application speak a language from now on; windows hear of it by a LanguageChange.

    Args:
        application: Keeps the translators as its children.
        chosen: "system", or one of LANGUAGES.
    """
    language = language_of(chosen)
    if installed(application) == language:
        return
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    QLocale.setDefault(QLocale(language))
    application.setProperty("language", language)
    folder_of_qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in ((OF_QT, folder_of_qt), ("hammingbird", str(resource("translations")))):
        translator = QTranslator(application)
        if translator.load(f"{name}_{language}", folder):
            application.installTranslator(translator)
