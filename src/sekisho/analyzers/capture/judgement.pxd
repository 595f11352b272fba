# C types of judgement.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.conversation cimport Conversation, Direction


@cython.locals(forth=Direction, back=Direction, name=str)
cpdef object protection_of(Conversation conversation)
cdef object _protection_of_tls(Conversation conversation)
@cython.locals(found=set)
cpdef frozenset categories_of(Conversation conversation, object protection)
@cython.locals(sent=Direction)
cdef bint _has_unexplained(Conversation conversation, set found) except -1
cpdef str protocol_of(Conversation conversation)
cdef bint _is_name(str host) except -1
cpdef tuple name_of(Conversation conversation)
