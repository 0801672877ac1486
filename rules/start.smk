"""Before the first job: look at the datasets and weights that planned jobs will read."""


def read_by(job):
    """Dataset that a job reads, and what of it, {split: items}; (None, {}) if it reads none."""
    if job.rule.name == "crops":
        return job.wildcards.dataset, {job.wildcards.split: job.params.images}
    if job.rule.name == "tab3_fair1m":
        return "fair1m", {job.params.split: job.params.tiles}
    return None, {}


def stop_if_inputs_are_missing():
    """Before the first job: name what planned jobs will miss of datasets and weights."""
    from importlib import import_module

    problems, fetched = [], []
    for job in sorted(workflow.dag.needrun_jobs(), key=str):
        dataset, used = read_by(job)
        if dataset and not is_miniature(dataset):
            checks = import_module("patchprobe.datasets.checks")
            reader = import_module(f"patchprobe.datasets.{dataset}")
            found = checks.check(reader.DATASET, job.params.root, used, workflow.cores or 1)
            try:
                if found.missing or config["on_bad_file"] == "fail":
                    checks.require(found)
            except PatchprobeError as error:
                problems.append(str(error))
        if job.rule.name == "weights_file":
            name = job.wildcards.backbone
            entry = config["backbones"][name]
            asked = {key: entry.get(key) for key in (*WEIGHTS_KEYS, "architecture", "source")}
            problems.append(how_to_get(name, **asked))
            if "url" in entry or entry["hub"]:
                fetched.append(f"{name}: {entry.get('url', 'hub of timm')} -> {job.output[0]}")
    problems = sorted({problem for problem in problems if problem})
    if problems:
        lines = ["Missing inputs, nothing was run:", *problems]
        if fetched:
            lines += ["A run will fetch (`snakemake weights` does it alone):", *fetched]
        raise WorkflowError("\n  ".join(lines))


onstart:
    stop_if_inputs_are_missing()
