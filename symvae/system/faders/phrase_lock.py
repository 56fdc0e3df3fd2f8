"""Lock of one phrase, from the words of a user (`symvae.pipelines.song_locks`: those of a song's tracks)."""

from collections.abc import Iterable

import numpy as np

from symvae.errors import ConfigError
from symvae.music.chord_symbols import chart_changes, parse_chart
from symvae.music.chords import chords_at, chords_of
from symvae.music.locks import Lock, bass_line
from symvae.music.melody_line import skyline
from symvae.music.phrase import Phrase

MELODY, BASS, RHYTHM, HARMONY, NOTHING = "melody", "bass", "rhythm", "harmony", "nothing"
WORDS = (MELODY, RHYTHM, BASS, HARMONY, NOTHING)
ESTIMATED = "estimated"


def phrase_lock(
    phrase: Phrase, keep: str | Iterable[str] | None, chords: str | None, *, polyphonic: bool
) -> Lock | None:
    """Lock a phrase.

    Args:
        phrase: The phrase.
        keep: Words of `WORDS`; None for no lock.
        chords: Chords that bind new notes, as "C Am", or "estimated"; None to estimate them beside a lock.
        polyphonic: The model has all voices.

    Returns:
        The lock; None where nothing is kept and no chords are given.

    Raises:
        ConfigError: A word is none of `WORDS`, stands beside "nothing", or the melody of one line is to stay.
    """
    words = {keep} if isinstance(keep, str) else set(keep or ())
    if unknown := sorted(words - set(WORDS)):
        raise ConfigError(
            f"A phrase can keep {', '.join(WORDS)}, not {', '.join(map(repr, unknown)):.60}. Tracks are kept "
            "in whole songs, with fade_song."
        )
    if NOTHING in words and len(words) > 1:
        raise ConfigError("Nothing is kept, or something: give nothing alone.")
    if MELODY in words and not polyphonic:
        raise ConfigError("A model of one line moves the melody itself. Keep its rhythm or harmony.")
    if not words - {NOTHING} and chords is None:
        return None
    kept = np.zeros(len(phrase), bool)
    if MELODY in words:
        kept[skyline(phrase.onset_step, phrase.duration_step, phrase.pitch).kept] = True
    if BASS in words:
        kept |= bass_line(phrase)
    grid = phrase.grid
    if chords in (None, ESTIMATED):
        spans = chords_of(phrase)
    else:
        lines = [bar * grid.steps_per_bar for bar in range(grid.bars + 1)]
        spans = chords_at(chart_changes(parse_chart(chords), lines), grid, 0.0, 1.0)
    rhythm, harmony = RHYTHM in words, HARMONY in words
    return Lock(phrase, kept, spans, rhythm=rhythm, harmony=harmony, one_voice=not polyphonic)
