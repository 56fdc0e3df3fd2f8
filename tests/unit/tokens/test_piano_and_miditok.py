"""Piano bars against miditok's REMI: equal vocabularies, equal tokens."""

import numpy as np
import pytest
from miditok import REMI, TokenizerConfig
from symusic import Score, Tempo

from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import TICKS_PER_STEP, to_bytes
from symvae.music.phrase import Phrase
from symvae.music.windows import whole
from symvae.tokens.piano import PianoBars
from symvae.tokens.piano_vocabulary import PAD, STEPS_PER_BAR, TEMPOS_QPM, VELOCITIES
from tests.conftest import TUNES

#: The bundled tunes in 4/4 and 2/2.
BUNDLED = [
    *("ah_vous_dirai_je", "auld_lang_syne", "fishers_hornpipe", "frere_jacques"),
    *("ode_to_joy", "ode_to_joy_performed", "soldiers_joy", "wind_that_shakes_the_barley"),
]


@pytest.fixture(scope="module")
def remi() -> REMI:
    """miditok's tokenizer from the settings in our file."""
    settings = PianoBars().to_dict()["config"]
    assert settings.pop("additional_params") == {"metre": "4/4"}
    beat_res = {tuple(map(int, beats.split("_"))): res for beats, res in settings.pop("beat_res").items()}
    return REMI(TokenizerConfig(beat_res=beat_res, **settings))


def spelled(remi: REMI, phrase: Phrase) -> list[list[str]]:
    """miditok's tokens of the phrase's file, bar by bar, without Bar and the Position_0 after it."""
    score = Score.from_midi(to_bytes(phrase))
    ticks = range(0, phrase.grid.num_steps * TICKS_PER_STEP, STEPS_PER_BAR * TICKS_PER_STEP)
    score.tempos = [Tempo(tick, phrase.tempo_qpm) for tick in ticks]
    bars: list[list[str]] = []
    for token in remi(score)[0].tokens:
        if token == "Bar_None":
            bars.append([])
        elif bars[-1] or token != "Position_0":
            bars[-1].append(token)
    return bars


def ours(phrase: Phrase) -> list[list[str]]:
    names = PianoBars().token_names
    return [[names[an_id] for an_id in row if an_id != PAD] for row in PianoBars().encode_phrase(phrase)]


def test_the_vocabularies_are_equal(remi: REMI) -> None:
    by_id = sorted(remi.vocab, key=remi.vocab.__getitem__)
    assert by_id == list(PianoBars().token_names)
    assert sorted(remi.vocab.values()) == list(range(218))


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_tune_has_equal_tokens(remi: REMI, name: str) -> None:
    """Halfway between two velocities miditok takes the louder and we the softer, so classes go in."""
    (tune,) = whole(load(TUNES / f"{name}.mid"), polyphonic=True).phrases
    phrase = PianoBars().decode_ids(PianoBars().encode_phrase(tune))
    assert len(phrase) == len(tune) > 20
    assert spelled(remi, phrase) == ours(phrase)


@pytest.mark.parametrize("seed", range(8))
def test_polyphony_has_equal_tokens(remi: REMI, seed: int) -> None:
    """Chords and held notes of all classes; every pitch has its own stretch, so that none is cut by MIDI."""
    chance = np.random.default_rng(seed)
    grid = Grid(6)
    pitch = np.repeat(chance.permutation(np.arange(21, 109))[:40], 2)
    onset = np.stack([chance.integers(0, 32, 40), chance.integers(48, 96, 40)], axis=1).ravel()
    ends = np.where(onset < 32, 48, grid.num_steps)
    duration = chance.integers(1, np.minimum(ends - onset, 64), endpoint=True)
    tempo_qpm = float(chance.choice(TEMPOS_QPM))
    phrase = Phrase(grid, onset, duration, pitch, chance.choice(VELOCITIES, len(onset)), tempo_qpm)
    assert spelled(remi, phrase) == ours(phrase)


def test_silence_between_notes_has_equal_tokens(remi: REMI) -> None:
    columns = ([3, 64], [1, 16], [60, 64], [63, 127])
    phrase = Phrase(Grid(5), *(np.array(column) for column in columns), tempo_qpm=float(TEMPOS_QPM[9]))
    assert [len(bar) for bar in ours(phrase)] == [5, 1, 1, 1, 4]
    assert spelled(remi, phrase) == ours(phrase)
