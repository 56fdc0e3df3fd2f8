"""Protocol of a line synthesizer on held-out lines of the instruments that it learned.

resynthesis   from the fundamental and the loudness of the original
from notes    from the notes alone: contours by the network of the touch and by rule
harmonics     baseline without learning: harmonics of amplitude 1 / k that follow fundamental and loudness

Each is compared with the original: loudness L1 and f0 L1 as `symvae.evaluation.metrics.contours` defines
them, multi-scale spectral distance and log-spectral distance. Speed is seconds of sound for a second of
processor time.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from symvae.corpus.line_shards import Lines, LineShards
from symvae.dsp.harmonic import harmonic_bank
from symvae.dsp.perceived_loudness import RANGE_DB, loudness_db, scaled
from symvae.dsp.wav import FULL_SCALE
from symvae.dsp.yin import Pitch, track_near
from symvae.errors import CorpusError
from symvae.evaluation.metrics.contours import loudness_l1, pitch_l1
from symvae.evaluation.progress import Progress, silent
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.line_player import play_contours
from symvae.system.line_synth import LineSynth

#: Lines of each timbre that are measured with ``quick``.
QUICK_LINES = 1
#: Magnitude of silence in a window of 1024 samples: 88 dB below that of a full-scale sine.
FLOOR = 1e-2
_HARMONICS = 40

Wave = Float[np.ndarray, " sample"]


@torch.inference_mode()
def evaluate_lines(
    synth: LineSynth,
    shards: LineShards,
    *,
    split: str = "test",
    quick: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure a line synthesizer.

    Args:
        synth: The line synthesizer.
        shards: Prepared lines of its timbres, at its rate and hop.
        split: Held-out split to measure on.
        quick: Measure one line of each timbre.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        Figures of each way to play, as means over lines and by timbre.

    Raises:
        CorpusError: The lines have another rate or timbres that the model does not know.
    """
    hop, names = synth.network.hop, [timbre["name"] for timbre in shards.timbres]
    unknown = [name for name in names if name not in synth.timbres]
    if (shards.sample_rate, shards.hop) != (synth.sample_rate, hop) or unknown:
        raise CorpusError(
            f"{shards.folder} holds lines for another model than {synth.name}. Give the lines of its run."
        )
    lines = shards.split(split)
    rows = [
        row
        for number in range(len(names))
        for row in np.flatnonzero(lines.timbre == number)[: QUICK_LINES if quick else None].tolist()
    ]
    ways: dict[str, Callable[[Lines, int], Wave]] = {
        "resynthesis": lambda lines, row: _resynthesized(synth, lines, row, names),
        "from_notes": lambda lines, row: _from_notes(synth, lines, row, names),
        "harmonics": lambda lines, row: _baseline(synth, lines, row),
    }
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    spent = dict.fromkeys(ways, 0.0)
    for done, row in enumerate(rows, 1):
        real = np.asarray(lines.wave[row], np.float32) / FULL_SCALE
        for way, play in ways.items():
            began = time.process_time()
            made = play(lines, row)
            spent[way] += time.process_time() - began
            found[way].append(_distances(made, real, lines.frequency_hz[row], synth))
        progress("lines", done / len(rows))
    seconds = len(rows) * lines.wave.shape[1] / synth.sample_rate
    of_row = [names[int(lines.timbre[row])] for row in rows]
    return {
        "split": split,
        "lines": len(rows),
        "seconds": round(seconds, 1),
        **{
            way: {
                **_means(figures),
                "times_real_time": seconds / spent[way],
                "timbres": {
                    name: _means([f for f, own in zip(figures, of_row, strict=True) if own == name])
                    for name in names
                },
            }
            for way, figures in found.items()
        },
    }


def _resynthesized(synth: LineSynth, lines: Lines, row: int, names: list[str]) -> Wave:
    _, z = synth.timbre(names[int(lines.timbre[row])])
    loudness = scaled(torch.from_numpy(np.array(lines.loudness_db[row]))).numpy()
    return play_contours(synth.network, np.array(lines.frequency_hz[row]), loudness, z)


def _from_notes(synth: LineSynth, lines: Lines, row: int, names: list[str]) -> Wave:
    """The loudness of the notes; the fundamental of the original, which no rule can know to the cent."""
    _, z = synth.timbre(names[int(lines.timbre[row])])
    place = next(synth.network.parameters()).device
    features = torch.from_numpy(np.array(lines.features[row], np.float32))[None].to(place)
    loudness, _ = synth.network.touch(features, z.to(place).expand(1, features.shape[1], -1))
    return play_contours(synth.network, np.array(lines.frequency_hz[row]), loudness[0].cpu().numpy(), z)


def _baseline(synth: LineSynth, lines: Lines, row: int) -> Wave:
    """Harmonics of amplitude 1 / k, scaled frame by frame to the loudness of the original."""
    frequency = torch.from_numpy(np.array(lines.frequency_hz[row]))[None]
    amplitude = (1 / torch.arange(1, _HARMONICS + 1)).expand(1, frequency.shape[1], -1).contiguous()
    hop, rate = synth.network.hop, synth.sample_rate
    plain, _ = harmonic_bank(frequency, amplitude, hop, rate)
    wanted = torch.from_numpy(np.array(lines.loudness_db[row]))[None]
    gain = 10 ** ((wanted - loudness_db(plain, hop, rate)) / 20) * (wanted > -RANGE_DB)
    made, _ = harmonic_bank(frequency, amplitude * gain[..., None], hop, rate)
    return made[0].numpy()


def _distances(
    made: Wave, real: Wave, near_hz: Float[np.ndarray, " frame"], synth: LineSynth
) -> dict[str, float]:
    hop, rate = synth.network.hop, synth.sample_rate
    pair = [torch.from_numpy(each)[None] for each in (made, real)]
    loudness = [scaled(loudness_db(each, hop, rate))[0].numpy() for each in pair]
    pitch: list[Pitch] = [
        track_near(each, hop, rate, np.array(near_hz), semitones=3.0) for each in (made, real)
    ]
    distance = pitch_l1(*pitch)
    return {
        "loudness_l1": loudness_l1(*loudness),
        "loudness_l1_db": RANGE_DB * loudness_l1(*loudness),
        "f0_l1_semitones": distance.semitones,
        "f0_l1_scaled": distance.semitones / 127,
        "f0_outliers": distance.outliers,
        "mss": float(multi_scale_distance(*pair, floor=FLOOR).total),
        "lsd_db": float(log_spectral_distance_db(*pair, floor=FLOOR)),
    }


def _means(figures: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([each[name] for each in figures])) for name in figures[0]} if figures else {}
