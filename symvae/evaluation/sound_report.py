"""The whole evaluation of a synthesizer in one call, as numbers that can be written to JSON.

    symvae evaluate SYNTH --audio --data SHARDS [--font FILE.sf2 …] [--unseen-font FILE.sf2] [--quick]

Every part says on how many clips it was measured. The reference is sound fonts, the judge a probe that was
trained on them (`symvae.models.sound.probe`), and the probe's score on the reference stands beside all others.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from symvae.audio.font_player import font_player
from symvae.audio.soundfont import FontPlayer
from symvae.config.sound import PROGRAMS
from symvae.corpus.clips import ClipDraws, phrases_of
from symvae.corpus.shards import Shards
from symvae.errors import AudioError
from symvae.evaluation.batching import Progress, silent
from symvae.evaluation.excerpts import excerpts, of_the_other, played, timbres_in
from symvae.evaluation.sound import judge, sound
from symvae.evaluation.timbre_paths import timbre_paths
from symvae.evaluation.timbre_space import nearest, timbre_space
from symvae.models.sound.probe import Probe
from symvae.system.build_synth import build_stft
from symvae.system.synth import Synth
from symvae.system.synth_artifacts import load_probe


class Effort(NamedTuple):
    """How much of everything is measured."""

    pairs: int
    """Pairs of clips of each instrument of each font."""
    excerpts: int
    """Played along each path between two timbres."""


FULL, QUICK = Effort(pairs=4, excerpts=6), Effort(pairs=1, excerpts=2)


def evaluate_sound(
    synth: Synth,
    data: Sequence[Path | Shards],
    fonts: Sequence[Path],
    *,
    unseen_font: Path | None = None,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    progress: Progress = silent,
    open_font: Callable[[Path, int], FontPlayer] = font_player,
) -> dict[str, Any]:
    """Everything that is measured of ``synth``, by part. Raises `AudioError` without a probe or timbres."""
    started = time.monotonic()
    effort = QUICK if quick else FULL
    network, instruments = synth.network, list(synth.config.clips.timbres)
    probe, known = probe_of(synth), known_timbres(synth)
    phrases = phrases_of(data, split)

    def draws(paths: Sequence[Path]) -> ClipDraws:
        return ClipDraws(
            phrases,
            [open_font(path, synth.sample_rate) for path in paths],
            [PROGRAMS[name] for name in instruments],
            frames=synth.config.clips.frames,
            stft=build_stft(synth.config.model),
            sample_rate=synth.sample_rate,
            made_up=0.0,
            seed=seed,
        )

    played = draws(fonts)
    choices: dict[str, Any] = {"seed": seed, "progress": progress}
    return {
        "synth": synth.name,
        "parameters": sum(p.numel() for p in network.parameters()),
        "probe_parameters": sum(p.numel() for p in probe.parameters()),
        "quick": quick,
        "split": split,
        "seed": seed,
        "torch": torch.__version__,
        "fonts": [path.stem for path in fonts],
        "phrases": len(phrases),
        "sound": sound(network, probe, played, instruments, pairs=effort.pairs, **choices),
        "timbre_paths": timbre_paths(
            network,
            probe,
            played,
            instruments,
            {name: timbre.z for name, timbre in synth.timbres.items()},
            excerpts=effort.excerpts,
            **choices,
        ),
        "timbre_space": space(synth, played, known, pairs=effort.pairs, seed=seed),
        **(
            {}
            if unseen_font is None
            else {
                "unseen_font": {
                    "font": unseen_font.stem,
                    **unseen(synth, probe, draws([unseen_font]), known, pairs=effort.pairs, seed=seed),
                }
            }
        ),
        "seconds": round(time.monotonic() - started, 1),
    }


def probe_of(synth: Synth) -> Probe:
    """The listener in the synthesizer's folder."""
    probe = load_probe(synth.folder, synth.sample_rate)
    if probe is None:
        raise AudioError(
            f"{synth.name} has no probe.safetensors, the listener that discriminators it."
            f" Train one: python benchmarks/audio/train_probe.py --synth {synth.name}."
        )
    if probe.instruments != (asked := len(synth.config.clips.timbres)):
        raise AudioError(
            f"{synth.name} has {asked} instruments, and its probe knows {probe.instruments}."
            f" Train another: python benchmarks/audio/train_probe.py --synth {synth.name}."
        )
    return probe


def known_timbres(synth: Synth) -> list[tuple[int, Float[np.ndarray, " latent"]]]:
    """Number of the instrument and z of each timbre that has a name."""
    programs = [PROGRAMS[name] for name in synth.config.clips.timbres]
    known = [
        (programs.index(t.program), t.z.numpy()) for t in synth.timbres.values() if t.program in programs
    ]
    if not known:
        raise AudioError(f"{synth.name} knows no timbre by name. Train it to its end: symvae train-synth.")
    return known


@torch.inference_mode()
def space(
    synth: Synth,
    draws: ClipDraws,
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]],
    *,
    pairs: int,
    seed: int,
) -> dict[str, Any]:
    """`symvae.evaluation.timbre_space` over held-out clips."""
    clips = excerpts(draws, np.random.default_rng([seed, 3]), pairs=pairs).clips
    parts = [synth.network.encode(wave) for wave in clips.wave.split(8)]
    return timbre_space(
        torch.cat([part.mean for part in parts]).numpy(),
        torch.cat([part.kl_nats() for part in parts]).numpy(),
        clips.timbre.numpy(),
        known,
    )


def unseen(
    synth: Synth,
    probe: Probe,
    draws: ClipDraws,
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]],
    *,
    pairs: int,
    seed: int,
) -> dict[str, Any]:
    """A font that nothing here has learned from: how it is heard, and how it is imitated from one clip."""
    drawn = excerpts(draws, np.random.default_rng([seed, 4]), pairs=pairs)
    z = timbres_in(synth.network, drawn.clips)
    made = played(synth.network, drawn.clips, of_the_other(z))
    everything = np.arange(len(made))
    labels, places = zip(*known, strict=True)
    found = nearest(z.numpy(), np.stack(places), np.array(labels))
    by_name = torch.from_numpy(np.stack([_place(known, int(t)) for t in drawn.clips.timbre])).float()
    return {
        "clips": len(made),
        "truth": judge(probe, drawn.clips.wave, drawn).figures(everything),
        "synth": judge(probe, made, drawn).figures(everything),
        "by_name": judge(probe, played(synth.network, drawn.clips, by_name), drawn).figures(everything),
        "nearest": float((found == drawn.clips.timbre.numpy()).mean()),
    }


def _place(
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]], instrument: int
) -> Float[np.ndarray, " latent"]:
    """The first timbre of an instrument."""
    return next(z for label, z in known if label == instrument)
