"""Instruments of each part in words, with substitutions and what is not played."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from symvae.audio.keyboard import fold_into, on_keyboard
from symvae.audio.parts import Part, parts_of
from symvae.audio.soundfont import kit_of
from symvae.music.io.programs import program_label
from symvae.music.song import Song
from symvae.pipelines.words import counted
from symvae.system.line_player import voices_of
from symvae.system.line_synth import LineSynth
from symvae.system.synth import Synth


def neural_label(synth: Synth, part: Part, timbre: str | None = None) -> str:
    """Describe a part that the synthesizer plays.

    Args:
        synth: The synthesizer.
        part: The part.
        timbre: Name of the timbre; None takes the one for the part's program.

    Returns:
        The timbre, the program that it replaces, and what is not played.
    """
    if part.is_drum:
        return with_unheard(part, "noise")
    usual, same = synth.timbre_for(part.program)
    words = [timbre or (usual if same else f"{usual} (for program {program_label(part.program)})")]
    if moved := int(np.count_nonzero(on_keyboard(part.notes.pitch) != part.notes.pitch)):
        words.append(f"{counted(moved, 'note')} brought onto the piano's keys by octaves")
    return with_unheard(part, *words)


def line_label(synth: LineSynth, part: Part, timbre: str | None = None) -> str:
    """Describe a part that the line synthesizer plays.

    Args:
        synth: The line synthesizer.
        part: The part.
        timbre: The timbre; None takes the one for the part's program.

    Returns:
        The timbre, the program that it replaces, voices of chords, and what is not played.
    """
    if part.is_drum:
        return with_unheard(part, "noise")
    usual, same = synth.timbre_for(part.program)
    words = [timbre or (usual if same else f"{usual} (for program {program_label(part.program)})")]
    if (voices := voices_of(part.notes)) > 1:
        words.append(f"chords by {voices} single voices")
    instrument, _ = synth.timbre(timbre or usual)
    pitch = part.notes.pitch
    if moved := int(np.count_nonzero(fold_into(pitch, instrument.lowest, instrument.highest) != pitch)):
        words.append(f"{counted(moved, 'note')} brought into its range by octaves")
    return with_unheard(part, *words)


def font_label(font: Path, part: Part) -> str:
    """Describe a part that a sound font plays.

    Args:
        font: The sound font.
        part: The part.

    Returns:
        The font, the program or kit, and what is not played.
    """
    if not part.is_drum:
        return with_unheard(part, f"{font.stem}, program {program_label(part.program)}")
    missing = kit_of(font, part.program) != part.program
    words = f"{font.stem}, drums" + f" (standard kit for kit {part.program})" * missing
    return with_unheard(part, words)


def stand_ins(synth: Synth, song: Song) -> list[str]:
    """Notices of every part that does not sound as its file specifies.

    Args:
        synth: The synthesizer that plays the song.
        song: The song.

    Returns:
        One sentence for each such part, and one for drums.
    """
    parts, _ = parts_of(song)
    notices = []
    for part in parts:
        label = neural_label(synth, part)
        if label != ("noise" if part.is_drum else synth.timbre_for(part.program)[0]):
            notices.append(f"In the sound {part.name!r} is played as {label}.")
    return notices + drum_notices(parts)


def drum_notices(parts: Sequence[Part]) -> list[str]:
    """Notice that drums are played as noise, with the remedy.

    Args:
        parts: Parts that the synthesizer plays.

    Returns:
        One sentence, or none without drums.
    """
    drums = sum(part.is_drum for part in parts)
    if not drums:
        return []
    return [
        f"{counted(drums, 'drum part')} played as bursts of noise; "
        "`symvae render --soundfont FILE.sf2` plays them on its kit, --kit FOLDER on sounds of your own."
    ]


def with_unheard(part: Part, *words: str) -> str:
    """Append what no player plays of a part.

    Args:
        part: The part.
        *words: Description of the part.

    Returns:
        One text.
    """
    return "; ".join([*words, *[f"without {what}" for what in part.ignored]])
