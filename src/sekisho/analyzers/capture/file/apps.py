"""Which program a frame is of, where the capturing tool says so: PCAPdroid on Android does.

It appends 32 bytes to the frame (a number of its own, the user id, the name of the app and a
checksum), or, in pcapng, remarks on it `u-` and the user id. Reference: PCAPdroid, dump extensions.
What is said so is the word of the tool, not of the traffic.
"""

from __future__ import annotations

from sekisho.analyzers.capture.file.frames import FrameReader

_TRAILER = 32
_NUMBER = b"\x01\x07\x20\x21"
_LONGEST_ID = 10


def app_of(reader: FrameReader) -> str | None:
    """The app that the present frame is of: its name, else its user id; `None` where nobody says."""
    at = reader.end - _TRAILER
    if at >= reader.start and reader.buffer.startswith(_NUMBER, at):
        trailer = reader.buffer[at : reader.end]
        name = trailer[8:28].partition(b"\0")[0].decode("utf-8", "replace").strip()
        user = int.from_bytes(trailer[4:8], "big", signed=True)
        return name if name and name.isprintable() else f"uid {user}"
    remark = reader.remark()
    if not remark:
        return None
    user_id = remark.removeprefix(b"u-")
    if user_id != remark and user_id.isdigit() and len(user_id) <= _LONGEST_ID:
        return f"uid {user_id.decode()}"
    return None
