"""Names as people write them, and how they are said."""

from __future__ import annotations

import pytest

from device.understanding.numbers import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3rd floor", "third floor"),
        ("12th fan", "twelfth fan"),
        ("21st street lamp", "twenty first street lamp"),
        ("30th", "thirtieth"),
        ("¼ bath", "quarter bath"),
        ("2½ baths", "two and a half baths"),
        ("1 1/2 hours", "one and a half hours"),
        ("3/4 open", "three quarters open"),
        ("24/7 plug", "twenty four seven plug"),
        ("11/2", "eleven two"),
        ("Spot #4", "spot number four"),
        ("lampe n°7", "lampe number seven"),
        ("Pump №2", "pump number two"),
        ("Fan Nr. 5", "fan number five"),
        ("no 5 minutes", "no five minutes"),
        ("The boys’ lamp", "the boys lamp"),
        ("Mum´s lamp", "mum's lamp"),
        ("Ann/Bob fan", "ann bob fan"),
        ("Salt & pepper", "salt and pepper"),
        ("DeskLamp", "desk lamp"),
        ("AtticTV", "attic tv"),
        ("TVPlug", "tv plug"),
        ("WiFi plug", "wifi plug"),
        ("YouTube", "youtube"),
        ("PC2", "pc two"),
        ("CO₂", "c o two"),
        ("🔥 Stove 2️⃣", "stove two"),
        ("20℃", "twenty degrees celsius"),
        ("Glow™", "glow"),
        ("Büro_Licht", "büro licht"),
        ("🎉", ""),
    ],
)
def test_writing(written: str, said: str) -> None:
    assert spoken(written) == said
