"""White keys of a keyboard as buttons: eight from a C up, and again from the ninth.

The octave of the first key that is played sets the C: from there to the C above are buttons 1 to 8, and the
D after it is button 1 again. So any octave of a keyboard serves. Black keys are no buttons.
"""

from symvae.music.buttons import NUM_BUTTONS

#: Place of each pitch class among the white keys.
_PLACE = {0: 0, 2: 1, 4: 2, 5: 3, 7: 4, 9: 5, 11: 6}


class WhiteKeys:
    """Buttons of a keyboard's keys, counted from the octave of the first one."""

    def __init__(self) -> None:
        self._first: int | None = None

    def button(self, pitch: int) -> int | None:
        """Look up the button of a key, 1 to 8; None for a black key.

        The first white key ever asked for sets the octave.
        """
        octave, pitch_class = divmod(pitch, 12)
        if pitch_class not in _PLACE:
            return None
        if self._first is None:
            self._first = 7 * octave
        return (7 * octave + _PLACE[pitch_class] - self._first) % NUM_BUTTONS + 1
