"""Networks from the files of a stranger: sizes are compared before memory is taken.

A config of a few bytes can describe a network of terabytes, so a network is built under an allowance: no more
values than its weight file holds, and some for the tables that it computes. Then names and shapes of all
tensors are compared, and the first difference is named.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from symvae.errors import CheckpointError, SymvaeError
from symvae.files.limit import shown
from symvae.system.limits import SPARE

T = TypeVar("T")

#: Functions of torch that take memory for a size that they are given.
_FACTORIES = (torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn)
#: Raised by builders of networks for sizes that contradict each other.
_CONTRADICTIONS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Allowance(TorchFunctionMode):
    """Context in which new tensors may have no more values than a limit.

    Args:
        values: Number of values of the weight file.
        where: The file that describes the network, for the message.
    """

    def __init__(self, values: int, where: Path) -> None:
        super().__init__()
        self.most = values + SPARE.most
        self.where = where
        self.taken = 0

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Count the values of a new tensor before it takes memory."""
        kwargs = kwargs or {}
        if func in _FACTORIES:
            sizes = kwargs.get("size", args[0] if args and not isinstance(args[0], int) else args)
            self.taken += math.prod(size for size in sizes if isinstance(size, int))
            SPARE.check(self.taken, self.where, most=self.most)
        return func(*args, **kwargs)


def built(
    build: Callable[[], T],
    state: Mapping[str, Tensor],
    folder: Path,
    what: str,
    remedy: str,
) -> T:
    """Build a network of no more values than its weights have.

    Args:
        build: Builder of the network.
        state: Its weights by name.
        folder: File that describes it, for messages.
        what: Name of the network in messages.
        remedy: Last sentence of messages.

    Returns:
        The network, with weights by chance.

    Raises:
        CheckpointError: The network would have more values, or its sizes contradict each other.
    """
    try:
        with Allowance(sum(value.numel() for value in state.values()), folder):
            return build()
    except SymvaeError:
        raise
    except _CONTRADICTIONS as fault:
        raise CheckpointError(f"{folder} holds no {what}. {remedy}") from fault


def fill(
    network: nn.Module, state: Mapping[str, Tensor], where: Path, remedy: str, *, assign: bool = False
) -> None:
    """Load weights after their names and shapes have been compared with those of the network.

    Args:
        network: The network.
        state: Weights by name.
        where: The weight file, for messages.
        remedy: Last sentence of messages.
        assign: Use the tensors of ``state`` themselves.

    Raises:
        CheckpointError: A tensor is missing, is superfluous or has another shape.
    """
    wanted = network.state_dict()
    for name in [*wanted, *state]:
        if name not in state:
            fault = f"it lacks {shown(name)}"
        elif name not in wanted:
            fault = f"it has {shown(name)}, which no such network has"
        elif state[name].shape != wanted[name].shape:
            fault = f"size mismatch for {shown(name)}, {_size(state[name])} instead of {_size(wanted[name])}"
        else:
            continue
        raise CheckpointError(f"{where} does not fit its config.json: {fault}. {remedy}")
    network.load_state_dict(state, assign=assign)


def _size(tensor: Tensor) -> str:
    return "×".join(str(size) for size in tensor.shape) or "1"
