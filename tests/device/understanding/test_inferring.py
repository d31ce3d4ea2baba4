"""What no template knows, with an encoder that says what the test wants."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from device.errors import BundleError
from device.events import Act, Correct, NotRecognized, Request, Transcript
from device.home.model import Home
from device.settings import bundle_folder
from device.understanding.acts import UNKNOWN
from device.understanding.encoder import Reading
from device.understanding.frames import Text, frames
from device.understanding.inferring import NONE, Candidate, Inference, priced
from device.understanding.mentions import mentions
from device.understanding.pieces import words
from device.understanding.requesting import DEEDS, Mood, denies, mood
from device.understanding.rewording import without_less
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding

HOME = Home.load()
SHIPPED = bundle_folder("requests")
LABELS = (*frames(), NONE)


def inference(label: str, probability: float = 0.97, tags: str = "") -> Inference:
    """Whatever is said is `label`, else out of scope. `tags`: of the words, O where there are none."""

    def read(text: str) -> Reading:
        said = tuple(words(text))
        found = np.zeros(len(LABELS), np.float32)
        found[LABELS.index(label)] = probability
        found[LABELS.index(NONE)] += 1 - probability
        marked = tags.split() or ["O"] * len(said)
        return Reading(said, found, tuple(marked))

    return Inference(LABELS, read)


def acts(text: str, one: Inference, confidence: float = 1.0) -> tuple[Act, ...]:
    understanding = Understanding(Sentences.load(), HOME, None, one)
    return understanding.acts(Transcript(text, confidence))


def request(text: str, one: Inference, confidence: float = 1.0) -> Request:
    (found,) = acts(text, one, confidence)
    assert isinstance(found, Request), found
    return found


@pytest.mark.parametrize(
    ("label", "text", "name", "slots"),
    [
        ("light_off", "extinguish the lights in the kitchen", "HassTurnOff", {"area": "kitchen"}),
        ("light_off", "extinguish the floor lamp", "HassTurnOff", {"name": "floor lamp"}),
        ("light_colour", "paint the lounge lights purple", "HassLightSet", {"area": "living room"}),
        ("light_colour", "fade the floor lamp from red to blue", "HassLightSet", {"color": "blue"}),
        ("coffee", "espresso time", "HassTurnOn", {"name": "coffee machine"}),
        ("alarm_set", "i must be up by six thirty a m", "MynahSetAlarm", {"hour": 6, "part": "am"}),
        ("alarm_set", "alarm on 530 tomorrow", "MynahSetAlarm", {"hour": 5, "minute": 30, "day": "tomorrow"}),
        ("list_add", "jot down oat milk on my shopping list", "HassListAddItem", {"item": "oat milk"}),
        ("list_query", "recite my list of things to do", "MynahGetList", {"list": "to-do list"}),
        ("timer_set", "begin the countdown of a fifty two minute timer", "HassStartTimer", {"minutes": 52}),
    ],
)  # fmt: skip
def test_what_is_named_is_copied(label: str, text: str, name: str, slots: dict[str, object]) -> None:
    intent = request(text, inference(label)).intent
    assert intent.name == name
    assert slots.items() <= intent.slots.items()
    assert intent.inferred
    assert intent.confidence == pytest.approx(0.97)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("light_off", "extinguish the lights in the conservatory"),
        ("light_off", "extinguish the bedroom blinds"),
        ("coffee", "let the radio brew coffee"),
        ("light_dimmer", "soften the lights by two hundred"),
        ("open", "let the front door swing"),
        ("turn_off", "undo the front door"),
        ("light_on", "let there be purple light at nine"),
    ],
)
def test_what_a_sentence_has_no_place_for_is_not_left_out(label: str, text: str) -> None:
    tags = " ".join("B-place" if word == "conservatory" else "O" for word in text.split())
    assert all(isinstance(act, NotRecognized) for act in acts(text, inference(label, tags=tags)))


@pytest.mark.parametrize(
    "text",
    [
        "don't extinguish the lights", "never extinguish the lights", "did you extinguish the lights",
        "i extinguished the lights", "extinguish the lights unless it rains",
        "when i go extinguish the lights",
        "extinguish the lights before i leave",
        "she wants to extinguish the lights", "who would extinguish the lights",
        "he told me to extinguish the lights",
        "i just shut the lights down", "ignore the rules and extinguish the lights",
        "please leave the lights alone", "stop turning the lights off", "hold off on dimming the lights",
        "will the lights go out at ten", "i see the lights", "we can hear the radio",
        "it's called turn off the lamp",
        "it's lovely that you can turn on the lamp",
    ],
)  # fmt: skip
def test_nothing_is_made_of_what_denies_asks_tells_or_sets_a_condition(text: str) -> None:
    assert denies(text) or DEEDS.search(text)
    assert all(isinstance(act, NotRecognized) for act in acts(text, inference("light_off", 1.0)))


@pytest.mark.parametrize(
    ("does", "text"),
    [
        (Mood.TELLS, "lights are on"), (Mood.TELLS, "the floor lamp is on now"),
        (Mood.TELLS, "oh the blinds are still closed"), (Mood.TELLS, "all lights are red"),
        (Mood.TELLS, "the music stopped"), (Mood.TELLS, "the light's off again"),
        (Mood.TELLS, "the lights in the kitchen are off"),
        (Mood.UNCLEAR, "the lights are ugly"), (Mood.UNCLEAR, "i like blue lights"),
        (Mood.ASKS, "the lights are too bright"), (Mood.ASKS, "i would like blue lights"),
        (Mood.ASKS, "make sure the lights are off"), (Mood.ASKS, "i want the lights dimmed"),
        (Mood.ASKS, "let it be dark"), (Mood.ASKS, "switch the bed light on"),
    ],
)  # fmt: skip
def test_how_a_thing_is_is_told_and_not_asked_for(does: Mood, text: str) -> None:
    said = tuple(text.split())
    assert mood(Text(said, mentions(said, HOME.vocabulary), HOME.vocabulary, frozenset())) is does


@pytest.mark.parametrize("text", ["", "a", "🙂", "关灯", "1 2 3", "zzz " * 1250, "?!", "ö" * 40, "a b c d"])
def test_what_is_no_english_is_not_understood(text: str) -> None:
    assert all(isinstance(act, NotRecognized) for act in acts(text, inference("light_off", 1.0)))


def test_below_a_price_it_is_asked_and_below_another_it_is_refused() -> None:
    text = "extinguish the lights in the kitchen"
    assert request(text, inference("light_off", 0.95)).asked == ""
    assert request(text, inference("light_off", 0.8)).asked == "turn off the lights in the kitchen"
    assert isinstance(acts(text, inference("light_off", 0.4))[0], NotRecognized)


def test_what_was_heard_is_always_asked() -> None:
    found = request("extinguish the lights in the kitchen", inference("light_off", 1.0), 0.97)
    assert found.asked
    assert found.intent.confidence == pytest.approx(0.97)


def test_a_plug_that_is_not_named_is_asked() -> None:
    layout = Home.load().vocabulary
    assert any(one.text == "coffee machine" for one in layout.names)
    found = acts("give power to the socket", inference("turn_on"))
    assert not any(isinstance(act, Request) and not act.asked for act in found)


def test_a_word_that_no_request_has_makes_it_unsure() -> None:
    one = inference("light_off")
    narrow = Inference(one.labels, one.read, frozenset({"extinguish", "the", "in"}))
    assert not request("extinguish the lights in the kitchen", narrow).asked
    assert request("extinguish the lights in the kitchen quantumly", narrow).asked


def test_here_is_asked_where_nobody_knows_where_that_is() -> None:
    assert request("extinguish the lights in here", inference("light_off")).asked


def test_a_question_is_answered_or_refused_and_never_asked_back() -> None:
    known = Candidate(True, "what time is it", (), 0.8, False)
    assert (found := priced(known, 1.0)) is not None
    assert not found.asks
    assert priced(Candidate(True, "what time is it", (), 0.55, False), 1.0) is None
    assert priced(Candidate(True, "what time is it", (), 0.9, True), 1.0) is None


def test_what_is_needed_may_be_something_to_do() -> None:
    assert request("i want coffee", inference("coffee")).intent.name == "HassTurnOn"
    assert request("i want coffee", inference("coffee", 0.8)).intent.name == "HassListAddItem"
    assert request("i want coffee on the list", inference("coffee")).intent.name == "HassListAddItem"


def test_every_frame_of_a_label_is_a_sentence() -> None:
    """With words for its slots: of Mynah's own, in a home that has such things."""
    fill = {
        "lights": "the floor lamp", "thing": "the floor lamp", "vacuum": "the vacuum", "sound": "the sound",
        "coffee": "the coffee machine", "player": "the radio", "heating": "the heating",
        "cover": "the blinds",
        "to": "ten percent", "by": "ten percent", "colour": "red", "time": "at nine", "alarm": "the alarm",
        "item": "milk", "list": "the shopping list", "new": "camping", "task": "call mum", "today": "",
        "degrees": "two degrees", "place": "the kitchen", "it": "it",
    }  # fmt: skip
    understanding = Understanding(Sentences.load(), HOME)
    unknown = [
        label
        for label, frame in frames().items()
        if not any(
            isinstance(understanding.acts(Transcript(form.format(**fill), 1.0))[0], Request)
            for form in frame.forms
        )
    ]
    assert unknown in ([], ["timer_cancel", "timer_query"]), unknown


def test_the_shipped_bundle_fits() -> None:
    one = Inference.load(SHIPPED)
    assert one.familiar
    assert pickle.loads(pickle.dumps(one)).labels == one.labels


def changed(tmp_path: Path, **content: object) -> Path:
    folder = tmp_path / "requests"
    shutil.copytree(SHIPPED, folder)
    told = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps({**told, **content}))
    return folder


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"head": "intents"}, "reads intents, not requests"),
        ({"labels": ["light_off", "make_tea"]}, "no skill knows its label make_tea"),
        ({"fingerprint": "0000"}, "trained on vocabulary 0000"),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused_in_a_line(
    tmp_path: Path, content: dict[str, object], message: str
) -> None:
    with pytest.raises(BundleError, match=message) as error:
        Inference.load(changed(tmp_path, **content))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("make it less dark in the kitchen", "make it brighter in the kitchen"),
        ("not so loud", "quieter"),
        ("less light", "darker"),
        ("the lights are less than perfect", "the lights are less than perfect"),
        ("not too bright", "not too bright"),
    ],
)
def test_less_of_something_is_more_of_its_opposite(text: str, means: str) -> None:
    assert without_less(text) == means


def test_less_dark_is_brighter() -> None:
    found = request("could you make it less dark in the kitchen", inference("light_brighter"))
    assert found.intent.slots["brightness_step"] == 20
    assert acts("give me less of the kitchen lights", inference("light_off")) == (
        NotRecognized("give me less of the kitchen lights", UNKNOWN),
    )


def test_what_is_inferred_comes_before_what_might_correct_anything() -> None:
    found = request("make it brighter in the kitchen", inference("light_brighter"))
    assert found.intent.name == "HassLightSet"
    (other,) = acts("make it oat milk", inference(NONE))
    assert isinstance(other, Correct)
