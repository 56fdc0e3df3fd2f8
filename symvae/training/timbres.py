"""The timbres that a synthesizer has learned, by name: where in z each instrument of each font lies.

A timbre is the mean of the posterior means of some clips. Instruments of the first font that has them have
the plain name (``piano``), those of the others name their font, too (``piano/MuseScore_General_Full``).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from symvae.corpus.clips import ClipDraws
from symvae.models.sound.spectrogram_vae import SpectrogramVAE

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
    """One entry for each font and instrument of ``draws`` that can be played: name, font, program, z.

    ``instruments`` names the programs of ``draws`` and ``fonts`` its players.
    """
    device = next(model.parameters()).device
    timbres: list[dict[str, Any]] = []
    for font, font_name in enumerate(fonts):
        for instrument, name in enumerate(instruments):
            if draws.keys[font, instrument] is None:
                continue
            rng = np.random.default_rng([seed, font, instrument])
            heard = draws.of([(font, instrument)] * (clips // 2), rng)
            z = model.encode(heard.wave.to(device)).mean.mean(0)
            timbres.append(
                {
                    "name": f"{name}/{font_name}" if name in {known["name"] for known in timbres} else name,
                    "font": font_name,
                    "program": draws.programs[instrument],
                    "z": [round(value, 5) for value in z.tolist()],
                }
            )
    return timbres
