"""The public corpora that `mynah-train data` turns into a data folder."""

from __future__ import annotations

from dataclasses import dataclass

from training.corpus.layouts import sounds, spoken
from training.corpus.layouts.clip import Reader


@dataclass(frozen=True, slots=True)
class Corpus:
    """`folder`: where it goes in the data folder. One whose folder is noise or rir shares it with others.

    `purpose`: what training lacks without it.
    """

    name: str
    folder: str
    size: str
    licence: str
    published: str
    purpose: str
    read: Reader

    @property
    def shares(self) -> bool:
        return self.folder in SHARED


SHARED = ("noise", "rir")
"""Folders with one manifest for all the corpora in them."""

CORPORA = (
    Corpus(
        "librispeech",
        "speech/librispeech",
        "0.3 GB (mini), 6 GB (clean, 100 h)",
        "CC BY 4.0",
        "OpenSLR 12; the mini one OpenSLR 31",
        "long sentences, read clearly by many people",
        spoken.librispeech,
    ),
    Corpus(
        "common-voice",
        "speech/common-voice",
        "90 GB (a delta: 1 GB)",
        "CC0",
        "Mozilla Common Voice, English",
        "accents, and ordinary microphones and rooms",
        spoken.common_voice,
    ),
    Corpus(
        "speech-commands",
        "speech/speech-commands",
        "2.4 GB",
        "CC BY 4.0",
        "Speech Commands v0.02 (Warden 2018)",
        "short words said alone: yes, no, on, off, stop",
        spoken.speech_commands,
    ),
    Corpus(
        "speechocean762",
        "speech/speechocean762",
        "0.5 GB",
        "CC BY 4.0",
        "OpenSLR 101",
        "children, and people whose first language is another one",
        spoken.speechocean762,
    ),
    Corpus(
        "an4",
        "speech/an4",
        "0.1 GB",
        "BSD-like (CMU)",
        "CMU Sphinx, AN4 in SPHERE format",
        "spelled names and numbers, on which the decoder is calibrated",
        spoken.an4,
    ),
    Corpus(
        "vctk",
        "speech/vctk",
        "11 GB",
        "CC BY 4.0 (version 0.92)",
        "Edinburgh DataShare, CSTR VCTK Corpus",
        "British and other accents of English",
        spoken.vctk,
    ),
    Corpus(
        "ljspeech",
        "speech/ljspeech",
        "2.6 GB",
        "public domain",
        "The LJ Speech Dataset (Keith Ito)",
        "many hours of one voice",
        spoken.ljspeech,
    ),
    Corpus(
        "esc-10",
        "noise",
        "0.6 GB (all of ESC-50)",
        "CC BY 3.0 (of ESC-50 the ESC-10 part)",
        "ESC-50 (Karol J. Piczak)",
        "noises of a home: a dog, rain, a baby, a clock",
        sounds.esc10,
    ),
    Corpus(
        "musan",
        "noise",
        "11 GB",
        "CC BY 4.0 and public domain",
        "OpenSLR 17",
        "930 noises, of machines and of nature",
        sounds.musan_noise,
    ),
    Corpus(
        "musan-others",
        "negative/musan",
        "(the same)",
        "CC BY 4.0 and public domain",
        "OpenSLR 17",
        "talk and music that must not wake anything",
        sounds.musan_others,
    ),
    Corpus(
        "rirs-noises",
        "rir",
        "1.3 GB",
        "Apache 2.0",
        "OpenSLR 28",
        "measured rooms beside simulated ones",
        sounds.rirs_noises,
    ),
)


def table() -> str:
    """All of them, for a terminal."""
    head = ("name", "size", "licence", "published as", "what it is for")
    rows = [head, *((one.name, one.size, one.licence, one.published, one.purpose) for one in CORPORA)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
