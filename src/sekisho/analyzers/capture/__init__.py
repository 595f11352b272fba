"""Network captures: what went out, to whom, how protected.

The rooms in the order of the way: `file` (frames) -> `network` (packets) -> `flows` (the table),
`reading` (what is said: `protocols`, `keys`, `content`) -> `flows` (recipients) -> `statement`
(observations). `opened` reads recordings that were opened elsewhere.
"""
