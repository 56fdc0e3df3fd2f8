"""The second player of sound fonts: the `fluidsynth` command, through a MIDI file of the moment.

FluidSynth looks at its MIDI file only between blocks of 64 samples, and counts in whole milliseconds. So it
runs at 44.1 kHz or more, whatever rate is asked for, and each event is written at the millisecond from which
the block nearest to its true time follows.

Both players agree, measured with FluidSynth 2.3.1 and tinysoundfont 0.3.7: in pitch to 0.3 cents (FluidR3's
piano, organ, guitar and flute, 12 notes each), in time to 0.73 ms (60 clicks at 22.05 to 96 kHz, which
tinysoundfont plays within 0.03 ms of their place). They do not agree in level: from a velocity of 127 to one
of 64 FluidSynth falls by 11.9 dB, as General MIDI advises, tinysoundfont by 6.0; at 127 they are alike.
This one is slow: 13 seconds of piano take 1.8 on one core, most of which is the reading of the font.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from jaxtyping import Float, Int
from scipy.signal import resample_poly

from symvae.audio.notes import Notes
from symvae.audio.soundfont import HOW_TO_GET_A_FONT, HOW_TO_GET_A_PLAYER, kit_of
from symvae.errors import AudioError
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.song import MetreChange, Song, TempoChange, Track

COMMAND = "fluidsynth"
#: At full velocity as loud as `soundfont.GAIN_DB` makes the other player.
GAIN = 0.5**0.5
_LEAST_RATE, _MOST_RATE = 44_100, 96_000
_BLOCK = 64
#: Samples beside a block that the filter between the rates looks at, and some.
_MARGIN = 32
#: Silence before the sound, because an event is played a little after its millisecond and none before 0.
_LEAD_SEC = 0.1
#: A font's note waits this long unless the font says another: -12000 timecents.
_DELAY_SEC = 2.0**-10


class FluidSynth:
    """A font played by the command, once a part."""

    def __init__(self, font: Path, sample_rate: int) -> None:
        if not 1 <= sample_rate <= _MOST_RATE:
            raise AudioError(f"FluidSynth plays at up to {_MOST_RATE} Hz, not at {sample_rate}.")
        self.font = font
        self.sample_rate = sample_rate
        self._times = -(-_LEAST_RATE // sample_rate)
        self._lead = round(_LEAD_SEC * sample_rate)

    def play(
        self, notes: Notes, program: int, samples: int, *, drums: bool = False
    ) -> Float[np.ndarray, "2 sample"]:
        """Exactly ``samples`` samples from the start of the notes' time."""
        blocks = list(self.stream(notes, program, samples, max(samples, 1), drums=drums))
        return np.concatenate([np.zeros((2, 0), np.float32), *blocks], 1)

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """The same in blocks of ``block`` samples, from a file that is made first and removed at the end."""
        with TemporaryDirectory(prefix="symvae-") as folder:
            raw = self._raw(notes, program, samples, drums, Path(folder))
            for first in range(0, samples, block):
                yield self._at_rate(raw, first, min(block, samples - first))
            del raw  # closed before its folder goes

    def _raw(
        self, notes: Notes, program: int, samples: int, drums: bool, folder: Path
    ) -> Float[np.ndarray, "raw_sample 2"]:
        rate = self._times * self.sample_rate
        midi, raw = folder / "notes.mid", folder / "sound.raw"
        length_ms = -(-1000 * (samples + self._lead) // self.sample_rate)
        later = notes._replace(onset_sec=notes.onset_sec + self._lead / self.sample_rate)
        program = kit_of(self.font, program) if drums else program
        midi.write_bytes(song_to_bytes(_song(later, program, drums, length_ms, rate)))
        command = shutil.which(COMMAND)
        if command is None:
            raise AudioError(
                f"Sound fonts need a player, and {COMMAND} is not installed. {HOW_TO_GET_A_PLAYER}"
            )
        choices = f"-n -i -R 0 -C 0 -r {rate} -g {GAIN} -T raw -O float -E little -f {os.devnull} -F".split()
        done = subprocess.run(
            [command, *choices, str(raw), str(self.font.resolve()), str(midi)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        if "Instrument not found" in done.stderr:
            kind = "set of drums" if drums else "program"
            raise AudioError(f"{self.font.name} has no {kind} {program}. {HOW_TO_GET_A_FONT}")
        if done.returncode or not raw.is_file() or not raw.stat().st_size:
            said = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            raise AudioError(f"{COMMAND} cannot play {self.font} ({said}). {HOW_TO_GET_A_FONT}")
        return np.memmap(raw, "<f4", "r", shape=(raw.stat().st_size // 8, 2))

    def _at_rate(
        self, raw: Float[np.ndarray, "raw_sample 2"], first: int, length: int
    ) -> Float[np.ndarray, "2 sample"]:
        """So many samples of the rate that was asked for; silence where the file has ended."""
        start = first + self._lead
        before = min(start, _MARGIN)
        rows = raw[(start - before) * self._times : (start + length + _MARGIN) * self._times]
        made = resample_poly(rows, 1, self._times, axis=0)[before : before + length]
        out = np.zeros((2, length), np.float32)
        out[:, : len(made)] = made.T
        return out


def _song(notes: Notes, program: int, drums: bool, length_ms: int, rate: int) -> Song:
    """The notes in ticks of a millisecond each, with an end after the sound's."""
    notes = _restruck(notes.select(notes.onset_sec * 1000 < length_ms))
    onset, end = _written_ms(notes.onset_sec, rate), length_ms + 1000
    off = np.clip(_written_ms(notes.end_sec, rate), onset + 1, end)
    track = Track("", program, drums, onset, off - onset, notes.pitch, notes.velocity)
    return Song(500, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), (track,), end)


def _written_ms(time_sec: Float[np.ndarray, " event"], rate: int) -> Int[np.ndarray, " event"]:
    """The millisecond to write for an event, so that it is played at the block nearest to its time.

    It is read at the first block that starts in this millisecond or later, and played with the next.
    """
    late = (1 + int(_DELAY_SEC * rate / _BLOCK)) * _BLOCK / rate
    around = np.floor(time_sec[:, None] * 1000).astype(np.int64) + np.arange(-4, 2)
    around = np.maximum(around, 0)
    played = -(-around * rate // (1000 * _BLOCK)) * (_BLOCK / rate) + late
    nearest = np.abs(played - time_sec[:, None]).argmin(1)
    return around[np.arange(len(around)), nearest]


def _restruck(notes: Notes) -> Notes:
    """Each note let go where its key is struck again; MIDI cannot tell two notes on one key apart."""
    order = np.lexsort((notes.onset_sec, notes.pitch))
    notes = notes.select(order)
    duration = notes.duration_sec.copy()
    again = notes.pitch[1:] == notes.pitch[:-1]
    gap = np.diff(notes.onset_sec)
    duration[:-1][again] = np.minimum(duration[:-1], gap)[again]
    return notes._replace(duration_sec=duration)
