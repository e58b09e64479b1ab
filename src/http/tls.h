/* What libmicrohttpd needs to know of TLS. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <gnutls/abstract.h>

/** TLS 1.2 and 1.3, forward secrecy, authenticated ciphers only; GnuTLS's own notation. */
extern const char http_tls_priorities[];
/** Gives each handshake the certificate of now. */
gnutls_certificate_retrieve_function2 *http_tls_certificate(void);

#endif
