"""Buttons pressed from a file: a record of presses, or the contour of a melody, played by a genie.

time,button,event       a table of presses and releases, in seconds
0.00,3,press
0.40,3,release
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from symvae.errors import MidiError
from symvae.files.limit import shown
from symvae.files.table import read_records
from symvae.music.buttons import AFTER, BEFORE, NUM_BUTTONS, buttons_of
from symvae.music.io.files import write
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.melody_line import choose_track, skyline
from symvae.music.song import Song
from symvae.pipelines.words import counted
from symvae.system.genie import Genie

PRESS, RELEASE = "press", "release"
COLUMNS = ("time", "button", "event")


class ButtonEvent(NamedTuple):
    """A button that goes down or up."""

    time_sec: float
    button: int
    """1 to 8."""
    is_press: bool
    velocity: int | None = None


@dataclass(frozen=True)
class GeniePlay:
    """Notes that a genie played, and the buttons."""

    song: Song
    buttons: tuple[int, ...]
    """Button of each note."""
    pitches: tuple[int, ...]
    model: str
    source: str

    @property
    def report(self) -> dict[str, Any]:
        """Buttons and notes as plain data."""
        moves = np.sign(np.diff(self.buttons)) * np.sign(np.diff(self.pitches))
        return {
            "model": self.model,
            "source": self.source,
            "notes": len(self.pitches),
            "contour_violations": int((moves < 0).sum()),
            "buttons": list(self.buttons),
            "pitches": list(self.pitches),
        }

    def lines(self) -> list[str]:
        """The report as lines of text."""
        against = self.report["contour_violations"]
        return [
            f"{self.model}: {counted(len(self.pitches), 'note')} from {self.source}, "
            f"{against} of them against the buttons"
        ]

    def write(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the notes.

        Args:
            path: A file that ends in .mid.
            force: Overwrite an existing file.

        Returns:
            The file.
        """
        write(self.song, Path(path), force=force)
        return Path(path)


def read_presses(path: str | Path) -> list[ButtonEvent]:
    """Read a record of presses.

    Args:
        path: A CSV file with the columns time (seconds), button (1 to 8) and event (press or release), and
            perhaps velocity.

    Returns:
        The events in order of time.

    Raises:
        MidiError: A fault, with file and row; or there is no press.
    """
    events = [_event(Path(path), line, cells) for line, cells in read_records(path, COLUMNS, MidiError)]
    if not any(event.is_press for event in events):
        raise MidiError(f"{path} has no press. Write rows such as 0.5,3,press below {','.join(COLUMNS)}.")
    return sorted(events, key=lambda event: event.time_sec)


def presses_of_tune(
    file: Music, track: str | int | None = None, *, before: int = BEFORE, after: int = AFTER
) -> list[ButtonEvent]:
    """Trace the contour of a melody with buttons, in its own time.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form.
        track: Name or number of the track; by default the melody.
        before: Notes before each among which its rank is counted, for its button.
        after: Notes after it.

    Returns:
        Presses and releases in order of time.

    Raises:
        MidiError: There is no melody to trace.
    """
    song = load_any(file)
    choice = choose_track(song, track)
    if choice is None:
        raise MidiError(f"{name_of(file)} has no melody to trace. Give a file with a pitched track.")
    part = song.tracks[choice.index]
    line = skyline(part.onset_tick, part.duration_tick, part.pitch)
    onset, end = part.onset_tick[line.kept], part.onset_tick[line.kept] + line.duration_step
    button = buttons_of(part.pitch[line.kept], before, after) + 1
    columns = (seconds_of(song, onset), seconds_of(song, end), button, part.velocity[line.kept])
    events = []
    for start, stop, each, velocity in zip(*(column.tolist() for column in columns), strict=True):
        events += [ButtonEvent(start, each, True, velocity), ButtonEvent(stop, each, False)]
    return sorted(events, key=lambda event: (event.time_sec, event.is_press))


def play(
    genie: Genie,
    events: Sequence[ButtonEvent],
    source: str,
    watch: Callable[[float], None] = lambda share: None,
    **settings: Any,
) -> GeniePlay:
    """Press buttons one after the other.

    Args:
        genie: The genie.
        events: Presses and releases in order of time.
        source: Their source, for the report.
        watch: Progress, 0 to 1.
        settings: Key, chords, tempo, temperature and seed, as `symvae.system.genie.Genie.start` takes them.

    Returns:
        The notes.
    """
    genie.start(**settings)
    for number, event in enumerate(events, 1):
        if event.is_press:
            genie.press(event.button, event.time_sec, event.velocity)
        else:
            genie.release(event.button, event.time_sec)
        watch(number / len(events))
    played = genie.played
    buttons, pitches = tuple(note.button for note in played), tuple(note.pitch for note in played)
    return GeniePlay(genie.song(), buttons, pitches, genie.name, source)


def seconds_of(song: Song, tick: np.ndarray) -> np.ndarray:
    """Times of ticks of a song, in seconds.

    Args:
        song: The song, for its tempo map.
        tick: Ticks.

    Returns:
        Seconds from the start.
    """
    change = np.array([tempo.tick for tempo in song.tempos], np.float64)
    tick_sec = 60.0 / song.ticks_per_quarter / np.array([tempo.qpm for tempo in song.tempos])
    change_sec = np.concatenate([[0.0], np.cumsum(np.diff(change) * tick_sec[:-1])])
    last = np.searchsorted(change, tick, "right") - 1
    return change_sec[last] + (tick - change[last]) * tick_sec[last]


def _event(path: Path, line: int, cells: dict[str, str]) -> ButtonEvent:
    place = f"{path}, row {line}:"
    try:
        time_sec = float(cells["time"])
    except ValueError:
        time_sec = float("nan")
    if not 0 <= time_sec < 1e6:
        raise MidiError(f"{place} {shown(cells['time'])} is no time. Write seconds from the start, as 1.5.")
    if cells["button"] not in map(str, range(1, NUM_BUTTONS + 1)):
        raise MidiError(f"{place} {shown(cells['button'])} is no button. Buttons are 1 to {NUM_BUTTONS}.")
    if cells["event"] not in (PRESS, RELEASE):
        raise MidiError(f"{place} {shown(cells['event'])} is no event. Write {PRESS} or {RELEASE}.")
    word = cells.get("velocity", "")
    if word and not (word.isdecimal() and len(word) < 4 and 1 <= int(word) <= 127):
        raise MidiError(f"{place} {shown(word)} is no velocity. Velocities are 1 to 127.")
    velocity = int(word) if word else None
    return ButtonEvent(time_sec, int(cells["button"]), cells["event"] == PRESS, velocity)
