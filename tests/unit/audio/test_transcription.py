"""Frame-wise probabilities become notes: peaks, releases, repeated keys."""

import numpy as np
import pytest
import torch

from symvae.audio.keyboard import KEYS, LOWEST
from symvae.audio.transcription import notes_in, transcribe


def test_peaks_over_the_threshold_become_notes():
    onset, held = np.zeros((20, KEYS), np.float32), np.zeros((20, KEYS), np.float32)
    key = 60 - LOWEST
    onset[4:7, key] = 0.4, 0.9, 0.4
    onset[12, key] = 0.8
    onset[8, key + 7] = 0.2  # under the threshold
    held[5:15, key] = 1.0
    notes = notes_in(onset, held, lowest_pitch=LOWEST, frame_sec=0.02, threshold=0.5)
    assert notes.pitch.tolist() == [60, 60]
    assert notes.onset_sec == pytest.approx([0.10, 0.24], abs=0.002)
    assert notes.end_sec == pytest.approx([0.24, 0.30], abs=0.002)  # struck again; released


def test_an_onset_between_two_frames_is_interpolated():
    onset = np.zeros((10, KEYS), np.float32)
    onset[3:7, 10] = 0.2, 0.7, 0.7, 0.2
    notes = notes_in(onset, onset, lowest_pitch=LOWEST, frame_sec=1.0, threshold=0.5)
    assert notes.onset_sec == pytest.approx([4.5])


def test_silence_has_no_notes():
    nothing = np.zeros((0, KEYS), np.float32)
    assert len(notes_in(nothing, nothing, lowest_pitch=LOWEST, frame_sec=0.02, threshold=0.5).pitch) == 0


def test_logits_of_a_batch_become_notes_of_each_clip():
    onset = torch.full((2, 10, KEYS), -9.0)
    onset[1, 4, 60 - LOWEST] = 9.0
    none, one = transcribe(onset, onset, lowest_pitch=LOWEST, frame_sec=0.1, threshold=0.5)
    assert len(none.pitch) == 0
    assert one.pitch.tolist() == [60]
    assert one.onset_sec == pytest.approx([0.4], abs=0.01)
