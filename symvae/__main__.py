"""``python -m symvae`` is the command line; torchrun starts it this way."""

from symvae.cli.stopping import stoppable


def main() -> None:
    """Entry point of the ``symvae`` command; it listens to Ctrl-C before anything else is imported."""
    with stoppable():
        from symvae.cli.main import run

        run()


if __name__ == "__main__":
    main()
