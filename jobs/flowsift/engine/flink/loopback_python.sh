#!/bin/sh
# The Python of Flink's tasks where functions run in our own process, which says by FLOWSIFT_PYTHON which one it is.
exec "${FLOWSIFT_PYTHON:?}" "${0%/*}/loopback_boot.py" "$@"
