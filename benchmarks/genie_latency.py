"""Latency of a genie's live play, and its memory and late notes over many minutes.

    python benchmarks/genie_latency.py --model NAME_OR_FOLDER [--presses 5000] [--engine neural] [--like SONG]
    python benchmarks/genie_latency.py --model NAME_OR_FOLDER --soak 60 [--real-time]

Latency: time from a press to the first samples of the next block of the mixer, computed: the press of the
genie, its note from the bank, and one block of 256 samples with all voices that sound. The driver and the
device add their buffers to it. Given is the time of the clock, which other programs lengthen, and that of the
processor. The script fails if the 99th percentile of the clock is above --most-ms.

Soak: minutes of play at four to eight presses a second, with chords and held notes. As fast as possible by
default, where each block is a part of the session's time; with --real-time the clock runs, as a device would
ask for blocks. Reported are the growth of the resident memory after the first tenth, of which the notes
that are kept for `Genie.song` are named apart, and late notes: those whose press was not in time for the next
block, because presses and block together took longer than a block lasts: by the clock with --real-time, else
by the time of the processor. The script fails if memory grows by more than --most-mib an hour.
"""

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from symvae.audio.engines import ENGINES
from symvae.audio.live_mixer import LiveMixer
from symvae.audio.note_bank import NoteBank
from symvae.audio.speaker import BLOCK_SAMPLES
from symvae.music.buttons import NUM_BUTTONS
from symvae.pipelines.genie_live import LiveSession
from symvae.pipelines.genie_sound import instrument
from symvae.system.genie import Genie, load_genie

MIB = 2**20


class Sound:
    """A bank and a mixer without a device."""

    def __init__(self, bank: NoteBank) -> None:
        self.bank, self.mixer = bank, LiveMixer(bank.sample_rate)
        self.out = np.zeros((BLOCK_SAMPLES, 2), np.float32)

    def start(self, pitch: int, velocity: int) -> None:
        self.mixer.start(pitch, *self.bank.sound(pitch, velocity))

    def end(self, pitch: int) -> None:
        self.mixer.end(pitch)

    def block(self) -> np.ndarray:
        self.mixer.mix(self.out)
        return self.out


def latencies_ms(genie: Genie, sound: Sound, presses: int, seed: int) -> np.ndarray:
    """Time of each press to the samples of the next block, by the clock and of the processor.

    Voices of earlier notes still sound.
    """
    chance = np.random.default_rng(seed)
    at, took = 0.0, []
    session = LiveSession(genie, [sound], clock=lambda: at)
    for button in chance.integers(1, NUM_BUTTONS + 1, size=presses).tolist():
        since = time.perf_counter(), time.thread_time()
        session.press(button, int(chance.integers(30, 120)))
        sound.block()
        took.append((time.perf_counter() - since[0], time.thread_time() - since[1]))
        for _ in range(int(chance.integers(5, 15))):
            sound.block()
        if chance.random() < 0.7:
            session.release(button)
        at += 0.15
    session.end()
    return 1000 * np.array(took).T


def soak(genie: Genie, sound: Sound, minutes: float, real_time: bool, seed: int) -> dict[str, float]:
    """Play for some minutes of the session's time."""
    chance = np.random.default_rng(seed)
    block_sec = BLOCK_SAMPLES / sound.bank.sample_rate
    blocks, late, next_press, held = round(60 * minutes / block_sec), 0, 0.0, dict[int, float]()
    now, began, memory = 0.0, time.perf_counter(), []
    timer = time.perf_counter if real_time else time.thread_time
    session = LiveSession(genie, [sound], clock=lambda: now)
    for block in range(blocks):
        if real_time:
            time.sleep(max(began + block * block_sec - time.perf_counter(), 0.0))
        now, since, pressed = block * block_sec, timer(), 0
        for button in [each for each, end in held.items() if end <= now]:
            session.release(button)
            del held[button]
        if now >= next_press:
            pressed = int(chance.choice([1, 1, 1, 2, 3]))
            for button in (chance.permutation(NUM_BUTTONS)[:pressed] + 1).tolist():
                session.press(button, int(chance.integers(30, 120)))
                held[button] = now + float(chance.exponential(0.4))
            next_press = now + float(chance.uniform(0.125, 0.25))
        sound.block()
        if timer() - since > block_sec:
            late += pressed
        if block % (blocks // 100 + 1) == 0:
            memory.append(resident_bytes())
    session.end()
    tenth = len(memory) // 10
    kept = sum(sys.getsizeof(note) + 2 * sys.getsizeof(0.5) for note in genie.played)
    return {
        "minutes": minutes,
        "seconds": time.perf_counter() - began,
        "notes": session.notes,
        "late notes": late,
        "resident MiB": memory[-1] / MIB,
        "growth MiB": (memory[-1] - memory[tenth]) / MIB,
        "notes kept MiB": kept * 0.9 / MIB,
    }


def resident_bytes() -> int:
    """Resident memory now; where the system does not tell, the most so far."""
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text().split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--presses", type=int, default=5000)
    parser.add_argument("--engine", choices=ENGINES, default="neural")
    parser.add_argument("--like", help="a song whose style is followed")
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--real-time", action="store_true")
    parser.add_argument("--most-ms", type=float, default=20.0)
    parser.add_argument("--most-mib", type=float, default=64.0, help="growth of memory in an hour of play")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    settings: dict[str, Any] = {"seed": options.seed, "like": options.like}
    genie = load_genie(options.model)
    bank = NoteBank(instrument(options.engine))
    since = time.perf_counter()
    bank.warm_up()
    warm = time.perf_counter() - since
    sound = Sound(bank)
    print(f"{genie.name}, engine {options.engine} at {bank.sample_rate} Hz")
    print(f"first {len(bank)} notes recorded in {warm:.1f} s")
    genie.start(**settings)
    if options.soak is None:
        report(f"{options.presses} presses, notes of neighbors", genie, sound, options)
        since = time.perf_counter()
        bank.fill()
        print(f"all {len(bank)} notes recorded in {time.perf_counter() - since:.1f} s more")
        genie.start(**settings)
        report(f"{options.presses} presses, all notes recorded", genie, sound, options)
        return
    bank.fill()
    figures = soak(genie, sound, options.soak, options.real_time, options.seed)
    for name, value in figures.items():
        print(f"{name:16}{value:10.1f}")
    most = options.most_mib * options.soak / 60
    # A minute's allowance: the allocator's own pools grow at first.
    assert figures["growth MiB"] <= max(most, 8.0), f"memory grew by more than {most:g} MiB"


def report(title: str, genie: Genie, sound: Sound, options: argparse.Namespace) -> None:
    print(title)
    for name, took in zip(
        ("clock", "processor"), latencies_ms(genie, sound, options.presses, options.seed), strict=True
    ):
        middle, high, longest = np.percentile(took, [50, 99, 100])
        print(f"  {name:10} median {middle:.2f} ms, 99 % {high:.2f} ms, longest {longest:.2f} ms")
        assert high <= options.most_ms, f"the 99th percentile is above {options.most_ms:g} ms"


if __name__ == "__main__":
    main()
