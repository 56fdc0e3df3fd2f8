"""Any track of a song is faded by its name, by a melody or a piano model; the others stay as they are."""

from pathlib import Path

import mido
import pytest

import symvae
from symvae.errors import MidiError
from symvae.music.io.midi_read import load
from symvae.music.song import Song
from tests.songs import columns

pytestmark = pytest.mark.usefixtures("few_exchanges")
NAMES = ("melody", "strings", "bass", "kit")


@pytest.fixture
def quartet(tmp_path: Path) -> Path:
    """A melody, chords of three notes, a bass and drums in eight bars, with a controller each."""
    file = mido.MidiFile(ticks_per_beat=480)
    parts = {"melody": (0, [72]), "strings": (1, [60, 64, 67]), "bass": (2, [40]), "kit": (9, [36])}
    for name, (channel, pitches) in parts.items():
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
        track.append(mido.Message("control_change", channel=channel, control=11, value=90 + channel, time=0))
        for beat in range(32):
            rest = 3 * (beat % 4)  # played a little late
            chord = [pitch + (0, 2, 4, 5)[beat % 4] for pitch in pitches]
            for place, note in enumerate(chord):
                velocity = 60 + 3 * (beat % 7) + place
                track.append(
                    mido.Message(
                        "note_on",
                        channel=channel,
                        note=note,
                        velocity=velocity,
                        time=rest if place == 0 else 0,
                    )
                )
            for place, note in enumerate(chord):
                time = 480 - rest if place == 0 else 0
                track.append(mido.Message("note_off", channel=channel, note=note, time=time))
        file.tracks.append(track)
    path = tmp_path / "quartet.mid"
    file.save(path)
    return path


def rest_is_untouched(path: Path, song: Song, chosen: str) -> bool:
    before = load(path)
    return all(
        columns(old) == columns(new) and old.controls.tolist() == new.controls.tolist()
        for old, new in zip(before.tracks, song.tracks, strict=True)
        if old.name != chosen
    )


@pytest.mark.parametrize("name", ["melody", "strings", "bass"])
@pytest.mark.parametrize("kind", ["fader_model", "piano_model"])
def test_every_pitched_track_is_faded_and_the_rest_is_not(quartet, request, name, kind):
    model = request.getfixturevalue(kind)
    result = symvae.fade_song(quartet, {"register": "+7"}, model=model, track=name)
    new = result.song.tracks[NAMES.index(name)]
    assert columns(new) != columns(load(quartet).tracks[NAMES.index(name)])
    assert rest_is_untouched(quartet, result.song, name)
    assert [track.name for track in result.song.tracks] == list(NAMES)


def test_drums_have_no_faders(quartet, fader_model):
    with pytest.raises(MidiError, match="drum"):
        symvae.fade_song(quartet, {"register": "+7"}, model=fader_model, track="kit")


def test_an_unknown_track_is_refused_with_all_names(quartet, fader_model):
    with pytest.raises(
        MidiError, match=r"There is no track 'flute' in quartet. It has: 0 'melody', 1 'strings'"
    ):
        symvae.fade_song(quartet, {"register": "+7"}, model=fader_model, track="flute")
