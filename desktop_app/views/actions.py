"""Everything that can be done by menu, button or key, in one place."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from desktop_app.icons import icon
from desktop_app.settings import ORDERS, THEMES

ORDER_NAMES = {"taken": "Date taken", "added": "Date added", "name": "Name"}
THEME_NAMES = {"system": "Like the desktop", "light": "Light", "dark": "Dark"}
KEYS_WITHOUT_ACTION = (
    ("Space, Enter", "Open the photo in the viewer, and back"),
    ("Double-click", "Find similar photos"),
    ("Arrow keys", "Move in the grid; next and previous in the viewer"),
    ("Ctrl+wheel", "Size of the thumbnails"),
    ("+, -, wheel", "Zoom in the viewer"),
    ("0, 1", "Whole photo, 100 % in the viewer"),
    ("I", "Facts about the photo in the viewer"),
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
        self.add_folder = self._make("&Add folder…", "Ctrl+O", "add-folder", "Add a folder with photos")
        self.look_again = self._make("&Look for new photos", "F5", "retry", "Look through all folders again")
        self.undo = self._make("&Undo", keys.Undo, "", "Take the last edit of the library back")
        self.name_undo("")
        self.paste = self._make(
            "&Paste as query", keys.Paste, "", "Find photos like the copied picture, file or path"
        )
        self.query_file = self._make(
            "Find photos like a &file…", "Ctrl+Shift+O", "", "Ask about a photo that is not in the library"
        )
        self.search = self._make("Search by &words", "Ctrl+F", "search", "Find photos of what words say")
        self.teach = self._make(
            "&Teach what is alike", "Ctrl+T", "teach", "Let the model learn from your captions"
        )
        self.models = self._make(
            "&Models…", "", "", "Which model says how alike photos are; add a stronger one"
        )
        self.captions = self._make(
            "&Captions…", "", "", "What is written about your photos; take in lists and tables of captions"
        )
        self.quit = self._make("&Quit", "Ctrl+Q", "", "Close the window; a running job goes on")
        self.similar = self._make("Find &similar", "S", "similar", "Find photos like the chosen ones")
        self.similar_here = self._make(
            "Find similar in this &folder",
            "Shift+S",
            "",
            "Find photos like the chosen ones in the folder shown",
        )
        self.open = self._make("&Open in viewer", "", "photos", "Look at the photo (Space)")
        self.caption = self._make("Edit ca&ption…", "F2", "", "Write what the chosen photos show")
        self.more = self._make("&More like this", "M", "", "Note that these are like what was asked for")
        self.less = self._make("&Less like this", "L", "", "Note that these are not like what was asked for")
        for action in (self.caption, self.more, self.less):
            action.setAutoRepeat(False)
        self.show_file = self._make(
            "Show in file &manager", "Ctrl+L", "folder", "Show the photo's file in its folder"
        )
        self.copy = self._make("&Copy", keys.Copy, "", "Copy the chosen photos")
        self.copy_path = self._make("Copy &path", "Ctrl+Shift+C", "", "Copy where the chosen photos lie")
        self.select_all = self._make("Select &all", keys.SelectAll, "", "Choose all photos shown")
        self.back = self._make("&Back", "Alt+Left", "back", "Back to what was shown before")
        self.forward = self._make("&Forward", "Alt+Right", "forward", "Forward again")
        self.all_photos = self._make("All &photos", "Alt+Home", "photos", "Show all photos")
        self.problems = self._make("P&roblems", "", "problem", "Show the files that could not be read")
        self.clear_query = self._make("&Clear the query", "Esc", "close", "Back to the photos")
        self.larger = self._make("&Larger thumbnails", "Ctrl++", "zoom-in", "Larger thumbnails")
        self.larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.smaller = self._make("S&maller thumbnails", "Ctrl+-", "zoom-out", "Smaller thumbnails")
        self.full_screen = self._make("F&ull screen", "F11", "", "The window on the whole screen")
        self.full_screen.setCheckable(True)
        self.keys = self._make("&Keyboard shortcuts", "F1", "", "What the keys do")
        self.about = self._make("&About Hammingbird", "", "", "Versions, and where the library lies")
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
            action = QAction(f"&{names[value]}", group)
            action.setCheckable(True)
            action.setData(value)
        group.triggered.connect(chosen)
        return group

    def name_undo(self, what: str) -> None:
        """Says what an undo would take back; nothing can be undone when it is empty."""
        self.undo.setText(f"&Undo: {what}" if what else "&Undo")
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
        file = bar.addMenu("&File")
        asking = [self.search, self.query_file, self.paste]
        pages = [self.captions, self.models]
        self._fill(
            file,
            [self.add_folder, self.look_again, self.undo, None, *asking, None, *pages, None, self.quit],
        )
        edit = bar.addMenu("&Photo")
        self._fill(edit, self.photo_entries())
        self._fill(edit, [None, self.select_all])
        go = bar.addMenu("&Go")
        places = [self.all_photos, self.teach, self.problems]
        self._fill(go, [self.back, self.forward, None, *places, None, self.clear_query])
        view = bar.addMenu("&View")
        self._fill(view, [self.larger, self.smaller])
        view.addMenu(self._group_menu("&Sort by", self.orders, view))
        view.addMenu(self._group_menu("&Theme", self.themes, view))
        self._fill(view, [None, self.full_screen])
        self._fill(bar.addMenu("&Help"), [self.keys, self.about])

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
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            if shown:
                listed.append((shown, action.text().replace("&", "").rstrip("…")))
        return listed + list(KEYS_WITHOUT_ACTION)
