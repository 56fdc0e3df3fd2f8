"""The rule of a bar: costs of tokens that a sketch does not allow, while a bar is decoded.

Rows are draws of the same bar. At each position the rule knows the tokens that were chosen before, and
forbids those after which the sketch could not be held any more: with pitches left for all remaining
positions only the next pitch may follow.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.models.sketch.factors import CONTINUE, EVENT, STOP
from symvae.music.bar_sketch import DOWN, ONSET, REST, SAME, UP, BarSketch
from symvae.music.grid import Grid
from symvae.music.metrical_weight import metrical_weight
from symvae.tokens.tokenizer import Tokenizer

#: Cost, in nats, of a token that a strict sketch forbids.
FORBIDDEN = 1e4
#: Cost where the sketch is a wish.
WISH = 3.0
#: Notes from this metrical weight on belong to the chord.
STRONG = 3


class BarRule:
    """Costs of tokens in a bar.

    Args:
        sketch: What is asked of the bar.
        tokens: The vocabulary.
        grid: Grid of the phrase.
        strict: Forbid what is not asked; else it costs `WISH`.
        sounding: Mask of the rows in which a note sounds when the bar begins.
    """

    def __init__(
        self,
        sketch: BarSketch,
        tokens: Tokenizer,
        grid: Grid,
        *,
        strict: bool,
        sounding: Bool[Tensor, " row"],
    ) -> None:
        self.sketch, self.tokens, self.grid = sketch, tokens, grid
        self.cost = FORBIDDEN if strict else WISH
        self.sounding = sounding.clone()
        self.notes = torch.zeros(len(sounding), dtype=torch.long)
        self.last = torch.full((len(sounding),), -1)
        self.chord = chord_tones(sketch, grid)
        self.pitch = torch.arange(tokens.vocabulary_size) - EVENT + tokens.pitch_range[0]

    def __call__(self, position: int) -> Float[Tensor, "row vocabulary"]:
        """Return the costs of all tokens at a position, after those that `take` was told."""
        wrong = torch.zeros(len(self.notes), self.tokens.vocabulary_size, dtype=torch.bool)
        is_note = torch.arange(self.tokens.vocabulary_size) >= EVENT
        if self.sketch.rhythm is not None:
            wrong |= self._off_rhythm(self.sketch.rhythm[position], is_note)
        if self.sketch.pitches is not None:
            wrong |= self._other_pitch(position, is_note)
        if self.sketch.contour is not None:
            wrong |= self._other_move(is_note) | self._too_few(
                len(self.sketch.contour) + 1, position, is_note
            )
        if self.chord is not None and self.chord[position] is not None:
            inside = torch.from_numpy(self.chord[position])[self.pitch % 12]
            wrong |= is_note & ~inside
        return wrong * self.cost

    def take(self, token: Int[Tensor, " row"]) -> None:
        """Go on with the tokens that were chosen."""
        is_note = token >= EVENT
        self.notes += is_note
        self.last = torch.where(is_note, self.pitch[token], self.last)
        self.sounding = is_note | (self.sounding & (token == CONTINUE))

    def _off_rhythm(self, state: int, is_note: Bool[Tensor, " id"]) -> Bool[Tensor, "row id"]:
        every = torch.arange(len(is_note))
        if state == ONSET:
            return (~is_note).expand(len(self.notes), -1)
        if state == REST:  # a note-off ends a note; silence goes on with holds
            return every != torch.where(self.sounding, STOP, CONTINUE)[:, None]
        return (every != CONTINUE).expand(len(self.notes), -1)

    def _other_pitch(self, position: int, is_note: Bool[Tensor, " id"]) -> Bool[Tensor, "row id"]:
        pitches = self.sketch.pitches
        assert pitches is not None
        next_pitch = torch.tensor([-2 if each is None else each for each in pitches] + [-3])
        due = next_pitch[self.notes.clamp(max=len(pitches))][:, None]
        wrong = is_note & (due != -2) & (self.pitch != due)
        return wrong | self._too_few(len(pitches), position, is_note)

    def _too_few(self, notes: int, position: int, is_note: Bool[Tensor, " id"]) -> Bool[Tensor, "row id"]:
        """Tokens after which the bar has no room for so many notes; none where a rhythm says their number."""
        late = notes - self.notes >= self.grid.steps_per_bar - position
        return ~is_note & late[:, None] & (self.sketch.rhythm is None)

    def _other_move(self, is_note: Bool[Tensor, " id"]) -> Bool[Tensor, "row id"]:
        moves = torch.tensor([*(self.sketch.contour or ()), 9])
        move = moves[(self.notes - 1).clamp(0, len(moves) - 1)][:, None]
        interval = self.pitch[None] - self.last[:, None]
        right = (
            (move == 9)
            | ((move == UP) & (interval > 0))
            | ((move == SAME) & (interval == 0))
            | ((move == DOWN) & (interval < 0))
        )
        return is_note & ~right & (self.notes > 0)[:, None]


def chord_tones(sketch: BarSketch, grid: Grid) -> list[np.ndarray | None] | None:
    """Mask of the pitch classes of the chord at each strong step, None at the others; None without chords."""
    if sketch.chords is None:
        return None
    weight, length = metrical_weight(grid), grid.steps_per_bar
    result: list[np.ndarray | None] = []
    for step in range(length):
        chord = sketch.chords[step * len(sketch.chords) // length]
        inside = np.isin(np.arange(12), list(chord.pitch_classes))
        result.append(inside if weight[step] >= STRONG else None)
    return result
