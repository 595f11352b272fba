# C types of recognise.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.protocols cimport dns, tls

cdef int _SAMPLE, _DNS_PORT, _DUML


@cython.locals(sample=bytes, odd=cython.Py_ssize_t, foreign=cython.Py_ssize_t, most=cython.Py_ssize_t, byte=cython.uchar)
cpdef bint is_text(object data) except -1
cpdef bint is_understood(str protocol) except -1
cpdef object recognise_stream(object data, int server_port)
cdef bint _is_upper(int byte) except -1
cpdef object recognise_datagram(bytes data, int source_port, int to_port)
@cython.locals(first=cython.int)
cdef object _recognise_anywhere(bytes data)
