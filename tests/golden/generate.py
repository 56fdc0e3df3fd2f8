"""Write the golden numbers of this folder again: ``python tests/golden/generate.py``.

Run it only when a format is meant to change. The ids are spelled out here by hand-written
arithmetic, not by the code under test, so that both would have to be wrong in the same way.
"""

import json
import math
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
    36: 2,
    35: 2,
    38: 4,
    40: 4,
    42: 8,
    22: 8,
    46: 16,
    26: 16,
    43: 32,
    58: 32,
    47: 64,
    50: 128,
    49: 256,
    51: 512,
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


#: Made-up piano music: bars, tempo, notes as onset, duration, pitch, velocity.
PIECES = [
    (1, 120.0, [(0, 4, 48, 63), (0, 16, 60, 71), (6, 2, 64, 127), (15, 1, 21, 3)]),
    (2, 60.5, [(3, 20, 108, 33), (16, 16, 40, 80), (16, 8, 47, 80), (17, 1, 40, 95)]),
    (1, 220.0, []),
]


def spelled_on_grid(bars: int, tempo_qpm: float, notes: list[tuple[int, int, int, int]]) -> list[list[int]]:
    """The ids of the piano grid: PAD, Next, 88 pitches, 32 velocities, 64 durations, 32 tempos."""
    tempos = [round(40 * (220 / 40) ** (i / 31), 2) for i in range(32)]
    tempo = min(range(32), key=lambda i: abs(math.log(tempos[i] / tempo_qpm)))
    velocities = [127 * (i + 1) // 32 for i in range(32)]
    rows = []
    for bar in range(bars):
        row = [2 + 88 + 32 + 64 + tempo]
        for step in range(16 * bar, 16 * bar + 16):
            for onset, duration, pitch, velocity in sorted(notes, key=lambda note: note[2]):
                if onset == step:
                    nearest = min(range(32), key=lambda i: abs(velocities[i] - velocity))
                    row += [2 + pitch - LOWEST, 2 + 88 + nearest, 2 + 88 + 32 + duration - 1]
            row.append(1)
        rows.append(row + [0] * (1 + 16 + 3 * 64 - len(row)))
    return rows


def pieces() -> list[dict[str, object]]:
    keys = ("onset_step", "duration_step", "pitch", "velocity")
    return [
        {"bars": bars, "tempo_qpm": tempo_qpm, "ids": spelled_on_grid(bars, tempo_qpm, notes)}
        | {key: [note[i] for note in notes] for i, key in enumerate(keys)}
        for bars, tempo_qpm, notes in PIECES
    ]


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
    (HERE / "piano_grid_tokens.json").write_text(json.dumps(pieces()) + "\n")
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
