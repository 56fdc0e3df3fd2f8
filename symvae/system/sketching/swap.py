"""The rhythm of one phrase with the pitches of another, and the way there.

Pitches and rhythm have codes of their own, so a swap takes each from its phrase. The rhythm is held exactly;
the pitches of a bar come in their order, where there are fewer notes some are left out, and where there are
more some are repeated, as the decoder finds most likely.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.models.sketch.factors import EVENT, order_of, pattern_of
from symvae.models.sketch.inpainter import Codes
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.music.bar_sketch import ONSET, BarSketch, sketch_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.codec import Codec
from symvae.system.sketching.draw import sounding_before
from symvae.system.sketching.rule import FORBIDDEN, BarRule
from symvae.tokens.tokenizer import Tokenizer


class SwapRule(BarRule):
    """Rule of a bar with one rhythm and the pitches of another bar, in order.

    Args:
        rhythm: states of the steps.
        pitches: MIDI pitches of the other bar; none for a bar without notes, which leaves pitches free.
        tokens, grid, sounding: as of `BarRule`.
    """

    def __init__(
        self,
        rhythm: tuple[int, ...],
        pitches: tuple[int, ...],
        tokens: Tokenizer,
        grid: Grid,
        *,
        sounding: Bool[Tensor, " row"],
    ) -> None:
        super().__init__(BarSketch(rhythm=rhythm), tokens, grid, strict=True, sounding=sounding)
        self.pitches, self.onsets = pitches, rhythm.count(ONSET)
        self.next = torch.zeros(len(sounding), dtype=torch.long)

    def __call__(self, position: int) -> Float[Tensor, "row vocabulary"]:
        costs = super().__call__(position)
        if not self.pitches:
            return costs
        surplus = len(self.pitches) - self.onsets
        for row, (done, at) in enumerate(zip(self.notes.tolist(), self.next.tolist(), strict=True)):
            if surplus >= 0:  # leave out no more than are too many
                allowed = self.pitches[at : at + 1 + surplus - (at - done)]
            else:  # repeat no more than are missing
                repeat = self.pitches[at - 1 : at] if done - at < -surplus else ()
                allowed = (*repeat, *self.pitches[at : at + 1])
            ids = [pitch - self.tokens.pitch_range[0] + EVENT for pitch in allowed]
            other = torch.ones(costs.shape[1], dtype=torch.bool)
            other[:EVENT] = False
            other[ids] = False
            costs[row, other] = FORBIDDEN
        return costs

    def take(self, token: Int[Tensor, " row"]) -> None:
        """Go on with the tokens that were chosen."""
        for row, chosen in enumerate(token.tolist()):
            if chosen >= EVENT and self.pitches:
                pitch, at = int(self.pitch[chosen]), int(self.next[row])
                rest = self.pitches[at:]
                is_repeat = len(self.pitches) < self.onsets and at > 0 and self.pitches[at - 1] == pitch
                is_repeat &= not rest or rest[0] != pitch
                if not is_repeat and pitch in rest:
                    self.next[row] = at + rest.index(pitch) + 1
        super().take(token)


@torch.no_grad()
def swap(codec: Codec, network: SketchVAE, rhythm_of: Phrase, pitches_of: Phrase, steps: int) -> list[Phrase]:
    """Combine the rhythm of one phrase with the pitches of another.

    Args:
        codec: tokenizer and grid of the model.
        network: its sketch model.
        rhythm_of: phrase whose rhythm stays.
        pitches_of: phrase whose pitches are taken.
        steps: phrases on the way from ``rhythm_of``; the last is the whole swap.

    Returns:
        The phrases, at the tempo of ``rhythm_of``.
    """
    tokens = codec.tokenizer
    ids = codec.to_ids([rhythm_of, pitches_of])
    pitch, rhythm = network.encode_factors(order_of(ids), pattern_of(ids)).means(codec.grid.bars)
    start, end = pitch.split(1)
    share = torch.linspace(1 / steps, 1, steps)[:, None, None]
    codes = Codes(torch.lerp(start, end, share), rhythm[:1].expand(steps, -1, -1))
    rhythms, pitches = sketch_of(rhythm_of), sketch_of(pitches_of)
    drawn = torch.empty((steps, *ids.shape[1:]), dtype=ids.dtype)
    for bar in range(codec.grid.bars):
        embedding = torch.cat(codes, dim=-1)[:, bar]
        steps_of_bar = rhythms[bar].rhythm
        assert steps_of_bar is not None
        sounding = sounding_before(drawn[:, :bar])
        on_the_way = BarRule(
            BarSketch(rhythm=steps_of_bar), tokens, codec.grid, strict=True, sounding=sounding[:-1]
        )
        played = tuple(int(pitch) for pitch in pitches[bar].pitches or () if pitch is not None)
        last = SwapRule(steps_of_bar, played, tokens, codec.grid, sounding=sounding[-1:])
        if steps > 1:
            drawn[:-1, bar] = network.decoder.generate(embedding[:-1], rule=on_the_way)
        drawn[-1:, bar] = network.decoder.generate(embedding[-1:], rule=last)
    return codec.to_phrases(drawn, [rhythm_of.tempo_qpm] * steps)
