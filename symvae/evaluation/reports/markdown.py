"""Markdown tables and the number formats of all reports."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown table: first column aligned left, all others right."""
    lines = [list(head), ["---", *["---:"] * (len(head) - 1)], *[list(row) for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(heading: str, *parts: str) -> str:
    """Third-level section with its paragraphs and tables; empty parts are left out."""
    return "\n\n".join((f"### {heading}", *(part for part in parts if part)))


def share(value: float | None, error: float | None = None, digits: int = 3) -> str:
    """Format a share.

    Args:
        value: The share; None where it is undefined.
        error: Its standard error, if it has one.
        digits: Digits after the point.

    Returns:
        ".976" or ".976 ± .002"; a dash for an undefined value.
    """
    if value is None:
        return "–"
    text = f"{value:.{digits}f}".replace("0.", ".", 1) if 0 <= value < 1 else f"{value:.{digits}f}"
    return text if error is None else f"{text} ± {share(error, digits=digits)}"


def signed(value: float | None) -> str:
    """Format a change with its sign and two digits; a dash for an undefined one."""
    return "–" if value is None else f"{value:+.2f}"


def words(name: str) -> str:
    """Name of an attribute or figure with spaces instead of underscores."""
    return name.replace("_", " ")
