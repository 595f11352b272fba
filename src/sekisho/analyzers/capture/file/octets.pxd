# C types of octets.py, for those who compile it.
cimport cython


cdef int u16(bytes data, Py_ssize_t at) except -1
@cython.locals(first=cython.longlong)
cdef long long u32(bytes data, Py_ssize_t at) except -1
@cython.locals(last=cython.longlong)
cdef long long u32_in_order(bytes data, Py_ssize_t at, bint big) except -1
