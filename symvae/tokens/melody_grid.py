"""The melody grid: one id a sixteenth, for a melody in which one note sounds at a time.

    0   hold       the sounding note or the silence continues
    1   note-off   the sounding note ends, and silence follows
    2…  note-on    a note of pitch ``min_pitch + id - 2`` starts and ends the one before

This is the representation of MusicVAE (Roberts et al. 2018, arXiv 1803.05428: a note-on for each pitch, a
note-off, and a token for no change), limited to the 88 keys of the piano: 90 classes. As in magenta's
converter, a held note and a continued silence are the same token.

Each phrase has one canonical encoding, the one of `ids_of`: a note-off only where a sounding note ends and
none starts, no note-off at the end of the phrase, and holds before the first note. `phrase_of` decodes any
ids: a note-off or a hold without a sounding note is silence.

Ids carry neither velocity nor tempo. This module needs numpy alone, since miditok takes seconds to import:
`symvae.tokens.phrase_tokenizer` makes a miditok tokenizer of it, with the same file.
"""

from dataclasses import dataclass
from os import PathLike
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt8

from symvae.errors import TokenError
from symvae.files.limit import shown
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase
from symvae.music.pitch import PIANO_PITCHES
from symvae.tokens.attributes import SCORE_ATTRIBUTES
from symvae.tokens.save import save_tokenizer
from symvae.tokens.transpose import shift_pitches

HOLD = 0
NOTE_OFF = 1
FIRST_NOTE_ON = 2

PIANO_MIN_PITCH, PIANO_MAX_PITCH = PIANO_PITCHES


@dataclass(frozen=True)
class MelodyGrid:
    """Tokenizer of monophonic phrases: the melody grid of one metre.

    Raises:
        TokenError: The metre is unknown, or the pitch range exceeds that of MIDI.
    """

    name: ClassVar[str] = "melody"
    saved_as: ClassVar[str] = "MelodyTokenizer"
    padding: ClassVar[int | None] = None
    absent: ClassVar[int | None] = None
    part_names: ClassVar[tuple[str, ...]] = ()
    on_grid: ClassVar[bool] = True
    polyphonic: ClassVar[bool] = False
    drums: ClassVar[bool] = False
    attributes: ClassVar[tuple[str, ...]] = SCORE_ATTRIBUTES

    metre: str = "4/4"
    min_pitch: int = PIANO_MIN_PITCH
    max_pitch: int = PIANO_MAX_PITCH

    def __post_init__(self) -> None:
        if self.metre not in METRES:
            raise TokenError(
                f"The metre {shown(self.metre)} has no melody grid. Known metres: {', '.join(METRES)}."
            )
        if not 0 <= self.min_pitch <= self.max_pitch <= 127:
            raise TokenError(
                f"A pitch range goes upwards within 0 to 127, not from {self.min_pitch} to {self.max_pitch}."
            )

    @property
    def positions_per_bar(self) -> int:
        """Sixteenths of a bar."""
        return Grid.of_metre(self.metre, bars=1).steps_per_bar

    @property
    def vocabulary_size(self) -> int:
        """Number of ids: hold, note-off and the note-ons."""
        return FIRST_NOTE_ON + self.max_pitch - self.min_pitch + 1

    @property
    def token_names(self) -> tuple[str, ...]:
        """Names of the ids in miditok's form, Type_Value."""
        pitches = range(self.min_pitch, self.max_pitch + 1)
        return ("Hold_None", "NoteOff_None", *(f"NoteOn_{pitch}" for pitch in pitches))

    def encode_phrase(self, phrase: Phrase) -> UInt8[np.ndarray, "bar position"]:
        """Encode a melody.

        Raises:
            TokenError: The phrase is in another metre, polyphonic, or out of the pitch range.
        """
        if phrase.grid.metre != self.metre:
            raise TokenError(
                f"This tokenizer takes phrases in {self.metre}, and this one is in {phrase.grid.metre}."
            )
        return ids_of(phrase, self.min_pitch, self.max_pitch)

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """Decode token ids to a phrase.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo of the phrase in quarter notes a minute.
            velocity: MIDI velocity of all notes.

        Returns:
            The phrase, on a grid of as many bars as ``ids`` has rows.

        Raises:
            TokenError: The ids have another shape or are not in the vocabulary.
        """
        ids = np.asarray(ids)
        if ids.ndim != 2 or ids.shape[0] < 1 or ids.shape[1] != self.positions_per_bar:
            raise TokenError(
                f"Ids of a {self.metre} melody are shaped (bar, {self.positions_per_bar}), not {ids.shape}."
            )
        if ids.min() < 0 or ids.max() >= self.vocabulary_size:
            raise TokenError(
                f"Ids go from 0 to {self.vocabulary_size - 1}, and these from {ids.min()} to {ids.max()}: "
                "they are of another vocabulary."
            )
        return phrase_of(ids, Grid.of_metre(self.metre, len(ids)), self.min_pitch, tempo_qpm, velocity)

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last note-on."""
        return FIRST_NOTE_ON, self.vocabulary_size - 1

    @property
    def pitch_ids(self) -> tuple[int, int]:
        """First and last note-on."""
        return self.onset_ids

    @property
    def pitch_range(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch."""
        return self.min_pitch, self.max_pitch

    def fit(self, phrase: Phrase) -> Phrase:
        """The phrase itself: a row holds any bar."""
        return phrase

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        """The phrase itself."""
        return phrase

    def cut_out(
        self, ids: UInt8[np.ndarray, "window bar position"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Turn windows into phrases: a note-off that ends no note of the window becomes a hold."""
        flat = ids.reshape(len(ids), -1)
        result = np.full_like(flat, HOLD)
        sounding = np.zeros(len(flat), bool)
        for step, column in enumerate(flat.T):
            onset = column >= FIRST_NOTE_ON
            np.copyto(result[:, step], column, where=onset | sounding)
            sounding = onset | (sounding & (column == HOLD))
        return result.reshape(ids.shape)

    def silent_bars(self, ids: UInt8[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the bars in which no note sounds."""
        flat = ids.reshape(len(ids), -1)
        steps = np.arange(flat.shape[1])
        last_event = np.maximum.accumulate(np.where(flat != HOLD, steps, 0), axis=1)
        sounding = np.take_along_axis(flat, last_event, axis=1) >= FIRST_NOTE_ON
        return sounding.reshape(ids.shape).sum(axis=-1) == 0

    def transpose_ids(
        self, ids: UInt8[np.ndarray, "window bar position"], semitones: Int64[np.ndarray, " window"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Transpose each window by its own number of semitones, or as far as the vocabulary reaches."""
        return shift_pitches(ids, semitones, *self.pitch_ids)

    def save(self, out_path: str | PathLike[str]) -> None:
        """Write to a file, or as ``tokenizer.json`` into a folder, in miditok's format."""
        save_tokenizer(self.to_dict(), out_path)

    def to_dict(self) -> dict[str, Any]:
        """Content of the file: miditok's keys, and ours in its ``additional_params``."""
        return {
            "tokenization": self.saved_as,
            "config": {
                "pitch_range": [self.min_pitch, self.max_pitch],
                "beat_res": {"0_4": 4},
                "time_signature_range": {},
                "special_tokens": [],
                "additional_params": {
                    "metre": self.metre,
                    "min_pitch": self.min_pitch,
                    "max_pitch": self.max_pitch,
                },
            },
        }


def ids_of(
    phrase: Phrase, min_pitch: int = PIANO_MIN_PITCH, max_pitch: int = PIANO_MAX_PITCH
) -> UInt8[np.ndarray, "bar position"]:
    """Encode a monophonic phrase of any metre canonically.

    Args:
        phrase: The melody.
        min_pitch: MIDI pitch of the first note-on.
        max_pitch: MIDI pitch of the last note-on.

    Returns:
        Token ids, one for each sixteenth.

    Raises:
        TokenError: The phrase is polyphonic or out of the pitch range.
    """
    if not phrase.is_monophonic:
        clash = int(np.argmax(phrase.onset_step[1:] < phrase.end_step[:-1])) + 1
        raise TokenError(
            f"A melody has one note at a time, and at step {phrase.onset_step[clash]} a note starts while "
            "another sounds. Take the melody line first."
        )
    outside = (phrase.pitch < min_pitch) | (phrase.pitch > max_pitch)
    if outside.any():
        raise TokenError(
            f"The pitch {phrase.pitch[np.argmax(outside)]} lies outside {min_pitch} to {max_pitch}. "
            "Transpose the phrase."
        )
    ids = np.full(phrase.grid.num_steps + 1, HOLD, np.uint8)  # one more, for notes that end with the phrase
    ids[phrase.end_step] = NOTE_OFF
    ids[phrase.onset_step] = FIRST_NOTE_ON + phrase.pitch - min_pitch
    return ids[:-1].reshape(phrase.grid.bars, phrase.grid.steps_per_bar)


def phrase_of(
    ids: Integer[np.ndarray, "bar position"],
    grid: Grid,
    min_pitch: int = PIANO_MIN_PITCH,
    tempo_qpm: float = DEFAULT_TEMPO_QPM,
    velocity: int = DEFAULT_VELOCITY,
) -> Phrase:
    """Decode token ids on a grid: a note lasts until the next event or the end.

    Args:
        ids: Token ids, one for each sixteenth.
        grid: Grid of the phrase, of the same shape.
        min_pitch: MIDI pitch of the first note-on.
        tempo_qpm: Tempo of the phrase in quarter notes a minute.
        velocity: MIDI velocity of all notes.

    Returns:
        The phrase.
    """
    flat = ids.reshape(-1)
    event_step = np.flatnonzero(flat != HOLD)
    event = flat[event_step].astype(np.int64)
    lasts = np.diff(event_step, append=len(flat))
    is_onset = event >= FIRST_NOTE_ON
    pitch = event[is_onset] - FIRST_NOTE_ON + min_pitch
    return Phrase(
        grid,
        onset_step=event_step[is_onset],
        duration_step=lasts[is_onset],
        pitch=pitch,
        velocity=np.full(len(pitch), velocity),
        tempo_qpm=tempo_qpm,
    )
