"""The folder of a run: one kind of training, its state in one file, its log.

    state.pt, prior-state.pt, …   choices, weights, optimizer and step; replaced in one step
    log.csv                       a row for each validation (`symvae.training.log`)
    .lock                         there while a run is at work

A folder holds one run. A new run in a used folder is refused, as is resuming in an empty one or under other
choices: both would end as neither run did.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

from symvae.config.load import with_current_names
from symvae.errors import TrainingError
from symvae.storage.lock import locked
from symvae.storage.whole_file import make_folder, whole_file

#: Fields of a config that change no weight of a network: words, and choices of how sounds are made.
_NO_WEIGHTS = ("description", "model.phase_iterations", "prior.solver_steps")
LOCK_FILE = ".lock"


class Base(NamedTuple):
    """A trained model that a task builds on; its weights must be the same when the run is resumed."""

    folder: Path
    sha256: str

    @classmethod
    def of(cls, folder: Path) -> "Base":
        """The model in ``folder`` and the digest of its weights."""
        return cls(folder, hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest())


@dataclass(frozen=True)
class RunFolder:
    """A folder that a training may use. `open` makes one; nothing is written before the training starts."""

    path: Path
    state_name: str
    """File of the state, which also names the kind of training."""
    resume: bool

    @classmethod
    def open(cls, path: Path, state_name: str, *, resume: bool) -> "RunFolder":
        """Check that a run can start, or be resumed, in a folder.

        Args:
            path: The folder; a new run may find it missing.
            state_name: File of the state of this kind of training.
            resume: Go on with the run that the folder holds.

        Returns:
            The folder of the run.

        Raises:
            TrainingError: The folder holds a run and ``resume`` is not set, a training of another kind, or
                nothing to resume.
        """
        folder = cls(path, state_name, resume)
        folder._check()
        return folder

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other run out of the folder while the block runs.

        Raises:
            TrainingError: Another run is at work in it, or was since the folder was opened.
        """
        make_folder(self.path, TrainingError)
        with locked(self.path / LOCK_FILE, TrainingError, what=str(self.path)):
            self._check()
            yield

    def _check(self) -> None:
        if (self.path / self.state_name).exists():
            if not self.resume:
                raise TrainingError(
                    f"{self.path} already holds a run. "
                    "Add --resume to go on with it, or choose another folder."
                )
            return
        others = sorted(state.name for state in self.path.glob("*state.pt"))
        if others:
            raise TrainingError(
                f"{self.path} holds a training of another kind ({', '.join(others)}). Choose another folder."
            )
        if self.resume:
            raise TrainingError(
                f"There is nothing to resume in {self.path}: it has no {self.state_name}. "
                "Leave out --resume to start."
            )

    def write(self, choice: Any, base: Base | None, state: dict[str, Any]) -> None:
        """Write the state of a run in one step: a reader finds the old file or the new one.

        Args:
            choice: The dataclass of all choices.
            base: The trained model that the run builds on, if any.
            state: As `symvae.training.state.TrainingState.state_dict` returns it.
        """
        weights = {} if base is None else {"weights": base.sha256}
        # Given a path, torch would hide that the disk is full.
        with whole_file(self.path / self.state_name, TrainingError) as part, part.open("wb") as file:
            torch.save(_shared_names({"config": asdict(choice), **state, **weights}), file)

    def read(self, choice: Any, base: Base | None) -> dict[str, Any]:
        """Read the state of a run of the same choices on the same base.

        A choice that a file of an earlier release does not have is no difference, and neither is the
        description, which may be reworded.

        Raises:
            TrainingError: The run has other choices, or its base has other weights.
        """
        source = self.path / self.state_name
        stored: dict[str, Any] = torch.load(source, weights_only=True, map_location="cpu")
        differing = _differing(with_current_names(stored["config"]), asdict(choice))
        if differing:
            raise TrainingError(
                f"{source} was trained with other choices ({', '.join(differing)}). "
                "Resume with the same preset and --set values, or start a run in another folder."
            )
        if base is not None and stored["weights"] != base.sha256:
            raise TrainingError(f"{base.folder} has other weights than {source} began with. Start a new run.")
        return stored


def _shared_names(value: Any) -> Any:
    """Share equal keys as one object, which a resumed run stores in the same bytes."""
    if type(value) is dict:
        names = (sys.intern(key) if type(key) is str else key for key in value)
        return dict(zip(names, map(_shared_names, value.values()), strict=True))
    return [_shared_names(each) for each in value] if type(value) is list else value


def _differing(old: dict[str, Any], new: dict[str, Any], section: str = "") -> list[str]:
    """Names of the choices that differ, as a user types them."""
    names = []
    for key, value in old.items():
        if f"{section}{key}" in _NO_WEIGHTS:
            continue
        if isinstance(value, dict) and isinstance(new.get(key), dict):
            names += _differing(value, new[key], f"{section}{key}.")
        elif value != new.get(key):
            names.append(f"{section}{key}")
    return names
