"""What runs beside Snakemake where jobs go to a cluster: what needs the internet, or takes seconds.

Compute nodes mostly have no internet, and a job that waits in a queue and starts Snakemake twice
takes longer than a figure. What decodes a whole dataset, or asks for much memory, is a job.
"""


localrules:
    autoencoder_file,
    cards,
    check_data,
    download_dataset,
    report,
    strip,
    weights_file,


# Figures and tables, as many as there are: those of the two templates.
DRAWN = ("scripts/figure.py", "scripts/table.py")
workflow.localrules(*[x.name for x in workflow.rules if str(x.script).endswith(DRAWN)])
