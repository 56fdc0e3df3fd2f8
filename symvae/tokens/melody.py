"""The melody grid as a miditok tokenizer.

`MelodyTokenizer` is a `miditok.MusicTokenizer`: called with a Score or a MIDI path it returns a
`TokSequence` for each track, and `decode` turns those into a Score. Its ids are exactly those of
`symvae.tokens.melody_grid`, where they are explained. miditok puts special tokens first, which shifts all
ids; this tokenizer has none, because a phrase has a fixed length and needs no padding.

Departures from miditok, so that nothing is lost silently: a chord, a pitch out of range or another metre
raises `TokenError` (miditok would drop the notes), and the file holds the settings alone (no library
versions), so that equal tokenizers are equal files.

A Score ends at symvae's "end" marker (see `symvae.music.io.end_marker`), else with the bar of the
last note: silent bars after it are then not encoded. Empty tracks are dropped, as everywhere in
miditok.
"""

from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt8
from miditok import Event, MusicTokenizer, TokenizerConfig, TokSequence

# miditok's own names for the score types: in symvae only music/io may import their library.
from miditok.midi_tokenizer import NoteTickList, Score, ScoreTick

from symvae.errors import TokenError
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.io.end_marker import END_MARKER
from symvae.music.io.midi_write import to_bytes
from symvae.music.metre import GRID_BARS
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase
from symvae.tokens.load import load_tokenizer
from symvae.tokens.melody_grid import PIANO_MAX_PITCH, PIANO_MIN_PITCH, MelodyGrid


class MelodyTokenizer(MusicTokenizer):
    """Tokenizer of monophonic phrases that is a miditok tokenizer, too.

    Args:
        tokenizer_config: miditok config with ``metre``, ``min_pitch`` and ``max_pitch`` as extra keywords.
        params: File of a saved tokenizer, instead.
        metre: Metre of the phrases, where neither is given.
        min_pitch: Lowest MIDI pitch.
        max_pitch: Highest MIDI pitch.
    """

    name: ClassVar[str] = MelodyGrid.name
    saved_as: ClassVar[str] = MelodyGrid.saved_as
    padding: ClassVar[int | None] = MelodyGrid.padding
    on_grid: ClassVar[bool] = MelodyGrid.on_grid
    polyphonic: ClassVar[bool] = MelodyGrid.polyphonic
    attributes: ClassVar[tuple[str, ...]] = MelodyGrid.attributes

    def __init__(
        self,
        tokenizer_config: TokenizerConfig | None = None,
        params: str | PathLike[str] | None = None,
        *,
        metre: str = "4/4",
        min_pitch: int = PIANO_MIN_PITCH,
        max_pitch: int = PIANO_MAX_PITCH,
    ) -> None:
        if tokenizer_config is not None:
            self.grid = MelodyGrid(**tokenizer_config.additional_params)
        elif params is not None:
            self.grid = _grid_in(params)
        else:
            self.grid = MelodyGrid(metre, min_pitch, max_pitch)
        super().__init__(_config_of(self.grid))

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "MelodyTokenizer":
        """Load a tokenizer from a file, or from the ``tokenizer.json`` of a folder."""
        return cls(params=path)

    def save(self, out_path: str | PathLike[str], *_: Any, **__: Any) -> None:
        """Write to a file, or as ``tokenizer.json`` into a folder."""
        self.grid.save(out_path)

    def to_dict(self) -> dict[str, Any]:
        """Content of the file."""
        return self.grid.to_dict()

    # -- symvae's Tokenizer

    @property
    def metre(self) -> str:
        """Metre of the phrases that it encodes, "4/4"."""
        return self.grid.metre

    @property
    def positions_per_bar(self) -> int:
        """Sixteenths of a bar."""
        return self.grid.positions_per_bar

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, as ``len``."""
        return self.grid.vocabulary_size

    @property
    def token_names(self) -> tuple[str, ...]:
        """Name of each id, in order."""
        return self.grid.token_names

    def encode_phrase(self, phrase: Phrase) -> UInt8[np.ndarray, "bar position"]:
        """Encode a melody; raises `TokenError` for another metre, polyphony, and pitches out of range."""
        return self.grid.encode_phrase(phrase)

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """Decode token ids to a phrase; raises `TokenError` for another shape or unknown ids.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo of the phrase in quarter notes a minute.
            velocity: MIDI velocity of all notes.

        Returns:
            The phrase.
        """
        return self.grid.decode_ids(ids, tempo_qpm, velocity)

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last note-on."""
        return self.grid.onset_ids

    @property
    def pitch_ids(self) -> tuple[int, int]:
        """First and last note-on."""
        return self.grid.pitch_ids

    @property
    def pitch_range(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch."""
        return self.grid.pitch_range

    def fit(self, phrase: Phrase) -> Phrase:
        """The phrase itself: a row holds any bar."""
        return phrase

    def cut_out(
        self, ids: UInt8[np.ndarray, "window bar position"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Turn windows of longer music into phrases of their own."""
        return self.grid.cut_out(ids)

    def silent_bars(self, ids: UInt8[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the bars in which no note sounds."""
        return self.grid.silent_bars(ids)

    def transpose_ids(
        self, ids: UInt8[np.ndarray, "window bar position"], semitones: Int64[np.ndarray, " window"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Transpose each window by its own number of semitones, or as far as the vocabulary reaches."""
        return self.grid.transpose_ids(ids, semitones)

    # -- miditok's interface

    def _tweak_config_before_creating_voc(self) -> None:
        self.config.special_tokens = []  # miditok's mandatory PAD would take id 0
        self._note_on_off = True  # so that preprocessing keeps the durations as they are

    def _create_base_vocabulary(self) -> list[str]:
        return list(self.token_names)

    def _create_token_types_graph(self) -> dict[str, set[str]]:
        types = {"Hold", "NoteOff", "NoteOn"}
        return {type_: set(types) for type_ in types}

    def _add_time_events(self, events: list[Event], time_division: int) -> list[Event]:
        """Return the events: on a grid the position of an id is its time."""
        return events

    def preprocess_score(self, score: ScoreTick) -> ScoreTick:
        """Resample to sixteenths, after refusing notes that miditok would drop silently.

        Raises:
            TokenError: The score is in another metre or out of the pitch range.
        """
        for signature in score.time_signatures:
            if not _same_bar(signature.numerator, signature.denominator, self.metre):
                raise TokenError(
                    f"This tokenizer takes {self.metre}, and the score is in "
                    f"{signature.numerator}/{signature.denominator}."
                )
        for track in score.tracks:
            for note in track.notes:
                if not self.grid.min_pitch <= note.pitch <= self.grid.max_pitch:
                    raise TokenError(
                        f"The pitch {note.pitch} lies outside {self.grid.min_pitch} to "
                        f"{self.grid.max_pitch}. Transpose the score."
                    )
        return super().preprocess_score(score)

    def _score_to_tokens(self, score: ScoreTick, *_: Any) -> list[TokSequence]:
        end = max((marker.time for marker in score.markers if marker.text == END_MARKER), default=0)
        return [self._notes_to_tokens(track.notes, end) for track in score.tracks]

    def _notes_to_tokens(self, notes: NoteTickList, end_step: int) -> TokSequence:
        note = notes.numpy()
        end_step = max(1, end_step, int((note["time"] + note["duration"]).max(initial=0)))
        bars = -(-end_step // self.positions_per_bar)
        phrase = Phrase(Grid.of_metre(self.metre, bars), note["time"], note["duration"], note["pitch"])
        sequence = TokSequence(ids=self.encode_phrase(phrase).reshape(-1).tolist())
        self.complete_sequence(sequence)
        return sequence

    def _tokens_to_score(
        self, tokens: list[TokSequence], programs: list[tuple[int, bool]] | None = None
    ) -> ScoreTick:
        score = Score(STEPS_PER_QUARTER)
        for index, sequence in enumerate(tokens):
            program, is_drum = programs[index] if programs else (0, False)
            phrase = self.decode_ids(self._bars(self._tokens_to_ids(sequence.tokens)))
            part = Score.from_midi(to_bytes(phrase, program)).resample(STEPS_PER_QUARTER, min_dur=1)
            for track in part.tracks:
                track.is_drum = is_drum
                score.tracks.append(track)
            score.markers.extend(part.markers)
            score.time_signatures = part.time_signatures
        return score

    def _bars(self, ids: list[int]) -> UInt8[np.ndarray, "bar position"]:
        """Ids of a sequence of any length as whole bars, the last one filled up with holds."""
        bars = max(1, -(-len(ids) // self.positions_per_bar))
        filled = np.zeros(bars * self.positions_per_bar, np.uint8)
        filled[: len(ids)] = ids
        return filled.reshape(bars, self.positions_per_bar)


def _config_of(grid: MelodyGrid) -> TokenizerConfig:
    return TokenizerConfig(
        pitch_range=(grid.min_pitch, grid.max_pitch),
        beat_res={(0, 4): STEPS_PER_QUARTER},
        use_velocities=False,
        use_time_signatures=False,  # with them miditok would count eighths as beats in 6/8
        use_pitchdrum_tokens=False,  # with them it would drop the highest and lowest notes of a drum track
        metre=grid.metre,
        min_pitch=grid.min_pitch,
        max_pitch=grid.max_pitch,
    )


def _grid_in(path: str | PathLike[str]) -> MelodyGrid:
    grid = load_tokenizer(Path(path))
    assert isinstance(grid, MelodyGrid)
    return grid


def _same_bar(numerator: int, denominator: int, metre: str) -> bool:
    """True if bars of a time signature fill bars of ``metre``: 2/4 and 2/2 those of 4/4, 3/8 those of 6/8."""
    signature = f"{numerator}/{denominator}"
    return signature in GRID_BARS and GRID_BARS[signature].metre == metre
