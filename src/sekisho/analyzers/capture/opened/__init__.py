"""Traffic that was recorded already opened: HAR files and mitmproxy dumps."""
