"""Figures of faders with known answers: moves that edit phrases themselves, and moves that do not.

The tempo can be set exactly; the register by transposition, to half a semitone.
"""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from symvae.errors import CorpusError
from symvae.evaluation.control import POSITIONS, Move, control, measure_moves, targets, values_of
from symvae.evaluation.held_out import HeldOut, held_out
from symvae.evaluation.metrics.control import FaderFigures
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE

NAMES = ("tempo", "register")
TEMPO, REGISTER = range(2)


def music(count: int = 200) -> list[Phrase]:
    """Four notes each, at a height and a tempo of their own."""
    chance = np.random.default_rng(0)
    return [
        Phrase(
            Grid(1),
            np.array([0, 4, 8, 12]),
            np.full(4, 4),
            round(chance.normal(60, 4)) + chance.permutation(4) * 2,
            tempo_qpm=float(np.clip(chance.normal(110, 15), 40, 200)),
        )
        for _ in range(count)
    ]


MUSIC = music()
SCALES = Scales.fit(NAMES, measure_phrases(MUSIC, NAMES))


def perfect(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    if fader == TEMPO:
        return [phrase.with_tempo(value) for phrase, value in zip(phrases, values, strict=True)]
    by = values - measure_phrases(phrases, ["register"])[:, 0]
    return [phrase.transpose(round(semitones)) for phrase, semitones in zip(phrases, by, strict=True)]


def deaf(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    return list(phrases)


def stubborn(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    return [MUSIC[0]] * len(phrases)


def backwards(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    middle = measure_phrases(MUSIC, NAMES)[:, fader].mean()
    return perfect(phrases, fader, 2 * middle - values)


def silencing(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    return [Phrase(phrase.grid, tempo_qpm=phrase.tempo_qpm) for phrase in phrases]


def figures_of(move: Move, fader: str) -> dict:
    return measure_moves(SCALES, MUSIC, move)["faders"][fader]


def test_a_perfect_tempo() -> None:
    f = figures_of(perfect, "tempo")
    positions = FaderFigures(**f["positions"])
    assert (f["pearson"], f["error"], f["error_std"]) == pytest.approx((1, 0, 0), abs=1e-3)
    assert positions[:7] == pytest.approx((1,) * 7, abs=1e-3)
    assert (positions.error_std, positions.dead_share) == pytest.approx((0, 0), abs=1e-3)
    asked = SCALES.calibrations[TEMPO].value_at(POSITIONS)
    assert positions.range_std == pytest.approx(np.ptp(asked) / f["data_std"], abs=1e-3)
    assert list(f["content"].values()) == pytest.approx([1, 1, 1, 1])
    assert f["silent"] == 0


def test_a_transposition_is_right_to_half_a_semitone_and_leaves_only_the_rhythm() -> None:
    f = figures_of(perfect, "register")
    assert f["error"] <= 0.5
    assert f["pearson"] > 0.99
    assert f["positions"]["restrictiveness"] == pytest.approx(1)
    assert f["positions"]["item_spearman"] > 0.99
    assert f["positions"]["dead_share"] == 0
    assert f["content"]["groove"] == pytest.approx(1)
    assert f["content"]["chroma"] < 0.6
    assert f["content"]["chroma_near"] > f["content"]["chroma"]


@pytest.mark.parametrize("fader", NAMES)
@pytest.mark.parametrize("move", [deaf, stubborn])
def test_a_move_that_ignores_what_is_asked_earns_nothing(move: Move, fader: str) -> None:
    """With 200 phrases asked by lot for another one's value, Pearson is .0 give or take .07."""
    f = figures_of(move, fader)
    positions = FaderFigures(**f["positions"])
    assert abs(f["pearson"]) < (0.2 if move is deaf else 1e-12)
    assert f["error_std"] > 0.7
    assert positions.pearson == pytest.approx(0, abs=1e-9)
    assert (positions.spearman, positions.item_spearman) == pytest.approx((0, 0), abs=1e-9)
    assert (positions.range_std, positions.dead_share) == (0, 1)


def test_content_is_what_is_left_of_the_phrase_itself() -> None:
    assert figures_of(deaf, "register")["content"] == pytest.approx(
        {"chroma": 1, "groove": 1, "chroma_near": 1, "groove_near": 1}
    )
    assert figures_of(stubborn, "register")["content"]["chroma"] < 0.7


def test_a_fader_turned_round_is_as_bad_as_can_be() -> None:
    f = figures_of(backwards, "tempo")
    assert (f["pearson"], f["positions"]["pearson"]) == pytest.approx((-1, -1), abs=1e-3)
    assert f["positions"]["dead_share"] == 0


def test_silence_is_counted_and_measured() -> None:
    """As it is defined: its register is middle C."""
    whole = measure_moves(SCALES, MUSIC, silencing)
    assert whole["silent"] == 2 * 8 * len(MUSIC)
    assert whole["faders"]["register"]["silent"] == 8 * len(MUSIC)
    assert whole["faders"]["register"]["positions"]["dead_share"] == 1


def test_what_no_two_phrases_differ_in_is_named() -> None:
    with pytest.raises(CorpusError, match=r"No two of the held-out phrases differ in tempo\. Prepare more"):
        measure_moves(SCALES, [phrase.with_tempo(100.0) for phrase in MUSIC], perfect)


def test_strangers_are_a_floor_for_content() -> None:
    strangers = measure_moves(SCALES, MUSIC, deaf)["strangers"]
    assert strangers["groove"] == pytest.approx(1)  # all have the same rhythm
    assert 0 < strangers["chroma"] < 0.7


def test_each_phrase_is_asked_for_what_another_one_has() -> None:
    asked: dict[int, list[float]] = {}

    def spy(phrases, fader, values):
        asked[fader] = values.tolist()
        return deaf(phrases, fader, values)

    first = targets(SCALES, MUSIC, spy, seed=1)
    before = measure_phrases(MUSIC, NAMES)
    for fader in range(2):
        assert sorted(asked[fader]) == sorted(before[:, fader].tolist())
        assert asked[fader] != before[:, fader].tolist()
    assert targets(SCALES, MUSIC, deaf, seed=1) == first
    assert targets(SCALES, MUSIC, deaf, seed=2) != first


def test_positions_are_told_in_each_attributes_unit() -> None:
    values = values_of(SCALES)
    assert {name: len(row) for name, row in values.items()} == {"tempo": 8, "register": 8}
    assert values["tempo"] == pytest.approx(SCALES.calibrations[TEMPO].value_at(POSITIONS), abs=1e-4)
    assert all((np.diff(row) >= 0).all() for row in values.values())


def test_progress_is_told_once_a_fader() -> None:
    told: list[float] = []
    measure_moves(SCALES, MUSIC[:5], perfect, progress=lambda what, share: told.append(share))
    assert told == [0.5, 1.0]


# A model's own


class Faded(SymVAE):
    """z is the phrase itself; faders transpose, exactly where several decodes are allowed."""

    def __init__(self, perfect: SymVAE, windows: HeldOut) -> None:
        super().__init__(perfect.folder, perfect.config, perfect.vae, perfect.tokenizer)
        names = ("register", "notes_per_bar")
        self.scales = Scales.fit(names, measure_phrases(self.to_phrases(windows.ids), names))
        self.best_ofs: set[int] = set()

    def fade_each(self, phrases, values, *, hold=(), best_of=1, refine=True):
        self.best_ofs.add(best_of)
        off = 0 if best_of > 1 else 3 if refine else 6
        return [
            phrase.transpose(round(wish["register"] - before) + off) if "register" in wish else phrase
            for phrase, wish, before in zip(
                phrases, values, measure_phrases(phrases, ["register"])[:, 0], strict=True
            )
        ]


@pytest.fixture
def windows(perfect: SymVAE, memory_shards) -> HeldOut:
    return held_out(memory_shards, perfect.config)


def test_a_models_faders_are_asked_once_and_as_the_nearest_of_several(perfect, windows: HeldOut) -> None:
    model = Faded(perfect, windows)
    figures = control(model, windows, phrases=20, best_of=4, seed=3)
    assert model.best_ofs == {1, 4}
    assert (figures["phrases"], figures["seed"], figures["best_of"]) == (20, 3, 4)
    register, notes = figures["faders"]["register"], figures["faders"]["notes_per_bar"]
    assert register["error"] == pytest.approx(3, abs=0.6)
    assert register["best_of_4"]["error"] <= 0.5
    assert register["unsettled"]["error"] == pytest.approx(6, abs=0.6)
    assert (
        set(register["best_of_4"])
        == set(register["unsettled"])
        == {"pearson", "spearman", "error", "error_std"}
    )
    assert notes["positions"]["dead_share"] == 1
    assert set(figures["disentanglement"]) == {
        *("phrases", "interpretability", "mig", "modularity", "sap", "spearman")
    }
    assert figures["disentanglement"]["phrases"] == len(windows.ids)
    json.dumps(figures)


def test_no_more_phrases_than_there_are(perfect, windows: HeldOut) -> None:
    figures = control(Faded(perfect, windows), windows, phrases=10**6, best_of=2)
    assert figures["phrases"] == len(windows.ids)


def test_a_fader_by_itself_is_judged_too() -> None:
    """There is nothing beside it that should stay, and all else is as in company."""
    alone = measure_moves(Scales.fit(("tempo",), measure_phrases(MUSIC, ["tempo"])), MUSIC, perfect)
    tempo, beside = alone["faders"]["tempo"], figures_of(perfect, "tempo")
    assert np.isnan(tempo["positions"].pop("restrictiveness"))
    del beside["positions"]["restrictiveness"]
    assert (tempo.pop("others"), beside.pop("others")) == ({}, {"register": 1.0})
    for part in ("positions", "content"):
        assert tempo.pop(part) == pytest.approx(beside.pop(part))
    assert tempo == pytest.approx(beside)
