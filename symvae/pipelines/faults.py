"""Several faults of one call, collected before any work and told together."""

from collections.abc import Iterable
from types import TracebackType

from symvae.errors import SymvaeError


class Faults:
    """Errors that were raised in its ``with`` blocks.

    Args:
        errors: Errors that are known before.
    """

    def __init__(self, errors: Iterable[SymvaeError] = ()) -> None:
        self.errors: list[SymvaeError] = []
        for error in errors:
            self.add(error)

    def __enter__(self) -> None:
        """Begin a check."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep an error of symvae; any other goes on."""
        if not isinstance(error, SymvaeError):
            return False
        self.add(error)
        return True

    def add(self, error: SymvaeError) -> None:
        """Keep an error that need not be raised; one sentence is told once.

        Args:
            error: The error.
        """
        if str(error) not in map(str, self.errors):
            self.errors.append(error)

    def __bool__(self) -> bool:
        return bool(self.errors)

    def raise_all(self) -> None:
        """Raise the only error as it is, or one error with a line for each.

        Raises:
            SymvaeError: There was a fault; of the class of all errors, if they have the same.
        """
        if not self.errors:
            return
        if len(self.errors) == 1:
            raise self.errors[0]
        kinds = {type(error) for error in self.errors}
        kind = kinds.pop() if len(kinds) == 1 else SymvaeError
        raise kind("\n".join(map(str, self.errors)))
