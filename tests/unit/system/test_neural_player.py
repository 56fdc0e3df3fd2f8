"""The neural player: blocks equal the whole, timbres move evenly, rests cost nothing."""

import platform
import subprocess
import sys

import numpy as np
import pytest
import torch

from symvae.audio import player as players
from symvae.audio import source
from symvae.audio.equalizer import SHAPE
from symvae.audio.lanes import split_lanes
from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, Partials
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.models.sound.spectrum import Spectrum
from symvae.system.neural_player import NeuralPlayer
from symvae.system.synth_artifacts import load_synth
from tests.sounds import RATE, difference_db, one_note, play, random_notes


@pytest.fixture(scope="module")
def network(tiny_synth) -> SpectrogramVAE:
    return load_synth(tiny_synth)[1]


@pytest.fixture(scope="module")
def ends() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(4, generator=generator), torch.randn(4, generator=generator)


def test_blocks_equal_the_whole(network: SpectrogramVAE, ends) -> None:
    start, end = ends
    notes, samples = random_notes(2.6), 3 * RATE + 17
    still = NeuralPlayer(network, Blend.of(start))
    moving = NeuralPlayer(network, Blend.of(start), Blend.of(end))
    kinds = (Partials(stretch=(-9.0, 1.0, 0.0), stretch_share=1.0), Partials(vibrato_cents=20.0))
    string = NeuralPlayer(network, Blend.of(start), partials=kinds[:1])
    string_to_voice = NeuralPlayer(network, Blend.of(start), Blend.of(end), kinds)
    wide = NeuralPlayer(network, Blend.of(start), width=0.8)
    gains = np.linspace(-6, 6, SHAPE[0])[:, None, None] + np.zeros(SHAPE)
    bright = NeuralPlayer(network, Blend.of(start), Blend.of(end), equalizers=(gains, None))
    for player in (still, moving, string, string_to_voice, wide, bright):
        whole = play(player, notes, samples, 1_000)
        assert whole.shape == (2 if player is wide else 1, samples)
        assert whole.dtype == np.float32
        assert np.abs(whole).max() > 1e-3
        for block_sec in (0.05, 0.31, 1.0):
            assert difference_db(play(player, notes, samples, block_sec), whole) < -80


def test_notes_have_the_partials_of_the_timbre_at_their_onset(network: SpectrogramVAE, ends) -> None:
    """Two players that differ in the partials of the end alone agree in the first note, not in the last."""
    start, end = (Blend.of(z) for z in ends)
    string = Partials(stretch=(-7.0, 0.0, 0.0), stretch_share=1.0)
    notes = Notes(np.array([0.0, 2.7]), np.array([0.3, 0.3]), np.array([50, 50]), np.array([100, 100]))
    plain, other = (
        play(NeuralPlayer(network, start, end, (HARMONIC, kind)), notes, 3 * RATE, 1_000)
        for kind in (HARMONIC, string)
    )
    assert np.array_equal(plain[:, : RATE // 4], other[:, : RATE // 4])
    assert difference_db(other[:, -RATE // 4 :], plain[:, -RATE // 4 :]) > -40


def test_an_equalizer_of_one_gain_is_a_louder_sound(network: SpectrogramVAE, ends) -> None:
    plain, louder = (
        play(NeuralPlayer(network, Blend.of(ends[0]), equalizers=(gains,)), one_note(), RATE, 1_000)
        for gains in (None, np.full(SHAPE, 6.0))
    )
    np.testing.assert_allclose(louder, 10 ** (6 / 20) * plain, atol=2e-5 * np.abs(louder).max())


def test_the_equalizer_of_a_moving_timbre_leaves_with_it(network: SpectrogramVAE, ends) -> None:
    start, end = (Blend.of(z) for z in ends)
    notes = Notes(np.array([0.0, 2.7]), np.array([0.3, 0.3]), np.array([50, 50]), np.array([100, 100]))
    plain, other = (
        play(NeuralPlayer(network, start, end, equalizers=(gains, None)), notes, 3 * RATE, 1_000)
        for gains in (None, np.full(SHAPE, -12.0))
    )
    first, last = (slice(0, RATE // 4), slice(-RATE // 4, None))
    level = [np.linalg.norm(other[:, part]) / np.linalg.norm(plain[:, part]) for part in (first, last)]
    assert level[0] == pytest.approx(10 ** (-12 / 20), rel=0.1)
    assert level[1] == pytest.approx(1.0, abs=0.1)


def test_a_block_may_start_at_any_frame(network: SpectrogramVAE, ends) -> None:
    player, lanes, samples = (
        NeuralPlayer(network, Blend.of(ends[0])),
        split_lanes(random_notes(1.5)),
        2 * RATE,
    )
    whole = player.block(lanes, 0, samples, samples)
    for frame in (1, 2, 20, 100, 249):
        first = frame * network.stft.hop
        length = min(701, samples - first)
        assert (
            difference_db(player.block(lanes, first, length, samples), whole[:, first : first + length]) < -80
        )


def test_a_note_of_an_hour_costs_a_block_of_it(
    network: SpectrogramVAE, ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drone, or a pedal that is never lifted: only the pulses of the block are computed."""
    player = NeuralPlayer(network, Blend.of(ends[0]))
    drone, hour = split_lanes(one_note(0.3, 3_600.0)), 3_600 * RATE
    lengths, original = [], source.cosines

    def recorded(hz: torch.Tensor, first_sample: int, samples: int, rate: int):
        lengths.append(samples)
        return original(hz, first_sample, samples, rate)

    monkeypatch.setattr(source, "cosines", recorded)
    player.block(drone, 0, RATE, hour)
    lengths.clear()
    sound = player.block(drone, 3_000 * network.stft.hop, RATE, hour)
    assert np.abs(sound).max() > 1e-3
    assert 0 < max(lengths) < 2 * RATE + 2 * network.context * network.stft.hop


def test_silent_lanes_make_no_noise(network: SpectrogramVAE, ends) -> None:
    """Ten keys at once, then one: the other nine lanes of the chord are silent."""
    chord = Notes(np.zeros(10), np.full(10, 0.1), np.arange(60, 70), np.full(10, 100))
    single = one_note(2.5)
    both = Notes(*(np.concatenate(pair) for pair in zip(chord, single, strict=True)))
    player, first, samples = NeuralPlayer(network, Blend.of(ends[0])), 300 * network.stft.hop, 4 * RATE
    alone, after = (player.block(split_lanes(notes), first, RATE, samples) for notes in (single, both))
    assert difference_db(after, alone) < -80
    assert np.abs(player.block(split_lanes(chord), first + RATE, RATE, samples)).max() < 1e-12


class Counting:
    """Replaces a network: records its calls and synthesizes ones."""

    def __init__(self, network: SpectrogramVAE) -> None:
        self.bins = network.stft.bins
        self.requests: list[tuple[int, Blend]] = []
        """First frame and timbre of each block."""
        self.longest = 0

    def spectrum_of(self, roll, carrier_of, z, gain_db=None) -> Spectrum:
        self.blend = z
        frames = roll.shape[2]
        return Spectrum(
            torch.zeros(1, frames, self.bins, dtype=torch.complex64), torch.zeros(1, frames, self.bins)
        )

    def synthesize(self, spectrum, samples, *, first_frame=0, consistency_steps=0) -> torch.Tensor:
        self.requests.append((first_frame, self.blend))
        self.longest = max(self.longest, samples)
        return torch.ones(1, samples)


@pytest.fixture
def counting(network: SpectrogramVAE, monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting(network)
    for name in ("spectrum_of", "synthesize"):
        monkeypatch.setattr(network, name, getattr(counting, name))
    return counting


def test_a_long_rest_costs_nothing(network: SpectrogramVAE, ends, counting: Counting) -> None:
    """Two notes an hour apart."""
    hour = 3_600
    notes = Notes(*(np.concatenate(pair) for pair in zip(one_note(), one_note(hour), strict=True)))
    player = NeuralPlayer(network, Blend.of(ends[0]))
    sounding = [bool(block.any()) for block in player.blocks(notes, (hour + 2) * RATE)]
    assert len(sounding) > 290
    assert sounding[0]
    assert sounding[-1]
    assert sum(sounding) == len(counting.requests) <= 4


def test_the_network_never_sees_more_than_a_block(network: SpectrogramVAE, ends, counting: Counting) -> None:
    """Half an hour: memory does not grow with the song."""
    count = 30
    notes = Notes(np.arange(count) * 60.0, np.full(count, 2.0), np.full(count, 60), np.full(count, 90))
    samples = 30 * 60 * RATE
    blocks = NeuralPlayer(network, Blend.of(ends[0])).blocks(notes, samples)
    assert sum(block.shape[1] for block in blocks) == samples
    around = 2 * (network.context + 1) * network.stft.hop
    assert counting.longest <= players.BLOCK_SEC * RATE + around


def test_a_moving_timbre_moves_evenly_over_the_whole_sound(
    network: SpectrogramVAE, ends, counting: Counting
) -> None:
    player = NeuralPlayer(network, *(Blend.of(z) for z in ends))
    samples, hop = 4 * RATE, network.stft.hop
    play(player, random_notes(4.0), samples, 0.7)
    assert len(counting.requests) > 4
    for first_frame, (z, share) in counting.requests:
        way = (first_frame + torch.arange(len(share))) * hop / samples
        assert torch.equal(z, torch.stack(ends))
        torch.testing.assert_close(share[:, 1], way.clamp(0, 1), atol=1e-5, rtol=0)
        torch.testing.assert_close(share.sum(1), torch.ones(len(share)))


def test_a_constant_timbre_is_one_row(network: SpectrogramVAE, ends, counting: Counting) -> None:
    list(NeuralPlayer(network, Blend.of(ends[0])).blocks(one_note(), RATE))
    ((_, (z, share)),) = counting.requests
    assert torch.equal(z, ends[0][None])
    assert share.tolist() == [[1.0]]


def test_timbres_differ_in_sound(network: SpectrogramVAE, ends) -> None:
    a, b = (NeuralPlayer(network, Blend.of(z)).block(split_lanes(one_note()), 0, RATE, RATE) for z in ends)
    assert difference_db(a, b) > -40


def test_a_note_sounds_at_its_time_and_pitch(network: SpectrogramVAE, ends) -> None:
    player = NeuralPlayer(network, Blend.of(ends[0]))
    sound = player.block(split_lanes(one_note(0.5, 0.5)), 0, 2 * RATE, 2 * RATE)[0]
    before, during = np.abs(sound[: RATE // 4]).max(), np.abs(sound[RATE // 2 : RATE])
    assert during.max() > 10 * before
    spectrum = np.abs(np.fft.rfft(sound[4_500:7_500] * np.hanning(3_000)))
    harmonic = np.fft.rfftfreq(3_000, 1 / RATE)[spectrum.argmax()] / 220  # one source is an octave below
    assert harmonic == pytest.approx(max(round(harmonic), 1), abs=0.03)


def test_rendering_is_deterministic(network: SpectrogramVAE, ends) -> None:
    player = NeuralPlayer(network, Blend.of(ends[0]))
    once, again = (np.concatenate(list(player.blocks(random_notes(1.0), RATE)), 1) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_blocks_reuse_freed_memory() -> None:
    """Requesting it again from the system took a fifth of the time; glibc alone does so.

    Page faults vary by thousands from run to run; where freed memory is returned they are tens of thousands.
    """
    script = """
import resource, sys, torch
import numpy as np
from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, Partials
from symvae.models.sound.blend import Blend
from symvae.system import neural_player
from symvae.config.load import load_preset
from symvae.config.sound import SynthConfig
from symvae.system.build_synth import build_synth
if "returned" in sys.argv:
    neural_player._keep_freed_memory = lambda: None
torch.set_num_threads(1)
network = build_synth(load_preset("synth-24k", SynthConfig).model).eval()
player = neural_player.NeuralPlayer(network, Blend.of(torch.zeros(network.encoder.mean.out_features)))
onset = np.repeat(np.arange(0, 96, 0.5), 4)
notes = Notes(onset, np.full(768, 0.5), np.tile([48, 55, 64, 72], 192), np.full(768, 80))
faults = []
for _ in player.blocks(notes, 96 * network.sample_rate):
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print(faults[-1] - faults[1])
"""

    def pages(*words: str) -> int:
        run = [sys.executable, "-c", script, *words]
        return int(subprocess.run(run, capture_output=True, text=True, check=True).stdout)

    assert pages() < pages("returned") / 4 or platform.libc_ver()[0] != "glibc"


def test_no_notes_are_silence(network: SpectrogramVAE, ends) -> None:
    nothing = one_note().select(np.array([False]))
    player = NeuralPlayer(network, Blend.of(ends[0]))
    assert not np.concatenate(list(player.blocks(nothing, 1_000)), 1).any()
    assert list(player.blocks(nothing, 0)) == []


def test_no_block_is_longer_than_asked_for(
    network: SpectrogramVAE, ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(players, "BLOCK_SEC", 0.5)
    samples = 2 * RATE + 100
    player = NeuralPlayer(network, Blend.of(ends[0]))
    lengths = [block.shape[1] for block in player.blocks(one_note(), samples)]
    assert sum(lengths) == samples
    assert max(lengths) <= 0.5 * RATE + network.stft.hop
