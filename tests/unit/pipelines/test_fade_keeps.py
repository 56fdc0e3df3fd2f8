"""fade does no harm: what was not asked for comes back from the file exactly, counted by mido."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import mido
import numpy as np
import pytest

import symvae

pytestmark = pytest.mark.usefixtures("few_exchanges")

QUARTER = 480
BAR = 4 * QUARTER
#: Onset and end in quarters, pitch, velocity.
Note = tuple[float, float, int, int]
Message = mido.Message | mido.MetaMessage


@pytest.fixture(scope="module")
def piano() -> symvae.SymVAE:
    return symvae.load("piano-4bar")


def part(
    notes: Iterable[Note], *events: tuple[int, Message], channel: int = 0, unit: int = QUARTER
) -> mido.MidiTrack:
    """A track of notes, and of other events at their ticks."""
    placed: list[tuple[int, int, Message]] = [(tick, 1, event) for tick, event in events]
    for onset, end, pitch, velocity in notes:
        on = mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
        placed.append((round(onset * unit), 2, on))
        placed.append((round(end * unit), 0, mido.Message("note_off", channel=channel, note=pitch)))
    track, last = mido.MidiTrack(), 0
    for tick, _, event in sorted(placed, key=lambda row: row[:2]):
        track.append(event.copy(time=tick - last))
        last = tick
    return track


def save(path: Path, *tracks: mido.MidiTrack, qpm: float = 120.0, unit: int = QUARTER) -> Path:
    conductor = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=round(60e6 / qpm))])
    mido.MidiFile(ticks_per_beat=unit, tracks=[conductor, *tracks]).save(path)
    return path


def named(name: str, program: int, channel: int = 0) -> list[tuple[int, Message]]:
    return [
        (0, mido.MetaMessage("track_name", name=name)),
        (0, mido.Message("program_change", channel=channel, program=program)),
    ]


def faded(file: Path, values: dict[str, float | str], model, **options) -> Path:
    out = file.with_name("faded.mid")
    symvae.fade_song(file, values, model=model, **options).write(out, force=True)
    return out


def events(path: Path) -> list[list[tuple[int, Message]]]:
    """Every event of each track with its tick, but for the end of the track."""
    found = []
    for track in mido.MidiFile(path).tracks:
        ticks = np.cumsum([event.time for event in track]).tolist()
        found.append(
            [
                (tick, event.copy(time=0))
                for tick, event in zip(ticks, track, strict=True)
                if event.type != "end_of_track"
            ]
        )
    return found


def notes(path: Path, track: int = 1) -> list[tuple[int, int, int, int]]:
    """Onset, end, pitch and velocity of each note of a track."""
    sounding: dict[int, tuple[int, int]] = {}
    found = []
    for tick, event in events(path)[track]:
        if event.type in ("note_on", "note_off") and event.note in sounding:
            onset, velocity = sounding.pop(event.note)
            found.append((onset, tick, event.note, velocity))
        if event.type == "note_on" and event.velocity:
            sounding[event.note] = tick, event.velocity
    return sorted(found)


def silent_events(path: Path) -> list[list[tuple[int, Message]]]:
    """Every event of each track that is no note, tempo or marker."""
    other = ("note_on", "note_off", "set_tempo", "marker")
    return [[row for row in track if row[1].type not in other] for track in events(path)]


def tempos(path: Path) -> list[tuple[int, float]]:
    return [
        (tick, round(60e6 / event.tempo, 2)) for tick, event in events(path)[0] if event.type == "set_tempo"
    ]


#: Four bars of two swung eighths a beat, with accents.
SWUNG = [
    (beat + half * 2 / 3, beat + (2 + half) / 3, 60 + (7 * beat + half) % 24, 70 + 13 * beat % 40)
    for beat in range(16)
    for half in (0, 1)
]
TRIPLETS = [(third / 3, (third + 1) / 3, 60 + 5 * third % 17, 60 + third) for third in range(48)]
_CHANCE = np.random.default_rng(7)
#: Forty notes at any tick, as a transcription has them.
PERFORMED = [
    (float(onset), float(onset + length), 40 + index, int(velocity))
    for index, (onset, length, velocity) in enumerate(
        zip(
            _CHANCE.uniform(0, 15, 40),
            _CHANCE.uniform(0.1, 0.9, 40),
            _CHANCE.integers(20, 110, 40),
            strict=True,
        )
    )
]


@pytest.mark.parametrize("played", [SWUNG, TRIPLETS, PERFORMED], ids=["swing", "triplets", "performance"])
def test_tempo_and_loudness_move_no_note(piano, tmp_path, played):
    file = save(tmp_path / "played.mid", part(played))
    quick = faded(file, {"tempo": 140.0}, piano)
    assert (notes(quick), tempos(quick)) == (notes(file), [(0, 140.0)])
    loud = faded(file, {"mean_velocity": "+8", "tempo": "-20"}, piano)
    assert notes(loud) == [(*note[:3], min(note[3] + 8, 127)) for note in notes(file)]
    assert tempos(loud) == [(0, 100.0)]


def test_tempo_moves_no_note_of_a_melody(fader_model, tmp_path):
    """Although the model cannot reconstruct any."""
    file = save(tmp_path / "played.mid", part(SWUNG))
    assert notes(faded(file, {"tempo": 100.0}, fader_model)) == notes(file)


@pytest.mark.parametrize(
    ("played", "never"), [(SWUNG, {360}), (TRIPLETS, {120, 360})], ids=["swing", "triplets"]
)
def test_new_notes_come_in_the_groove(fader_model, tmp_path, played, never):
    """Where the song has its thirds of a beat, none comes on the sixteenth that they are read as."""
    file = save(tmp_path / "played.mid", part(played))
    onsets = {onset for onset, *_ in notes(faded(file, {"register": 75.0}, fader_model, via="latent"))}
    assert onsets != {onset for onset, *_ in notes(file)}
    assert never.isdisjoint(onset % QUARTER for onset in onsets)


def test_a_trio_stays_a_trio(piano_model, tmp_path):
    """Names, programs, the number of tracks; and every note of the bars without a setting."""
    voices = [("Violine", 40, 76), ("Viola", 41, 60), ("Cello", 42, 43)]
    tracks = [
        part(
            [(beat, beat + 0.95, pitch + beat % 5, 60 + beat) for beat in range(16)],
            *named(name, program, channel),
            channel=channel,
        )
        for channel, (name, program, pitch) in enumerate(voices)
    ]
    file = save(tmp_path / "trio.mid", *tracks)
    out = faded(file, {"register": 70.0}, piano_model, bars="3-4")
    assert silent_events(out) == silent_events(file)
    for track in (1, 2, 3):
        old, new = (Counter(note for note in notes(path, track) if note[0] < 2 * BAR) for path in (file, out))
        assert old == new
    assert any(notes(file, track) != notes(out, track) for track in (1, 2, 3))


def test_harpsichords_stay_harpsichords(piano_model, tmp_path):
    tracks = [
        part(
            [(beat, beat + 1, pitch + beat % 7, 80) for beat in range(8)],
            *named("", 6, channel),
            channel=channel,
        )
        for channel, pitch in enumerate((72, 48))
    ]
    out = faded(save(tmp_path / "two.mid", *tracks), {"register": 75.0}, piano_model)
    played = {
        (event.channel, event.program)
        for track in events(out)
        for _, event in track
        if event.type == "program_change"
    }
    assert played == {(0, 6), (1, 6)}
    assert len(mido.MidiFile(out).tracks) == 3


def test_bars_outside_all_windows_follow_the_tempo(wide_model, tmp_path):
    """Nine bars, and windows of four; where bars are named, the others keep their tempo."""
    file = save(
        tmp_path / "nine.mid", part([(beat, beat + 1, 60 + beat % 5, 80) for beat in range(36)]), qpm=65
    )
    assert tempos(faded(file, {"tempo": 91.0}, wide_model)) == [(0, 91.0)]
    assert tempos(faded(file, {"tempo": "+13"}, wide_model)) == [(0, 78.0)]
    assert tempos(faded(file, {"tempo": 91.0}, wide_model, bars="1-8")) == [(0, 91.0), (8 * BAR, 65.0)]


def test_a_ritardando_outside_all_windows_keeps_its_shape(wide_model, tmp_path):
    changes = [(0, 80), (8 * BAR, 70), (8 * BAR + BAR // 2, 60)]
    slower = part(
        [], *((tick, mido.MetaMessage("set_tempo", tempo=round(60e6 / qpm))) for tick, qpm in changes)
    )
    melody = part([(beat, beat + 1, 60 + beat % 5, 80) for beat in range(36)])
    mido.MidiFile(ticks_per_beat=QUARTER, tracks=[slower, melody]).save(tmp_path / "rit.mid")
    out = faded(tmp_path / "rit.mid", {"tempo": 120.0}, wide_model)
    assert tempos(out) == [(0, 120.0), (8 * BAR, 105.0), (8 * BAR + BAR // 2, 90.0)]


@pytest.mark.parametrize("unit", [1, 2, 3, 24])
def test_coarse_files_hold_what_is_reported(fader_model, tmp_path, unit):
    """No two new notes share an onset by rounding; old ones are where they were."""
    file = save(
        tmp_path / "coarse.mid",
        part([(beat, beat + 1, 60 + beat % 5, 80) for beat in range(16)], unit=unit),
        unit=unit,
    )
    result = symvae.fade_song(file, {"note_density": 0.9, "register": 70.0}, model=fader_model)
    result.write(tmp_path / "faded.mid")
    found = notes(tmp_path / "faded.mid")
    assert len({onset for onset, *_ in found}) == len(found)
    assert len(found) == sum(each["notes"] for each in result.report["phrases"])
    same = faded(file, {"tempo": 100.0}, fader_model, bars="1-2")
    assert (mido.MidiFile(same).ticks_per_beat, notes(same)) == (unit, notes(file))


def test_words_keys_markers_and_a_pedal_in_a_track_of_its_own_stay(piano_model, tmp_path):
    """The pedal is held over no bar line, so it is not pressed again."""
    words = [(beat * QUARTER, mido.MetaMessage("lyrics", text=f"la{beat}")) for beat in range(8)]
    key, cue = mido.MetaMessage("key_signature", key="Eb"), mido.MetaMessage("cue_marker", text="B")
    pedal = [
        (tick, mido.Message("control_change", control=64, value=value))
        for bar in range(2)
        for tick, value in ((bar * BAR, 100), ((bar + 1) * BAR - 240, 0))
    ]
    tune = part([(beat, beat + 1, 60 + beat % 7, 80) for beat in range(8)], *words, (0, key), (BAR, cue))
    file = save(tmp_path / "song.mid", tune, part([], *pedal))
    out = faded(file, {"register": 75.0}, piano_model)
    assert notes(out) != notes(file)
    assert silent_events(out) == silent_events(file)


def test_a_pedal_held_over_the_edge_of_the_faded_bars_is_pressed_again(piano_model, tmp_path):
    held = [
        (tick, mido.Message("control_change", control=64, value=value))
        for tick, value in ((0, 90), (4 * BAR, 0))
    ]
    tune = part([(beat, beat + 1, 60 + beat % 7, 80) for beat in range(16)])
    file = save(tmp_path / "song.mid", tune, part([], *held))
    result = symvae.fade_song(
        file, {"register": 75.0}, model=piano_model, via="latent", keep="nothing", bars="3-4"
    )
    result.write(tmp_path / "faded.mid")
    again = [(2 * BAR - 1, 0), (2 * BAR, 90)]
    moved = sorted(
        (tick, event.value)
        for track in events(tmp_path / "faded.mid")
        for tick, event in track
        if event.type == "control_change"
    )
    assert {(0, 90), *again, (4 * BAR, 0)} <= set(moved)
    places = result.report["pedals_pressed_again"]
    assert len(moved) == 2 + 2 * places
    words = f"  pedal pressed again in {places} place{'s' * (places > 1)}, where new notes meet old ones"
    assert words in result.lines()


def test_what_became_of_the_notes_is_in_the_report(piano_model, tmp_path):
    file = save(tmp_path / "song.mid", part([(beat, beat + 1, 60 + beat % 7, 80) for beat in range(16)]))
    result = symvae.fade_song(
        file, {"register": 75.0}, model=piano_model, via="latent", keep="nothing", bars="3-4"
    )
    result.write(tmp_path / "faded.mid")
    (edit,) = result.report["tracks"]
    old, new = notes(file), notes(tmp_path / "faded.mid")
    assert edit["kept"] + edit["changed"] + edit["replaced"] + edit["removed"] == len(old)
    assert edit["kept"] + edit["changed"] + edit["replaced"] + edit["added"] == len(new)
    assert 8 <= edit["kept"] <= len(set(old) & set(new))
    assert any(line.startswith(f"  track 0 '': {edit['kept']} notes kept") for line in result.lines())


def test_fewer_notes_leave_no_holes(piano, tmp_path) -> None:
    """A broken chord under a kept melody loses its weak eighths, and the notes before them are held on."""
    tune = [(2.0 * k, 2.0 * k + 2, 72 + k % 5, 90) for k in range(8)]
    broken = [(k / 2, k / 2 + 0.5, (48, 55, 52, 55)[k % 4], 60) for k in range(32)]
    file = save(tmp_path / "song.mid", part(tune, *named("Melody", 0)), part(broken, *named("Piano", 0)))
    result = symvae.fade_song(file, {"notes_per_bar": "-4"}, model=piano)
    accompaniment = result.song.tracks[1]
    assert len(accompaniment) < 20
    assert accompaniment.duration_tick.sum() > 0.95 * 16 * result.song.ticks_per_quarter
    assert result.report["harm"]["kept"]["melody"] == 1.0
