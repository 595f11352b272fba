# C types of flow_table.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.flows.conversation cimport Conversation, Direction
from sekisho.analyzers.capture.file cimport octets
from sekisho.analyzers.capture.network cimport addresses
from sekisho.analyzers.capture.network.packets cimport Packet

cdef int _SYN, _ACK, _ENDED, _TCP, _UDP
cdef int _FIRST_PRIVATE_PORT, _FIRST_EPHEMERAL_PORT, _RECENT_BITS
cdef unsigned long long _SPREAD, _64_BITS


cdef class _Slot:
    cdef public Direction direction
    cdef public unsigned long long ends
    cdef public unsigned long long more_ends
    cdef public unsigned long long last_ends
    cdef public unsigned long long final_ends
    cdef public unsigned long long ports
    cdef public unsigned long long network


cdef class FlowTable:
    cdef public long long opened
    cdef public list closed
    cdef Py_ssize_t _most
    cdef dict _directions
    cdef dict _active
    cdef list _recent

    @cython.locals(
        at=cython.Py_ssize_t, size=cython.Py_ssize_t, ports=cython.ulonglong, kind=cython.ulonglong,
        ends=cython.ulonglong, more=cython.ulonglong, last=cython.ulonglong, final=cython.ulonglong,
        mixed=cython.ulonglong, index=cython.Py_ssize_t, slot=_Slot, known=Direction,
        direction=Direction,
    )
    cpdef Direction direction_of(self, Packet packet, bytes data, unsigned long long network)
    @cython.locals(
        at=cython.Py_ssize_t, size=cython.Py_ssize_t, direction=Direction, ends=bytes,
        ports=bytes, tail=bytes, key=bytes, source=bytes, to=bytes,
    )
    cdef Direction _look_up(self, Packet packet, bytes data, object kind)
    @cython.locals(conversation=Conversation)
    cdef bint _is_reused(self, Direction direction, Packet packet) except -1
    @cython.locals(forward=cython.bint, conversation=Conversation, own=Direction, other=Direction)
    cdef Direction _open(self, Packet packet, tuple here, tuple there, tuple keys)
    cdef object _close(self, list conversations)
    @cython.locals(conversation=Conversation)
    cdef object _forget(self, list conversations)


cdef bint _is_from_initiator(int source_port, int to_port, int flags) except -1
