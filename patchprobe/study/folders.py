"""Folders and files that a configuration names: the home folder, and folders that must differ."""

import os
from pathlib import Path

OF_RUN = ("results", "resources", "logs", "benchmarks")  # each called so unless told otherwise


def settle(config):
    """Put the home folder in place of ~, in place, wherever a configuration names a path.

    Folders of the run (`pathvars`) also lose what two spellings of one differ in: results/ is
    results, so that files made under one name are found under the other.

    Parameters
    ----------
    config : dict
        Validated.
    """
    pathvars = config.get("pathvars", {})
    pathvars |= {name: os.path.expanduser(Path(path)) for name, path in pathvars.items() if path}
    for entry in config["datasets"].values():
        _settle_keys(entry, "root")
        for named in (entry["published_pixels"], *entry["subsets"].values()):
            _settle_keys(named, *named)
    for entry in config["backbones"].values():
        _settle_keys(entry, "weights")
        _settle_keys(entry.get("autoencoder", {}), "weights")


def mistakes(pathvars):
    """Lines about folders of a run that are none, or that are the same.

    Parameters
    ----------
    pathvars : dict of str to str
        Of the configuration, settled; references such as <results> replaced.
    """
    found, names = [], {}
    for name in OF_RUN:
        path = pathvars.get(name, name)
        where = f"pathvars: {name}"
        if not path.strip():
            found.append(f"{where}: expected a folder, found {path!r}; {name} is the default")
        elif set("{}") & set(path):
            found.append(f"{where}: {path}: braces stand for wildcards; take another name")
        elif path.startswith("~"):
            found.append(f"{where}: {path}: there is no such home folder")
        elif file := next((x for x in (path, *_above(path)) if os.path.isfile(x)), None):
            found.append(f"{where}: {file} is a file, expected a folder")
        elif os.path.realpath(path) in map(os.path.realpath, (".", *_above("."))):
            found.append(f"{where}: {path} holds the workflow itself; take a folder of its own")
        elif (same := names.setdefault(os.path.realpath(path), name)) != name:
            found.append(f"{where}: {path} is also the folder of {same}; give each its own")
    return found


def _above(path):
    return map(str, Path(os.path.abspath(path)).parents)


def _settle_keys(entry, *keys):
    for key in keys:
        if isinstance(entry.get(key), str):
            entry[key] = os.path.expanduser(entry[key])
