"""Write the golden numbers of this folder again: ``python tests/golden/generate.py``.

Run it only when a format is meant to change. The ids are spelled out here by hand-written
arithmetic, not by the code under test, so that both would have to be wrong in the same way.
"""

import json
from pathlib import Path

HERE = Path(__file__).parent
LOWEST, HIGHEST = 21, 108

#: Made-up tunes: (metre, bars, notes as onset, duration, pitch).
TUNES = [
    ("4/4", 2, [(0, 4, 60), (4, 4, 62), (8, 2, 64), (10, 1, 65), (12, 4, 67), (16, 8, 72), (26, 6, 60)]),
    ("4/4", 1, [(3, 2, 21), (5, 3, 108), (8, 8, 108)]),
    ("3/4", 2, [(0, 6, 69), (6, 2, 71), (8, 8, 72), (20, 3, 64)]),
    ("6/8", 1, [(0, 4, 67), (4, 2, 69), (6, 5, 71)]),
    ("4/4", 1, []),
]
POSITIONS = {"4/4": 16, "3/4": 12, "6/8": 12}
#: Value of a hit of each drum class, and made-up beats: (metre, bars, hits as step and MIDI pitch).
HITS = {
    36: 1,
    35: 1,
    38: 2,
    40: 2,
    42: 4,
    22: 4,
    46: 8,
    26: 8,
    43: 16,
    58: 16,
    47: 32,
    50: 64,
    49: 128,
    51: 256,
}
BEATS = [
    ("4/4", 1, [(0, 36), (0, 42), (4, 40), (4, 22), (8, 35), (10, 26), (12, 38), (12, 51)]),
    ("6/8", 2, [(0, 49), (0, 36), (6, 38), (12, 58), (15, 47), (18, 50), (23, 43)]),
    ("3/4", 1, []),
]


def spelled(metre: str, bars: int, notes: list[tuple[int, int, int]]) -> list[list[int]]:
    """The ids, bar by bar."""
    steps = [0] * (bars * POSITIONS[metre])
    for onset, duration, pitch in notes:
        steps[onset] = 2 + pitch - LOWEST
        if onset + duration < len(steps):
            steps[onset + duration] = 1  # a note that follows at once takes this place next
    return [steps[i : i + POSITIONS[metre]] for i in range(0, len(steps), POSITIONS[metre])]


def main() -> None:
    names = ["Hold_None", "NoteOff_None"] + [f"NoteOn_{pitch}" for pitch in range(LOWEST, HIGHEST + 1)]
    tunes = []
    for metre, bars, notes in TUNES:
        onsets, durations, pitches = ([note[i] for note in notes] for i in range(3))
        tunes.append(
            {
                "metre": metre,
                "bars": bars,
                "onset_step": onsets,
                "duration_step": durations,
                "pitch": pitches,
                "ids": spelled(metre, bars, notes),
            }
        )
    golden = {"vocabulary": {name: i for i, name in enumerate(names)}, "tunes": tunes}
    (HERE / "melody_tokens.json").write_text(json.dumps(golden, indent=1) + "\n")
    beats = []
    for metre, bars, hits in BEATS:
        steps = [0] * (bars * POSITIONS[metre])
        for step, pitch in hits:
            steps[step] += HITS[pitch]
        rows = [steps[i : i + POSITIONS[metre]] for i in range(0, len(steps), POSITIONS[metre])]
        beats.append({"metre": metre, "bars": bars, "hits": hits, "ids": rows})
    (HERE / "drum_tokens.json").write_text(json.dumps(beats, indent=1) + "\n")


if __name__ == "__main__":
    main()
