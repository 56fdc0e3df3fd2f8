"""Names of all limits of the package."""

import importlib
import pkgutil
from pathlib import Path

from symvae.files.limit import Limit


def known_limits() -> set[str]:
    """Find the limits in every module called ``limits``."""
    found = (info.name for info in pkgutil.walk_packages([str(Path(__file__).parents[1])], "symvae."))
    modules = (importlib.import_module(name) for name in found if name.endswith(".limits"))
    return {value.code for module in modules for value in vars(module).values() if isinstance(value, Limit)}
