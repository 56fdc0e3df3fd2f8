"""The groove model: hits in, hits as a drummer plays them out; and taps in, hits of a kit out.

groove = symvae.load_groove("groove-2bar")
groove.humanize(symvae.read("beat.mid", grid=groove.grid), style="funk")
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from symvae.arguments import checked
from symvae.config.groove import GrooveConfig
from symvae.errors import ArgumentError, ConfigError, LatentError
from symvae.models.groove.cells import Condition, Touch
from symvae.models.groove.groove_vae import GrooveVAE
from symvae.music.drum_kit import CLASS_PITCHES, NUM_CLASSES
from symvae.music.grid import Grid
from symvae.music.phrase import OFFSETS_PER_STEP, Phrase
from symvae.music.step_cells import step_cells_of
from symvae.music.triplet_bars import triplet_bars, written_offset_step
from symvae.system.artifact_folder import read_metrics
from symvae.system.catalog import find_groove
from symvae.system.device import find_device
from symvae.system.network_folder import GROOVE
from symvae.system.touches import cells_of_touch, touch_of
from symvae.tokens.groove_cells import Cells
from symvae.tokens.table import TOKENIZERS
from symvae.tokens.tokenizer import Tokenizer

DEFAULT_GROOVE = "groove-2bar"
#: Scale of the spread of single hits where none is asked for: that of drummers.
TEMPERATURE = 1.0
_KIND = "groove"
#: Farthest that a hit is played from its step.
FARTHEST_STEP = 0.5 - 1 / OFFSETS_PER_STEP
#: Phrases that are drawn at a time.
_BATCH = 256


@checked
class Groove:
    """A trained groove model; `load_groove` makes one.

    Args:
        folder: Where its files are.
        config: The choices that made it.
        network: Its network.
        device: Where the network computes.
    """

    def __init__(self, folder: Path, config: GrooveConfig, network: GrooveVAE, device: str = "cpu") -> None:
        self.folder = folder
        self.config = config
        self.device = find_device(device)
        self.network = network.to(self.device)
        self.grid = Grid.of_metre(config.model.metre, config.model.bars)
        self.tokenizer: Tokenizer = TOKENIZERS[_KIND](config.model.metre)

    @classmethod
    def load(cls, name: str | Path = DEFAULT_GROOVE, device: str = "cpu") -> "Groove":
        """Load a groove model.

        Args:
            name: One that comes with the package, or its folder.
            device: Where the network computes: "cpu", "cuda", "cuda:1", "mps".

        Returns:
            The model, ready to use.

        Raises:
            CheckpointError: There is no such model, or its folder is incomplete or damaged.
            ConfigError: There is no such device.
        """
        find_device(device)
        folder = find_groove(name)
        return cls(folder, *GROOVE.load(folder), device)

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.config.name

    @property
    def styles(self) -> tuple[str, ...]:
        """Styles that it knows."""
        return self.config.model.styles

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """Figures that `symvae evaluate` measured; those of training before."""
        return read_metrics(self.folder)

    def player(self, phrases: Sequence[Phrase], *, style: str | None = None) -> Float[Tensor, " latent"]:
        """The touch of a player as a place in z: the mean of the posteriors of played phrases.

        Args:
            phrases: Drum tracks on the model's grid.
            style: Their style; None for an unknown one.

        Returns:
            z.

        Raises:
            LatentError: There is no phrase.
            ArgumentError: A phrase is no drum track, or has another grid.
            ConfigError: The model does not know the style.
        """
        if not phrases:
            raise LatentError("A player is heard in music. Give at least one phrase.")
        touch, condition = self._touch(phrases), self._condition(phrases, style)
        with torch.no_grad():
            return self.network.posterior(touch, condition).mean.mean(0)

    def humanize(
        self,
        phrases: Sequence[Phrase],
        *,
        style: str | None = None,
        amount: float = 1.0,
        temperature: float = TEMPERATURE,
        seed: int = 0,
        like: Sequence[Phrase] | None = None,
        groove_from: Sequence[Phrase] | None = None,
    ) -> list[Phrase]:
        """Draw timing and dynamics of a drummer for the hits of phrases; the hits stay.

        One player plays all phrases: the same noise chooses z of each.

        Args:
            phrases: Drum tracks on the model's grid.
            style: Style of the drummer; None for an unknown one.
            amount: Share of the way from the phrase as it is to the drawn one, 0 to 1.
            temperature: Scale of the spread of single hits; 0 for none.
            seed: Same seed, same touch.
            like: Phrases of the player whose z is taken.
            groove_from: Phrases whose timing and dynamics are taken, hit by hit where they have the drum at
                the same place of the bar; the other hits are drawn to fit. They go round in a circle.

        Returns:
            The phrases as they are played.

        Raises:
            ArgumentError: A phrase is no drum track, or has another grid.
            ConfigError: The model does not know the style, or the amount is not from 0 to 1.
        """
        if not 0 <= amount <= 1:
            raise ConfigError(f"An amount is a share from 0 to 1, not {amount:g}.")
        if temperature < 0:
            raise ConfigError(f"A temperature is 0 or more, not {temperature:g}.")
        if not phrases:
            return []
        chance = torch.Generator().manual_seed(seed)
        noise = torch.randn(1, self.config.model.latent_size, generator=chance).to(self.device)
        chance = torch.Generator(self.device).manual_seed(seed)
        source = like if like is not None else groove_from
        z = None if source is None else self.player(source, style=style)[None]
        known = swung = None
        if groove_from is not None:
            known = self._touch(groove_from)
            swung = known.hit.cpu().numpy() & _in_triplet_bars(groove_from)
        touch, condition = self._touch(phrases), self._condition(phrases, style)
        drawn: list[Touch] = []
        for first in range(0, len(phrases), _BATCH):
            rows = slice(first, first + _BATCH)
            hit, of = touch.hit[rows], Condition(*(column[rows] for column in condition))
            drawn.append(
                self.network.play(
                    hit,
                    of,
                    z=None if z is None else z.expand(len(hit), -1),
                    noise=noise.expand(len(hit), -1),
                    known=None if known is None else _round(known, first, len(hit)),
                    generator=chance,
                    temperature=temperature,
                )
            )
        cells = cells_of_touch(Touch(*(torch.cat(column) for column in zip(*drawn, strict=True))))
        return [
            _played(phrase, cells, row, amount, None if swung is None else swung[row % len(swung)])
            for row, phrase in enumerate(phrases)
        ]

    def drumify(
        self,
        taps: Bool[np.ndarray, "phrase step"],
        tempo_qpm: Float[np.ndarray, " phrase"],
        *,
        style: str | None = None,
        only_taps: bool = False,
        temperature: float = TEMPERATURE,
        seed: int = 0,
    ) -> list[Phrase]:
        """Draw a kit's groove for taps.

        Args:
            taps: Steps that are tapped, of each phrase on the model's grid; each is hit.
            tempo_qpm: Tempo of each phrase, in quarter notes a minute.
            style: Style of the drummer; None for an unknown one.
            only_taps: No other step is hit.
            temperature: Scale of chance; 0 takes the likeliest.
            seed: Same seed, same groove.

        Returns:
            Drum phrases with velocities and timing.

        Raises:
            ConfigError: The model does not know the style.
        """
        chance = torch.Generator(self.device).manual_seed(seed)
        silent = [Phrase(self.grid, tempo_qpm=float(tempo), is_drum=True) for tempo in tempo_qpm]
        condition = self._condition(silent, style)
        hit = self.network.orchestrate(
            torch.from_numpy(taps).to(self.device),
            condition,
            only_taps=only_taps,
            generator=chance,
            temperature=temperature,
        )
        phrases = []
        for row, empty in zip(hit.cpu().numpy(), silent, strict=True):
            step, drum = np.nonzero(row)
            ones = np.ones(len(step), np.int64)
            phrases.append(empty.with_notes(step, ones, CLASS_PITCHES[drum], 64 * ones))
        return self.humanize(phrases, style=style, temperature=temperature, seed=seed)

    def _touch(self, phrases: Sequence[Phrase]) -> Touch:
        for phrase in phrases:
            if not phrase.is_drum or phrase.grid != self.grid:
                raise ArgumentError(
                    f"{self.name} plays drums, {self.grid.bars} bars of {self.grid.metre} at a time, and not "
                    f"{phrase!r}. Read them with symvae.read(file, grid=model.grid)."
                )
        ids = np.stack([self.tokenizer.encode_phrase(phrase) for phrase in phrases])
        return Touch(*(column.to(self.device) for column in touch_of(ids)))

    def _condition(self, phrases: Sequence[Phrase], style: str | None) -> Condition:
        if style is not None and style not in self.styles:
            raise ConfigError(
                f"{self.name} knows no style {style!r:.60}. Choose one of: {', '.join(self.styles)}."
            )
        number = len(self.styles) if style is None else self.styles.index(style)
        tempo = torch.tensor([phrase.tempo_qpm for phrase in phrases], dtype=torch.float32)
        styles = torch.full((len(phrases),), number, dtype=torch.long)
        return Condition(styles.to(self.device), tempo.to(self.device))


def load_groove(name: str | Path = DEFAULT_GROOVE, device: str = "cpu") -> Groove:
    """Load a groove model, as `Groove.load` does."""
    return Groove.load(name, device)


def _round(known: Touch, first: int, count: int) -> Touch:
    """Known phrases for phrases ``first`` and on: they start again after the last one."""
    rows = torch.arange(first, first + count, device=known.hit.device) % len(known.hit)
    return Touch(*(column[rows] for column in known))


def _in_triplet_bars(phrases: Sequence[Phrase]) -> Bool[np.ndarray, "phrase step drum"]:
    """Mask of the cells in triplet bars, a single column of drums."""
    return np.stack([np.repeat(triplet_bars(each), each.grid.steps_per_bar) for each in phrases])[..., None]


def _played(
    phrase: Phrase, cells: Cells, row: int, amount: float, swung: Bool[np.ndarray, "step drum"] | None = None
) -> Phrase:
    """A phrase with a share of the drawn velocities and offsets; hits of no class stay as they are.

    Offsets are drawn from sixteenths. Hits of triplet bars are as early or late from their own places, except
    those whose timing is that of a triplet already (``swung``).
    """
    cell = step_cells_of(phrase)
    known = cell >= 0
    step, drum = np.divmod(cell[known], NUM_CLASSES)
    velocity, offset = phrase.velocity.astype(float), phrase.offset_step.copy()
    written = written_offset_step(phrase)[known]
    if swung is not None:
        written = np.where(swung[step, drum], 0.0, written)
    drawn = np.clip(written + cells.offset_step[row, step, drum], -FARTHEST_STEP, FARTHEST_STEP)
    velocity[known] += amount * (cells.velocity[row, step, drum] - velocity[known])
    offset[known] += amount * (drawn - offset[known])
    onset, duration, pitch, _ = phrase.columns
    return phrase.with_notes(onset, duration, pitch, np.rint(velocity).astype(np.int64), offset)
