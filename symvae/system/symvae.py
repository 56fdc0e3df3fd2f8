"""The model as a musician meets it: phrases in, phrases out.

Everything below this class speaks in ids and latents; everything above it is the command line. Each
method is one musical verb, and each of its keywords a flag of the command of that name.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.attributes.table import ATTRIBUTES, measure
from symvae.config.run import RunConfig
from symvae.dsp.audio import Audio
from symvae.errors import CheckpointError, LatentError, PhraseError
from symvae.latent import direction, interpolate
from symvae.latent.arousal import Arousal
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.prior import FlowPrior
from symvae.models.phrase.vae import VAE
from symvae.music.grid import Grid
from symvae.music.phrase import DEFAULT_TEMPO_QPM, Phrase, join
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.artifacts import (
    load_config,
    load_editor,
    load_latent,
    load_prior,
    load_scales,
    load_vae,
)
from symvae.system.build import build_grid
from symvae.system.catalog import available, find
from symvae.system.codec import Codec, one_each
from symvae.system.device import find_device
from symvae.system.faders.bar_search import Cost, search_bars
from symvae.system.faders.edit_transfer import transfer_edit
from symvae.system.faders.refine_notes import refine_notes
from symvae.system.faders.refine_tokens import refine_tokens
from symvae.system.faders.request import (
    AROUSAL,
    BAR_DRIFT,
    TOKEN_DRIFT,
    Fader,
    Request,
    aims,
    asked_values,
    targets,
    with_velocities_of,
)
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.infill import Filling, infill_ids, only_bars, put_together, shift_home
from symvae.system.synth import load_synth
from symvae.tokens.load import load_tokenizer
from symvae.tokens.tokenizer import Tokenizer

#: A fader reaches from one training phrase in a thousand to all but one in a thousand: so far in positions.
REACH = 3.09


class SymVAE:
    """A trained model. ``symvae.load`` makes one."""

    def __init__(
        self, folder: Path, config: RunConfig, vae: VAE, tokenizer: Tokenizer, device: str = "cpu"
    ) -> None:
        self.folder = folder
        self.config = config
        self.vae = vae
        self.tokenizer = tokenizer
        self.grid: Grid = build_grid(config.model)
        self.codec = Codec(vae, tokenizer, self.grid, find_device(device), name=config.name)

    @classmethod
    def load(cls, name: str | Path, device: str = "cpu") -> "SymVAE":
        """Load a model.

        Args:
            name: one that `symvae.available` lists, or a model folder.
            device: where the network computes: "cpu", "cuda", "cuda:1", "mps". Results are on the CPU.

        Returns:
            The model, ready to use.

        Raises:
            CheckpointError: there is no such model, or its folder is incomplete or damaged.
            ConfigError: there is no such device.
        """
        find_device(device)
        folder = find(name)
        config = load_config(folder)
        return cls(folder, config, load_vae(folder, config), load_tokenizer(folder), device)

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def latent_size(self) -> int:
        return self.config.model.latent_size

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """What `symvae evaluate` measured of this model; empty when it never has."""
        path = self.folder / "metrics.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @cached_property
    def directions(self) -> dict[str, Float[Tensor, " latent"]]:
        """Attribute vectors by attribute name; empty before the model was evaluated."""
        prefix = "direction."
        return {k.removeprefix(prefix): v for k, v in self._latent_file.items() if k.startswith(prefix)}

    @cached_property
    def prior(self) -> FlowPrior | None:
        """The prior learned from the training music, or None before there is one."""
        prefix = "prior."
        state = {k.removeprefix(prefix): v for k, v in self._latent_file.items() if k.startswith(prefix)}
        prior = load_prior(self.folder) or (FlowPrior.from_state(state) if state else None)
        return prior and prior.to(self.codec.device)

    @cached_property
    def _latent_file(self) -> dict[str, Tensor]:
        return load_latent(self.folder)

    # Notes and ids

    def to_ids(self, phrases: Phrase | Sequence[Phrase]) -> Int[Tensor, "batch bar position"]:
        """Token ids of phrases on this model's grid; raises `PhraseError` for another grid."""
        return self.codec.to_ids(phrases)

    def to_phrases(
        self, ids: Int[Tensor, "batch bar position"], tempo_qpm: float | Sequence[float] = DEFAULT_TEMPO_QPM
    ) -> list[Phrase]:
        """Phrases that ids say. Where these name no tempo, as of melodies, it is the given one, or one each.

        Raises `PhraseError` for too many or too few tempos.
        """
        return self.codec.to_phrases(ids, tempo_qpm)

    # Latent space

    def encode(self, phrases: Phrase | Sequence[Phrase]) -> DiagonalGaussian:
        """The posterior of each phrase, ``(batch, latent)``; a phrase by itself is a batch of one."""
        return self.codec.encode(phrases)

    def decode(
        self,
        z: Float[Tensor, "batch latent"],
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        tempo_qpm: float | Sequence[float] | None = None,
    ) -> list[Phrase]:
        """Phrases from latents: the likeliest at temperature 0, else drawn; the same seed, the same notes.

        Without ``tempo_qpm`` (one, or one each) they have the tempo that z says; of melodies it says none.
        """
        phrases = self.to_phrases(self.decode_ids(z, temperature=temperature, top_p=top_p, seed=seed))
        if tempo_qpm is None:
            return phrases
        tempos = one_each(tempo_qpm, len(phrases))
        return [phrase.with_tempo(qpm) for phrase, qpm in zip(phrases, tempos, strict=True)]

    def decode_ids(
        self, z: Float[Tensor, "batch latent"], *, temperature: float = 0.0, top_p: float = 1.0, seed: int = 0
    ) -> Int[Tensor, "batch bar position"]:
        """As `decode`, but token ids; raises `LatentError` for what cannot be decoded or drawn."""
        if z.ndim != 2 or z.shape[1] != self.latent_size:
            raise LatentError(
                f"{self.name} decodes latents (batch, {self.latent_size}), not {tuple(z.shape)}."
            )
        if not len(z):
            raise LatentError("There is no latent to decode. Give at least one.")
        z = z.float()
        if not torch.isfinite(z).all():
            raise LatentError("A latent holds values that are not finite. Encode the phrase again.")
        _check_scale("temperature", temperature)
        if not 0 < top_p <= 1:
            raise LatentError(f"top_p is a share above 0 and up to 1 (all that is likely), not {top_p}.")
        return self.codec.decode_ids(z, temperature=temperature, top_p=top_p, generator=_chance(seed))

    # Musical verbs

    def reconstruct(
        self,
        phrases: Phrase | Sequence[Phrase],
        *,
        temperature: float = 0.0,
        posterior_temperature: float = 0.0,
        seed: int = 0,
    ) -> list[Phrase]:
        """Each phrase through z and back; above 0, ``posterior_temperature`` draws z instead of the mean."""
        _check_scale("posterior_temperature", posterior_temperature)
        phrases = _listed(phrases)
        z = self.encode(phrases).sample(_chance(seed), posterior_temperature)
        ids = self.decode_ids(z, temperature=temperature, seed=seed)
        return self.to_phrases(ids, [phrase.tempo_qpm for phrase in phrases])

    def sample(
        self,
        count: int,
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        prior: str = "learned",
        prior_temperature: float = 1.0,
        tempo_qpm: float | None = None,
    ) -> list[Phrase]:
        """New phrases. ``prior`` is "learned" (from the training music) or "gaussian".

        ``prior_temperature`` scales the noise that draws start from; ``temperature`` is the decoder's, and ``tempo_qpm``
        goes before the tempo that z says.
        """
        return self.decode(
            self.draw(count, seed=seed, prior=prior, prior_temperature=prior_temperature),
            temperature=temperature,
            top_p=top_p,
            seed=seed,
            tempo_qpm=tempo_qpm,
        )

    def draw(
        self, count: int, *, seed: int = 0, prior: str = "learned", prior_temperature: float = 1.0
    ) -> Float[Tensor, "batch latent"]:
        """Latents from the prior, as `sample` decodes them."""
        _check_count(count)
        _check_scale("prior_temperature", prior_temperature)
        generator = _chance(seed)
        if prior == "gaussian":
            return prior_temperature * torch.randn((count, self.latent_size), generator=generator)
        if prior != "learned":
            raise LatentError(f'The prior is "learned" or "gaussian", not {prior!r}.')
        if self.prior is None:
            raise LatentError(
                f"{self.name} has no learned prior yet. Run `symvae evaluate --update-model` on it, "
                'or choose the prior "gaussian".'
            )
        return self.prior.sample(count, generator, prior_temperature).cpu()

    def infill(
        self,
        phrase: Phrase,
        bars: Iterable[int],
        count: int = 4,
        *,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Filling]:
        """``count`` phrases with the ``bars`` (from 0) drawn anew in sight of the others, which stay."""
        unknown = set(bars)
        if not unknown or not unknown < set(range(self.grid.bars)):
            raise LatentError(
                f"Bars to fill are numbers from 0 to {self.grid.bars - 1}, and not all of them:"
                f" {sorted(unknown)} will not do. To draw everything there is `sample`."
            )
        known = [bar not in unknown for bar in range(self.grid.bars)]
        return self.fill([phrase] * count, known, seed=seed, prior_temperature=prior_temperature)

    def continue_(
        self, phrase: Phrase, bars: int = 8, count: int = 4, *, seed: int = 0, prior_temperature: float = 1.0
    ) -> list[Filling]:
        """``phrase`` (any number of bars) and ``bars`` more, ``count`` times.

        At each turn the model sees up to half its length of what there is, more where less is wanted. No
        note is held from one turn over into the next.
        """
        if bars < 1 or self.grid.bars < 2:
            raise LatentError(
                f"{self.name} cannot go on for {bars} bars. Ask for one or more, of a model of two or more."
            )
        _check_count(count)
        if phrase.grid.metre != self.grid.metre:
            raise PhraseError(
                f"{self.name} goes on in {self.grid.metre}, and this phrase is in {phrase.grid.metre}. "
                "Choose a model of its metre."
            )
        chance = _chance(seed)
        written, kept = [phrase] * count, [1.0] * count
        while (left := phrase.grid.bars + bars - written[0].grid.bars) > 0:
            seen = min(phrase.grid.bars, max(self.grid.bars // 2, self.grid.bars - left))
            rest = self.grid.bars - seen
            starts = [each.window(each.grid.bars - seen, seen) for each in written]
            open_ends = [join([start, Phrase(self.grid.with_bars(rest))]) for start in starts]
            filled = self._fill(open_ends, [True] * seen + [False] * rest, chance, prior_temperature)
            if written[0] is phrase:
                kept = [new.kept for new in filled]
            written = [
                join([old, new.phrase.window(seen, min(left, rest))])
                for old, new in zip(written, filled, strict=True)
            ]
        return [Filling(*each) for each in zip(written, kept, strict=True)]

    def fill(
        self,
        phrases: Sequence[Phrase],
        known: Sequence[bool],
        *,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Filling]:
        """Each phrase with its unknown bars drawn, in the key and about as loud as its known ones.

        ``known`` says of each bar of the grid whether it stays. Raises `LatentError` without a learned
        prior, `PhraseError` for a phrase on another grid.
        """
        return self._fill(phrases, known, _chance(seed), prior_temperature)

    def _fill(
        self,
        phrases: Sequence[Phrase],
        known: Sequence[bool],
        chance: torch.Generator,
        prior_temperature: float,
    ) -> list[Filling]:
        if self.prior is None:
            raise LatentError(
                f"{self.name} has no learned prior to fill bars with. Run `symvae train-prior` on it."
            )
        _check_count(len(phrases))
        _check_scale("prior_temperature", prior_temperature)
        if len(known) != self.grid.bars:
            raise LatentError(f"{self.name} has {self.grid.bars} bars to know or not, not {len(known)}.")
        self.codec.check_grid(phrases)
        given = [only_bars(phrase, known) for phrase in phrases]
        shifts = [shift_home(each) if self.prior.home_key else 0 for each in given]
        ids, kept = infill_ids(
            self.codec,
            self.prior,
            self.to_ids([each.transpose(shift) for each, shift in zip(given, shifts, strict=True)]),
            torch.tensor(known),
            generator=chance,
            prior_temperature=prior_temperature,
        )
        return [
            Filling(put_together(old, new.transpose(-shift), known), float(share))
            for new, shift, old, share in zip(self.to_phrases(ids), shifts, given, kept, strict=True)
        ]

    def interpolate(
        self,
        a: Phrase,
        b: Phrase,
        steps: int = 7,
        *,
        path: str = "slerp",
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[Phrase]:
        """``steps`` phrases from ``a`` to ``b``, both ends' reconstructions included; tempo moves along.

        ``path`` is "slerp" (along the sphere of the prior) or "lerp" (the straight line).
        """
        if path not in ("slerp", "lerp"):
            raise LatentError(f'The path is "slerp" or "lerp", not {path!r}.')
        start, end = self.encode([a, b]).mean
        z = getattr(interpolate, path)(start, end, steps)
        tempos = [float(t) for t in np.linspace(a.tempo_qpm, b.tempo_qpm, steps)]
        return self.to_phrases(self.decode_ids(z, temperature=temperature, seed=seed), tempos)

    def interpolate_corners(
        self, top_left: Phrase, top_right: Phrase, bottom_left: Phrase, bottom_right: Phrase, steps: int = 5
    ) -> list[list[Phrase]]:
        """A square of phrases between four, row by row, at the first one's tempo."""
        a, b, c, d = self.encode([top_left, top_right, bottom_left, bottom_right]).mean
        z = interpolate.corners(a, b, c, d, steps)
        phrases = self.decode(z.flatten(0, 1), tempo_qpm=top_left.tempo_qpm)
        return [phrases[row * steps : (row + 1) * steps] for row in range(steps)]

    def variations(
        self, phrase: Phrase, amount: float = 0.3, count: int = 4, *, temperature: float = 0.0, seed: int = 0
    ) -> list[Phrase]:
        """``count`` variations: ``amount`` 0 is a reconstruction, 1 has nothing left of the phrase."""
        z = direction.variations(self.encode(phrase).mean[0], amount, count, _chance(seed))
        return self.to_phrases(self.decode_ids(z, temperature=temperature, seed=seed), phrase.tempo_qpm)

    def shift(
        self, phrase: Phrase, amounts: dict[str, float], *, temperature: float = 0.0, seed: int = 0
    ) -> Phrase:
        """The phrase moved along attribute vectors, so many times each: ``{"onset_density": 1.0}``."""
        z = direction.move(self.encode([phrase]).mean, self.directions, amounts)
        return self.to_phrases(self.decode_ids(z, temperature=temperature, seed=seed), phrase.tempo_qpm)[0]

    def analogy(self, a: Phrase, b: Phrase, c: Phrase) -> Phrase:
        """a + (b − c): what ``b`` has and ``c`` has not, given to ``a``."""
        za, zb, zc = self.encode([a, b, c]).mean.split(1)
        return self.to_phrases(self.decode_ids(direction.analogy(za, zb, zc)), a.tempo_qpm)[0]

    # Faders

    @cached_property
    def scales(self) -> Scales:
        """The scales of the model's faders; raises `LatentError` for a model that has none."""
        scales = load_scales(self.folder)
        if scales is None:
            raise LatentError(f"{self.name} has no faders. {_models_with_faders()}")
        return scales

    @cached_property
    def faders(self) -> dict[str, Fader]:
        """The model's controls by name; empty for a model that has none."""
        if load_scales(self.folder) is None:
            return {}
        scales = self.scales
        errors = scales.error or (None,) * len(scales.names)
        columns = zip(scales.names, scales.calibrations, errors, strict=True)
        faders = {
            name: Fader(
                name,
                ATTRIBUTES[name].unit,
                ATTRIBUTES[name].summary,
                low=float(scale.value_at(np.array([-REACH]))[0]),
                high=float(scale.value_at(np.array([REACH]))[0]),
                error=error,
            )
            for name, scale, error in columns
        }
        return faders if scales.arousal is None else {**faders, AROUSAL.name: AROUSAL}

    def fade(
        self,
        phrase: Phrase,
        values: Mapping[str, float | int | str],
        *,
        hold: Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
    ) -> Phrase:
        """The phrase with faders moved: ``{"register": 64.0}`` sets one, ``{"register": "+5"}`` changes it.

        Values beyond a fader's reach go to its end (`Fader.nearest`). Attributes that can hardly be had apart
        go along, but for those to ``hold``. ``best_of`` decodes so often, each time with the aim corrected,
        and takes each bar from the decode that brings the phrase nearest (`symvae.system.faders.bar_search`). What is
        still missed is then ``refine``d: made up by exchanging a few tokens (`symvae.system.faders.refine_tokens`)
        or notes (`symvae.system.faders.refine_notes`). Raises `LatentError` for an unknown fader.
        """
        return self.fade_each([phrase], [values], hold=hold, best_of=best_of, refine=refine)[0]

    @torch.no_grad()
    def fade_each(
        self,
        phrases: Sequence[Phrase],
        values: Sequence[Mapping[str, float | int | str]],
        *,
        hold: Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
    ) -> list[Phrase]:
        """As `fade`, each phrase by its own values.

        Where no fader moves a melody is reconstructed. Where edits are grafted the phrase stays as it is,
        and where only the tempo moves, all its notes do.
        """
        if best_of < 1:
            raise LatentError(f"The number of decodes to choose from is 1 or more, not {best_of}.")
        if len(values) != len(phrases):
            raise LatentError(
                f"There are values of faders for {len(values)} phrases, not for {len(phrases)}. "
                "Give one mapping each."
            )
        scales, names = self.scales, self.scales.names
        current = measure_phrases(phrases, names)
        position = scales.positions(current)
        asked = self._asked(phrases, values, current, position)
        wanted = scales.positions(asked[:, : len(names)])
        known = self._known_faders(hold)
        held = torch.tensor([name in known for name in names])
        target = targets(position, wanted, self._coupling, held)
        aroused = ~np.isnan(asked[:, -1])
        if aroused.any():
            target = self._aroused(target, asked, held)
            wanted = torch.where(torch.from_numpy(aroused)[:, None], target, wanted)
        mean = self.encode(phrases).mean
        edits = torch.tensor([not (self.transfers_edits and name == "tempo") for name in names])
        moves = ((target != position) & edits).any(dim=1)
        tempo = self._tempo(phrases, asked, target, position)
        wanted = torch.where(wanted.isnan() & held, position, wanted)  # what is held is asked to stay

        request = Request(scales, phrases, position, wanted)

        def decoded(aim: Float[Tensor, "batch fader"]) -> Int[Tensor, "batch bar position"]:
            return self.decode_ids(
                torch.where(moves[:, None], self._with_faders_at(mean, aim, position), mean)
            )

        start = scales.aim(target, position)
        decodes = [decoded(start)]
        if best_of > 1:
            first = request.achieved(self.to_phrases(decodes[0], tempo))
            decodes += [decoded(aim + (start - target)) for aim in aims(target, first, best_of - 1)]
        if self.transfers_edits:
            faded = self._with_edits_transferred(
                request, decodes, self.decode_ids(mean), moves, tempo, refine
            )
        else:
            faded = self._assembled(request, decodes, moves, tempo, refine)
        faded = self._in_the_manner_of(faded, phrases, tempo)
        if not self.transfers_edits:
            return faded
        rows = zip(moves.tolist(), phrases, faded, tempo, strict=True)
        return [new if edited else old.with_tempo(qpm) for edited, old, new, qpm in rows]

    def _assembled(
        self,
        request: Request,
        decodes: Sequence[Int[Tensor, "phrase bar position"]],
        moves: Bool[Tensor, " phrase"],
        tempo: Sequence[float],
        refine: bool,
    ) -> list[Phrase]:
        """The best of the decodes, bar by bar, with the last tokens of what moves exchanged."""

        def cost(drift_weight: float) -> Cost:
            return lambda ids, rows: request.miss(self._said(ids, rows, tempo), rows, drift_weight)

        ids = search_bars(decodes, cost(BAR_DRIFT)) if len(decodes) > 1 else decodes[0].clone()
        if refine and moves.any():
            decoded, rows = ids[moves], moves.nonzero()[:, 0].tolist()
            likely = self.codec.log_probability(self.codec.encode_ids(decoded).mean, decoded)
            for row, log_probability in zip(rows, likely, strict=True):
                ids[row] = refine_tokens(ids[row], log_probability, row, cost(TOKEN_DRIFT))
        return self.to_phrases(ids, tempo)

    def _with_edits_transferred(
        self,
        request: Request,
        decodes: Sequence[Int[Tensor, "phrase bar position"]],
        before: Int[Tensor, "phrase bar position"],
        moves: Bool[Tensor, " phrase"],
        tempo: Sequence[float],
        refine: bool,
    ) -> list[Phrase]:
        """The best of the decodes and of their edits, bar by bar, with single notes exchanged at last."""
        sources, reconstructed = request.phrases, self.to_phrases(before, tempo)
        faded = [self.to_phrases(after, tempo) for after in decodes]
        edited = [
            self.to_ids(
                [
                    self.tokenizer.fit(transfer_edit(*each))
                    for each in zip(sources, reconstructed, after, strict=True)
                ]
            )
            for after in faded
        ]
        ids = search_bars(
            [torch.where(moves[:, None, None], each, before) for each in (*decodes, *edited)],
            lambda ids, rows: request.loss(self._said(ids, rows, tempo), rows),
        )
        result = self.to_phrases(ids, tempo)
        for row in moves.nonzero()[:, 0].tolist() if refine else ():
            said = [sources[row], reconstructed[row], *(phrases[row] for phrases in faded)]
            result[row] = refine_notes(result[row], said, partial(_loss_at, request, row))
        return result

    def _said(
        self, ids: Int[Tensor, "try bar position"], rows: Int[Tensor, " try"], tempo: Sequence[float]
    ) -> list[Phrase]:
        return self.to_phrases(ids, [tempo[row] for row in rows.tolist()])

    @property
    def transfers_edits(self) -> bool:
        """Whether `fade` keeps the notes that an edit does not touch, and decodes once more to see which.

        Where tokens are steps of a grid, as in melodies, it need not: a decode brings nearly all back.
        """
        return not self.tokenizer.on_grid

    def _asked(
        self,
        phrases: Sequence[Phrase],
        values: Sequence[Mapping[str, float | int | str]],
        current: Float[np.ndarray, "phrase fader"],
        position: Float[Tensor, "phrase fader"],
    ) -> Float[np.ndarray, "phrase fader_and_arousal"]:
        """What is asked of each phrase, in the attributes' units; nan for what is not."""
        arousal = np.full(len(phrases), np.nan)
        if self.scales.arousal is not None:
            arousal = self.scales.arousal.of(position.double().numpy())
        names = (*self.scales.names, AROUSAL.name)
        now = np.column_stack([current, arousal])
        asked = np.full(now.shape, np.nan)
        for row, wishes in enumerate(values):
            known = dict(zip(names, now[row].tolist(), strict=True))
            for name, value in asked_values(self.faders, wishes, known).items():
                asked[row, names.index(name)] = value
        return asked

    def _aroused(
        self,
        target: Float[Tensor, "phrase fader"],
        asked: Float[np.ndarray, "phrase fader_and_arousal"],
        held: Bool[Tensor, " fader"],
    ) -> Float[Tensor, "phrase fader"]:
        """The targets moved on until the phrases that were asked for an arousal have it."""
        arousal = self.scales.arousal
        assert arousal is not None
        moved = target.double().numpy().copy()
        for row in np.flatnonzero(~np.isnan(asked[:, -1])):
            fixed = held.numpy() | ~np.isnan(asked[row, :-1])
            moved[row] = arousal.toward(moved[row : row + 1], asked[row, -1:], fixed)[0]
        return torch.from_numpy(moved).float()

    def _known_faders(self, names: Iterable[str]) -> set[str]:
        names = {names} if isinstance(names, str) else set(names)
        if unknown := sorted(names - set(self.scales.names)):
            known = ", ".join(self.scales.names)
            raise LatentError(f"There is no fader {', '.join(unknown)} to hold. Known faders: {known}.")
        return names

    @cached_property
    def _coupling(self) -> Float[Tensor, "fader fader"]:
        """How far faders go along with others; the tempo, which can be had apart from all, does not."""
        coupling = torch.from_numpy(self.scales.coupling).float()
        if "tempo" in self.scales.names:
            column = self.scales.names.index("tempo")
            coupling[column] = coupling[:, column] = 0.0
        return coupling

    def _tempo(
        self,
        phrases: Sequence[Phrase],
        asked: Float[np.ndarray, "phrase fader_and_arousal"],
        target: Float[Tensor, "phrase fader"],
        position: Float[Tensor, "phrase fader"],
    ) -> list[float]:
        """The tempo of each phrase: just as asked, which takes no network; as arousal moves it; else its own.

        Beyond the scale's ends all tempos have one position: arousal that leads on beyond moves nothing.
        """
        own = np.array([phrase.tempo_qpm for phrase in phrases])
        if "tempo" not in self.scales.names:
            return own.tolist()
        column = self.scales.names.index("tempo")
        scale = self.scales.calibrations[column]
        led = scale.value_at(target[:, column].double().numpy())
        stays = (target == position)[:, column].numpy() | (led == own.clip(scale.value[0], scale.value[-1]))
        wanted = asked[:, column]
        return np.where(np.isnan(wanted), np.where(stays, own, led), wanted).tolist()

    def fader_positions(self, phrases: Sequence[Phrase]) -> Float[np.ndarray, "phrase fader"]:
        """Where phrases have their faders (`symvae.latent.calibration`), as measured on them."""
        return self.scales.positions(measure_phrases(phrases, self.scales.names)).double().numpy()

    def with_arousal(self, arousal: Arousal) -> "SymVAE":
        """The same model with another way of excitement through its faders."""
        model = SymVAE(self.folder, self.config, self.vae, self.tokenizer, str(self.codec.device))
        model.scales = replace(self.scales, arousal=arousal)
        model._editor, model.codec = self._editor, self.codec
        return model

    def _with_faders_at(
        self,
        z: Float[Tensor, "batch latent"],
        position: Float[Tensor, "batch fader"],
        here: Float[Tensor, "batch fader"],
    ) -> Float[Tensor, "batch latent"]:
        """z edited, or, where attributes have coordinates of their own, with these set.

        The tempo of z stays: it is set on the result, and no note need change for it.
        """
        if "tempo" in self.scales.names:
            position = position.clone()
            column = self.scales.names.index("tempo")
            position[:, column] = here[:, column]
        if self._editor is not None:
            device = self.codec.device
            return self._editor.edit(z.to(device), position.to(device), here.to(device)).cpu()
        return torch.cat([position, z[:, position.shape[1] :]], dim=1)

    @cached_property
    def _editor(self) -> FaderEditor | None:
        editor = load_editor(self.folder)
        if editor is None and self.config.model.faders != self.scales.names:
            raise CheckpointError(
                f"{self.folder} has the scales of faders and no faders.safetensors. "
                "Restore it or run `symvae train-faders` again."
            )
        return editor and editor.to(self.codec.device)

    def _in_the_manner_of(
        self, phrases: Sequence[Phrase], sources: Sequence[Phrase], tempo: Sequence[float]
    ) -> list[Phrase]:
        """What does not pass through z: the tempo, and the velocities of melodies."""
        if "mean_velocity" not in self.scales.names:
            phrases = with_velocities_of(phrases, sources)
        return [phrase.with_tempo(qpm) for phrase, qpm in zip(phrases, tempo, strict=True)]

    def measure(self, phrases: Sequence[Phrase]) -> dict[str, Float[np.ndarray, " phrase"]]:
        """Every attribute of every phrase, by name, in the attribute's unit."""
        return measure(phrases)

    def render(self, phrases: Phrase | Sequence[Phrase], timbre: str = "piano") -> Audio:
        """Stereo sound of a phrase, or of several in a row, in a timbre of the package's synthesizer."""
        return load_synth().render(phrases, timbre)


def _loss_at(request: Request, row: int, tries: Sequence[Phrase]) -> Float[np.ndarray, " try"]:
    return request.loss(tries, torch.full((len(tries),), row)).numpy()


def _models_with_faders() -> str:
    names = [name for name in available() if load_scales(find(name)) is not None]
    return f"Models with faders: {', '.join(names)}." if names else "Learn them with `symvae train-faders`."


def _listed(phrases: Phrase | Sequence[Phrase]) -> Sequence[Phrase]:
    return [phrases] if isinstance(phrases, Phrase) else phrases


def _check_count(count: int) -> None:
    if count < 1:
        raise LatentError(f"The number of draws is 1 or more, not {count}.")


def _check_scale(name: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise LatentError(f"{name} is a number of at least 0, not {value}.")


def _chance(seed: int) -> torch.Generator:
    if not -(2**63) <= seed < 2**64:
        raise LatentError(f"A seed is a whole number from -2**63 to 2**64 - 1, not {seed}.")
    return torch.Generator().manual_seed(seed)
