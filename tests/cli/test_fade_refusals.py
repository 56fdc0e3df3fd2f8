"""fade: the exact words of every refusal."""

import pytest

from tests.conftest import TUNES
from tests.fader_models import NAMES, ODE

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_nothing_is_overwritten_without_force(cli, fader_model):
    words = ("fade", ODE, "-m", fader_model, "--set", "register=60")
    assert cli(*words).exit_code == 0
    refused = cli(*words)
    assert (refused.exit_code, refused.stderr) == (
        1,
        "symvae: fade/faded.mid exists. Add --force to overwrite, or choose another --out.\n",
    )


@pytest.mark.parametrize("words", [("--arousal", 0.8), ("--from", "low", "--to", "high")])
def test_arousal_needs_a_model_that_has_it(fade, words):
    result = fade(ODE, *words)
    assert (result.exit_code, result.stderr) == (
        1,
        f"symvae: There is no fader arousal. Known faders: {', '.join(NAMES)}. Use --model piano-4bar.\n",
    )


@pytest.mark.parametrize("words", [("--list",), (ODE, "--set", "register=60")])
def test_model_without_faders_names_models_with_some(cli, tiny_model, words):
    result = cli("fade", *words, "-m", tiny_model)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("symvae: tiny has no faders. ")


def test_unknown_fader_lists_all(fade):
    result = fade(ODE, "--set", "loudness=1")
    assert (result.exit_code, result.stderr) == (
        1,
        f"symvae: There is no fader loudness. Known faders: {', '.join(NAMES)}.\n",
    )


def test_bars_outside_all_windows_are_refused(fade):
    result = fade(ODE, "--set", "register=60", "--bars", "30-40")
    assert result.exit_code == 1
    assert "No fader is set in bars 1-16 of" in result.stderr
    assert "Choose other bars." in result.stderr


def test_song_in_another_metre_is_refused(fade):
    result = fade(TUNES / "lieber_augustin.mid", "--set", "register=60")
    assert result.exit_code == 1
    assert "has no window of 2 bars of 4/4" in result.stderr


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((), "give a file to fade, or --list"),
        ((ODE,), "nothing is asked for: give --set, --arousal, --emotion, --from with --to, --automation"),
        ((ODE, "--set", "register"), "'register' is not fader=value, as register=64"),
        ((ODE, "--set", "register=high"), "'register=high' is not fader=value, as register=64"),
        ((ODE, "--set", "register=1", "--set", "register=2"), "register is set twice; set it once"),
        ((ODE, "--set", "arousal=1", "--arousal", "1"), "arousal is set in two ways; keep one among --set"),
        (
            (ODE, "--arousal", "much"),
            "'much' is no number, as 0.8, no change, as +0.2, and none of low, calm",
        ),
        ((ODE, "--from", "low"), "give --from and --to, both"),
        ((ODE, "--from", "soft", "--to", "high"), "'soft' is none of low, calm, high, excited and a number"),
        ((ODE, "--cc", "200=register"), "'200=register' is not controller=fader, as 1=note_density"),
        ((ODE, "--cc", "1=register", "--cc", "1=contour"), "controller 1 is given twice"),
        ((ODE, "--cc", "1=register", "--set", "register=1"), "register is set in two ways"),
        (("ode.abc", "--cc", "1=register"), "ode.abc is a score; only MIDI files have controllers"),
        ((ODE, "--set", "register=1", "--bars", "9-5"), "'9-5' names no bars; give them as 5-12, or 1-4,9"),
        ((ODE, "--set", "register=1", "--best-of", 0), "--best-of"),
        ((ODE, "--set", "register=1", "--program", 128), "--program"),
    ],
)
def test_wrong_use_is_status_2_and_names_the_remedy(fade, words, fault):
    result = fade(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    output = " ".join(result.stderr.replace("│", " ").split())
    assert fault in output


@pytest.mark.parametrize("words", ["0.8", "0.8,1.5", "sad,0.1", "0.1,0.2,0.3"])
def test_a_place_on_the_plane_is_two_numbers_from_0_to_1(fade, words):
    result = fade(ODE, "--emotion", words)
    assert result.exit_code == 2
    assert "is not arousal,valence, two" in " ".join(result.stderr.split())
