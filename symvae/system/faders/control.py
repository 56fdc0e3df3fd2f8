"""Fader control: phrases → z → z edited → phrases that have the requested attributes, and what else they had.

    phrases ─ encoder ─ z ─ editor, or coordinates set ─ decode, ``best_of`` times with a corrected aim
                                                            │
    melodies          best bars of the decodes (`bar_search`) ─ exchanges of tokens (`refine_tokens`)
    polyphonic music  best bars of the decodes and of the edits transferred to the phrase (`edit_transfer`)
                      ─ exchanges of notes (`refine_notes`)

Velocities of melodies and the tempo do not pass through z: they are set on the result. A request for tempo
and loudness alone asks for another performance (`performance`), so every note stays where it is. Arousal of
polyphonic music is arranged on the notes (`arrange`), after all other requests.
"""

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.errors import LatentError
from symvae.models.faders.editor import FaderEditor
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase
from symvae.system.codec import Codec
from symvae.system.faders.arrange import arrange, asked_arousal
from symvae.system.faders.arrange_drums import arrange_drums
from symvae.system.faders.bar_search import Cost, search_bars
from symvae.system.faders.constraints import (
    Constraints,
    broken_cost,
    constraints_of,
    open_constraints,
    restored,
)
from symvae.system.faders.cost import BAR_DRIFT, TOKEN_DRIFT, Request, aims
from symvae.system.faders.edit_transfer import transfer_edit
from symvae.system.faders.performance import is_performance, perform
from symvae.system.faders.refine_notes import refine_notes
from symvae.system.faders.refine_tokens import refine_tokens
from symvae.system.faders.request import AROUSAL, Wishes, faders_of
from symvae.system.faders.scales import Scales
from symvae.system.faders.source_velocities import with_velocities_of
from symvae.system.faders.targets import Targets, find_targets, held_faders
from symvae.system.faders.thinned import thinned

#: How far decodes move that lend single notes, as multiples of the move that is asked for.
FARTHER = (2.0, 4.0)

#: Faders that need other notes than those that are there: single exchanges are free to remove and add some.
OTHER_NOTES = ("notes_per_bar", "rhythm_density", "register", "pitch_range")


class FaderControl:
    """The faders of one model."""

    def __init__(self, codec: Codec, scales: Scales, editor: FaderEditor | None) -> None:
        """
        Args:
            codec: the model's encoder and decoder.
            scales: the calibrated faders.
            editor: the network that edits z, on the codec's device; None where the first coordinates of z
                are the faders themselves.
        """
        self.codec = codec
        self.scales = scales
        self.editor = editor

    @property
    def arranges(self) -> bool:
        """True if arousal is arranged on the notes of a phrase; else it moves the faders of z."""
        tokenizer = self.codec.tokenizer
        return tokenizer.drums or (tokenizer.polyphonic and self.scales.arousal is not None)

    @property
    def transfers_edits(self) -> bool:
        """True if edits are transferred to the phrase's own notes, at the price of one more decode.

        On a grid, as of melodies, a decode reconstructs nearly all notes, and there is no need.
        """
        return not self.codec.tokenizer.on_grid

    def fade(
        self,
        phrases: Sequence[Phrase],
        values: Sequence[Wishes],
        *,
        hold: str | Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
        locks: Sequence[Lock] | None = None,
    ) -> list[Phrase]:
        """Fade each phrase by its own request.

        Args:
            phrases: music on the model's grid.
            values: one request for each phrase, by fader name (`symvae.system.faders.request`).
            hold: names of faders that stay where they are unless they are requested.
            best_of: number of decodes to choose bars from.
            refine: exchange single tokens or notes until the request is met.
            locks: what of each phrase stays; new notes are priced then (`symvae.system.faders.prices`).

        Returns:
            One phrase for each. A melody without a move is reconstructed; polyphonic music without a move
            keeps its notes, and where only tempo and loudness are requested all music does.

        Raises:
            LatentError: ``best_of`` is below 1, or there are not as many requests as phrases.
        """
        if best_of < 1:
            raise LatentError(f"The number of decodes to choose from is 1 or more, not {best_of}.")
        if len(values) != len(phrases):
            raise LatentError(
                f"There are values of faders for {len(values)} phrases, not for {len(phrases)}. "
                "Give one mapping each."
            )
        hold = {hold} if isinstance(hold, str) else set(hold)
        if not self.arranges:
            return self._fade(phrases, values, hold, best_of, refine, locks)
        rest = [{name: wish for name, wish in wishes.items() if name != AROUSAL.name} for wishes in values]
        result = list(phrases)
        rows = [row for row, wishes in enumerate(values) if rest[row] or AROUSAL.name not in wishes]
        some = None if locks is None else [locks[row] for row in rows]
        faded = self._fade(
            [phrases[row] for row in rows], [rest[row] for row in rows], hold, best_of, refine, some
        )
        for row, phrase in zip(rows, faded, strict=True):
            result[row] = phrase
        for row, wishes in enumerate(values):
            if AROUSAL.name in wishes and self.codec.tokenizer.drums:
                lock = None if locks is None else locks[row]
                result[row] = arrange_drums(result[row], wishes[AROUSAL.name], lock)
            elif AROUSAL.name in wishes:
                arousal = asked_arousal(self.scales, phrases[row], wishes[AROUSAL.name])
                held = held_faders(self.scales.names, hold | rest[row].keys()).numpy()
                lock = None if locks is None else locks[row]
                result[row] = arrange(self.scales, result[row], arousal, held, lock)
        return result

    def _fade(
        self,
        phrases: Sequence[Phrase],
        values: Sequence[Wishes],
        hold: set[str],
        best_of: int,
        refine: bool,
        locks: Sequence[Lock] | None,
    ) -> list[Phrase]:
        """Fade each phrase by its own request, on the notes or through z."""
        if not phrases:
            return []
        targets = find_targets(self.scales, phrases, values, hold)
        faders = faders_of(self.scales)
        performed = [is_performance(wishes) for wishes in values]
        result = [
            perform(phrase, wishes, faders) if alone else phrase
            for phrase, wishes, alone in zip(phrases, values, performed, strict=True)
        ]
        if rows := [row for row, alone in enumerate(performed) if not alone]:
            some = None if locks is None else [constraints_of(locks[row]) for row in rows]
            faded = self._fade_notes([phrases[row] for row in rows], targets.of(rows), best_of, refine, some)
            for row, phrase in zip(rows, faded, strict=True):
                result[row] = phrase
        return result

    def _fade_notes(
        self,
        phrases: Sequence[Phrase],
        targets: Targets,
        best_of: int,
        refine: bool,
        constraints: Sequence[Constraints] | None,
    ) -> list[Phrase]:
        """Decode each phrase at its target, choose and refine."""
        position, wanted, target, tempo = targets
        request = Request(self.scales, phrases, position, wanted, constraints, self.transfers_edits)
        mean = self.codec.encode(phrases).mean
        # Where notes stay as they are, a tempo is no reason to decode them.
        edits = torch.tensor([not (self.transfers_edits and name == "tempo") for name in self.scales.names])
        moves = ((target != position) & edits).any(dim=1)

        def decode(aim: Float[Tensor, "phrase fader"]) -> Int[Tensor, "phrase bar position"]:
            return self.codec.decode_ids(torch.where(moves[:, None], self._edit(mean, aim, position), mean))

        start = self.scales.aim(target, position)
        decodes = [decode(start)]
        if best_of > 1:
            achieved = request.achieved(self.codec.to_phrases(decodes[0], tempo))
            decodes += [decode(aim + (start - target)) for aim in aims(target, achieved, best_of - 1)]
        if not self.transfers_edits:
            faded = self._choose_decoded(request, decodes, moves, tempo, refine)
            return self._with_source_dynamics(faded, phrases, tempo)
        before = self.codec.decode_ids(mean)
        lent = FARTHER if refine and constraints is None else ()
        farther = [decode(position + times * (start - position)) for times in lent]
        faded = self._choose_transferred(request, decodes, before, farther, moves, tempo, refine)
        faded = self._with_source_dynamics(faded, phrases, tempo)
        rows = zip(moves.tolist(), phrases, faded, tempo, strict=True)
        return [new if edited else old.with_tempo(qpm) for edited, old, new, qpm in rows]

    @torch.no_grad()
    def _edit(
        self,
        z: Float[Tensor, "phrase latent"],
        aim: Float[Tensor, "phrase fader"],
        position: Float[Tensor, "phrase fader"],
    ) -> Float[Tensor, "phrase latent"]:
        """Edit z, or set its fader coordinates. The tempo in z stays: no note need change for it."""
        if "tempo" in self.scales.names:
            column = self.scales.names.index("tempo")
            aim = aim.clone()
            aim[:, column] = position[:, column]
        if self.editor is None:
            return torch.cat([aim, z[:, aim.shape[1] :]], dim=1)
        device = self.codec.device
        return self.editor.edit(z.to(device), aim.to(device), position.to(device)).cpu()

    def _choose_decoded(
        self,
        request: Request,
        decodes: Sequence[Int[Tensor, "phrase bar position"]],
        moves: Bool[Tensor, " phrase"],
        tempo: Sequence[float],
        refine: bool,
    ) -> list[Phrase]:
        """Take the best bars of all decodes, then exchange tokens of the phrases that move."""

        def cost(drift_weight: float) -> Cost:
            def of(
                ids: Int[Tensor, "candidate bar position"], rows: Int[Tensor, " candidate"]
            ) -> Float[Tensor, " candidate"]:
                candidates = self._candidates(ids, rows, tempo)
                return request.miss(candidates, rows, drift_weight) + broken_cost(
                    request.constraints, candidates, rows
                )

            return of

        if request.constraints is not None:
            decodes = [
                self.codec.to_ids(restored(request.constraints, self.codec.to_phrases(ids)))
                for ids in decodes
            ]
        ids = search_bars(decodes, cost(BAR_DRIFT)) if len(decodes) > 1 else decodes[0].clone()
        if refine and moves.any():
            moved, rows = ids[moves], moves.nonzero()[:, 0].tolist()
            log_probabilities = self.codec.log_probability(self.codec.encode_ids(moved).mean, moved)
            for row, log_probability in zip(rows, log_probabilities, strict=True):
                ids[row] = refine_tokens(ids[row], log_probability, row, cost(TOKEN_DRIFT))
        return self.codec.to_phrases(ids, tempo)

    def _choose_transferred(
        self,
        request: Request,
        decodes: Sequence[Int[Tensor, "phrase bar position"]],
        before: Int[Tensor, "phrase bar position"],
        farther: Sequence[Int[Tensor, "phrase bar position"]],
        moves: Bool[Tensor, " phrase"],
        tempo: Sequence[float],
        refine: bool,
    ) -> list[Phrase]:
        """Take the best bars of all decodes and transferred edits, then exchange notes of what moves.

        Notes are exchanged with those of decodes that move farther, too.
        """
        sources, fit, restore = request.phrases, self.codec.tokenizer.fit, self.codec.tokenizer.restore
        reconstructed, *faded = (
            list(map(restore, self.codec.to_phrases(ids, tempo), sources)) for ids in (before, *decodes)
        )
        transferred = [
            [transfer_edit(*each) for each in zip(sources, reconstructed, after, strict=True)]
            for after in faded
        ]
        candidates = list(decodes)
        if request.constraints is not None:  # a decode is other music, to which nothing kept belongs
            transferred = [restored(request.constraints, phrases) for phrases in transferred]
            candidates = [self.codec.to_ids([fit(phrase) for phrase in sources])]
        candidates += [self.codec.to_ids([fit(phrase) for phrase in phrases]) for phrases in transferred]
        ids = search_bars(
            [torch.where(moves[:, None, None], each, before) for each in candidates],
            lambda ids, rows: request.loss(self._candidates(ids, rows, tempo), rows),
        )
        result = restored(request.constraints, self.codec.to_phrases(ids, tempo))
        faded += [list(map(restore, self.codec.to_phrases(ids, tempo), sources)) for ids in farther]
        for row in moves.nonzero()[:, 0].tolist() if refine else ():
            pool = [sources[row], reconstructed[row], *(phrases[row] for phrases in faded)]
            loss = partial(_loss_of_one, request, row)
            extra, starts = {}, [result[row]]
            if request.constraints is not None:
                fewer, lock = request.surplus(row), request.constraints[row].lock
                thinner = [each.with_tempo(tempo[row]) for each in thinned(lock, fewer)]
                first = [result[row], *thinner]
                starts = [first[int(loss(first).argmin())]]
                extra = request.constraints[row].for_notes(lowers=bool(fewer))
            elif request.asks(row, OTHER_NOTES):
                extra = open_constraints(sources[row]).for_notes()
            else:  # lengths and loudness are at hand in the phrase itself
                starts.append(sources[row].with_tempo(tempo[row]))
            refined = [refine_notes(start, pool, loss, **extra) for start in starts]
            result[row] = refined[int(loss(refined).argmin())]
        return result

    def _candidates(
        self,
        ids: Int[Tensor, "candidate bar position"],
        rows: Int[Tensor, " candidate"],
        tempo: Sequence[float],
    ) -> list[Phrase]:
        return self.codec.to_phrases(ids, [tempo[row] for row in rows.tolist()])

    def _with_source_dynamics(
        self, phrases: Sequence[Phrase], sources: Sequence[Phrase], tempo: Sequence[float]
    ) -> list[Phrase]:
        """Set the tempo, and the velocities where these are no fader; drums are played on their own kit."""
        if self.codec.tokenizer.drums:
            phrases = list(map(self.codec.tokenizer.restore, phrases, sources))
        elif "mean_velocity" not in self.scales.names:
            phrases = with_velocities_of(phrases, sources)
        return [phrase.with_tempo(qpm) for phrase, qpm in zip(phrases, tempo, strict=True)]


def _loss_of_one(request: Request, row: int, candidates: Sequence[Phrase]) -> Float[np.ndarray, " candidate"]:
    return request.loss(candidates, torch.full((len(candidates),), row)).numpy()
