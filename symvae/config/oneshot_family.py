"""The two families of drum machines, and the config of a preset of either."""

from pathlib import Path

from symvae.config.load import load_preset, presets
from symvae.config.oneshot import OneShotConfig
from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.errors import ConfigError
from symvae.files.toml_file import read_toml

AnyOneShotConfig = OneShotConfig | OneShotCodesConfig
#: Section that a file of the family of codes has.
_SECTION = "codes"


def load_oneshot_preset(name: str) -> AnyOneShotConfig:
    """Load a preset of a drum machine by its name, or a TOML file by its path.

    A file with a section ``[codes]`` describes a drum machine of codes.

    Raises:
        ConfigError: There is no such preset or file, it is not TOML, or it has unknown or mistyped keys.
    """
    path = Path(name)
    if path.suffix == ".toml":
        codes = path.is_file() and _SECTION in read_toml(path, ConfigError)
    else:
        codes = name in presets(OneShotCodesConfig)
        if not codes and name not in presets(OneShotConfig):
            known = ", ".join([*presets(OneShotConfig), *presets(OneShotCodesConfig)])
            raise ConfigError(f"There is no preset {name!r}. Known presets: {known}.")
    return load_preset(name, OneShotCodesConfig) if codes else load_preset(name, OneShotConfig)
