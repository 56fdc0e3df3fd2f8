"""Results of protocols as plain JSON data, the format of metrics.json."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def as_json(value: Any) -> Any:
    """Convert a result to JSON data.

    Dataclasses and NamedTuples become objects with their fields as keys, unless they have a method
    ``to_json`` of their own. A field that is None was not measured and is left out. JSON has no nan: a value
    that is undefined, such as a standard error over a single tune, becomes null.
    """
    if hasattr(value, "to_json"):
        return as_json(value.to_json())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _object({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _object(value._asdict())
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return as_json(value.tolist())
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: as_json(item) for name, item in fields.items() if item is not None}
