"""Protocol of a drum machine: reconstructions, draws and faders on held-out drums.

    reconstruction   of held-out sounds from the posterior's mean: log-spectral distance of the sound, and
                     distance of log mel spectrograms, beside the nearest training sound, the mean of the
                     class, and the true magnitudes with phases of an impulse, and of 32 iterations
    classes          accuracy of a probe, trained on training sounds, on real sounds, reconstructions, draws
    frechet          distance of draws from held-out sounds in the probe's space, mean over six sets of draws;
                     the reference is as many training sounds of the same classes
    copying          share of draws nearer to a training sound than 95 % of held-out sounds are, by the
                     levels of ten bands in spans of 16 frames where one of both is audible; 5 % where draws
                     are as new as these
    faders           Spearman's correlation of asked and achieved values, and their median error
    decoding         distances, rate and latency of the decoder (`symvae.evaluation.decoding`)
    codes            of a drum machine of codes: use of the codebooks, bits a sound, nats a code of the prior

Draws have the classes of the held-out sounds.
"""

import time
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.audio.one_shot import ONSET
from symvae.corpus.sound_shards import SoundShards
from symvae.dsp.stft import griffin_lim, magnitude
from symvae.dsp.struck import struck, struck_phases
from symvae.evaluation.code_use import code_figures
from symvae.evaluation.decoding import decoding_figures
from symvae.evaluation.drum_fader_figures import fader_figures
from symvae.evaluation.metrics.frechet import frechet_distance
from symvae.evaluation.progress import Progress, silent
from symvae.models.oneshot.drum_network import FLOOR, mel_levels
from symvae.models.oneshot.wavenet_head import WaveNetHead
from symvae.objective.spectral import log_spectral_distance_db
from symvae.system.drum_machine import AnyDrumMachine, DrumMachine
from symvae.system.known_sounds import audible_distances, coarse_levels
from symvae.training.sound_batches import SoundBatch, SoundBatches, sound_batches, spread
from symvae.training.tasks.drum_probe import train_drum_probe
from symvae.training.tasks.oneshot import mel_bands

#: Held-out sounds, training sounds and requests of each fader that are measured; fewer with ``quick``.
SOUNDS, TRAINING_SOUNDS, REQUESTS = 256, 4_000, 24
#: Sets of draws, one for each held-out sound; Fréchet distances are means over them.
SETS = 6
QUICK_SOUNDS, QUICK_TRAINING_SOUNDS, QUICK_REQUESTS = 32, 400, 4
REFERENCE_ITERATIONS = 32
_PROBE_STEPS, _QUICK_PROBE_STEPS = 600, 200
_MELS, _DB, _AT_ONCE = 80, 8.685889638, 32


@torch.inference_mode()
def evaluate_oneshots(
    machine: AnyDrumMachine,
    shards: SoundShards,
    *,
    split: str = "test",
    quick: bool = False,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure a drum machine.

    Args:
        machine: The drum machine.
        shards: Prepared sounds of its classes.
        split: Held-out split to measure on.
        quick: Measure on fewer sounds and requests.
        seed: Seed of draws and choices.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        Figures by part.
    """
    filters = mel_bands(machine.network, _MELS)
    # A decoder that writes sample after sample takes seconds for a sound: fewer requests.
    slow = isinstance(getattr(machine.network, "head", None), WaveNetHead)
    held_out = _chosen(sound_batches(shards, split), QUICK_SOUNDS if quick else SOUNDS)
    train = _chosen(sound_batches(shards, "train"), QUICK_TRAINING_SOUNDS if quick else TRAINING_SOUNDS)
    real = held_out.rows(slice(None))
    real_mel = _mels(machine, real.wave, filters)
    train_mel = torch.cat([_mels(machine, each.wave, filters) for each in _pieces(train)])
    progress("reconstruction", 0.0)
    reconstruction, rebuilt_mel = _reconstruction(
        machine, real, real_mel, train, train_mel, filters, progress
    )
    progress("draws", 0.0)
    # Distances of one set vary by a tenth from seed to seed.
    seeds = range(seed, seed + (1 if quick or slow else SETS))
    drawn = torch.cat([_draws(machine, held_out.sounds.drum, each) for each in seeds])
    drawn_mel = torch.cat([_mels(machine, some, filters) for some in drawn.split(_AT_ONCE)])
    steps = _QUICK_PROBE_STEPS if quick else _PROBE_STEPS
    with torch.inference_mode(mode=False):
        probe = train_drum_probe(train_mel.clone(), train.sounds.drum, train.classes, steps=steps, seed=seed)
    drum = torch.from_numpy(held_out.sounds.drum)
    accuracy = {
        name: float((probe(mel).argmax(1).unflatten(0, (-1, len(drum))) == drum).float().mean())
        for name, mel in (("real", real_mel), ("reconstructed", rebuilt_mel), ("drawn", drawn_mel))
    }
    alike = np.concatenate([_of_classes(train.sounds.drum, held_out.sounds.drum, each) for each in seeds])
    real_place, *places = (
        probe.embed(mel).numpy() for mel in (real_mel, drawn_mel, train_mel[torch.from_numpy(alike)])
    )
    drawn_distance, training_distance = (
        float(np.mean([frechet_distance(each, real_place) for each in np.split(place, len(seeds))]))
        for place in places
    )
    copying = _copying(machine, train, real.wave, drawn)
    progress("draws", 1.0)
    own = (
        {"faders": fader_figures(machine, QUICK_REQUESTS if quick or slow else REQUESTS, seed, progress)}
        if isinstance(machine, DrumMachine)
        else {"codes": code_figures(machine, held_out, train)}
    )
    return {
        "split": split,
        "sounds": len(held_out),
        "training_sounds": len(train),
        "reconstruction": reconstruction,
        "decoding": decoding_figures(machine, real),
        "class_accuracy": accuracy,
        "frechet": {
            "drawn": _known(drawn_distance),
            "training": _known(training_distance),
        },
        "copying": copying,
        **own,
    }


def _chosen(batches: SoundBatches, most: int) -> SoundBatches:
    """At most so many sounds of a split, evenly spread over it."""
    sounds, rows = batches.sounds, spread(len(batches), most)
    words = ([column[row] for row in rows] for column in (sounds.file, sounds.source, sounds.group))
    chosen = type(sounds)(sounds.samples[rows], sounds.drum[rows], *words)
    return SoundBatches(chosen, batches.classes)


def _pieces(batches: SoundBatches) -> list[SoundBatch]:
    return [batches.rows(slice(at, at + _AT_ONCE)) for at in range(0, len(batches), _AT_ONCE)]


def _mels(
    machine: AnyDrumMachine, wave: Float[Tensor, "sound sample"], filters: Float[Tensor, "bin mel"]
) -> Float[Tensor, "sound frame mel"]:
    return mel_levels(machine.network.levels(wave), filters)


def _reconstruction(
    machine: AnyDrumMachine,
    real: SoundBatch,
    real_mel: Float[Tensor, "sound frame mel"],
    train: SoundBatches,
    train_mel: Float[Tensor, "training frame mel"],
    filters: Float[Tensor, "bin mel"],
    progress: Progress,
) -> tuple[dict[str, Any], Float[Tensor, "sound frame mel"]]:
    """Figures, and mel spectrograms of the reconstructions."""
    network, stft, samples = machine.network, machine.network.stft, machine.network.samples
    distance, rows = _nearest(real_mel, train_mel)
    near_wave = torch.from_numpy(train.sounds.waves(rows.numpy()))
    drums = torch.from_numpy(train.sounds.drum)
    means = torch.stack(
        [
            train_mel[drums == number].mean(0) if (drums == number).any() else train_mel.mean(0)
            for number in range(train.classes)
        ]
    )[real.drum.argmax(1)]
    lsd: dict[str, list[Tensor]] = {
        name: [] for name in ("reconstructed", "nearest", "impulse", "iterated", "griffin_lim")
    }
    kl, rebuilt_mel, seconds = [], [], 0.0
    for at in range(0, len(real.wave), _AT_ONCE):
        some = slice(at, at + _AT_ONCE)
        wave, drum = real.wave[some], real.drum[some]
        posterior = network.encode(network.levels(wave), drum)
        began = time.perf_counter()
        rebuilt = network.sound(posterior.mean, drum, torch.Generator().manual_seed(0))
        seconds += time.perf_counter() - began
        true = magnitude(stft(wave))
        phase = struck_phases(stft, samples, ONSET, torch.Generator().manual_seed(0))
        struck_wave = struck(
            true,
            stft,
            samples,
            onset=ONSET,
            iterations=network.phase_iterations,
            generator=torch.Generator().manual_seed(0),
        )
        long = griffin_lim(
            true, stft, samples, phase=phase.expand(true.shape), iterations=REFERENCE_ITERATIONS
        )
        for name, made in (
            ("reconstructed", rebuilt),
            ("nearest", near_wave[some]),
            ("impulse", stft.inverse(true * phase, samples)),
            ("iterated", struck_wave),
            ("griffin_lim", long),
        ):
            lsd[name].append(log_spectral_distance_db(made, wave, floor=FLOOR))
        kl.append(posterior.kl_nats().sum(1))
        rebuilt_mel.append(_mels(machine, rebuilt, filters))
        progress("reconstruction", min(at + _AT_ONCE, len(real.wave)) / len(real.wave))
    mel = torch.cat(rebuilt_mel)
    return (
        {
            "lsd_db": {name: float(torch.cat(each).mean()) for name, each in lsd.items()},
            "mel_db": {
                "reconstructed": _DB * float((mel - real_mel).abs().mean()),
                "nearest": _DB * float(distance.mean()),
                "class_mean": _DB * float((means - real_mel).abs().mean()),
            },
            "kl_nats": float(torch.cat(kl).mean()),
            "ms_a_sound": 1000 * seconds / len(real.wave),
        },
        mel,
    )


def _copying(
    machine: AnyDrumMachine,
    train: SoundBatches,
    real: Float[Tensor, "sound sample"],
    drawn: Float[Tensor, "sound sample"],
) -> dict[str, float]:
    """Draws that are nearer to a training sound than 95 % of held-out sounds are."""
    network = machine.network

    def coarse(wave: Float[Tensor, "sound sample"]) -> Float[Tensor, "sound coarse"]:
        return torch.cat([coarse_levels(network, network.levels(some)) for some in wave.split(_AT_ONCE)])

    known = torch.cat([coarse(each.wave) for each in _pieces(train)])
    apart, near = (audible_distances(coarse(wave), known).amin(1) for wave in (real, drawn))
    return {
        "drawn_nearer_share": float((near < np.quantile(apart.numpy(), 0.05)).float().mean()),
        "median_distance_db": _DB * float(near.median()),
        "median_distance_held_out_db": _DB * float(apart.median()),
    }


def _nearest(
    sounds: Float[Tensor, "sound frame mel"], others: Float[Tensor, "other frame mel"]
) -> tuple[Float[Tensor, " sound"], Int[Tensor, " sound"]]:
    """Mean absolute difference of log mel spectrograms from the nearest other sound, and its row."""
    size = sounds[0].numel()
    table = torch.cdist(sounds.flatten(1), others.flatten(1), p=1) / size
    least = table.min(1)
    return least.values, least.indices


def _draws(
    machine: AnyDrumMachine, drum: Int[np.ndarray, " sound"], seed: int
) -> Float[Tensor, "sound sample"]:
    """A sound of the prior for each of some classes."""
    classes = torch.eye(len(machine.drums))[torch.from_numpy(drum)]
    z = machine.latents(classes, torch.Generator().manual_seed(seed))
    pieces = zip(z.split(_AT_ONCE), classes.split(_AT_ONCE), strict=True)
    generator = torch.Generator().manual_seed(seed)
    network = machine.network
    waves = torch.cat([network.sound(some, each, generator) for some, each in pieces])
    if isinstance(machine, DrumMachine):
        waves = torch.from_numpy(machine.struck(waves.numpy(), drum.tolist()))
    return waves


def _of_classes(
    train: Int[np.ndarray, " training"], wanted: Int[np.ndarray, " sound"], seed: int
) -> Int[np.ndarray, " sound"]:
    """A random training sound for each of some classes; of any class where there is none."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in wanted.tolist():
        own = np.flatnonzero(train == number)
        rows.append(int(chance.choice(own if len(own) else len(train))))
    return np.array(rows)


def _known(value: float) -> float | None:
    """A number, None for nan, which JSON does not have."""
    return value if np.isfinite(value) else None
