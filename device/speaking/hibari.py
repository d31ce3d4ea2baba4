"""The voice of hibari-tts: a small network and its dictionary. https://pypi.org/project/hibari-tts/

Its own loader takes 180 MB, most of it for dictionaries as Python objects. Here they are packed, and
onnxruntime keeps no memory between two sentences: 75 MB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.errors import VoiceError
from device.speaking.packed import Packed
from device.speaking.phonemes import in_ipa
from device.system.allocated import trim

Pronounce = Callable[[str], tuple[str, ...] | None]
"""ARPAbet phones of a word that is to be said in a certain way; None for all others."""

_WORD = re.compile(r"[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*")
"""A word, without the ending of a possessive."""


class Hibari:
    """An engine. Loading takes a second. Raises VoiceError where a package is missing or a file is torn."""

    name = "hibari"

    def __init__(self, pronounce: Pronounce = lambda word: None) -> None:
        try:
            import onnxruntime
            from hibari import dsp, tts
        except ImportError as error:
            raise VoiceError(
                f"the voice hibari is not installed ({error}); install it: pip install hibari-tts"
            ) from None
        assets = Path(tts.ASSETS)
        self.rate: int = dsp.SR
        self._pronounce, self._synthesize = pronounce, dsp.synth
        try:
            self._model = session(onnxruntime, assets / "hibari.onnx")
            self._ids: dict[str, int] = json.loads((assets / "vocab.json").read_text("utf-8"))
            self._phonemes = _phonemizer()
        except Exception as error:  # onnxruntime has an exception for each fault, and no base of its own
            raise VoiceError(
                f"the voice hibari cannot be loaded, reinstall hibari-tts: {one_line(error)}"
            ) from None
        trim()

    def sound(self, piece: str) -> npt.NDArray[np.float32]:
        phonemes = self.phonemes(piece)
        ids = [self._ids[each] for each in phonemes if each in self._ids]
        if not ids:
            return np.zeros(0, np.float32)
        inputs = {"ids": np.array([[0, *ids, 0]], np.int64), "speed": np.ones(1, np.float32)}
        predicted = (part[0] for part in self._model.run(None, inputs))
        sound: npt.NDArray[np.float32] = self._synthesize(*predicted, np.random.default_rng(0))
        trim()
        return sound

    def phonemes(self, piece: str) -> str:
        """How `piece` is pronounced, in the model's own letters."""
        return self._phonemes(_WORD.sub(self._marked, piece))

    def _marked(self, match: re.Match[str]) -> str:
        """A word, with its phonemes where they are prescribed: [word](/phonemes/)."""
        phones = self._pronounce(match[0])
        return f"[{match[0]}](/{in_ipa(phones)}/)" if phones else match[0]


def session(onnxruntime: Any, model: Path) -> Any:
    """`model` on one thread, in as little memory as it needs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _phonemizer() -> Callable[[str], str]:
    """hibari's own, its dictionaries packed one after the other, so that they are never large together."""
    from hibari.g2p import G2P, _load_json
    from hibari.g2p.lexicon import Lexicon
    from hibari.g2p.tagger import Tagger
    from hibari.g2p.tokenize import Tokenizer

    made = G2P.__new__(G2P)
    made.british, made.unk, made._oov = False, "", None
    made.tokenizer = Tokenizer(_load_json("tokenizer_exceptions.json"))
    made.lexicon = Lexicon(*(Packed(_load_json(f"lexicon_us_{part}.json.gz")) for part in ("gold", "silver")))
    model = _load_json("tagger.json.gz")
    made.tagger = Tagger(
        {**model, "weights": Packed(model.pop("weights")), "tagdict": Packed(model["tagdict"])}
    )
    return made


def one_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
