"""Before jobs are planned: what results were made with, where Snakemake does not know or is wrong.

Snakemake takes a file that `.snakemake` knows nothing of for up to date. So what the records beside
the results say (see `patchprobe.records`) becomes what Snakemake knows, and a file without a record,
or with another content, gets parameters that no job has: it is made again where it is needed.
"""

import os
import sys

from snakemake.io import IOFile
from snakemake.persistence import RECORD_FORMAT_VERSION, MetadataRecord
from snakemake.persistence.file import FilePersistence

from patchprobe import records

CHANGED = "it was changed since it was made"
UNKNOWN = "nothing is known of what made it"
NAMED = 5  # files of a kind that are named


def recorded(found):
    """{path: its record, or None if its content is another one} of all outputs that are there."""
    of = {}
    for record in found:
        for path, known in record.outputs.items():
            if os.path.lexists(path):
                is_valid = records.is_as_made(path, known)
                of[path] = record if is_valid else of.get(path)
    return of


def learn(kept, path, params, record=None):
    """Let Snakemake know the parameters of a file, unless it does."""
    known = kept.metadata(IOFile(path))
    inputs = record.inputs if record else None
    if known is not None and [known.params, known.input] == [params, inputs]:
        return
    made_at = os.lstat(path).st_mtime
    told = {
        "rule": record.rule if record else None,
        "input": inputs,
        "log": record.log if record else [],
        "params": params,
        "record_format_version": RECORD_FORMAT_VERSION,
        "job_hash": hash(path),
        "starttime": made_at,
        "endtime": made_at,
        "incomplete": False,
    }
    kept._write_record(path, MetadataRecord(**told))  # Snakemake has no other way to tell it


def say(what, paths):
    """Tell what some files are, if there are any."""
    if paths:
        more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
        print(f"{what}: {', '.join(paths[:NAMED])}{more}", file=sys.stderr)


def unknown_to(kept, folder, of):
    """Outputs of rules in a folder that neither Snakemake nor a record knows."""
    paths = [
        path
        for path in records.unrecorded(folder, of)
        if kept.metadata(IOFile(path)) is None and any(x.is_producer(path) for x in workflow.rules)
    ]
    unfinished = kept._filter_incomplete_keys(paths)  # Snakemake makes these again by itself
    return [path for path in paths if path not in unfinished]


def learn_from_records():
    """Tell Snakemake what the results were made with; tell the user what is not known."""
    folders = {name: workflow.pathvars.get(name) for name in records.PATHVARS}
    found, damaged = records.read(folders)
    of, kept = recorded(found), FilePersistence()
    for path, record in of.items():
        learn(kept, path, record.params if record else [CHANGED], record)
    unknown = {name: unknown_to(kept, folder, of) for name, folder in folders.items()}
    for path in unknown["results"]:
        learn(kept, path, [UNKNOWN])
    changed = [path for path, record in of.items() if record is None]
    nowhere = f"Not in .snakemake, nor in {folders['results']}/{records.FOLDER}"
    say("Changed since it was made, and is made again if this run needs it", changed)
    say(f"{nowhere}, and is made again if this run needs it", unknown["results"])
    say("Not made by this workflow, and taken as it is", unknown["resources"])
    say("A record that cannot be read", [str(path) for path in damaged])


if workflow.is_main_process:
    if workflow.workflow_settings.persistence_backend.name == "FILE":
        learn_from_records()
    else:
        say("Not compared with records beside the results (--persistence-backend)", ["results"])
