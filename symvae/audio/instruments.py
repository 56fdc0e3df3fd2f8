"""General MIDI programs: the synthesizer's timbre and the stereo position for each."""

#: Timbre of each family of eight programs, but for `_EXCEPTIONS`.
_FAMILIES = (
    "piano", "vibraphone", "organ", "guitar", "bass", "strings", "strings", "trumpet",
    "clarinet", "flute", "clarinet", "strings", "electric-piano", "guitar", "vibraphone", "strings",
)  # fmt: skip
_EXCEPTIONS = {
    4: "electric-piano", 5: "electric-piano", 6: "harpsichord", 7: "harpsichord", 15: "harpsichord",
    40: "violin", 41: "violin", 42: "violin", 43: "bass", 45: "guitar", 46: "guitar", 47: "bass",
    81: "violin", 110: "violin", 111: "clarinet",
}  # fmt: skip
#: Programs that timbres were learned from, which are therefore played by that very instrument.
_LEARNED = (0, 4, 6, 11, 16, 24, 33, 40, 48, 56, 71, 73)
#: Stereo positions from -1 (left) to 1 (right), as in a small ensemble.
_POSITIONS = {
    "piano": 0.0, "electric-piano": 0.2, "harpsichord": -0.2, "vibraphone": 0.35, "organ": -0.1,
    "guitar": -0.35, "bass": 0.0, "violin": -0.3, "strings": 0.25, "trumpet": 0.3, "clarinet": -0.15,
    "flute": 0.15,
}  # fmt: skip


def timbre_of_program(program: int) -> tuple[str, bool]:
    """Look up the timbre for a program (0 to 127), and whether it is that very instrument."""
    return _EXCEPTIONS.get(program, _FAMILIES[program // 8]), program in _LEARNED


def pan_of_program(program: int) -> float:
    """Stereo position of a program, from -1 (left) to 1 (right)."""
    return _POSITIONS[timbre_of_program(program)[0]]
