# C types of names.py, for those who compile it.
cimport cython

cdef long long _MAX_NAME, _MAX_PARAMETERS, _MAX_PROTOTYPE


@cython.locals(texts=list, i=cython.longlong, index=cython.longlong, at=cython.longlong, end=cython.longlong)
cpdef list read_texts(bytes data, const unsigned int[::1] strings, const unsigned int[::1] wanted)
@cython.locals(size=cython.longlong)
cpdef long long text_at(bytes data, long long at) except? -2
@cython.locals(
    texts=list, parts=list, kinds=list, count=cython.longlong, row=cython.longlong, result=cython.longlong,
    kind=cython.longlong,
)
cpdef list read_prototypes(bytes data, const unsigned int[::1] protos, list descriptors)
@cython.locals(
    size=cython.longlong, types=list, count=cython.longlong, i=cython.longlong, at=cython.longlong
)
cpdef list read_types(bytes data, long long offset)
