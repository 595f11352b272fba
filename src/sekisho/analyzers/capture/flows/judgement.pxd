# C types of judgement.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.protocols cimport recognise
from sekisho.analyzers.capture.flows.conversation cimport Conversation, Direction

cdef object _CLEAR, _OPAQUE, _PROTECTED, _SNI, _HOST, _PROXY, _DNS, _NOT_LEARNT
cdef int _RESOLVER_PORT
cdef frozenset _LOOKUP, _SECURE_NAMES
cdef frozenset _NONE, _UNKNOWN, _MEDIA, _PROTECTORS, _CARRIERS
cdef dict _OWN, _TRANSPORTS


@cython.locals(forth=Direction, back=Direction, name=str)
cpdef object protection_of(Conversation conversation)
cdef object _protection_of_tls(Conversation conversation)
@cython.locals(found=frozenset)
cpdef frozenset categories_of(Conversation conversation, object protection)
@cython.locals(sent=Direction)
cdef bint _has_unexplained(Conversation conversation, frozenset found) except -1
cpdef str protocol_of(Conversation conversation)
cdef bint _is_name(str host) except -1
cpdef tuple name_of(Conversation conversation)
cdef bint _asks_for_names(Conversation conversation) except -1
cdef str _secure_names(Conversation conversation)
