"""The names that Python and SQL files share: all that the engine knows by name, and nothing of an analysis."""

from __future__ import annotations

from flowsift.catalog.library import Library

# The source that is planned over, and read, where a user names none.
USUAL_SOURCE = "flows"

# What the engine makes, and SQL files read: the records as the source's format reads them, with what the format says
# of each beside its fields; and how many were received and skipped, by minute of record time.
INPUT_RECORDS = "input_records"
FORMAT_COLUMNS = (
    "raw_line STRING, line_fault STRING, number_in_message INT, records_received INT NOT NULL, raw_octets INT, "
    "line_skipped STRING"
)
RECORD_COUNTS = "record_counts"
# What a source defines of a flow: what every record must have, and the rest, which is NULL where it does not.
REQUIRED_COLUMNS = ("flow_start_ms", "flow_end_ms", "src_addr", "dst_addr", "protocol", "octets_out", "packets_out")
OPTIONAL_COLUMNS = {
    "src_port": "INT", "dst_port": "INT", "service": "STRING", "octets_in": "BIGINT", "packets_in": "BIGINT",
    "sampling_rate": "BIGINT", "count_multiplier": "BIGINT", "conn_state": "STRING", "tcp_flags": "INT",
    "src_as": "BIGINT", "dst_as": "BIGINT", "exporter": "STRING", "flow_id": "STRING", "is_reply": "BOOLEAN",
}  # fmt: skip
# Functions that run in the JVM on every record; engine/functions has their classes.
FUNCTIONS = {
    "epoch_ms": "EpochMs",
    "epoch_us": "EpochUs",
    "in_networks": "InNetworks",
    "ip_address": "IpAddress",
    "ip_protocol": "IpProtocol",
    "is_reply": "IsReply",
    "sorted_services": "SortedServices",
    "steady_time": "SteadyTime",
    "tcp_flags": "TcpFlags",
}
# A view in whose stead the engine may put a stream: the records that all analyses of a job share, and its columns
# that the counts need: how many were received, when, and why one is skipped.
TIMED_RECORDS = "timed_records"
COUNTED_COLUMNS = ("records_received", "record_time", "skip_reason")
# The flows that rates count, which a run spreads if it reads them, and the sink for what belongs to closed windows.
SPREAD_FLOWS = "spread_flows"
BACKFILLED_TRAFFIC = "backfilled_traffic"
# Columns that the engine looks for: the event time, the source's time, the judgement.
FLOW_END = "flow_end"
FLOW_END_MS = "flow_end_ms"
REJECT_REASON = "reject_reason"
# What every analysis reads.
FLOWS = "flows"
# What a run writes besides analyses, and the ledger's columns of counts.
LATE_FLOWS = "late_flows"
LEDGER = "ledger"
SKIPPED_RECORDS = "skipped_records"
LEDGER_COUNTS = ("received", "accepted", "late", "dead", "skipped")

# What detectors found, in one shape.
DETECTIONS = "detections"

# Databases of Flink's catalog, so that a source and a sink may have the name of a view.
SOURCES_DATABASE = "sources"
SINKS_DATABASE = "sinks"

# What the engine fills into SQL files that name it in their header line given: expressions, and the input's name.
GIVEN_INPUT = "INPUT"
GIVEN_POSITION = "POSITION"
GIVEN_RECORD_TIME = "RECORD_TIME_MS"
GIVEN_FLOW_END = "FLOW_END_MS"
GIVEN_SKIP_REASON = "SKIP_REASON"
GIVEN = (GIVEN_INPUT, GIVEN_POSITION, GIVEN_RECORD_TIME, GIVEN_FLOW_END, GIVEN_SKIP_REASON)

# A parameter whose default the source gives, and those that no SQL file uses: (meaning, default).
WATERMARK_DELAY = "WATERMARK_DELAY_SECONDS"
IDLE_TIMEOUT = "IDLE_TIMEOUT_SECONDS"
UNREADABLE_STATE = "UNREADABLE_STATE"
TIME_ZONE = "TIME_ZONE"
RECORD_FIELDS = "RECORD_FIELDS"
SPREAD_LONG_FLOWS = "SPREAD_LONG_FLOWS"
ENGINE_PARAMETERS = {
    IDLE_TIMEOUT: ("whole number from 0: when a silent Kafka partition stops holding windows back; 0: never", "30"),
    TIME_ZONE: ("text: the zone of times in records that do not say theirs, such as Europe/Berlin", "UTC"),
    RECORD_FIELDS: (
        "text: names of the values of a line, by comma, where it is not JSON and no header line names them; "
        "the source's own order if empty",
        "",
    ),
    SPREAD_LONG_FLOWS: (
        "one of on, off: whether each minute of a flow that lasted longer has what it carried in it, in rates; "
        "if off, all of it counts in the minute of its end",
        "on",
    ),
    UNREADABLE_STATE: ("one of refuse, forget: what a learner does with saved state that it cannot read", "refuse"),
}


def common_parameters(library: Library) -> list[tuple[str, str, str]]:
    """(name, meaning, default) of the parameters that concern every run."""
    of_engine = [(name, meaning, default) for name, (meaning, default) in ENGINE_PARAMETERS.items()]
    return library.common_parameters() + of_engine
