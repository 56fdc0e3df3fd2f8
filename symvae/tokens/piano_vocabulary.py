"""Vocabulary of piano bars: REMI tokens in miditok's order."""

import numpy as np
from jaxtyping import Float64, Int64

from symvae.music.pitch import PIANO_PITCHES
from symvae.tokens.note_rows import PAD as PAD

TOKENS_PER_BAR = 128
MIN_PITCH, MAX_PITCH = PIANO_PITCHES
STEPS_PER_BAR = 16
STEPS_PER_BEAT = 4
MAX_DURATION_STEP = 64

VELOCITIES: Int64[np.ndarray, " class"] = np.linspace(0, 127, 17).astype(np.int64)[1:]
TEMPOS_QPM: Float64[np.ndarray, " class"] = np.geomspace(40, 220, 32).round(2)

# First id of each token type, in miditok's order.
PITCH = 2  # after PAD and Bar
VELOCITY = PITCH + MAX_PITCH - MIN_PITCH + 1
DURATION = VELOCITY + len(VELOCITIES)
POSITION = DURATION + MAX_DURATION_STEP
TEMPO = POSITION + STEPS_PER_BAR
VOCABULARY_SIZE = TEMPO + len(TEMPOS_QPM)
