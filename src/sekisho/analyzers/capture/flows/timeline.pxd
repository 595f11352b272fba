# C types of timeline.py, for those who compile it.
cimport cython

cdef long long _MOST_STEPS


cdef class Steps:
    cdef public long long width
    cdef dict _bytes
    cdef long long _first
    cdef long long _last

    @cython.locals(at=cython.longlong, step=cython.longlong)
    cpdef object add(self, object steps)
