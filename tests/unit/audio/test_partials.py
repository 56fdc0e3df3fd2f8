"""Partials of instruments: the law of a stiff string, blends, files."""

from itertools import pairwise

import pytest

from symvae.audio.partials import HARMONIC, MOST_STRETCH, Partials, mixed, partials_of

STRING = Partials(stretch=(-12.0, 1.0, 0.0), stretch_share=1.0)
VOICE = Partials(vibrato_cents=12.0, vibrato_hz=5.5)


def test_inharmonicity_follows_the_curve() -> None:
    assert STRING.inharmonicity(60) == 2**-12
    assert STRING.inharmonicity(72) == 2**-11
    assert STRING.inharmonicity(48) == 2**-13
    assert STRING.inharmonicity(400) == MOST_STRETCH
    assert HARMONIC.inharmonicity(60) == VOICE.inharmonicity(60) == 0


def test_a_blend_ends_at_its_ends_and_moves_evenly() -> None:
    assert mixed((STRING,), (1.0,)) == STRING
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    path = [mixed((STRING, VOICE), (1 - share, share)) for share in shares]
    assert path[-1].inharmonicity(60) == 0
    assert path[-1].vibrato_cents == 12
    stretch = [each.inharmonicity(60) for each in path]
    assert stretch == pytest.approx([2**-12 * (1 - share) for share in shares])
    assert all(after.vibrato_cents > before.vibrato_cents for before, after in pairwise(path))


@pytest.mark.parametrize("kind", [HARMONIC, STRING, VOICE])
def test_a_file_gives_partials_back(kind: Partials) -> None:
    saved = kind._asdict() | {"stretch": list(kind.stretch)}
    assert partials_of(saved) == kind


def test_an_older_file_has_exact_multiples() -> None:
    assert partials_of({}) == HARMONIC


@pytest.mark.parametrize(
    "saved",
    [
        {"stretch": [1.0]},
        {"stretch": ["a", 0, 0]},
        {"vibrato_cents": -1.0},
        {"vibrato_hz": 0.0},
        {"detune_cents": float("nan")},
        {"stretch_share": 2.0},
        {"bend": 1.0},
        {"vibrato_cents": "much"},
    ],
)
def test_damaged_partials_are_refused(saved: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="partials"):
        partials_of(saved)
