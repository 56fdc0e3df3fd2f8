"""Piano-roll features of a lane, frame by frame: the notes as the network sees them.

Each key has features by velocity (onset, held, age since the onset, release); the most recent note has
further ones: linear ramps, which are straight lines in dB, and exponentials at the rates of attacks and
decays.
"""

import numpy as np
from jaxtyping import Float

from symvae.audio.keyboard import KEYS, LOWEST, on_keyboard
from symvae.audio.lanes import TAIL_SEC
from symvae.audio.notes import Notes

#: Features of each key, scaled by velocity.
FEATURES = ("onset", "held", "age", "release")
#: Features of the most recent note.
LAST_NOTE = (
    "velocity", "log velocity", "pitch", "pitch squared",
    "seconds held", "just struck", "lately struck", "seconds released", "just released",
)  # fmt: skip
ROLL_SIZE = len(FEATURES) * KEYS + len(LAST_NOTE)

#: Time constants of the age and release features.
AGE_SEC = 0.7
RELEASE_SEC = 0.2

_MAX_HELD_SEC = 8.0


def roll(notes: Notes, first_frame: int, frames: int, frame_sec: float) -> Float[np.ndarray, "frame feature"]:
    """Compute `FEATURES` of every key and `LAST_NOTE`.

    An onset between two frames is shared by them. Of two notes on one key the louder feature counts.

    Args:
        notes: Notes of one lane.
        first_frame: Number of the first frame.
        frames: Number of frames.
        frame_sec: Seconds from frame to frame.

    Returns:
        `ROLL_SIZE` features of each frame.
    """
    features = np.zeros((frames, ROLL_SIZE), np.float32)
    last = features[:, len(FEATURES) * KEYS :]
    tail = TAIL_SEC / frame_sec
    onset, end = notes.onset_sec / frame_sec - first_frame, notes.end_sec / frame_sec - first_frame
    pitches = on_keyboard(notes.pitch)
    order = np.lexsort((notes.end_sec, notes.velocity, notes.pitch, notes.onset_sec))
    for row in order[(onset[order] < frames) & (end[order] + tail > -1)].tolist():
        pitch, level = int(pitches[row]), float(notes.velocity[row]) / 127
        key, start, release = pitch - LOWEST, float(onset[row]), float(end[row])
        whole = int(np.floor(start))
        for near, share in ((whole, whole + 1 - start), (whole + 1, start - whole)):
            if 0 <= near < frames:
                features[near, key] = max(float(features[near, key]), share * level)
        frame = np.arange(max(whole, 0), min(int(np.ceil(release + tail)), frames))
        age_sec = np.maximum(frame - start, 0) * frame_sec
        released_sec = np.maximum(frame - release, 0) * frame_sec
        held = frame < release
        for feature, value in (
            (1, level * held),
            (2, level * held * np.exp(-age_sec / AGE_SEC)),
            (3, level * ~held * np.exp(-released_sec / RELEASE_SEC)),
        ):
            column = feature * KEYS + key
            features[frame, column] = np.maximum(features[frame, column], value)
        height = (pitch - 64) / 24
        last[frame] = np.stack(
            [
                np.full(len(frame), level),
                np.full(len(frame), np.log(level)),
                np.full(len(frame), height),
                np.full(len(frame), height * height),
                np.minimum(age_sec, _MAX_HELD_SEC) / 2,
                np.exp(-age_sec / 0.03),
                np.exp(-age_sec / 0.15),
                released_sec / 0.5,
                np.exp(-released_sec / 0.05) * ~held,
            ],
            1,
        )
    return features
