"""Network captures (pcap, pcapng)."""
