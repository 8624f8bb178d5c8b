"""docs/guide/settings.md: what can be set, with the explanations that the window and the terminal show."""

from pathlib import Path

from engine.library.preferences import PREFERENCES

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "settings.md"
_TOP = """# Settings

`make docs` writes this page from `engine/library/preferences.py`, which the window and the terminal read too.

*Settings…* (`Ctrl+,`) in the menu shows them with their explanations; each takes effect at once.

In the terminal:

```
hammingbird settings                     # all of them, with their values
hammingbird settings index_when idle     # sets one
hammingbird settings index_when --default
```

They belong to the library. What belongs to the window (language, theme, whether jobs pause on battery) is
kept apart, beside the settings of your other programs.

| setting | in the terminal | what it does | may be | at first |
|---|---|---|---|---|
"""


def settings_page() -> str:
    """The page as it should be."""
    rows = [
        f"| {one.title} | `{one.name}` | {one.explanation} | {one.values} | {one.default or 'nothing'} |"
        for one in PREFERENCES.values()
    ]
    return _TOP + "\n".join(rows) + "\n"
