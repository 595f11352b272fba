"""Captures made by hand, and the analysis of them."""

from __future__ import annotations

import hashlib
import ipaddress
import struct
from collections.abc import Iterable
from pathlib import Path

from sekisho.analyzers.capture.analyzer import CaptureAnalyzer
from sekisho.analyzers.capture.file.frames import Frame, FrameReader
from sekisho.analyzers.capture.network.links import LinkReader
from sekisho.analyzers.capture.network.packets import Packet, Unread
from sekisho.analyzers.interface import Context, Source
from sekisho.model.evidence import CaptureConditions, Evidence, EvidenceKind, Mark, Phase
from sekisho.model.flow import DataCategory, KnownValue
from sekisho.model.locus import PcapFrame
from sekisho.model.observation import Flow, Property
from sekisho.model.review import Findings
from sekisho.model.units import Bytes, EvidenceId, Sha256

PHONE, SERVER, RESOLVER = "192.168.1.5", "93.184.216.34", "192.168.1.1"
IMEI = KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="imei", value="490154203237518")
SERIAL = KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="serial", value="KZX1-000123")
SYN, ACK, PSH, FIN = 2, 16, 8, 1


def ethernet(payload: bytes, ethertype: int = 0x0800) -> bytes:
    return b"\x02" * 6 + b"\x04" * 6 + struct.pack(">H", ethertype) + payload


def ip(source: str, to: str, protocol: int, body: bytes, *, fragment: int = 0) -> bytes:
    from_, into = ipaddress.ip_address(source).packed, ipaddress.ip_address(to).packed
    if len(from_) == 16:
        return struct.pack(">IHBB", 6 << 28, len(body), protocol, 64) + from_ + into + body
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 1, fragment, 64, protocol, 0)
    return head + from_ + into + body


def udp(source: str, port: int, to: str, to_port: int, data: bytes) -> bytes:
    head = struct.pack(">HHHH", port, to_port, 8 + len(data), 0)
    return ethernet_of(ip(source, to, 17, head + data))


def tcp(
    source: str,
    port: int,
    to: str,
    to_port: int,
    data: bytes = b"",
    *,
    seq: int = 0,
    flags: int = ACK,
) -> bytes:
    head = struct.pack(">HHIIBBHHH", port, to_port, seq & 0xFFFFFFFF, 0, 0x50, flags, 64, 0, 0)
    return ethernet_of(ip(source, to, 6, head + data))


def ethernet_of(packet: bytes) -> bytes:
    return ethernet(packet, 0x86DD if packet[0] >> 4 == 6 else 0x0800)


def talk(
    client: bytes | list[bytes],
    server: bytes = b"",
    *,
    port: int = 80,
    to: str = SERVER,
    source: str = PHONE,
    source_port: int = 40000,
) -> list[bytes]:
    """A TCP connection: handshake, what the client says (in pieces), what the server says."""
    here, there = (source, source_port, to, port), (to, port, source, source_port)
    frames = [
        tcp(*here, seq=999, flags=SYN),
        tcp(*there, seq=4999, flags=SYN | ACK),
        tcp(*here, seq=1000),
    ]
    seq = 1000
    for piece in [client] if isinstance(client, bytes) else client:
        frames.append(tcp(*here, piece, seq=seq, flags=ACK | PSH))
        seq += len(piece)
    if server:
        frames.append(tcp(*there, server, seq=5000, flags=ACK | PSH))
    return frames


def pcap(
    frames: Iterable[bytes],
    *,
    order: str = "<",
    nanoseconds: bool = False,
    link: int = 1,
    snap: int = 0,
) -> bytes:
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    for index, frame in enumerate(frames):
        kept = frame[:snap] if snap else frame
        out.append(struct.pack(order + "IIII", 1_700_000_000 + index, 5, len(kept), len(frame)))
        out.append(kept)
    return b"".join(out)


def block(kind: int, body: bytes, *, order: str = "<") -> bytes:
    body += b"\0" * (-len(body) % 4)
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order=order)


def interface(*, link: int = 1, snap: int = 0, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snap) + options, order=order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def enhanced(frame: bytes, *, at: int = 0, index: int = 0, order: str = "<") -> bytes:
    size = len(frame)
    head = struct.pack(order + "IIIII", index, at >> 32, at & 0xFFFFFFFF, size, size)
    return block(6, head + frame, order=order)


def pcapng(frames: Iterable[bytes], *, link: int = 1) -> bytes:
    blocks = [enhanced(frame, at=(1_700_000_000 + i) * 10**6) for i, frame in enumerate(frames)]
    return section() + interface(link=link) + b"".join(blocks)


def frames_of(reader: FrameReader) -> list[Frame]:
    frames = []
    while reader.advance():
        frames.append(reader.frame())
    return frames


def locate_ip(link_type: int, data: bytes) -> int:
    """Where the IP header of a frame begins, with other bytes around the frame in the buffer."""
    around = b"\x45\x00"
    at = LinkReader().locate(link_type, around + data + around, 2, 2 + len(data))
    return at - 2 if at >= 0 else at


def read_packet(data: bytes, at: int, original: int) -> Packet | Unread:
    """The packet of a frame, with other bytes after the frame in the buffer."""
    packet = Packet()
    unread = packet.read(data + b"\x45\x00" * 40, at, len(data), original)
    return Unread(unread) if unread else packet


def analyze(
    folder: Path, content: bytes, *known: KnownValue, marks: tuple[Mark, ...] = ()
) -> Findings:
    path = folder / "capture"
    path.write_bytes(content)
    kind = EvidenceKind.PCAPNG if content[:4] == b"\n\r\r\n" else EvidenceKind.PCAP
    evidence = Evidence(
        id=EvidenceId(Sha256(hashlib.sha256(content).hexdigest())),
        path="captures/one",
        size=Bytes(len(content)),
        kind=kind,
        conditions=CaptureConditions(phase=Phase.FLIGHT, marks=marks),
    )
    source = Source(evidence=evidence, content=path)
    return CaptureAnalyzer().analyze(source, Context(known_values=known))


def flows(findings: Findings) -> list[Flow]:
    return [seen for seen in findings.observations if isinstance(seen, Flow)]


def properties(findings: Findings, name: str) -> list[Property]:
    return [
        seen for seen in findings.observations if isinstance(seen, Property) and seen.name == name
    ]


def codes(findings: Findings) -> list[str]:
    return [problem.code for problem in findings.problems]


def bytes_at(content: bytes, seen: Flow | Property) -> list[bytes]:
    """The bytes at each locus of an observation."""
    places = [place for place in seen.loci if isinstance(place, PcapFrame)]
    return [content[place.offset : place.offset + place.length] for place in places]


def query(name: str, kind: int = 1, *, flags: int = 0x0100) -> bytes:
    return (
        struct.pack(">HHHHHH", 7, flags, 1, 0, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)
    )


def dns_name(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def answer(name: str, *addresses: str) -> bytes:
    out = struct.pack(">HHHHHH", 7, 0x8180, 1, len(addresses), 0, 0)
    out += dns_name(name) + struct.pack(">HH", 1, 1)
    for address in addresses:
        packed = ipaddress.ip_address(address).packed
        kind = 1 if len(packed) == 4 else 28
        out += struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(packed)) + packed
    return out


def sized(body: bytes, width: int) -> bytes:
    return len(body).to_bytes(width, "big") + body


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(body)) + body


def extension(kind: int, body: bytes) -> bytes:
    return struct.pack(">HH", kind, len(body)) + body


def hello_message(host: str | None = "gcs.police.example", padding: int = 0) -> bytes:
    extensions = extension(16, sized(sized(b"h2", 1), 2))
    if padding:
        extensions = extension(21, b"\0" * padding) + extensions
    if host is not None:
        name = sized(b"\0" + sized(host.encode(), 2), 2)
        extensions = extension(10, b"\0\2\0\x1d") + extension(0, name) + extensions
    body = b"\3\3" + b"r" * 32 + sized(b"s" * 32, 1) + sized(b"\x13\x01", 2) + sized(b"\0", 1)
    return b"\1" + sized(body + sized(extensions, 2), 3)


def client_hello(host: str | None = "gcs.police.example", padding: int = 0) -> bytes:
    return record(22, hello_message(host, padding), 0x0301)


def server_hello(*, suite: int = 0x1301, version: int | None = 0x0304) -> bytes:
    chosen = extension(43, struct.pack(">H", version)) if version is not None else b""
    body = b"\3\3" + b"R" * 32 + sized(b"s" * 32, 1) + struct.pack(">HB", suite, 0)
    return record(22, b"\2" + sized(body + sized(chosen, 2), 3))


def post(
    body: bytes, *, path: str = "/v1/report", headers: str = "", host: str = "cloud.example"
) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


TLS_CLIENT = [client_hello(), record(20, b"\1") + record(23, b"\xf1" * 60)]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NOISE = bytes(range(128, 256)) * 4
FORM = b"imei=490154203237518&sn=KZX1-000123&lat=35.6586&lon=139.7454"
