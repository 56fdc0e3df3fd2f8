"""Exact edits of music that no model of all voices reads: waltzes and jigs, counted by mido."""

from collections import Counter
from pathlib import Path

import mido
import pytest

import symvae
from symvae.errors import SymvaeError

QUARTER = 480


def waltz(path: Path, numerator: int, denominator: int) -> Path:
    """Sixteen bars: a melody over chords, in two tracks."""
    bar = QUARTER * 4 * numerator // denominator
    tracks = [
        mido.MidiTrack([mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)])
    ]
    for name, pitches in (("Melody", (76,)), ("Chords", (48, 55, 64))):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        for number in range(16):
            chord = [pitch + number % 3 for pitch in pitches]
            for kind in ("note_on", "note_off"):
                for place, pitch in enumerate(chord):
                    wait = bar if kind == "note_off" and place == 0 else 0
                    track.append(mido.Message(kind, note=pitch, velocity=60 + number, time=wait))
        tracks.append(track)
    mido.MidiFile(ticks_per_beat=QUARTER, tracks=tracks).save(path)
    return path


def struck(path: Path) -> Counter[tuple[int, int, int, int]]:
    """Track, tick, pitch and velocity of every note."""
    found: Counter[tuple[int, int, int, int]] = Counter()
    for number, track in enumerate(mido.MidiFile(path).tracks):
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                found[number, tick, message.note, message.velocity] += 1
    return found


@pytest.mark.parametrize("metre", [(3, 4), (6, 8), (3, 8), (12, 8)])
def test_loudness_and_register_move_all_voices_in_every_metre(metre, tmp_path):
    file, out = waltz(tmp_path / "waltz.mid", *metre), tmp_path / "faded.mid"
    result = symvae.fade_song(file, {"mean_velocity": "+8", "register": "+12"})
    result.write(out)
    moved = Counter({(t, tick, pitch + 12, v + 8): n for (t, tick, pitch, v), n in struck(file).items()})
    assert struck(out) == moved
    assert result.report["faders"]["mean_velocity"]["via"] == "notes"
    assert result.report["harm"]["kept_transposed"]["all"] == 1.0


def test_a_tempo_and_lengths_are_set_in_three_four(tmp_path):
    file = waltz(tmp_path / "waltz.mid", 3, 4)
    result = symvae.fade_song(file, {"tempo": 90, "articulation": 0.6})
    faders = result.report["faders"]
    assert faders["tempo"]["achieved"] == pytest.approx(90)
    assert faders["articulation"]["achieved"] == pytest.approx(0.6, abs=0.05)
    assert "no model" in result.lines()[0]


def test_what_needs_new_notes_still_needs_a_model(tmp_path):
    file = waltz(tmp_path / "waltz.mid", 3, 4)
    with pytest.raises(SymvaeError, match="no fader"):
        symvae.fade_song(file, {"mean_velocity": "+8", "arousal": 0.9})
    with pytest.raises(SymvaeError, match="no fader"):
        symvae.fade_song(file, {"mean_velocity": "+8"}, via="latent")
