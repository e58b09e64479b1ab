/* Where is listened: HOST:PORT, https://HOST:PORT (TLS), http://HOST:PORT (this machine only),
 * unix:PATH. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include "base/arena.h"
#include "base/error.h"

typedef struct http_address {
    const char *host; /* NULL: all of this machine, or a Unix socket */
    const char *path; /* of a Unix socket; NULL: TCP */
    uint16_t port;
    bool tls;
} http_address;

/** PB_USAGE for what is no such place. */
pb_status http_address_parse(const char *text, pb_arena *arena, http_address *ret_address,
                             pb_error *err);

#endif
