"""Trios from POP909: its melodies with an accompaniment by rule (`symvae.corpus.sources.accompaniment`).

Bass: for half of the songs, told by a hash of their name, the lowest line of track PIANO; for the others the
roots of ``chords.csv`` at the kicks, if the folder has that file. Drums: a take from the train split of the
Groove MIDI Dataset, a beat in 4/4 of `STYLES`, one of the `NEAREST` in tempo by the same hash. The title of a
tune says which rule and which take.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.sources.accompaniment import (
    ChordSpan,
    bass_of_chords,
    bass_of_piano,
    drums_of_take,
)
from symvae.corpus.sources.groove import INFO_FILE, MISALIGNED
from symvae.corpus.sources.pop909 import MELODY_TRACK, pop909
from symvae.corpus.sources.pop909_align import load_aligned
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, SymvaeError
from symvae.files.table import read_records
from symvae.music.arrangement import Arrangement
from symvae.music.drum_kit import DRUM_PITCHES, one_hit_a_cell
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase
from symvae.music.pitch import PIANO_PITCHES
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from symvae.music.windows import whole

COLLECTION = "pop909_trio"
CHORDS_FILE = "chords.csv"
PIANO_TRACK = "PIANO"
#: Styles of Groove that go with pop songs: the first word of a take's style.
STYLES = ("pop", "rock", "soul", "funk", "hiphop", "punk", "country")
#: Takes to choose from, the nearest in tempo.
NEAREST = 12
#: Fewest bars of a take.
FEWEST_BARS = 4
_PITCH_CLASS = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))


class Take(NamedTuple):
    """A take of Groove."""

    path: Path
    name: str
    style: str
    tempo_qpm: float


def pop909_trio(
    folder: Path | str, drums: Path | str, *, workers: int = 2, limits: FileLimits = DEFAULT_LIMITS
) -> FileSource:
    """Read each song as one tune, "pop909/001", with bass and drums by rule.

    Args:
        folder: POP909, as `symvae.corpus.sources.pop909.pop909` takes it.
        drums: The folder of the Groove MIDI Dataset, with its ``info.csv``.
        workers: Processes that read files.
        limits: The most that one song may take.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: One of the folders is another.
    """
    songs = pop909(folder, workers=workers, limits=limits)
    reader = _Reader(_takes(Path(drums)), _chords(Path(folder)))
    return FileSource(songs.files, reader, f"pop909_trio, drums {Path(drums).resolve()}", workers, limits)


def _takes(folder: Path) -> tuple[Take, ...]:
    if not (folder / INFO_FILE).is_file():
        raise CorpusError(
            f"{folder} is not the Groove MIDI Dataset: it has no {INFO_FILE}. "
            "Name its folder with --drums: the accompaniment takes drums from it."
        )
    columns = (
        *("id", "style", "bpm", "beat_type", "time_signature"),
        *("midi_filename", "duration", "split"),
    )
    found = []
    for _, row in read_records(folder / INFO_FILE, columns, CorpusError):
        path, style = folder / row["midi_filename"], row["style"].partition("/")[0].partition("-")[0]
        try:
            tempo, seconds = float(row["bpm"]), float(row["duration"])
        except ValueError:
            continue
        fits = (row["beat_type"], row["time_signature"], row["split"]) == ("beat", "4-4", "train")
        long_enough = seconds * tempo / 240 >= FEWEST_BARS
        if fits and long_enough and style in STYLES and row["id"] not in MISALIGNED and path.is_file():
            found.append(Take(path, row["id"], row["style"], tempo))
    if not found:
        raise CorpusError(f"{folder} has no beat in 4/4 of its train split. Unpack it again.")
    return tuple(found)


def _chords(folder: Path) -> dict[str, list[ChordSpan]]:
    """Chords by song; empty without the file. A row without a chord, "N", is a rest."""
    path = folder / CHORDS_FILE
    if not path.is_file():
        return {}
    found: dict[str, list[ChordSpan]] = {}
    for _, row in read_records(path, ("song", "start_beat", "end_beat", "chord"), CorpusError):
        root = _lowest(row["chord"])
        if root is not None:
            start, end = (round(float(row[key]) * STEPS_PER_QUARTER) for key in ("start_beat", "end_beat"))
            found.setdefault(row["song"], []).append(ChordSpan(start, end, root))
    return found


def _lowest(chord: str) -> int | None:
    """Pitch class of the root of a chord such as "F#:min7"; None for "N"."""
    if not chord or chord[0] not in _PITCH_CLASS:
        return None
    name = chord.partition(":")[0].partition("/")[0]
    return (_PITCH_CLASS[name[0]] + name.count("#") - name[1:].count("b")) % 12


class _Reader:
    """Function of one song.

    Args:
        takes: Takes of drummers.
        chords: Chords by the name of the song's file.
    """

    def __init__(self, takes: tuple[Take, ...], chords: dict[str, list[ChordSpan]]) -> None:
        self._takes = takes
        self._chords = chords

    def __call__(self, file: MusicFile) -> list[Tune | Dropped]:
        path, name = file
        try:
            song = load_aligned(path, name) if path.is_dir() else load(path)
            return [song] if isinstance(song, Dropped) else [self._tune(song, path.stem, name)]
        except SymvaeError as fault:
            return [Dropped(name, Reason.UNREADABLE, str(fault))]

    def _tune(self, song: Song, stem: str, name: str) -> Tune | Dropped:
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        read = whole(song, MELODY_TRACK, pitch_range=PIANO_PITCHES)
        if len(read.phrases) != 1:
            return Dropped(name, Reason.METRE_CHANGES if read.phrases else Reason.EMPTY)
        melody = read.phrases[0]
        drums, take = self._drums(melody, number)
        chords = self._chords.get(stem)
        if chords and number % 2:
            bass, rule = bass_of_chords(chords, drums, melody.grid, melody.tempo_qpm), "roots at the kicks"
        else:
            piano = whole(song, PIANO_TRACK, polyphonic=True)
            if len(piano.phrases) != 1:
                return Dropped(name, Reason.NO_BASS, "its track PIANO is empty")
            bass, rule = bass_of_piano(_on(piano.phrases[0], melody)), "lowest line of the piano"
        title = f"{stem}; bass: {rule}; drums: {take.name}, {take.style}, {take.tempo_qpm:g} qpm"
        parts = {"melody": melody, "bass": bass, "drums": drums}
        arrangement = Arrangement(melody.grid, parts, melody.tempo_qpm)
        return Tune(name, COLLECTION, title, arrangement, read.timing)

    def _drums(self, melody: Phrase, number: int) -> tuple[Phrase, Take]:
        """Drums from the first bar of the melody on."""
        by_tempo = sorted(self._takes, key=lambda take: abs(take.tempo_qpm - melody.tempo_qpm))
        nearest = by_tempo[:NEAREST]
        for offset in range(len(nearest)):
            take = nearest[(number // 2 + offset) % len(nearest)]
            reading = whole(load(take.path), drums=True, pitch_range=DRUM_PITCHES)
            phrases = [each for each in reading.phrases if each.grid.metre == melody.grid.metre]
            if phrases and phrases[0].grid.bars > FEWEST_BARS:
                played = phrases[0].window(0, phrases[0].grid.bars - 1)  # the last bar is seldom whole
                played = played.select(one_hit_a_cell(played))
                first = int(melody.onset_step[0]) // melody.grid.steps_per_bar if len(melody) else 0
                return drums_of_take(played, melody.grid, melody.tempo_qpm, max(0, first - 4)), take
        raise CorpusError("No take of the drums has four bars in the metre of the song. Unpack Groove again.")


def _on(phrase: Phrase, other: Phrase) -> Phrase:
    """The phrase on the grid of another one, from the same first bar."""
    return phrase.pad(other.grid.bars).window(0, other.grid.bars)
