"""Events as a bar on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bar,
)
from rich.text import Text

from engine.progress import Event, Failed, Progress, Reporter, Result, Started, Warned


class RateColumn(ProgressColumn):
    """Photos a second, as the job measured it."""

    def render(self, task: Task) -> Text:
        """Empty while the rate is unknown."""
        rate = task.fields.get("rate")
        return Text(f"{rate:,.0f}/s" if rate else "", style="cyan")


class BarReporter:
    """Shows events as a rich progress bar."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None, rate=None)

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        match event:
            case Started(title=title):
                self._bar.update(self._task, description=title)
            case Progress():
                phase = event.phase if event.state == "running" else f"{event.phase} (paused)"
                self._bar.update(
                    self._task, description=phase, completed=event.done, total=event.total, rate=event.rate
                )
            case Warned(message=message):
                self._bar.console.print(
                    f"[yellow]Warning:[/] {escape(message)}", highlight=False, soft_wrap=True
                )
            case Result() | Failed():
                self._bar.stop()


@contextmanager
def progress_bar() -> Iterator[Reporter]:
    """A bar that takes events, and is gone at the end."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
    )
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        yield BarReporter(bar)
