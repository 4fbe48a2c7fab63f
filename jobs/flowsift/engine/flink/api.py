"""Where Flink is, which version of it, and its environments."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from flowsift.engine.flink.format_jar import format_jar
from flowsift.engine.flink.jvm import jvm
from flowsift.engine.settings import in_utc
from flowsift.errors import UserError

if TYPE_CHECKING:
    from pyflink.datastream import StreamExecutionEnvironment
    from pyflink.table import StreamTableEnvironment

# Ids of operators follow Flink's descriptions, which another version may word otherwise; see operator_ids.
TESTED_VERSIONS = ("2.3.0",)


def flink_home() -> Path:
    """The distribution of Flink inside pip's package, with its bin and conf."""
    spec = find_spec("pyflink")
    if spec is None or spec.origin is None:
        raise UserError(f"Flink is not installed; pip install apache-flink=={TESTED_VERSIONS[-1]}")
    return Path(spec.origin).parent


def refuse_untested(version: str) -> None:
    """Raise UserError unless the ids of operators are known to be right with this version of Flink."""
    if version not in TESTED_VERSIONS:
        raise UserError(
            f"Flink {version} is not tested, and could not go on from state that another version saved; "
            f"use Flink {' or '.join(TESTED_VERSIONS)}"
        )


def environments(
    settings: dict[str, str], jars: Collection[Path]
) -> tuple[StreamExecutionEnvironment, StreamTableEnvironment]:
    """(stream environment, table environment) with these settings on top of ours, and these jars and the format's.

    Raises UserError where Flink is of a version that was not tested.
    """
    from pyflink.common import Configuration
    from pyflink.datastream import StreamExecutionEnvironment
    from pyflink.table import EnvironmentSettings, StreamTableEnvironment

    # The first of Flink's own calls would start a JVM that is not tied to this process.
    refuse_untested(jvm().org.apache.flink.runtime.util.EnvironmentInformation.getVersion())
    configuration = Configuration()
    for key, value in in_utc(settings).items():
        configuration.set_string(key, value)
    streams = StreamExecutionEnvironment.get_execution_environment(configuration)
    # Added and not set, since `flink run` has put Flink's own jar for Python there.
    streams.add_jars(*(jar.as_uri() for jar in (*jars, format_jar())))
    tables = EnvironmentSettings.new_instance().in_streaming_mode().with_configuration(configuration).build()
    return streams, StreamTableEnvironment.create(streams, tables)


def is_time_zone(text: str) -> bool:
    """Whether Java knows a time zone of this name, or by this offset."""
    from py4j.protocol import Py4JJavaError

    try:
        jvm().java.time.ZoneId.of(text)
    except Py4JJavaError:
        return False
    return True
