"""Flink's errors in a user's words."""

from flowsift.engine.flink.errors import explain, reason

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


def test_a_job_that_lacks_a_codec_names_the_jar_that_has_it():
    text = ": java.lang.RuntimeException: a fetcher failed\n\tat a.b\nCaused by: java.lang.NoClassDefFoundError: "
    text += "com/github/luben/zstd/ZstdInputStream\n\tat c.d\nCaused by: java.lang.ClassNotFoundException: zstd\n"
    assert "the jar of com.github.luben:zstd-jni is missing" in reason(Exception(text))
