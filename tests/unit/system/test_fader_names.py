"""Short names of faders."""

import pytest

from symvae.errors import LatentError
from symvae.system.faders.request import by_full_name


def test_a_short_name_is_that_of_its_fader():
    assert by_full_name({"syncopation": "+1", "register": 60}) == {"drum_syncopation": "+1", "register": 60}


def test_a_fader_is_named_once():
    with pytest.raises(LatentError, match="syncopation and drum_syncopation are one fader"):
        by_full_name({"syncopation": 1, "drum_syncopation": 2})
