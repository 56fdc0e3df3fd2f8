"""The folder of the released drum machine is complete and agrees with its preset, and its drums are drums."""

from dataclasses import replace

import numpy as np
import pytest

from symvae.config.load import load_preset
from symvae.config.oneshot import OneShotConfig
from symvae.evaluation.reports.oneshots import oneshot_card
from symvae.system.catalog import available_drum_machines, find_drum_machine
from symvae.system.drum_machine import DEFAULT_DRUM_MACHINE, load_drum_machine
from symvae.training.tasks.oneshot_stages import small_sizes


def test_the_default_drum_machine_is_in_the_package() -> None:
    assert DEFAULT_DRUM_MACHINE in available_drum_machines()


@pytest.mark.parametrize("name", available_drum_machines())
def test_a_released_drum_machine_is_complete(name: str) -> None:
    folder, machine = find_drum_machine(name), load_drum_machine(name)
    without_classes = replace(machine.config, model=replace(machine.config.model, classes=()))
    preset = load_preset(name, OneShotConfig)
    assert without_classes == replace(preset, model=small_sizes(preset))
    card = oneshot_card(machine.config, machine.metrics["test"], machine.metrics["sources"])
    assert (folder / "CARD.md").read_text() == card
    assert sum(file.stat().st_size for file in folder.iterdir()) < 5e6


def test_the_drums_of_a_released_machine_differ_as_drums_do() -> None:
    """Over eight kits, kicks are darker than snares, snares than hats, and crashes last longer than hats."""
    machine = load_drum_machine()
    kits = [machine.kit(seed) for seed in range(8)]

    def middle(drum: str, attribute: str) -> float:
        return float(np.median([kit[drum].attributes[attribute] for kit in kits]))

    assert (
        middle("kick", "centroid_hz") < middle("snare", "centroid_hz") < middle("closed_hat", "centroid_hz")
    )
    assert middle("crash", "decay_sec") > 2 * middle("closed_hat", "decay_sec")


def test_a_fader_is_reached_and_a_seed_repeats_its_sound() -> None:
    machine = load_drum_machine()
    short, long = (machine.hit("snare", seed=7, decay_sec=decay) for decay in (0.08, 0.25))
    assert short.attributes["decay_sec"] == pytest.approx(0.08, rel=0.2)
    assert long.attributes["decay_sec"] == pytest.approx(0.25, rel=0.2)
    again = machine.hit("snare", seed=7, decay_sec=0.08)
    assert np.array_equal(again.audio.samples, short.audio.samples)
