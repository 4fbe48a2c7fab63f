"""Values of parameters and client settings: checked before a job starts, and never shown."""

import pytest
from flowsift.catalog.parameters import check_value
from flowsift.errors import UserError


@pytest.mark.parametrize(
    ("name", "value", "default"),
    [
        ("Z_THRESHOLD", "three", "3"),
        ("Z_THRESHOLD", "-1", "3"),
        ("Z_THRESHOLD", "nan", "3"),
        ("CLOCK", "sundial", "event"),
        ("DAY_BEGINS_MINUTE", "noon", "0"),
        ("WATERMARK_DELAY_SECONDS", "soon", None),
        ("RULES_MIN_SUPPORT", "2", "0.02"),
        ("RULES_MIN_SUPPORT", "0", "0.02"),
        ("FORECAST_LEVEL", "1", "0.9"),
        ("FORECAST_MINUTES", "7", "5"),
        ("FORECAST_MINUTES", "1440", "5"),
        ("FORECAST_STEPS", "0.5", "12"),
        ("MIN_OCTETS", "0", "1000000"),
        ("CAPACITIES", "all=1G", ""),
        ("CAPACITIES", "dns=5", ""),
        ("CAPACITIES", "all:1000", ""),
        ("SERVICE_MAX_ITEMS", "1", "3"),
        ("HOST_CLUSTERS_HALF_LIFE_MINUTES", "0", "60"),
        ("LOCAL_NETWORKS", "^(10", "^10"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name, value, default):
    with pytest.raises(UserError, match=name):
        check_value(name, value, default)


def test_values_of_the_right_kind_pass():
    for name, value, default in (
        ("Z_THRESHOLD", "3.5", "3"),
        ("CLOCK", "arrival", "event"),
        ("RULES_MIN_SUPPORT", "1", "0.02"),
        ("FORECAST_MINUTES", "15", "5"),
        ("OFFICE_HOURS", "0.5", "8"),
        ("CAPACITIES", "", ""),
        ("CAPACITIES", "all = 1000, service dns=0.5,src_addr 2001:db8::1=3", ""),
        ("LOCAL_NETWORKS", "(?i)^(10|fd)", "^10"),
        ("DAY_BEGINS_MINUTE", "300", "0"),
        ("SUBNET", "10.0.0.0/8", None),
    ):
        check_value(name, value, default)
