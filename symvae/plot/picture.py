"""Files of pictures: the format is that of their ending."""

import os
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from symvae.errors import SymvaeError, refuse_to_overwrite
from symvae.storage.whole_file import whole_file


def picture_path(path: "str | os.PathLike[str]") -> Path:
    """Path of the picture: ``path``, with .png if it has no ending.

    Raises:
        SymvaeError: The path is a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise SymvaeError(f"{path} is a folder. Give the name of a picture to write.")
    return path if path.suffix else path.with_name(f"{path.name}.png")


def write_picture(draw: Callable[[], Figure], path: "str | os.PathLike[str]", *, force: bool = False) -> Path:
    """Draw a figure and write it, after everything that can be checked before.

    Args:
        draw: Draws the figure.
        path: File to write; its ending chooses the format (.png, .svg, .pdf), by default .png.
        force: Replace an existing file.

    Returns:
        The path with its ending.

    Raises:
        SymvaeError: For an existing file without ``force``, an unknown format, and a file that cannot be
            written.
    """
    path = picture_path(path)
    refuse_to_overwrite(path, SymvaeError, force=force)
    if path.suffix.lower()[1:] not in Figure().canvas.get_supported_filetypes():
        raise SymvaeError(f"{path} ends in no format that can be drawn: use .png, .svg or .pdf.")
    figure = draw()
    try:
        with whole_file(path) as part:
            figure.savefig(part, dpi=160)
    except ValueError as fault:
        raise SymvaeError(
            f"{path} is too large for a picture: draw fewer phrases, in more columns, or as .pdf."
        ) from fault
    return path
