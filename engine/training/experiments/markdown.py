"""Tables and numbers of the pages that experiments write."""

NOTHING = "-"
Table = list[list[str]]


def number(value: float, digits: int = 3) -> str:
    """So many digits after the point, without a zero before it."""
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def markdown(table: Table) -> str:
    """A Markdown table of text, the first row as its head."""
    head, *rows = table
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
