"""Devices by name ("cpu", "cuda", "cuda:1", "mps"), as far as torch has them here."""

from collections import Counter

import torch

from symvae.errors import ConfigError


def available_devices() -> list[str]:
    """Return the names of the devices that torch can compute on here, "cpu" first."""
    cuda = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return ["cpu", *cuda, *mps]


def find_device(name: str) -> torch.device:
    """Return the device called ``name``; "cuda" is the first of several.

    Raises:
        ConfigError: torch knows no such device, or it is not there.
    """
    names = available_devices()
    count = Counter(each.split(":")[0] for each in names)
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if (device.index or 0) >= count[device.type]:
        raise ConfigError(f"There is no device {name!r} on this computer. Devices: {', '.join(names)}.")
    return device
