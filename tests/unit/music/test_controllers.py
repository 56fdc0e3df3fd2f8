"""Controllers act on every part of their channel, from any track."""

import mido

from symvae.music.io.source import load_for_playback

VOLUME, PEDAL = 7, 64


def lane(*events: tuple[int, mido.Message]) -> mido.MidiTrack:
    """A track of messages at absolute ticks."""
    track, now = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda row: row[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def note(start: int, end: int, pitch: int, channel: int = 0) -> list[tuple[int, mido.Message]]:
    return [
        (start, mido.Message("note_on", note=pitch, velocity=90, channel=channel)),
        (end, mido.Message("note_off", note=pitch, channel=channel)),
    ]


def control(tick: int, number: int, value: int, channel: int = 0) -> tuple[int, mido.Message]:
    return tick, mido.Message("control_change", control=number, value=value, channel=channel)


def program(tick: int, number: int, channel: int = 0) -> tuple[int, mido.Message]:
    return tick, mido.Message("program_change", program=number, channel=channel)


def controls_of(tmp_path, *lanes: mido.MidiTrack) -> list[list[list[int]]]:
    """The controllers of every part of a file of these tracks."""
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks += lanes
    file.save(tmp_path / "song.mid")
    return [track.controls.tolist() for track in load_for_playback(tmp_path / "song.mid").tracks]


def test_the_pedal_of_one_hand_acts_on_both(tmp_path) -> None:
    pedal = [control(0, PEDAL, 127), control(900, PEDAL, 0)]
    hands = lane(*pedal, *note(0, 240, 72)), lane(*note(0, 240, 48))
    assert controls_of(tmp_path, *hands) == [[[0, PEDAL, 127], [900, PEDAL, 0]]] * 2


def test_controllers_of_a_track_without_notes_act_on_their_channel(tmp_path) -> None:
    assert controls_of(tmp_path, lane(control(0, VOLUME, 40)), lane(*note(0, 240, 48))) == [[[0, VOLUME, 40]]]


def test_controllers_outlast_a_program_change(tmp_path) -> None:
    line = lane(
        program(0, 0), control(0, VOLUME, 40), *note(0, 100, 60), program(400, 40), *note(480, 600, 62)
    )
    assert controls_of(tmp_path, line) == [[[0, VOLUME, 40]]] * 2


def test_controllers_of_other_channels_do_not_act(tmp_path) -> None:
    low = lane(control(0, VOLUME, 40, channel=1), *note(0, 240, 48, channel=1))
    drums = lane(control(0, VOLUME, 99, channel=9), *note(0, 240, 38, channel=9))
    parts = controls_of(tmp_path, lane(*note(0, 240, 72)), low, drums)
    assert parts == [[], [[0, VOLUME, 40]], [[0, VOLUME, 99]]]


def test_parts_in_unison_keep_their_own_controllers(tmp_path) -> None:
    parts = controls_of(
        tmp_path, lane(control(0, VOLUME, 40), *note(0, 240, 60)), lane(*note(0, 240, 60, channel=1))
    )
    assert parts == [[[0, VOLUME, 40]], []]
