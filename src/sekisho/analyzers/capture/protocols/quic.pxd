# C types of quic.py, for those who compile it.
cimport cython

cdef int _PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO, _GOOGLE_CRYPTO, _MOST_PIECES


@cython.locals(crypto=cython.int, at=cython.Py_ssize_t, kind=cython.int, found=list)
cdef list _crypto_frames(bytes plain, long long version)
