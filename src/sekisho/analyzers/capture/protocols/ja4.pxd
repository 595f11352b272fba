# C types of ja4.py, for those who compile it.
cimport cython

cdef int _SERVER_NAME, _SIGNATURES, _ALPN, _VERSIONS, _MOST_TOLD
cdef list _HEXADECIMAL


cpdef str ja4_of(str transport, int version, bytes suites, object extensions)
cdef bint _is_grease(int number) except -1
@cython.locals(number=cython.int, found=list)
cdef list _numbers(bytes data, Py_ssize_t at)
@cython.locals(number=cython.int)
cdef str _listed(list numbers)
