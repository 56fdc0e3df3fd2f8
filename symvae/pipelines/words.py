"""Counts in words, for the lines of every report."""


def counted(count: int, thing: str) -> str:
    """A count with its noun: "1 bar", "2 bars".

    Args:
        count: Number of things.
        thing: The noun in the singular; its plural ends in s.

    Returns:
        The words.
    """
    return f"{count} {thing}" + ("" if count == 1 else "s")
