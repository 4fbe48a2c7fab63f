"""One mini-cluster for many short jobs, each of which would take longer to start its own than to run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flowsift.engine.flink.errors import blamed_on
from flowsift.engine.flink.jvm import jvm, prepare_java
from flowsift.engine.settings import local_settings
from flowsift.scratch import scratch_folder

# Its slots divide the managed memory.
_MEMORY = {"taskmanager.memory.managed.size": f"{256 * (os.cpu_count() or 1)}m"}


@contextmanager
def mini_cluster() -> Iterator[dict[str, str]]:
    """Start a mini-cluster in this process's JVM; yields the settings with which a job runs there.

    Functions of Python run in this process, as those of a job with a mini-cluster of its own do.
    """
    from pyflink.common import Configuration
    from pyflink.fn_execution.beam.beam_worker_pool_service import BeamFnLoopbackWorkerPoolServicer

    prepare_java()
    flink = jvm().org.apache.flink.runtime.minicluster
    with scratch_folder() as scratch:
        configuration = Configuration()
        for key, value in {**local_settings(scratch), "rest.bind-port": "0", **_MEMORY}.items():
            configuration.set_string(key, value)
        builder = flink.MiniClusterConfiguration.Builder().setConfiguration(configuration._j_configuration)
        cluster = flink.MiniCluster(builder.setNumSlotsPerTaskManager(os.cpu_count() or 1).build())
        try:
            with blamed_on("the mini-cluster did not start"):
                cluster.start()
                port = cluster.getRestAddress().get().getPort()
            yield {
                "execution.target": "remote",
                "rest.address": "127.0.0.1",
                "rest.port": str(port),
                "python.loopback-server.address": BeamFnLoopbackWorkerPoolServicer().configure(configuration).start(),
            }
        finally:
            cluster.close()
