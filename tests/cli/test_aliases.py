"""Old names of verbs and options still work, and no help shows them."""

import pytest

from symvae.cli.aliases import OPTIONS, VERBS, with_current_names
from symvae.cli.main import PANELS, name_of
from tests.conftest import TUNES

ODE = TUNES / "ode_to_joy.mid"
CURRENT = {name_of(verb) for verbs in PANELS.values() for verb in verbs}


def test_old_names_are_replaced():
    assert with_current_names(["--debug", "similar", "vary", "--spread=0.5"]) == [
        "--debug",
        "variations",
        "vary",  # a file of that name
        "--prior-temperature=0.5",
    ]
    assert with_current_names(["fade", "--no-settle", "--settle"]) == ["fade", "--no-refine", "--refine"]
    assert with_current_names(["plot", "--", "--spread"]) == ["plot", "--", "--spread"]  # a file


def test_every_old_verb_has_a_current_one():
    assert set(VERBS.values()) <= CURRENT
    assert not set(VERBS) & CURRENT


@pytest.mark.parametrize(("verb", "option"), [("sample", "--prior-temperature"), ("fade", "--refine")])
def test_no_help_shows_old_options(cli, verb, option):
    text = cli(verb, "--help").stdout
    assert option in OPTIONS.values()
    assert not [old for old in OPTIONS if old in text]


def test_old_verbs_run_as_the_current_ones(cli, tiny_model, tmp_path):
    assert cli("similar", ODE, "-n", 1, "-m", tiny_model).exit_code == 0
    assert (tmp_path / "variations/variation-1.mid").is_file()
    assert cli("vary", ODE, "--set", "onset_density=1", "-m", tiny_model).exit_code == 0
    assert (tmp_path / "shift/shifted.mid").is_file()
    assert cli("sample", "-n", 1, "-m", tiny_model, "--spread", 0.5).exit_code == 0
