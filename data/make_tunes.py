"""Write the bundled tunes and their SOURCES.toml. Run it again and get the same bytes:

    python data/make_tunes.py            # into data/tunes
    python data/make_tunes.py --out DIR

The tunes are below in a subset of ABC notation: letters, accidentals, octave marks, lengths; accidentals
beyond the key hold for one note. All melodies are in the public domain; this notation was made for the
project and is under its license.
"""

import argparse
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from symvae.music.io.midi_write import TICKS_PER_STEP, song_to_bytes
from symvae.music.song import MetreChange, Song, TempoChange, Track

SHARPS = "FCGDAEB"
SCALE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NOTE = re.compile(r"(\^|_|=)?([A-Ga-gz])([,']*)(\d*)")
PERFORMANCE_SEED = 7


class Tune(NamedTuple):
    """A tune in ABC notation."""

    name: str
    title: str
    origin: str
    public_domain: str
    metre: tuple[int, int]
    tempo_qpm: float
    sharps: int
    """Sharps of the key; negative for flats."""
    unit_step: int
    """Sixteenths of a letter without a length."""
    voices: dict[str, str]
    program: int = 0


TUNES = (
    Tune(
        "ah_vous_dirai_je",
        "Ah! vous dirai-je, maman (Twinkle, twinkle)",
        "French melody, in print by 1761",
        "anonymous, eighteenth century",
        (4, 4),
        100.0,
        0,
        4,
        {"melody": "CCGG|AAG2|FFEE|DDC2|GGFF|EED2|GGFF|EED2|CCGG|AAG2|FFEE|DDC2"},
    ),
    Tune(
        "ode_to_joy",
        "Ode to Joy",
        "Ludwig van Beethoven, Symphony no. 9, fourth movement, 1824",
        "the composer died in 1827",
        (4, 4),
        120.0,
        2,
        2,
        {
            "melody": "F2F2G2A2|A2G2F2E2|D2D2E2F2|F3E E4|F2F2G2A2|A2G2F2E2|D2D2E2F2|E3D D4|"
            "E2E2F2D2|E2FGF2D2|E2FGF2E2|D2E2A,4|F2F2G2A2|A2G2F2E2|D2D2E2F2|E3D D4"
        },
        program=48,
    ),
    Tune(
        "frere_jacques",
        "Frère Jacques",
        "French round, in print by 1811",
        "anonymous, about 1780",
        (4, 4),
        110.0,
        -1,
        2,
        {"melody": "F2G2A2F2|F2G2A2F2|A2B2c4|A2B2c4|cdcBA2F2|cdcBA2F2|F2C2F4|F2C2F4"},
        program=73,
    ),
    Tune(
        "auld_lang_syne",
        "Auld Lang Syne",
        "Scottish air, with Burns's words in Thomson's Select Collection, 1799",
        "anonymous, eighteenth century",
        (4, 4),
        92.0,
        -1,
        2,
        {
            "melody": "z6C2|F3FF2A2|G3FG2A2|F3FA2c2|d6d2|c3AA2F2|G3FG2A2|F3DD2C2|F6d2|"
            "c3AA2F2|G3FG2d2|c3AA2c2|d6d2|c3AA2F2|G3FG2A2|F3DD2C2|F6z2"
        },
    ),
    Tune(
        "wind_that_shakes_the_barley",
        "The Wind That Shakes the Barley (reel)",
        "Irish reel, in Ryan's Mammoth Collection, Boston 1883",
        "traditional, collected 1883",
        (4, 4),
        180.0,
        2,
        2,
        {
            "melody": "A2ABAFED|B2BAB2d2|A2ABAFED|gfedB2d2|A2ABAFED|B2BAB2d2|A2ABAFED|gfedB2d2|"
            "f2fdg2ge|f2fdecBA|f2fdg2ge|afedB2d2|f2fdg2ge|f2fdecBA|defgafba|gfedB2d2"
        },
        program=40,
    ),
    Tune(
        "soldiers_joy",
        "The Soldier's Joy (reel)",
        "Scottish and Irish reel, in print by 1778; O'Neill's Music of Ireland no. 1642, Chicago 1903",
        "traditional, eighteenth century",
        (2, 2),
        180.0,
        2,
        2,
        {
            "melody": "AFDFAFDF|A2d2d2cB|AFDFAFDF|G2E2E2FG|AFDFAFDF|A2d2d2de|fafdegec|d2d2d2de|"
            "fdfdfagf|edcdefge|fdfdfagf|edcBA2de|fdfdfagf|ecAcefge|fafdegec|d2d2d2z2"
        },
        program=40,
    ),
    Tune(
        "fishers_hornpipe",
        "Fisher's Hornpipe",
        "English hornpipe, in print by 1780; Ryan's Mammoth Collection, Boston 1883",
        "anonymous, eighteenth century",
        (2, 4),
        100.0,
        -1,
        1,
        {
            "melody": "fcAcBdcB|AcAcBdcB|AFAFBGBG|AFAFG2c2|fcAcBdcB|AcAcBdcB|ABcdefge|f2f2f2ef|"
            "gecegebg|afcfafba|gecegebg|gfedc2Bc|dBFBdBfd|cAFAcAfc|dgfedBAG|F2F2F2z2"
        },
        program=40,
    ),
    Tune(
        "lieber_augustin",
        "O du lieber Augustin",
        "Viennese song, in print by 1800",
        "anonymous, about 1700",
        (3, 4),
        140.0,
        0,
        2,
        {
            "melody": "G3AGF|E2C2C2|D2G,2G,2|E2C2C2|G3AGF|E2C2C2|D2G,2G,2|C6|"
            "D2G,2G,2|E2C2C2|D2G,2G,2|E2C2C2|G3AGF|E2C2C2|D2G,2G,2|C6"
        },
        program=21,
    ),
    Tune(
        "greensleeves",
        "Greensleeves",
        "English ballad tune, registered in London in 1580",
        "anonymous, sixteenth century",
        (6, 8),
        135.0,
        0,
        1,
        {
            "melody": "z10A2|c4d2e3fe2|d4B2G3AB2|c4A2A3^GA2|B4^G2E4A2|c4d2e3fe2|d4B2G3AB2|"
            "c3BA2^G3^F^G2|A6A6|g6g3^fe2|d4B2G3AB2|c4A2A3^GA2|B4^G2E6|g6g3^fe2|d4B2G3AB2|"
            "c3BA2^G3^F^G2 | A6A4z2"
        },
        program=24,
    ),
    Tune(
        "petzold_minuet",
        "Minuet in G, two voices",
        "Christian Petzold, in the Notebook for Anna Magdalena Bach, 1725",
        "the composer died in 1733",
        (3, 4),
        120.0,
        1,
        2,
        {
            "right hand": "d2GABc|d2G2G2|e2cdef|g2G2G2|c2dcBA|B2cBAG|F2GABG|A6|"
            "d2GABc|d2G2G2|e2cdef|g2G2G2|c2dcBA|B2cBAG|A2BAGF|G6",
            "left hand": "G,4A,2|B,6|C6|B,6|A,6|G,6|D2B,2G,2|D2D,CB,A,|"
            "B,4A,2|G,2B,2G,2|C6|B,2CB,A,G,|A,4F,2|G,4B,2|C2D2D,2|G,4G,,2",
        },
    ),
)


def pitch_of(accidental: str, letter: str, octave_marks: str, sharps: int) -> int:
    """MIDI note number of an ABC note: C is middle C, c the C above."""
    name = letter.upper()
    pitch = (
        60 + SCALE[name] + 12 * letter.islower() + 12 * (octave_marks.count("'") - octave_marks.count(","))
    )
    if accidental:
        return pitch + {"^": 1, "_": -1, "=": 0}[accidental]
    if name in SHARPS[: max(sharps, 0)]:
        return pitch + 1
    return pitch - (name in SHARPS[len(SHARPS) + min(sharps, 0) :])


def voice(name: str, abc: str, tune: Tune) -> tuple[Track, int]:
    """One voice as a track, and the tick of its end."""
    bar_step = 16 * tune.metre[0] // tune.metre[1]
    onset, duration, pitch = [], [], []
    step = 0
    for bar in abc.split("|"):
        bar_start = step
        for accidental, letter, marks, length in NOTE.findall(bar):
            steps = tune.unit_step * int(length or 1)
            if letter != "z":
                onset.append(step)
                duration.append(steps)
                pitch.append(pitch_of(accidental, letter, marks, tune.sharps))
            step += steps
        if step - bar_start != bar_step:
            raise SystemExit(f"{tune.name}, {name}: the bar {bar.strip()!r} has {step - bar_start} steps.")
    columns = [np.array(column) for column in (onset, duration, pitch)]
    # The first beat is a little louder than the others.
    velocity = np.where(columns[0] % bar_step == 0, 96, 84)
    ticks = [columns[0] * TICKS_PER_STEP, columns[1] * TICKS_PER_STEP]
    return Track(name, tune.program, False, ticks[0], ticks[1], columns[2], velocity), step * TICKS_PER_STEP


def song_of(tune: Tune) -> Song:
    """All voices of a tune, exactly on the grid."""
    parts = [voice(name, abc, tune) for name, abc in tune.voices.items()]
    return Song(
        4 * TICKS_PER_STEP,
        metres=(MetreChange(0, *tune.metre),),
        tempos=(TempoChange(0, tune.tempo_qpm),),
        tracks=tuple(track for track, _ in parts),
        end_tick=max(end for _, end in parts),
    )


def performed(song: Song) -> Song:
    """A simulated performance: onsets up to a third of a sixteenth early or late, notes a little shorter."""
    random = np.random.default_rng(PERFORMANCE_SEED)
    tracks = []
    for track in song.tracks:
        shift = np.clip(random.normal(0, 14, len(track)), -40, 40).astype(int)
        onset = np.maximum(track.onset_tick + shift, 0)
        held = np.clip(random.normal(0.86, 0.05, len(track)), 0.7, 1.0)
        velocity = np.clip(track.velocity + random.normal(0, 8, len(track)), 1, 127).astype(int)
        duration = np.maximum((track.duration_tick * held).astype(int), 20)
        tracks.append(track.with_notes(onset, duration, track.pitch, velocity))
    return Song(song.ticks_per_quarter, song.metres, song.tempos, tuple(tracks), song.end_tick)


def bundle() -> dict[str, tuple[bytes, dict[str, str]]]:
    """File name → (bytes, entry of SOURCES.toml)."""
    files = {}
    for tune in TUNES:
        entry = {
            "title": tune.title,
            "origin": tune.origin,
            "public_domain": tune.public_domain,
            "metre": "/".join(map(str, tune.metre)),
        }
        files[f"{tune.name}.mid"] = (song_to_bytes(song_of(tune)), entry)
        if tune.name == "ode_to_joy":
            entry = {
                **entry,
                "title": f"{tune.title}, played off the grid (random timing, seed {PERFORMANCE_SEED})",
            }
            files[f"{tune.name}_performed.mid"] = (song_to_bytes(performed(song_of(tune))), entry)
    return files


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "tunes")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Written by data/make_tunes.py. Melodies: public domain. Notation: this project's license."]
    for name, (data, entry) in sorted(bundle().items()):
        (folder / name).write_bytes(data)
        lines += ["", f'["{name}"]', *(f'{key} = "{value}"' for key, value in entry.items())]
        lines.append('notation = "written out for symvae in data/make_tunes.py"')
        lines.append(f'sha256 = "{hashlib.sha256(data).hexdigest()}"')
    (folder / "SOURCES.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
