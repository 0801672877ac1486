"""Mistakes in how a configuration names and colours backbones, each explained in a line."""

import re

from patchprobe.study import drawing

_HEX = re.compile("#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def contradictions(config):
    """Lines about names and labels that cannot be shown or told apart, and about no colours."""
    for name, entry in config["backbones"].items():
        where, label = f"backbones: {name}", entry["label"]
        if not label.strip():
            yield f"{where}: label: expected text that legends can show, found {label!r}"
        elif label.startswith("_"):
            yield f"{where}: label: {label!r} begins with _, which legends leave out; rename it"
        if "colour" in entry and not _is_colour(entry["colour"]):
            yield (
                f"{where}: colour: {entry['colour']!r} is no colour that matplotlib knows: give "
                'one in quotes, such as "#d55e00" or "tab:blue"'
            )
    yield from _alike(config)


def _alike(config):
    """Lines about representations with one name or label; tables tell them apart by either."""
    backbones, names = {}, {}
    for name, backbone, m, label, _ in drawing.every_representation(config):
        if backbones.setdefault(name, (backbone, m)) != (backbone, m):
            yield f"backbones: {name}: also the name of another without features; rename it"
            continue
        shown = " ".join(label.split())
        if shown and names.setdefault(shown, name) != name:
            yield (
                f"backbones: {name} and {names[shown]} have the same label {shown!r}, by which "
                "tables and figures tell them apart; rename one"
            )


def _is_colour(text):
    """Whether matplotlib draws in it."""
    if _HEX.fullmatch(text):
        return True
    from matplotlib.colors import is_color_like  # slow to import, and needed for names only

    return is_color_like(text) and text.lower() != "none"
