"""Where the phones are in what people say: the shipped acoustic model aligns the corpora, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from tqdm import tqdm

from device.errors import LexiconError
from device.hearing.acoustic import AcousticModel
from device.hearing.lexicon import Lexicon
from training.corpus.store import Item, Store, first_copies
from training.hearing import labels as labelling
from training.hearing.align import align, states
from training.hearing.data import Labels
from training.hearing.labels import DROPPED, Key

PRIOR_SCALE = 0.5


def alignment(
    store: Store, sources: Iterable[str], acoustic: Callable[[], AcousticModel], model: Path, lexicon: Lexicon
) -> dict[Key, Labels]:
    """The phone of each output frame of every utterance whose text is known, by (source, number).

    Kept in the store, for each `model` (a bundle's folder) its own; a source is aligned once. `acoustic`
    opens that model. Utterances that fit their text worst are left out.
    """
    sha = hashlib.sha256((model / "model.tflite").read_bytes()).hexdigest()[:8]
    found: dict[Key, Labels] = {}
    opened: AcousticModel | None = None
    for source in sources:
        file = store.folder / f"{source}.{sha}.npz"
        if not file.exists():
            opened = opened or acoustic()
            labelling.save(_aligned(store, source, opened, lexicon), file)
        found |= labelling.load(file)
    return found


def _aligned(store: Store, source: str, acoustic: AcousticModel, lexicon: Lexicon) -> dict[Key, Labels]:
    items = [item for item in first_copies(store.items(source)) if item.text]
    lexicon.prepare(sorted({word for item in items for word in item.text.split()}))
    index = {phone: number for number, phone in enumerate(acoustic.phones)}
    features = store.mapped(source)
    done: list[tuple[float, Key, Labels]] = []
    for item in tqdm(items, f"align {source}", unit="utt", mininterval=10):
        words = _words(item, lexicon)
        if words is None:
            continue
        frames = features[item.start : item.start + item.frames].astype(np.float32)
        scores = acoustic.of_features(frames) - np.float32(PRIOR_SCALE) * acoustic.log_prior
        path = align(scores, states(words, index))
        if path is not None:
            done.append((path[1], (source, item.number), path[0]))
    done.sort(key=lambda entry: entry[0])
    return {key: labels for _, key, labels in done[int(DROPPED * len(done)) :]}


def _words(item: Item, lexicon: Lexicon) -> list[tuple[tuple[str, ...], ...]] | None:
    """The pronunciations of what is said; None where a word has letters without a sound."""
    try:
        return [tuple(map(tuple, lexicon.pronunciations(word))) for word in item.text.split()]
    except LexiconError:
        return None
