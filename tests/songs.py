"""Songs of several tracks, written for a test, and readers of the result."""

import json
from pathlib import Path

import mido
import numpy as np

import symvae
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase
from symvae.music.windows import whole


def report_of(result) -> dict:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def melody(path) -> Phrase:
    (phrase,) = whole(load(path), 0).phrases
    return phrase


def band(path: Path, bars: int = 4, controllers: tuple[tuple[str, int, int, int], ...] = ()) -> Path:
    """A melody, a bass and drums in quarters; ``controllers``: track's name, channel, tick, value of CC 1."""
    file = mido.MidiFile(ticks_per_beat=480)
    parts = (("melody", 0, 72), ("bass", 1, 40), ("kit", 9, 38))
    for name, channel, pitch in parts:
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
        for beat in range(4 * bars):
            note = pitch + beat % 5
            track.append(mido.Message("note_on", channel=channel, note=note, velocity=80, time=40))
            track.append(mido.Message("note_off", channel=channel, note=note, time=440))
        file.tracks.append(track)
    for name in dict.fromkeys(name for name, *_ in controllers):
        lane, last = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)]), 0
        for owner, channel, tick, value in controllers:
            if owner == name:
                word = mido.Message(
                    "control_change", channel=channel, control=1, value=value, time=tick - last
                )
                lane.append(word)
                last = tick
        file.tracks.append(lane)
    file.save(path)
    return path


def columns(track) -> list[list[int]]:
    return np.column_stack(track.columns).tolist()


def lane(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "lane.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def two_hands(path: Path) -> Path:
    """Two bars in two tracks, and a bar of clusters too full for any row of tokens."""
    chords = Phrase(
        Grid(4),
        onset_step=np.concatenate([np.arange(0, 32, 4), np.repeat(np.arange(32, 48), 4)]),
        duration_step=np.ones(72, int),
        pitch=np.concatenate([np.full(8, 60), np.tile([60, 64, 67, 71], 16)]),
        velocity=np.concatenate([np.full(8, 80), np.tile([90, 80, 70, 20], 16)]),
    )
    symvae.write(chords, path)
    song = mido.MidiFile(path)
    song.tracks[-1].name = "right"
    left = mido.MidiTrack([mido.MetaMessage("track_name", name="left", time=0)])
    left.append(mido.Message("control_change", channel=1, control=64, value=127, time=0))
    left.append(mido.Message("note_on", channel=1, note=15, velocity=80, time=0))
    left.append(mido.Message("note_off", channel=1, note=15, time=1920))
    left.append(mido.Message("note_on", channel=1, note=40, velocity=80, time=0))
    left.append(mido.Message("note_off", channel=1, note=40, time=1920))
    song.tracks.append(left)
    song.save(path)
    return path
