"""The css keeps its own rules: readable in both appearances, layered, and without the forbidden."""

from __future__ import annotations

import math
import re

import pytest
from django.test import Client
from django.urls import reverse

from heitu.ui import shelf

CSS = {path.name: path.read_text() for path in shelf.files()}
COLOUR = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")
TEXT_ON_GROUND = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "stone"),
    ("ink", "sunken"),
    ("ink", "sprout-soft"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("muted", "sunken"),
    ("muted", "stone"),
    ("sprout", "surface"),
    ("sprout", "paper"),
    ("on-colour", "sprout"),
    ("on-colour", "clay"),
    ("clay-ink", "surface"),
    *((f"{tone}-ink", f"{tone}-soft") for tone in ("sprout", "wheat", "clay", "sky")),
]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance (WCAG 2) of an OKLCH colour; matrices from Ottosson, “A perceptual color space” (2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(max(part, 0.0), 1.0) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def token(name: str, dark: bool) -> float:
    line = re.search(rf"--{name}: light-dark\((.*)\);", CSS["tokens.css"])
    assert line, name
    lightness, chroma, hue = COLOUR.findall(line[1])[1 if dark else 0]
    return luminance(float(lightness) / 100, float(chroma), float(hue))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_is_readable(text: str, ground: str, dark: bool) -> None:
    assert contrast(token(text, dark), token(ground, dark)) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_edges_of_fields_can_be_seen(dark: bool) -> None:
    assert contrast(token("edge", dark), token("surface", dark)) >= 3


def test_numbers_in_heat_maps_are_readable() -> None:
    steps = re.findall(r"\.heat-\d \{ --cell: (.*?); --cell-ink: (.*?); \}", CSS["chart.css"])
    assert len(steps) == 7
    for pair in steps:
        cell, ink = (luminance(float(m[1]) / 100, float(m[2]), float(m[3])) for m in map(COLOUR.match, pair) if m)
        assert contrast(cell, ink) >= 4.5, pair


@pytest.mark.parametrize("name", sorted(CSS))
def test_css_keeps_the_rules(name: str) -> None:
    css = CSS[name]
    assert name == "layers.css" or css.startswith("@layer ")
    assert "!important" not in css or name == "utilities.css"
    assert css.count("{") == css.count("}")
    assert not re.search(r"url\((?!#)|https?:|@import|#[0-9a-f]{6}", css)
    assert not re.search(r"\b(margin|padding|border)-(left|right|top|bottom)\b", css)


def test_stylesheet_is_kept_for_good_only_under_its_own_digest(client: Client) -> None:
    digest, content = shelf.stylesheet()
    fresh = client.get(reverse("ui:stylesheet", args=[digest]))
    assert fresh.content == content
    assert "immutable" in fresh["Cache-Control"]
    assert client.get(reverse("ui:stylesheet", args=["0"]))["Cache-Control"] == "no-cache"
