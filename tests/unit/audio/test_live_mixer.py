"""Live mixing: a started note sounds in the next block, and nothing clicks, clips or stays."""

import tracemalloc

import numpy as np
import pytest

from symvae.audio.live_mixer import CEILING, PIECE_SAMPLES, RELEASE_SEC, LiveMixer

RATE = 8000
NOTE = np.full(4000, 0.1, np.float32)


def block(mixer: LiveMixer, samples: int = 256, channels: int = 2) -> np.ndarray:
    out = np.full((samples, channels), np.nan, np.float32)
    mixer.mix(out)
    assert (out == out[:, :1]).all()
    return out[:, 0]


def test_a_note_sounds_from_the_first_sample_of_the_next_block():
    mixer = LiveMixer(RATE)
    assert not block(mixer).any()
    mixer.start(60, NOTE, 0.5)
    assert block(mixer) == pytest.approx(np.full(256, 0.05))
    assert block(mixer, channels=1)[0] == pytest.approx(0.05)


def test_blocks_of_any_size_give_the_same_sound():
    notes = np.random.default_rng(0).normal(0, 0.1, (2, 3000)).astype(np.float32)

    def sound(size: int) -> np.ndarray:
        mixer = LiveMixer(RATE)
        mixer.start(60, notes[0])
        mixer.start(62, notes[1])
        return np.concatenate([block(mixer, size) for _ in range(6000 // size)])

    assert sound(6000) == pytest.approx(sound(100), abs=1e-6)
    assert sound(6000)[:3000] == pytest.approx(notes.sum(axis=0), abs=1e-6)
    assert PIECE_SAMPLES < 6000


def test_an_ended_note_fades_without_a_step_and_leaves_its_place():
    mixer = LiveMixer(RATE)
    mixer.start(60, NOTE)
    first = block(mixer)
    mixer.end(60)
    fading = np.concatenate([first, block(mixer, round(RELEASE_SEC * RATE))])
    assert np.abs(np.diff(fading)).max() < 0.001
    assert fading[-1] == pytest.approx(0, abs=1e-6)
    assert not block(mixer).any()
    assert mixer.sounding == 0


def test_a_note_ends_with_its_samples():
    mixer = LiveMixer(RATE)
    mixer.start(60, NOTE)
    assert np.count_nonzero(block(mixer, 5000)) == len(NOTE)
    assert mixer.sounding == 0


def test_a_pitch_that_is_struck_again_fades_under_the_new_note():
    mixer = LiveMixer(RATE)
    mixer.start(60, NOTE)
    block(mixer)
    mixer.start(60, NOTE)
    block(mixer)
    assert mixer.sounding == 2
    block(mixer, round(RELEASE_SEC * RATE))
    assert mixer.sounding == 1


def test_voices_beyond_the_most_take_the_place_of_the_oldest():
    mixer = LiveMixer(RATE, most_voices=4)
    for pitch in range(40):
        mixer.start(pitch, NOTE, 0.01 * pitch)
        block(mixer, 16)
    assert mixer.sounding <= 8
    block(mixer, 1000)
    assert mixer.sounding == 4
    assert block(mixer, 16)[0] == pytest.approx(0.1 * 0.01 * (36 + 37 + 38 + 39))


def test_loud_blocks_are_turned_down_evenly_and_come_back():
    mixer = LiveMixer(RATE)
    for pitch in range(30):
        mixer.start(pitch, np.full(RATE, 0.1, np.float32))
    loud = block(mixer, PIECE_SAMPLES)
    assert np.abs(loud).max() <= 1
    assert np.abs(block(mixer)).max() <= CEILING + 1e-6
    block(mixer, 4 * RATE)
    mixer.start(1, NOTE)
    assert block(mixer)[0] == pytest.approx(0.1)


def test_mixing_allocates_no_samples(monkeypatch):
    piece = 65_536  # so large that an array of it stands out
    monkeypatch.setattr("symvae.audio.live_mixer.PIECE_SAMPLES", piece)
    mixer = LiveMixer(RATE)
    out = np.zeros((piece, 2), np.float32)
    for pitch in range(30):
        mixer.start(pitch, np.full(8 * piece, 0.1, np.float32))
    mixer.mix(out)
    mixer.end(3)
    tracemalloc.start()
    try:
        for _ in range(4):
            mixer.mix(out)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < piece


def test_notes_that_no_device_asks_for_do_not_pile_up():
    mixer = LiveMixer(RATE)
    for _ in range(5000):
        mixer.start(60, NOTE)
    assert block(mixer).any()
    assert len(mixer._waiting) == 0
