"""Flows of the model as the lines that real exporters and collectors write, and damage to such lines.

A format is a template over the columns of a flow. A format of one direction has a second record where packets came
back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from flowsift.testbed.traffic import SERVICES, STATES

_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}
_NAMES = ("FIN", "SYN", "RST", "PSH", "ACK")
# Flags of TCP by state, of the packets out and of those back.
_FLAGS = {"SF": (27, 27), "S0": (2, 0), "REJ": (2, 20), "RSTO": (30, 26)}
_SURICATA_STATES = {"SF": "closed", "S0": "new", "REJ": "new", "RSTO": "closed"}
_ECHO_REQUEST, _ECHO_REPLY = 8, 0
# What is exchanged in the record of what came back.
_ENDS = (("src", "dst"), ("src_port", "dst_port"), ("octets_out", "octets_in"), ("packets_out", "packets_in"))


@dataclass(frozen=True)
class Format:
    """How a source's records look.

    `template` has %(NAME)d and the like of _COLUMNS. `names` leads from the names of `flows` to fields of a record, for
    damage: keys, or the names in `header`, the header line of values with `delimiter` between.
    """

    template: str
    names: dict[str, tuple[str, ...]]
    is_one_way: bool = False
    service: str = ""
    # What is written of the ports, and of type and code of ICMP.
    ports: tuple[str, str] = ("", "")
    header: str = ""
    delimiter: str = ""
    null: str = ""


@dataclass(frozen=True)
class Records:
    """Flows, shape (n,) of traffic.FLOW, seen from one end; `flags` by state, shape (4,)."""

    format: Format
    flows: np.ndarray
    addresses: np.ndarray
    ids: np.ndarray
    is_back: bool = False
    services: list = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "services", [SERVICES[i] for i in self.flows["service"].tolist()])

    @property
    def icmp(self) -> np.ndarray:
        """Which records are ICMP, shape (n,)."""
        return np.array([service.protocol == "icmp" for service in self.services], dtype=bool)

    @property
    def icmp_types(self) -> np.ndarray:
        return np.where(self.icmp, _ECHO_REPLY if self.is_back else _ECHO_REQUEST, 0)

    def ports(self, name: str) -> np.ndarray:
        """Ports, shape (n,); 0 for ICMP."""
        return np.where(self.icmp, 0, self.flows[name])

    def flags(self, *, is_back: bool) -> list[int]:
        """Flags of the packets out or back; 0 where the protocol has none."""
        states = [STATES[i] for i in self.flows["state"].tolist()]
        return [
            _FLAGS[state][is_back] if service.protocol == "tcp" else 0 for state, service in zip(states, self.services)
        ]


def _iso(times_ms: np.ndarray) -> list[str]:
    return np.datetime_as_string(times_ms.astype("datetime64[ms]")).tolist()


def _by_service(values: Callable) -> Callable[[Records], list]:
    return lambda records: [values(service, records.format) for service in records.services]


def _ports_or_type(records: Records) -> list[str]:
    of_ports, of_type = records.format.ports
    rows = zip(records.icmp, records.flows["src_port"], records.flows["dst_port"], records.icmp_types)
    return [(of_type and of_type % (kind, 0)) if is_icmp else of_ports % (src, dst) for is_icmp, src, dst, kind in rows]


def _families(end: str) -> Callable[[Records], list[str]]:
    return lambda r: ["6" if ":" in address else "4" for address in r.addresses[r.flows[end]]]


def _suricata_tcp(records: Records) -> list[str]:
    both = zip(records.services, records.flags(is_back=False), records.flags(is_back=True))
    text = '"tcp":{"tcp_flags":"%02x","tcp_flags_ts":"%02x","tcp_flags_tc":"%02x","syn":true,"state":"closed"},'
    return [text % (out | back, out, back) if service.protocol == "tcp" else "" for service, out, back in both]


_COLUMNS: dict[str, Callable[[Records], list]] = {
    "id": lambda r: r.ids.tolist(),
    "start_ms": lambda r: r.flows["start_ms"].tolist(),
    "end_ms": lambda r: r.flows["end_ms"].tolist(),
    "written_ms": lambda r: r.flows["written_ms"].tolist(),
    "start_s": lambda r: (r.flows["start_ms"] / 1_000).tolist(),
    "end_s": lambda r: (r.flows["end_ms"] / 1_000).tolist(),
    "start_whole_s": lambda r: (r.flows["start_ms"] // 1_000).tolist(),
    "end_whole_s": lambda r: (r.flows["end_ms"] // 1_000).tolist(),
    "start_iso": lambda r: _iso(r.flows["start_ms"]),
    "end_iso": lambda r: _iso(r.flows["end_ms"]),
    "written_iso": lambda r: _iso(r.flows["written_ms"]),
    "duration_s": lambda r: ((r.flows["end_ms"] - r.flows["start_ms"]) / 1_000).tolist(),
    "duration_ns": lambda r: (1_000_000 * (r.flows["end_ms"] - r.flows["start_ms"])).tolist(),
    "src": lambda r: r.addresses[r.flows["src"]].tolist(),
    "dst": lambda r: r.addresses[r.flows["dst"]].tolist(),
    "src_family": _families("src"),
    "dst_family": _families("dst"),
    "src_port": lambda r: r.flows["src_port"].tolist(),
    "dst_port": lambda r: r.flows["dst_port"].tolist(),
    "src_port_or_0": lambda r: r.ports("src_port").tolist(),
    "dst_port_or_0": lambda r: r.ports("dst_port").tolist(),
    "dst_port_or_type": lambda r: (r.ports("dst_port") + 256 * r.icmp_types).tolist(),
    "icmp_type": lambda r: r.icmp_types.tolist(),
    "ports": _ports_or_type,
    "protocol": _by_service(lambda service, _: service.protocol),
    "PROTOCOL": _by_service(lambda service, _: service.protocol.upper()),
    "protocol_number": _by_service(lambda service, _: _NUMBERS[service.protocol]),
    "service": _by_service(lambda service, form: service.name and form.service % service.name),
    "state": lambda r: [STATES[i] for i in r.flows["state"].tolist()],
    "suricata_state": lambda r: [_SURICATA_STATES[STATES[i]] for i in r.flows["state"].tolist()],
    "suricata_tcp": _suricata_tcp,
    "octets_out": lambda r: r.flows["octets_out"].tolist(),
    "packets_out": lambda r: r.flows["packets_out"].tolist(),
    "octets_in": lambda r: r.flows["octets_in"].tolist(),
    "packets_in": lambda r: r.flows["packets_in"].tolist(),
    "payload_out": lambda r: np.maximum(r.flows["octets_out"] - 40 * r.flows["packets_out"], 0).tolist(),
    "payload_in": lambda r: np.maximum(r.flows["octets_in"] - 40 * r.flows["packets_in"], 0).tolist(),
    "flags": lambda r: r.flags(is_back=r.is_back),
    "flags_of_both": lambda r: [a | b for a, b in zip(r.flags(is_back=False), r.flags(is_back=True))],
    "flag_names": lambda r: [
        ",".join(f'"{name}"' for i, name in enumerate(_NAMES) if flags >> i & 1) for flags in r.flags(is_back=r.is_back)
    ],
    "flag_letters": lambda r: [
        "...{}{}{}{}{}".format(*(letter if flags & bit else "." for letter, bit in zip("APRSF", (16, 8, 4, 2, 1))))
        for flags in r.flags(is_back=r.is_back)
    ],
}

FORMATS = {
    "flows": Format(
        '{"flow_start":%(start_ms)d,"flow_end":%(end_ms)d,"src_addr":"%(src)s","dst_addr":"%(dst)s",'
        '"src_port":%(src_port)d,"dst_port":%(dst_port)d,"protocol":"%(protocol)s",%(service)s'
        '"octets_out":%(octets_out)d,"packets_out":%(packets_out)d,"octets_in":%(octets_in)d,'
        '"packets_in":%(packets_in)d,"sampling_rate":1,"conn_state":"%(state)s","exporter":"core-1","flow_id":"%(id)s"}',
        {name: (name,) for name in ("src_addr", "dst_port", "octets_out", "packets_out", "flow_end")},
        service='"service":"%s",',
    ),
    "zeek_conn": Format(
        '{"ts":%(start_s).6f,"uid":"C%(id)s","id.orig_h":"%(src)s","id.orig_p":%(src_port)d,"id.resp_h":"%(dst)s",'
        '"id.resp_p":%(dst_port)d,"proto":"%(protocol)s",%(service)s"duration":%(duration_s).6f,'
        '"orig_bytes":%(payload_out)d,"resp_bytes":%(payload_in)d,"conn_state":"%(state)s","local_orig":true,'
        '"local_resp":false,"missed_bytes":0,"history":"ShADadfF","orig_pkts":%(packets_out)d,'
        '"orig_ip_bytes":%(octets_out)d,"resp_pkts":%(packets_in)d,"resp_ip_bytes":%(octets_in)d}',
        {"src_addr": ("id.orig_h",), "dst_port": ("id.resp_p",), "octets_out": ("orig_ip_bytes",),
         "packets_out": ("orig_pkts",), "flow_end": ("ts",)},
        service='"service":"%s",',
    ),
    "goflow2": Format(
        '{"type":"NETFLOW_V9","time_received_ns":%(written_ms)d000000,"sequence_num":%(id)d,"sampling_rate":1,'
        '"sampler_address":"192.0.2.1","time_flow_start_ns":%(start_ms)d000000,"time_flow_end_ns":%(end_ms)d000000,'
        '"bytes":%(octets_out)d,"packets":%(packets_out)d,"src_addr":"%(src)s","dst_addr":"%(dst)s",'
        '"etype":"IPv%(src_family)s","proto":"%(PROTOCOL)s","src_port":%(src_port_or_0)d,"dst_port":%(dst_port_or_0)d,'
        '"in_if":1,"out_if":2,"tcp_flags":%(flags)d,"icmp_type":%(icmp_type)d,"icmp_code":0,"src_as":0,"dst_as":0,'
        '"as_path":[],"src_net":"0.0.0.0/0","dst_net":"0.0.0.0/0"}',
        {"src_addr": ("src_addr",), "dst_port": ("dst_port",), "octets_out": ("bytes",), "packets_out": ("packets",),
         "flow_end": ("time_flow_end_ns",)},
        is_one_way=True,
    ),
    "pmacct": Format(
        '{"event_type":"purge","peer_ip_src":"192.0.2.1","ip_src":"%(src)s","ip_dst":"%(dst)s",'
        '"port_src":%(src_port_or_0)d,"port_dst":%(dst_port_or_type)d,"tcp_flags":[%(flag_names)s],'
        '"ip_proto":"%(protocol)s","timestamp_start":"%(start_s).6f","timestamp_end":"%(end_s).6f","sampling_rate":1,'
        '"packets":%(packets_out)d,"bytes":%(octets_out)d,"writer_id":"nfacctd_kafka"}',
        {"src_addr": ("ip_src",), "dst_port": ("port_dst",), "octets_out": ("bytes",), "packets_out": ("packets",),
         "flow_end": ("timestamp_end",)},
        is_one_way=True,
    ),
    "aws_vpc_flow": Format(
        "2 123456789010 eni-1 %(src)s %(dst)s %(src_port_or_0)d %(dst_port_or_0)d %(protocol_number)d %(packets_out)d "
        "%(octets_out)d %(start_whole_s)d %(end_whole_s)d ACCEPT OK",
        {"src_addr": ("srcaddr",), "dst_port": ("dstport",), "octets_out": ("bytes",), "packets_out": ("packets",),
         "flow_end": ("end",)},
        is_one_way=True,
        header="version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
        "action log-status",
        delimiter=" ",
        null="-",
    ),
    "nfdump": Format(
        "%(id)d,%(src_family)s,%(start_ms)d,%(end_ms)d,%(protocol_number)d,%(src)s,%(src_port_or_0)d,%(dst)s,"
        "%(dst_port_or_type)d,0,0,1,2,%(flag_letters)s,0,%(packets_out)d,%(octets_out)d",
        {"src_addr": ("srcAddr",), "dst_port": ("dstPort",), "octets_out": ("bytes",), "packets_out": ("packets",),
         "flow_end": ("lastSeen",)},
        is_one_way=True,
        header="cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,"
        "packets,bytes",
        delimiter=",",
    ),
    "suricata_eve": Format(
        '{"timestamp":"%(written_iso)s000+0000","flow_id":%(id)d,"in_iface":"eth0","event_type":"flow",'
        '"src_ip":"%(src)s",%(ports)s"dest_ip":"%(dst)s","proto":"%(PROTOCOL)s",%(service)s'
        '"flow":{"pkts_toserver":%(packets_out)d,"pkts_toclient":%(packets_in)d,"bytes_toserver":%(octets_out)d,'
        '"bytes_toclient":%(octets_in)d,"start":"%(start_iso)s000+0000","end":"%(end_iso)s000+0000",'
        '"age":%(duration_s)d,"state":"%(suricata_state)s","reason":"timeout","alerted":false},'
        '%(suricata_tcp)s"host":"core-1"}',
        {"src_addr": ("src_ip",), "dst_port": ("dest_port",), "octets_out": ("flow", "bytes_toserver"),
         "packets_out": ("flow", "pkts_toserver"), "flow_end": ("flow", "end")},
        service='"app_proto":"%s",',
        ports=('"src_port":%d,"dest_port":%d,', '"icmp_type":%d,"icmp_code":%d,'),
    ),
    "ecs": Format(
        '{"@timestamp":"%(written_iso)sZ","event":{"kind":"event","category":["network"],"action":"netflow_flow",'
        '"start":"%(start_iso)sZ","end":"%(end_iso)sZ","duration":%(duration_ns)d},"source":{"ip":"%(src)s",'
        '"port":%(src_port_or_0)d,"bytes":%(octets_out)d,"packets":%(packets_out)d},"destination":{"ip":"%(dst)s",'
        '"port":%(dst_port_or_type)d},"network":{"transport":"%(protocol)s","iana_number":"%(protocol_number)d",'
        '"bytes":%(octets_out)d,"packets":%(packets_out)d},"observer":{"ip":["192.0.2.1"]},'
        '"netflow":{"type":"netflow_flow","tcp_control_bits":%(flags)d}}',
        {"src_addr": ("source", "ip"), "dst_port": ("destination", "port"), "octets_out": ("source", "bytes"),
         "packets_out": ("source", "packets"), "flow_end": ("event", "end")},
        is_one_way=True,
    ),
    "gcp_vpc_flow": Format(
        '{"insertId":"i%(id)d","jsonPayload":{"connection":{"dest_ip":"%(dst)s",%(ports)s"protocol":%(protocol_number)d,'
        '"src_ip":"%(src)s"},"packets_sent":"%(packets_out)d","reporter":"SRC","bytes_sent":"%(octets_out)d",'
        '"end_time":"%(end_iso)s000000Z","start_time":"%(start_iso)s000000Z"},"timestamp":"%(written_iso)sZ",'
        '"logName":"projects/p/logs/compute.googleapis.com%%2Fvpc_flows"}',
        {"src_addr": ("jsonPayload", "connection", "src_ip"), "dst_port": ("jsonPayload", "connection", "dest_port"),
         "octets_out": ("jsonPayload", "bytes_sent"), "packets_out": ("jsonPayload", "packets_sent"),
         "flow_end": ("jsonPayload", "end_time")},
        is_one_way=True,
        ports=('"src_port":%d,"dest_port":%d,', ""),
    ),
    "netobserv": Format(
        '{"SrcAddr":"%(src)s","DstAddr":"%(dst)s","SrcPort":%(src_port_or_0)d,"DstPort":%(dst_port_or_0)d,'
        '"Proto":%(protocol_number)d,"Bytes":%(octets_out)d,"Packets":%(packets_out)d,"TimeFlowStartMs":%(start_ms)d,'
        '"TimeFlowEndMs":%(end_ms)d,"Sampling":1,"Flags":[%(flag_names)s],"IcmpType":%(icmp_type)d,"IcmpCode":0,'
        '"AgentIP":"192.0.2.1","_RecordType":"flowLog"}',
        {"src_addr": ("SrcAddr",), "dst_port": ("DstPort",), "octets_out": ("Bytes",), "packets_out": ("Packets",),
         "flow_end": ("TimeFlowEndMs",)},
        is_one_way=True,
    ),
    "ntopng": Format(
        '{"IPV%(src_family)s_SRC_ADDR":"%(src)s","IPV%(dst_family)s_DST_ADDR":"%(dst)s",'
        '"L4_SRC_PORT":%(src_port_or_0)d,"L4_DST_PORT":%(dst_port_or_0)d,"PROTOCOL":%(protocol_number)d,%(service)s'
        '"TCP_FLAGS":%(flags_of_both)d,"IN_PKTS":%(packets_out)d,"IN_BYTES":%(octets_out)d,"OUT_PKTS":%(packets_in)d,'
        '"OUT_BYTES":%(octets_in)d,"FIRST_SWITCHED":%(start_whole_s)d,"LAST_SWITCHED":%(end_whole_s)d,'
        '"NTOPNG_INSTANCE_NAME":"core-1","INTERFACE":"eth0"}',
        {"src_addr": ("IPV4_SRC_ADDR",), "dst_port": ("L4_DST_PORT",), "octets_out": ("IN_BYTES",),
         "packets_out": ("IN_PKTS",), "flow_end": ("LAST_SWITCHED",)},
        service='"L7_PROTO_NAME":"%s",',
    ),
}  # fmt: skip


def _written(records: Records) -> list[str]:
    template = records.format.template
    names = re.findall(r"(?<!%)%\((\w+)\)", template)
    columns = zip(*(_COLUMNS[name](records) for name in names))
    positional = re.sub(r"(?<!%)%\(\w+\)", "%", template)
    return [positional % row for row in columns]


def _replaced(form: Format, line: str, name: str, value: object) -> str:
    """The line with another value in the field that flows has under this name."""
    *outer, key = form.names[name]
    if form.header:
        cells = line.split(form.delimiter)
        cells[form.header.split(form.delimiter).index(key)] = form.null if value is None else str(value)
        return form.delimiter.join(cells)
    record = inner = json.loads(line)
    for part in outer:
        inner = inner[part]
    if key in inner:
        inner[key] = value
    return json.dumps(record)


def _without(form: Format, line: str, name: str) -> str:
    *outer, key = form.names[name]
    if form.header:
        cells = line.split(form.delimiter)
        del cells[form.header.split(form.delimiter).index(key)]
        return form.delimiter.join(cells)
    record = inner = json.loads(line)
    for part in outer:
        inner = inner[part]
    inner.pop(key, None)
    return json.dumps(record)


_DAMAGES: tuple[Callable[[Format, str], str], ...] = (
    lambda form, line: line[: len(line) // 2],
    lambda form, line: "%SYS-5-CONFIG_I: configured from console",
    lambda form, line: line.replace(form.delimiter or '"', "", 1),
    lambda form, line: _replaced(form, line, "octets_out", "many"),
    lambda form, line: _replaced(form, line, "packets_out", -1),
    lambda form, line: _replaced(form, line, "dst_port", 99_999),
    lambda form, line: _without(form, line, "src_addr"),
    lambda form, line: _replaced(form, line, "src_addr", None),
    lambda form, line: _replaced(form, line, "flow_end", 4_102_444_800_000),
)


def _damage(form: Format, lines: list[str], share: float, rng: np.random.Generator) -> None:
    bad = np.flatnonzero(rng.random(len(lines)) < share)
    for i, how in zip(bad.tolist(), rng.integers(0, len(_DAMAGES), len(bad)).tolist()):
        lines[i] = _DAMAGES[how](form, lines[i])


def lines_of(
    source: str, flows: np.ndarray, addresses: np.ndarray, first_id: int = 0, *,
    malformed: float = 0.0, rng: np.random.Generator | None = None,
) -> list[str]:  # fmt: skip
    """Flows, shape (n,) of traffic.FLOW, as records in the format of a source, a line each.

    Of a share of the flows, `malformed`, the record of what they sent is broken. What is drawn from `rng` does not
    depend on the format.
    """
    form = FORMATS[source]
    ids = np.arange(first_id, first_id + len(flows))
    lines = _written(Records(form, flows, addresses, ids))
    if rng is not None:
        _damage(form, lines, malformed, rng)
    if not form.is_one_way:
        return lines
    answered = np.flatnonzero(flows["packets_in"] > 0)
    back = flows[answered]
    for one, other in _ENDS:
        back[one], back[other] = flows[answered][other], flows[answered][one]
    replies = dict(zip(answered.tolist(), _written(Records(form, back, addresses, ids[answered], is_back=True))))
    return [text for i, line in enumerate(lines) for text in ((line, replies[i]) if i in replies else (line,))]
