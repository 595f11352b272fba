# C types of tls.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.file cimport octets

cdef int _CHANGE_CIPHER, _HANDSHAKE, _APPLICATION, _HEARTBEAT
cdef int _CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE, _SERVER_NAME, _ALPN, _VERSIONS, _HIDDEN_HELLO
cdef int _LONGEST_RECORD, _LONGEST_HELLO


cpdef bint is_record(object data, Py_ssize_t at=*) except -1
cpdef bint is_handshake(object data, Py_ssize_t at=*) except -1
cpdef bint begins_hello(object data) except -1
cpdef bint has_encrypted_record(object data, Py_ssize_t at=*) except -1
cpdef bint is_only_handshake(object data, Py_ssize_t at=*) except -1
@cython.locals(stream=bytearray, length=cython.int, begin=cython.Py_ssize_t, end=cython.Py_ssize_t)
cpdef bint shows_certificate(object data, Py_ssize_t at=*) except -1
cpdef object read_client_hello(object data, Py_ssize_t at=*)
cpdef object read_hello_message(bytes message)
@cython.locals(
    name_at=cython.Py_ssize_t, at=cython.Py_ssize_t, kind=cython.int, start=cython.Py_ssize_t,
    version=cython.int,
)
cdef object _client_hello(bytes body, list places, str transport)
@cython.locals(version=cython.int, suite_at=cython.Py_ssize_t, suite=cython.int, kind=cython.int)
cpdef object read_server_hello(object data, Py_ssize_t at=*)
@cython.locals(message=bytearray, length=cython.int, size=cython.Py_ssize_t)
cdef tuple _first_message(object data, Py_ssize_t at, int wanted)
@cython.locals(suites_at=cython.Py_ssize_t, after=cython.Py_ssize_t, compression=cython.int)
cdef tuple _suites(bytes body)
@cython.locals(end=cython.Py_ssize_t, kind=cython.int, length=cython.int)
cdef list _extensions(bytes body, Py_ssize_t at)
