"""What indexing may take of the computer."""

from __future__ import annotations

import os

from desktop_app.translation import tr
from desktop_app.views.settings.rows import CheckRow, ChoiceRow, NumberRow, Section

MOST_WORKERS = 256
MOST_MEMORY_MB = 1_048_576
MEMORY_STEP_MB = 1024


class PerformanceSection(Section):
    """Processes, memory, device, battery."""

    def __init__(self) -> None:
        super().__init__()
        self.add(
            NumberRow(
                "workers",
                tr("Processes"),
                tr(
                    "So many photos are read at the same time. Fewer leave more room for other programs;"
                    " 0 takes as many as the computer has processors."
                ),
                MOST_WORKERS,
                at_zero=tr("All processors ({count})").format(count=os.cpu_count() or 1),
            )
        )
        self.add(
            NumberRow(
                "memory_mb",
                tr("Memory of each process"),
                tr(
                    "A photo that needs more megabytes is listed under Problems; 0 takes what the largest"
                    " allowed picture needs. Linux keeps to it; other systems know no such limit."
                ),
                MOST_MEMORY_MB,
                suffix=tr(" MB"),
                at_zero=tr("As the largest picture needs"),
                step=MEMORY_STEP_MB,
            )
        )
        self.add(
            ChoiceRow(
                "device",
                tr("Compute on"),
                tr(
                    "Where the model looks at photos while they are indexed. The processor is fast enough"
                    " for most; Intel graphics (gpu) can help with large added models."
                ),
                [("cpu", tr("Processor")), ("gpu", tr("Intel graphics"))],
            )
        )
        self.add(
            CheckRow(
                "pause_on_battery",
                tr("Pause on battery"),
                tr("Jobs wait while the computer runs on its battery, and go on when it is plugged in."),
            )
        )
        self.finish()
