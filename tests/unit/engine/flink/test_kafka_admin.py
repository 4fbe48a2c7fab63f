"""What is said of a broker never holds a secret."""

from flowsift.engine.flink.kafka_admin import redacted


def test_secrets_are_redacted_longest_first():
    secrets = {"a": "hunter2", "b": "hunter2-and-more"}
    assert redacted("x hunter2-and-more y hunter2", secrets) == "x *** y ***"
