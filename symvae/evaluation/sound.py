"""Resynthesis of held-out clips, compared with the reference and with baselines that need no network.

    mss       multi-scale spectral distance: spectral convergence + log magnitude, mean over four windows
    lsd_db    log-spectral distance
    note_f1   F1 of the notes that the probe transcribes, against those that were played
    program   share of the clips in which the probe recognizes the instrument

A distance alone says little. So the same figures are given for the reference itself, for two
reconstructions from the reference's magnitudes (Griffin-Lim, and with the phases of the notes' pulses), for
another sound font that plays the same notes, and for noise with the clip's mean spectrum.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.notes import Notes
from symvae.audio.soundfont import one_channel
from symvae.corpus.clips import ClipDraws
from symvae.dsp.stft import griffin_lim, unit
from symvae.evaluation.clip_scores import ClipScores, Figures, concatenate, score_clips
from symvae.evaluation.excerpts import Excerpts, excerpts, resynthesis
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.models.sound.probe import Probe
from symvae.models.sound.spectrogram_vae import SpectrogramVAE

_BATCH = 8
GRIFFIN_LIM_ITERATIONS = 32
LABELS = {
    "truth": "reference",
    "synth": "**synthesizer**, timbre from another clip",
    "griffin_lim": "Griffin-Lim of the reference's magnitudes, 32 iterations",
    "source_phase": "reference's magnitudes with the notes' own phases",
    "other_font": "another sound font, same notes",
    "mean_spectrum": "noise with the clip's mean spectrum",
}
#: Explanation of the columns, above a table.
MEASURES = (
    "MSS and LSD are distances from the reference. Notes are those that a probe transcribes (onset within"
    " 50 ms, same key), instruments those that it recognizes; it was trained on the reference."
)


class WayFigures(NamedTuple):
    """Figures of one way to make a clip."""

    mss: float
    lsd_db: float
    note_f1: float
    program: float
    note_f1_of_truth: float
    """Note F1 as a share of the reference's."""


class InstrumentFigures(NamedTuple):
    """Figures of the synthesizer for one instrument, with those of the reference."""

    mss: float
    lsd_db: float
    note_f1: float
    program: float
    truth: Figures


@dataclass(frozen=True)
class Resynthesis:
    """Resynthesis of held-out clips."""

    clips: int
    clip_sec: float
    timbres: int
    """Instruments of all fonts."""
    rows: dict[str, WayFigures]
    """By the keys of `LABELS`."""
    instruments: dict[str, InstrumentFigures]


def sound(
    network: SpectrogramVAE,
    probe: Probe,
    draws: ClipDraws,
    instruments: list[str],
    *,
    pairs: int,
    seed: int = 0,
    progress: Progress = silent,
) -> Resynthesis:
    """Measure the resynthesis of held-out clips.

    Args:
        network: The synthesizer.
        probe: Transcribes the clips and recognizes their instruments.
        draws: Held-out phrases and the reference's fonts.
        instruments: Name of each program of ``draws``.
        pairs: Pairs of clips of each instrument of each font.
        seed: Of the choice of phrases and of noise.
        progress: Called with the share that is done.

    Returns:
        Figures of each way, and of the synthesizer by instrument.
    """
    rng = np.random.default_rng([seed, 1])
    scores: dict[str, list[ClipScores]] = {}
    timbres: list[tuple[int, int]] = []
    for turn in range(pairs):
        drawn = excerpts(draws, rng)
        for way, wave in ways(network, draws, drawn, seed + turn):
            scores.setdefault(way, []).append(score_clips(probe, wave, drawn))
        timbres += _timbres(drawn)
        progress("sound", (turn + 1) / pairs)
    pooled = {way: concatenate(parts) for way, parts in scores.items()}
    instrument = np.array([number for _, number in timbres])
    all_clips = np.arange(len(instrument))
    in_other_font = np.flatnonzero([_next_font(draws, *timbre) is not None for timbre in timbres])
    rows = {
        way: own.figures(in_other_font if way == "other_font" else all_clips) for way, own in pooled.items()
    }
    reference_f1 = max(rows["truth"].note_f1, 1e-9)
    by_instrument = {}
    for number, name in enumerate(instruments):
        clips = np.flatnonzero(instrument == number)
        if len(clips):
            by_instrument[name] = InstrumentFigures(
                *pooled["synth"].figures(clips), truth=pooled["truth"].figures(clips)
            )
    return Resynthesis(
        clips=len(instrument),
        clip_sec=draws.samples / draws.sample_rate,
        timbres=len(draws.timbres),
        rows={
            way: WayFigures(*own, note_f1_of_truth=own.note_f1 / reference_f1) for way, own in rows.items()
        },
        instruments=by_instrument,
    )


def ways(
    network: SpectrogramVAE, draws: ClipDraws, drawn: Excerpts, seed: int
) -> Iterator[tuple[str, Float[Tensor, "clip sample"]]]:
    """Make every clip in each way of `LABELS`.

    Args:
        network: The synthesizer.
        draws: The reference's fonts.
        drawn: Clips of the reference.
        seed: Of noise and of Griffin-Lim's initial phases.

    Yields:
        The way and its sound of all clips; "other_font" only where there is one.
    """
    wave, stft, samples = drawn.clips.wave, network.stft, draws.samples
    yield "truth", wave
    yield "synth", resynthesis(network, drawn.clips)
    generator = torch.Generator().manual_seed(seed)
    rebuilt, rephased, blurred = [], [], []
    batches = zip(wave.split(_BATCH), drawn.clips.source.split(_BATCH), strict=True)
    for reference, source in batches:
        magnitude = stft(reference).abs()
        rebuilt.append(
            griffin_lim(magnitude, stft, samples, iterations=GRIFFIN_LIM_ITERATIONS, generator=generator)
        )
        rephased.append(stft.inverse(magnitude * unit(stft(source.sum((1, 2)))), samples))
        noise = stft(torch.randn(reference.shape, generator=generator))
        blurred.append(stft.inverse(magnitude.mean(1, keepdim=True) * unit(noise), samples))
    yield "griffin_lim", torch.cat(rebuilt)
    yield "source_phase", torch.cat(rephased)
    if any(_next_font(draws, *timbre) is not None for timbre in draws.timbres):
        yield "other_font", _play_on_next_font(draws, drawn)
    yield "mean_spectrum", torch.cat(blurred)


def tables(metrics: dict[str, Any]) -> str:
    """Tables of a `Resynthesis` as stored in metrics.json, of which ``metrics`` is the whole."""
    part = metrics["sound"]
    head = ["instrument", "MSS", "LSD, dB", "notes (F1)", "of the reference", "recognized"]
    return section(
        "Sound",
        f"{part['clips']} clips of {part['clip_sec']:.1f} s, phrases of the {metrics['split']} split,"
        f" {part['timbres']} instruments of {' and '.join(metrics['fonts'])}. {MEASURES}",
        ways_table(part),
        "The synthesizer by instrument:",
        table(
            [*head, "of the reference"],
            [
                [
                    name,
                    *distances(row),
                    share(row["note_f1"]),
                    share(row["truth"]["note_f1"]),
                    share(row["program"]),
                    share(row["truth"]["program"]),
                ]
                for name, row in part["instruments"].items()
            ],
        ),
    )


def ways_table(part: dict[str, Any]) -> str:
    """Table of all ways of a `Resynthesis` as stored in metrics.json."""
    rows = part["rows"]
    return table(
        ["", "MSS", "LSD, dB", "notes (F1)", "of the reference's", "instrument"],
        [
            [
                label,
                *distances(rows[way]),
                *(share(rows[way][name]) for name in ("note_f1", "note_f1_of_truth", "program")),
            ]
            for way, label in LABELS.items()
            if way in rows
        ],
    )


def distances(row: dict[str, Any]) -> tuple[str, str]:
    """Format MSS and LSD."""
    return f"{row['mss']:.3f}", f"{row['lsd_db']:.2f}"


def _timbres(drawn: Excerpts) -> list[tuple[int, int]]:
    """Font and instrument of each clip."""
    return list(zip(drawn.clips.font.tolist(), drawn.clips.timbre.tolist(), strict=True))


def _next_font(draws: ClipDraws, font: int, timbre: int) -> int | None:
    """Another font that can play the instrument; None where there is none."""
    fonts = len(draws.players)
    others = ((font + step) % fonts for step in range(1, fonts))
    return next((other for other in others if draws.keys[other, timbre] is not None), None)


def _play_on_next_font(draws: ClipDraws, drawn: Excerpts) -> Float[Tensor, "clip sample"]:
    """Play the same notes on another font; silence where no other font has the instrument."""

    def play(notes: Notes, timbre: tuple[int, int]) -> Tensor:
        other = _next_font(draws, *timbre)
        if other is None:
            return torch.zeros(draws.samples)
        program = draws.programs[timbre[1]]
        return torch.from_numpy(one_channel(draws.players[other].play(notes, program, draws.samples)))

    return torch.stack([play(*row) for row in zip(drawn.notes, _timbres(drawn), strict=True)])
