"""Models by name in the package, or by folder. Nothing is downloaded."""

from pathlib import Path

from symvae.errors import CheckpointError
from symvae.system.artifact_folder import (
    DDSP_FORMAT,
    FORMAT,
    GENIE_FORMAT,
    GROOVE_FORMAT,
    ONESHOT_CODES_FORMAT,
    ONESHOT_FORMAT,
    RAVE_FORMAT,
    SYNTH_FORMAT,
    format_of,
    of_another_kind,
)
from symvae.system.artifacts import load_config, load_scales

PRETRAINED = Path(__file__).resolve().parent.parent / "pretrained"
#: Format of what each verb trains.
_FORMAT_OF = {
    "train": FORMAT,
    "train-synth": SYNTH_FORMAT,
    "train-groove": GROOVE_FORMAT,
    "train-genie": GENIE_FORMAT,
    "train-oneshot": ONESHOT_FORMAT,
    "train-audio": RAVE_FORMAT,
    "train-ddsp": DDSP_FORMAT,
}
#: Old names of models, which find their successors for one more release and are shown nowhere.
RENAMED = {
    "piano-4bar-faders": "piano-4bar",
    "melody-16bar-lokl": "melody-16bar",
    "melody-2bar-3-4": "melody-4bar-3-4",
    "melody-2bar-6-8": "melody-4bar-6-8",
}


def available() -> list[str]:
    """Names of the models that come with the package."""
    return _named(FORMAT)


def available_synths() -> list[str]:
    """Names of the synthesizers that come with the package."""
    return _named(SYNTH_FORMAT)


def available_line_synths() -> list[str]:
    """Names of the line synthesizers (DDSP) that come with the package."""
    return _named(DDSP_FORMAT)


def available_grooves() -> list[str]:
    """Names of the groove models that come with the package."""
    return _named(GROOVE_FORMAT)


def available_genies() -> list[str]:
    """Names of the genies that come with the package."""
    return _named(GENIE_FORMAT)


def available_drum_machines() -> list[str]:
    """Names of the drum machines that come with the package."""
    return sorted([*_named(ONESHOT_FORMAT), *_named(ONESHOT_CODES_FORMAT)])


def available_audio_models() -> list[str]:
    """Names of the audio models that come with the package."""
    return _named(RAVE_FORMAT)


def _named(kind: str) -> list[str]:
    return sorted(p.parent.name for p in PRETRAINED.glob("*/config.json") if format_of(p.parent) == kind)


def find(name: str | Path) -> Path:
    """Find the folder of a model: a name that `available` lists, or a folder that holds one.

    Raises:
        CheckpointError: There is no such model; the message lists the names of the package.
    """
    return _find(name, available(), "model", "train")


def find_synth(name: str | Path) -> Path:
    """Find the folder of a synthesizer, as `find` does for models."""
    return _find(name, available_synths(), "synthesizer", "train-synth")


def find_line_synth(name: str | Path) -> Path:
    """Find the folder of a line synthesizer (DDSP), as `find` does for models.

    Args:
        name: One that comes with the package, or its folder.

    Returns:
        Its folder.

    Raises:
        CheckpointError: There is none of that name.
    """
    if not available_line_synths() and not Path(name).exists():
        raise CheckpointError(
            "No line synthesizer comes with the package. Train one with `symvae train-ddsp --preset ddsp-24k "
            "--data SHARDS --font FONT.sf2 --out RUN`, and give its folder: --synth RUN."
        )
    return _find(name, available_line_synths(), "line synthesizer", "train-ddsp")


def find_groove(name: str | Path) -> Path:
    """Find the folder of a groove model, as `find` does for models."""
    return _find(name, available_grooves(), "groove model", "train-groove")


def find_genie(name: str | Path) -> Path:
    """Find the folder of a genie, as `find` does for models."""
    return _find(name, available_genies(), "genie", "train-genie")


def find_drum_machine(name: str | Path) -> Path:
    """Find the folder of a drum machine, as `find` does for models."""
    return _find(name, available_drum_machines(), "drum machine", "train-oneshot")


def find_audio_model(name: str | Path) -> Path:
    """Find the folder of an audio model, as `find` does for models."""
    return _find(name, available_audio_models(), "audio model", "train-audio")


def _find(name: str | Path, names: list[str], thing: str, verb: str) -> Path:
    if str(name) in names:
        return PRETRAINED / str(name)
    folder = Path(name)
    if RENAMED.get(str(name)) in names and not folder.exists():
        return PRETRAINED / RENAMED[str(name)]
    for candidate in (folder, folder / "model"):  # a run folder holds its model in a folder of that name
        if (candidate / "config.json").is_file():
            return candidate
    other, kind = format_of(PRETRAINED / str(name)), _FORMAT_OF[verb]
    if str(name) == folder.name and other and other != kind:
        raise CheckpointError(f"{name} is {of_another_kind(other, kind)}")
    if folder.is_dir():
        raise CheckpointError(
            f"{folder} holds no {thing} (no config.json). Give a folder that `symvae {verb}` wrote."
        )
    raise CheckpointError(
        f"There is no {thing} {str(name)!r}. {thing.capitalize()}s in the package: "
        f"{', '.join(names) or 'none'}; or give the path of a {thing} folder."
    )


def advise_on_faders(own: str, metre: str) -> str:
    """Advice for a user of a model without faders, as one sentence.

    Args:
        own: Name of the user's model.
        metre: Its metre; models in another cannot read the same music.

    Returns:
        Other models with faders, or how to learn them.
    """
    folders = {name: find(name) for name in available()}
    names = [
        name
        for name, folder in folders.items()
        if load_scales(folder) is not None and load_config(folder).model.metre == metre
    ]
    # A new training bears the name of its preset, which the released model has as well.
    if not names or own in names:
        return "Learn them with `symvae train-faders`."
    return f"Models with faders: {', '.join(names)}."
