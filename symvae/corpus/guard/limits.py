"""The most that one file may cost."""

from dataclasses import dataclass

from symvae.errors import ConfigError

#: Bounds of the memory limit: a reader needs some memory of its own, and no machine has more than a PiB.
LEAST_MEMORY_MIB, MOST_MEMORY_MIB = 64, 2**30
#: Bounds of the time limit: no timer counts shorter times well, and a year is endless.
LEAST_SECONDS, MOST_SECONDS = 0.1, 3e7


@dataclass(frozen=True)
class FileLimits:
    """Limits on the reading of one file.

    Linux enforces both, macOS the time, Windows neither. A reader that crashes costs only its file anywhere.
    """

    seconds: float = 60.0
    """Processor time in seconds. A busy machine does not shorten it."""
    memory_mib: int = 1024
    """Memory in MiB, beside that of an idle reading process."""
    waiting_factor: float = 30.0
    """A reader that waits, and so takes no processor time, ends after this many times ``seconds``."""

    def __post_init__(self) -> None:
        if not LEAST_SECONDS <= self.seconds <= MOST_SECONDS:
            raise ConfigError(
                f"{self.seconds:g} s are no time limit. Choose {LEAST_SECONDS:g} s to {MOST_SECONDS:g} s."
            )
        if not LEAST_MEMORY_MIB <= self.memory_mib <= MOST_MEMORY_MIB:
            raise ConfigError(
                f"{self.memory_mib} MiB are no memory limit. "
                f"Choose {LEAST_MEMORY_MIB} to {MOST_MEMORY_MIB} MiB."
            )


DEFAULT_LIMITS = FileLimits()
