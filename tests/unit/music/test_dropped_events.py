"""Events of a MIDI file that a song does not keep."""

import mido

from symvae.music.io.dropped_events import dropped_events


def test_events_without_a_place_in_a_song_are_counted_by_name(tmp_path) -> None:
    song = mido.MidiFile(ticks_per_beat=480)
    notes = mido.MidiTrack(
        [
            mido.MetaMessage("track_name", name="melody"),
            mido.MetaMessage("key_signature", key="G"),
            mido.MetaMessage("lyrics", text="Freu-"),
            mido.MetaMessage("lyrics", text="de"),
            mido.MetaMessage("marker", text="verse"),
            mido.MetaMessage("marker", text="End"),
            mido.Message("control_change", channel=0, control=64, value=0),
            mido.Message("control_change", channel=1, control=64, value=0),
            mido.Message("pitchwheel", channel=1, pitch=5),
            mido.Message("aftertouch", value=50),
            mido.Message("polytouch", note=60, value=50),
            mido.Message("note_on", note=60, velocity=80),
            mido.Message("note_off", note=60, time=480),
        ]
    )
    song.tracks.append(notes)
    song.save(tmp_path / "song.mid")
    assert dropped_events(tmp_path / "song.mid") == {
        "key signature": 1,
        "lyric": 2,
        "marker": 1,
        "noteless controller": 1,
        "noteless pitch bend": 1,
        "aftertouch event": 2,
    }
