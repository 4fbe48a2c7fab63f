"""A good record, to be changed."""

NOW = 1_736_150_400_000


GOOD = {
    "flow_start": NOW - 500, "flow_end": NOW, "src_addr": "10.0.0.1", "dst_addr": "2001:db8::1", "src_port": 50_000,
    "dst_port": 443, "protocol": "TCP", "octets_out": 100, "packets_out": 1, "octets_in": 50, "packets_in": 1,
}  # fmt: skip
