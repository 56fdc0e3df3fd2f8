"""Equalizers of a synthesizer's timbres, fitted to single notes of the fonts that they were learned from.

Every key is played at two velocities by the font and by the synthesizer. In each octave band the
power of a note tells the gain of both its tones and its noise. Noise lies between the partials, where it
counts for little power and for much of the mean magnitude, which a listener takes for brightness: so noise
has a gain of its own, raised where the mean magnitude is smaller than the power lets expect. (Of a section
of players the partials beat and are broad: what lies between them is no noise, and it has the gains of the
tones.) Gains act on each other at the edges of bands, so the notes are played again with the gains so far,
for some rounds.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Float

from symvae.audio.equalizer import KEYS, SHAPE
from symvae.audio.notes import Notes
from symvae.audio.soundfont import FontPlayer, one_channel
from symvae.dsp.octave_bands import BANDS_HZ, band_magnitude, band_power
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.named_timbre import NamedTimbre
from symvae.system.neural_player import NeuralPlayer

ROUNDS = 3
_VELOCITIES = (64, 104)
_HELD_SEC, _SPAN_SEC = 1.5, 2.2
#: A band of a note this far below its loudest takes the gains between those of others; beyond them none.
_AUDIBLE_DB = 30.0
#: A key this far below the loudest is silent.
_SOUNDING_DB = 60.0
#: Largest gain, up or down: more is asked for where a partial lies at the edge of two bands.
_MOST_DB = 10.0
#: Gain of the noise for what is lacking in magnitude beyond what is lacking in power, both in dB.
_NOISE_SHARE = 0.6
_LEAST_POWER = 1e-14


def fitted_equalizer(
    network: SpectrogramVAE,
    timbre: NamedTimbre,
    player: FontPlayer,
    keys: tuple[int, int],
    *,
    rounds: int = ROUNDS,
    watch: Callable[[float], None] = lambda share: None,
) -> Float[np.ndarray, "key 2 band"]:
    """Fit the equalizer of a timbre.

    Args:
        network: The trained synthesizer.
        timbre: One of its timbres, without an equalizer.
        player: Player of the font that it was learned from.
        keys: Lowest and highest key that sound in the font.
        rounds: Rounds of playing and correcting.
        watch: Called with the share that is done, from 0 to 1.

    Returns:
        Gains in dB (`symvae.audio.equalizer`); keys beyond the lowest and highest have those of their
        neighbors.
    """
    played = [key for key in KEYS if keys[0] <= key <= keys[1]] or [min(max(keys[0], KEYS[0]), KEYS[-1])]
    samples = round(_SPAN_SEC * network.sample_rate)
    font = np.stack([one_channel(player.play(note, timbre.program, samples)) for note in _notes(played)])
    power_db, magnitude_db = _levels_db(font, network.sample_rate)
    # Within the range of a font, single keys may be silent.
    sounding = power_db.max(1) >= power_db.max() - _SOUNDING_DB
    played = [key for key, sounds in zip(played, sounding, strict=True) if sounds]
    power_db, magnitude_db, notes = power_db[sounding], magnitude_db[sounding], _notes(played)
    audible = power_db >= power_db.max(1, keepdims=True) - _AUDIBLE_DB
    noise_share = 0.0 if timbre.partials.detune_cents else _NOISE_SHARE
    gains_db = np.zeros((len(played), *SHAPE[1:]))
    for done in range(rounds):
        equalizer = _over_keyboard(played, gains_db)
        synth = NeuralPlayer(network, Blend.of(timbre.z), partials=[timbre.partials], equalizers=[equalizer])
        sound = np.stack([np.concatenate(list(synth.blocks(note, samples)), 1)[0] for note in notes])
        power, magnitude = _levels_db(sound, network.sample_rate)
        tones = _through_neighbors(power_db - power, audible)
        lacking = _through_neighbors(magnitude_db - magnitude, audible) - tones
        gains_db += np.stack([tones, tones + noise_share * lacking], 1)
        gains_db = np.clip(gains_db, -_MOST_DB, _MOST_DB)
        watch((done + 1) / rounds)
    return _over_keyboard(played, gains_db).round(1)


def _notes(keys: list[int]) -> list[Notes]:
    """Single notes of all keys at all velocities; played in a row, one would sound in the next."""
    return [
        Notes(np.zeros(1), np.array([_HELD_SEC]), np.array([key]), np.array([velocity]))
        for key in keys
        for velocity in _VELOCITIES
    ]


def _levels_db(
    notes: Float[np.ndarray, "note sample"], sample_rate: int
) -> tuple[Float[np.ndarray, "key band"], Float[np.ndarray, "key band"]]:
    """Power and squared mean magnitude of the notes of each key, over all its velocities."""
    waves, shape = torch.from_numpy(notes).float(), (-1, len(_VELOCITIES), len(BANDS_HZ))
    power = band_power(waves, sample_rate).reshape(shape).sum(1)
    magnitude = band_magnitude(waves, sample_rate).reshape(shape).sum(1)
    return 10 * np.log10(np.maximum(power, _LEAST_POWER)), 20 * np.log10(np.maximum(magnitude, _LEAST_POWER))


def _through_neighbors(
    values: Float[np.ndarray, "key band"], known: Bool[np.ndarray, "key band"]
) -> Float[np.ndarray, "key band"]:
    """Interpolate the bands of each key between those that are known; beyond them nothing is corrected."""
    bands = np.arange(values.shape[1])
    return np.stack(
        [
            np.interp(bands, bands[here], row[here], left=0.0, right=0.0)
            for row, here in zip(values, known, strict=True)
        ]
    )


def _over_keyboard(
    keys: list[int], gains_db: Float[np.ndarray, "played 2 band"]
) -> Float[np.ndarray, "key 2 band"]:
    columns = [np.interp(KEYS, keys, column) for column in gains_db.reshape(len(keys), -1).T]
    return np.stack(columns, 1).reshape(SHAPE)
