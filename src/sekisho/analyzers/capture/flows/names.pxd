# C types of names.py, for those who compile it.
cimport cython


cdef class NameBook:
    cdef public dict lookups
    cdef public long long omitted
    cdef dict _names

    cpdef object take(self, object message, object place, bytes resolver)
    cpdef str name_of(self, bytes address)
    cdef object _lookup(self, tuple key, object place, bytes resolver)
