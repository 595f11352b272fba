"""From a frame to a packet: links, addresses, tunnels, and text put together from segments."""
