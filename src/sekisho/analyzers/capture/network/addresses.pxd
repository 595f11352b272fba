# C types of addresses.py, for those who compile it.
cimport cython

cdef frozenset _MIXED_BLOCKS, _MIXED_BLOCKS_OF_6
cdef list _DECIMAL


@cython.locals(byte=cython.uchar)
cpdef str address_text(bytes packed)
@cython.locals(first=cython.uchar, second=cython.uchar)
cdef bint _is_private(bytes packed) except -1
cpdef bint is_far(bytes packed) except -1
cpdef bint is_group(bytes packed) except -1
