"""Changes of nested lists and dictionaries: JSON files and configurations."""

import copy
import json


def places(value, path=()):
    """Paths to all that is inside a value, itself not among them."""
    inside = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else inside
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


def at(value, path):
    """What lies at a path."""
    for key in path:
        value = value[key]
    return value


def change_structure(change, value):
    """A copy with something dropped, replaced, renamed, doubled or moved."""
    rng, value = change.rng, copy.deepcopy(value)
    every = list(places(value))
    if not every:
        return change.value()
    *parents, key = path = rng.choice(every)
    owner = at(value, parents)
    how = rng.choice(["drop", "odd", "odd", "alike", "alike", "elsewhere", "rename", "nest", "all"])
    if how == "drop":
        del owner[key]
    elif how == "odd":
        owner[key] = change.value()
    elif how == "alike":
        owner[key] = _alike(change, owner[key], value, every)
    elif how == "elsewhere":
        owner[key] = copy.deepcopy(at(value, rng.choice(every)))
    elif how == "rename" and isinstance(owner, dict):
        new = change.value() if rng.random() < 0.3 else rng.choice(every)[-1]
        owner[new if isinstance(new, str) else str(new)[:50]] = owner.pop(key)
    elif how == "nest":
        owner[key] = rng.choice([[owner[key]], {"a": owner[key]}, {str(key): owner[key]}])
    elif how == "all" and rng.random() < 0.2:
        value = change.value()
    change.note(f"structure: {how} at {'/'.join(map(str, path))}"[:300])
    return value


def _alike(change, old, whole, every):
    """Another value of the same kind, so that more than its type is looked at."""
    rng = change.rng
    if isinstance(old, bool):
        return not old
    if isinstance(old, (int, float)):
        return rng.choice([old + 1, old - 1, -old, 0, old * 1000, old + 0.5, float(old)])
    if isinstance(old, str):
        texts = [x for path in every if isinstance(x := at(whole, path), str)]
        return rng.choice(
            [*rng.sample(texts, min(3, len(texts))), old + "x", old[:-1], old.upper()]
        )
    if isinstance(old, list):
        return rng.choice([[], old[:-1], old * 2, old[::-1], old[:1], [*old, change.value()]])
    if isinstance(old, dict):
        return dict(rng.sample(sorted(old.items(), key=repr), rng.randrange(len(old) + 1)))
    return change.value()


def change_json(change, content):
    """The bytes of a JSON file with another structure; as they are if they are no JSON."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return content
    return json.dumps(change_structure(change, value)).encode()
