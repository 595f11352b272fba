# C types of dns.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.file cimport octets

cdef int _A, _AAAA, _LONGEST_NAME, _MAX_JUMPS, _MAX_QUESTIONS, _MAX_ANSWERS, _OPCODE_MASK
cdef list _ESCAPED


@cython.locals(flags=cython.int, question_count=cython.int, answer_count=cython.int, questions=list)
cpdef object read_message(bytes data)
@cython.locals(flags=cython.int, additional=cython.int, counts_fit=cython.bint)
cpdef bint is_plain_query(bytes data) except -1
@cython.locals(at=cython.Py_ssize_t, kind=cython.int, questions=list)
cdef tuple _read_questions(bytes data, int count)
@cython.locals(kind=cython.int, length=cython.int, wanted=cython.int)
cdef object _read_answers(bytes data, Py_ssize_t at, int count, object asked, list addresses)
@cython.locals(
    labels=list, after=cython.Py_ssize_t, length=cython.int, lowest=cython.Py_ssize_t,
    size=cython.int, raw=bytes,
)
cdef tuple _read_name(bytes data, Py_ssize_t at)
cdef Py_ssize_t _pointed_at(bytes data, Py_ssize_t at, Py_ssize_t lowest) except -1
@cython.locals(byte=cython.uchar, plain=cython.bint)
cdef bint _is_plain(bytes raw) except -1
@cython.locals(byte=cython.uchar)
cdef str _label(bytes raw)
