"""Distance of a result from a request: missed positions, drift of other attributes, lost notes.

The searches of this package (bars, tokens, notes) all minimize one of these costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.music.phrase import Phrase
from symvae.system.faders.constraints import Constraints
from symvae.system.faders.edit_transfer import exchanged_share, lost_share
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.faders.thinned import surplus

#: Corrections of the aim after a first decode, in units of its error, one further decode each.
CORRECTIONS = (1.0, 0.5, 1.5, 2.0, 0.75, 1.25, 3.0)
#: Weight of drift (a change of an attribute without a request) beside a miss of one with a request: in the
#: search over bars of melodies, over bars and notes of polyphonic music, and over single tokens.
BAR_DRIFT, NOTE_DRIFT, TOKEN_DRIFT = 0.25, 0.4, 0.06
#: Cost of losing all notes of a polyphonic phrase, for each fader that is requested or held.
CONTENT_WEIGHT = 1.0
#: Faders of polyphonic music that go together: where the first is asked for, the others may follow.
TOGETHER = {
    "notes_per_bar": ("rhythm_density", "note_density"),
    "rhythm_density": ("notes_per_bar", "note_density"),
}


def miss(
    achieved: Float[Tensor, "batch fader"],
    wanted: Float[Tensor, "batch fader"],
    position: Float[Tensor, "batch fader"],
    drift_weight: float = BAR_DRIFT,
    free: Bool[Tensor, "batch fader"] | None = None,
) -> Float[Tensor, " batch"]:
    """Sum the distances from the request, in positions, and the weighted drift of the other faders.

    Args:
        achieved: positions of the result.
        wanted: requested positions, nan where there is no request.
        position: positions before the fade.
        drift_weight: weight of a change without a request.
        free: faders that may drift at no cost.

    Returns:
        The cost of each row, 0 or more.
    """
    asked = ~wanted.isnan()
    missed = torch.where(asked, wanted - achieved, 0.0).abs().sum(-1)
    drift = torch.where(asked if free is None else asked | free, 0.0, position - achieved).abs().sum(-1)
    return missed + drift_weight * drift


def aims(
    target: Float[Tensor, "batch fader"], achieved: Float[Tensor, "batch fader"], count: int
) -> list[Float[Tensor, "batch fader"]]:
    """Correct the aim of a first decode by multiples of its error.

    Args:
        target: positions that the first decode aimed at.
        achieved: positions that it reached.
        count: number of further aims.

    Returns:
        ``count`` different aims.
    """
    factors = [CORRECTIONS[i % len(CORRECTIONS)] * 1.1 ** (i // len(CORRECTIONS)) for i in range(count)]
    return [target + factor * (target - achieved) for factor in factors]


@dataclass(frozen=True, eq=False)
class Request:
    """Phrases with their current and their requested positions; a candidate is scored against its phrase."""

    scales: Scales
    phrases: Sequence[Phrase]
    position: Float[Tensor, "phrase fader"]
    wanted: Float[Tensor, "phrase fader"]
    """nan where there is no request."""
    constraints: Sequence[Constraints] | None = None
    """Locks and prices of the phrases; None where neither counts."""
    together: bool = False
    """Let faders that go together follow (`TOGETHER`), as where prices count."""

    def asks(self, row: int, faders: Sequence[str]) -> bool:
        """Tell whether a phrase's request names one of some faders."""
        columns = [self.scales.names.index(name) for name in faders if name in self.scales.names]
        return bool((~self.wanted[row, columns].isnan()).any())

    def surplus(self, row: int) -> dict[str, int]:
        """Count the notes and onsets that a phrase has to lose (`symvae.system.faders.thinned`)."""
        pairs = zip(self.scales.names, self.scales.calibrations, self.wanted[row].tolist(), strict=True)
        asked = {name: float(scale.value_at(np.array([at]))[0]) for name, scale, at in pairs if at == at}
        return surplus(self.phrases[row], asked)

    @cached_property
    def _due(self) -> list[float]:
        """Share of the notes of each phrase that have to go, half of it for a note without another."""
        counts = [self.surplus(row).values() for row in range(len(self.phrases))]
        pairs = zip(counts, self.phrases, strict=True)
        return [max(count, default=0) / (2 * max(1, len(phrase))) for count, phrase in pairs]

    def achieved(self, candidates: Sequence[Phrase]) -> Float[Tensor, "candidate fader"]:
        """Measure the positions of candidates."""
        return self.scales.positions(measure_phrases(candidates, self.scales.names))

    def miss(
        self,
        candidates: Sequence[Phrase],
        rows: Int[Tensor, " candidate"],
        drift_weight: float = BAR_DRIFT,
    ) -> Float[Tensor, " candidate"]:
        """Score candidates by their attributes alone.

        Args:
            candidates: results to score.
            rows: the index of the phrase that each candidate belongs to.
            drift_weight: weight of a change without a request.

        Returns:
            The cost of each candidate (`miss`).
        """
        achieved = self.achieved(candidates)
        return miss(achieved, self.wanted[rows], self.position[rows], drift_weight, self._free[rows])

    @cached_property
    def _free(self) -> Bool[Tensor, "phrase fader"]:
        """Faders that may drift (`TOGETHER`)."""
        free, names = torch.zeros_like(self.wanted, dtype=torch.bool), self.scales.names
        follow = self.together or self.constraints is not None
        for leader, others in TOGETHER.items() if follow else ():
            for other in others if leader in names else ():
                if other in names:
                    free[:, names.index(other)] |= ~self.wanted[:, names.index(leader)].isnan()
        return free

    def loss(
        self, candidates: Sequence[Phrase], rows: Int[Tensor, " candidate"]
    ) -> Float[Tensor, " candidate"]:
        """Score candidates by their attributes and by the notes of their phrase that they lost.

        New notes count as lost content, too, except where they are priced; there notes that have to go for
        what was asked are no loss.
        """
        pairs = zip(rows.tolist(), candidates, strict=True)
        if self.constraints is None:
            lost = [lost_share(self.phrases[row], candidate) for row, candidate in pairs]
        else:
            lost = [
                max(0.0, exchanged_share(self.phrases[row], candidate) - self._due[row])
                for row, candidate in pairs
            ]
        weight = CONTENT_WEIGHT * (~self.wanted[rows].isnan()).sum(1)
        loss = self.miss(candidates, rows, NOTE_DRIFT) + weight * torch.tensor(lost)
        if self.constraints is None:
            return loss
        pairs = zip(rows.tolist(), candidates, strict=True)
        return loss + torch.tensor([self.constraints[row].prices.of(each) for row, each in pairs])
