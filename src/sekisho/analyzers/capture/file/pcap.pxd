# C types of pcap.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.file cimport octets
from sekisho.analyzers.capture.file.frames cimport FrameReader

cdef long long _NANOSECONDS, _MAX_FRAME, _RECORD_HEADER


cdef class PcapReader(FrameReader):
    cdef bint _big
    cdef long long _unit_ns

    @cython.locals(
        captured=cython.longlong, seconds=cython.longlong, fraction=cython.longlong,
        at=cython.Py_ssize_t, data=bytes, big=cython.bint, whole=cython.bint,
    )
    cpdef bint advance(self) except -1
