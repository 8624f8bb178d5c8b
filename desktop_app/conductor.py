"""Plays the parts together: library, service and jobs on one side, the widgets on the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop_app.arrivals import Arrivals
from desktop_app.captions_desk import CaptionsDesk
from desktop_app.decision_desk import DecisionDesk
from desktop_app.folder_watch import FolderWatch
from desktop_app.garbage import GarbageKeeper
from desktop_app.job_desk import JobDesk
from desktop_app.library_edits import LibraryEdits
from desktop_app.library_thread import LibraryThread, Listing, Overview
from desktop_app.model_desk import ModelDesk
from desktop_app.navigation import Navigator
from desktop_app.notifications import Notifier
from desktop_app.outside_queries import OutsideQueries
from desktop_app.pages import Pages
from desktop_app.photo_deeds import QUERY_PHOTOS, PhotoDeeds
from desktop_app.places import NeighboursPlace, PhotosPlace, Place, ProblemsPlace
from desktop_app.power import PowerDesk
from desktop_app.previews import PreviewLoader
from desktop_app.retraining_desk import RetrainingDesk
from desktop_app.service_client import ServiceClient
from desktop_app.settings import WindowSettings
from desktop_app.settings_desk import SettingsDesk
from desktop_app.teaching_desk import TeachingDesk
from desktop_app.theme import apply_theme
from desktop_app.thumbnail_wants import ThumbnailWants
from desktop_app.thumbnails import ThumbnailLoader
from desktop_app.translation import tr
from desktop_app.word_queries import WordQueries

if TYPE_CHECKING:
    from desktop_app.views.main_window import MainWindow
    from engine.library.photos import PhotoRow

SERVICE_START_MS = 900


class Conductor(QObject):
    """Owns everything that is no widget."""

    def __init__(
        self, window: MainWindow, library_dir: Path, settings: WindowSettings, thumbnails: ThumbnailLoader
    ) -> None:
        super().__init__(window)
        self._garbage = GarbageKeeper(self)
        self.window, self._dir, self._settings, self._thumbnails = window, library_dir, settings, thumbnails
        self.library = LibraryThread(library_dir, self)
        self.service = ServiceClient(library_dir, self)
        self.navigator = Navigator(self.library, window.grid, settings.order, self)
        self.previews = PreviewLoader(self.service, self)
        self.outside = OutsideQueries(library_dir, self.service, self)
        self.arrivals = Arrivals(window, self.library, self.navigator, self.outside, self.add_folders)
        self.words = WordQueries(window.search, self.service, self.navigator, self)
        self.edits = LibraryEdits(self.service, window.messages, window)
        self.jobs = JobDesk(library_dir, settings, window.job_bar, window.messages, self)
        self.models = ModelDesk(window, library_dir, self.library, self.jobs, self)
        self.pages = Pages(window, self.navigator, self.jobs, self)
        self.deeds = PhotoDeeds(window, self.library, self.navigator, self.pages, self)
        self.teaching = TeachingDesk(window, self.library, self.navigator, self.edits, self.deeds)
        self.captions = CaptionsDesk(
            window, library_dir, self.library, self.navigator, self.service, self.edits
        )
        self.watch = FolderWatch(library_dir, self)
        self.preferences = SettingsDesk(window, library_dir, settings, self.library, self.edits, self.jobs)
        self.decision = DecisionDesk(window, self.library, self.navigator, self.jobs)
        self.retraining = RetrainingDesk(
            window, library_dir, settings, self.library, self.navigator, self.jobs
        )
        self.power = PowerDesk(self.jobs.follower, settings, window.messages, self)
        Notifier(window, self.jobs.follower)
        self.retraining.verdictShown.connect(self.decision.serve)
        self.captions.ignoredChanged.connect(self.retraining.refresh)
        self.edits.done.connect(self.retraining.refresh)
        self.decision.exportWanted.connect(self.models.export)
        self.models.verdictWanted.connect(self.retraining.show_verdict)
        self._closed = False
        self._started = False
        self._overview_is_old = True
        self._wants = ThumbnailWants(thumbnails, window.grid, window.photos, self)
        self._start_service = QTimer(self)
        self._start_service.setSingleShot(True)
        self._start_service.setInterval(SERVICE_START_MS)
        self._start_service.timeout.connect(self.service.start)
        self._connect_library()
        self._connect_widgets()
        self._connect_actions()

    def begin(self, add: Sequence[Path] = (), paths: Sequence[Path] = ()) -> None:
        """Starts the work behind the window, once that can be seen.

        Args:
            add: Folders to add at once.
            paths: Files to ask about, and folders to show.
        """
        self.library.begin()
        self.jobs.begin()
        self.retraining.begin()
        self._start_service.start()
        self.watch.start_soon()
        self.take(add, paths)

    def take(self, add: Sequence[Path], paths: Sequence[Path]) -> None:
        """Takes what a start of the program was given; for the arguments see `begin`."""
        if add:
            self.add_folders(list(add))
        self.arrivals.open(list(paths))

    # -- wires ---------------------------------------------------------------------------------------------

    def _connect_library(self) -> None:
        library, window = self.library, self.window
        library.opened.connect(self._opened)
        library.absent.connect(self.pages.show_welcome)
        library.broken.connect(self._broken)
        library.changed.connect(self._changed)
        library.rowsRead.connect(window.photos.take_rows)
        library.detailsRead.connect(self._take_details)
        library.overviewRead.connect(self._take_overview)
        library.problemsRead.connect(window.problem_list.set_problems)
        self.navigator.moved.connect(self._moved)
        self.navigator.shown.connect(self._shown)
        self.previews.arrived.connect(window.viewer.take_preview)
        self.previews.failed.connect(window.viewer.take_failure)
        self.words.refused.connect(window.messages.tell)
        self.service.broken.connect(window.messages.tell)
        self.watch.told.connect(window.messages.tell)
        self.edits.done.connect(self._changed)
        self.edits.forgot.connect(self._go_to_all)
        self.edits.undoable.connect(window.actions_.name_undo)
        self.edits.indexWanted.connect(self.jobs.index)
        self.jobs.moved.connect(self._job_moved)

    def _connect_widgets(self) -> None:
        window, viewer = self.window, self.window.viewer
        window.closing.connect(self.close)
        window.brought.connect(self.arrivals.take_mime)
        window.orderChosen.connect(self._set_order)
        window.sideChanged.connect(self._wants.renew)
        window.panel.chosen.connect(self.navigator.go)
        window.panel.forgetWanted.connect(self._ask_to_forget)
        window.panel.lookAgainWanted.connect(self._look_again_in)
        window.panel.showWanted.connect(self.deeds.show_file)
        window.photos.rowsWanted.connect(self.library.read_rows)
        window.grid.visibleChanged.connect(self._visible_changed)
        window.grid.opened.connect(self.pages.open_viewer)
        window.grid.similarWanted.connect(self.deeds.similar_to_row)
        window.grid.menuWanted.connect(self.deeds.show_menu)
        window.grid.selectionModel().selectionChanged.connect(self._selection_changed)
        window.grid.selectionModel().currentChanged.connect(self._selection_changed)
        self._thumbnails.arrived.connect(window.grid.viewport().update)
        window.query_bar.withinChanged.connect(self.navigator.set_within)
        window.search.left.connect(window.grid.setFocus)
        window.query_bar.cleared.connect(self.deeds.clear_query)
        window.query_bar.anywhereWanted.connect(self.deeds.search_anywhere)
        window.notice.pressed.connect(self.pages.press_notice)
        self.pages.addWanted.connect(self.choose_folder)
        self.preferences.addWanted.connect(self.choose_folder)
        self.preferences.forgetWanted.connect(self._ask_to_forget)
        self.preferences.showWanted.connect(self.deeds.show_file)
        window.problem_page.retryWanted.connect(self.edits.retry)
        window.problem_page.showWanted.connect(self.deeds.show_file)
        viewer.closed.connect(self.pages.close_viewer)
        viewer.rowWanted.connect(self._want_viewer_row)
        viewer.previewWanted.connect(self._want_preview)
        viewer.menuWanted.connect(self.deeds.show_menu)

    def _connect_actions(self) -> None:
        actions, navigator = self.window.actions_, self.navigator
        slots = {
            actions.add_folder: self.choose_folder,
            actions.look_again: self._look_again,
            actions.undo: self.edits.undo_last,
            actions.paste: self.arrivals.paste,
            actions.query_file: self.arrivals.choose_file,
            actions.search: self.words.focus,
            actions.quit: self.window.close,
            actions.similar: self.deeds.find_similar,
            actions.similar_here: self.deeds.find_similar_here,
            actions.open: self.pages.open_current,
            actions.caption: self.teaching.edit_captions,
            actions.more: self.teaching.more_like_this,
            actions.less: self.teaching.less_like_this,
            actions.show_file: self.deeds.show_current_file,
            actions.copy: self.deeds.copy,
            actions.copy_path: self.deeds.copy_paths,
            actions.select_all: self.window.grid.selectAll,
            actions.back: navigator.back,
            actions.forward: navigator.forward,
            actions.all_photos: self._go_to_all,
            actions.teach: self.retraining.open,
            actions.problems: self._go_to_problems,
            actions.clear_query: self.deeds.clear_query,
            actions.models: self.models.show,
            actions.captions: self.captions.show,
            actions.settings: self.preferences.show,
            actions.keys: self._show_keys,
            actions.about: self._show_about,
        }
        for action, slot in slots.items():
            action.triggered.connect(slot)
        actions.orderChosen.connect(self._set_order)
        actions.themeChosen.connect(self._set_theme)
        actions.check(actions.themes, self._settings.theme)
        self._update_actions()

    # -- the library ---------------------------------------------------------------------------------------

    @Slot()
    def _opened(self) -> None:
        if not self._started:
            self._started = True
            self._garbage.settle()
            self.navigator.start(self._settings.place or PhotosPlace(), self._settings.top_photo)
        if isinstance(self.navigator.place, ProblemsPlace):
            self.library.read_overview()

    @Slot(str)
    def _broken(self, trouble: str) -> None:
        if self._started:
            self.window.messages.tell(trouble)
        else:
            self.pages.show_broken(trouble)

    @Slot()
    def _changed(self) -> None:
        self._thumbnails.forget_absent()
        self._overview_is_old = True
        self.navigator.refresh_soon()
        if self._started and self.pages.viewing:
            self.library.read_details("viewer", [self.window.viewer.photo_id])
        if isinstance(self.navigator.place, ProblemsPlace):
            self.library.read_overview()

    @Slot()
    def _job_moved(self) -> None:
        """A job told something: problems and offline folders leave no trace among the changes."""
        self.library.read_overview()
        self.pages.refresh_notice()

    @Slot(object)
    def _take_overview(self, overview: Overview) -> None:
        self.window.tree.set_overview(overview)
        self.pages.set_overview(overview)
        self.window.panel.show_place(self.navigator.place)
        self.edits.tell_doubts(overview.roots)
        self.library.read_problems()

    @Slot(object)
    def _moved(self, place: Place) -> None:
        self.pages.show_place(place)
        self.window.panel.show_place(place)
        if isinstance(place, ProblemsPlace):
            self.library.read_problems()
        self._update_actions()

    @Slot(object)
    def _shown(self, listing: Listing) -> None:
        self.pages.show_listing(listing)
        if isinstance(listing.place, NeighboursPlace) and listing.place.photo_ids:
            self.library.read_details("query", list(listing.place.photo_ids[:QUERY_PHOTOS]))
        self.window.photos.refresh_rows()
        if self._overview_is_old:
            # After the photos: counting takes longer than listing, and nobody waits for it.
            self._overview_is_old = False
            self.library.read_overview()
        self._update_actions()

    @Slot(str, object, object)
    def _take_details(self, purpose: str, ids: list[int], rows: dict[int, PhotoRow]) -> None:
        found = [rows[i] for i in ids if i in rows]
        if purpose == "query":
            self.pages.name_query([row.path.name for row in found])
        elif purpose == "viewer" and found:
            self.window.viewer.take_row(found[0])

    @Slot(int, int)
    def _visible_changed(self, first: int, last: int) -> None:
        if last >= first and not self._closed:
            self.window.photos.want_rows(first, last)
            self._wants.renew()

    # -- folders -------------------------------------------------------------------------------------------

    @Slot()
    def choose_folder(self) -> None:
        """Lets the person choose a folder, and adds it."""
        name = QFileDialog.getExistingDirectory(self.window, tr("Add a folder with photos"), str(Path.home()))
        if name:
            self.add_folders([Path(name)])

    def add_folders(self, folders: list[Path]) -> None:
        """Adds folders and indexes them at once."""
        self.jobs.index(folders)
        self.pages.refresh_notice()

    @Slot()
    def _look_again(self) -> None:
        self.jobs.index([])

    @Slot(object)
    def _look_again_in(self, folder: Path) -> None:
        self.jobs.index([folder])

    @Slot(object)
    def _ask_to_forget(self, folder: Path) -> None:
        self.edits.ask_to_forget(folder, self.pages.photos_in_root(folder))

    # -- viewer and menus ----------------------------------------------------------------------------------

    @Slot(int)
    def _want_viewer_row(self, photo_id: int) -> None:
        self.library.read_details("viewer", [photo_id])

    @Slot(int, object, int)
    def _want_preview(self, photo_id: int, path: Path, side: int) -> None:
        self.previews.load(photo_id, path, side or None)

    @Slot()
    def _selection_changed(self) -> None:
        self.pages.tell_figures()
        self._update_actions()

    def _update_actions(self) -> None:
        history = self.navigator.history
        asking = isinstance(self.navigator.place, NeighboursPlace)
        self.window.actions_.allow(
            photos=bool(self.deeds.chosen_ids(1)),
            all_photos=self.pages.on_grid,
            back=history.can_go_back,
            forward=history.can_go_forward,
            clear_query=asking and not self.pages.viewing,
            pairs=self.teaching.asked_photos() != (),
        )
        self.window.show_order_box(shown=not asking)

    @Slot()
    def _go_to_all(self) -> None:
        self.navigator.go(PhotosPlace())

    @Slot()
    def _go_to_problems(self) -> None:
        self.navigator.go(ProblemsPlace())

    @Slot(str)
    def _set_order(self, order: str) -> None:
        self._settings.order = order
        self.window.show_order(order)
        self.navigator.set_order(order)

    @Slot(str)
    def _set_theme(self, theme: str) -> None:
        self._settings.theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, theme)

    @Slot()
    def _show_keys(self) -> None:
        from desktop_app.views.dialogs.help_pages import KeysPage

        KeysPage(self.window.actions_.listed_keys(), self.window).show()

    @Slot()
    def _show_about(self) -> None:
        from desktop_app.views.dialogs.help_pages import AboutPage

        AboutPage(self._dir, self.window).show()

    # -- the end -------------------------------------------------------------------------------------------

    @Slot()
    def close(self) -> None:
        """Notes the window's state and stops everything but jobs."""
        if self._closed:
            return
        self._closed = True
        if self._started:
            self.navigator.note_spot()
            self._settings.place = self.navigator.place
            self._settings.top_photo = self.navigator.history.current.top_photo
        if self._dir.is_dir() and not self.pages.broken:
            self.window.save(self._settings)
            self._settings.save()
        self._start_service.stop()
        self._wants.close()
        self.window.rest()
        self.navigator.close()
        self.retraining.close()
        self.models.close()
        self.captions.close()
        self.preferences.close()
        self.watch.close()
        self.power.close()
        self.jobs.close()
        self._thumbnails.close()
        self.library.close()
        self.outside.close()
        self.previews.close()
        self.service.close()
        self._garbage.close()
