# C types of packets.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.file cimport octets

cdef int _TCP, _UDP, _GRE, _IP_IN_IP, _IPV6_IN_IP
cdef int _FRAGMENT, _AUTHENTICATION, _MAX_HEADERS
cdef int _V4_HEADER, _V6_HEADER, _TCP_HEADER, _UDP_HEADER
cdef int _IPV4_TYPE, _IPV6_TYPE, _BRIDGED, _PPP_TYPE
cdef int _GTP_PORT, _VXLAN_PORT, _GENEVE_PORT, _CAPWAP_PORT
cdef int _IS_FRAGMENT, _IS_SHORT, _IS_MALFORMED
cdef int _IP_TUNNEL, _GRE_TUNNEL, _GTP_TUNNEL, _VXLAN_TUNNEL, _GENEVE_TUNNEL, _CAPWAP_TUNNEL
cdef int _NO_PACKET, _IP_PACKET, _ETHERNET_FRAME, _WIFI_FRAME


cdef class Packet:
    cdef public int protocol
    cdef public Py_ssize_t ends_at
    cdef public Py_ssize_t size
    cdef public Py_ssize_t ports_at
    cdef public long long source_port
    cdef public long long to_port
    cdef public Py_ssize_t start
    cdef public Py_ssize_t end
    cdef public long long length
    cdef public long long sequence
    cdef public int flags
    cdef public bint fragmented
    cdef public int inside
    cdef public Py_ssize_t inner_at
    cdef public long long network
    cdef public int tunnel
    cdef long long _wire_end

    @cython.locals(version=cython.int, unread=cython.int)
    cpdef int read(self, bytes data, Py_ssize_t at, Py_ssize_t end, long long wire_end) except -1
    @cython.locals(
        header=cython.Py_ssize_t, fragment=cython.int, total=cython.int, last=cython.longlong
    )
    cdef int _read_v4(
        self, bytes data, Py_ssize_t at, Py_ssize_t end, long long wire_end
    ) except -1
    @cython.locals(length=cython.int, following=cython.int, units=cython.int, step=cython.int)
    cdef int _read_v6(
        self, bytes data, Py_ssize_t at, Py_ssize_t end, long long wire_end
    ) except -1
    @cython.locals(at=cython.Py_ssize_t, last=cython.longlong, have=cython.Py_ssize_t)
    cdef int _read_transport(self, bytes data, Py_ssize_t end) except -1
    @cython.locals(start=cython.Py_ssize_t)
    cdef int _read_tcp(
        self, bytes data, Py_ssize_t at, Py_ssize_t have, Py_ssize_t end
    ) except -1
    @cython.locals(length=cython.int, last=cython.longlong)
    cdef int _read_udp(
        self, bytes data, Py_ssize_t at, Py_ssize_t have, Py_ssize_t end
    ) except -1
    cdef object _look_inside(self, bytes data)
    @cython.locals(port=cython.int, number=cython.longlong, inner_at=cython.Py_ssize_t)
    cdef object _look_inside_udp(self, bytes data, Py_ssize_t at, Py_ssize_t end)
    cdef object _enter(self, int tunnel, int inside, Py_ssize_t at, long long network)
    cdef object _enter_gre(self, bytes data, Py_ssize_t at, Py_ssize_t end)
    @cython.locals(fields=cython.longlong, header=cython.int, is_native=cython.int, is_fragment=cython.int, inside=cython.int)
    cdef object _enter_capwap(self, bytes data, Py_ssize_t at)
    cdef object _enter_gtp(self, bytes data, Py_ssize_t at, Py_ssize_t end)


cdef bint _is_extension(int kind) except -1
