"""Records of our own in the shapes of Suricata, Google Cloud, NetObserv, ntopng and Beats, and what flows they are."""

import json

from tests.support.records import NOW

SECOND = NOW // 1_000


def nested(record, changes):
    """The record, where a change of a.b is one of b in the object a; None removes the key."""
    made = json.loads(json.dumps(record))
    for path, value in changes.items():
        *outer, key = path.split("/")
        inner = made
        for part in outer:
            inner = inner.setdefault(part, {})
        if value is None:
            inner.pop(key, None)
        else:
            inner[key] = value
    return json.dumps(made)


SURICATA = {
    "timestamp": "2025-01-06T09:10:00.000000+0100", "flow_id": 2**62, "in_iface": "eth0", "event_type": "flow",
    "src_ip": "10.0.0.1", "src_port": 50_000, "dest_ip": "198.51.100.7", "dest_port": 443, "proto": "TCP",
    "app_proto": "tls",
    "flow": {"pkts_toserver": 3, "pkts_toclient": 4, "bytes_toserver": 1, "bytes_toclient": 100,
             "start": "2025-01-06T09:00:00.000999+0100", "end": "2025-01-06T09:00:01.123456+0100", "age": 1,
             "state": "closed", "reason": "timeout", "alerted": False},
    "tcp": {"tcp_flags": "1b", "tcp_flags_ts": "1b", "tcp_flags_tc": "1b", "syn": True, "state": "closed"},
    "host": "sensor-1",
}  # fmt: skip
OF_SIZE = "flow/bytes_toserver"
SURICATA_LINES = [
    nested(SURICATA, changes)
    for changes in (
        {OF_SIZE: 1},
        {OF_SIZE: 2, "app_proto": "failed", "flow/state": "new", "flow/pkts_toclient": 0, "tcp/tcp_flags_ts": "02",
         "tcp/tcp_flags_tc": "00"},
        {OF_SIZE: 3, "tcp/tcp_flags_ts": "02", "tcp/tcp_flags_tc": "14"},
        {OF_SIZE: 4, "tcp/tcp_flags_ts": "1e", "tcp/tcp_flags_tc": "1a"},
        {OF_SIZE: 5, "tcp/tcp_flags_ts": "1a", "tcp/tcp_flags_tc": "1e"},
        {OF_SIZE: 6, "flow/state": "established", "tcp/tcp_flags_ts": "13", "tcp/tcp_flags_tc": "12"},
        {OF_SIZE: 7, "proto": "UDP", "tcp": None, "flow/pkts_toclient": 0, "app_proto": None},
        {OF_SIZE: 8, "proto": "IPv6-ICMP", "tcp": None, "src_port": None, "dest_port": None, "icmp_type": 128,
         "icmp_code": 1, "src_ip": "2001:0db8:0000:0000:0000:0000:0000:0001", "dest_ip": "2001:db8::2"},
        {"event_type": "netflow"},
        {"event_type": "alert"},
        {"event_type": "stats", "flow": None, "src_ip": None},
        {OF_SIZE: "many"},
        {"flow/end": "ts-error"},
    )
]  # fmt: skip
SURICATA_FLOWS = {
    1: {"start_ms": NOW, "end_ms": NOW + 1_123, "src_addr": "10.0.0.1", "src_port": 50_000, "dst_port": 443,
        "protocol": "tcp", "service": "tls", "packets_out": 3, "octets_in": 100, "packets_in": 4, "is_reply": False,
        "conn_state": "SF", "tcp_flags": 27, "exporter": "sensor-1", "flow_id": str(2**62)},
    2: {"service": None, "conn_state": "S0"},
    3: {"conn_state": "REJ"},
    4: {"conn_state": "RSTO"},
    5: {"conn_state": "RSTR"},
    6: {"conn_state": "S1"},
    7: {"protocol": "udp", "service": None, "conn_state": "S0", "tcp_flags": None},
    8: {"src_addr": "2001:db8::1", "src_port": 128, "dst_port": 1, "protocol": "ipv6-icmp", "conn_state": None},
}  # fmt: skip

GCP = {
    "insertId": "i1",
    "jsonPayload": {
        "connection": {"src_ip": "10.0.0.1", "dest_ip": "198.51.100.7", "src_port": 50_000, "dest_port": 443,
                       "protocol": 6},
        "bytes_sent": "1", "packets_sent": "3", "rtt_msec": "22", "reporter": "SRC",
        "start_time": "2025-01-06T08:00:00.000628399Z", "end_time": "2025-01-06T08:00:01.5Z",
        "src_instance": {"vm_name": "web-1", "zone": "z"}, "dest_location": {"asn": 64_500, "country": "usa"},
        "internet_routing_details": {"egress_as_path": [{"as_details": [{"asn": 64_500}]}]},
    },
    "resource": {"type": "gce_subnetwork", "labels": {"location": "z"}}, "timestamp": "2025-01-06T08:00:12.799966252Z",
    "logName": "projects/p/logs/compute.googleapis.com%2Fvpc_flows",
}  # fmt: skip
SENT, CONNECTION = "jsonPayload/bytes_sent", "jsonPayload/connection"
GCP_LINES = [
    nested(GCP, changes)
    for changes in (
        {SENT: "1"},
        {SENT: "2", "jsonPayload/reporter": "DEST"},
        {SENT: "3", "jsonPayload/reporter": "DEST", "jsonPayload/src_instance": None,
         "jsonPayload/dest_instance": {"vm_name": "web-2"}, "jsonPayload/end_time": "2025-01-06T08:00:01Z"},
        {SENT: "4", CONNECTION: {"src_ip": "10.0.0.1", "dest_ip": "198.51.100.7", "protocol": 1}},
        {SENT: "5", CONNECTION: {"src_ip": "198.51.100.7", "dest_ip": "10.0.0.1", "src_port": 443,
                                 "dest_port": 50_000, "protocol": 6}},
        {SENT: "6", "jsonPayload/reporter": "DEST_GATEWAY"},
        {"logName": "projects/p/logs/dns"},
        {SENT: "many"},
        {"jsonPayload/connection/dest_ip": None},
    )
]  # fmt: skip
GCP_FLOWS = {
    1: {"start_ms": NOW, "end_ms": NOW + 1_500, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "packets_out": 3, "octets_in": None, "is_reply": False, "exporter": "web-1", "dst_as": 64_500},
    3: {"end_ms": NOW + 1_000, "exporter": "web-2"},
    4: {"protocol": "icmp", "src_port": None, "dst_port": None, "is_reply": False},
    5: {"src_addr": "10.0.0.1", "dst_port": 443, "is_reply": True},
}  # fmt: skip

NETOBSERV = {
    "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "SrcPort": 50_000, "DstPort": 443, "Proto": 6, "Etype": 2_048,
    "Bytes": 1, "Packets": 3, "TimeFlowStartMs": NOW, "TimeFlowEndMs": NOW + 500, "TimeReceived": SECOND + 5,
    "Sampling": 1, "Flags": ["SYN", "SYN_ACK", "FIN"], "IcmpType": 0, "IcmpCode": 0, "AgentIP": "192.0.2.1",
    "FlowDirection": 1, "SrcK8S_HostIP": "192.0.2.1", "SrcK8S_Labels": {"app": "x"}, "_RecordType": "flowLog",
}  # fmt: skip
NETOBSERV_LINES = [
    nested(NETOBSERV, changes)
    for changes in (
        {"Bytes": 1},
        {"Bytes": None},
        {"Bytes": 20, "Sampling": 50},
        {"Bytes": 3, "Sampling": 0, "_RecordType": None},
        {"Bytes": 4, "FlowDirection": 0, "SrcK8S_HostIP": None},
        {"Bytes": 5, "FlowDirection": 0},
        {"Bytes": 6, "Proto": 58, "IcmpType": 128, "IcmpCode": 1, "Etype": 34_525, "SrcPort": 0, "DstPort": 0,
         "SrcAddr": "fe80::1", "DstAddr": "fe80::2", "Flags": None},
        {"Bytes": 7, "SrcAddr": "10.0.0.2", "DstAddr": "10.0.0.1", "SrcPort": 443, "DstPort": 50_000, "Flags": 18},
        {"Bytes": 8, "TimeFlowStartMs": 0, "TimeFlowEndMs": 0},
        {"_RecordType": "heartbeat"},
        {"_RecordType": "newConnection"},
        {"_RecordType": "endConnection"},
        {"Etype": 2_054, "SrcAddr": None},
        {"Bytes": "many"},
        {"Packets": None},
    )
]  # fmt: skip
NETOBSERV_FLOWS = {
    1: {"start_ms": NOW, "end_ms": NOW + 500, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "packets_out": 3, "is_reply": False, "conn_state": "SF", "tcp_flags": 19, "exporter": "192.0.2.1"},
    0: {"packets_out": 3},
    1000: {"packets_out": 150},
    3: {"packets_out": 3},
    4: {"src_addr": "10.0.0.1"},
    6: {"src_port": 128, "dst_port": 1, "protocol": "ipv6-icmp", "is_reply": False},
    7: {"src_addr": "10.0.0.1", "dst_port": 443, "is_reply": True, "tcp_flags": 18},
    8: {"start_ms": NOW + 5_000, "end_ms": NOW + 5_000},
}  # fmt: skip

NTOPNG = {
    "IPV4_SRC_ADDR": "10.0.0.1", "SRC_ADDR_LOCAL": True, "IPV4_DST_ADDR": "198.51.100.7", "L4_SRC_PORT": 50_000,
    "L4_DST_PORT": 443, "PROTOCOL": 6, "L7_PROTO": 91, "L7_PROTO_NAME": "TLS.Google", "TCP_FLAGS": 27, "IN_PKTS": 3,
    "IN_BYTES": 1, "OUT_PKTS": 4, "OUT_BYTES": 100, "FIRST_SWITCHED": SECOND, "LAST_SWITCHED": SECOND + 2,
    "SRC_IP_COUNTRY": "", "SRC_IP_LOCATION": [0.0, 0.0], "NTOPNG_INSTANCE_NAME": "probe-1", "INTERFACE": "eth0",
}  # fmt: skip
V6 = {"IPV4_SRC_ADDR": "0.0.0.0", "IPV4_DST_ADDR": "", "IPV6_SRC_ADDR": "2001:DB8::1", "IPV6_DST_ADDR": "2001:db8::2"}
ONE_WAY = {"OUT_BYTES": None, "OUT_PKTS": None}
NTOPNG_LINES = [
    nested(NTOPNG, changes)
    for changes in (
        {"IN_BYTES": 1},
        {"IN_BYTES": 2, "L7_PROTO_NAME": "Unknown", **V6},
        {"IN_BYTES": 3, "L4_SRC_PORT": 443, "L4_DST_PORT": 50_000},
        {"IN_BYTES": 4, "L4_SRC_PORT": 443, "L4_DST_PORT": 50_000, **ONE_WAY},
        {"IN_BYTES": 5, "PROTOCOL": 1, "L4_SRC_PORT": 0, "L4_DST_PORT": 0, "ICMP_TYPE": 2_049},
        {"IN_BYTES": 6, "IPV6_SRC_ADDR": "::", "IPV6_DST_ADDR": "::", "EXPORTER_IPV4_ADDRESS": "192.0.2.1"},
        {"IN_BYTES": "many"},
        {"IPV4_SRC_ADDR": None},
    )
]  # fmt: skip
NTOPNG_FLOWS = {
    1: {"start_ms": NOW, "end_ms": NOW + 2_000, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "service": "tls.google", "octets_in": 100, "packets_in": 4, "is_reply": False, "conn_state": "SF",
        "exporter": "probe-1"},
    2: {"src_addr": "2001:db8::1", "dst_addr": "2001:db8::2", "service": None},
    3: {"src_addr": "10.0.0.1", "src_port": 443, "is_reply": False},
    4: {"src_addr": "198.51.100.7", "dst_port": 443, "is_reply": True, "octets_out": 0},
    5: {"src_port": 8, "dst_port": 1, "protocol": "icmp"},
    6: {"src_addr": "10.0.0.1", "dst_addr": "198.51.100.7", "exporter": "192.0.2.1"},
}  # fmt: skip

ECS = {
    "@timestamp": "2025-01-06T08:00:05.000Z", "agent": {"type": "filebeat"}, "host": {"name": "collector"},
    "event": {"kind": "event", "category": ["network"], "action": "netflow_flow", "start": "2025-01-06T08:00:00.250Z",
              "end": "2025-01-06T08:00:01.500Z", "duration": 1_250_000_000},
    "source": {"ip": "10.0.0.1", "port": 50_000, "bytes": 1, "packets": 3, "as": {"number": 64_500}},
    "destination": {"ip": "198.51.100.7", "port": 443},
    "network": {"transport": "tcp", "iana_number": "6", "bytes": 1, "packets": 3},
    "observer": {"ip": ["192.0.2.1"]}, "netflow": {"type": "netflow_flow", "tcp_control_bits": 27},
}  # fmt: skip
PACKETBEAT = {"agent/type": "packetbeat", "event/action": "network_flow", "observer": None, "netflow": None}
ECS_LINES = [
    *(
        nested(ECS, changes)
        for changes in (
            {"source/bytes": 1},
            {"source/bytes": 20, "netflow/sampling_interval": 100},
            {"source/bytes": 3, "source/ip": "198.51.100.7", "destination/ip": "10.0.0.1", "source/port": 443,
             "destination/port": 50_000},
            {"source/bytes": 4, "network/transport": None, "network/iana_number": 1, "source/port": 0,
             "destination/port": 2_049},
            {"source/bytes": 5, **PACKETBEAT, "destination/bytes": 100, "destination/packets": 4, "flow/final": True},
            {"source/bytes": 6, **PACKETBEAT, "flow/final": True, "source/port": 443, "destination/port": 50_000},
            {"source/bytes": 7, **PACKETBEAT, "flow/final": False},
            {"source/bytes": 8, "event/end": None, "event/start": None},
            {**PACKETBEAT, "event/action": None},
            {"event/action": "netflow_options", "source": None},
            {"source/bytes": "many"},
            {"destination/ip": None},
        )
    ),
    '{"event.end":"2025-01-06T08:00:01.500Z","source.ip":"10.0.0.1","source.bytes":9,"source.packets":3,'
    '"destination.ip":"10.0.0.2","network.iana_number":"132"}',
]  # fmt: skip
ECS_FLOWS = {
    1: {"start_ms": NOW + 250, "end_ms": NOW + 1_500, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "octets_in": None, "is_reply": False, "conn_state": "SF", "exporter": "192.0.2.1", "src_as": 64_500},
    2000: {"packets_out": 300},
    3: {"src_addr": "10.0.0.1", "dst_port": 443, "is_reply": True},
    4: {"src_port": 8, "dst_port": 1, "protocol": "icmp"},
    5: {"octets_in": 100, "packets_in": 4, "exporter": "collector", "is_reply": False},
    6: {"octets_in": 0, "packets_in": 0, "src_port": 443, "is_reply": False},
    8: {"start_ms": NOW + 5_000, "end_ms": NOW + 5_000},
    9: {"protocol": "sctp", "start_ms": NOW + 1_500},
}  # fmt: skip

# Of each source: lines, parameters, flows by the octets that were sent, why records are skipped, and why they are dead.
JSON_SOURCES = {
    "suricata_eve": (
        SURICATA_LINES, {}, SURICATA_FLOWS,
        {"one direction of a flow, which its flow event has both of": 1, "an event of another kind": 2},
        ["flow.bytes_toserver is not a number", "flow.end is not a time"],
    ),
    "gcp_vpc_flow": (
        GCP_LINES, {}, GCP_FLOWS,
        {"reported by the source's instance too": 1, "reported by an instance too": 1, "an entry of another log": 1},
        ["dst_addr is missing", "jsonPayload.bytes_sent is not a number"],
    ),
    "netobserv": (
        NETOBSERV_LINES, {}, NETOBSERV_FLOWS,
        {"a note on a conversation, no flow": 2, "the sum of a conversation, which its flows have": 1,
         "no IP packet": 1, "reported by the source's node too": 1},
        ["Bytes is not a number", "packets_out is missing"],
    ),
    "ntopng": (NTOPNG_LINES, {}, NTOPNG_FLOWS, {}, ["IN_BYTES is not a number", "src_addr is missing"]),
    "ecs": (
        ECS_LINES, {}, ECS_FLOWS,
        {"an interim report of a flow that goes on": 1, "an event of another kind": 1,
         "what an exporter says of itself": 1},
        ["dst_addr is missing", "source.bytes is not a number"],
    ),
}  # fmt: skip
