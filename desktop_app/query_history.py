"""The way back: places with the spot where each was left."""

from dataclasses import dataclass

from desktop_app.places import PhotosPlace, Place

KEPT_STEPS = 200


@dataclass
class Step:
    """One place on the way.

    Attributes:
        place: What was shown.
        top_photo: The photo at the upper left when the place was left; one comes back to it.
        top_offset: How many pixels of its line were scrolled away.
        current_photo: The photo that had the focus.
    """

    place: Place
    top_photo: int | None = None
    top_offset: int = 0
    current_photo: int | None = None


class QueryHistory:
    """Back and forward, as in a browser: going somewhere new drops what lay ahead."""

    def __init__(self, start: Place | None = None) -> None:
        self._steps = [Step(start or PhotosPlace())]
        self._at = 0

    @property
    def current(self) -> Step:
        """Where we are."""
        return self._steps[self._at]

    @property
    def can_go_back(self) -> bool:
        """True when there is an earlier place."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """True when we came back from a later place."""
        return self._at + 1 < len(self._steps)

    def go(self, place: Place) -> bool:
        """Goes to a place.

        Returns:
            False when we are there already.
        """
        if place == self.current.place:
            return False
        self._steps = [*self._steps[: self._at + 1], Step(place)][-KEPT_STEPS:]
        self._at = len(self._steps) - 1
        return True

    def back(self) -> Step:
        """Goes one step back; stays where nothing lies behind."""
        self._at = max(self._at - 1, 0)
        return self.current

    def forward(self) -> Step:
        """Goes one step forward; stays where nothing lies ahead."""
        self._at = min(self._at + 1, len(self._steps) - 1)
        return self.current
