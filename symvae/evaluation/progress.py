"""Progress of an evaluation, reported to the caller."""

from collections.abc import Callable

#: Called with the name of the running measurement and the share of it that is done, 0 to 1.
Progress = Callable[[str, float], None]


def silent(measurement: str, share: float) -> None:
    """Ignore progress."""
