"""Tiny models with faders."""

from tests.fader_models import aroused_model, fader_model, piano_model, wide_model  # noqa: F401 (fixtures)
