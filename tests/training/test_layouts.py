"""Corpora in the layouts of their publishers, a few clips of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from training.corpus.layouts import sounds, spoken
from training.corpus.layouts.clip import Clip, Reader


def written(root: Path, **files: str) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return root


def touched(root: Path, *names: str) -> Path:
    for name in names:
        written(root, **{name: ""})
    return root


def librispeech(root: Path) -> Path:
    lines = "84-121123-0000 GO DO YOU HEAR\n84-121123-0001 BUT IN LESS\n"
    return written(root, **{"LibriSpeech/dev-clean/84/121123/84-121123.trans.txt": lines})


def common_voice(root: Path) -> Path:
    rows = [
        "client_id\tpath\tsentence\tup_votes",
        '0123456789abcdef\tcommon_voice_en_1.mp3\tHe said "no".\t2',
        "ffff\tcommon_voice_en_2.mp3\t\t2",
    ]
    return written(root, **{"cv-corpus/en/validated.tsv": "\n".join(rows) + "\n"})


def speech_commands(root: Path) -> Path:
    return touched(
        root, "yes/0a7c_nohash_0.wav", "yes/0a7c_nohash_1.wav", "_background_noise_/pink_noise.wav"
    )


def speechocean(root: Path) -> Path:
    return written(
        root,
        **{
            "speechocean762/train/wav.scp": "000010011\tWAVE/SPEAKER0001/000010011.WAV\n",
            "speechocean762/train/text": "000010011\tWE CALL IT BEAR\n",
            "speechocean762/train/utt2spk": "000010011\t0001\n",
            "speechocean762/test/wav.scp": "000020011\tWAVE/SPEAKER0002/000020011.WAV\n",
            "speechocean762/test/text": "000020011\tNO\n",
        },
    )


def an4(root: Path) -> Path:
    lines = "<s> YES </s> (an251-fash-b)\n<s> R U B O U T </s> (cen8-mjgm-b)\n"
    return written(root, **{"an4/etc/an4_train.transcription": lines})


def vctk(root: Path) -> Path:
    touched(root, "wav48_silence_trimmed/p225/p225_001_mic1.flac")
    return written(root, **{"txt/p225/p225_001.txt": "Please call Stella.\n"})


def ljspeech(root: Path) -> Path:
    return written(root, **{"LJSpeech-1.1/metadata.csv": 'LJ001-0001|In 1465|In fourteen "sixty five"\n'})


def esc(root: Path) -> Path:
    rows = [
        "filename,fold,target,category,esc10,src_file,take",
        "1-100032-A-0.wav,1,0,dog,True,100032,A",
        "1-100038-A-14.wav,1,14,chirping_birds,False,100038,A",
        "5-9032-A-0.wav,5,0,dog,True,9032,A",
        "1-17150-A-12.wav,4,12,crackling_fire,True,17150,A",
    ]
    return written(root, **{"ESC-50-master/meta/esc50.csv": "\n".join(rows) + "\n"})


def musan(root: Path) -> Path:
    return touched(
        root,
        "musan/noise/free-sound/noise-free-sound-0000.wav",
        "musan/speech/librivox/speech-librivox-0000.wav",
        "musan/music/jamendo/music-jamendo-0000.wav",
        "musan/noise/free-sound/LICENSE",
    )


def rirs(root: Path) -> Path:
    line = (
        "--rir-id 00001 --room-id a RIRS_NOISES/real_rirs_isotropic_noises/RWCP_type1_rir_cirline_ofc.wav\n"
    )
    touched(root, "RIRS_NOISES/simulated_rirs/smallroom/Room001/Room001-00001.wav")
    return written(root, **{"RIRS_NOISES/real_rirs_isotropic_noises/rir_list": line})


@pytest.mark.parametrize(
    ("lay_out", "read", "found"),
    [
        (
            librispeech,
            spoken.librispeech,
            [
                (
                    "LibriSpeech/dev-clean/84/121123/84-121123-0000.flac",
                    "84/84-121123-0000",
                    "84",
                    "go do you hear",
                ),
                (
                    "LibriSpeech/dev-clean/84/121123/84-121123-0001.flac",
                    "84/84-121123-0001",
                    "84",
                    "but in less",
                ),
            ],
        ),
        (
            common_voice,
            spoken.common_voice,
            [
                (
                    "cv-corpus/en/clips/common_voice_en_1.mp3",
                    "common_voice_en_1",
                    "cv0123456789ab",
                    'He said "no".',
                )
            ],
        ),
        (
            speech_commands,
            spoken.speech_commands,
            [
                ("yes/0a7c_nohash_0.wav", "yes/0a7c_nohash_0", "0a7c", "yes"),
                ("yes/0a7c_nohash_1.wav", "yes/0a7c_nohash_1", "0a7c", "yes"),
            ],
        ),
        (
            speechocean,
            spoken.speechocean762,
            [("speechocean762/WAVE/SPEAKER0001/000010011.WAV", "0001/000010011", "0001", "we call it bear")],
        ),
        (
            an4,
            spoken.an4,
            [
                ("an4/wav/an4_clstk/fash/an251-fash-b.wav", "fash/an251-fash-b", "fash", "yes"),
                ("an4/wav/an4_clstk/mjgm/cen8-mjgm-b.wav", "mjgm/cen8-mjgm-b", "mjgm", "r u b o u t"),
            ],
        ),
        (
            vctk,
            spoken.vctk,
            [
                (
                    "wav48_silence_trimmed/p225/p225_001_mic1.flac",
                    "p225/p225_001",
                    "p225",
                    "Please call Stella.",
                )
            ],
        ),
        (
            ljspeech,
            spoken.ljspeech,
            [("LJSpeech-1.1/wavs/LJ001-0001.wav", "LJ001-0001", "lj", 'In fourteen "sixty five"')],
        ),
        (
            esc,
            sounds.esc10,
            [
                ("ESC-50-master/audio/1-100032-A-0.wav", "dog/1-100032-A-0", "", "dog"),
                ("ESC-50-master/audio/1-17150-A-12.wav", "crackling-fire/1-17150-A-12", "", "crackling fire"),
            ],
        ),
        (
            musan,
            sounds.musan_noise,
            [
                (
                    "musan/noise/free-sound/noise-free-sound-0000.wav",
                    "noise/free-sound/noise-free-sound-0000",
                    "",
                    "",
                )
            ],
        ),
        (
            musan,
            sounds.musan_others,
            [
                (
                    "musan/speech/librivox/speech-librivox-0000.wav",
                    "speech/librivox/speech-librivox-0000",
                    "",
                    "",
                ),
                ("musan/music/jamendo/music-jamendo-0000.wav", "music/jamendo/music-jamendo-0000", "", ""),
            ],
        ),
    ],
)
def test_a_layout(
    tmp_path: Path,
    lay_out: Callable[[Path], Path],
    read: Reader,
    found: list[tuple[str, str, str, str]],
) -> None:
    root = lay_out(tmp_path / "unpacked")
    wanted = [Clip(root / source, name, speaker, text) for source, name, speaker, text in found]
    assert list(read(root)) == wanted
    assert list(read(tmp_path)) == wanted, "a folder above it will do as well"


def test_of_a_room_with_many_microphones_one_counts(tmp_path: Path) -> None:
    name = "RWCP_type1_rir_cirline_ofc"
    source = rirs(tmp_path) / f"RIRS_NOISES/real_rirs_isotropic_noises/{name}.wav"
    assert list(sounds.rirs_noises(tmp_path)) == [Clip(source, name, "", "", channel=0)]


@pytest.mark.parametrize(
    "read",
    [
        *(spoken.librispeech, spoken.common_voice, spoken.speech_commands, spoken.speechocean762, spoken.an4),
        *(
            spoken.vctk,
            spoken.ljspeech,
            sounds.esc10,
            sounds.musan_noise,
            sounds.musan_others,
            sounds.rirs_noises,
        ),
    ],
)
def test_what_is_another_corpus_has_no_clips(tmp_path: Path, read: Reader) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(16, np.int16), 16_000)
    assert list(read(tmp_path)) == []
