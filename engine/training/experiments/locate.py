"""Where the material of a plan lies on this machine."""

import os
import re
from dataclasses import replace
from pathlib import Path

from engine.errors import UsageError
from engine.training.caption_encoders import WORDS
from engine.training.experiments.plan import Plan


def locate(plan: Plan, folder: Path) -> Plan:
    """The plan with paths relative to its folder, and with environment variables filled in.

    Args:
        plan: As it was read; $NAME stands for an environment variable.
        folder: That the plan's file lies in.

    Raises:
        UsageError: A variable is not set, or something is not there; the remedy is the plan's `get`.
    """
    material = plan.material
    remedy = f"How to get it:\n{plan.get.strip()}" if plan.get else "Put it there, or change the plan."

    def located(source: str) -> str:
        return _located(source, folder, remedy)

    return replace(
        plan,
        material=replace(
            material,
            photos=[located(source) for source in material.photos],
            transfer=[located(source) for source in material.transfer],
            tree=located(material.tree),
            teacher=located(material.teacher),
            captions=material.captions if material.captions == WORDS else located(material.captions),
            needs=[located(file) for file in material.needs],
        ),
    )


def _located(source: str, folder: Path, remedy: str) -> str:
    if not source:
        return source
    filled = os.path.expandvars(source)
    if missing := re.search(r"\$\{?\w+\}?", filled):
        name = missing[0].strip("${}")
        raise UsageError(f"{source} is not known: the variable {name} is not set.", remedy)
    kind, colon, rest = filled.rpartition(":")
    path = folder / rest
    if not path.exists():
        raise UsageError(f"{path} is not there.", remedy)
    return f"{kind}{colon}{path}"
