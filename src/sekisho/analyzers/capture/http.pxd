# C types of http.py, for those who compile it.
cimport cython

cdef bytes _FIRST_LETTERS


cpdef bint begins_request(object data) except -1
cpdef bint begins_answer(object data) except -1
@cython.locals(
    at=cython.Py_ssize_t, end=cython.Py_ssize_t, colon=cython.Py_ssize_t, start=cython.Py_ssize_t,
    name=bytes, fields=dict,
)
cdef dict _read_fields(bytes head)
cdef object _value(dict fields, bytes name)
@cython.locals(text=str)
cdef str _plain(bytes raw)
