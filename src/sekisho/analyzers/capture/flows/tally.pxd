# C types of tally.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.network.assembly cimport Assembler
from sekisho.analyzers.capture.flows.conversation cimport Conversation, Direction
from sekisho.analyzers.capture.file.frames cimport FrameReader

cdef long long _NEVER

cdef object _CLEAR, _PROTECTED


cdef class Amount:
    cdef public long long bytes
    cdef public long long flows

    cpdef object add(self, long long payload)


cdef class Totals:
    cdef public dict amounts
    cdef public long long opened
    cdef public long long unnamed
    cdef public long long lost_bytes
    cdef public long long repeated
    cdef Amount _clear
    cdef Amount _opaque
    cdef Amount _protected
    cdef Amount _sealed
    cdef object _cut
    cdef object _gaps
    cdef object _conflicts

    @cython.locals(forth=Direction, back=Direction, payload=cython.longlong, cut=cython.longlong, gaps=cython.longlong)
    cpdef object count(self, Conversation conversation, object protection)


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


@cython.locals(assembler=Assembler)
cdef long long _gaps_in(Direction direction) except -1
cdef long long _conflicts_in(Direction direction) except -1
