# C types of tally.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.frames cimport FrameReader

cdef long long _NEVER


cdef class Tally:
    cdef public long long frames
    cdef public long long bytes
    cdef public long long untimed
    cdef public object truncated
    cdef public object link_only
    cdef public object network
    cdef public object protected
    cdef public object fragments
    cdef public object malformed
    cdef public dict link_types
    cdef long long _first_ns
    cdef long long _last_ns

    cpdef object count(self, FrameReader frame)
