"""`hammingbird service`: the window's helper process."""

import os
import signal
import sys
from pathlib import Path

import click


@click.command(hidden=True)
@click.pass_obj
def service(library_dir: Path) -> None:
    """Answer the window's requests: JSON lines on standard input and output."""
    from engine.service import Service

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the window, which ends us
    # Answers keep standard output for themselves: whatever a library prints goes to standard error.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = os.fdopen(sys.stdin.fileno(), "r", encoding="utf-8", errors="replace", closefd=False)
    Service(library_dir, answers).serve(requests)
