"""Verbs and options of the last release that have a new name: accepted for one more release, shown nowhere."""

VERBS = {"similar": "variations", "vary": "shift"}
OPTIONS = {"--spread": "--prior-temperature", "--settle": "--refine", "--no-settle": "--no-refine"}


def with_names_of_today(words: list[str]) -> list[str]:
    """The command line with every old name replaced."""
    verb = next((at for at, word in enumerate(words) if not word.startswith("-")), None)
    return [VERBS.get(word, word) if at == verb else _option_of_today(word) for at, word in enumerate(words)]


def _option_of_today(word: str) -> str:
    name, equals, value = word.partition("=")
    return OPTIONS.get(name, name) + equals + value
