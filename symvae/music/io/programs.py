"""General MIDI programs: the numbers 0 to 127 and their names.

Programs are counted from 0 everywhere: in files, in ``--program`` and in what is printed. (Sequencers and
printed tables of General MIDI often count from 1.) pretty_midi is imported on first use.
"""

from collections.abc import Collection

from symvae.errors import MidiError

NUM_PROGRAMS = 128
#: The channel of drums in General MIDI, counted from 0: its notes are instruments, not pitches.
DRUM_CHANNEL = 9
PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)


def check_program(program: int) -> int:
    """Return the number if it is a General MIDI program.

    Raises:
        MidiError: The number lies outside 0 to 127.
    """
    if not 0 <= program < NUM_PROGRAMS:
        raise MidiError(
            f"There is no General MIDI program {program}. Programs go from 0 to {NUM_PROGRAMS - 1}."
        )
    return program


def program_name(program: int) -> str:
    """The General MIDI name of a program, such as "Violin"; `MidiError` outside 0 to 127."""
    from pretty_midi import program_to_instrument_name

    return program_to_instrument_name(check_program(program))


def program_label(program: int) -> str:
    """Number and name of a program, such as "40 Violin"; `MidiError` outside 0 to 127."""
    return f"{program} {program_name(program)}"


def free_channel(used: Collection[int], is_drum: bool = False) -> int:
    """The first channel without notes, from 0; drums have their own.

    Raises:
        MidiError: All pitched channels are in use.
    """
    if is_drum:
        return DRUM_CHANNEL
    free = [channel for channel in PITCHED_CHANNELS if channel not in used]
    if not free:
        raise MidiError(
            "All 15 channels of the file have notes; none is left for another program. Leave out --program."
        )
    return free[0]
