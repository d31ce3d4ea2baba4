"""Shorter names for devices: parts of their names, and the words for their kinds. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from device.appliances.devices import MEASURING, Device
from device.understanding.numbers import ONES, TENS, spoken

LIGHT_WORDS = {"light", "lights", "lamp", "lamps"}
NUMBER_WORDS = frozenset((*ONES, *TENS))
KIND_WORDS = {
    "lock": ("door", "lock"),
    "vacuum": ("vacuum", "vacuum cleaner", "hoover"),
    "lawn_mower": ("mower", "lawn mower"),
    "humidifier": ("humidifier",),
    "water_heater": ("water heater", "boiler"),
    "siren": ("siren",),
    "alarm_panel": ("alarm", "alarm system"),
}
"""What things are called whatever their names are, since a home has few of them."""
SAME_WORDS = ({"tv", "television", "telly"}, {"vacuum", "hoover"}, {"fridge", "refrigerator"})
"""Last words of names that people exchange."""
OWN_WORDS: Mapping[str, Collection[str]] = {
    "light": LIGHT_WORDS,
    "switch": {"plug", "socket", "outlet"},
    "lock": {"lock"},
    "cover": {"blind", "blinds", "curtain", "curtains", "shade", "shades", "opener"},
    "valve": {"valve"},
    "sensor": {"sensor"},
    "binary_sensor": {"sensor", "contact"},
}
"""Last words of names that may be left out: the "back door lock" is the back door."""
PLUG_WORDS = frozenset(("smart", "wall", "mini", "wifi", "power", "main", "spare", "extra", "double", "new"))
"""Words before "plug" that do not tell what is plugged in."""
SIDES = ("left", "right", "top", "bottom", "upper", "lower", "middle")
PLURAL_KINDS = {"light", "cover", "lock"}
"""Kinds of which a last word in "s" means several."""
COVERING_WORDS = {"blinds", "curtains", "shutters", "shades", "awnings", "drapes"}
ALL_OF_A_KIND = {
    *("lights", "lamps", "fans", "switches", "doors", "locks", "windows", "gates", "valves", "sensors"),
    *(*COVERING_WORDS, "covers"),
}
"""Words that by themselves mean all there are of a kind."""
PLAIN_WORDS = {
    *("light", "door", "sensor", "one", "heating", "room"),
    *("temperature", "humidity", "battery", "power", "illuminance", "level", "motion", "smoke"),
}
"""Words that mean a whole kind, or nothing by themselves: "the light" are the lights there."""


def shorter(devices: Iterable[Device], places: Collection[str]) -> Mapping[str, tuple[Device, ...]]:
    """Devices by the shorter names that they have. `places`: what rooms and floors are called; no device
    has such a name."""
    devices = tuple(devices)
    told = (device for device in devices if device.kind not in MEASURING)
    last = {(spoken(device.name).split()[-1], device.kind) for device in told}
    found: dict[str, list[Device]] = {}
    for device in devices:
        kind_words = (
            word
            for word in KIND_WORDS.get(device.kind, ())
            if not any(word == other and kind != device.kind for other, kind in last)
        )
        names = (*_of(device, places), *kind_words)
        other = (text for name in (spoken(device.name), *names) for text in _in_other_words(name))
        for text in dict.fromkeys((*names, *other)):
            if text not in places:
                found.setdefault(text, []).append(device)
    return {text: tuple(named) for text, named in found.items()}


def _in_other_words(name: str) -> Iterator[str]:
    """The "snug TV" is the "snug telly"."""
    first, _, last = name.rpartition(" ")
    others = (word for same in SAME_WORDS if last in same for word in sorted(same - {last}))
    yield from (f"{first} {word}".strip() for word in others)


def plurals(text: str, devices: Sequence[Device]) -> Iterator[str]:
    """What `devices`, of which each is called `text`, are called together; nothing for different kinds."""
    kinds = {device.kind for device in devices}
    if len(devices) > 1 and len(kinds) == 1:
        many = text if text.endswith("s") and kinds <= PLURAL_KINDS else f"{text}s"
        if many not in LIGHT_WORDS and not (many in COVERING_WORDS and kinds == {"cover"}):
            yield from (
                many,
                *([f"both {many}"] if len(devices) == 2 else []),
                f"all {many}",
                f"all the {many}",
            )


def _of(device: Device, places: Collection[str]) -> Iterator[str]:
    """The parts of its name that tell what it is: without its room, its number or side, its kind's word."""
    full = spoken(device.name).split()
    words = _without_last_number(full)
    place = _place_ahead(words, places)
    if words != full and full[-1] in SIDES:
        yield from (" ".join((full[-1], *words[at:])) for at in range(len(words)))
    for said in (words, full):
        for at in range(1, len(said)):
            if not _place_ahead(said[at:], places):
                yield from _telling(said[at:])
    if len(words) < len(full) and not {"light", "lights"}.issuperset(words[place:]):
        yield from _telling(words)
    if words[-1] in OWN_WORDS.get(device.kind, ()):
        if len(words) > 2:
            yield " ".join(words[:-1])
        elif len(words) == 2 and device.kind == "switch" and words[0] not in PLUG_WORDS:
            yield from _telling(words[:1])  # the "drill plug" is the drill
    unnumbered = [word for word in words if word not in NUMBER_WORDS]
    if len(unnumbered) < len(words) and not _place_ahead(unnumbered, places):
        yield from _telling(unnumbered) if len(unnumbered) > 1 else ()


def _telling(words: Sequence[str]) -> Iterator[str]:
    """The words, where they tell what it is. "Blinds" by themselves are all of them."""
    if len(words) == 1 and words[0] in (*PLAIN_WORDS, *SIDES, *ALL_OF_A_KIND):
        return
    if words[0] not in NUMBER_WORDS and words[0] not in ("room", "sensor"):
        yield " ".join(words)


def _without_last_number(words: Sequence[str]) -> Sequence[str]:
    """Of "big lamp two" and "big lamp left" the "big lamp"."""
    end = len(words)
    while end > 1 and (words[end - 1] in NUMBER_WORDS or words[end - 1] in SIDES):
        end -= 1
    return words[:end]


def _place_ahead(words: Sequence[str], places: Collection[str]) -> int:
    """How many words at the front name a room or a floor."""
    return next((at for at in range(len(words) - 1, 0, -1) if " ".join(words[:at]) in places), 0)
