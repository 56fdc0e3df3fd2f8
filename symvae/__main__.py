"""``python -m symvae`` is the command line; torchrun starts it this way."""

from symvae.cli.main import run

run()
