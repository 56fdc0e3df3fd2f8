"""One smooth tempo curve for a song."""

import numpy as np
import pytest

from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.pipelines.tempo_plan import Moved, mean_ratio, plan_tempos

BAR = 4 * 480
LINES = [BAR * bar for bar in range(18)]


def song(*tempos: tuple[int, float]) -> Song:
    """Sixteen bars; tempos by bar."""
    changes = tuple(TempoChange(bar * BAR, qpm) for bar, qpm in tempos)
    return Song(480, (MetreChange(0, 4, 4),), changes, (Track.empty(),), 16 * BAR)


def windows(ratios: list[float], values: list[float], **options: object) -> list[Moved]:
    chosen = {"target": None, "is_ramp": False, **options}
    return [
        Moved(
            tuple(range(4 * row, 4 * row + 4)), None if chosen["is_ramp"] else value, value, ratio, **chosen
        )
        for row, (ratio, value) in enumerate(zip(ratios, values, strict=True))
    ]


def tempos(spans) -> list[float]:
    return [span.qpm for window in spans for span in window]


def test_one_setting_has_one_tempo() -> None:
    ratios = [1.5, 1.4, 1.2, 1.1]
    plan = plan_tempos(song((0, 120.0)), LINES, windows(ratios, [0.9] * 4))
    mean = 120 * np.exp(np.log(ratios).mean())
    assert tempos(plan) == pytest.approx([mean] * 16, abs=0.01)
    assert mean_ratio(song((0, 120.0)), plan[0]) == pytest.approx(mean / 120, rel=1e-4)


def test_each_setting_has_its_own() -> None:
    plan = plan_tempos(song((0, 100.0)), LINES, windows([1.2, 0.8, 1.4, 0.9], [0.9, 0.1, 0.9, 0.1]))
    assert tempos(plan[:2]) == pytest.approx(
        [100 * np.sqrt(1.2 * 1.4)] * 4 + [100 * np.sqrt(0.8 * 0.9)] * 4, abs=0.01
    )
    assert plan[0][0].qpm == plan[2][0].qpm


def test_the_songs_own_curve_goes_on() -> None:
    own = song((0, 100.0), (14, 90.0), (15, 80.0))
    arousal = plan_tempos(own, LINES, windows([1.1] * 4, [0.9] * 4))
    assert tempos(arousal)[12:] == [110.0, 110.0, 99.0, 88.0]
    asked = plan_tempos(own, LINES, windows([1.0] * 4, [150.0] * 4, target=lambda present: 150.0))
    assert tempos(asked)[12:] == [150.0, 150.0, 135.0, 120.0]
    faster = plan_tempos(own, LINES, windows([1.0] * 4, [120.0] * 4, target=lambda present: present + 20))
    assert tempos(faster)[12:] == [120.0, 120.0, 108.0, 96.0]


def test_a_ramp_has_no_step_to_hear() -> None:
    ratios, values = [0.9, 1.15, 1.05, 1.4], [0.0, 0.3, 0.7, 1.0]
    plan = tempos(plan_tempos(song((0, 120.0)), LINES, windows(ratios, values, is_ramp=True)))
    assert len(plan) == 64
    assert plan == sorted(plan)
    assert max(np.diff(np.log(plan))) < 0.02
    assert plan[0] < 115 < 150 < plan[-1]


def test_a_ramp_of_the_tempo_passes_through_what_is_asked_for() -> None:
    moves = windows([1.0] * 4, [100.0, 110.0, 120.0, 130.0], is_ramp=True, target=lambda present: present)
    plan = plan_tempos(song((0, 100.0)), LINES, moves)
    assert [round(mean_ratio(song((0, 100.0)), each) * 100) for each in plan] == [101, 110, 120, 129]
    assert max(np.diff(np.log(tempos(plan)))) < 0.02
