"""Live play: keys of a keyboard as buttons, notes to a port, until the player stops.

The keys of a terminal have no release: a note ends with the next one, or after `LONGEST_SEC`.
"""

import time
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from symvae.system.genie import Genie

KEYS = {**{str(number): number for number in range(1, 9)}, **dict(zip("asdfjkl;", range(1, 9), strict=True))}
LONGEST_SEC = 1.0
#: Two keys that are typed within this time sound together.
TOGETHER_SEC = 0.04


@runtime_checkable
class Port(Protocol):
    """Notes out, as `symvae.music.io.ports.OutputPort`."""

    def start(self, pitch: int, velocity: int) -> None:
        """Start a note.

        Args:
            pitch: MIDI note number.
            velocity: 1 to 127.
        """

    def end(self, pitch: int) -> None:
        """End a note.

        Args:
            pitch: MIDI note number.
        """


def play_live(
    genie: Genie,
    key: Callable[[float], str | None],
    port: Port | None = None,
    *,
    clock: Callable[[], float] = time.perf_counter,
    told: Callable[[int, int], None] = lambda button, pitch: None,
) -> int:
    """Play until the player stops.

    Args:
        genie: The genie, with its session started.
        key: Waits up to some seconds for a key: its character, empty for none, None to stop.
        port: Where notes go; None for nowhere.
        clock: Time in seconds.
        told: Called with the button and pitch of each note.

    Returns:
        Number of notes.
    """
    began, sounding = clock(), dict[int, float]()
    while (typed := key(LONGEST_SEC / 10)) is not None:
        now = clock() - began
        button = KEYS.get(typed)
        for old, since in list(sounding.items()):
            if now - since > (TOGETHER_SEC if button else LONGEST_SEC):
                _end(genie, old, now, port)
                del sounding[old]
        if button is None:
            continue
        _end(genie, button, now, port)
        for pitch in genie.press(button, now):
            if port is not None:
                port.start(pitch, genie.played[-1].velocity)
            told(button, pitch)
        sounding[button] = now
    for old in sounding:
        _end(genie, old, clock() - began, port)
    return len(genie.played)


def _end(genie: Genie, button: int, time_sec: float, port: Port | None) -> None:
    for pitch in genie.release(button, time_sec):
        if port is not None:
            port.end(pitch)
