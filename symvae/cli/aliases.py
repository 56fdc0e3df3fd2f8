"""Old names of verbs and options: accepted for one more release, shown in no help."""

VERBS = {"similar": "variations", "vary": "shift"}
OPTIONS = {"--spread": "--prior-temperature", "--settle": "--refine", "--no-settle": "--no-refine"}


def with_current_names(words: list[str]) -> list[str]:
    """The command line with every old name replaced; words after ``--`` are no options."""
    verb = next((at for at, word in enumerate(words) if not word.startswith("-")), None)
    end = words.index("--") if "--" in words else len(words)
    current = [
        VERBS.get(word, word) if at == verb else _current_option(word) for at, word in enumerate(words)
    ]
    return current[:end] + words[end:]


def _current_option(word: str) -> str:
    name, equals, value = word.partition("=")
    return OPTIONS.get(name, name) + equals + value
