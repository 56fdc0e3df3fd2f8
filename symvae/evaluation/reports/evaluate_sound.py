"""The whole evaluation of a synthesizer in one call, as JSON data for metrics.json.

    symvae evaluate SYNTH --audio --data SHARDS [--font FILE.sf2 …] [--unseen-font FILE.sf2] [--quick]

The reference are sound fonts. A probe trained on them (`symvae.models.sound.probe`) transcribes the clips and
recognizes their instruments; its figures on the reference are reported beside all others.
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
from symvae.evaluation import levels, sound, timbre_paths, timbre_space, unseen_font
from symvae.evaluation.excerpts import excerpts
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.result import as_json
from symvae.evaluation.timbre_space import TimbreSpace
from symvae.models.sound.probe import Probe
from symvae.system.build_synth import build_stft
from symvae.system.synth import Synth
from symvae.system.synth_artifacts import load_probe

#: Tables of each part of metrics.json, in the order of a report.
TABLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "sound": sound.tables,
    "timbre_paths": timbre_paths.tables,
    "timbre_space": timbre_space.tables,
    "levels": levels.tables,
    "unseen_font": unseen_font.tables,
}


def to_markdown(metrics: dict[str, Any]) -> str:
    """Tables of all parts that ``metrics`` holds, each under its heading."""
    return "\n\n".join(tables(metrics) for name, tables in TABLES.items() if name in metrics) + "\n"


class Effort(NamedTuple):
    """Sizes of an evaluation."""

    pairs: int
    """Pairs of clips of each instrument of each font."""
    excerpts: int
    """Excerpts played along each path between two timbres."""


FULL, QUICK = Effort(pairs=4, excerpts=6), Effort(pairs=1, excerpts=2)


def evaluate_sound(
    synth: Synth,
    data: Sequence[Path | Shards],
    fonts: Sequence[Path],
    *,
    unseen: Path | None = None,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    progress: Progress = silent,
    open_font: Callable[[Path, int], FontPlayer] = font_player,
) -> dict[str, Any]:
    """Measure resynthesis, paths between timbres, the space of timbres, single notes and an unseen font.

    Args:
        synth: The synthesizer, with a probe in its folder.
        data: Prepared music.
        fonts: Sound fonts of the reference.
        unseen: A sound font that was not used in training.
        quick: Measure on fewer clips.
        split: Held-out split to measure on.
        seed: Of all draws and choices.
        progress: Called with the name of each part and the share of it that is done.
        open_font: Font and sample rate → player.

    Returns:
        JSON data by part.

    Raises:
        AudioError: Where the synthesizer has no probe, no timbres, or no instrument can be played.
    """
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

    reference = draws(fonts)
    choices: dict[str, Any] = {"seed": seed, "progress": progress}
    parts = {
        "sound": sound.sound(network, probe, reference, instruments, pairs=effort.pairs, **choices),
        "timbre_paths": timbre_paths.timbre_paths(
            network,
            probe,
            reference,
            instruments,
            synth.timbres,
            excerpts=effort.excerpts,
            **choices,
        ),
        "timbre_space": _timbre_space(synth, reference, known, pairs=effort.pairs, seed=seed),
    }
    single_notes = levels.levels(
        network, reference, list(synth.timbres.values()), [path.stem for path in fonts], progress=progress
    )
    if single_notes is not None:
        parts["levels"] = single_notes
    if unseen is not None:
        parts["unseen_font"] = unseen_font.unseen_font(
            network, probe, draws([unseen]), known, font=unseen.stem, pairs=effort.pairs, seed=seed
        )
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
        **as_json(parts),
        "seconds": round(time.monotonic() - started, 1),
    }


def probe_of(synth: Synth) -> Probe:
    """Load the probe of a synthesizer.

    Raises:
        AudioError: Where there is none, or it knows another number of instruments.
    """
    probe = load_probe(synth.folder, synth.sample_rate)
    remedy = f"python benchmarks/audio/train_probe.py --synth {synth.name}."
    if probe is None:
        raise AudioError(
            f"{synth.name} has no probe.safetensors, the network that transcribes its sound."
            f" Train one: {remedy}"
        )
    if probe.instruments != (count := len(synth.config.clips.timbres)):
        raise AudioError(
            f"{synth.name} has {count} instruments, and its probe knows {probe.instruments}."
            f" Train another: {remedy}"
        )
    return probe


def known_timbres(synth: Synth) -> list[tuple[int, Float[np.ndarray, " latent"]]]:
    """Instrument number and z of each named timbre.

    Raises:
        AudioError: Where there are none.
    """
    programs = [PROGRAMS[name] for name in synth.config.clips.timbres]
    known = [
        (programs.index(t.program), t.z.numpy()) for t in synth.timbres.values() if t.program in programs
    ]
    if not known:
        raise AudioError(f"{synth.name} knows no timbre by name. Train it to its end: symvae train-synth.")
    return known


@torch.inference_mode()
def _timbre_space(
    synth: Synth,
    draws: ClipDraws,
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]],
    *,
    pairs: int,
    seed: int,
) -> TimbreSpace:
    """Measure the space of timbres on held-out clips."""
    clips = excerpts(draws, np.random.default_rng([seed, 3]), pairs=pairs).clips
    parts = [synth.network.encode(wave.to(synth.network.device)) for wave in clips.wave.split(8)]
    return timbre_space.timbre_space(
        torch.cat([part.mean for part in parts]).cpu().numpy(),
        torch.cat([part.kl_nats() for part in parts]).cpu().numpy(),
        clips.timbre.numpy(),
        known,
    )
