"""Faders without a model: tempo, loudness, articulation and register, set on the notes that are there.

They need no network (`symvae.system.faders.ways`), so music of several voices has them in every metre that
has a grid, although the released models of such music are in 4/4. `NoteFaders` has what `fade` asks of a
model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np

from symvae.attributes.table import ATTRIBUTES
from symvae.errors import LatentError
from symvae.music.grid import Grid
from symvae.music.locks import Lock
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase
from symvae.system.choice import ModelFacts, released
from symvae.system.faders.performance import LOUDNESS, TEMPO, is_performance, perform
from symvae.system.faders.request import Fader, Wishes
from symvae.system.faders.scales import Scales
from symvae.system.faders.ways import ARTICULATION, REGISTER
from symvae.system.symvae import SymVAE
from symvae.tokens.tokenizer import Tokenizer

BARS = 4
#: Names in the order of reports, with the lowest and the highest value of music that people play.
_REACH = {REGISTER: (21.0, 108.0), LOUDNESS: (1.0, 127.0), ARTICULATION: (0.0, 1.0), TEMPO: (20.0, 300.0)}


class NoteFaders:
    """The exact edits of music in one metre, in place of a model with faders.

    Args:
        metre: A metre that has a grid, "3/4".
        tokenizer: One of all voices, which tells how they are read.
    """

    name = "notes"

    def __init__(self, metre: str, tokenizer: Tokenizer) -> None:
        self.grid = Grid.of_metre(metre, BARS)
        self.tokenizer = tokenizer

    @cached_property
    def faders(self) -> dict[str, Fader]:
        """Faders by name."""
        return {
            name: Fader(name, ATTRIBUTES[name].unit, ATTRIBUTES[name].summary, low, high, 0.0)
            for name, (low, high) in _REACH.items()
        }

    @cached_property
    def scales(self) -> Scales:
        """Names of the faders; their values have no positions."""
        return Scales(tuple(_REACH), (), np.eye(len(_REACH)))

    def fade_each(
        self,
        phrases: Sequence[Phrase],
        values: Sequence[Wishes],
        *,
        hold: str | Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
        locks: Sequence[Lock] | None = None,
    ) -> list[Phrase]:
        """Set tempo and loudness of phrases; other exact edits are made on the song.

        Args:
            phrases: The phrases.
            values: A request for each.
            hold: Nothing moves that is not set.
            best_of: Nothing is decoded.
            refine: Nothing is refined.
            locks: No note moves.

        Returns:
            A phrase for each.

        Raises:
            LatentError: Another fader is asked for.
        """
        if others := sorted({name for wishes in values if not is_performance(wishes) for name in wishes}):
            raise LatentError(
                f"Without a model only tempo and loudness are set; {', '.join(others)} needs one."
            )
        return [perform(phrase, wishes, self.faders) for phrase, wishes in zip(phrases, values, strict=True)]

    def decodes_beside(self, *, refine: bool, locked: bool) -> int:
        """Number of decodes: none.

        Args:
            refine: Notes would be refined.
            locked: Something is kept.

        Returns:
            0.
        """
        return 0


#: What `fade` moves the faders of.
FaderModel: TypeAlias = SymVAE | NoteFaders


@dataclass(frozen=True)
class NoteFacts(ModelFacts):
    """Facts of the exact edits in one metre, as of a model."""

    @cached_property
    def notes(self) -> NoteFaders:
        """The edits."""
        return NoteFaders(self.grid.metre, self.tokenizer)

    @cached_property
    def faders(self) -> dict[str, Fader]:
        """The faders by name."""
        return self.notes.faders

    @cached_property
    def rate_nats(self) -> float:
        """0: nothing is encoded."""
        return 0.0


@cache
def note_facts() -> tuple[NoteFacts, ...]:
    """Facts of the exact edits in each metre in which no released model reads all voices."""
    models = [facts for facts in released() if facts.tokenizer.polyphonic and not facts.tokenizer.drums]
    metres = [metre for metre in METRES if metre not in {facts.grid.metre for facts in models}]
    return tuple(
        NoteFacts(NoteFaders.name, Grid.of_metre(metre, BARS), each.tokenizer, Path(NoteFaders.name), 0)
        for metre in metres
        for each in models[:1]
    )
