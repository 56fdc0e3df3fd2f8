"""Who plays what, in words: what a listener could not guess is said."""

from pathlib import Path
from typing import TYPE_CHECKING

from symvae.cli.console import counted, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symvae.audio.parts import Part
    from symvae.music.song import Song
    from symvae.system.synth import Synth


def neural_words(synth: "Synth", part: "Part", name: str | None = None) -> str:
    """Of a part that the synthesizer plays in the timbre ``name``, or in the one for its program."""
    import numpy as np

    from symvae.audio.keyboard import on_keyboard

    if part.is_drum:
        return with_unheard(part, "noise")
    timbre, same = synth.timbre_for(part.program)
    words = [name or (timbre if same else f"{timbre} (for program {part.program + 1})")]
    if moved := int(np.count_nonzero(on_keyboard(part.notes.pitch) != part.notes.pitch)):
        words.append(f"{counted(moved, 'note')} brought onto the piano's keys by octaves")
    return with_unheard(part, *words)


def font_words(font: Path, part: "Part") -> str:
    """Of a part that a sound font plays."""
    from symvae.audio.soundfont import kit_of

    if not part.is_drum:
        return with_unheard(part, f"{font.stem}, program {part.program + 1}")
    missing = kit_of(font, part.program) != part.program
    words = f"{font.stem}, drums" + f" (standard kit for kit {part.program + 1})" * missing
    return with_unheard(part, words)


def say_what_stands_in(synth: "Synth", song: "Song") -> None:
    """Of a whole song that the synthesizer plays beside other results: all that is not as the file has it."""
    from symvae.audio.parts import parts_of

    parts, _ = parts_of(song)
    for part in parts:
        words = neural_words(synth, part)
        if words != ("noise" if part.is_drum else synth.timbre_for(part.program)[0]):
            say(f"In the sound {part.name!r} is played as {words}.")
    say_drums(parts)


def say_drums(parts: "Sequence[Part]") -> None:
    """That drums are noise, and what plays them better."""
    if drums := sum(part.is_drum for part in parts):
        say(
            f"{counted(drums, 'drum part')} played as bursts of noise; "
            "`symvae render --soundfont FILE.sf2` plays them on its kit."
        )


def with_unheard(part: "Part", *words: str) -> str:
    """Words, and what is not played of the part."""
    return "; ".join([*words, *[f"without {what}" for what in part.ignored]])
