"""What is unusual of hosts, over hours of generated traffic with and without incidents."""

import pytest

from tests.support.transitions import MORNING_MS, WINDOW_MS, follow, mean_scores, network_windows, unusual


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_incidents_are_unusual_and_hardly_anything_else_is(seed):
    truth, seen = network_windows(100, 10, 6, seed, ["port_scan", "host_sweep", "exfiltration"])
    rows = {(i, row.host): row for i, row in unusual(follow(seen)[1])}
    for incident in truth:
        first, last = ((ms - MORNING_MS) // WINDOW_MS for ms in (incident.start_ms, incident.end_ms - 1))
        had_met = (incident.entity, incident.peer) in {(f[0], f[3]) for window in seen[:first] for f in window}
        found = {i: rows.pop((i, incident.entity)) for i in (first, last) if (i, incident.entity) in rows}
        # An upload to a destination that the host knows, or a dozen flows of it, surprises less than thousands.
        assert set(found) == {first, last} or (incident.kind == "exfiltration" and (last in found or had_met))
        for row in found.values():
            assert incident.peer in ("", row.dst_addr)
            assert (incident.peer or "tcp/445") in row.why.split(";")[0]
            assert incident.kind == "port_scan" or row.service == {445: "tcp/445", 22: "ssh"}[incident.dst_port]
    assert len(rows) <= 3


def test_predictions_of_independent_services_are_nearly_as_good_as_their_frequencies():
    reported = follow(network_windows(100, 10, 3, seed=14)[1])[1]
    names = ("hits_1", "frequency_hits_1", "hits_3", "frequency_hits_3", "log_loss", "frequency_log_loss")
    hits_1, frequency_1, hits_3, frequency_3, loss, frequency_loss = mean_scores(reported, *names)
    assert hits_1 == pytest.approx(frequency_1, abs=0.02)
    assert hits_3 == pytest.approx(frequency_3, abs=0.02)
    assert frequency_loss - 0.02 < loss < frequency_loss + 0.1
