"""A decoder of buttons with its learned encoder, or with none where buttons are found by rule."""

from torch import nn

from symvae.models.genie.button_decoder import ButtonDecoder
from symvae.models.genie.button_encoder import ButtonEncoder


class ButtonPiano(nn.Module):
    """Networks of a genie.

    Args:
        decoder: Keys from buttons.
        encoder: Buttons from keys; None where they are found by rule.
    """

    def __init__(self, decoder: ButtonDecoder, encoder: ButtonEncoder | None = None) -> None:
        super().__init__()
        self.decoder = decoder
        self.encoder = encoder
