from tests.genie_models import tiny_genie  # noqa: F401 (a fixture)
