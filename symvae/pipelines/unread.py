"""Files that could not be read, where others were."""

from typing import NamedTuple

from symvae.music.reason import Reason


class Unread(NamedTuple):
    """A piece that could not be read."""

    file: str
    reason: Reason
    fault: str
    """The fault and its remedy, in sentences."""

    def __str__(self) -> str:
        return self.fault if self.file in self.fault else f"{self.file}: {self.fault}"

    def data(self) -> dict[str, str]:
        """The piece as plain data."""
        return {"file": self.file, "reason": self.reason.value, "fault": self.fault}
