"""General MIDI programs of instruments, by the words of their names.

For scores that name an instrument and no program. A name that is not here plays the piano.
"""

import re

#: Words → program, counted from 0; the first entry whose words are all in the name counts.
_PROGRAMS: tuple[tuple[str, int], ...] = (
    ("english horn", 69),
    ("cor anglais", 69),
    ("bass clarinet", 71),
    ("soprano sax", 64),
    ("alto sax", 65),
    ("tenor sax", 66),
    ("baritone sax", 67),
    ("electric piano", 4),
    ("electric guitar", 27),
    ("electric bass", 33),
    ("bass guitar", 33),
    ("double bass", 43),
    ("string ensemble", 48),
    ("french horn", 60),
    ("saxophone", 65),
    ("harpsichord", 6),
    ("cembalo", 6),
    ("celesta", 8),
    ("glockenspiel", 9),
    ("vibraphone", 11),
    ("marimba", 12),
    ("xylophone", 13),
    ("organ", 19),
    ("accordion", 21),
    ("harmonica", 22),
    ("guitar", 24),
    ("violin", 40),
    ("viola", 41),
    ("cello", 42),
    ("violoncello", 42),
    ("contrabass", 43),
    ("harp", 46),
    ("timpani", 47),
    ("strings", 48),
    ("choir", 52),
    ("trumpet", 56),
    ("cornet", 56),
    ("trombone", 57),
    ("tuba", 58),
    ("horn", 60),
    ("oboe", 68),
    ("bassoon", 70),
    ("fagott", 70),
    ("clarinet", 71),
    ("piccolo", 72),
    ("flute", 73),
    ("recorder", 74),
    ("banjo", 105),
    ("bagpipe", 109),
    ("fiddle", 110),
    ("piano", 0),
)


def program_named(name: str) -> int | None:
    """The program of an instrument, such as 71 for "Clarinet in Bb"; None for an unknown one.

    Args:
        name: Name of an instrument or part, or a sound of MusicXML such as "wind.reed.clarinet.bflat".

    Returns:
        Program from 0 to 127, or None.
    """
    words = set(re.findall(r"[a-z]+", name.lower()))
    words |= {word.removesuffix("s") for word in words}
    return next((program for key, program in _PROGRAMS if set(key.split()) <= words), None)
