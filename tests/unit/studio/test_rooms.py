"""Rooms through a real server: the genie's session, its notes, pads, loops and files."""

import base64
import io
import zipfile

import numpy as np
import pytest

import symvae
from symvae.audio.kit import read_kit
from symvae.dsp.wav import read_audio
from symvae.music.io.source import load_any
from symvae.pipelines.drum_loop import PadHit, hits_of, loop_of, loop_wav
from symvae.pipelines.drum_map import drum_map
from symvae.pipelines.drum_pads import PADS, PadMachine, PadSound, pad_of_key
from symvae.system.drum_machine import DrumMachine
from tests.unit.studio.conftest import Client

BUTTONS = (1, 5, 3, 8, 2, 2, 7)
BEAT = [
    *({"pad": 12, "step": step, "velocity": 110} for step in (0, 8, 16, 24)),
    *({"pad": 13, "step": step, "velocity": 100, "offset": 0.25} for step in (4, 12, 20, 28)),
    *({"pad": 8, "step": step, "velocity": 70} for step in range(0, 32, 2)),
]
LOOP = {"hits": BEAT, "tempo": 100}


def pcm(answer: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(answer["pcm"]), "<i2") / 32767


def plays(client: Client, **settings) -> tuple[str, list[int]]:
    session = client.ask("genie/start", **settings).json()["session"]
    pitches = []
    for number, button in enumerate(BUTTONS):
        pitches += client.ask("genie/press", session=session, button=button, time=0.3 * number).json()[
            "pitches"
        ]
        assert (
            client.ask("genie/release", session=session, button=button, time=0.3 * number + 0.2).status == 200
        )
    return session, pitches


@pytest.mark.parametrize(
    "settings", [{}, {"key": "F# minor", "temperature": 0.0}, {"free": True, "temperature": 1.0}]
)
def test_a_page_plays_as_the_genie_does(client: Client, settings: dict) -> None:
    genie = symvae.load_genie()
    genie.start(seed=7, **settings)
    wanted = [pitch for n, button in enumerate(BUTTONS) for pitch in genie.press(button, 0.3 * n)]
    session, pitches = plays(client, seed=7, **settings)
    assert pitches == wanted
    other, again = plays(client, seed=7, **settings)
    assert (again, other != session) == (wanted, True)


def test_a_session_is_saved_and_begun_anew(client: Client) -> None:
    session, pitches = plays(client, seed=3)
    answer = client.ask("genie/midi", session=session)
    assert answer.headers["Content-Type"] == "audio/midi"
    (track,) = load_any(answer.data).tracks
    assert track.pitch.tolist() == pitches
    assert client.ask("genie/start", session=session, seed=3).json()["session"] == session
    empty = client.ask("genie/midi", session=session)
    assert (empty.status, empty.sentence) == (400, "Nothing has been played yet. Press some buttons first.")


def test_velocities_are_recorded(client: Client) -> None:
    session = client.ask("genie/start").json()["session"]
    client.ask("genie/press", session=session, button=1, time=0, velocity=33)
    (track,) = load_any(client.ask("genie/midi", session=session).data).tracks
    assert track.velocity.tolist() == [33]


@pytest.mark.parametrize("name", ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"])
def test_every_key_of_the_page_is_one(client: Client, name: str) -> None:
    for mode in ("", " minor"):
        assert client.ask("genie/start", key=name + mode).status == 200


def test_notes_are_rendered_once_with_the_synthesizer(client: Client) -> None:
    facts = client.ask("genie/about").json()
    assert facts["timbres"][0] == "piano"
    assert sorted(facts["pitches"]) == list(range(21, 109))
    assert abs(facts["pitches"][0] - 64) < 4
    answer = client.ask("genie/note", pitch=60)
    sound = pcm(answer.json())
    assert answer.json()["sample_rate"] == 24_000
    assert np.abs(sound).max() == pytest.approx(0.25, abs=0.001)
    spectrum = np.abs(np.fft.rfft(sound[:24_000] * np.hanning(24_000)))
    assert np.argmax(spectrum[100:400]) + 100 == pytest.approx(262, abs=3)
    assert client.ask("genie/note", pitch=60).data == answer.data
    assert client.ask("genie/note", pitch=60, timbre="flute").data != answer.data


def test_the_map_has_sounds_of_all_classes_and_like_ones_side_by_side(client: Client) -> None:
    points = client.ask("drums/map").json()["points"]
    drums = client.ask("drums/about").json()["classes"]
    assert {point["drum"] for point in points} == set(drums)
    places = {
        drum: np.array([[p["x"], p["y"]] for p in points if p["drum"] == drum]) for drum in ("kick", "crash")
    }
    apart = np.linalg.norm(places["kick"].mean(0) - places["crash"].mean(0))
    assert apart > 2 * max(place.std(0).max() for place in places.values())


def test_a_map_of_one_class_is_the_same_each_time() -> None:
    machine = DrumMachine.load()
    points = drum_map(machine, ("kick",), 3, first_seed=8)
    assert [(point.drum, point.seed) for point in points] == [("kick", 8), ("kick", 9), ("kick", 10)]
    assert drum_map(machine, ("kick",), 3, first_seed=8) == points


def test_a_point_of_the_map_is_what_the_machine_draws(client: Client) -> None:
    hit = symvae.load_drum_machine().hit("snare", seed=5)
    answer = client.ask("drums/sound", drum="snare", seed=5).json()
    np.testing.assert_allclose(pcm(answer), hit.audio.samples[0], atol=1e-4)
    assert answer["attributes"]["centroid_hz"] == pytest.approx(hit.attributes["centroid_hz"], rel=1e-3)


def test_a_fader_moves_a_sound(client: Client) -> None:
    plain = client.ask("drums/sound", drum="snare", seed=5).json()["attributes"]["decay_sec"]
    moved = client.ask("drums/sound", drum="snare", seed=5, faders={"decay_sec": 0.5 * plain}).json()
    assert abs(moved["attributes"]["decay_sec"] - 0.5 * plain) < 0.25 * plain


def test_a_kit_is_one_sound_a_pad_with_toms_in_order(client: Client) -> None:
    pads = client.ask("drums/kit", seed=2).json()["pads"]
    assert [pad["drum"] for pad in pads] == [pad.drum for pad in PADS]
    assert len({(pad["drum"], pad["seed"]) for pad in pads}) == len(PADS)
    machine = PadMachine(DrumMachine.load())
    toms = [machine.hit(PadSound(**pad)).attributes["centroid_hz"] for pad in pads if pad["drum"] == "tom"]
    assert toms == sorted(toms)


def test_a_kit_is_a_zip_that_symvae_plays(client: Client, tmp_path) -> None:
    pads = [{**pad, "level": 0.5} for pad in client.ask("drums/kit", seed=2).json()["pads"]]
    answer = client.ask("drums/zip", pads=pads)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        file.extractall(tmp_path)
    names = {path.name for path in (tmp_path / "kit").iterdir()}
    assert names == {"kit.sfz", *(f"{pad.name}.wav" for pad in PADS)}
    chart = (tmp_path / "kit/kit.sfz").read_text()
    assert all(f"sample={pad.name}.wav key={pad.key}" in chart for pad in PADS)
    assert "sample=open_hat.wav key=46 group=2 off_by=1" in chart
    assert np.abs(read_audio(tmp_path / "kit/kick.wav").samples).max() == pytest.approx(0.5, abs=0.01)
    assert "kick" in read_kit(tmp_path / "kit").sounds


def test_loops_are_drawn_varied_morphed_and_humanized(client: Client) -> None:
    drawn = client.ask("drums/sample", tempo=110, seed=4).json()["hits"]
    assert drawn
    assert client.ask("drums/sample", tempo=110, seed=4).json()["hits"] == drawn
    assert client.ask("drums/sample", tempo=110, seed=5).json()["hits"] != drawn
    varied = client.ask("drums/vary", **LOOP, amount=0.6, seed=1).json()["hits"]
    assert {(hit["pad"], hit["step"]) for hit in varied} != {(hit["pad"], hit["step"]) for hit in BEAT}
    loops = client.ask("drums/morph", tempo=100, first=BEAT, last=drawn).json()["loops"]
    assert len(loops) == client.ask("drums/styles").json()["morph_steps"]
    ends = [{(hit["pad"], hit["step"]) for hit in hits} for hits in (BEAT, drawn)]
    assert [{(hit["pad"], hit["step"]) for hit in loops[place]} for place in (0, -1)] == ends
    played = client.ask("drums/humanize", **LOOP, amount=1, style="funk", seed=1).json()["hits"]
    assert {(hit["pad"], hit["step"]) for hit in played} == ends[0]
    assert len({hit["offset"] for hit in played}) > 8


def test_a_loop_is_saved_as_midi_and_sound(client: Client, tmp_path) -> None:
    song = load_any(client.ask("drums/midi", **LOOP, times=3).data)
    (track,) = song.tracks
    assert (track.is_drum, len(track)) == (True, 3 * len(BEAT))
    pads = client.ask("drums/kit", seed=2).json()["pads"]
    answer = client.ask("drums/wav", **LOOP, pads=pads, times=2)
    (tmp_path / "loop.wav").write_bytes(answer.data)
    sound = read_audio(tmp_path / "loop.wav")
    assert sound.samples.shape[1] == 2 * round(8 * 0.6 * 44_100)
    half = sound.samples.shape[1] // 2
    np.testing.assert_array_equal(sound.samples[:, :half], sound.samples[:, half:])


def test_what_rings_at_the_end_rings_into_the_start(tmp_path) -> None:
    machine = PadMachine(DrumMachine.load())
    sounds = [machine.audio(PadSound("crash", 0))] * len(PADS)
    last = loop_of([PadHit(0, 31, 127)], symvae.Grid(2), 120.0)
    (tmp_path / "loop.wav").write_bytes(loop_wav(last, sounds))
    samples = read_audio(tmp_path / "loop.wav").samples[0]
    assert np.abs(samples[:2000]).max() > 0.01
    assert np.abs(samples[len(samples) // 2 : len(samples) // 2 + 2000]).max() == 0


def test_hits_come_back_from_a_phrase() -> None:
    hits = [PadHit(number, 2 * number, 60 + number, 0.25) for number in range(len(PADS))]
    assert sorted(hits_of(loop_of(hits, symvae.Grid(2), 90.0))) == hits
    assert all(PADS[pad_of_key(key)].key == key for key in [pad.key for pad in PADS])
    assert {pad_of_key(key) for key in range(128)} <= set(range(len(PADS)))
