# C types of http.py, for those who compile it.
cimport cython

cdef bytes _FIRST_LETTERS
cdef object _HEAD


cdef class MessageReader:
    cdef public Py_ssize_t cursor
    cdef object _state
    cdef object _skip

    cpdef list read(self, bytearray data)
    cdef bint _advance(self, bytearray data, list messages) except -1
    @cython.locals(end=cython.Py_ssize_t)
    cdef bint _read_head(self, bytearray data, list messages) except -1
    @cython.locals(head=bytes, fields=dict, host=bytes, host_at=cython.Py_ssize_t)
    cdef object _message(self, bytearray data, Py_ssize_t start, Py_ssize_t end)
    @cython.locals(length=str)
    cdef object _frame_body(self, dict fields, bint is_request)


cpdef bint begins_request(object data) except -1
cpdef bint begins_answer(object data) except -1
@cython.locals(at=cython.Py_ssize_t)
cdef Py_ssize_t _end_of_head(bytearray data, Py_ssize_t start, Py_ssize_t last) except -2
@cython.locals(
    at=cython.Py_ssize_t, end=cython.Py_ssize_t, colon=cython.Py_ssize_t, start=cython.Py_ssize_t,
    name=bytes, fields=dict,
)
cdef dict _read_fields(bytes head)
cdef object _value(dict fields, bytes name)
@cython.locals(text=str)
cdef str _plain(bytes raw)
