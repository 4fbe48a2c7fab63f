"""Failures of Flink that are no statement's fault and have a cure, found anywhere in what Java says.

The last cause that Java names is rarely the one to tell a user: a class that is missing, or nothing at all.
"""

from __future__ import annotations

import re

_MORE = (
    "give it more: JVM_ARGS=-Xmx4g on one machine, taskmanager.memory.process.size on a cluster; or keep less, by "
    "shorter histories and lower parameters MAX_…"
)
# (what Java says, what we say), the most telling first.
_FAILURES = (
    (
        r"com[./]github[./]luben[./]zstd",
        "records are compressed with zstd, and the jar of com.github.luben:zstd-jni is missing; put it into jars/ of "
        "the project, or in the repository: make jars (needs Maven)",
    ),
    (r"Java heap space|GC overhead limit exceeded", f"Flink ran out of heap; {_MORE}"),
    (r"Direct buffer memory|direct out-of-memory", f"Flink ran out of direct memory; {_MORE}"),
    (
        r"OutOfMemoryError: (?:Compressed class space|Metaspace)|Metaspace\. The metaspace out-of-memory",
        "Flink ran out of room for classes; give it more: --flink taskmanager.memory.jvm-metaspace.size=1g in the "
        "configuration of a cluster, or restart a cluster that has run many jobs",
    ),
    (
        r"unable to create (?:new )?native thread",
        "the system allows no more threads; raise the limit (ulimit -u, or pids of the container), or lower "
        "--flink parallelism.default",
    ),
    (
        r"Insufficient number of network buffers: required (?P<required>\d+), but only (?P<there>\d+) available",
        "the job needs {required} network buffers and {there} are left; give it more, such as "
        "--flink taskmanager.memory.network.min=512m --flink taskmanager.memory.network.max=512m on one machine, or in "
        "the configuration of a cluster; or lower --flink parallelism.default",
    ),
    (
        r"MemoryAllocationException|MemoryReservationException|Could not allocate \d+ pages|Too few memory segments"
        r"|Too little memory provided to sorter|Not enough memory",
        "the job needs more managed memory; give it more, such as --flink taskmanager.memory.managed.size=1g on one "
        "machine, or in the configuration of a cluster",
    ),
    (
        r"Process died with exit code 137",
        "a worker of Python functions was killed, as the system does when memory runs out; give the machine more, or "
        "lower --flink parallelism.default",
    ),
    (
        r"Process died with exit code (?P<code>\d+)",
        "the workers' Python did not start (exit code {code}); try: PYTHON -c 'import pyflink', where PYTHON is that "
        "of -pyexec, and where there is a proxy, set no_proxy=localhost for the task managers",
    ),
    (
        r"NoResourceAvailableException|Could not acquire the minimum required resources",
        "the cluster has too few free slots for the job; add task managers, cancel other jobs, or lower "
        "--flink parallelism.default",
    ),
    (
        r"(?s)\A(?:An error occurred while calling \S+\s*|.*(?:Answer from Java side is empty|"
        r"trying to connect to the Java server).*)\Z",
        f"Flink's JVM gave no answer, as when it runs out of memory; {_MORE}",
    ),
)


def cure(text: str) -> str | None:
    """What a Java error means and what to do, in one line; None where we know of no cure."""
    for pattern, message in _FAILURES:
        if match := re.search(pattern, text):
            return message.format(**match.groupdict())
    return None
