"""Where models are found: by name in the package, or as a folder. Nothing is fetched by surprise."""

from pathlib import Path

from symvae.errors import CheckpointError
from symvae.system.checkpoint import FORMAT, format_of, load_config

PRETRAINED = Path(__file__).resolve().parent.parent / "pretrained"


def available() -> list[str]:
    """Names of the models that come with the package."""
    return sorted(p.parent.name for p in PRETRAINED.glob("*/config.json") if format_of(p.parent) == FORMAT)


def available_in(metre: str) -> list[str]:
    """Those of more than one bar that take music in ``metre``."""
    models = {name: load_config(PRETRAINED / name).model for name in available()}
    return [name for name, model in models.items() if model.metre == metre and model.bars > 1]


def find(name: str | Path) -> Path:
    """The folder of the model ``name``: a name that `available` lists, or a folder that holds one.

    Raises `CheckpointError` that lists what there is.
    """
    if str(name) in available():
        return PRETRAINED / str(name)
    folder = Path(name)
    for candidate in (folder, folder / "model"):  # a run folder holds its model in a folder of that name
        if (candidate / "config.json").is_file():
            return candidate
    if folder.is_dir():
        raise CheckpointError(
            f"{folder} holds no model (no config.json). Give a folder that `symvae train` wrote."
        )
    raise CheckpointError(
        f"There is no model {str(name)!r}. Models in the package: {', '.join(available()) or 'none'}; "
        "or give the path of a model folder."
    )
