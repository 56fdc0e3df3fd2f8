"""Every tokenizer of symvae as a miditok tokenizer, with exactly the ids of the models.

    tokens = symvae.tokenizer("melody")
    sequences = tokens("tune.mid")      one TokSequence for each track; of polyphonic music one for all
    score = tokens(sequences)           a symusic.Score

A sequence has the ids of one bar after the other, padding included: in shape (bar, position) they are what a
model takes. miditok puts special tokens first, which would shift all ids; here is none but the padding of the
family, at its own id.

Departures from miditok, so that nothing is lost silently: a chord in a melody, a pitch out of range, drums or
another metre raises `TokenError` (miditok would drop the notes), and the file holds the settings alone (no
library versions), so that equal tokenizers are equal files.

A Score ends at symvae's "end" marker (see `symvae.music.io.end_marker`), else with the bar of the last note:
silent bars after it are then not encoded. Empty tracks are dropped, as everywhere in miditok.
"""

from os import PathLike
from typing import Any

import numpy as np
from jaxtyping import Integer, UInt
from miditok import Event, MusicTokenizer, TokenizerConfig, TokSequence

# miditok's own names for the score types: in symvae only music/io may import their library.
from miditok.midi_tokenizer import Score, ScoreTick

from symvae.errors import TokenError
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.io.end_marker import is_end_marker
from symvae.music.io.midi_write import to_bytes
from symvae.music.metre import GRID_BARS
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase
from symvae.tokens.id_type import id_type
from symvae.tokens.load import load_tokenizer
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.tokenizer import Tokenizer


class PhraseTokenizer(MusicTokenizer):
    """A tokenizer of symvae that is a miditok tokenizer, too.

    Args:
        tokenizer: The tokenizer; by default that of melodies.
        params: File of a saved tokenizer, or its folder, instead.
    """

    def __init__(self, tokenizer: Tokenizer | None = None, params: str | PathLike[str] | None = None) -> None:
        self.own = load_tokenizer(params) if params is not None else tokenizer or MelodyGrid()
        super().__init__(_config_of(self.own))
        self.one_token_stream = self.own.polyphonic

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "PhraseTokenizer":
        """Load a tokenizer from a file, or from the ``tokenizer.json`` of a folder."""
        return cls(params=path)

    @classmethod
    def from_pretrained(cls, path: str | PathLike[str], **_: Any) -> "PhraseTokenizer":
        """Load a tokenizer as `load` does; nothing is downloaded."""
        return cls(params=path)

    def save(self, out_path: str | PathLike[str], *_: Any, **__: Any) -> None:
        """Write to a file, or as ``tokenizer.json`` into a folder."""
        self.own.save(out_path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PhraseTokenizer) and self.own == other.own

    def __hash__(self) -> int:
        return hash(self.own)

    @property
    def metre(self) -> str:
        """Metre of the phrases that it encodes, "4/4"."""
        return self.own.metre

    @property
    def positions_per_bar(self) -> int:
        """Ids of a bar, padding included."""
        return self.own.positions_per_bar

    def encode_phrase(self, phrase: Phrase) -> UInt[np.ndarray, "bar position"]:
        """Encode a phrase; raises `TokenError` for music outside the vocabulary."""
        return self.own.encode_phrase(phrase)

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """Decode token ids to a phrase; raises `TokenError` for another shape or unknown ids.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo in quarter notes a minute, where ids carry none.
            velocity: MIDI velocity of all notes, where ids carry none.

        Returns:
            The phrase.
        """
        return self.own.decode_ids(ids, tempo_qpm, velocity)

    # -- miditok's interface

    def _tweak_config_before_creating_voc(self) -> None:
        # miditok puts special tokens first: id 0, which is that of padding where a family pads.
        self.config.special_tokens = [self.own.token_names[0]] if self.own.padding == 0 else []
        self._note_on_off = self.own.padding is None  # so that miditok takes durations as they are

    def _create_base_vocabulary(self) -> list[str]:
        return [name for name in self.own.token_names if name not in self.special_tokens]

    def _create_token_types_graph(self) -> dict[str, set[str]]:
        types = {name.split("_")[0] for name in self.own.token_names} - {"PAD"}
        return {type_: set(types) for type_ in types}

    def _add_time_events(self, events: list[Event], time_division: int) -> list[Event]:
        """Return the events: here the rows of bars are the time."""
        return events

    def preprocess_score(self, score: ScoreTick) -> ScoreTick:
        """Resample to sixteenths, after refusing what miditok would drop silently.

        Raises:
            TokenError: The score is in another metre, has drums, or leaves the pitch range.
        """
        low, high = self.own.pitch_range
        for signature in score.time_signatures:
            if not _same_bar(signature.numerator, signature.denominator, self.metre):
                raise TokenError(
                    f"This tokenizer takes {self.metre}, and the score is in "
                    f"{signature.numerator}/{signature.denominator}."
                )
        for track in score.tracks:
            if track.is_drum and len(track.notes) and not self.own.drums:
                raise TokenError(f"There are no tokens for drums. Delete the drum track {track.name!r}.")
            if self.own.drums and len(track.notes) and not track.is_drum:
                raise TokenError(f"There are tokens for drums alone. Delete the track {track.name!r}.")
            for note in track.notes:
                if not low <= note.pitch <= high:
                    raise TokenError(
                        f"The pitch {note.pitch} lies outside {low} to {high}. Transpose the score."
                    )
        return score.resample(STEPS_PER_QUARTER, min_dur=1)

    def _score_to_tokens(self, score: ScoreTick, *_: Any) -> TokSequence | list[TokSequence]:
        end = max((marker.time for marker in score.markers if is_end_marker(marker.text)), default=0)
        tempo_qpm = score.tempos[0].qpm if len(score.tempos) else DEFAULT_TEMPO_QPM
        tracks = [track.notes.numpy() for track in score.tracks if len(track.notes)]
        if not self.one_token_stream:
            return [self._sequence([notes], end, tempo_qpm) for notes in tracks]
        return self._sequence(tracks, end, tempo_qpm)

    def _sequence(self, tracks: list[dict[str, np.ndarray]], end_step: int, tempo_qpm: float) -> TokSequence:
        onset, duration, pitch, velocity = (
            np.concatenate([np.empty(0, np.int64), *(notes[name] for notes in tracks)]).astype(np.int64)
            for name in ("time", "duration", "pitch", "velocity")
        )
        end_step = max(1, end_step, int((onset + duration).max(initial=0)))
        bar = Grid.of_metre(self.metre, 1)
        grid = bar.with_bars(-(-end_step // bar.num_steps))
        phrase = Phrase(grid, onset, duration, pitch, velocity, tempo_qpm, self.own.drums)
        if self.one_token_stream:
            phrase = phrase.without_overlaps()
        sequence = TokSequence(ids=self.encode_phrase(phrase).reshape(-1).tolist())
        self.complete_sequence(sequence)
        return sequence

    def _tokens_to_score(
        self,
        tokens: TokSequence | list[TokSequence],
        programs: list[tuple[int, bool]] | None = None,
    ) -> ScoreTick:
        score = Score(STEPS_PER_QUARTER)
        for index, sequence in enumerate([tokens] if isinstance(tokens, TokSequence) else tokens):
            program, is_drum = programs[index] if programs else (0, self.own.drums)
            phrase = self.decode_ids(self._bars(self._tokens_to_ids(sequence.tokens)))
            part = Score.from_midi(to_bytes(phrase, program)).resample(STEPS_PER_QUARTER, min_dur=1)
            for track in part.tracks:
                track.is_drum = is_drum
                score.tracks.append(track)
            score.markers.extend(part.markers)
            score.time_signatures = part.time_signatures
            if self.own.polyphonic:
                score.tempos = part.tempos
        return score

    def _bars(self, ids: list[int]) -> UInt[np.ndarray, "bar position"]:
        """Ids of a sequence of any length as whole bars, the last one filled up with padding or holds."""
        bars = max(1, -(-len(ids) // self.positions_per_bar))
        filled = np.full(
            bars * self.positions_per_bar, self.own.padding or 0, id_type(self.own.vocabulary_size)
        )
        filled[: len(ids)] = ids
        return filled.reshape(bars, self.positions_per_bar)


def _config_of(own: Tokenizer) -> TokenizerConfig:
    return TokenizerConfig(
        pitch_range=own.pitch_range,
        beat_res={(0, 4): STEPS_PER_QUARTER},
        use_velocities=False,
        use_time_signatures=False,  # with them miditok would count eighths as beats in 6/8
        use_pitchdrum_tokens=False,
        tokenizer=own.saved_as,
        metre=own.metre,
    )


def _same_bar(numerator: int, denominator: int, metre: str) -> bool:
    """True if bars of a time signature fill bars of ``metre``: 2/4 and 2/2 those of 4/4, 3/8 those of 6/8."""
    signature = f"{numerator}/{denominator}"
    return signature in GRID_BARS and GRID_BARS[signature].metre == metre
