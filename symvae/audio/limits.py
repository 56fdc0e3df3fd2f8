"""Limits of sound that is rendered."""

from symvae.errors import AudioError
from symvae.files.limit import Limit

MINUTES = Limit(
    "sound-length",
    30,
    "minutes",
    "a movement of a symphony; a minute of each part takes seconds to play and 11 MB as a file",
    "{where} lasts {count} minutes; at most {most} are rendered. "
    "Raise the limit with --max-minutes (max_minutes in Python), or render a part.",
    AudioError,
    flag="--max-minutes",
)


def check_length(
    seconds: float, max_minutes: int | float = MINUTES.most, where: object = "This music"
) -> None:
    """Refuse music that would take longer to play than is rendered.

    Args:
        seconds: Its duration.
        max_minutes: Longest music that is rendered.
        where: The file, for the message.

    Raises:
        AudioError: The music is longer.
    """
    MINUTES.check(seconds / 60, where, most=max_minutes)
