"""A drum track that is edited in its song: every other track comes back bit for bit."""

from dataclasses import replace
from pathlib import Path

import mido
import numpy as np

from symvae.music.io.files import write
from symvae.music.io.midi_read import load
from symvae.music.patch import Patch
from symvae.music.splice import splice
from symvae.music.windows import whole
from symvae.pipelines.tracks import tracks_read
from tests.songs import band


def messages(path: Path, name: str) -> list[str]:
    """Events of a track, as an independent reader has them."""
    (track,) = (track for track in mido.MidiFile(path).tracks if track.name == name)
    return [str(message) for message in track]


def test_other_tracks_keep_every_event(tmp_path: Path) -> None:
    path = band(tmp_path / "band.mid")
    song = load(path)
    reading = whole(song, drums=True)
    (phrase,) = reading.phrases
    louder = replace(phrase, velocity=np.minimum(phrase.velocity + 10, 127))
    new = louder.select(np.arange(len(louder)) != 3)
    patch = Patch(phrase, new, 0, 0, song.end_tick, song.end_tick)
    tracks = tracks_read(song, reading.track, reading.drums)
    assert [song.tracks[index].name for index in tracks] == ["kit"]
    edited = splice(song, [patch], tracks).song
    write(edited, tmp_path / "edited.mid")
    for name in ("melody", "bass"):
        assert messages(path, name) == messages(tmp_path / "edited.mid", name)
    assert messages(path, "kit") != messages(tmp_path / "edited.mid", "kit")
    assert len(load(tmp_path / "edited.mid").tracks[tracks[0]]) == len(song.tracks[tracks[0]]) - 1
