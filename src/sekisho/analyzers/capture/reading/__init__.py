"""The scan: each packet to its flow, what is said in it to its reader."""
