# C types of inspection.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.protocols cimport dns, http, recognise, tls
from sekisho.analyzers.capture.network.assembly cimport Assembler, Text
from sekisho.analyzers.capture.reading.clear cimport ClearReader
from sekisho.analyzers.capture.flows.conversation cimport Conversation, Direction
from sekisho.analyzers.capture.file.frames cimport FrameReader
from sekisho.analyzers.capture.flows.names cimport NameBook
from sekisho.analyzers.capture.network.packets cimport Packet

cdef int _TCP, _UDP, _ACK, _ICMP, _ICMPV6, _TRIES, _LONGEST_PADDING, _LARGEST_ECHO, _WINDOW, _HANDSHAKE
cdef frozenset _PROTECTED, _NAMES
cdef int _RTP_VERSION, _ENOUGH_FOR_RTP
cdef int _ENOUGH_TO_RECOGNISE, _TRIES_OF_STREAM, _ENOUGH_TO_SETTLE


cdef class Inspector:
    cdef ClearReader _clear
    cdef NameBook _names
    cdef object _keys
    cdef Py_ssize_t _kept
    cdef Py_ssize_t _budget
    cdef dict _waiting

    cpdef object open(self, Conversation conversation)
    @cython.locals(data=bytes, offset=cython.longlong)
    cpdef object take(self, Direction direction, Packet packet, FrameReader frame)
    cpdef bint overhear(self, FrameReader frame) except -1
    cpdef object conclude(self, Conversation conversation)
    @cython.locals(direction=Direction)
    cpdef object pause(self, Conversation conversation)
    cdef object _finish(self, Direction direction)
    @cython.locals(conversation=Conversation, beginning=bytes)
    cdef object _glance(self, Direction direction, Packet packet, bytes data)
    @cython.locals(assembler=Assembler, text=Text, before=cython.Py_ssize_t)
    cdef object _take_segment(
        self, Direction direction, Packet packet, bytes data, long long number, long long offset
    )
    cdef bint _waits_for_hello(self, Conversation conversation, bytes data, object place) except -1
    cdef object _take_names(self, Direction direction, bytes data, object place)
    @cython.locals(conversation=Conversation, is_read=cython.bint)
    cdef object _read_tls(self, Direction direction, bint final)
    @cython.locals(conversation=Conversation)
    cdef object _upgrade(self, Direction direction, bytes data)
    @cython.locals(conversation=Conversation, name=str)
    cdef object _take_datagram(
        self, Direction direction, Packet packet, bytes data, long long number, long long offset
    )
    @cython.locals(name=str)
    cdef object _read_datagram(
        self, Direction direction, bytes data, long long number, long long offset
    )
    cdef object _take_said(self, Direction direction, bytes data, long long number, long long offset)
    cdef object _take_rtp(self, Direction direction, bytes data)
    cdef bint _may_be_rtp(self, Direction direction) except -1
    @cython.locals(name=str)
    cdef object _settle(self, Direction direction)
    @cython.locals(conversation=Conversation, data=bytearray, whole=cython.bint)
    cdef object _progress(self, Direction direction, bint final)
    cdef object _close(self, Direction direction)
    @cython.locals(text=Text, is_full=cython.bint)
    cdef object _keep_within(self, Direction direction)
    @cython.locals(weight=cython.Py_ssize_t)
    cdef object _weigh(self, Direction direction)


cdef bint _may_be_recognised(Conversation conversation, Py_ssize_t length) except -1
