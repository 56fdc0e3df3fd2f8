"""Players make blocks, and blocks are the whole: cut anywhere, at any length, with timbres that move."""

import platform
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from symvae.audio import excitation
from symvae.audio import player as players
from symvae.audio.excitation import in_lanes
from symvae.audio.notes import Notes
from symvae.audio.player import DrumPlayer, NeuralPlayer, Player, ProgramPlayer, SinePlayer
from symvae.models.sound.spectrogram_vae import Blend, SpectrogramVAE, Spectrum
from symvae.system.artifacts import load_synth

RATE = 8_000


@pytest.fixture(scope="module")
def network(tiny_synth) -> SpectrogramVAE:
    return load_synth(tiny_synth)[1]


@pytest.fixture(scope="module")
def ends() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(4, generator=generator), torch.randn(4, generator=generator)


def some_notes(seconds: float, count: int = 24, seed: int = 0) -> Notes:
    """Something always sounds."""
    rng = np.random.default_rng(seed)
    onset = np.linspace(0, seconds, count, endpoint=False) + rng.uniform(0, 0.03, count)
    return Notes(
        onset, rng.uniform(0.05, 0.8, count), rng.integers(30, 100, count), rng.integers(20, 128, count)
    )


def one_note(onset_sec: float = 0.0, duration_sec: float = 0.5, pitch: int = 69) -> Notes:
    return Notes(np.array([onset_sec]), np.array([duration_sec]), np.array([pitch]), np.array([100]))


def played(player: Player, notes: Notes, samples: int, block_sec: float) -> np.ndarray:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(players, "BLOCK_SEC", block_sec)
        blocks = list(player.blocks(notes, samples))
    if block_sec < samples / RATE:
        assert len(blocks) > 1
    return np.concatenate(blocks, 1)


def db_apart(a: np.ndarray, b: np.ndarray) -> float:
    """The loudest difference, under the loudest sample."""
    return 20 * float(np.log10(max(np.abs(a - b).max(), 1e-12) / np.abs(b).max()))


def test_neural_blocks_are_the_whole(network: SpectrogramVAE, ends) -> None:
    start, end = ends
    notes, samples = some_notes(2.6), 3 * RATE + 17
    still = NeuralPlayer(network, Blend.of(start))
    moving = NeuralPlayer(network, Blend.of(start), Blend.of(end))
    for player in (still, moving):
        whole = played(player, notes, samples, 1_000)
        assert whole.shape == (1, samples)
        assert whole.dtype == np.float32
        assert np.abs(whole).max() > 1e-3
        for block_sec in (0.05, 0.31, 1.0):
            assert db_apart(played(player, notes, samples, block_sec), whole) < -80


def test_a_block_may_start_at_any_frame(network: SpectrogramVAE, ends) -> None:
    player, lanes, samples = NeuralPlayer(network, Blend.of(ends[0])), in_lanes(some_notes(1.5)), 2 * RATE
    whole = player.block(lanes, 0, samples, samples)
    for frame in (1, 2, 20, 100, 249):
        first = frame * network.stft.hop
        length = min(701, samples - first)
        assert db_apart(player.block(lanes, first, length, samples), whole[:, first : first + length]) < -80


def test_a_note_of_an_hour_takes_no_more_than_a_block_of_it(
    network: SpectrogramVAE, ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drone, or a pedal that nobody lifts: its pulses are made where they sound."""
    player = NeuralPlayer(network, Blend.of(ends[0]))
    drone, hour = in_lanes(one_note(0.3, 3_600.0)), 3_600 * RATE
    made, whole = [], excitation.harmonics

    def watched(hz: float, first: int, last: int, samples: int, rate: int, *, first_sample: int = 0):
        made.append(samples)
        return whole(hz, first, last, samples, rate, first_sample=first_sample)

    monkeypatch.setattr(excitation, "harmonics", watched)
    player.block(drone, 0, RATE, hour)
    made.clear()
    sound = player.block(drone, 3_000 * network.stft.hop, RATE, hour)
    assert np.abs(sound).max() > 1e-3
    assert 0 < max(made) < 2 * RATE + 2 * network.context * network.stft.hop


def test_lanes_at_rest_make_no_noise(network: SpectrogramVAE, ends) -> None:
    """Ten keys at once, then one: what is left of the chord's lanes is silence."""
    chord = Notes(np.zeros(10), np.full(10, 0.1), np.arange(60, 70), np.full(10, 100))
    single = one_note(2.5)
    both = Notes(*(np.concatenate(pair) for pair in zip(chord, single, strict=True)))
    player, first, samples = NeuralPlayer(network, Blend.of(ends[0])), 300 * network.stft.hop, 4 * RATE
    alone, after = (player.block(in_lanes(notes), first, RATE, samples) for notes in (single, both))
    assert db_apart(after, alone) < -80
    assert np.abs(player.block(in_lanes(chord), first + RATE, RATE, samples)).max() < 1e-12


@pytest.mark.parametrize("make", [SinePlayer, DrumPlayer])
def test_other_blocks_are_the_whole(make: Callable[[int], Player]) -> None:
    notes, samples = some_notes(2.6), 3 * RATE + 17
    whole = played(make(RATE), notes, samples, 1_000)
    assert whole.shape == (1, samples)
    assert whole.any()
    for block_sec in (0.05, 0.31):
        assert db_apart(played(make(RATE), notes, samples, block_sec), whole) < -80


def test_no_block_is_longer_than_a_block(
    network: SpectrogramVAE, ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(players, "BLOCK_SEC", 0.5)
    samples = 2 * RATE + 100
    for player in (NeuralPlayer(network, Blend.of(ends[0])), SinePlayer(RATE), DrumPlayer(RATE)):
        lengths = [block.shape[1] for block in player.blocks(one_note(), samples)]
        assert sum(lengths) == samples
        assert max(lengths) <= 0.5 * RATE + network.stft.hop


class Counting:
    """Plays in a network's place: it keeps what it is asked, and answers with ones."""

    def __init__(self, network: SpectrogramVAE) -> None:
        self.bins = network.stft.bins
        self.asked: list[tuple[int, Blend]] = []
        """First frame and timbre of each block."""
        self.longest = 0

    def spectrum_of(self, roll, carrier_of, z) -> Spectrum:
        self.blend = z
        frames = roll.shape[2]
        return Spectrum(
            torch.zeros(1, frames, self.bins, dtype=torch.complex64), torch.zeros(1, frames, self.bins)
        )

    def synthesize(self, spectrum, samples, *, first_frame=0, consistency_steps=0) -> torch.Tensor:
        self.asked.append((first_frame, self.blend))
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
    heard = [bool(block.any()) for block in player.blocks(notes, (hour + 2) * RATE)]
    assert len(heard) > 290
    assert heard[0]
    assert heard[-1]
    assert sum(heard) == len(counting.asked) <= 4


def test_half_an_hour_is_made_in_blocks(network: SpectrogramVAE, ends, counting: Counting) -> None:
    """What the network is given at once does not grow with the song."""
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
    played(player, some_notes(4.0), samples, 0.7)
    assert len(counting.asked) > 4
    for first_frame, (z, share) in counting.asked:
        way = (first_frame + torch.arange(len(share))) * hop / samples
        assert torch.equal(z, torch.stack(ends))
        torch.testing.assert_close(share[:, 1], way.clamp(0, 1), atol=1e-5, rtol=0)
        torch.testing.assert_close(share.sum(1), torch.ones(len(share)))


def test_a_timbre_that_stays_is_given_once(network: SpectrogramVAE, ends, counting: Counting) -> None:
    list(NeuralPlayer(network, Blend.of(ends[0])).blocks(one_note(), RATE))
    ((_, (z, share)),) = counting.asked
    assert torch.equal(z, ends[0][None])
    assert share.tolist() == [[1.0]]


def test_the_timbre_is_heard(network: SpectrogramVAE, ends) -> None:
    a, b = (NeuralPlayer(network, Blend.of(z)).block(in_lanes(one_note()), 0, RATE, RATE) for z in ends)
    assert db_apart(a, b) > -40


def test_a_note_sounds_when_and_where_it_is_written(network: SpectrogramVAE, ends) -> None:
    player = NeuralPlayer(network, Blend.of(ends[0]))
    sound = player.block(in_lanes(one_note(0.5, 0.5)), 0, 2 * RATE, 2 * RATE)[0]
    before, during = np.abs(sound[: RATE // 4]).max(), np.abs(sound[RATE // 2 : RATE])
    assert during.max() > 10 * before
    spectrum = np.abs(np.fft.rfft(sound[4_500:7_500] * np.hanning(3_000)))
    harmonic = np.fft.rfftfreq(3_000, 1 / RATE)[spectrum.argmax()] / 220  # one source is an octave below
    assert harmonic == pytest.approx(max(round(harmonic), 1), abs=0.03)


def test_the_same_notes_sound_the_same(network: SpectrogramVAE, ends) -> None:
    player = NeuralPlayer(network, Blend.of(ends[0]))
    once, again = (np.concatenate(list(player.blocks(some_notes(1.0), RATE)), 1) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_a_key_held_for_an_hour_dies_away_as_a_string_does() -> None:
    """And costs what the part of it that is heard costs."""
    drone, long = SinePlayer(RATE), one_note(duration_sec=3_600.0)
    blocks = list(drone.blocks(long, 60 * RATE))
    assert np.abs(blocks[0]).max() > 0.1
    assert not np.concatenate(blocks, 1)[:, 12 * RATE :].any()


class Font:
    """A `FontPlayer` that keeps what it is asked and answers with ones."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int, bool]] = []

    def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
        return np.ones((2, samples), np.float32)

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[np.ndarray]:
        self.asked.append((program, samples, block, drums))
        whole = self.play(notes, program, samples)
        yield from (whole[:, first : first + block] for first in range(0, samples, block))


@pytest.mark.parametrize("drums", [False, True])
def test_a_sound_font_plays_its_program_in_blocks(drums: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "BLOCK_SEC", 0.5)
    font = Font()
    blocks = list(ProgramPlayer(font, 40, RATE, drums=drums).blocks(one_note(), 9_000))
    assert font.asked == [(40, 9_000, RATE // 2, drums)]
    assert [block.shape for block in blocks] == [(2, 4_000), (2, 4_000), (2, 1_000)]


def test_nothing_to_play_is_silence(network: SpectrogramVAE, ends) -> None:
    nothing = one_note().select(np.array([False]))
    for player in (NeuralPlayer(network, Blend.of(ends[0])), SinePlayer(RATE), DrumPlayer(RATE)):
        assert not np.concatenate(list(player.blocks(nothing, 1_000)), 1).any()
        assert list(player.blocks(nothing, 0)) == []


def test_blocks_use_the_same_memory_again() -> None:
    """Asking the system for it anew took a fifth of the time; glibc alone does so.

    How many pages are asked for varies by thousands from run to run; where freed memory is given back it is
    tens of thousands.
    """
    script = """
import resource, sys, torch
import numpy as np
from symvae.audio import player as players
from symvae.audio.notes import Notes
from symvae.models.sound.spectrogram_vae import Blend
from symvae.config.load import load_preset
from symvae.config.sound import SynthConfig
from symvae.system.build_synth import build_synth
if "given back" in sys.argv:
    players._keep_freed_memory = lambda: None
torch.set_num_threads(1)
network = build_synth(load_preset("synth-24k", SynthConfig).model).eval()
player = players.NeuralPlayer(network, Blend.of(torch.zeros(network.encoder.mean.out_features)))
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

    assert pages() < pages("given back") / 4 or platform.libc_ver()[0] != "glibc"
