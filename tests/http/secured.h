/* A client that speaks TLS. */
#ifndef TESTS_HTTP_SECURED_H
#define TESTS_HTTP_SECURED_H

#include "live.h"

#include <gnutls/gnutls.h>

typedef struct secured {
    int fd;
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
} secured;

/** The result of the handshake; 0: it went well. */
static inline int secured_shake(secured *s, unsigned port, const char *priorities)
{
    int code;
    s->fd = live_connect(port);
    gnutls_init(&s->session, GNUTLS_CLIENT);
    gnutls_certificate_allocate_credentials(&s->credentials);
    gnutls_priority_set_direct(s->session, priorities, NULL);
    gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, s->credentials);
    gnutls_transport_set_int(s->session, s->fd);
    do
        code = gnutls_handshake(s->session);
    while (code < 0 && !gnutls_error_is_fatal(code));
    return code;
}

static inline void secured_part(secured *s)
{
    gnutls_deinit(s->session);
    gnutls_certificate_free_credentials(s->credentials);
    close(s->fd);
}

/** Sends and reads until the server closes. */
static inline void secured_ask(secured *s, const char *text, char *answer, size_t size)
{
    size_t length = 0;
    ssize_t got;
    assert_int_equal(gnutls_record_send(s->session, text, strlen(text)), strlen(text));
    while ((got = gnutls_record_recv(s->session, answer + length, size - 1 - length)) > 0 ||
           got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
        length += got > 0 ? (size_t)got : 0;
    answer[length] = '\0';
}

#endif
