"""Protocol of an audio model on held-out recordings.

distances   of resynthesized excerpts: multi-scale spectral distance, log-spectral distance
rate        KL divergence of a frame and of a second, in nats; principal axes by their share of the variance
speed       seconds of sound a second of processor time, of encoder and decoder
stream      difference of a stream from the whole, and the processor time of a block beside its length
"""

import math
import time
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int16
from torch import Tensor

from symvae.corpus.recording_shards import RecordingShards
from symvae.dsp.audio import Audio
from symvae.dsp.wav import FULL_SCALE
from symvae.errors import CorpusError
from symvae.evaluation.progress import Progress, silent
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.audio_model import AudioModel

#: Held-out pieces that are measured; fewer with ``quick``.
PIECES, QUICK_PIECES = 48, 4
#: Magnitude of silence in a window of 1024 samples: 88 dB below that of a full-scale sine.
FLOOR = 1e-2
#: Blocks of the stream that are timed.
_BLOCKS, _QUICK_BLOCKS = 400, 40
_FIDELITIES = (0.8, 0.9, 0.95, 0.99)


@torch.inference_mode()
def evaluate_recordings(
    model: AudioModel,
    shards: RecordingShards,
    *,
    split: str = "test",
    quick: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure an audio model.

    Args:
        model: The audio model.
        shards: Prepared recordings at its rate.
        split: Held-out split to measure on.
        quick: Measure fewer pieces.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        Figures by part.

    Raises:
        CorpusError: The recordings have another sample rate.
    """
    if shards.sample_rate != model.sample_rate:
        raise CorpusError(
            f"{shards.folder} holds recordings at {shards.sample_rate} Hz, and {model.name} is for "
            f"{model.sample_rate} Hz. Give the recordings of its run."
        )
    pieces = shards.split(split)
    rows = np.unique(np.linspace(0, len(pieces) - 1, QUICK_PIECES if quick else PIECES).round().astype(int))
    mss, lsd, kl = [], [], []
    seconds = {"encode": 0.0, "decode": 0.0}
    for done, row in enumerate(rows.tolist(), 1):
        wave = _wave(pieces, row)
        began = time.process_time()
        latent = model.encode(Audio(wave, model.sample_rate))
        between = time.process_time()
        made = torch.from_numpy(model.decode(latent).samples)
        seconds["encode"] += between - began
        seconds["decode"] += time.process_time() - between
        real = torch.from_numpy(wave)
        mss.append(multi_scale_distance(made, real, floor=FLOOR).total)
        lsd.append(log_spectral_distance_db(made, real, floor=FLOOR))
        kl.append(model.network.posterior(model.network.whole(real)).kl_nats().sum(1).mean())
        progress("resynthesis", done / len(rows))
    length = len(rows) * pieces.shape[1] / model.sample_rate
    nats = float(torch.stack(kl).mean())
    return {
        "split": split,
        "pieces": len(rows),
        "seconds": round(length, 1),
        "mss": float(torch.cat(mss).mean()),
        "lsd_db": float(torch.cat(lsd).mean()),
        "kl_nats_a_frame": nats,
        "kl_nats_a_second": nats * model.sample_rate / model.network.ratio,
        "axes": {f"{share:.0%}": model.axes.needed(share) for share in _FIDELITIES},
        "times_real_time": {name: length / spent for name, spent in seconds.items()},
        "stream": _stream(model, _wave(pieces, int(rows[0])), _QUICK_BLOCKS if quick else _BLOCKS, progress),
    }


def _wave(pieces: Int16[np.ndarray, "piece sample"], row: int) -> Float[np.ndarray, "1 sample"]:
    wave: Float[np.ndarray, "1 sample"] = np.asarray(pieces[row : row + 1], np.float32) / FULL_SCALE
    return wave


def _stream(
    model: AudioModel, wave: Float[np.ndarray, "1 sample"], blocks: int, progress: Progress
) -> dict[str, float | int]:
    """A piece block by block against the whole, and the time of its blocks."""
    stream = model.stream()
    long = np.tile(wave, (1, math.ceil(blocks * stream.block / wave.shape[1])))[:, : blocks * stream.block]
    made, times = [], []
    for number, block in enumerate(np.split(long, blocks, axis=1), 1):
        began = time.process_time()
        made.append(stream.process(block))
        times.append(time.process_time() - began)
        progress("stream", number / blocks)
    network = model.network
    whole = network.decode(network.encode(torch.from_numpy(long)))
    # What comes out is a block late.
    streamed = torch.from_numpy(np.concatenate(made, 1))[:, stream.block :]
    return {
        "block_samples": stream.block,
        "block_ms": 1000 * stream.block / model.sample_rate,
        "latency_ms": 1000 * stream.latency / model.sample_rate,
        "time_ms": 1000 * float(np.median(times)),
        "time_ms_99": 1000 * float(np.quantile(times, 0.99)),
        "difference_db": _level_db(streamed - whole[:, : streamed.shape[1]]) - _level_db(whole),
    }


def _level_db(wave: Tensor) -> float:
    return 20 * math.log10(max(float(wave.square().mean().sqrt()), 1e-12))
