# C types of scan.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.flows.conversation cimport Conversation, Direction
from sekisho.analyzers.capture.flows.flow_table cimport FlowTable
from sekisho.analyzers.capture.file.frames cimport FrameReader
from sekisho.analyzers.capture.reading.inspection cimport Inspector
from sekisho.analyzers.capture.network.links cimport LinkReader
from sekisho.analyzers.capture.network.packets cimport Packet
from sekisho.analyzers.capture.flows.tally cimport Tally

cdef int _SYN, _ACK, _TCP, _ETHERNET, _WIFI, _INSIDE_IP, _INSIDE_ETHERNET, _MAX_TUNNELS
cdef int _FIRST_USER, _LAST_USER, _LINK_ONLY
cdef long long _NETWORK_BITS


cdef class Scan:
    cdef Tally _tally
    cdef Inspector _inspector
    cdef object _remote_ids
    cdef FlowTable _table
    cdef object _conclude
    cdef LinkReader _links
    cdef Packet _packet
    cdef object _phases
    cdef long long _next_phase_ns

    @cython.locals(
        tally=Tally, links=LinkReader, table=FlowTable, at=cython.Py_ssize_t, link_type=cython.uint
    )
    cpdef object read(self, FrameReader reader, object phases=*)
    cdef object _turn(self, long long time_ns)
    cdef object _close(self, list conversations)
    cdef object _state(self, Conversation conversation)
    @cython.locals(
        packet=Packet, network=cython.longlong, end=cython.Py_ssize_t, wire_end=cython.longlong,
        unread=cython.int, link_type=cython.uint,
    )
    cdef object _take_ip(self, FrameReader reader, Py_ssize_t at)
    @cython.locals(
        packet=Packet, direction=Direction, conversation=Conversation, length=cython.longlong,
        sequence=cython.longlong,
    )
    cdef object _take_packet(self, FrameReader reader, long long network)
    cdef object _open(self, Conversation conversation, FrameReader reader)
    @cython.locals(conversation=Conversation, flags=cython.int)
    cdef object _take_flags(self, Direction direction, FrameReader reader)
