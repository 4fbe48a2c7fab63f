"""What must not change unnoticed. The ids of operators: a savepoint goes on only where they are the same."""

from pathlib import Path

from flowsift.catalog.library import Library
from flowsift.engine.endpoints import KafkaInput, KafkaOutput
from flowsift.engine.flink.operator_ids import StatefulOperator
from flowsift.engine.job import Job, Run
from flowsift.engine.settings import planning_settings

OPERATOR_IDS = Path(__file__).with_name("operator_ids.txt")


def operators() -> list[StatefulOperator]:
    """The operators with state of the job of all analyses from Kafka to Kafka."""
    topic, output = KafkaInput("nowhere:9092", "flows", False, {}), KafkaOutput("nowhere:9092", "", {}, "main")
    return Job(Run("flows", topic, output), Library(), planning_settings(Path("nowhere").absolute())).translate()


def operator_ids(planned: list[StatefulOperator]) -> list[str]:
    """The id of each of these operators, and the sinks that depend on it."""
    return sorted(f"{' '.join(operator.uid.split())}  <- {', '.join(sorted(operator.sinks))}" for operator in planned)
