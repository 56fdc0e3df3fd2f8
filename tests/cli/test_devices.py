"""--device: on every verb that runs a network, with one sentence for a device that does not exist."""

import pytest

from tests.conftest import TUNES

ODE = TUNES / "ode_to_joy.mid"
VERBS = {
    "reconstruct": (ODE,),
    "sample": ("-n", 1),
    "continue": (ODE,),
    "infill": (ODE, "--from", 1, "--to", 1),
    "interpolate": (ODE, ODE),
    "variations": (ODE,),
    "shift": (ODE, "--set", "onset_density=1"),
    "fade": (ODE, "--set", "register=60"),
    "encode": (ODE,),
}


@pytest.mark.parametrize("verb", VERBS)
def test_unknown_device_is_one_sentence(cli, tiny_model, tmp_path, verb):
    result = cli(verb, *VERBS[verb], "-m", tiny_model, "--device", "abacus")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no device 'abacus' on this computer. Devices: cpu" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_unknown_device_of_the_synthesizer_is_one_sentence(cli, tiny_synth):
    result = cli("render", ODE, "--synth", tiny_synth, "--device", "abacus")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no device 'abacus' on this computer." in result.stderr


def test_cpu_is_the_default(cli, tiny_model, tmp_path):
    for words in ((), ("--device", "cpu")):
        assert cli("sample", "-n", 1, "-m", tiny_model, "--force", *words).exit_code == 0
