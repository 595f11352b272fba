# C types of assembly.py, for those who compile it.
cimport cython

cdef long long _WRAP, _HALF
cdef int _PIECE_WEIGHT


cdef class Text:
    cdef public bytearray data
    cdef public Py_ssize_t searched
    cdef public Py_ssize_t seen
    cdef list _begins
    cdef list _frames
    cdef list _offsets
    cdef list _records

    cpdef object append(self, bytes data, long long frame, long long offset)
    cpdef object clear(self)
    cpdef Py_ssize_t weight(self) except -1
    cdef Py_ssize_t _end_of(self, Py_ssize_t index) except -1


cdef class Assembler:
    cdef public Text text
    cdef public Py_ssize_t gaps
    cdef public Py_ssize_t conflicts
    cdef public Py_ssize_t held_bytes
    cdef long long _exact
    cdef bint _begun
    cdef long long _next
    cdef long long _span
    cdef list _held

    cpdef object begin(self, long long sequence)
    @cython.locals(ahead=cython.longlong)
    cpdef object add(
        self, long long sequence, bytes data, long long length, long long frame, long long offset
    )
    cpdef object flush(self)
    cpdef Py_ssize_t held_weight(self) except -1
    @cython.locals(known=cython.longlong)
    cdef object _take(
        self, long long ahead, bytes data, long long length, long long frame, long long offset
    )
    @cython.locals(here=bytearray, start=cython.Py_ssize_t)
    cdef bint _contradicts(self, long long known, bytes data) except -1
    cdef object _hold(self, object segment)
    cdef long long _distance(self, long long sequence) except? -1
    cdef object _skip_gap(self)
    cdef object _release(self)
