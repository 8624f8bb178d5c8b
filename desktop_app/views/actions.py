"""Everything that can be done by menu, button or key, in one place."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from desktop_app.icons import icon
from desktop_app.settings import ORDERS, THEMES
from desktop_app.translation import QT_TR_NOOP, tr

ORDER_NAMES = {
    "taken": QT_TR_NOOP("Date taken"),
    "added": QT_TR_NOOP("Date added"),
    "name": QT_TR_NOOP("Name"),
}
THEME_NAMES = {
    "system": QT_TR_NOOP("Like the desktop"),
    "light": QT_TR_NOOP("Light"),
    "dark": QT_TR_NOOP("Dark"),
}
KEYS_WITHOUT_ACTION = (
    (QT_TR_NOOP("Space, Enter"), QT_TR_NOOP("Open the photo in the viewer, and back")),
    (QT_TR_NOOP("Double-click"), QT_TR_NOOP("Find similar photos")),
    (QT_TR_NOOP("Arrow keys"), QT_TR_NOOP("Move in the grid; next and previous in the viewer")),
    (QT_TR_NOOP("Ctrl+wheel"), QT_TR_NOOP("Size of the thumbnails")),
    (QT_TR_NOOP("+, -, wheel"), QT_TR_NOOP("Zoom in the viewer")),
    ("0, 1", QT_TR_NOOP("Whole photo, 100 % in the viewer")),
    ("I", QT_TR_NOOP("Facts about the photo in the viewer")),
)


class Actions(QObject):
    """The actions of the window, as attributes.

    Signals:
        orderChosen: One of settings.ORDERS.
        themeChosen: One of settings.THEMES.
    """

    orderChosen = Signal(str)
    themeChosen = Signal(str)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        keys = QKeySequence.StandardKey
        self.add_folder = self._make(
            tr("&Add folder…"), "Ctrl+O", "add-folder", tr("Add a folder with photos")
        )
        self.look_again = self._make(
            tr("&Look for new photos"), "F5", "retry", tr("Look through all folders again")
        )
        self.undo = self._make(tr("&Undo"), keys.Undo, "", tr("Take the last edit of the library back"))
        self.name_undo("")
        self.paste = self._make(
            tr("&Paste as query"), keys.Paste, "", tr("Find photos like the copied picture, file or path")
        )
        self.query_file = self._make(
            tr("Find photos like a &file…"),
            "Ctrl+Shift+O",
            "",
            tr("Ask about a photo that is not in the library"),
        )
        self.search = self._make(
            tr("Search by &words"), "Ctrl+F", "search", tr("Find photos of what words say")
        )
        self.teach = self._make(
            tr("&Teach what is alike"), "Ctrl+T", "teach", tr("Let the model learn from your captions")
        )
        self.models = self._make(
            tr("&Models…"), "", "", tr("Which model says how alike photos are; add a stronger one")
        )
        self.captions = self._make(
            tr("&Captions…"),
            "",
            "",
            tr("What is written about your photos; take in lists and tables of captions"),
        )
        self.settings = self._make(
            tr("&Settings…"), "Ctrl+,", "", tr("Folders, watching, patterns to leave out, backups, language")
        )
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit = self._make(tr("&Quit"), "Ctrl+Q", "", tr("Close the window; a running job goes on"))
        self.similar = self._make(tr("Find &similar"), "S", "similar", tr("Find photos like the chosen ones"))
        self.similar_here = self._make(
            tr("Find similar in this &folder"),
            "Shift+S",
            "",
            tr("Find photos like the chosen ones in the folder shown"),
        )
        self.open = self._make(tr("&Open in viewer"), "", "photos", tr("Look at the photo (Space)"))
        self.caption = self._make(tr("Edit ca&ption…"), "F2", "", tr("Write what the chosen photos show"))
        self.more = self._make(
            tr("&More like this"), "M", "", tr("Note that these are like what was asked for")
        )
        self.less = self._make(
            tr("&Less like this"), "L", "", tr("Note that these are not like what was asked for")
        )
        for action in (self.caption, self.more, self.less):
            action.setAutoRepeat(False)
        self.show_file = self._make(
            tr("Show in file &manager"), "Ctrl+L", "folder", tr("Show the photo's file in its folder")
        )
        self.copy = self._make(tr("&Copy"), keys.Copy, "", tr("Copy the chosen photos"))
        self.copy_path = self._make(
            tr("Copy &path"), "Ctrl+Shift+C", "", tr("Copy where the chosen photos lie")
        )
        self.select_all = self._make(tr("Select &all"), keys.SelectAll, "", tr("Choose all photos shown"))
        self.back = self._make(tr("&Back"), "Alt+Left", "back", tr("Back to what was shown before"))
        self.forward = self._make(tr("&Forward"), "Alt+Right", "forward", tr("Forward again"))
        self.all_photos = self._make(tr("All &photos"), "Alt+Home", "photos", tr("Show all photos"))
        self.problems = self._make(
            tr("P&roblems"), "", "problem", tr("Show the files that could not be read")
        )
        self.clear_query = self._make(tr("&Clear the query"), "Esc", "close", tr("Back to the photos"))
        self.larger = self._make(tr("&Larger thumbnails"), "Ctrl++", "zoom-in", tr("Larger thumbnails"))
        self.larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.smaller = self._make(tr("S&maller thumbnails"), "Ctrl+-", "zoom-out", tr("Smaller thumbnails"))
        self.full_screen = self._make(tr("F&ull screen"), "F11", "", tr("The window on the whole screen"))
        self.full_screen.setCheckable(True)
        self.keys = self._make(tr("&Keyboard shortcuts"), "F1", "", tr("What the keys do"))
        self.keys.setShortcuts([QKeySequence("F1"), QKeySequence("?")])
        self.about = self._make(tr("&About Hammingbird"), "", "", tr("Versions, and where the library lies"))
        self.orders = self._choice(ORDERS, ORDER_NAMES, self._order_chosen)
        self.themes = self._choice(THEMES, THEME_NAMES, self._theme_chosen)
        self.allow()

    def _make(self, text: str, keys: object, icon_name: str, tip: str) -> QAction:
        action = QAction(text, self._window)
        if keys:
            action.setShortcut(QKeySequence(keys))  # type: ignore[call-overload]
        if icon_name:
            action.setIcon(icon(icon_name))
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({shown})" if shown else tip)
        action.setStatusTip("")
        self._window.addAction(action)
        return action

    def _choice(
        self, values: tuple[str, ...], names: dict[str, str], chosen: Callable[[QAction], None]
    ) -> QActionGroup:
        group = QActionGroup(self)
        for value in values:
            action = QAction(f"&{tr(names[value])}", group)
            action.setCheckable(True)
            action.setData(value)
        group.triggered.connect(chosen)
        return group

    def name_undo(self, what: str) -> None:
        """Says what an undo would take back; nothing can be undone when it is empty."""
        self.undo.setText(tr("&Undo: {what}").format(what=what) if what else tr("&Undo"))
        self.undo.setEnabled(bool(what))

    def allow(
        self,
        *,
        photos: bool = False,
        all_photos: bool = False,
        back: bool = False,
        forward: bool = False,
        clear_query: bool = False,
        pairs: bool = False,
    ) -> None:
        """Says what can be done now: something with the chosen photos, choosing all, and so on."""
        for action in self.photo_entries():
            if action is not None:
                action.setEnabled(photos)
        for action in (self.more, self.less):
            action.setEnabled(photos and pairs)
        self.select_all.setEnabled(all_photos)
        self.back.setEnabled(back)
        self.forward.setEnabled(forward)
        self.clear_query.setEnabled(clear_query)

    def fill_menus(self) -> None:
        """Makes the menu bar."""
        bar = self._window.menuBar()
        file = bar.addMenu(tr("&File"))
        asking = [self.search, self.query_file, self.paste]
        pages = [self.captions, self.models, self.settings]
        self._fill(
            file,
            [self.add_folder, self.look_again, self.undo, None, *asking, None, *pages, None, self.quit],
        )
        edit = bar.addMenu(tr("&Photo"))
        self._fill(edit, self.photo_entries())
        self._fill(edit, [None, self.select_all])
        go = bar.addMenu(tr("&Go"))
        places = [self.all_photos, self.teach, self.problems]
        self._fill(go, [self.back, self.forward, None, *places, None, self.clear_query])
        view = bar.addMenu(tr("&View"))
        self._fill(view, [self.larger, self.smaller])
        view.addMenu(self._group_menu(tr("&Sort by"), self.orders, view))
        view.addMenu(self._group_menu(tr("&Theme"), self.themes, view))
        self._fill(view, [None, self.full_screen])
        self._fill(bar.addMenu(tr("&Help")), [self.keys, self.about])

    def photo_entries(self) -> list[QAction | None]:
        """What can be done with photos, None for a line between."""
        asking = [self.open, self.similar, self.similar_here]
        teaching = [self.caption, self.more, self.less]
        return [*asking, None, *teaching, None, self.show_file, self.copy, self.copy_path]

    def photo_menu(self) -> QMenu:
        """The context menu of photos."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, self.photo_entries())
        return menu

    def _fill(self, menu: QMenu, actions: list[QAction | None]) -> None:
        for action in actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)

    def _group_menu(self, title: str, group: QActionGroup, parent: QMenu) -> QMenu:
        menu = QMenu(title, parent)
        menu.addActions(group.actions())
        return menu

    def check(self, group: QActionGroup, value: str) -> None:
        """Marks a choice."""
        for action in group.actions():
            action.setChecked(action.data() == value)

    @Slot(QAction)
    def _order_chosen(self, action: QAction) -> None:
        self.orderChosen.emit(action.data())

    @Slot(QAction)
    def _theme_chosen(self, action: QAction) -> None:
        self.themeChosen.emit(action.data())

    def listed_keys(self) -> list[tuple[str, str]]:
        """All keys and what they do, for the help page."""
        listed = []
        for action in self._window.actions():
            native = QKeySequence.SequenceFormat.NativeText
            shown = ", ".join(keys.toString(native) for keys in action.shortcuts())
            if shown:
                listed.append((shown, action.text().replace("&", "").rstrip(" …")))
        return listed + [(tr(keys), tr(what)) for keys, what in KEYS_WITHOUT_ACTION]
