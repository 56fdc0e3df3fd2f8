"""Everything that a verb needs, checked before any work: files, model, bars, tracks and the place of results.

Without a model the best released one is chosen: of those that can do what is asked with this music, by

    1. pitched tracks before drums
    2. voices: all voices for faders of polyphonic music, else one line
    3. for verbs that read a whole tune, the number of notes that its windows hold
    4. windows that are not mostly silence; where one place of each file is read, in each of them
    5. length: the longest
    6. rate: the lower for verbs that draw new music, the higher for all others

Where only tempo, loudness, articulation or register are set, the notes themselves are a choice, too
(`symvae.system.note_faders`). A model that cannot do what is asked is refused with the names of those that
can: each is tried on the same files first.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from symvae.errors import LatentError
from symvae.music.bars import grid_bar_at
from symvae.music.part import DRUMS
from symvae.pipelines.advice import advise, none_can
from symvae.pipelines.faults import Faults
from symvae.pipelines.intake import Intake
from symvae.pipelines.output import IN_MEMORY, Plan
from symvae.pipelines.trial import AnyModel, Read, Source, attempt, every_window, read_once
from symvae.pipelines.words import counted
from symvae.system.choice import ModelFacts, Need
from symvae.system.device import find_device
from symvae.system.note_faders import FaderModel, NoteFacts, note_facts
from symvae.system.symvae import SymVAE

#: Share of notes that may overlap the next one in a line that is played legato.
LEGATO_SHARE = 0.1


class Checked(NamedTuple):
    """All that a pipeline needs but the weights of the model."""

    facts: ModelFacts
    why: str
    """Reason of the choice of the model; empty where the user named it."""
    intakes: list[Intake]
    plan: Plan
    device: str

    def load(self) -> SymVAE:
        """The model, with its weights."""
        given = self.facts.loaded
        return given if isinstance(given, SymVAE) else SymVAE.load(self.facts.folder, self.device)


def faders_of(checked: Checked) -> FaderModel:
    """Load what was chosen for `fade`: a model, or the exact edits of notes.

    Args:
        checked: The choice.

    Returns:
        What has the faders.
    """
    return checked.facts.notes if isinstance(checked.facts, NoteFacts) else checked.load()


def check(
    need: Need,
    model: AnyModel | None,
    sources: Sequence[Source] = (),
    read: Read = every_window,
    plan: Callable[[Sequence[Intake]], Plan] = lambda intakes: IN_MEMORY.plan((), ""),
    *,
    device: str = "cpu",
) -> Checked:
    """Check everything and read the files; the model's weights are not read yet.

    Args:
        need: What the verb needs of a model.
        model: The model, or its name or folder; None chooses the best released one.
        sources: Files to read, each with its track and bar.
        read: Reads what the verb needs of a source, or raises `MidiError`.
        plan: Plans the result files; it gets no intakes where these cannot be read.
        device: Device of a model that is loaded later.

    Returns:
        The model's facts, the music and the planned files.

    Raises:
        SymvaeError: Something is missing; the message names all faults, a line each.
    """
    faults = Faults()
    facts: ModelFacts | None = None
    with faults:
        facts = None if model is None else ModelFacts.of(model)
    with faults:
        find_device(device)
    for source in sources:
        with faults:
            _ = source.song
    why, intakes = "", list[Intake]()
    if not faults:
        with faults:
            facts, why, intakes = choose(need, facts, sources, read_once(read))
    elif facts is not None and (fault := need.fault(facts)):
        faults.add(LatentError(f"{fault} {need.remedy(facts)}".strip()))
    planned: Plan | None = None
    with faults:
        planned = plan(intakes)
    faults.raise_all()
    assert facts is not None
    assert planned is not None
    return Checked(facts, why, intakes, planned, device)


def windows_of(intakes: Sequence[Intake]) -> int:
    """Count the windows of all files.

    Args:
        intakes: Windows of each file.

    Returns:
        Their number.
    """
    return sum(len(intake.phrases) for intake in intakes)


def choose(
    need: Need, given: ModelFacts | None, sources: Sequence[Source], read: Read
) -> tuple[ModelFacts, str, list[Intake]]:
    """Choose the model for some files, or check the one that is given.

    Args:
        need: What the verb needs of a model.
        given: The user's model, or None.
        sources: Files to read.
        read: Reads what the verb needs of a source.

    Returns:
        The model, the reason of the choice (empty for a given model), and what was read of each file.

    Raises:
        LatentError: No released model can do it, whatever the music.
        SymvaeError: The given model, or every released one, cannot do it; the message says what can.
    """
    if given is not None:
        tried = attempt(need, given, sources, read)
        if tried.errors:
            Faults(advise(need, given, sources, read, tried.errors)).raise_all()
        return given, "", tried.intakes
    candidates = need.candidates()
    if any(source.track == DRUMS for source in sources) and not any(f.tokenizer.drums for f in candidates):
        raise LatentError(
            f"No released model of drums can be used with `symvae {need.verb}`. Train one (docs/drums.md), "
            "and name it with --model FOLDER."
        )
    if need.on_notes:
        candidates += note_facts()
    trials = {facts: attempt(need, facts, sources, read) for facts in candidates}
    works = {facts: trial.intakes for facts, trial in trials.items() if not trial.errors}
    if not works:
        Faults(none_can(need, sources, read)).raise_all()
    voices = need.faders is not None and any(
        _has_voices(works[f]) for f in works if f.tokenizer.polyphonic and not f.tokenizer.drums
    )
    best = max(works, key=lambda facts: _merit(need, facts, works[facts], voices))
    return best, f"{counted(best.grid.bars, 'bar')} of {best.grid.metre}", works[best]


def _merit(
    need: Need, facts: ModelFacts, intakes: Sequence[Intake], all_voices: bool
) -> tuple[bool, bool, int, bool, int, float]:
    """Merit of a model for this music, by the rules above."""
    notes = sum(len(phrase) for intake in intakes for phrase in intake.phrases)
    together = [intakes] if need.whole else [[intake] for intake in intakes]
    return (
        not facts.tokenizer.drums,
        facts.tokenizer.polyphonic == all_voices,
        notes if need.whole else 0,
        all(_sounds(facts, each) for each in together),
        facts.grid.bars,
        -facts.rate_nats if need.draws else facts.rate_nats,
    )


def _sounds(facts: ModelFacts, intakes: Sequence[Intake]) -> bool:
    """True unless half of the windows of a model is silence after the end of the music."""
    bars = [
        grid_bar_at(intake.song, start).in_file(facts.grid.bars)
        for intake in intakes
        for start in intake.reading.start_bar
    ]
    silent = [bars for intake in intakes for bars in intake.silent_bars]
    return 2 * sum(silent) < sum(bars) or not bars


def _has_voices(intakes: Sequence[Intake]) -> bool:
    """True if more than a few notes start while another sounds."""
    phrases = [phrase for intake in intakes for phrase in intake.phrases]
    overlaps = sum(int((phrase.onset_step[1:] < phrase.end_step[:-1]).sum()) for phrase in phrases)
    return overlaps > LEGATO_SHARE * sum(map(len, phrases))
