"""What the schema of the configuration does not allow, in words: where, what, what to do."""

import re
from difflib import get_close_matches

from patchprobe.study.config_values import read_as

_EXPONENT = re.compile(r"([-+]?)(\d*)(?:\.(\d*))?[eE]([-+]?)(\d+)")
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)")


def explain(mistake):
    """One line about a mistake: where it is, what is wrong, what was meant.

    Parameters
    ----------
    mistake : jsonschema.ValidationError
    """
    where = ": ".join(str(key) for key in mistake.absolute_path) or "top level"
    if mistake.validator == "additionalProperties" and isinstance(mistake.instance, dict):
        known = sorted(mistake.schema.get("properties", {}))
        unknown = sorted(set(mistake.instance) - set(known))
        meant = [key for name in unknown for key in get_close_matches(name, known, 1)]
        hint = f"did you mean {', '.join(meant)}?" if meant else f"known: {', '.join(known)}"
        return f"{where}: unknown key {', '.join(unknown)}; {hint}"
    found = _of_type(mistake) or _of_repetition(mistake) or mistake.message
    description = mistake.schema.get("description", "")
    return f"{where}: {found}" + (f" ({description})" if description else "")


def as_number(text):
    """A number as YAML reads it, for one that YAML reads as text: "1.0e-3" for "1e-3".

    None for any other text.
    """
    if match := _EXPONENT.fullmatch(text):
        sign, whole, part, sign_of_power, power = match.groups()
        if whole or part:
            return f"{sign}{whole or 0}.{part or 0}e{sign_of_power or '+'}{power}"
    return text if _PLAIN.fullmatch(text) else None


def _of_type(mistake):
    """What is wrong with a value of another type, if YAML may have read it as another."""
    value, asked = mistake.instance, _types(mistake)
    if value is None and asked:
        if "string" in asked:
            return "nothing stands there, expected text; text that begins with # needs quotes"
        return "nothing stands there: give it a value, or remove it"
    if "string" in asked and read_as(value):
        return f"{value} is read as {read_as(value)}, expected text: put it in quotes"
    if asked & {"number", "integer"} and isinstance(value, str) and (number := as_number(value)):
        hint = f"{number}, without quotes" if number == value else number
        return f"{value!r} is read as text, expected a number: write {hint}"
    return None


def _types(mistake):
    """Types that the schema asks for where a value has another; none for other mistakes."""
    if mistake.validator == "anyOf":
        return {choice.get("type", "") for choice in mistake.validator_value}
    asked = mistake.validator_value if mistake.validator == "type" else []
    return {asked} if isinstance(asked, str) else set(asked)


def _of_repetition(mistake):
    if mistake.validator != "uniqueItems":
        return None
    items = mistake.instance
    twice = [item for index, item in enumerate(items) if items.index(item) < index]
    named = ", ".join(dict.fromkeys(map(repr, twice)))
    return f"{named} stand{'s' if len(twice) == 1 else ''} twice"
