"""Path search: an even path of plausible sequences between two, chosen among candidates.

A path that is drawn through z goes where no music is: its middle costs more under a language model than its
ends, stands still and leaps. Here the path is searched instead. Candidates are decodes of latents between
and around the ends; a lattice of their beats (`symvae.latent.lattice`) gives the cheapest sequence at any
distance from the ends. The step in the middle is chosen first, then the steps between it and the ends, and
so on, each between the two that frame it: a path of many steps is the path of few, refined.

The cost of a sequence at the share ``t`` of the way, all in nats:

- the language model's, weighted;
- tokens that differ from the framing steps, so that the path takes no detours, and from both ends;
- a bar whose changes are not the share ``t`` of all its changes, so that each bar is on its way;
- onsets that are more or fewer than those of the ends, mixed, beat by beat;
- notes outside the scale that fits the mixed ends best, and leaps.

Each step is solved with several weights of the language model and of onsets, and that solution is taken
whose cost, distance and density are nearest to the straight line between the ends'.

It handles ids and knows no networks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Integer

from symvae.errors import LatentError
from symvae.latent.lattice import Lattice, Leap, Nats

#: Weights of the language model and rewards of an onset, in nats, with which each step is solved.
_LANGUAGE, _ONSET = (0.2, 0.6, 1.2), (0.0, 0.7, 1.5)
#: Cost of a token that differs from a framing step: of the first step chosen, and of all later ones.
_FRAME_FIRST, _FRAME = 1.0, 3.0
#: Cost of a token that differs from an end.
_DETOUR = 0.6
#: Cost of a changed token too many or too few in a bar.
_LINE = 3.0
#: Cost of an onset too many or too few in a beat, and of a note outside the scale.
_DENSITY, _OUT_OF_SCALE = 1.0, 2.0
#: Cost of each semitone of a melodic interval beyond so many.
_LEAP, _LEAP_FROM = 1.0, 7
#: Mean random cost of a beat, of a path that differs from the cheapest.
_NOISE = 1.0
#: Scale degrees of the major scale, in semitones.
_MAJOR = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True)
class Alphabet:
    """Facts about ids, and their language model."""

    onset: Bool[np.ndarray, " id"]
    """Which ids start a note."""
    pitch: Int[np.ndarray, " id"]
    """Pitch in semitones of each id that starts a note; C is a multiple of 12."""
    nats: Nats
    """Language model: cost of the last token of an n-gram."""
    order: int
    """Length of its n-grams."""
    canonical: Callable[[Int[np.ndarray, "row bar position"]], Integer[np.ndarray, "row bar position"]]
    """Spells each row as the music it stands for is spelled."""

    def leap(self) -> Leap:
        """Cost of a wide melodic interval."""
        return Leap(
            self.onset,
            lambda first, second: (
                _LEAP * (np.abs(self.pitch[first] - self.pitch[second]) - _LEAP_FROM).clip(0)
            ),
        )

    def nats_per_token(self, ids: Integer[np.ndarray, "row bar position"]) -> Float[np.ndarray, " row"]:
        """Mean cost of the tokens of each row."""
        flat = ids.reshape(len(ids), -1).astype(np.int64)
        padded = np.pad(flat, ((0, 0), (self.order - 1, 0)), constant_values=len(self.onset))
        grams = np.lib.stride_tricks.sliding_window_view(padded, self.order, axis=1)
        return self.nats(grams.reshape(-1, self.order)).reshape(len(ids), -1).mean(1)


class SearchedPath(NamedTuple):
    """A path from one sequence to another."""

    ids: Int[np.ndarray, "step bar position"]
    distance: Float[np.ndarray, " step"]
    """Tokens that differ from the first sequence, over those in which the last one does."""
    nats_per_token: Float[np.ndarray, " step"]
    """Cost under the language model."""


def search_path(
    start: Integer[np.ndarray, "bar position"],
    end: Integer[np.ndarray, "bar position"],
    candidates: Integer[np.ndarray, "candidate bar position"],
    steps: int,
    *,
    alphabet: Alphabet,
    unit: int,
    noise: np.random.Generator | None = None,
) -> SearchedPath:
    """Search an even path between two sequences of ids.

    Args:
        start: First sequence, exact.
        end: Last sequence, exact.
        candidates: Sequences whose beats the path may use beside those of the ends.
        steps: Sequences from end to end, both included.
        alphabet: Facts about the ids, and their language model.
        unit: Tokens of a beat.
        noise: Source of a random cost of each beat, the same at all steps; None finds the cheapest path.

    Returns:
        The path. No two neighbors are equal unless the ends are, or no beat can be exchanged.

    Raises:
        LatentError: There are fewer than two steps, or a beat does not fit the bar.
    """
    if steps < 2:
        raise LatentError(f"A path has at least its two ends: steps must be 2 or more, not {steps}.")
    start, end = start.astype(np.int64), end.astype(np.int64)
    if (start == end).all():
        path = np.stack([start] * steps)
    else:
        path = _Search(start, end, candidates, alphabet, unit, noise).path(steps)
    distance = (path != start).sum((1, 2)) / max((start != end).sum(), 1)
    return SearchedPath(path, distance, alphabet.nats_per_token(path))


class _Search:
    """Costs that all steps of a path share."""

    def __init__(
        self,
        start: Int[np.ndarray, "bar position"],
        end: Int[np.ndarray, "bar position"],
        candidates: Integer[np.ndarray, "candidate bar position"],
        alphabet: Alphabet,
        unit: int,
        noise: np.random.Generator | None,
    ) -> None:
        ends = np.stack([start, end])
        self.start, self.end, self.alphabet = start, end, alphabet
        self.lattice = Lattice(
            np.concatenate([ends, candidates, _crossings(start, end, unit)]),
            unit=unit,
            nats=alphabet.nats,
            order=alphabet.order,
            start_mark=len(alphabet.onset),
            leap=alphabet.leap(),
        )
        self.length = (start != end).sum()
        self.nats = alphabet.nats_per_token(ends)
        self.onsets = [alphabet.onset[units].sum(1) for units in self.lattice.units]
        self.end_onsets = alphabet.onset[ends].reshape(2, -1, unit).sum(2)
        mismatch = zip(self.lattice.mismatch(start), self.lattice.mismatch(end), strict=True)
        self.detour = [_DETOUR * (one + other) for one, other in mismatch]
        if noise is not None:
            self.detour = [cost + noise.exponential(_NOISE, len(cost)) for cost in self.detour]
        self.outside = [alphabet.onset[units] @ np.zeros((unit, 12)) for units in self.lattice.units]
        for outside, units in zip(self.outside, self.lattice.units, strict=True):
            row, column = np.nonzero(alphabet.onset[units])
            np.add.at(outside, (row, alphabet.pitch[units[row, column]] % 12), 1)
        self.classes = np.stack([self._classes(each) for each in ends])

    def path(self, steps: int) -> Int[np.ndarray, "step bar position"]:
        """Choose the middle, then the middles of both halves, and so on."""
        path = {0: self.start, steps - 1: self.end}
        frames = [(0, steps - 1)]
        while frames:
            left, right = frames.pop(0)
            if right - left > 1:
                middle = (left + right) // 2
                path[middle] = self._between(path[left], path[right], left, middle, right, steps - 1)
                frames += [(left, middle), (middle, right)]
        return np.stack([path[step] for step in range(steps)])

    def _between(
        self,
        left: Int[np.ndarray, "bar position"],
        right: Int[np.ndarray, "bar position"],
        first: int,
        step: int,
        last: int,
        whole: int,
    ) -> Int[np.ndarray, "bar position"]:
        """Choose one step between two that are chosen."""
        share, within = step / whole, (step - first) / (last - first)
        language, onset = (each.ravel() for each in np.meshgrid(_LANGUAGE, _ONSET))
        frame = _FRAME if last - first < whole else _FRAME_FIRST
        found = self.lattice.best(
            left,
            within * (left != right).sum(1),
            self._unit_cost(left, right, share, frame, onset),
            language,
            _LINE,
        )
        steps = ((step - first) / whole, (last - step) / whole)
        rows = self.alphabet.canonical(found)
        taken, still = self._best(rows, left, right, share, steps)
        if still:  # the frames are so close that nothing lies between: exchange a beat
            taken, _ = self._best(self._neighbors(left), left, right, share, steps)
        return taken

    def _unit_cost(
        self,
        left: Int[np.ndarray, "bar position"],
        right: Int[np.ndarray, "bar position"],
        share: float,
        frame: float,
        onset: Float[np.ndarray, " variant"],
    ) -> list[Float[np.ndarray, "variant _unit"]]:
        """By place: the cost of each unit but for the language model's."""
        mix = np.array([1 - share, share])
        scales = np.stack([np.isin(np.arange(12), (np.array(_MAJOR) + key) % 12) for key in range(12)])
        outside = ~scales[(scales @ (mix @ self.classes)).argmax()]
        expected = mix @ self.end_onsets
        frames = zip(self.lattice.mismatch(left), self.lattice.mismatch(right), strict=True)
        return [
            frame * (one + other)
            + self.detour[place]
            + _DENSITY * np.abs(self.onsets[place] - expected[place])
            + _OUT_OF_SCALE * (self.outside[place] @ outside)
            - onset[:, None] * self.onsets[place]
            for place, (one, other) in enumerate(frames)
        ]

    def _best(
        self,
        rows: Integer[np.ndarray, "row bar position"],
        left: Int[np.ndarray, "bar position"],
        right: Int[np.ndarray, "bar position"],
        share: float,
        steps: tuple[float, float],
    ) -> tuple[Int[np.ndarray, "bar position"], bool]:
        """Take the row nearest to the straight line; say whether it is one of the frames."""
        mix = np.array([1 - share, share])
        nats, onsets = mix @ self.nats, max(mix @ self.end_onsets.sum(1), 1)
        sizes = np.stack([(rows != frame).sum((1, 2)) / self.length for frame in (left, right)])
        still = (sizes == 0).any(0)
        score = (
            np.abs(self.alphabet.nats_per_token(rows) / nats - 1)
            + np.abs((rows != self.start).sum((1, 2)) / self.length - share)
            + 0.5 * np.abs(self.alphabet.onset[rows].sum((1, 2)) / onsets - 1)
            + np.maximum((sizes / np.array(steps)[:, None]).max(0) - 1, 0)
        )
        choice = int(np.where(still, np.inf, score).argmin())
        return rows[choice].astype(np.int64), bool(still[choice])

    def _neighbors(self, ids: Int[np.ndarray, "bar position"]) -> Integer[np.ndarray, "row bar position"]:
        """All sequences that differ from ``ids`` in one beat."""
        rows = []
        for place, units in enumerate(self.lattice.units):
            row = np.repeat(ids.reshape(1, -1, self.lattice.unit), len(units), 0)
            row[:, place] = units
            rows.append(row.reshape(-1, *ids.shape))
        return self.alphabet.canonical(np.concatenate(rows))

    def _classes(self, ids: Int[np.ndarray, "bar position"]) -> Float[np.ndarray, " pitch_class"]:
        """Share of each pitch class among the notes."""
        notes = self.alphabet.pitch[ids[self.alphabet.onset[ids]]] % 12
        return np.bincount(notes, minlength=12) / max(len(notes), 1)


def _crossings(
    start: Int[np.ndarray, "bar position"], end: Int[np.ndarray, "bar position"], unit: int
) -> Int[np.ndarray, "crossing bar position"]:
    """Sequences that change over from one end to the other inside each beat, at each of its tokens."""
    place = np.arange(start.shape[1]) % unit
    earlier = [place < cut for cut in range(1, unit)]
    return np.stack([np.where(mask, *pair) for mask in earlier for pair in ((start, end), (end, start))])
