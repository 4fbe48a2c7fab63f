"""Records of our own in the shapes that goflow2, pmacct, AWS and nfdump write, and the flows that they are."""

import json

from tests.support.records import NOW

SECOND = NOW // 1_000


GOFLOW2 = {
    "type": "NETFLOW_V9", "time_received_ns": NOW * 10**6 + 10**9, "sequence_num": 7, "sampling_rate": 0,
    "sampler_address": "192.0.2.1", "time_flow_start_ns": (NOW - 500) * 10**6 + 999_999,
    "time_flow_end_ns": NOW * 10**6, "bytes": 1, "packets": 3, "src_addr": "10.0.0.1", "dst_addr": "198.51.100.7",
    "etype": "IPv4", "proto": "TCP", "src_port": 50_000, "dst_port": 443, "icmp_type": 0, "icmp_code": 0,
    "tcp_flags": 27, "src_as": 64_500, "dst_as": 0, "as_path": [64_500, 64_501], "layer_stack": ["IPv4", "TCP"],
    "src_net": "10.0.0.0/24",
}  # fmt: skip
BACK = {"src_addr": "198.51.100.7", "dst_addr": "10.0.0.1", "src_port": 443, "dst_port": 50_000}
GOFLOW2_LINES = [
    json.dumps(GOFLOW2 | changes)
    for changes in (
        {"bytes": 1},
        {"bytes": 20, "sampling_rate": 100},
        {"bytes": 3, "sampling_rate": 1, **BACK},
        {"bytes": 4, "tcp_flags": 2},
        {"bytes": 5, "proto": "IPv6-ICMP", "src_addr": "fe80::1", "dst_addr": "FE80:0::2", "src_port": 0, "dst_port": 0,
         "icmp_type": 128, "icmp_code": 1},
        {"bytes": 6, "time_received_ns": "2025-01-06T08:00:00.123456789Z", "time_flow_start_ns": None,
         "time_flow_end_ns": None},
        {"bytes": 7, "time_flow_start_ns": 0},
        {"bytes": 8, "proto": "ICMP", "src_port": 0, "dst_port": 2_051},
        {"bytes": 60, "src_addr": "", "dst_addr": "", "etype": "ARP", "proto": "HOPOPT", "src_port": 0, "dst_port": 0},
        {"bytes": 2**70},
        {"src_addr": None},
    )
]  # fmt: skip
GOFLOW2_FLOWS = {
    1: {"start_ms": NOW - 500, "end_ms": NOW, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "packets_out": 3, "is_reply": False, "conn_state": "SF", "exporter": "192.0.2.1", "src_as": 64_500},
    2000: {"packets_out": 300},
    3: {"src_addr": "10.0.0.1", "dst_addr": "198.51.100.7", "dst_port": 443, "is_reply": True},
    4: {"conn_state": "S0"},
    5: {"src_addr": "fe80::1", "dst_addr": "fe80::2", "protocol": "ipv6-icmp", "src_port": 128, "dst_port": 1},
    6: {"start_ms": NOW + 123, "end_ms": NOW + 123},
    7: {"start_ms": NOW, "end_ms": NOW},
    8: {"src_port": 8, "dst_port": 3, "is_reply": False},
}  # fmt: skip

PMACCT = {
    "event_type": "purge", "label": {"nkey": "100.1"}, "peer_ip_src": "192.0.2.1", "iface_in": 203,
    "ip_src": "10.0.0.1", "ip_dst": "198.51.100.7", "port_src": 50_000, "port_dst": 443,
    "tcp_flags": ["SYN", "ACK", "FIN"], "ip_proto": "tcp", "as_src": 64_500, "mpls_label_stack": [],
    "timestamp_start": f"{SECOND - 5}.000000", "timestamp_end": f"{SECOND}.250000",
    "custom_primitives": {"mpls_tl_type": "0"}, "packets": 3, "flows": None, "bytes": 1, "writer_id": "nfacctd_kafka",
}  # fmt: skip
NO_TIMES = {"timestamp_start": None, "timestamp_end": None}
PMACCT_LINES = [
    json.dumps({"event_type": "purge_init", "writer_id": "nfacctd_kafka/17"}),
    *(
        json.dumps(PMACCT | changes)
        for changes in (
            {"bytes": 1},
            {"bytes": 2, "timestamp_start": "2025-01-06 09:00:00.000000",
             "timestamp_end": "2025-01-06 09:00:01.123456"},
            {"bytes": 3, "timestamp_start": "2025-01-06T08:00:00.000000+00:00",
             "timestamp_end": "2025-01-06T10:00:01.5+02:00"},
            {"bytes": 4, **NO_TIMES, "stamp_inserted": "2025-01-06 09:00:00", "stamp_updated": "2025-01-06 09:01:00"},
            {"bytes": 5, **NO_TIMES, "stamp_inserted": f"{SECOND}"},
            {"bytes": 6, "timestamp_start": "0000-00-00 00:00:00.000000"},
            {"bytes": 7, "sampling_rate": 1, "tcp_flags": "2", "ip_proto": "6"},
            {"bytes": 80, "sampling_rate": 10, "ip_src": "198.51.100.7", "ip_dst": "10.0.0.1", "port_src": 443,
             "port_dst": 50_000},
            {"bytes": 9, "ip_proto": "icmp", "port_src": 0, "port_dst": 2_048, "tcp_flags": []},
            {"bytes": 10, "sampling_rate": 0, "event_type": None, "tcp_flags": 2},
            {"bytes": 11, **NO_TIMES},
        )
    ),
    json.dumps({"event_type": "purge_close", "writer_id": "nfacctd_kafka/17", "purged_entries": 11, "duration": 0}),
]  # fmt: skip
PMACCT_FLOWS = {
    1: {"start_ms": NOW - 5_000, "end_ms": NOW + 250, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "conn_state": "SF", "exporter": "192.0.2.1", "tcp_flags": 19, "src_as": 64_500},
    2: {"start_ms": NOW, "end_ms": NOW + 1_123},
    3: {"start_ms": NOW, "end_ms": NOW + 1_500},
    4: {"start_ms": NOW, "end_ms": NOW},
    5: {"start_ms": NOW, "end_ms": NOW},
    6: {"start_ms": NOW + 250},
    7: {"protocol": "tcp", "tcp_flags": 2, "conn_state": "S0", "packets_out": 3},
    800: {"packets_out": 0, "packets_in": 30, "src_addr": "10.0.0.1", "dst_port": 443, "is_reply": True},
    9: {"src_port": 8, "dst_port": 0, "is_reply": False, "tcp_flags": None},
    10: {"packets_out": 3, "tcp_flags": 2},
}  # fmt: skip

AWS_LINES = [
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
    " log-status",
    f"2 123456789010 eni-1 10.0.0.1 198.51.100.7 50000 443 6 3 1 {SECOND - 60} {SECOND} ACCEPT OK",
    f"2 123456789010 eni-1 198.51.100.7 10.0.0.1 443 50000 6 3 2 {SECOND - 60} {SECOND} ACCEPT OK",
    f"2 123456789010 eni-1 203.0.113.5 10.0.0.1 40000 3389 6 3 3 {SECOND - 60} {SECOND} REJECT OK",
    f"2 123456789010 eni-1 10.0.0.1 10.0.0.2 0 0 1 3 4 {SECOND - 60} {SECOND} ACCEPT OK",
    f"2 123456789010 eni-2 - - - - - - - {SECOND - 60} {SECOND} - NODATA",
    f"2 123456789010 eni-3 - - - - - - - {SECOND - 60} {SECOND} - SKIPDATA",
    f"2 123456789010 eni-1 10.0.0.1 198.51.100.7 50000 443 6 3 many {SECOND - 60} {SECOND} ACCEPT OK",
    f"2 123456789010 eni-1 10.0.0.1 198.51.100.7 50000 443 6 3 1 {SECOND - 60} {SECOND} ACCEPT",
    "version vpc-id interface-id pkt-srcaddr pkt-dstaddr srcaddr dstaddr srcport dstport protocol tcp-flags packets"
    " bytes start end action log-status",
    f"3 vpc-1 eni-1 10.0.0.9 2001:db8::1 10.0.0.1 - 50000 443 6 2 3 150 {SECOND - 60} {SECOND} ACCEPT OK",
    f"3 vpc-1 eni-1 - - 10.0.0.1 10.0.0.2 50000 443 6 3 3 151 {SECOND - 60} {SECOND} ACCEPT OK",
    f"3 vpc-1 eni-1 - - 10.0.0.1 10.0.0.2 50000 443 6 2 3 1520 {SECOND - 60} {SECOND} ACCEPT OK",
    f"3 vpc-1 eni-1 - - 10.0.0.2 10.0.0.1 443 50000 6 19 3 153 {SECOND - 60} {SECOND} ACCEPT OK",
]
AWS_FLOWS = {
    1: {"start_ms": NOW - 60_000, "end_ms": NOW, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "is_reply": False, "conn_state": None, "exporter": "eni-1"},
    2: {"src_addr": "10.0.0.1", "dst_port": 443, "is_reply": True},
    3: {"src_addr": "203.0.113.5", "conn_state": "REJ", "is_reply": False},
    4: {"protocol": "icmp", "src_port": None, "dst_port": None},
    150: {"src_addr": "10.0.0.9", "dst_addr": "2001:db8::1", "conn_state": "S0"},
    151: {"src_addr": "10.0.0.1", "conn_state": "SF"},
    1520: {"conn_state": "S1", "tcp_flags": 18, "is_reply": False},
    153: {"src_addr": "10.0.0.1", "conn_state": "SF", "is_reply": True},
}  # fmt: skip

NFDUMP_171 = (
    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,"
    "idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr"
)
REST = (
    "1,2,64500,0,24,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,"
    + "0-0-0," * 10
    + "    0.000,    0.000,    0.000,192.0.2.1,0/0,1,2025-01-06 09:00:01.456"
)
NDJSON = {
    "cnt": 1, "type": "FLOW", "export_sysid": 1, "first": "2025-01-06T09:00:00.250", "last": "2025-01-06T09:00:01.500",
    "received": "2025-01-06T09:00:02.000", "in_packets": 3, "in_bytes": 20, "proto": 6, "tcp_flags": "...AP.SF",
    "src_port": 50_000, "dst_port": 443, "src4_addr": "10.0.0.1", "dst4_addr": "198.51.100.7", "src_as": 64_500,
    "dst_as": 0, "ip4_router": "192.0.2.1", "sampled": 0,
}  # fmt: skip
NFDUMP_LINES = [
    NFDUMP_171,
    f"2025-01-06 09:00:00,2025-01-06 09:00:01,1.250,10.0.0.1,198.51.100.7,50000,443,TCP,...AP.SF,0,0,3,1,0,0,{REST}",
    f"2025-01-06 09:00:00,2025-01-06 09:00:01,1.250,198.51.100.7,10.0.0.1,443,50000,TCP,...AP.SF,0,0,3,2,0,0,{REST}",
    f"2025-01-06 09:00:00,2025-01-06 09:00:01,1.250,10.0.0.1,198.51.100.7,0,769,ICMP,........,0,0,3,3,0,0,{REST}",
    f"2025-01-06 09:00:00,2025-01-06 09:00:01,1.250,10.0.0.1,198.51.100.7,443,50000,TCP,...AP.SF,0,0,3,4,5,600,{REST}",
    "Summary",
    "flows,bytes,packets,avg_bps,avg_pps,avg_bpp",
    "4,10,12,64,2,0",
    "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,bytes",
    f"1,2,{NOW},{NOW + 777},6,10.0.0.1,50000,198.51.100.7,443,64500,0,1,2,......S.,0,3,10",
    f"2,30,{NOW},{NOW + 777},58,2001:DB8::1,0,2001:db8::2,32769,0,0,1,2,........,0,3,11",
    f"3,2,{NOW},{NOW + 777},6,10.0.0.1,50000,198.51.100.7,http,0,0,1,2,......S.,0,3,12",
    f"4,2,{NOW},{NOW + 777},6,10.0.0.1,50000,198.51.100.7",
    json.dumps(NDJSON),
    json.dumps({k: v for k, v in NDJSON.items() if k[3:] not in ("_port", "4_addr")}
               | {"in_bytes": 21, "proto": 58, "icmp_type": 128, "icmp_code": 2, "src6_addr": "2001:db8::1",
                  "dst6_addr": "2001:db8::2"}),
    json.dumps({"cnt": 3, "type": "EVENT", "event": "CREATE"}),
    "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows",
    "2025-01-06 09:00:00.250,1.250,17,10.0.0.1,50000,198.51.100.7,53,3,30,1",
    "2025-01-06 09:00:00.250,1.250,1,10.0.0.1,0,198.51.100.7,3.10,3,31,1",
]  # fmt: skip
NFDUMP_FLOWS = {
    1: {"start_ms": NOW, "end_ms": NOW + 1_000, "src_addr": "10.0.0.1", "dst_port": 443, "protocol": "tcp",
        "octets_in": None, "is_reply": False, "conn_state": "SF", "exporter": "192.0.2.1", "src_as": 64_500},
    2: {"src_addr": "10.0.0.1", "is_reply": True},
    3: {"src_port": 3, "dst_port": 1, "protocol": "icmp"},
    4: {"src_port": 443, "octets_in": 600, "packets_in": 5, "is_reply": False},
    10: {"start_ms": NOW, "end_ms": NOW + 777, "conn_state": "S0", "src_as": 64_500},
    11: {"src_addr": "2001:db8::1", "src_port": 128, "dst_port": 1, "protocol": "ipv6-icmp"},
    20: {"start_ms": NOW + 250, "end_ms": NOW + 1_500, "src_addr": "10.0.0.1", "src_port": 50_000, "dst_port": 443,
         "conn_state": "SF", "exporter": "192.0.2.1", "src_as": 64_500},
    21: {"src_addr": "2001:db8::1", "src_port": 128, "dst_port": 2},
    30: {"start_ms": NOW + 250, "end_ms": NOW + 1_500, "dst_port": 53, "protocol": "udp"},
    31: {"src_port": 3, "dst_port": 10, "protocol": "icmp"},
}  # fmt: skip

BERLIN = {"TIME_ZONE": "Europe/Berlin"}
# Of each source: lines, parameters, flows by the octets that were sent, why records are skipped, and why they are dead.
SOURCES = {
    "goflow2": (
        GOFLOW2_LINES, {}, GOFLOW2_FLOWS, {"no IP packet": 1}, ["bytes is out of range", "src_addr is missing"],
    ),
    "pmacct": (PMACCT_LINES, BERLIN, PMACCT_FLOWS, {"a marker, no flow": 2}, ["flow_end is missing"]),
    "aws_vpc_flow": (
        AWS_LINES, {}, AWS_FLOWS,
        {"a header line": 2, "an interface without traffic": 1, "what AWS could not record": 1},
        ["13 values, and 14 are expected", "bytes is not a number"],
    ),
    "nfdump": (
        NFDUMP_LINES, BERLIN, NFDUMP_FLOWS,
        {"a header line": 3, "nfdump's summary": 3, "an event of a firewall or NAT, no flow": 1},
        ["8 values, and 17 are expected", "dst_port is not a number from 0 to 65535"],
    ),
}  # fmt: skip
