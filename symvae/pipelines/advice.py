"""Advice that leads somewhere: a model, track or verb is named only after it was tried on the same files."""

import shlex
from collections.abc import Sequence
from dataclasses import replace

from symvae.errors import LatentError, SymvaeError
from symvae.music.bars import sections
from symvae.music.drum_tracks import means_drums
from symvae.music.metre import METRES
from symvae.music.part import DRUMS
from symvae.pipelines.needs import SHIFT
from symvae.pipelines.no_window import NoWindowError
from symvae.pipelines.trial import Read, Source, attempt, every_window
from symvae.system.choice import ModelFacts, Need, released
from symvae.system.note_faders import note_facts


def advise(
    need: Need, given: ModelFacts, sources: Sequence[Source], read: Read, errors: Sequence[SymvaeError]
) -> list[SymvaeError]:
    """Add remedies to the faults of the user's model.

    Args:
        need: What the verb needs of a model.
        given: The user's model.
        sources: The files.
        read: Reads what the verb needs of a source.
        errors: Faults of the model with these files.

    Returns:
        The same faults, the last one with released models that can do it, or all with what else helps.
    """
    own = need.remedy(given)
    if given in released() or (own and attempt(Need(need.verb), given, sources, read).errors):
        own = ""
    works = [facts.name for facts in released() if not attempt(need, facts, sources, read).errors]
    if works:
        fault, remedy = _parts(errors[-1])
        use = f"{'Or use' if own or remedy else 'Use'} --model {_either(works)}."
        return [*errors[:-1], _error(errors[-1], fault, own, remedy, use)]
    if own:
        return [_error(error, _parts(error)[0], own) for error in errors]
    try:
        of_music: list[SymvaeError] = none_can(need, sources, read)
    except LatentError as nowhere:
        # A model with other faders lists its own already.
        of_music = [] if need.has_kind(given) else [nowhere]
    if need.fault(given):
        return [*errors, *of_music]
    helps = dict.fromkeys(_parts(error)[1] for error in of_music)
    return [error if _parts(error)[1] else _error(error, _parts(error)[0], *helps) for error in errors]


def none_can(need: Need, sources: Sequence[Source], read: Read) -> list[SymvaeError]:
    """Describe why no released model can do what is asked, and what can be done instead.

    Args:
        need: What the verb needs of a model.
        sources: The files.
        read: Reads what the verb needs of a source.

    Returns:
        One error for each file, or one for files that no model reads together.
    """
    errors: list[SymvaeError] = []
    for source in sources:
        drums, able = means_drums(source.song, source.track), need.candidates()
        candidates = [facts for facts in able if facts.tokenizer.drums] if drums else able
        candidates = candidates or able
        trials = [(facts, attempt(need, facts, [source], read)) for facts in candidates]
        if any(not trial.errors for _, trial in trials):
            continue
        in_metre = [each for each in trials if each[0].grid.metre in _grid_metres(source)]
        if in_metre:
            _, shortest = min(
                in_metre, key=lambda each: (each[0].tokenizer.drums != drums, each[0].grid.bars)
            )
            fault, remedy = _parts(shortest.errors[0])
            errors.append(NoWindowError(fault, remedy or _instead(need, source)))
        else:
            errors.append(_no_metre(need, source, candidates))
    if errors:
        return errors
    of_drums = [source.name for source in sources if means_drums(source.song, source.track)]
    if 0 < len(of_drums) < len(sources):
        others = " and ".join(source.name for source in sources if source.name not in of_drums)
        fault = f"No model reads drums and other music together: {' and '.join(of_drums)} holds drums, "
        return [NoWindowError(f"{fault}{others} other music.", "Choose files of one kind.")]
    places = " and ".join(f"{source.name} in {_metres_in_words(source)}" for source in sources)
    bar = ", or with --bar places in them of one metre" if need.verb == "interpolate" else ""
    remedy = f"Choose files of one metre{bar}."
    return [NoWindowError(f"No released model reads all these files: {places}.", remedy)]


def _no_metre(need: Need, source: Source, candidates: Sequence[ModelFacts]) -> SymvaeError:
    """The fault of a file in a metre that no candidate has."""
    if not source.song.num_notes:
        return NoWindowError(f"{source.name} holds no notes.", "Choose another file.")
    metres = _metres_in_words(source)
    known = [metre for metre in METRES if metre in {facts.grid.metre for facts in released()}]
    if not set(known) & _grid_metres(source):
        remedy = f"Write it in {_either(known)}, or in a metre whose bars fill such bars, as 2/4 and 12/8."
        return NoWindowError(f"{source.name} is in {metres}, which no released model reads.", remedy)
    if (lacking := _no_fader(need, source, metres)) is not None:
        return lacking
    have = _either([metre for metre in METRES if metre in {facts.grid.metre for facts in candidates}])
    drums = means_drums(source.song, source.track)
    models = "models of drums" if drums else "models"
    fault = f"{source.name} is in {metres}, and released {models} for `symvae {need.verb}` are in {have}."
    has_drums = drums and any(track.is_drum and len(track) for track in source.song.tracks)
    return NoWindowError(fault, f"Choose drums in {have}." if has_drums else _instead(need, source))


def _no_fader(need: Need, source: Source, metres: str) -> SymvaeError | None:
    """The fault of faders that no model of a file's metre has; None where there is no model with faders."""
    own = [facts for facts in released() if facts.faders and facts.grid.metre in _grid_metres(source)]
    own = [facts for facts in own if facts.tokenizer.drums == (source.track == DRUMS)]
    wanted = need.faders or ()
    lacking = [name for name in wanted if not any(name in facts.faders for facts in own)]
    if not own or not lacking:
        return None
    known = sorted({name for facts in own for name in facts.faders})
    if not _can(replace(need, faders=(known[0],)), source, every_window):
        return None
    fault = f"{source.name} is in {metres}, and released models in it have no fader {_either(lacking)}."
    alone = sorted({name for facts in note_facts() for name in facts.faders})
    if set(wanted) <= set(alone):
        return NoWindowError(fault, "They need none: leave out --model, and --via latent.")
    free = f"; or set only {_either(alone)}, which need no model" if alone else ""
    return NoWindowError(fault, f"Choose among those in {metres}: {', '.join(known)}{free}.")


def _instead(need: Need, source: Source) -> str:
    """A verb that can do something like it with this file, as one sentence."""
    file = shlex.quote(source.name)
    if source.track == DRUMS and not any(track.is_drum and len(track) for track in source.song.tracks):
        return f"`symvae drumify {file}` writes drums to its rhythm."
    if need.faders is not None and _can(SHIFT, source, every_window):
        return (
            f"`symvae shift {file} --set onset_density=1` moves its melody along an attribute vector instead."
        )
    return f"`symvae inspect {file}` lists what models can read."


def _can(need: Need, source: Source, read: Read) -> bool:
    return any(not attempt(need, facts, [source], read).errors for facts in released())


def _parts(error: SymvaeError) -> tuple[str, str]:
    """Fault and remedy of an error."""
    return (error.fault, error.remedy) if isinstance(error, NoWindowError) else (str(error), "")


def _error(like: SymvaeError, *sentences: str) -> SymvaeError:
    """An error of the same kind with other sentences."""
    text = " ".join(sentence for sentence in sentences if sentence)
    return NoWindowError(text) if isinstance(like, NoWindowError) else type(like)(text)


def _grid_metres(source: Source) -> set[str]:
    """Metres of the grids that hold the file's music."""
    return {section.grid_metre for section in sections(source.song) if section.grid_metre}


def _metres_in_words(source: Source) -> str:
    return " and ".join(dict.fromkeys(section.metre for section in sections(source.song)))


def _either(names: Sequence[str]) -> str:
    """ "a", "a or b", "a, b or c"."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
