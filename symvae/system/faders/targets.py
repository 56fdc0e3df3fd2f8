"""Target positions of all faders for a request: calibration, coupling and arousal, before any network runs.

Faders that were requested go to the calibrated position of their value. The others follow as far as their
coupling makes them, except those that are held. A requested arousal moves the faders that are free to where
the mixture has it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from symvae.errors import LatentError
from symvae.music.phrase import Phrase
from symvae.system.faders.request import AROUSAL, Wishes, asked_values, faders_of
from symvae.system.faders.scales import Scales, measure_phrases


class Targets(NamedTuple):
    """Positions of the faders on their scales (`symvae.latent.calibration`), and the tempo."""

    position: Float[Tensor, "phrase fader"]
    """Current positions, as measured."""
    wanted: Float[Tensor, "phrase fader"]
    """Positions that count as requested, those of held faders among them; nan elsewhere."""
    target: Float[Tensor, "phrase fader"]
    """Positions to move to, with what follows by coupling."""
    tempo_qpm: list[float]
    """Tempo of each result, in quarter notes a minute."""

    def of(self, rows: Sequence[int]) -> "Targets":
        """Select the targets of some phrases."""
        position, wanted, target = (each[rows] for each in self[:3])
        return Targets(position, wanted, target, [self.tempo_qpm[row] for row in rows])


def find_targets(
    scales: Scales,
    phrases: Sequence[Phrase],
    values: Sequence[Wishes],
    hold: Iterable[str] = (),
) -> Targets:
    """Translate requests into target positions.

    Args:
        scales: the model's faders.
        phrases: the music to fade.
        values: one request for each phrase, as in `symvae.system.faders.request`.
        hold: names of faders that keep their position unless they are requested.

    Returns:
        Current, wanted and target positions, and the tempos.

    Raises:
        LatentError: a fader to hold or to move does not exist, or a value is no number.
    """
    names = scales.names
    current = measure_phrases(phrases, names)
    position = scales.positions(current)
    requested = _requested(scales, values, current, position)
    wanted = scales.positions(requested[:, : len(names)])
    held = held_faders(names, hold)
    target = couple(position, wanted, _coupling(scales), held)
    aroused = ~np.isnan(requested[:, -1])
    if aroused.any():
        target = _with_arousal(scales, target, requested, held)
        wanted = torch.where(torch.from_numpy(aroused)[:, None], target, wanted)
    tempo = _tempo(scales, phrases, requested, target, position)
    return Targets(position, torch.where(wanted.isnan() & held, position, wanted), target, tempo)


def couple(
    position: Float[Tensor, "batch fader"],
    wanted: Float[Tensor, "batch fader"],
    coupling: Float[Tensor, "fader fader"],
    held: Bool[Tensor, " fader"],
) -> Float[Tensor, "batch fader"]:
    """Move faders that were not requested along with those that were.

    Args:
        position: current positions.
        wanted: requested positions, nan where there is no request.
        coupling: how far each fader (column) follows when another (row) moves by 1.
        held: faders that follow no other.

    Returns:
        Requested positions as they are; the others moved by the sum of what they follow.
    """
    asked = ~wanted.isnan()
    change = torch.where(asked, wanted - position, 0.0)
    along = torch.where(held, position, position + change @ coupling)
    return torch.where(asked, wanted, along)


def _requested(
    scales: Scales,
    values: Sequence[Wishes],
    current: Float[np.ndarray, "phrase fader"],
    position: Float[Tensor, "phrase fader"],
) -> Float[np.ndarray, "phrase fader_and_arousal"]:
    """Requested values in the attributes' units, arousal last; nan where there is no request."""
    arousal = np.full(len(current), np.nan)
    if scales.arousal is not None:
        arousal = scales.arousal.of(position.double().numpy())
    names, faders = (*scales.names, AROUSAL.name), faders_of(scales)
    now = np.column_stack([current, arousal])
    requested = np.full(now.shape, np.nan)
    for row, wishes in enumerate(values):
        for name, value in asked_values(
            faders, wishes, dict(zip(names, now[row].tolist(), strict=True))
        ).items():
            requested[row, names.index(name)] = value
    return requested


def held_faders(names: Sequence[str], hold: Iterable[str]) -> Bool[Tensor, " fader"]:
    """Mark the faders to hold.

    Args:
        names: the model's faders.
        hold: names of those to hold, or one name.

    Returns:
        True for each fader that is held.

    Raises:
        LatentError: a fader does not exist.
    """
    hold = {hold} if isinstance(hold, str) else set(hold)
    if unknown := sorted(hold - set(names)):
        raise LatentError(
            f"There is no fader {', '.join(unknown)} to hold. Known faders: {', '.join(names)}."
        )
    return torch.tensor([name in hold for name in names])


def _coupling(scales: Scales) -> Float[Tensor, "fader fader"]:
    """Coupling of the faders; the tempo, which is set apart from the notes, neither follows nor leads."""
    coupling = torch.from_numpy(scales.coupling).float()
    if "tempo" in scales.names:
        column = scales.names.index("tempo")
        coupling[column] = coupling[:, column] = 0.0
    return coupling


def _with_arousal(
    scales: Scales,
    target: Float[Tensor, "phrase fader"],
    requested: Float[np.ndarray, "phrase fader_and_arousal"],
    held: Bool[Tensor, " fader"],
) -> Float[Tensor, "phrase fader"]:
    """Move the free faders of each phrase until it has the arousal requested for it."""
    assert scales.arousal is not None
    moved = target.double().numpy().copy()
    for row in np.flatnonzero(~np.isnan(requested[:, -1])):
        fixed = held.numpy() | ~np.isnan(requested[row, :-1])
        moved[row] = scales.arousal.toward(moved[row : row + 1], requested[row, -1:], fixed)[0]
    return torch.from_numpy(moved).float()


def _tempo(
    scales: Scales,
    phrases: Sequence[Phrase],
    requested: Float[np.ndarray, "phrase fader_and_arousal"],
    target: Float[Tensor, "phrase fader"],
    position: Float[Tensor, "phrase fader"],
) -> list[float]:
    """Tempo of each phrase in quarter notes a minute: as requested, as arousal moves it, else its own.

    Beyond the ends of the scale all tempos have the same position; an arousal that moves it farther beyond
    changes nothing.
    """
    own = np.array([phrase.tempo_qpm for phrase in phrases])
    if "tempo" not in scales.names:
        return own.tolist()
    column = scales.names.index("tempo")
    scale = scales.calibrations[column]
    moved = scale.value_at(target[:, column].double().numpy())
    stays = (target == position)[:, column].numpy() | (moved == own.clip(scale.value[0], scale.value[-1]))
    wanted = requested[:, column]
    return np.where(np.isnan(wanted), np.where(stays, own, moved), wanted).tolist()
