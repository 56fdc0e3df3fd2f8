"""Single notes of an instrument as samples, each recorded when it is first asked for.

For players that mix by themselves, such as a page in a browser. `symvae.pipelines.genie_sound` mixes here.
"""

from pathlib import Path

import numpy as np

from symvae.audio.keyboard import KEYS, LOWEST
from symvae.audio.note_bank import LEVEL, VELOCITIES, NoteBank
from symvae.dsp.audio import Audio
from symvae.errors import AudioError
from symvae.pipelines.genie_sound import instrument
from symvae.system.synth import DEFAULT_SYNTH

#: Velocity of the recordings.
VELOCITY = VELOCITIES[0]
#: Note whose peak sets the level of all.
MIDDLE_C = 60


class NoteSamples:
    """Notes of one timbre; may be asked from any thread.

    Args:
        timbre: Timbre of the synthesizer; None for its piano.
        synth: The synthesizer, by name or folder.
    """

    def __init__(self, timbre: str | None = None, synth: str | Path = DEFAULT_SYNTH) -> None:
        self.bank = NoteBank(instrument("neural", timbre=timbre, synth=synth))

    def note(self, pitch: int) -> Audio:
        """Record a note, or take it as it was recorded.

        Args:
            pitch: MIDI note number.

        Returns:
            One channel, from the onset to the end of the longest press; the largest sample of middle C
            is a quarter, so that eight notes mix below full scale.

        Raises:
            AudioError: The piano has no such key.
        """
        if not LOWEST <= pitch < LOWEST + KEYS:
            raise AudioError(
                f"A note is from {LOWEST} to {LOWEST + KEYS - 1}, the keys of a piano, not {pitch}."
            )
        level = LEVEL / max(float(np.abs(self.bank.recording(MIDDLE_C)).max(initial=0.0)), 1e-6)
        samples = np.clip(level * self.bank.recording(pitch), -1, 1).astype(np.float32)
        return Audio(samples[None], self.bank.sample_rate)
