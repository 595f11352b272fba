# C types of links.py, for those who compile it.
cimport cython

from sekisho.analyzers.capture.file cimport octets

cdef int _IPV4, _IPV6, _ETHERNET
cdef int _PPPOE, _MPLS, _MPLS_GROUP
cdef int _VLAN, _VLAN_OUTER, _VLAN_OLD
cdef int _MAX_TAGS, _PPP_IPV4, _PPP_IPV6, _FIRST_ETHERTYPE, _SNAP
cdef int _PPP, _COOKED, _COOKED_2, _RAW, _CISCO, _PER_PACKET
cdef int _NOT_LINK_TYPE, _NOT_NETWORK, _TOO_SHORT, _ONLY_LINK


cdef class LinkReader:
    cdef public long long lan

    cpdef Py_ssize_t locate(
        self, unsigned int link_type, bytes data, Py_ssize_t at, Py_ssize_t end
    ) except? -9
    cpdef Py_ssize_t after_ethernet(self, bytes data, Py_ssize_t at, Py_ssize_t end) except? -9
    @cython.locals(ethertype=cython.int)
    cdef Py_ssize_t _after_type(
        self, bytes data, Py_ssize_t type_at, Py_ssize_t at, Py_ssize_t end
    ) except? -9


cdef Py_ssize_t _after_other_type(
    bytes data, int ethertype, Py_ssize_t at, Py_ssize_t end
) except? -9
cdef Py_ssize_t _by_version(bytes data, Py_ssize_t at, Py_ssize_t end) except? -9
cdef Py_ssize_t _after_llc(bytes data, Py_ssize_t at, Py_ssize_t end) except? -9
cdef Py_ssize_t _after_ppp(bytes data, Py_ssize_t at, Py_ssize_t end) except? -9
cdef Py_ssize_t _after_labels(bytes data, Py_ssize_t at, Py_ssize_t end) except? -9
