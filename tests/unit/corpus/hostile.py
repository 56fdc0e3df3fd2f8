"""Readers that fail in every way a reader can; they run in reading processes only."""

import os
import signal
import sys
import time

from symvae.errors import MidiError


def read(item: str) -> str:
    """Fail as the item says; any other item gives itself."""
    match item:
        case "zero":
            return str(1 // 0)
        case "recursion":
            return read(item)
        case "exit":
            sys.exit(3)
        case "end":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segment":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            while True:
                pass
        case "wait":
            time.sleep(10_000)
        case "memory":
            chunks = []
            while True:
                chunks.append(bytes(2**20))
        case "huge":
            return str(len(bytearray(2**45)))
        case "unpicklable":
            return lambda: item  # type: ignore[return-value]
        case "print":
            os.write(1, b"\x00\x01 a library prints")
            print("and so does Python")
            os.write(2, b"here, too")
            os.read(0, 10)
        case "nameless":
            raise Nameless
        case "refused":
            raise MidiError("It is no music. Give another file.")
        case "nap":
            time.sleep(0.3)
        case "pid":
            return str(os.getpid())
        case "modules":
            import symvae.corpus.encoded  # noqa: F401

            return " ".join(sys.modules)
    return item


KEPT: list[bytes] = []


def grow(item: str) -> str:
    """Keep 40 MiB for ever."""
    KEPT.append(bytes(40 * 2**20))
    return item


class Nameless(Exception):
    def __str__(self) -> str:
        raise ValueError
