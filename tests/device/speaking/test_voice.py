from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pytest

from device.assembly.voices import best_voice
from device.errors import VoiceError
from device.events import SAMPLE_RATE, Samples
from device.hearing.lexicon import Lexicon
from device.settings import Settings, VoiceSettings, voice_name
from device.speaking.espeak import Espeak
from device.speaking.packed import Packed
from device.speaking.phonemes import in_ipa
from device.speaking.piper import Piper
from device.speaking.voice import LOUDNESS, PEAK, Engine, KeptVoice, SentenceVoice, levelled

needs_hibari = pytest.mark.skipif(
    importlib.util.find_spec("hibari") is None, reason="hibari-tts is not installed"
)
needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


class Tone:
    """An engine: a tone as long as the piece has letters, in 10 ms. Keeps what it was given."""

    name, rate = "tone", 24_000

    def __init__(self) -> None:
        self.given: list[str] = []

    def sound(self, piece: str) -> npt.NDArray[np.float32]:
        self.given.append(piece)
        time = np.arange(240 * len(piece)) / self.rate
        return (0.01 * np.sin(2 * np.pi * 300 * time)).astype(np.float32)


def test_a_text_comes_sentence_by_sentence_at_16_khz() -> None:
    pieces = list(SentenceVoice(Tone()).speak("It is on. That is all."))
    assert [round(len(piece) / SAMPLE_RATE, 2) for piece in pieces] == [0.21, 0.24]
    assert all(piece.dtype == np.int16 for piece in pieces)


def test_the_first_sound_does_not_wait_for_the_rest() -> None:
    engine = Tone()
    next(SentenceVoice(engine).speak("It is on. That is all."))
    assert engine.given == ["It is on."]


@pytest.mark.parametrize("amplitude", [0.001, 0.3])
def test_every_voice_is_equally_loud(amplitude: float) -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    sound = levelled((amplitude * np.sin(2 * np.pi * 200 * time)).astype(np.float32), SAMPLE_RATE)
    heard = sound[:SAMPLE_RATE] / 32_768
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(LOUDNESS, rel=0.01)


def test_a_click_does_not_overdrive() -> None:
    sound = np.full(SAMPLE_RATE, 0.001, np.float32)
    sound[100] = 1
    assert np.abs(levelled(sound, SAMPLE_RATE)).max() <= PEAK * 32_768 + 1


def test_digital_silence_stays_so() -> None:
    assert not levelled(np.zeros(100, np.float32), SAMPLE_RATE).any()


def test_what_is_said_often_is_made_once() -> None:
    engine = Tone()
    voice = KeptVoice(SentenceVoice(engine))
    first, again = (list(voice.speak("It is on.")) for _ in range(2))
    assert engine.given == ["It is on."]
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(again))


def test_what_was_said_longest_ago_makes_room() -> None:
    engine = Tone()
    voice = KeptVoice(SentenceVoice(engine), most=40_000)  # four texts of 8960 bytes
    for number in ("one", "two", "one", "six", "one", "ten", "few", "one", "six", "two"):
        list(voice.speak(f"It was {number} here."))
    made = [text.split()[2] for text in engine.given]
    assert made == ["one", "two", "six", "ten", "few", "two"]


def test_what_was_broken_off_is_not_kept() -> None:
    engine = Tone()
    voice = KeptVoice(SentenceVoice(engine))
    begun: Iterator[Samples] = voice.speak("One. Two.")
    next(begun)
    begun.close()  # type: ignore[attr-defined]
    assert len(list(voice.speak("One. Two."))) == 2


def test_packed_entries_are_found() -> None:
    entries = {"b": "ä", "a": {"NN": "x\ty"}, "": 1.5, "lamp's": None}
    packed = Packed(entries)
    assert {key: packed.get(key) for key in entries} == entries
    assert [packed.get(key, "none") for key in ("c", "A", "aa")] == ["none"] * 3
    assert len(packed) == 4


@pytest.mark.parametrize(
    ("phones", "ipa"),
    [("Z IH G B IY", "zˈɪɡbi"), ("AH G AA V EY", "əɡˈɑvA"), ("HH AH0 L OW1", "həlˈO"), ("S", "s")],
)
def test_phones_are_written_as_phonemes(phones: str, ipa: str) -> None:
    assert in_ipa(phones.split()) == ipa


def test_the_lexicon_tells_a_voice_only_what_it_cannot_know(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("siobhan SH IH0 V AO1 N\n")
    lexicon = Lexicon(tmp_path / "words.txt")
    assert lexicon.own("Siobhan") == ("SH", "IH0", "V", "AO1", "N")
    assert lexicon.own("kitchen") is None


@needs_hibari
def test_hibari_speaks_and_says_names_as_the_lexicon_does() -> None:
    from device.speaking.hibari import Hibari

    asked: list[str] = []

    def pronounce(word: str) -> tuple[str, ...] | None:
        asked.append(word)
        return ("SH", "IH0", "V", "AO1", "N") if word == "Siobhan" else None

    engine = Hibari(pronounce)
    (sound,) = SentenceVoice(engine).speak("Siobhan's lamp is on, Siobhan")
    assert 1 < len(sound) / SAMPLE_RATE < 4
    assert asked == ["Siobhan", "s", "lamp", "is", "on", "Siobhan"]
    assert "ʃɪvˈɔn" in engine.phonemes("Hello Siobhan")


@needs_espeak
def test_espeak_speaks() -> None:
    (sound,) = SentenceVoice(Espeak()).speak("The lamp is on")
    assert 0.5 < len(sound) / SAMPLE_RATE < 3
    assert np.abs(sound).max() > 3000


def test_without_the_program_it_says_what_to_install() -> None:
    with pytest.raises(VoiceError, match="sudo apt install espeak-ng"):
        Espeak("no-such-program")


def a_piper_voice(folder: Path, rate: object = 22_050, description: str | None = None) -> Path:
    model = folder / "en_US-lessac-medium.onnx"
    model.write_bytes(b"onnx")
    written = json.dumps({"audio": {"sample_rate": rate}}) if description is None else description
    model.with_name(f"{model.name}.json").write_text(written)
    return model


def piper(name: str) -> object:
    chunk = SimpleNamespace(audio_float_array=np.full(2205, 0.1, np.float32))
    voice = SimpleNamespace(synthesize=lambda text: [chunk, chunk])
    return SimpleNamespace(PiperVoice=SimpleNamespace(load=lambda model: voice))


def test_a_voice_of_piper_speaks_at_its_own_rate(tmp_path: Path) -> None:
    engine: Engine = Piper(a_piper_voice(tmp_path), piper)
    (sound,) = SentenceVoice(engine).speak("The lamp is on")
    assert len(sound) / SAMPLE_RATE == pytest.approx(0.2 + 0.12, abs=0.01)


def torn(name: str) -> object:
    def load(model: str) -> object:
        raise RuntimeError("Protobuf parsing failed.\nmore")

    return SimpleNamespace(PiperVoice=SimpleNamespace(load=load))


def absent(name: str) -> object:
    raise ModuleNotFoundError("No module named 'piper'")


@pytest.mark.parametrize(
    ("rate", "description", "importer", "message"),
    [
        (22_050, None, absent, "pip install piper-tts"),
        (22_050, None, torn, "cannot be loaded, copy it again: Protobuf parsing failed.$"),
        (22_050, "{", piper, "does not describe a voice"),
        (22_050, "[]", piper, "does not describe a voice"),
        (96_000, None, piper, "the sample rate is 96000"),
        ("fast", None, piper, "the sample rate is 'fast'"),
    ],
    ids=["no package", "torn model", "torn description", "no description", "another rate", "no rate"],
)
def test_a_voice_of_piper_that_is_not_well_is_one_line(
    tmp_path: Path, rate: object, description: str | None, importer: object, message: str
) -> None:
    with pytest.raises(VoiceError, match=message) as raised:
        Piper(a_piper_voice(tmp_path, rate, description), importer)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)


@needs_espeak
def test_where_the_voice_cannot_be_had_espeak_speaks_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(voice=VoiceSettings(voice=voice_name(str(tmp_path / "none.onnx"))))
    voice = best_voice(settings)
    assert voice is not None
    assert voice.name == "espeak"
    assert len(caplog.messages) == 1
    assert "no such file" in caplog.text
    assert "espeak-ng speaks instead" in caplog.text


@needs_espeak
def test_on_a_small_board_espeak_speaks(caplog: pytest.LogCaptureFixture) -> None:
    voice = best_voice(Settings(), free=100)
    assert voice is not None
    assert voice.name == "espeak"
    assert "less than 200 MB are free" in caplog.text
