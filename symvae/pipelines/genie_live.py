"""Live play: keys of a terminal and of a MIDI keyboard as buttons, notes to ports, until the player stops.

The keys of a terminal have no release: a note ends with the next one, or after `LONGEST_SEC`.
"""

import time
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Protocol, runtime_checkable

from symvae.music.phrase import DEFAULT_VELOCITY
from symvae.music.white_keys import WhiteKeys
from symvae.system.genie import Genie

KEYS = {**{str(number): number for number in range(1, 9)}, **dict(zip("asdfjkl;", range(1, 9), strict=True))}
LONGEST_SEC = 1.0
#: Two keys that are typed within this time sound together.
TOGETHER_SEC = 0.04


@runtime_checkable
class Port(Protocol):
    """Notes out, as `symvae.music.io.ports.OutputPort` and `symvae.pipelines.genie_sound.LiveSound`."""

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


class LiveSession:
    """Buttons of a genie whose notes sound as they are pressed, from any thread.

    A pitch that two buttons hold ends with the last of them.

    Args:
        genie: The genie, with its session started.
        ports: Places that notes go to.
        clock: Time in seconds.
        told: Called with the button and pitch of each note.
    """

    def __init__(
        self,
        genie: Genie,
        ports: Sequence[Port] = (),
        *,
        clock: Callable[[], float] = time.perf_counter,
        told: Callable[[int, int], None] = lambda button, pitch: None,
    ) -> None:
        self.genie, self.ports, self.notes = genie, ports, 0
        self._clock, self._told = clock, told
        self._began: float | None = None
        self._lock = RLock()
        self._held: dict[int, tuple[int, ...]] = {}

    @property
    def now_sec(self) -> float:
        """Time since the first press."""
        return 0.0 if self._began is None else self._clock() - self._began

    def press(self, button: int, velocity: int | None = None) -> None:
        """Press a button now.

        Args:
            button: 1 to 8.
            velocity: 1 to 127; None leaves it open.
        """
        with self._lock:
            if self._began is None:
                self._began = self._clock()
            now_sec = self.now_sec
            self._release(button, now_sec)
            pitches = self.genie.press(button, now_sec, velocity)
            for pitch in pitches:
                for port in self.ports:
                    if self._is_held(pitch):
                        port.end(pitch)
                    port.start(pitch, velocity or DEFAULT_VELOCITY)
                self._told(button, pitch)
            self._held[button] = pitches
            self.notes += len(pitches)

    def release(self, button: int) -> None:
        """Release a button now; one that is not held stays as it is.

        Args:
            button: 1 to 8.
        """
        with self._lock:
            self._release(button, self.now_sec)

    def end(self) -> None:
        """Release all buttons."""
        with self._lock:
            for button in list(self._held):
                self.release(button)

    def _release(self, button: int, now_sec: float) -> None:
        self.genie.release(button, now_sec)
        for pitch in self._held.pop(button, ()):
            if not self._is_held(pitch):
                for port in self.ports:
                    port.end(pitch)

    def _is_held(self, pitch: int) -> bool:
        return any(pitch in pitches for pitches in self._held.values())


class MidiButtons:
    """Keys of a MIDI keyboard as the buttons of a session.

    Args:
        session: The session.
    """

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self._keys = WhiteKeys()
        self._lock = RLock()
        self._pressed: dict[int, int] = {}

    def play(self, pitch: int, velocity: int) -> None:
        """Press or release the button of a key; black keys do nothing.

        Args:
            pitch: MIDI note number of the key.
            velocity: 1 to 127; 0 releases it.
        """
        with self._lock:
            if not velocity:
                # Where another key has pressed the button since, it stays down.
                for button in [each for each, key in self._pressed.items() if key == pitch]:
                    del self._pressed[button]
                    self.session.release(button)
            elif (pressed := self._keys.button(pitch)) is not None:
                self._pressed[pressed] = pitch
                self.session.press(pressed, velocity)


def play_live(session: LiveSession, key: Callable[[float], str | None]) -> int:
    """Play from typed keys until the player stops.

    Args:
        session: The session.
        key: Waits up to some seconds for a key: its character, empty for none, None to stop.

    Returns:
        Number of notes, those from other threads among them.
    """
    sounding = dict[int, float]()
    while (typed := key(LONGEST_SEC / 10)) is not None:
        now_sec, button = session.now_sec, KEYS.get(typed)
        for old, since in list(sounding.items()):
            if now_sec - since > (TOGETHER_SEC if button else LONGEST_SEC):
                session.release(old)
                del sounding[old]
        if button is not None:
            session.press(button)
            sounding[button] = now_sec
    session.end()
    return session.notes
