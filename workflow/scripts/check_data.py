"""Print what the checks of all datasets found; fail if something is wrong."""

import json
import sys
from pathlib import Path

from patchprobe.errors import DatasetError

reports = [json.loads(Path(path).read_text(encoding="utf-8")) for path in snakemake.input]
text = "\n\n".join(report["text"] for report in reports)
text = text.encode("utf-8", "backslashreplace").decode()  # names of files that are no UTF-8
Path(snakemake.log[0]).write_text(text + "\n", encoding="utf-8")
print(text, file=sys.stderr)
bad = [report["dataset"] for report in reports if not report["is_good"]]
if bad:
    raise DatasetError(f"Problems with {', '.join(bad)}, see above; the reports: results/checks")
