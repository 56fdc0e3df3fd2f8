"""One file beside the weights of a model: its name, content, remedy and check, declared once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from torch import Tensor, nn

from symvae.errors import CheckpointError
from symvae.files.arrays import read_arrays
from symvae.files.json_file import read_json
from symvae.files.limit import shown
from symvae.storage.whole_file import whole_file
from symvae.system.artifact_folder import checked_part, write_json
from symvae.system.strangers import built
from symvae.system.weight_file import read_weights, write_weights

T = TypeVar("T")
Network = TypeVar("Network", bound=nn.Module)
State = dict[str, Tensor]


@dataclass(frozen=True)
class TensorFile(Generic[T]):
    """An optional safetensors file of a model folder."""

    file: str
    content: str
    """Name of the content in messages."""
    remedy: str
    """Remedy for a damaged file, one sentence."""
    state_of: Callable[[T], State]
    """Tensors to write."""
    build: Callable[..., T]
    """Object from tensors, and from keywords given to `load`."""

    def save(self, folder: Path, value: T) -> None:
        """Write the file into ``folder`` in one step."""
        write_weights(folder / self.file, self.state_of(value))

    def load(self, folder: Path, **facts: Any) -> T | None:
        """Read the file; None where ``folder`` has none.

        Raises:
            CheckpointError: The file is damaged or holds other tensors.
        """
        path = folder / self.file
        if not path.is_file():
            return None
        state = read_weights(checked_part(path), self.remedy)
        return built(lambda: self.build(state, **facts), state, path, self.content, self.remedy)


@dataclass(frozen=True)
class JsonFile(Generic[T]):
    """An optional JSON file of a model folder."""

    file: str
    remedy: str
    """Remedy for a damaged file, one sentence."""
    data_of: Callable[[T], Any]
    """JSON to write."""
    build: Callable[..., T]
    """Object from JSON, and from keywords given to `load`."""
    indent: int | None = None
    """Spaces a level; None for one line."""

    def save(self, folder: Path, value: T) -> None:
        """Write the file into ``folder`` in one step."""
        write_json(folder / self.file, self.data_of(value), self.indent)

    def load(self, folder: Path, **facts: Any) -> T | None:
        """Read the file; None where ``folder`` has none.

        Raises:
            CheckpointError: The file is damaged.
        """
        path = folder / self.file
        if not path.is_file():
            return None
        content = read_json(checked_part(path), CheckpointError, self.remedy)
        try:
            return self.build(content, **facts)
        except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError) as error:
            reason = shown(str(error), 200)[1:-1]
            raise CheckpointError(f"{path} is damaged ({reason}). {self.remedy}") from error


@dataclass(frozen=True)
class ArrayFile(Generic[T]):
    """An optional .npz file of a model folder."""

    file: str
    names: tuple[str, ...]
    """Names of its arrays."""
    remedy: str
    """Remedy for a damaged file, one sentence."""
    arrays_of: Callable[[T], dict[str, np.ndarray]]
    """Arrays to write."""
    build: Callable[..., T]
    """Object from arrays, and from keywords given to `load`; raises ValueError for others."""

    def save(self, folder: Path, value: T) -> None:
        """Write the file into ``folder`` in one step."""
        with whole_file(folder / self.file, CheckpointError) as part, part.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **self.arrays_of(value))

    def load(self, folder: Path, **facts: Any) -> T | None:
        """Read the file; None where ``folder`` has none.

        Raises:
            CheckpointError: The file is damaged or holds other arrays.
        """
        path = folder / self.file
        if not path.is_file():
            return None
        arrays = read_arrays(checked_part(path), self.names, CheckpointError, self.remedy)
        try:
            return self.build(arrays, **facts)
        except (ValueError, LookupError) as error:
            raise CheckpointError(f"{path} is damaged ({error}). {self.remedy}") from error


def loaded(like: Callable[..., Network]) -> Callable[..., Network]:
    """Make a builder from ``like``, which gives an untrained network of the sizes of a state."""

    def build(state: State, **facts: Any) -> Network:
        network = like(state, **facts)
        network.load_state_dict(state)
        return network.eval()

    return build
