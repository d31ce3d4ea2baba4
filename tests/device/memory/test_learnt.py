"""What was taught is kept whole, or set aside."""

from __future__ import annotations

from pathlib import Path

from device.events import Change
from device.memory.learnt import LEARN, OFFER, UNLEARN, Learnt, Lesson, learnt_store

COSY = Lesson("make it cosy", "dim the lights", "HassLightSet", {"area": "kitchen", "brightness": 30}, 5.0)


def test_it_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "learnt.json"
    learnt_store(file).change(lambda learnt: learnt.after(Change(LEARN, {}, COSY)))
    assert learnt_store(file).read() == Learnt((COSY,))
    assert file.stat().st_mode & 0o077 == 0


def test_a_torn_file_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "learnt.json"
    file.write_text('{"learnt": [{"said": 3')
    assert learnt_store(file).read() == Learnt()
    assert len(list(tmp_path.iterdir())) == 1
    assert not file.exists()


def test_what_is_forgotten_or_was_offered_is_not_proposed_again() -> None:
    learnt = Learnt().after(Change(LEARN, {}, COSY)).after(Change(UNLEARN, {}, COSY))
    assert learnt == Learnt(refused=("make it cosy",))
    offered = Learnt().after(Change(OFFER, {"at": 7.0}, COSY))
    assert offered == Learnt(asked=("make it cosy",), offered=7.0)
    assert not offered.knows("make it cosy")  # whoever asks for proposals still gets it


def test_a_new_meaning_takes_the_place_of_the_old_one() -> None:
    other = Lesson("make it cosy", "turn on the floor lamp", "HassTurnOn", {"name": "floor lamp"})
    assert Learnt((COSY,)).after(Change(LEARN, {}, other)).lessons == (other,)
