"""Colour names, and what lamps show for them (CSS colour values, white apart)."""

from __future__ import annotations

HEX = {
    "white": "#FFFFFF",
    "red": "#FF0000",
    "orange": "#FFA500",
    "yellow": "#FFFF00",
    "green": "#00FF00",
    "blue": "#0000FF",
    "purple": "#800080",
    "pink": "#FFC0CB",
    "turquoise": "#40E0D0",
    "brown": "#A52A2A",
    "cyan": "#00FFFF",
    "violet": "#EE82EE",
    "gold": "#FFD700",
    "magenta": "#FF00FF",
    "black": "#000000",
}
