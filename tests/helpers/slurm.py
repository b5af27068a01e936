"""A cluster of this machine alone: sbatch, srun and sacct as small scripts, which run what is really submitted."""

import os
from pathlib import Path

SBATCH = """#!/bin/bash
# keep the script, then run each job of its array as the cluster would
cp "$1" "$(dirname "$0")/submitted.sh"
last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$1")
for k in $(seq 0 "$last"); do
  export SLURM_JOB_ID=$((4242 + k)) SLURM_ARRAY_JOB_ID=4242 SLURM_ARRAY_TASK_ID=$k
  export SLURM_NTASKS=1 SLURM_JOB_NUM_NODES=1 SLURM_NODEID=0 SLURM_PROCID=0 SLURM_LOCALID=0
  export SLURM_JOB_NODELIST=here SUBMITIT_EXECUTOR=slurm
  nohup bash "$1" > "$(dirname "$0")/out.$k" 2>&1 &
done
echo "Submitted batch job 4242"
"""
SRUN = """#!/bin/bash
while [ "${1#-}" != "$1" ]; do
  case "$1" in --output|--error) shift ;; esac
  shift
done
exec "$@"
"""
SACCT = """#!/bin/bash
echo "JobID|State|NodeList"
echo "4242_[0-9]|RUNNING|here"
"""


def cluster(folder: Path) -> str:
    """Write the three commands to ``folder``; return the PATH by which they are found first."""
    folder.mkdir()
    for name, text in (("sbatch", SBATCH), ("srun", SRUN), ("sacct", SACCT)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return os.pathsep.join([str(folder), os.environ["PATH"]])
