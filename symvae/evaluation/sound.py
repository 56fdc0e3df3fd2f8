"""How near the synthesizer comes to the reference, beside ways that need no network.

    mss       spectral convergence + log-magnitude distance, mean over four windows
    lsd_db    log-spectral distance
    note_f1   notes that the probe hears in it, of those that were played
    program share of clips in which the probe hears the right instrument

A distance says little alone. So the same figures stand beside it for the reference itself, for what the
transform loses without any network (Griffin-Lim of the true magnitudes; the true magnitudes with the
phases of the notes' own pulses), for another sound font that plays the same notes, and for noise with the
clip's mean spectrum.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.note_matching import F1, match_clips
from symvae.audio.notes import Notes
from symvae.audio.transcription import transcribe
from symvae.corpus.clips import ClipDraws
from symvae.dsp.stft import griffin_lim, unit
from symvae.evaluation.batching import Progress, silent
from symvae.evaluation.excerpts import Excerpts, excerpts, resynthesis
from symvae.models.sound.probe import Predictions, Probe
from symvae.models.sound.spectrogram_vae import FLOOR, SpectrogramVAE
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance

_AT_ONCE = 8
GRIFFIN_LIM_ITERATIONS = 32


class Judged(NamedTuple):
    """Figures of some clips, one number each but for the notes."""

    mss: Float[Tensor, " clip"]
    lsd_db: Float[Tensor, " clip"]
    notes: list[F1]
    right: Float[Tensor, " clip"]

    def figures(self, rows: np.ndarray) -> dict[str, float]:
        """Of these rows (indices): means, and the F1 of all their notes together."""
        at = torch.from_numpy(rows)
        counts = F1(*np.array([self.notes[row] for row in rows.tolist()]).sum(0).tolist())
        return {
            "mss": self.mss[at].mean().item(),
            "lsd_db": self.lsd_db[at].mean().item(),
            "note_f1": counts.f1,
            "program": self.right[at].mean().item(),
        }


def sound(
    network: SpectrogramVAE,
    probe: Probe,
    draws: ClipDraws,
    instruments: list[str],
    *,
    pairs: int,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """All ways on ``pairs`` pairs of clips of each instrument of each font; the synthesizer by instrument."""
    rng = np.random.default_rng([seed, 1])
    judged: dict[str, list[Judged]] = {}
    timbres: list[tuple[int, int]] = []
    for turn in range(pairs):
        drawn = excerpts(draws, rng)
        for way, wave in ways(network, draws, drawn, seed + turn):
            judged.setdefault(way, []).append(judge(probe, wave, drawn))
        timbres += _timbres(drawn)
        progress("sound", (turn + 1) / pairs)
    whole = {way: _together(parts) for way, parts in judged.items()}
    timbre = np.array([instrument for _, instrument in timbres])
    everything = np.arange(len(timbre))
    elsewhere = np.flatnonzero([_next_font(draws, *played) is not None for played in timbres])
    rows = {
        way: figures.figures(elsewhere if way == "other_font" else everything)
        for way, figures in whole.items()
    }
    heard_in_truth = rows["truth"]["note_f1"]
    return {
        "clips": len(timbre),
        "clip_sec": draws.samples / draws.sample_rate,
        "timbres": len(draws.timbres),
        "rows": {
            way: {**figures, "note_f1_of_truth": figures["note_f1"] / max(heard_in_truth, 1e-9)}
            for way, figures in rows.items()
        },
        "instruments": {
            name: {
                **whole["synth"].figures(np.flatnonzero(timbre == index)),
                "truth": whole["truth"].figures(np.flatnonzero(timbre == index)),
            }
            for index, name in enumerate(instruments)
            if index in timbre
        },
    }


def ways(
    network: SpectrogramVAE, draws: ClipDraws, drawn: Excerpts, seed: int
) -> Iterator[tuple[str, Float[Tensor, "clip sample"]]]:
    """Each way by name, and its sound of every excerpt."""
    wave, stft, samples = drawn.clips.wave, network.stft, draws.samples
    yield "truth", wave
    yield "synth", resynthesis(network, drawn.clips)
    generator = torch.Generator().manual_seed(seed)
    rebuilt, borrowed, blurred = [], [], []
    pairs = zip(wave.split(_AT_ONCE), drawn.clips.source.split(_AT_ONCE), strict=True)
    for true, source in pairs:
        magnitude = stft(true).abs()
        rebuilt.append(
            griffin_lim(magnitude, stft, samples, iterations=GRIFFIN_LIM_ITERATIONS, generator=generator)
        )
        borrowed.append(stft.inverse(magnitude * unit(stft(source.sum((1, 2)))), samples))
        noise = stft(torch.randn(true.shape, generator=generator))
        blurred.append(stft.inverse(magnitude.mean(1, keepdim=True) * unit(noise), samples))
    yield "griffin_lim", torch.cat(rebuilt)
    yield "source_phase", torch.cat(borrowed)
    if any(_next_font(draws, *played) is not None for played in draws.timbres):
        yield "other_font", _on_the_next_font(draws, drawn)
    yield "mean_spectrum", torch.cat(blurred)


def judge(probe: Probe, made: Float[Tensor, "clip sample"], drawn: Excerpts) -> Judged:
    """Sound against the reference and against what was played."""
    parts = list(zip(made.split(_AT_ONCE), drawn.clips.wave.split(_AT_ONCE), strict=True))
    heard = probe.predict(made)
    until_sec = made.shape[-1] / probe.sample_rate
    return Judged(
        torch.cat([multi_scale_distance(a, b, floor=FLOOR).total for a, b in parts]),
        torch.cat([log_spectral_distance_db(a, b, floor=FLOOR) for a, b in parts]),
        [
            match_clips([true], [found], until_sec=until_sec)
            for true, found in zip(drawn.notes, clip_notes(probe, heard), strict=True)
        ],
        (heard.instrument.argmax(-1) == drawn.clips.timbre).float(),
    )


def clip_notes(probe: Probe, predictions: Predictions) -> list[Notes]:
    """Notes of each clip that the probe predicts."""
    return transcribe(
        predictions.onset,
        predictions.held,
        lowest_pitch=probe.lowest_pitch,
        frame_sec=probe.frame_sec,
        threshold=float(probe.threshold),
    )


def _timbres(drawn: Excerpts) -> list[tuple[int, int]]:
    """Font and instrument of each clip."""
    return list(zip(drawn.clips.font.tolist(), drawn.clips.timbre.tolist(), strict=True))


def _next_font(draws: ClipDraws, font: int, timbre: int) -> int | None:
    """Another font that can play the instrument; None where there is none."""
    fonts = len(draws.players)
    others = ((font + step) % fonts for step in range(1, fonts))
    return next((other for other in others if draws.keys[other, timbre] is not None), None)


def _on_the_next_font(draws: ClipDraws, drawn: Excerpts) -> Float[Tensor, "clip sample"]:
    """The same notes; silence where no other font can play them."""

    def play(notes: Notes, played: tuple[int, int]) -> Tensor:
        other = _next_font(draws, *played)
        if other is None:
            return torch.zeros(draws.samples)
        program = draws.programs[played[1]]
        return torch.from_numpy(draws.players[other].play(notes, program, draws.samples).mean(0))

    return torch.stack([play(*row) for row in zip(drawn.notes, _timbres(drawn), strict=True)])


def _together(parts: list[Judged]) -> Judged:
    return Judged(
        torch.cat([part.mss for part in parts]),
        torch.cat([part.lsd_db for part in parts]),
        [counts for part in parts for counts in part.notes],
        torch.cat([part.right for part in parts]),
    )
