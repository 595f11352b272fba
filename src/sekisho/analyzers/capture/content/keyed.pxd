# C types of keyed.py, for those who compile it.
cimport cython

cdef Py_ssize_t _SHORTEST_NAME, _LONGEST_NAME, _LONGEST_VALUE, _MOST_BLANKS, _MOST_BACKSLASHES
cdef int _OF_NAME, _OF_VALUE, _SIGN, _QUOTE, _BLANK, _LETTER, _BACKSLASH
cdef bytes _KINDS, _IGNORED


cdef class NamedValueFinder:
    cdef dict _by_name

    @cython.locals(
        at=cython.Py_ssize_t, start=cython.Py_ssize_t, end=cython.Py_ssize_t, size=cython.Py_ssize_t
    )
    cpdef list find(self, bytes data)


@cython.locals(
    start=cython.Py_ssize_t, end=cython.Py_ssize_t, slashes=cython.Py_ssize_t, name=bytes
)
cdef bytes _name_before(bytes data, Py_ssize_t at)
@cython.locals(size=cython.Py_ssize_t, start=cython.Py_ssize_t)
cdef Py_ssize_t _value_after(bytes data, Py_ssize_t at) except -1
@cython.locals(at=cython.Py_ssize_t, last=cython.Py_ssize_t)
cdef Py_ssize_t _end_of_value(bytes data, Py_ssize_t start) except -1
