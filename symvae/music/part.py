"""Parts of a song that are named by what they play, in place of the name or number of a track."""


class Part(str):
    """A part, where a track can be named; equal to no name of a track.

    >>> symvae.reconstruct("song.mid", "drums-2bar", track=DRUMS)
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((Part, str(self)))


#: All drum tracks as one kit.
DRUMS = Part("drums")
PARTS = (DRUMS,)
