# C types of instructions.py, for those who compile it.
cimport cython

cdef int _JUMBO, _PACKED, _SPARSE, _ARRAY
cdef bytes _WIDTHS, _KINDS


cdef class MemberReader:
    cdef public tuple columns
    cdef public long long count
    cdef public long long broken
    cdef bytes _data
    cdef long long _most
    cdef long long _at
    cdef unsigned int[::1] _methods
    cdef unsigned int[::1] _flags
    cdef unsigned int[::1] _code
    cdef unsigned int[::1] _owners

    @cython.locals(
        static_fields=cython.longlong, fields=cython.longlong, direct=cython.longlong,
        virtual=cython.longlong, i=cython.longlong,
    )
    cpdef object read(self, unsigned int owner, long long at)
    @cython.locals(method=cython.uint, step=cython.uint, flags=cython.uint, code=cython.uint)
    cdef object _read_methods(self, unsigned int owner, long long listed)
    @cython.locals(
        value=cython.ulonglong, shift=cython.int, at=cython.longlong, size=cython.longlong,
        byte=cython.ulonglong,
    )
    cdef long long _number(self) except -1


cdef class ReferenceReader:
    cdef public object kinds
    cdef public tuple columns
    cdef public long long count
    cdef public long long instructions
    cdef public long long broken
    cdef bytes _data
    cdef long long _most
    cdef long long _left
    cdef unsigned char[::1] _kinds
    cdef unsigned int[::1] _refs
    cdef unsigned int[::1] _owners
    cdef unsigned int[::1] _sites

    @cython.locals(size=cython.longlong, at=cython.longlong, end=cython.longlong)
    cpdef object read(self, unsigned int owner, long long code)
    @cython.locals(
        data=bytes, opcode=cython.int, width=cython.longlong, kind=cython.int, ref=cython.uint
    )
    cdef long long _read_code(self, unsigned int owner, long long at, long long end) except -1
    cdef object _note(self, unsigned char kind, unsigned int ref, unsigned int owner, long long at)


@cython.locals(total=cython.longlong, size=cython.longlong, at=cython.longlong, i=cython.longlong)
cpdef long long count_units(bytes data, const unsigned int[::1] code) except -1
@cython.locals(kind=cython.int, count=cython.longlong)
cdef long long _payload_units(bytes data, long long at, long long end) except -1
@cython.locals(low=cython.longlong, high=cython.longlong)
cdef long long _u32(bytes data, long long at) except? -1
