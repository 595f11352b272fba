# C types of clear.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.protocols cimport http, recognise
from sekisho.analyzers.capture.network.assembly cimport Text
from sekisho.analyzers.capture.flows.conversation cimport Conversation, Direction


cdef class ClearReader:
    cdef object _known
    cdef object _pack
    cdef object _named
    cdef public Py_ssize_t overlap
    cdef public dict requests
    cdef public dict said
    cdef public long long omitted
    cdef public long long unopened

    @cython.locals(conversation=Conversation, understood=cython.bint)
    cpdef bint seeks(self, Direction direction) except -1
    @cython.locals(text=Text)
    cpdef object read(self, Direction direction)
    @cython.locals(
        text=Text, conversation=Conversation, start=cython.Py_ssize_t, window=bytes,
        printable=cython.bint,
    )
    cpdef object note_said(self, Direction direction, object said, list places)
    cpdef object read_until(self, Direction direction, Py_ssize_t end)
    cdef object _search(self, Direction direction, Py_ssize_t end)
    cdef object _search_under_framing(self, Direction direction, bytes window, Py_ssize_t start)
    cdef object _note(self, Direction direction, object match, Py_ssize_t at, Py_ssize_t length)
    cdef object _read_http(self, Direction direction)
