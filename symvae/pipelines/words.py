"""Counts in words, for the lines of every report."""


def model_in_words(name: str, why: str) -> list[str]:
    """Name the model that was chosen for a user who named none.

    Args:
        name: The model.
        why: Reason of the choice; empty where the user named the model.

    Returns:
        One line, or no line for the user's own choice.
    """
    return [f"model: {name}, chosen for this music ({why}); --model takes another"] if why else []


def clock(seconds: float) -> str:
    """A duration as on a clock: "3:05", "1:02:03".

    Args:
        seconds: The duration.

    Returns:
        The words.
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def counted(count: int, thing: str) -> str:
    """A count with its noun: "1 bar", "2 bars".

    Args:
        count: Number of things.
        thing: The noun in the singular; its plural ends in s.

    Returns:
        The words.
    """
    return f"{count} {thing}" + ("" if count == 1 else "s")
