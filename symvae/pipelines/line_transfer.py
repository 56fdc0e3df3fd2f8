"""Timbre transfer: a recorded voice on an instrument that a line synthesizer learned."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symvae.dsp.wav import write_wav
from symvae.pipelines.output import Saved, refuse_existing
from symvae.pipelines.words import counted
from symvae.system.line_synth import LineSynth, Transfer

#: Share of pitches beyond the range from which on the report says so.
_OUTSIDE = 0.05
#: Share of dynamics below which the report says so.
_NARROWED = 0.95


@dataclass(frozen=True)
class LineTransferResult:
    """A transfer, with the file that holds it."""

    model: str
    transfer: Transfer
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        fitted = self.transfer.fitted
        return {
            "model": self.model,
            "timbre": self.transfer.timbre,
            "seconds": round(self.transfer.audio.duration_sec, 3),
            "octaves": fitted.octaves,
            "louder_db": round(fitted.louder_db, 1),
            "dynamics": round(fitted.dynamics, 2),
            "with_pitch": round(self.transfer.voiced, 3),
            "out_of_range": round(fitted.outside, 3),
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text."""
        fitted = self.transfer.fitted
        moved = f"{counted(abs(fitted.octaves), 'octave')} {'up' if fitted.octaves > 0 else 'down'}"
        words = [
            f"{self.transfer.audio.duration_sec:.1f} s on {self.transfer.timbre}",
            moved if fitted.octaves else "at pitch",
            f"{fitted.louder_db:+.0f} dB",
            *[f"dynamics × {fitted.dynamics:.2f}"] * (fitted.dynamics < _NARROWED),
            f"{self.transfer.voiced:.0%} of the recording have a pitch; the rest is silent",
        ]
        lines = [", ".join(words)]
        if fitted.outside > _OUTSIDE:
            lines.append(
                f"{fitted.outside:.0%} of the pitches are beyond the range of the instrument, where its "
                "timbre was not learned. Choose another --timbre or --octaves."
            )
        return lines


def transfer_line(
    synth: LineSynth,
    file: Path,
    out: Path,
    timbre: str,
    *,
    octaves: int | None = None,
    louder_db: float = 0.0,
    force: bool = False,
) -> LineTransferResult:
    """Play a recorded voice on an instrument.

    Args:
        synth: The line synthesizer.
        file: A sound file of one voice.
        out: The WAV file to write.
        timbre: Name of the instrument, or a blend of two.
        octaves: Octaves to move the pitch by; None for the fewest that fit the instrument.
        louder_db: Louder or softer playing.
        force: Overwrite an existing file.

    Returns:
        The report.

    Raises:
        SymvaeError: The file cannot be read or has no pitch, there is no such timbre, or ``out`` exists.
    """
    refuse_existing([out], force)
    transfer = synth.transfer(file, timbre, octaves=octaves, louder_db=louder_db)
    write_wav(transfer.audio.samples, transfer.audio.sample_rate, out, force=force)
    return LineTransferResult(synth.name, transfer, Saved((out,)))
