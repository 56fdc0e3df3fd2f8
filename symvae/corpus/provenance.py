"""Origin and license of each collection, as quoted in cards.

Released weights may be trained on public-domain tunes and on CC0 and MIT data, but not on Essen, whose
license is non-commercial. A collection that is not listed here is a user's own folder.
"""

_MUSIC21 = "the corpus that comes with music21 (pip install music21)"

#: Collection → origin, wording of the license, permission to train released weights on it.
SOURCES: dict[str, dict[str, str | bool]] = {
    "ryans": {
        "origin": f"Ryan's Mammoth Collection (Boston, 1883), from {_MUSIC21}",
        "license": "tunes in the public domain; the files state no license",
        "for_released_weights": True,
    },
    "oneills": {
        "origin": f"O'Neill's Music of Ireland (Chicago, 1903), from {_MUSIC21}",
        "license": "tunes in the public domain; the files state no license",
        "for_released_weights": True,
    },
    "airds": {
        "origin": f"Aird's Airs (Glasgow, 1782 to 1801), transcribed by Jack Campin, from {_MUSIC21}",
        "license": "tunes in the public domain; the files state no license",
        "for_released_weights": True,
    },
    "misc": {
        "origin": f"American fife tunes and Northumbrian Minstrelsy, edited by Jack Campin, from {_MUSIC21}",
        "license": "traditional tunes in the public domain; the files state no license",
        "for_released_weights": True,
    },
    "bach": {
        "origin": f"chorales of Johann Sebastian Bach, the soprano part, from {_MUSIC21}",
        "license": "music in the public domain; encoding distributed with music21 by permission",
        "for_released_weights": True,
    },
    "bach-chorales": {
        "origin": f"chorales of Johann Sebastian Bach, all voices, from {_MUSIC21}",
        "license": "music in the public domain; encoding distributed with music21 by permission",
        "for_released_weights": True,
    },
    "essen": {
        "origin": f"the Essen Folksong Collection, from {_MUSIC21}",
        "license": "non-commercial use only",
        "for_released_weights": False,
    },
    "pop909": {
        "origin": (
            "POP909 (Wang et al., POP909: A Pop-song Dataset for Music Arrangement Generation, ISMIR 2020; "
            "github.com/music-x-lab/POP909-Dataset), re-timed onto its beat annotation; track MELODY"
        ),
        "license": "MIT",
        "for_released_weights": True,
    },
    "pop909_trio": {
        "origin": (
            "melodies of POP909 with an accompaniment by rule: bass from its chords or its track PIANO, "
            "drums from takes of the Groove MIDI Dataset"
        ),
        "license": "MIT (POP909), CC BY 4.0 (Groove)",
        "for_released_weights": True,
    },
    "openscore_lieder": {
        "origin": (
            "OpenScore Lieder Corpus (Gotham and Jonas, The OpenScore Lieder Corpus, MEC 2021; "
            "github.com/OpenScore/Lieder), the voice"
        ),
        "license": "CC0",
        "for_released_weights": True,
    },
    "groove": {
        "origin": (
            "Groove MIDI Dataset (Gillick et al., Learning to Groove with Inverse Sequence Transformations, "
            "ICML 2019; magenta.tensorflow.org/datasets/groove) by Google LLC"
        ),
        "license": "CC BY 4.0",
        "for_released_weights": True,
    },
    "freedoom": {
        "origin": "music of Freedoom by its contributors (freedoom.github.io, CREDITS-MUSIC)",
        "license": "BSD-3-Clause",
        "for_released_weights": True,
    },
    "blasphemer": {
        "origin": "music of Blasphemer by its contributors (github.com/Catoptromancy/blasphemer)",
        "license": "BSD-3-Clause",
        "for_released_weights": True,
    },
    "helland": {
        "origin": "game music by Tanner Helland (tannerhelland.com)",
        "license": "CC BY 4.0",
        "for_released_weights": True,
    },
    "easyrpg": {
        "origin": "music of the EasyRPG runtime package by its authors (AUTHORS.md)",
        "license": "CC BY 4.0",
        "for_released_weights": True,
    },
}

#: The same for a collection that is not listed.
OWN_FOLDER: dict[str, str | bool] = {
    "origin": "a folder of your own",
    "license": "yours to state",
    "for_released_weights": False,
}
