"""Under which ids operators keep their state, read from plans: nothing runs, and no broker is there."""

import json
import shutil
from pathlib import Path

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT, connector_jars
from flowsift.cli.main import main
from flowsift.engine.endpoints import KafkaInput, KafkaOutput
from flowsift.engine.flink.operator_ids import StatefulOperator
from flowsift.engine.job import Job, Run
from flowsift.engine.settings import planning_settings
from flowsift.planner import compatibility

from tests import golden as golden_files

needs_connector = pytest.mark.skipif(not connector_jars(), reason="no Kafka connector: it needs Maven; make jars")
# Of either kind of state: windows and a history, windows and running totals.
BASE = ["host_anomalies", "traffic_totals"]
PER_SRC = """\
-- Traffic by source.
-- grain:  one row per src_addr and minute
-- misses: nothing
CREATE VIEW {name} AS
SELECT
  window_start,
  window_end,
  src_addr,
  {octets} AS octets
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
{where}
GROUP BY window_start, window_end, src_addr
"""


def job_of(*analyses: str, library: Library | None = None, is_whole: bool = True, **parameters: str) -> Job:
    """A job without end; unless it is whole, only the analyses, which take a third as long to plan."""
    topic, output = KafkaInput("nowhere:9092", "flows", False, {}), KafkaOutput("nowhere:9092", "", {}, "main")
    run = Run("flows", topic, output, list(analyses), parameters, accounting=None if is_whole else ())
    return Job(run, library or Library(), planning_settings(Path("nowhere").absolute()))


def uids(*analyses: str, **options) -> list[str]:
    """Ids of a job's operators; the options are those of job_of."""
    found = [operator.uid for operator in job_of(*analyses, **options).translate()]
    assert len(set(found)) == len(found)
    return found


@pytest.fixture(scope="module")
def base() -> list[str]:
    """Ids of the job of BASE as it is."""
    return uids(*BASE)


@pytest.fixture(scope="module")
def of_base() -> set[str]:
    """Ids of the operators of BASE alone."""
    return set(uids(*BASE, is_whole=False))


@pytest.fixture(scope="module")
def of_all() -> list[StatefulOperator]:
    """The operators of the job of all analyses."""
    return golden_files.operators()


@pytest.fixture
def edited(tmp_path):
    """edited(path, before, after): the library after an edit."""

    def edit(path: str, before: str, after: str) -> Library:
        root = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
        text = (root / path).read_text()
        assert before in text
        (root / path).write_text(text.replace(before, after))
        return Library(root)

    return edit


@pytest.fixture
def with_analyses(tmp_path):
    """with_analyses(name=(octets, where)): the library with more analyses, each per source and minute."""

    def add(**analyses: tuple[str, str]) -> Library:
        root = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
        for name, (octets, where) in analyses.items():
            (root / "analyses" / f"{name}.sql").write_text(PER_SRC.format(name=name, octets=octets, where=where))
        return Library(root)

    return add


@needs_connector
def test_operator_ids_are_those_of_the_golden_file(of_all):
    found, golden = (
        golden_files.operator_ids(of_all),
        golden_files.OPERATOR_IDS.read_text(encoding="utf-8").splitlines(),
    )
    assert found == golden, "savepoints lose this state; if that is meant: python -m tests.golden"


def kinds(lost: set[str]) -> list[str]:
    return sorted(uid.partition("(")[0] for uid in lost)


@needs_connector
def test_what_differs_in_little_is_told_apart_whoever_else_is_there(with_analyses):
    library = with_analyses(
        tcp=("SUM(octets_out)", "WHERE protocol = 'tcp'"),
        udp=("SUM(octets_out)", "WHERE protocol = 'udp'"),
        bits=("SUM(octets_out * 8)", ""),
        packets=("SUM(packets_out * 8)", ""),
    )
    alone = {"library": library, "is_whole": False}
    together = uids("tcp", "udp", "bits", "packets", **alone)
    assert not [uid for uid in together if uid.endswith(" 2")]  # no two differ by a number alone
    assert {*uids("udp", **alone), *uids("packets", **alone)} < set(together)


@needs_connector
def test_an_analysis_keeps_its_state_when_all_others_come(of_all):
    some = ("host_anomalies", "traffic_today")
    lost = {name: set(uids(name)) - {operator.uid for operator in of_all} for name in some}
    # These share an aggregate with one that needs more of its columns. It becomes another; what depends on it is kept.
    shared = {name: kinds(gone) for name, gone in lost.items() if gone}
    assert shared == {"traffic_today": ["GlobalWindowAggregate"]}


@needs_connector
def test_a_job_without_end_reads_its_input_once():
    job = job_of("host_anomalies", "host_clusters")
    job.translate()
    graph = job.pipeline.streams._j_stream_execution_environment.getStreamGraph(False)
    types = [node["type"] for node in json.loads(graph.getStreamingPlanAsJSON())["nodes"]]
    scans = sorted(kind.rpartition(".")[2] for kind in types if kind.startswith("Source"))
    assert scans == ["records_in"]


@needs_connector
def test_thresholds_are_no_part_of_state_nor_is_what_makes_a_record_good(base, edited):
    library = edited("intake/timed_records.sql", "protocol = 'all'", "protocol = 'total'")
    assert uids(*BASE, library=library, Z_THRESHOLD="4", MIN_OCTETS="5", MAX_CLOCK_SKEW_SECONDS="60") == base
    # Without an idle timeout nothing keeps how far time had come.
    lasting = uids(*BASE, IDLE_TIMEOUT_SECONDS="0", MAX_CLOCK_SKEW_SECONDS="60")
    assert lasting == [uid for uid in base if uid != "time of flows"]


@needs_connector
def test_a_history_of_another_length_is_another(of_base):
    assert kinds(of_base - set(uids(*BASE, is_whole=False, HISTORY_MINUTES="60"))) == ["OverAggregate"]


@needs_connector
def test_another_aggregate_beneath_a_history_makes_it_another(of_base, edited):
    library = edited("rollups/sent_per_src_1m.sql", "SUM(octets_out)", "MAX(octets_out)")
    lost = of_base - set(uids(*BASE, library=library, is_whole=False))
    # Of the last minutes, and of the time of day.
    assert kinds(lost) == ["GlobalWindowAggregate"] * 4 + ["OverAggregate"] * 2


@needs_connector
def test_another_calculation_beneath_a_running_total_makes_it_another(of_base, edited):
    library = edited("rollups/traffic_per_service_10s.sql", "octets_out + COALESCE(octets_in, 0)", "octets_out * 8")
    lost = of_base - set(uids(*BASE, library=library, is_whole=False))
    assert kinds(lost) == ["GlobalWindowAggregate", "GlobalWindowAggregate", "GroupAggregate"]


@needs_connector
def test_the_check_says_what_it_takes_and_what_mixes(base, capsys):
    saved = dict.fromkeys(base, 10)
    assert compatibility.against(saved, "flows", [], {})
    reported = capsys.readouterr().out
    assert "lost" not in reported and "--set" not in reported
    assert "mixes old and new" in reported and "running totals for ever" in reported
    assert not compatibility.against(saved, "flows", ["traffic_per_10s"], {"HISTORY_MINUTES": "60"})
    reported = capsys.readouterr().out
    assert (
        "lost: 2 operators, 20 octets" in reported
        and "  OverAggregate(" in reported
        and "  GlobalWindowAggregate(" in reported
    )
    assert "new: traffic_per_10s" in reported
    assert "give the job's own --set too" in reported and "mixes old and new" in reported
    assert "Then begins again: host_anomalies, traffic_totals. Windows" in reported


def test_a_savepoint_that_is_none_is_named_before_anything_is_checked(tmp_path, capsys):
    assert main(["check", "--against", str(tmp_path / "none")]) == 2
    reported = capsys.readouterr()
    assert reported.out == "" and f"{tmp_path / 'none'}: no savepoint or checkpoint can be read there" in reported.err
