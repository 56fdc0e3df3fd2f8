"""Upper bounds on a file of music, with the reason for each value and its error message.

Nothing that a person plays or notates comes near these bounds; a damaged file passes them at once, and then
fills the memory. `symvae.music.io.validate` applies them.
"""

from typing import NamedTuple

from symvae.errors import MidiError

MIB = 2**20


class Limit(NamedTuple):
    """An upper bound."""

    most: int
    """The largest value that is read."""
    reason: str
    """The reason for the value."""
    message: str
    """The error, with fields ``where``, ``count`` and ``most``."""

    def check(self, count: int | float, where: str) -> None:
        """Compare a count with the bound.

        Raises:
            MidiError: The count exceeds the bound; ``where`` is the file's name in the message.
        """
        if count > self.most:
            raise MidiError(self.message.format(where=where, count=count, most=self.most))


FILE_MIB = Limit(
    32,
    "200,000 notes take about 2 MiB of MIDI; larger files are recordings",
    "{where} is larger than {most} MiB. Give a MIDI file, not a recording.",
)
SCORE_MIB = Limit(
    16,
    "a symphony's movement has 10 MiB of MusicXML",
    "{where} holds more than {most} MiB. Give the score of one piece.",
)
PACKING = Limit(
    250,
    "MusicXML is packed to a thirtieth of its size, and a bar of rests repeated for hours to a hundredth",
    "{where} unpacks to {count:.0f} times its size; at most {most} times is read. Export it again.",
)
XML_TAGS = Limit(
    600_000,
    "a note has about 16 tags, so this is a score of 35,000 notes, twice a symphony's movement",
    "{where} has {count} XML tags; at most {most} are read. Give the score of one piece.",
)
XML_ATTRIBUTES = Limit(
    300_000,
    "a note has a few, mostly for its place on the page",
    "{where} has {count} XML attributes; at most {most} are read. Give the score of one piece.",
)
WRITTEN_MEASURES = Limit(
    100_000,
    "an orchestra of 50 parts has 2,000 bars then",
    "{where} has {count} measures in all its parts; at most {most} are read. Give the score of one piece.",
)
WRITTEN_NOTES = Limit(
    100_000,
    "more than the score of a symphony",
    "{where} has more than {most} notes, rests and signs. Give the score of one piece.",
)
TUNES = Limit(
    50_000,
    "the largest collections on the net",
    "{where} holds {count} tunes; at most {most} are read. Split it.",
)
TUNE_TEXT = Limit(
    250_000,
    "a tune has a few hundred characters, a quartet's movement some ten thousand",
    "{where} has {count} characters; a tune of at most {most} is read. Split it.",
)
MEASURES = Limit(
    10_000,
    "five hours of 4/4 at 120 quarter notes a minute",
    "{where} has more than {most} bars, repeats included. Shorten it, or correct its repeats.",
)
NUMERATOR = Limit(
    64,
    "more than any metre in use",
    "{where} has a metre with {count} beats a bar; at most {most} are read. Correct the time signature.",
)
ENDING = Limit(
    64,
    "verses of a ballad, each with its ending",
    "{where} has an ending number {count}; at most {most} are read. Correct its endings.",
)
DIGITS = Limit(
    6,
    "no length, count or tempo of a score needs a million",
    "{where} has a number of {count} digits; at most {most} are read. Correct it.",
)
NOTES = Limit(
    200_000,
    "eleven hours of five notes a second",
    "{where} holds {count} notes; at most {most} are read. Split it into pieces.",
)
EVENTS = Limit(
    1_000_000,
    "five events for each of the most notes that are read",
    "{where} holds more than {most} events. Split it into pieces.",
)
TRACKS = Limit(
    256,
    "sixteen tracks on each of the 16 channels",
    "{where} has {count} tracks; at most {most} are read. Split it.",
)
QUARTERS = Limit(
    40_000,
    "10,000 bars of 4/4, more than five hours at 120 quarter notes a minute",
    "{where} ends after {count} quarter notes; at most {most} are read. A wrong time in the file is likely: "
    "export it again, or cut it.",
)
METRES = Limit(
    2_000,
    "a change of metre in every bar of a long piece",
    "{where} changes metre more than {most} times. Split it into pieces.",
)
TEMPOS = Limit(
    200_000,
    "a recorded performance may have a tempo change every few milliseconds",
    "{where} changes tempo more than {most} times. Split it into pieces.",
)
