"""The file: pcap and pcapng, frame by frame."""
