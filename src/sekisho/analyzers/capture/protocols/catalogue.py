"""Every protocol that is met in captures: what tells it, what is read of it, and what is not."""

from __future__ import annotations

from typing import NamedTuple


class Protocol(NamedTuple):
    """One protocol, for the reference page; `name` is that of `Flow.protocol` where it has one."""

    name: str
    told_by: str
    read: str
    not_read: str


FORMATS = (
    Protocol("pcap", "its magic number", "µs and ns, both byte orders", "-"),
    Protocol(
        "pcapng",
        "its section header",
        "sections, interfaces (resolution, offset), enhanced, simple and obsolete packets, names of "
        "addresses, TLS secrets, frames lost, user ids as PCAPdroid remarks them (also its trailers)",
        "journal and custom blocks (passed over by their length)",
    ),
    Protocol(
        "gzip, bzip2, xz, Zstandard around either", "their magic numbers", "unpacked on intake", "-"
    ),
)

LINKS = (
    Protocol("Ethernet", "link type 1", "802.1Q, 802.1ad, PPPoE, MPLS, SNAP", "MACsec"),
    Protocol("raw IP", "12, 14, 101, 228, 229", "IPv4, IPv6", "-"),
    Protocol("BSD loopback", "0, 108", "IPv4, IPv6", "-"),
    Protocol("Linux cooked", "113, 276", "as Ethernet", "-"),
    Protocol("PPP, Cisco HDLC", "9, 50, 104", "IPv4, IPv6", "other networks (counted)"),
    Protocol("per-packet information", "192", "the link inside", "what it says of the radio"),
    Protocol(
        "Wi-Fi",
        "105, 127 (radiotap)",
        "data frames in clear; Remote ID in beacons, probe responses and NAN",
        "enciphered frames (SEK-P315), aggregated frames",
    ),
    Protocol(
        "Bluetooth LE",
        "251, 256, 272 (Nordic)",
        "Remote ID in legacy and extended advertisements",
        "connections",
    ),
    Protocol(
        "an aircraft's own line",
        "147 to 162 (USER)",
        "MAVLink and DUML, told by their checksums",
        "anything else (SEK-P303)",
    ),
    Protocol("others", "any other number", "nothing (SEK-P303)", "-"),
)

TUNNELS = (
    Protocol("ip-in-ip", "IP protocols 4, 41", "IPv4 and IPv6 in either", "-"),
    Protocol("gre", "IP protocol 47", "IP, Ethernet and PPTP's PPP inside", "compressed PPP"),
    Protocol("gtp-u", "UDP 2152 and its header", "the user's packets", "signalling"),
    Protocol("vxlan, geneve", "UDP 4789, 6081 and header", "the Ethernet inside", "options"),
    Protocol("capwap", "UDP 5247 and its header", "Wi-Fi or Ethernet in clear", "its DTLS, pieces"),
    Protocol(
        "socks",
        "the client's request (SOCKS 4, 4A, 5)",
        "the host asked for as recipient, the user's name, what follows (TLS and HTTP as such)",
        "BIND, UDP through the proxy",
    ),
    Protocol("CONNECT", "TLS that begins later", "the host asked for, what follows", "-"),
    Protocol("wireguard", "handshake messages", "named, protected", "content"),
    Protocol("ipsec (ESP), ike", "IP protocol 50; UDP 500, 4500", "named, protected", "content"),
    Protocol("openvpn", "the reset of a client over UDP", "named, protected", "content; over TCP"),
)

APPLICATIONS = (
    Protocol(
        "dns, mdns, llmnr",
        "UDP 53, 5353, 5355, TCP 53; a plain question on any port",
        "names asked for, addresses answered (they name later flows)",
        "DNSSEC; records other than A and AAAA",
    ),
    Protocol(
        "tls",
        "record headers, also in the midst of a stream (STARTTLS)",
        "host, application protocols, JA4, version and suite with their weaknesses, certificate up "
        "to TLS 1.2 and its faults, ECH offered; with a key log all application data of TLS 1.0 to "
        "1.3 (GCM, ChaCha20, CCM, AES-CBC)",
        "without keys everything after the handshake; RC4, 3DES, Camellia, ARIA, SM4; trust of issuers",
    ),
    Protocol(
        "quic",
        "long headers: v1, v2, drafts 22 to 34, mvfst, gQUIC",
        "host, application protocols, JA4 from the first packets in any order",
        "everything after the handshake, with keys, too",
    ),
    Protocol("dtls", "record headers 1.0 to 1.3", "host, application protocols, JA4", "content"),
    Protocol(
        "http",
        "request and status lines",
        "host, method, path, media types, bodies (gzip, deflate) searched, in clear and in opened TLS",
        "HTTP/3; chunked bodies that are compressed",
    ),
    Protocol(
        "dot, doq, doh",
        "port 853, application protocol, or a resolver's known name",
        "named, as look-ups of names",
        "which names; resolvers over HTTPS that are not listed",
    ),
    Protocol("ssh", "its greeting", "named, protected", "content"),
    Protocol(
        "http2",
        "its preface, in clear or in opened TLS",
        "requests and their heads (HPACK), data frames searched",
        "compressed bodies; streams whose beginning was not captured",
    ),
    Protocol(
        "stun",
        "cookie and length",
        "method, program, user, addresses (first 4 of an end)",
        "the rest",
    ),
    Protocol("ntp, dhcp, dhcpv6, ssdp, netbios-ns", "port and form", "named", "single fields"),
    Protocol("icmp, icmpv6, igmp", "IP protocol", "named; a long echo counts as unknown data", "-"),
    Protocol(
        "mqtt",
        "CONNECT",
        "version, client, user, that a password is there, topics; text searched",
        "formats of what is published",
    ),
    Protocol(
        "rtsp", "first words", "methods, addresses, users, media and codecs", "interleaved media"
    ),
    Protocol(
        "rtp, rtcp",
        "eight packets of one source in order",
        "H.264, H.265 (imagery), audio; names in RTCP",
        "the media themselves, SRTP",
    ),
    Protocol(
        "sip", "first words", "method, from, to, contact, program", "bodies but for searched text"
    ),
    Protocol(
        "ftp, smtp, pop3, imap",
        "greeting on their port",
        "users, that a password is there, senders and receivers, files, whether TLS was asked for",
        "what is transferred (searched as text)",
    ),
    Protocol(
        "mavlink",
        "a frame with a right checksum (versions 1 and 2)",
        "systems, positions, unique numbers, texts, logs, whether frames are signed",
        "messages beside the common set; after the first 1,000 datagrams of an end",
    ),
    Protocol(
        "duml",
        "both checksums",
        "sender, receiver, command, positions in clear",
        "enciphered frames; what most commands carry",
    ),
    Protocol(
        "Remote ID (ASTM F3411)",
        "Wi-Fi beacons, Bluetooth advertisements",
        "serial number, registration, positions of aircraft and operator, operator number",
        "authentication messages, NAN",
    ),
    Protocol("others", "not told", "text searched where it is text, else opaque", "-"),
)

FAMILIES = (
    ("Files", FORMATS),
    ("Links", LINKS),
    ("Tunnels", TUNNELS),
    ("Applications", APPLICATIONS),
)
