"""The division of a long flow, beside Python's whole numbers, which do not overflow."""

import random

from flowsift.engine.flink import format_jar
from flowsift.engine.flink.jvm import jvm

DAY = 86_400_000


def test_a_share_is_exact_up_to_the_largest_flow():
    from pyflink.util.java_utils import add_jars_to_context_class_loader

    add_jars_to_context_class_loader([format_jar.format_jar().as_uri()])
    up_to, dice = jvm().flowsift.format.LongFlows.upTo, random.Random(4)
    cases = [(10**15, elapsed, 30 * DAY) for elapsed in (0, 1, 30 * DAY - 1, 30 * DAY)]
    for _ in range(2_000):
        duration = dice.choice([dice.randrange(60_001, 10**6), dice.randrange(60_001, 30 * DAY + 1)])
        count = dice.randrange(dice.choice([2, 1000, 10**9, 10**15 + 1]))
        cases.append((count, dice.choice([0, duration, dice.randrange(duration)]), duration))
    for count, elapsed, duration in cases:
        assert up_to(count, elapsed, duration) == count * elapsed // duration, (count, elapsed, duration)
