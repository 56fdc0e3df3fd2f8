"""The processes of one training, started by torchrun, and the device of each."""

import atexit
import gc
import os
from typing import NamedTuple

import torch
import torch.distributed as dist

from symvae.errors import TrainingError


class Processes(NamedTuple):
    """This process among those that share each batch."""

    rank: int
    total: int

    @classmethod
    def current(cls) -> "Processes":
        """The processes that torchrun started; one where it did not."""
        return cls(int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1)))

    @property
    def first(self) -> bool:
        """True for the process that writes."""
        return self.rank == 0

    def connect(self, device: str) -> None:
        """Let several processes exchange gradients: by nccl between GPUs, by gloo between CPUs."""
        if self.total > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
            atexit.register(_disconnect)

    def from_first(self, value: int, device: torch.device) -> int:
        """The first process's value, for decisions that all must agree on."""
        if self.total == 1:
            return value
        shared = torch.tensor(value, device=device)
        dist.broadcast(shared, 0)
        return int(shared)


def _disconnect() -> None:
    """End the threads of the group, which a network may hold: a process that exits beside them may abort."""
    gc.collect()
    if dist.is_initialized():
        dist.destroy_process_group()


#: One process, without torchrun.
ALONE = Processes(0, 1)


def check_device(device: str) -> None:
    """Refuse a device that this torch does not have.

    Raises:
        TrainingError: CUDA is asked for and torch finds none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("This torch finds no CUDA device. Leave out --device, or install torch for CUDA.")


def own_device(device: str) -> str:
    """The device of this process: of several on one machine, each takes the GPU of its local rank.

    Raises:
        TrainingError: There are more processes than GPUs.
    """
    if device != "cuda":
        return device
    local_rank, gpus = int(os.environ.get("LOCAL_RANK", 0)), torch.cuda.device_count()
    if local_rank >= gpus:
        raise TrainingError(
            f"Process {local_rank + 1} has no GPU of its own: this machine has {gpus}. "
            "Start no more processes than GPUs (torchrun --nproc-per-node)."
        )
    torch.cuda.set_device(local_rank)
    return f"cuda:{local_rank}"
