# C types of pcapng.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.file cimport octets
from sekisho.analyzers.capture.file.frames cimport FrameReader

cdef long long _SECTION, _INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED, _NAMES, _STATISTICS, _SECRETS
cdef long long _HEADER, _TRAILER, _PACKET_HEADER, _SHORTEST, _SHORTEST_SECTION
cdef long long _MAX_BLOCK, _MAX_FRAME


cdef class PcapngReader(FrameReader):
    cdef list _interfaces
    cdef bint _big
    cdef Py_ssize_t _next
    cdef dict _dropped_by
    cdef object _layouts

    @cython.locals(kind=cython.longlong, found=cython.bint)
    cpdef bint advance(self) except -1
    @cython.locals(kind=cython.longlong, length=cython.longlong, shortest=cython.longlong, big=cython.bint)
    cdef long long _open_block(self) except -2
    cdef bint _read_block(self, long long kind) except -1
    @cython.locals(
        data=bytes, at=cython.Py_ssize_t, start=cython.Py_ssize_t, big=cython.bint,
        number=cython.longlong, captured=cython.longlong,
    )
    cdef object _read_packet(self, bint is_obsolete)
    @cython.locals(unit_ns=cython.longlong, ticks=object)
    cdef object _set_time(self, long long high, long long low, object interface)
    @cython.locals(start=cython.Py_ssize_t, captured=cython.longlong)
    cdef object _read_simple(self)
