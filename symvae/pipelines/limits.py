"""Limits of the files that pipelines read."""

from symvae.errors import LatentError
from symvae.files.limit import Limit

LATENTS = Limit(
    "latents",
    100_000,
    "latents",
    "windows of a collection; each is decoded into a file",
    "{where} holds {count} latents; at most {most} are read. Split it.",
    LatentError,
)
