"""Sound fonts played by the `fluidsynth` command, through a temporary MIDI file.

FluidSynth reads its MIDI file only between blocks of 64 samples and counts in whole milliseconds. Therefore
it runs at 44.1 kHz or more, whatever the requested rate, and each event is written at the millisecond that
leads to the block nearest to its time.

Measured against tinysoundfont (FluidSynth 2.3.1, tinysoundfont 0.3.7): pitches agree to 0.3 cents
(FluidR3's piano, organ, guitar and flute, 12 notes each), times to 0.73 ms (60 clicks at 22.05 to 96 kHz,
which tinysoundfont plays within 0.03 ms). Levels differ: from velocity 127 to 64 FluidSynth falls by 11.9
dB, as General MIDI recommends, tinysoundfont by 6.0 dB; at 127 both are equal. FluidSynth is slow: 13 s of
piano take 1.8 s on one core, most of it for reading the font.
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
#: At full velocity as loud as tinysoundfont at `soundfont.GAIN_DB`.
GAIN = 0.5**0.5
_MIN_RATE, _MAX_RATE = 44_100, 96_000
_BLOCK = 64
#: Samples beside a block that cover the resampling filter.
_MARGIN = 32
#: Silence before the sound: events are played a little after their millisecond, and none before 0.
_LEAD_SEC = 0.1
#: Default delay of a sound font's envelope: -12000 timecents.
_DELAY_SEC = 2.0**-10


class FluidSynth:
    """A sound font played by one run of the command per part.

    Raises:
        AudioError: For a sample rate out of range.
    """

    def __init__(self, font: Path, sample_rate: int) -> None:
        if not 1 <= sample_rate <= _MAX_RATE:
            raise AudioError(f"FluidSynth plays at up to {_MAX_RATE} Hz, not at {sample_rate}.")
        self.font = font
        self.sample_rate = sample_rate
        self._ratio = -(-_MIN_RATE // sample_rate)
        self._lead = round(_LEAD_SEC * sample_rate)

    def play(
        self, notes: Notes, program: int, samples: int, *, drums: bool = False
    ) -> Float[np.ndarray, "2 sample"]:
        """Synthesize a part in one piece; as `symvae.audio.soundfont.FontPlayer.play`.

        Args:
            notes: Notes of the part.
            program: General MIDI program from 0, or the number of a drum kit.
            samples: Length of the sound.
            drums: Play the drum kit ``program``.

        Returns:
            Stereo samples from time 0.
        """
        blocks = list(self.stream(notes, program, samples, max(samples, 1), drums=drums))
        return np.concatenate([np.zeros((2, 0), np.float32), *blocks], 1)

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """Synthesize a part to a temporary file and read it in blocks.

        Args:
            notes: Notes of the part.
            program: General MIDI program from 0, or the number of a drum kit.
            samples: Length of the sound.
            block: Length of each block but the last.
            drums: Play the drum kit ``program``.

        Yields:
            Stereo samples from time 0.
        """
        with TemporaryDirectory(prefix="symvae-") as folder:
            raw = self._raw(notes, program, samples, drums, Path(folder))
            for first in range(0, samples, block):
                yield self._at_rate(raw, first, min(block, samples - first))
            del raw  # close it before its folder is removed

    def _raw(
        self, notes: Notes, program: int, samples: int, drums: bool, folder: Path
    ) -> Float[np.ndarray, "raw_sample 2"]:
        rate = self._ratio * self.sample_rate
        midi, raw = folder / "notes.mid", folder / "sound.raw"
        length_ms = -(-1000 * (samples + self._lead) // self.sample_rate)
        delayed = notes._replace(onset_sec=notes.onset_sec + self._lead / self.sample_rate)
        program = kit_of(self.font, program) if drums else program
        midi.write_bytes(song_to_bytes(_song(delayed, program, drums, length_ms, rate)))
        command = shutil.which(COMMAND)
        if command is None:
            raise AudioError(
                f"Sound fonts need a player, and {COMMAND} is not installed. {HOW_TO_GET_A_PLAYER}"
            )
        options = f"-n -i -R 0 -C 0 -r {rate} -g {GAIN} -T raw -O float -E little -f {os.devnull} -F".split()
        done = subprocess.run(
            [command, *options, str(raw), str(self.font.resolve()), str(midi)],
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
            reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            raise AudioError(f"{COMMAND} cannot play {self.font} ({reason}). {HOW_TO_GET_A_FONT}")
        return np.memmap(raw, "<f4", "r", shape=(raw.stat().st_size // 8, 2))

    def _at_rate(
        self, raw: Float[np.ndarray, "raw_sample 2"], first: int, length: int
    ) -> Float[np.ndarray, "2 sample"]:
        """Resample a range to the requested rate; silence after the end of the file."""
        start = first + self._lead
        before = min(start, _MARGIN)
        rows = raw[(start - before) * self._ratio : (start + length + _MARGIN) * self._ratio]
        resampled = resample_poly(rows, 1, self._ratio, axis=0)[before : before + length]
        out = np.zeros((2, length), np.float32)
        out[:, : len(resampled)] = resampled.T
        return out


def _song(notes: Notes, program: int, drums: bool, length_ms: int, rate: int) -> Song:
    """A song in ticks of one millisecond that ends after the sound."""
    notes = _restruck(notes.select(notes.onset_sec * 1000 < length_ms))
    onset, end = _written_ms(notes.onset_sec, rate), length_ms + 1000
    off = np.clip(_written_ms(notes.end_sec, rate), onset + 1, end)
    track = Track("", program, drums, onset, off - onset, notes.pitch, notes.velocity)
    return Song(500, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), (track,), end)


def _written_ms(time_sec: Float[np.ndarray, " event"], rate: int) -> Int[np.ndarray, " event"]:
    """Choose the millisecond to write for an event, so that it is played at the block nearest to its time.

    An event is read at the first block that starts in its millisecond or later, and played with the next.
    """
    late = (1 + int(_DELAY_SEC * rate / _BLOCK)) * _BLOCK / rate
    around = np.floor(time_sec[:, None] * 1000).astype(np.int64) + np.arange(-4, 2)
    around = np.maximum(around, 0)
    played = -(-around * rate // (1000 * _BLOCK)) * (_BLOCK / rate) + late
    nearest = np.abs(played - time_sec[:, None]).argmin(1)
    return around[np.arange(len(around)), nearest]


def _restruck(notes: Notes) -> Notes:
    """Release each note where its key is struck again: MIDI cannot distinguish two notes on one key."""
    order = np.lexsort((notes.onset_sec, notes.pitch))
    notes = notes.select(order)
    duration = notes.duration_sec.copy()
    again = notes.pitch[1:] == notes.pitch[:-1]
    gap = np.diff(notes.onset_sec)
    duration[:-1][again] = np.minimum(duration[:-1], gap)[again]
    return notes._replace(duration_sec=duration)
