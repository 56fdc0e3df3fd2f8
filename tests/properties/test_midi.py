"""MIDI round trips: a phrase is equal after writing and reading."""

import io

import numpy as np
import pretty_midi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.errors import MidiError
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import to_bytes
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase, join
from symvae.music.quantize import resolve_overlaps
from symvae.music.windows import whole, windows

TEMPOS_QPM = st.integers(2_000, 30_000).map(lambda hundredths: hundredths / 100)


@st.composite
def phrases(draw, metre: str | None = None) -> Phrase:
    """Notes of which no two of equal pitch sound at once: silence, chords, crossing voices."""
    grid = Grid.of_metre(metre or draw(st.sampled_from(list(METRES))), draw(st.integers(1, 4)))
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, grid.num_steps - 1),
                st.integers(1, grid.num_steps),
                st.integers(0, 127),
                st.integers(1, 127),
            ),
            max_size=12,
        )
    )
    onset, duration, pitch, velocity = np.array(rows, np.int64).reshape(-1, 4).T
    onset, duration, pitch, velocity = resolve_overlaps(
        onset, np.minimum(duration, grid.num_steps - onset), pitch, velocity
    )
    return Phrase(grid, onset, duration, pitch, velocity, draw(TEMPOS_QPM))


@given(phrases())
def test_a_phrase_is_equal_after_writing_and_reading(phrase: Phrase) -> None:
    song = load(to_bytes(phrase))
    reading = windows(song, phrase.grid, polyphonic=True)
    assert reading.phrases == (phrase,)
    assert reading.dropped == ()
    assert reading.timing.mean_shift_step == 0.0
    assert whole(song, polyphonic=True).phrases == (phrase,)


@given(phrases())
def test_melody_extraction_keeps_a_melody(phrase: Phrase) -> None:
    melody = whole(load(to_bytes(phrase))).phrases[0]
    assert melody.is_monophonic
    assert windows(load(to_bytes(melody)), melody.grid).phrases == (melody,)


@given(phrases())
def test_pretty_midi_reads_the_same_notes_at_the_same_seconds(phrase: Phrase) -> None:
    midi = pretty_midi.PrettyMIDI(io.BytesIO(to_bytes(phrase)))
    notes = sorted((n.start, n.pitch, n.velocity) for i in midi.instruments for n in i.notes)
    wanted = sorted(zip(phrase.onset_step * phrase.step_sec, phrase.pitch, phrase.velocity, strict=True))
    np.testing.assert_allclose(notes, wanted, rtol=1e-3, atol=1e-6)


@given(st.lists(phrases("4/4"), min_size=2, max_size=4))
def test_phrases_in_sequence_are_read_as_their_concatenation(parts: list[Phrase]) -> None:
    joined = join(parts)
    assert windows(load(to_bytes(parts)), joined.grid, polyphonic=True).phrases == (joined,)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_raise_a_midi_error(data: bytes) -> None:
    with pytest.raises(MidiError):
        load(data)


@given(st.binary(max_size=200))
def test_arbitrary_track_contents_are_read_or_raise_a_midi_error(events: bytes) -> None:
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk" + len(events).to_bytes(4, "big")
    try:
        song = load(header + events)
    except MidiError:
        return
    windows(song, Grid(2), polyphonic=True)
