"""Control by faders with known answers: moves that edit phrases directly, and moves that do not.

The tempo can be set exactly; the register by transposition, to within half a semitone.
"""

from collections.abc import Sequence

import numpy as np
import pytest

from symvae.errors import CorpusError
from symvae.evaluation.control import control
from symvae.evaluation.held_out import HeldOut, held_out
from symvae.evaluation.moves import POSITIONS, FaderFigures, Move, measure_moves, position_values, targets
from symvae.evaluation.reports.evaluate import evaluate_control, to_markdown
from symvae.evaluation.result import as_json
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE

NAMES = ("tempo", "register")
TEMPO, REGISTER = range(2)


def music(count: int = 200) -> list[Phrase]:
    """Four notes each, with a register and a tempo of their own."""
    rng = np.random.default_rng(0)
    return [
        Phrase(
            Grid(1),
            np.array([0, 4, 8, 12]),
            np.full(4, 4),
            round(rng.normal(60, 4)) + rng.permutation(4) * 2,
            tempo_qpm=float(np.clip(rng.normal(110, 15), 40, 200)),
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


def inert(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    return list(phrases)


def constant(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    return [MUSIC[0]] * len(phrases)


def inverted(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    middle = measure_phrases(MUSIC, NAMES)[:, fader].mean()
    return perfect(phrases, fader, 2 * middle - values)


def silencing(phrases: Sequence[Phrase], fader: int, values: np.ndarray) -> list[Phrase]:
    return [Phrase(phrase.grid, tempo_qpm=phrase.tempo_qpm) for phrase in phrases]


def figures_of(move: Move, fader: str) -> FaderFigures:
    return measure_moves(SCALES, MUSIC, move).faders[fader]


def test_a_perfect_tempo_fader() -> None:
    f = figures_of(perfect, "tempo")
    positions = f.positions
    assert (f.targets.pearson, f.targets.error, f.targets.error_std) == pytest.approx((1, 0, 0), abs=1e-3)
    assert positions[:7] == pytest.approx((1,) * 7, abs=1e-3)
    assert (positions.error_std, positions.dead_share) == pytest.approx((0, 0), abs=1e-3)
    values = SCALES.calibrations[TEMPO].value_at(POSITIONS)
    assert positions.range_std == pytest.approx(np.ptp(values) / f.data_std, abs=1e-3)
    assert f.content == pytest.approx((1, 1, 1, 1))
    assert f.silent == 0


def test_transposition_is_accurate_to_half_a_semitone_and_keeps_the_rhythm() -> None:
    f = figures_of(perfect, "register")
    assert f.targets.error <= 0.5
    assert f.targets.pearson > 0.99
    assert f.positions.restrictiveness == pytest.approx(1)
    assert f.positions.item_spearman > 0.99
    assert f.positions.dead_share == 0
    assert f.content.groove == pytest.approx(1)
    assert f.content.chroma < 0.6
    assert f.content.chroma_near > f.content.chroma


@pytest.mark.parametrize("fader", NAMES)
@pytest.mark.parametrize("move", [inert, constant])
def test_a_move_that_ignores_its_target_has_no_correlation(move: Move, fader: str) -> None:
    """With 200 phrases and random targets, Pearson's standard deviation is .07."""
    f = figures_of(move, fader)
    positions = f.positions
    assert abs(f.targets.pearson) < (0.2 if move is inert else 1e-12)
    assert f.targets.error_std > 0.7
    assert positions.pearson == pytest.approx(0, abs=1e-9)
    assert (positions.spearman, positions.item_spearman) == pytest.approx((0, 0), abs=1e-9)
    assert (positions.range_std, positions.dead_share) == (0, 1)


def test_similarity_is_to_the_input_phrase() -> None:
    assert figures_of(inert, "register").content == pytest.approx((1, 1, 1, 1))
    assert figures_of(constant, "register").content.chroma < 0.7


def test_an_inverted_fader_has_correlation_minus_1() -> None:
    f = figures_of(inverted, "tempo")
    assert (f.targets.pearson, f.positions.pearson) == pytest.approx((-1, -1), abs=1e-3)
    assert f.positions.dead_share == 0


def test_silent_outputs_are_counted_and_measured() -> None:
    """The register of silence is defined as middle C."""
    figures = measure_moves(SCALES, MUSIC, silencing)
    assert figures.silent == 2 * 8 * len(MUSIC)
    assert figures.faders["register"].silent == 8 * len(MUSIC)
    assert figures.faders["register"].positions.dead_share == 1


def test_an_attribute_without_variation_is_refused_by_name() -> None:
    with pytest.raises(CorpusError, match=r"No two of the held-out phrases differ in tempo\. Prepare more"):
        measure_moves(SCALES, [phrase.with_tempo(100.0) for phrase in MUSIC], perfect)


def test_unrelated_phrases_give_a_lower_bound_of_similarity() -> None:
    strangers = measure_moves(SCALES, MUSIC, inert).strangers
    assert strangers["groove"] == pytest.approx(1)  # all have the same rhythm
    assert 0 < strangers["chroma"] < 0.7


def test_targets_are_a_seeded_permutation_of_the_values() -> None:
    requested: dict[int, list[float]] = {}

    def spy(phrases, fader, values):
        requested[fader] = values.tolist()
        return inert(phrases, fader, values)

    first = targets(SCALES, MUSIC, spy, seed=1)
    before = measure_phrases(MUSIC, NAMES)
    for fader in range(2):
        assert sorted(requested[fader]) == sorted(before[:, fader].tolist())
        assert requested[fader] != before[:, fader].tolist()
    assert targets(SCALES, MUSIC, inert, seed=1) == first
    assert targets(SCALES, MUSIC, inert, seed=2) != first


def test_position_values_are_in_each_attributes_unit() -> None:
    values = position_values(SCALES)
    assert {name: len(row) for name, row in values.items()} == {"tempo": 8, "register": 8}
    assert values["tempo"] == pytest.approx(SCALES.calibrations[TEMPO].value_at(POSITIONS), abs=1e-4)
    assert all((np.diff(row) >= 0).all() for row in values.values())


def test_progress_is_reported_once_a_fader() -> None:
    shares: list[float] = []
    measure_moves(SCALES, MUSIC[:5], perfect, progress=lambda what, share: shares.append(share))
    assert shares == [0.5, 1.0]


# A model's own


class Faded(SymVAE):
    """Faders transpose: exactly with several decodes, 3 semitones off with one, 6 without refinement."""

    transfers_edits = False

    def __init__(self, perfect: SymVAE, windows: HeldOut) -> None:
        super().__init__(perfect.folder, perfect.config, perfect.vae, perfect.tokenizer)
        names = ("register", "notes_per_bar")
        self.scales = Scales.fit(names, measure_phrases(self.codec.to_phrases(windows.ids), names))
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


def test_a_model_is_measured_with_one_decode_and_with_the_best_of_several(perfect, windows: HeldOut) -> None:
    model = Faded(perfect, windows)
    figures = control(model, windows, phrases=20, best_of=4, seed=3)
    assert model.best_ofs == {1, 4}
    assert (figures.phrases, figures.seed, figures.best_of) == (20, 3, 4)
    register, notes = figures.moves.faders["register"], figures.moves.faders["notes_per_bar"]
    assert register.targets.error == pytest.approx(3, abs=0.6)
    assert figures.best["register"].error <= 0.5
    assert figures.unsettled["register"].error == pytest.approx(6, abs=0.6)
    assert notes.positions.dead_share == 1
    assert figures.disentanglement.phrases == len(windows.ids)


def test_metrics_json_has_all_ways_of_decoding_with_their_fader(perfect, windows: HeldOut) -> None:
    part = as_json(control(Faded(perfect, windows), windows, phrases=20, best_of=4))
    assert list(part) == [
        *("phrases", "seed", "best_of", "faders", "positions", "silent", "strangers", "disentanglement")
    ]
    target = ["pearson", "spearman", "error_std", "error"]
    row = part["faders"]["register"]
    assert list(row) == [
        *target,
        *("positions", "content", "others", "silent", "data_std", "unsettled", "best_of_4"),
    ]
    assert list(row["unsettled"]) == list(row["best_of_4"]) == target
    assert set(row["others"]) == {"notes_per_bar"}
    assert list(part["disentanglement"]) == [
        *("phrases", "interpretability", "mig", "modularity", "sap", "spearman")
    ]


def test_at_most_all_windows_are_used(perfect, windows: HeldOut) -> None:
    figures = control(Faded(perfect, windows), windows, phrases=10**6, best_of=2)
    assert figures.phrases == len(windows.ids)


def test_a_single_fader_is_measured_too() -> None:
    """Without restrictiveness, and with all other figures as beside another fader."""
    scales = Scales.fit(("tempo",), measure_phrases(MUSIC, ["tempo"]))
    single, pair = measure_moves(scales, MUSIC, perfect).faders["tempo"], figures_of(perfect, "tempo")
    assert np.isnan(single.positions.restrictiveness)
    assert (single.others, pair.others) == ({}, {"register": 1.0})
    assert single.positions._replace(restrictiveness=1) == pytest.approx(pair.positions)
    assert single.content == pytest.approx(pair.content)
    assert single.data_std == pytest.approx(pair.data_std)


def test_melody_models_are_evaluated_by_tokens_and_faders(perfect, windows: HeldOut, memory_shards) -> None:
    few = evaluate_control(Faded(perfect, windows), memory_shards, quick=True, faded=3)
    assert few["control"]["phrases"] == 3
    metrics = evaluate_control(Faded(perfect, windows), memory_shards, quick=True)
    assert "notes" not in metrics
    assert metrics["reconstruction"]["all"]["mean"]["exact"] == 1
    assert metrics["control"]["faders"]["register"]["best_of_8"]["error"] <= 0.5
    assert "### Faders" in to_markdown(metrics)
