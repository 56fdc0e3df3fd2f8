"""Signs of form in words and symbols: Da Capo, Dal Segno, Fine, segno, coda."""

import re

from symvae.music.io.score.written import Bar, Jump

_DA_CAPO = re.compile(r"d\.? ?c\.?|da ?capo|dacapo")
_DAL_SEGNO = re.compile(r"d\.? ?s\.?|dal ?segno|dalsegno")
_GOAL = re.compile(r"\.? ?al(?:la)? ?(?:fine|coda|𝄌|⊕)\.?")
_TO_CODA = re.compile(r"(?:to|al|alla) ?coda.?|dacoda")


def mark(bar: Bar, text: str, *, is_symbol: bool) -> None:
    """Enter a sign of form into a bar; any other text is none.

    Args:
        bar: The bar at which it stands.
        text: A symbol's name such as "D.C.alfine", or words on the page such as "D.C. al Fine".
        is_symbol: True for a symbol. Of words, a mere "D.C." is followed only if the piece has a Fine or a
            coda, since old books use it for "once more".
    """
    text = text.strip(" ^_<>@").lower()
    if len(text) > 24:
        return
    goal = _GOAL.search(text)
    stem = text[: goal.start()] if goal else text
    if _DA_CAPO.fullmatch(stem) or _DAL_SEGNO.fullmatch(stem):
        bar.jump = Jump.DA_CAPO if _DA_CAPO.fullmatch(stem) else Jump.DAL_SEGNO
        bar.jump_needs_fine = not is_symbol
    elif _TO_CODA.fullmatch(text):
        bar.to_coda = True
    elif text.rstrip(".") == "fine":
        bar.fine = True
    elif text == "segno":
        bar.segno = bar.segno or is_symbol
    elif text == "coda":
        # A sign over the end of a bar tells where to leave, one over its start where to go.
        bar.coda, bar.to_coda = bar.coda or bar.is_blank, bar.to_coda or not bar.is_blank
