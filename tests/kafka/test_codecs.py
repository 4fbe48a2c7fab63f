"""Each codec of Kafka's both ways: topics that producers compress with it, results that a job compresses with it."""

import pytest
from confluent_kafka import Producer
from flowsift.cli.main import main
from flowsift.report import topics

from tests.kafka.test_live import flow
from tests.support.kafka import create
from tests.support.records import NOW


@pytest.mark.parametrize("codec", ["gzip", "lz4", "snappy", "zstd"])
def test_what_is_compressed_is_read_and_results_are_compressed(codec, broker):
    create(broker, f"{codec}-flows", 1)
    producer = Producer({"bootstrap.servers": broker, "compression.type": codec, "linger.ms": 200})
    for second in range(50):
        producer.produce(f"{codec}-flows", flow(NOW + 1_000 * second))
    assert producer.flush(30) == 0
    where = [
        "--input",
        f"kafka://{broker}/{codec}-flows",
        "--output",
        f"kafka://{broker}",
        "--topic-prefix",
        f"{codec}.",
    ]
    compressed = ["--property", f"compression.type={codec}", "--topic-prefix", f"{codec}.", "--name", codec]
    assert main(["run", "traffic_totals", "--source", "flows", "--bounded", *where, *compressed]) == 0
    [total] = [row for row in topics.rows(broker, f"{codec}.traffic_totals") if row["entity"] == "all"]
    assert total["flow_count"] == 50
