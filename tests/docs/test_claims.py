"""What the documents say of tests, messages and files is so."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "desktop_app").rglob("*.py")]
HOLE = "…"  # stands for a name, a number or a path in a message
FILLED_IN = re.compile(r"\{\w*\}|%n")  # such a place in a text that is translated


def named_tests() -> list[str]:
    """`path::test` of the page of promises, each once."""
    text = (DOCS / "privacy-and-safety.md").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", text)))


@pytest.mark.parametrize("named", named_tests())
def test_a_promise_has_the_test_that_it_names(named: str) -> None:
    path, name = named.split("::")
    assert (ROOT / path).is_file(), path
    assert re.search(rf"^\s*def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_promise_names_a_test() -> None:
    text = (DOCS / "privacy-and-safety.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(rows) > 10
    assert [row for row in rows if "::test_" not in row] == []


def messages() -> set[str]:
    """Every text in the sources, a hole where something is filled in."""
    found: set[str] = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(FILLED_IN.sub(HOLE, node.value))
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(str(p.value) if isinstance(p, ast.Constant) else HOLE for p in node.values))
    return found


def keys() -> list[str]:
    """The messages that the page of troubles is keyed by."""
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    return re.findall(r"^### (.+)$", text, re.MULTILINE)


def test_the_page_of_troubles_is_keyed_by_the_programs_own_messages() -> None:
    said = messages()
    assert len(keys()) > 20
    assert [key for key in keys() if not any(key in message for message in said)] == []


def test_no_message_is_explained_twice() -> None:
    assert len(keys()) == len(set(keys()))


@pytest.mark.parametrize("page", ["extending.md", "how-it-works.md", "guide/first-steps.md"])
def test_files_that_a_page_names_are_there(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:engine|desktop_app|tests|resources|docs)/[\w./-]+)`", text))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    assert named or page != "extending.md"
