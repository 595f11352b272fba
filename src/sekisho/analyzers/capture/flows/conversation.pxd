# C types of conversation.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.network cimport addresses
from sekisho.analyzers.capture.network.assembly cimport Assembler, Text

cdef long long _WRAP, _LARGEST_GAP
cdef int _TCP
cdef long long _STEP_NS


cdef class Direction:
    cdef public Conversation conversation
    cdef public bint by_initiator
    cdef public Text text
    cdef public Assembler assembler
    cdef public object reader
    cdef public object media
    cdef public long long packets
    cdef public long long bytes
    cdef public long long payload
    cdef public long long cut
    cdef public long long repeated
    cdef public long long lost
    cdef public Py_ssize_t tls_at
    cdef public Py_ssize_t retry_at
    cdef public bint closed
    cdef public bint unreadable
    cdef public bint has_body
    cdef public Py_ssize_t weight
    cdef public list steps
    cdef long long _step
    cdef long long _in_step
    cdef bint _numbered
    cdef long long _begin
    cdef long long _next

    cpdef object listen(self)
    @cython.locals(step=cython.longlong)
    cpdef object spend(self, long long length, long long time_ns)
    cpdef object end_step(self)
    cpdef object turn(self)
    cpdef object number_from(self, long long sequence)
    @cython.locals(
        ahead=cython.longlong, behind=cython.longlong, again=cython.longlong, late=cython.longlong
    )
    cpdef object count(self, long long length, long long cut, long long sequence)


cdef class Conversation:
    cdef public int protocol
    cdef public tuple initiator
    cdef public tuple responder
    cdef public bint is_open
    cdef public bint inbound
    cdef public Direction forth
    cdef public Direction back
    cdef public long long first_ns
    cdef public long long last_ns
    cdef public long long first_frame
    cdef public long long first_offset
    cdef public long long first_length
    cdef public long long last_frame
    cdef public int flags
    cdef public long long asked_ns
    cdef public long long round_trip_ns
    cdef public str name
    cdef public int tries
    cdef public str name_by_dns
    cdef public tuple asked
    cdef public object hosts
    cdef public object client_hello
    cdef public object server_hello
    cdef public object hello_reader
    cdef public object certificate
    cdef public object opening
    cdef public bint encrypted_seen
    cdef public str proxied
    cdef public str app
    cdef public frozenset categories
    cdef public frozenset carried
    cdef public frozenset matches
    cdef public long long more_matches
    cdef public bint found_in_clear

    cpdef object note(self, object category, list places, object name=*)
