"""Flink's errors in a user's words."""

import re

import pytest
from flowsift.engine.flink.errors import FlinkError, explain, flink_errors
from flowsift.errors import UserError
from py4j.protocol import Py4JError

FAILED_FUNCTION = """Error received from SDK harness for instruction 1: Traceback (most recent call last):
  File "/venv/site-packages/apache_beam/runners/worker/sdk_worker.py", line 311, in _execute
    response = task()
  File "/project/udfs/rules/flow_rules.py", line 123, in rule_rows
    for rule in rules_in(window, measure, thresholds):
                ^^^^^^^^^
  File "/project/udfs/rules/association_rules.py", line 176, in rules_of
    combinations(items, len(items) - size)
    ^^^^^^^^^^^^
ValueError: r must be non-negative

"""


def test_a_function_that_failed_is_named_with_its_line_and_error():
    failed = "the Python function rules_of failed with ValueError: r must be non-negative"
    assert explain(FAILED_FUNCTION) == (f"udfs/rules/association_rules.py:176: {failed}", None)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (
            "java.lang.NoClassDefFoundError: com/github/luben/zstd/ZstdInputStream",
            "com.github.luben:zstd-jni is missing",
        ),
        ("java.lang.OutOfMemoryError: Java heap space", "ran out of heap; give it more: JVM_ARGS=-Xmx4g"),
        (
            "java.lang.OutOfMemoryError: Direct buffer memory. The direct out-of-memory error",
            "ran out of direct memory",
        ),
        ("java.lang.OutOfMemoryError: Metaspace. The metaspace out-of-memory error", "metaspace.size=1g"),
        ("java.lang.OutOfMemoryError: unable to create native thread: possibly", "allows no more threads"),
        (
            "java.io.IOException: Insufficient number of network buffers: required 17, but only 9 available. The",
            "needs 17 network buffers and 9 are left",
        ),
        ("org.apache.flink.runtime.memory.MemoryAllocationException: Could not allocate 4 pages", "managed memory"),
        ("java.lang.IllegalStateException: Process died with exit code 137", "was killed"),
        ("java.lang.IllegalStateException: Process died with exit code 1", "Python did not start (exit code 1)"),
    ],
)
def test_a_failure_that_has_a_cure_is_one_line_with_it(text, cure):
    trace = f"An error occurred while calling o7.\n: java.lang.Exception: x\n\tat a.b\nCaused by: {text}\n\tat c.d\n"
    with pytest.raises(UserError, match=re.escape(cure)) as caught, flink_errors():
        raise Py4JError(trace)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["An error occurred while calling o1407.get", "Answer from Java side is empty"])
def test_a_jvm_that_gives_no_answer_is_said_to_lack_memory(text):
    with pytest.raises(UserError, match="as when it runs out of memory; give it more"), flink_errors():
        raise Py4JError(text)


def test_an_error_of_a_statement_is_left_to_who_knows_the_statement():
    with pytest.raises(FlinkError), flink_errors():
        raise Py4JError("An error occurred while calling o7.sqlQuery.\n: SqlParserException: no\n\tat a.b\n")
