"""Pieces of words for a text model, found in texts by SentencePiece (a unigram language model)."""

from __future__ import annotations

import io
from collections.abc import Sequence

from device.understanding.pieces import SPECIAL, Pieces, words


def find(texts: Sequence[str], size: int) -> Pieces:
    """About `size` pieces, fewer where the texts have no more; with every character that is not rare."""
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.Train(
        sentence_iterator=(" ".join(word.text for word in words(text)) for text in texts),
        model_writer=model,
        model_type="unigram",
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=0.9995,
        normalization_rule_name="identity",
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        pad_piece=SPECIAL[0],
        unk_piece=SPECIAL[1],
        control_symbols=list(SPECIAL[2:]),
        num_threads=1,
        minloglevel=2,
    )
    found = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    numbers = range(found.GetPieceSize())
    return Pieces(tuple(map(found.IdToPiece, numbers)), tuple(map(found.GetScore, numbers)))
