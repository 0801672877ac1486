"""Before jobs are planned: what results were made with, where Snakemake does not know or is wrong.

Snakemake takes a file that `.snakemake` knows nothing of for up to date. So what the records beside
the results say (see `patchprobe.records`) becomes what Snakemake knows. A file without a record,
with another content, or made from other inputs than there are, gets parameters that no job has: it
is made again where it is needed.

Snakemake compares the values of parameters and not their names, so that values which change places
go unnoticed: every job also gets a digest of names and values.
"""

import hashlib
import os
import sys
import zlib

from snakemake.io import IOFile
from snakemake.persistence import RECORD_FORMAT_VERSION, MetadataRecord
from snakemake.persistence.db import DbPersistence
from snakemake.persistence.file import FilePersistence

from patchprobe import records

CHANGED = "it was changed since it was made"
OTHER_INPUTS = "it was made from other inputs"
UNKNOWN = "nothing is known of what made it"
NAMED = 5  # files of a kind that are named


def named_values(params):
    """Params function: digest of the names and values of parameters, but for derived ones."""

    def digest(wildcards):
        told = {
            name: value(wildcards) if callable(value) else value
            for name, value in params.items()
            if value is not entries and value is not absent  # follow from the inputs
        }
        return hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]

    return digest


def records_of_snakemake():
    """Where Snakemake keeps its own."""
    if workflow.workflow_settings.persistence_backend.name == "FILE":
        return FilePersistence()
    url = workflow.workflow_settings.persistence_backend_db_url
    return DbPersistence(db_url=url) if url else DbPersistence()


def time_of(path):
    """When a file, a link or a store was made, s; as Snakemake tells it."""
    stamp = Path(path, ".snakemake_timestamp")
    return os.lstat(stamp if stamp.exists() else path).st_mtime


def learned_mark(path):
    """What tells that Snakemake knows a file from `learn`, in the place of the digest of a job."""
    return zlib.crc32(os.fsencode(path))


def is_known(kept, path):
    """Whether Snakemake knows this very file, not an older one, and not from `learn`."""
    known = kept.metadata(IOFile(path))
    if known is None or known.job_hash == learned_mark(path):
        return False
    return abs((known.endtime or 0) - time_of(path)) < 1e-3


def learn(kept, path, params, record=None):
    """Let Snakemake know what a file was made with, as if that had taken no time."""
    made_at = time_of(path)
    told = {
        "rule": record.rule if record else None,
        "input": sorted(record.inputs) if record else None,
        "log": record.log if record else [],
        "params": params,
        "record_format_version": RECORD_FORMAT_VERSION,
        "job_hash": learned_mark(path),
        "starttime": made_at,
        "endtime": made_at,
        "incomplete": False,
    }
    known = kept.metadata(IOFile(path))
    if known is None or any(known[key] != value for key, value in told.items()):
        kept._write_record(path, MetadataRecord(**told))  # Snakemake has no other way to tell it


def recorded(found):
    """{path: (its record, whether its content is that of the record)} of all that is there."""
    of = {}
    for record in found:
        is_valid = {path: records.is_as_made(path, x) for path, x in record.outputs.items()}
        if all(is_valid.values()):
            records.keep_times(record)
        for path in filter(os.path.lexists, is_valid):
            if is_valid[path] or not of.get(path, (None, False))[1]:
                of[path] = (record, is_valid[path])
    return of


def problems(of, results):
    """{path: what is wrong} of outputs that were changed, or made from other inputs."""
    digests = {x: record.outputs[x]["sha256"] for x, (record, is_valid) in of.items() if is_valid}
    found = {}
    for path, (record, is_valid) in of.items():
        known = [(digest, digests.get(x)) for x, digest in record.inputs.items()]
        if not is_valid and path.startswith(f"{results}/"):  # weights are the user's
            found[path] = CHANGED
        elif any(None not in pair and pair[0] != pair[1] for pair in known):
            found[path] = OTHER_INPUTS
    return found


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
        if any(x.is_producer(path) for x in workflow.rules) and not is_known(kept, path)
    ]
    unfinished = kept._filter_incomplete_keys(paths)  # Snakemake makes these again by itself
    return [path for path in paths if path not in unfinished]


def learn_from_records():
    """Tell Snakemake what the results were made with; tell the user what is not known."""
    kept = records_of_snakemake()
    if any(True for _ in kept._read_locks()):
        return  # another run is making them, or was killed: Snakemake says so
    folders = {name: workflow.pathvars.get(name) for name in records.PATHVARS}
    found, damaged = records.read(folders)
    of = recorded(found)
    wrong = problems(of, folders["results"])
    for path, (record, _) in of.items():
        if path in wrong:
            learn(kept, path, [wrong[path]])
        elif not is_known(kept, path):
            learn(kept, path, record.params, record)
    unknown = {name: unknown_to(kept, folder, of) for name, folder in folders.items()}
    for path in unknown["results"]:
        learn(kept, path, [UNKNOWN])
    again = "and is made again if this run needs it"
    nowhere = f"Not in .snakemake, nor in {folders['results']}/{records.FOLDER}"
    say(f"Changed since it was made, {again}", [x for x in wrong if wrong[x] == CHANGED])
    say(f"Made from other inputs, {again}", [x for x in wrong if wrong[x] == OTHER_INPUTS])
    say(f"{nowhere}, {again}", unknown["results"])
    say("Not made by this workflow, and taken as it is", unknown["resources"])
    say("A record that cannot be read", [str(path) for path in damaged])


for every in workflow.rules:
    if every.params:
        every.set_params(named=named_values(dict(every.params.items())))

if workflow.is_main_process:
    learn_from_records()
