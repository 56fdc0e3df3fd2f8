"""Upper bounds on a file of music, with the reason for each value and its error message.

Nothing that a person plays or notates comes near these bounds; a damaged file passes them at once, and then
fills the memory. `symvae.music.io.validate` applies them.
"""

from symvae.errors import MidiError
from symvae.files.limit import MIB as MIB
from symvae.files.limit import Limit

FILE_MIB = Limit(
    "midi-size",
    32,
    "MiB",
    "200,000 notes take about 2 MiB of MIDI; larger files are recordings",
    "{where} is larger than {most} MiB. Give a MIDI file, not a recording.",
    MidiError,
)
SCORE_MIB = Limit(
    "score-size",
    16,
    "MiB",
    "a symphony's movement has 10 MiB of MusicXML",
    "{where} holds more than {most} MiB. Give the score of one piece.",
    MidiError,
)
PACKING = Limit(
    "packing",
    250,
    "times",
    "MusicXML is packed to a thirtieth of its size, and a bar of rests repeated for hours to a hundredth",
    "{where} unpacks to {count} times its size; at most {most} times is read. Export it again.",
    MidiError,
)
XML_TAGS = Limit(
    "xml-tags",
    600_000,
    "tags",
    "a note has about 16 tags, so this is a score of 35,000 notes, twice a symphony's movement",
    "{where} has {count} XML tags; at most {most} are read. Give the score of one piece.",
    MidiError,
)
XML_ATTRIBUTES = Limit(
    "xml-attributes",
    300_000,
    "attributes",
    "a note has a few, mostly for its place on the page",
    "{where} has {count} XML attributes; at most {most} are read. Give the score of one piece.",
    MidiError,
)
WRITTEN_MEASURES = Limit(
    "written-bars",
    100_000,
    "bars",
    "an orchestra of 50 parts has 2,000 bars then",
    "{where} has {count} measures in all its parts; at most {most} are read. Give the score of one piece.",
    MidiError,
)
WRITTEN_NOTES = Limit(
    "written-notes",
    100_000,
    "notes",
    "more than the score of a symphony",
    "{where} has more than {most} notes, rests and signs. Give the score of one piece.",
    MidiError,
)
TUNES = Limit(
    "tunes",
    50_000,
    "tunes",
    "the largest collections on the net",
    "{where} holds {count} tunes; at most {most} are read. Split it.",
    MidiError,
)
TUNE_TEXT = Limit(
    "tune-text",
    250_000,
    "characters",
    "a tune has a few hundred characters, a quartet's movement some ten thousand",
    "{where} has {count} characters; a tune of at most {most} is read. Split it.",
    MidiError,
)
FIELD_TEXT = Limit(
    "field-text",
    500,
    "characters",
    "the longest fields of a tune name a voice, its clef and its place in some fifty characters",
    "{where} has a field of {count} characters; at most {most} are read. Correct it.",
    MidiError,
)
MEASURES = Limit(
    "bars",
    10_000,
    "bars",
    "five hours of 4/4 at 120 quarter notes a minute",
    "{where} has more than {most} bars, repeats included. Shorten it, or correct its repeats.",
    MidiError,
)
NUMERATOR = Limit(
    "beats",
    64,
    "beats",
    "more than any metre in use",
    "{where} has a metre with {count} beats a bar; at most {most} are read. Correct the time signature.",
    MidiError,
)
ENDING = Limit(
    "endings",
    64,
    "endings",
    "verses of a ballad, each with its ending",
    "{where} has an ending number {count}; at most {most} are read. Correct its endings.",
    MidiError,
)
DIGITS = Limit(
    "digits",
    6,
    "digits",
    "no length, count or tempo of a score needs a million",
    "{where} has a number of {count} digits; at most {most} are read. Correct it.",
    MidiError,
)
NOTES = Limit(
    "notes",
    200_000,
    "notes",
    "eleven hours of five notes a second",
    "{where} holds {count} notes; at most {most} are read. Split it into pieces.",
    MidiError,
)
EVENTS = Limit(
    "events",
    1_000_000,
    "events",
    "five events for each of the most notes that are read",
    "{where} holds more than {most} events. Split it into pieces.",
    MidiError,
)
TRACKS = Limit(
    "tracks",
    256,
    "tracks",
    "sixteen tracks on each of the 16 channels",
    "{where} has {count} tracks; at most {most} are read. Split it.",
    MidiError,
)
QUARTERS = Limit(
    "length",
    40_000,
    "quarter notes",
    "10,000 bars of 4/4, more than five hours at 120 quarter notes a minute",
    "{where} ends after {count} quarter notes; at most {most} are read. A wrong time in the file is likely: "
    "export it again, or cut it.",
    MidiError,
)
METRES = Limit(
    "metres",
    2_000,
    "changes",
    "a change of metre in every bar of a long piece",
    "{where} changes metre more than {most} times. Split it into pieces.",
    MidiError,
)
TEMPOS = Limit(
    "tempos",
    200_000,
    "changes",
    "a recorded performance may have a tempo change every few milliseconds",
    "{where} changes tempo more than {most} times. Split it into pieces.",
    MidiError,
)
CHORDS = Limit(
    "chords",
    100_000,
    "chord symbols",
    "a chord on each beat of the longest piece in 4/4, and as many again",
    "{where} has {count} chord symbols, repeats included; at most {most} are read. Split it into pieces.",
    MidiError,
)
