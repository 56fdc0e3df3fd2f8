"""The rooms behind their paths: a request in, an answer out. It knows nothing of HTTP but the status."""

from collections.abc import Callable, Mapping

from symvae.errors import SymvaeError
from symvae.studio.drum_room import DrumRoom
from symvae.studio.fields import Fields
from symvae.studio.genie_room import GenieRoom
from symvae.studio.models import Models
from symvae.studio.page_files import page, pages
from symvae.studio.reply import RefusedError, Reply
from symvae.studio.sessions import Sessions

ROOMS = ("genie", "drums")


class Desk:
    """All rooms of the studio.

    Args:
        models: The models that they share; None for those of the package.
    """

    def __init__(self, models: Models | None = None) -> None:
        models = models or Models()
        genie, drums = GenieRoom(models, Sessions()), DrumRoom(models)
        self._pages = pages()
        self._verbs: Mapping[str, Callable[[Fields], Reply]] = {
            **{
                f"/api/genie/{verb.__name__}": verb
                for verb in (genie.about, genie.start, genie.press, genie.release, genie.midi, genie.note)
            },
            **{
                f"/api/drums/{verb.__name__}": verb
                for verb in (drums.about, drums.styles, drums.map, drums.kit, drums.sound, drums.sample)
            },
            **{
                f"/api/drums/{verb.__name__}": verb
                for verb in (drums.vary, drums.morph, drums.humanize, drums.midi, drums.wav, drums.zip)
            },
        }

    def show(self, path: str) -> Reply:
        """A file of a page.

        Args:
            path: Path of its address.

        Returns:
            The file; raises `RefusedError` where there is none.
        """
        if path in self._verbs:
            raise RefusedError(405, f"{path} takes POST with an object of JSON.")
        if path not in self._pages:
            raise RefusedError(
                404, "There is no such page. The rooms are " + ", ".join(f"/{r}" for r in ROOMS) + "."
            )
        return page(self._pages[path])

    def do(self, path: str, body: bytes) -> Reply:
        """Answer a request.

        Args:
            path: Path of its address.
            body: An object of JSON.

        Returns:
            The answer; raises `RefusedError` where the request is wrong.
        """
        if path not in self._verbs:
            raise RefusedError(404, f"There is no {path:.80}. Reload the page.")
        try:
            return self._verbs[path](Fields.of_body(body))
        except SymvaeError as error:
            raise RefusedError(400, str(error)) from error
