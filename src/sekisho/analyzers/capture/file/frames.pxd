# C types of frames.py, for those who compile it.
cimport cython

cdef Py_ssize_t _CHUNK


cdef class FrameReader:
    cdef public object broken
    cdef public bytes buffer
    cdef public long long base
    cdef public Py_ssize_t start
    cdef public Py_ssize_t end
    cdef public long long number
    cdef public long long time_ns
    cdef public bint timed
    cdef public unsigned int link_type
    cdef public long long original
    cdef public Py_ssize_t at
    cdef public bint news
    cdef public long long dropped
    cdef public list resolved
    cdef public list secrets
    cdef object _stream

    cpdef bint advance(self) except -1
    cpdef bint has(self, Py_ssize_t count) except -1
    cdef bint _fill(self, Py_ssize_t count) except -1
    cpdef bint stop(self, str code, long long offset) except -1
