# C types of gathering.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.flows cimport judgement
from sekisho.analyzers.capture.network cimport addresses
from sekisho.analyzers.capture.flows.conversation cimport Conversation, Direction
from sekisho.analyzers.capture.flows.tally cimport Totals

cdef object _CLEAR, _OPAQUE


cdef class Gathered:
    cdef public str origin
    cdef public object phase
    cdef public str app
    cdef public object recipient
    cdef public str protocol
    cdef public object protection
    cdef public frozenset categories
    cdef public frozenset carried
    cdef public long long connections
    cdef public long long sent
    cdef public long long received
    cdef public long long packets
    cdef public long long first_ns
    cdef public long long last_ns
    cdef public object steps
    cdef public list places
    cdef public long long more_places

    @cython.locals(sent=Direction, received=Direction, earlier=cython.bint, categories=frozenset)
    cpdef object add(self, Conversation conversation)
    cdef object _add_steps(self, Direction sent)
    cpdef object keep(self, object place)


cdef class Gathering:
    cdef public dict sessions
    cdef public dict certificates
    cdef public list several
    cdef long long _beyond_packets
    cdef long long _beyond_bytes
    cdef object _beyond_place
    cdef Totals _totals
    cdef dict _flows

    @cython.locals(gathered=Gathered)
    cpdef object add(self, Conversation conversation, object phase=*)
    @cython.locals(inbound=cython.bint, gathered=Gathered)
    cdef Gathered _gathered(self, Conversation conversation, object protection, object phase)
    cdef object _note_session(self, Conversation conversation)
    cdef object _note_certificate(self, Conversation conversation, object certificate, str host)
