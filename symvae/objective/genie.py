"""Losses of learned buttons: margin and contour (Donahue et al. 2019, arXiv 1810.05246, section 2.2)."""

from jaxtyping import Bool, Float, Int
from torch import Tensor


def margin_loss(value: Float[Tensor, "batch note"], is_note: Bool[Tensor, "batch note"]) -> Float[Tensor, ""]:
    """Mean squared distance of encoded notes to the range from -1 to 1.

    Args:
        value: Encoded notes.
        is_note: False for padding.

    Returns:
        The mean over notes.
    """
    beyond = (value.abs() - 1).clamp(min=0).square()
    return (beyond * is_note).sum() / is_note.sum()


def contour_loss(
    value: Float[Tensor, "batch note"],
    key: Int[Tensor, "batch note"],
    is_note: Bool[Tensor, "batch note"],
) -> Float[Tensor, ""]:
    """Mean squared lack of the product of the change of the encoding and the change of the key below 1.

    Notes that repeat a key have no direction and are left out, where the paper lets them cost a constant.

    Args:
        value: Encoded notes.
        key: Their keys.
        is_note: False for padding.

    Returns:
        The mean over pairs of notes.
    """
    interval = (key[:, 1:] - key[:, :-1]).to(value.dtype)
    change = value[:, 1:] - value[:, :-1]
    counts = is_note[:, 1:] & (interval != 0)
    lack = (1 - interval * change).clamp(min=0).square()
    return (lack * counts).sum() / counts.sum().clamp(min=1)
