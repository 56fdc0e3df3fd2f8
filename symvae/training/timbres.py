"""The named timbres of a trained synthesizer: a point in z for each instrument of each font.

A timbre is the mean of the posterior means of some clips. Instruments of the first font that has them have
the plain name (``piano``); those of the others also name their font (``piano/MuseScore_General_Full``).
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from symvae.corpus.clips import ClipDraws
from symvae.corpus.measured_partials import measured_width
from symvae.models.sound.quantized import QuantizedEncoder
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.named_timbre import NamedTimbre
from symvae.system.synth_artifacts import load_synth, save_code_prior, save_timbres
from symvae.training.equalizing import fitted_equalizer
from symvae.training.loop import endless
from symvae.training.tasks.code_prior import encode_codes, train_code_prior

CLIPS = 16


@torch.no_grad()
def mean_timbres(
    model: SpectrogramVAE,
    draws: ClipDraws,
    *,
    instruments: Sequence[str],
    fonts: Sequence[str],
    clips: int = CLIPS,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Encode clips of every playable timbre and average them.

    Args:
        model: The trained synthesizer.
        draws: The fonts and instruments that it was trained on.
        instruments: Names of the programs of ``draws``.
        fonts: Names of the players of ``draws``.
        clips: Clips of each timbre.
        seed: Seed of their notes.

    Returns:
        One entry for each font and instrument: ``name``, ``font``, ``program``, ``z``, ``partials`` and
        ``width``; `equalized` adds ``equalizer``.
    """
    device = next(model.parameters()).device
    timbres: list[dict[str, Any]] = []
    names: set[str] = set()
    for font, font_name in enumerate(fonts):
        for instrument, name in enumerate(instruments):
            if draws.keys[font, instrument] is None:
                continue
            rng = np.random.default_rng([seed, font, instrument])
            played = draws.of([(font, instrument)] * (clips // 2), rng)
            z = model.encode(played.wave.to(device)).mean.mean(0)
            timbre = f"{name}/{font_name}" if name in names else name
            names.add(timbre)
            timbres.append(
                {
                    "name": timbre,
                    "font": font_name,
                    "program": draws.programs[instrument],
                    "z": [round(value, 5) for value in z.tolist()],
                    "partials": draws.partials[font, instrument]._asdict(),
                    "width": measured_width(
                        draws.players[font], draws.programs[instrument], draws.sample_rate
                    ),
                }
            )
    return timbres


def equalized(
    model: SpectrogramVAE,
    timbres: Sequence[dict[str, Any]],
    draws: ClipDraws,
    *,
    fonts: Sequence[str],
    watch: Callable[[float], None] = lambda share: None,
    stopping: Callable[[], bool] = endless,
) -> list[dict[str, Any]] | None:
    """Fit the equalizers of timbres (`symvae.training.equalizing`).

    Args:
        model: The trained synthesizer.
        timbres: Entries of `mean_timbres`; those of other fonts stay as they are.
        draws: The fonts and instruments that it was trained on.
        fonts: Names of the players of ``draws``.
        watch: Called with the share that is done, from 0 to 1.
        stopping: Asked before each timbre; True ends the work.

    Returns:
        The entries with ``equalizer``; None where it was stopped.
    """
    rows = []
    for number, row in enumerate(timbres):
        if stopping():
            return None
        row = {name: value for name, value in row.items() if name != "equalizer"}
        if row["font"] in fonts and row["program"] in draws.programs:
            font = fonts.index(row["font"])
            keys = draws.keys[font, draws.programs.index(row["program"])]
            assert keys is not None, "a timbre that its player cannot play"
            gains_db = fitted_equalizer(
                model,
                NamedTimbre.read(row),
                draws.players[font],
                keys,
                watch=lambda share, number=number: watch((number + share) / len(timbres)),  # type: ignore[misc]
            )
            row["equalizer"] = gains_db.tolist()
        rows.append(row)
    return rows


def complete_synth(
    folder: Path,
    draws: ClipDraws,
    *,
    instruments: Sequence[str],
    fonts: Sequence[str],
    watch: Callable[[float], None] = lambda share: None,
    stopping: Callable[[], bool] = endless,
) -> None:
    """Write the named timbres of a trained synthesizer, and a code prior where its encoder quantizes.

    Args:
        folder: The synthesizer's folder.
        draws: The fonts and instruments that it was trained on.
        instruments: Names of the programs of ``draws``.
        fonts: Names of the players of ``draws``.
        watch: Called with the share of the equalizers that is done, from 0 to 1.
        stopping: Asked before each equalizer; True leaves the folder as it is.
    """
    network = load_synth(folder)[1]
    timbres = mean_timbres(network, draws, instruments=instruments, fonts=fonts)
    whole = equalized(network, timbres, draws, fonts=fonts, watch=watch, stopping=stopping)
    if whole is None:
        return
    save_timbres(folder, whole)
    if isinstance(network.encoder, QuantizedEncoder):
        save_code_prior(folder, train_code_prior(network.encoder, encode_codes(network, draws)))
