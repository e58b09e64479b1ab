/* A certificate of one's own making, for the time until there is a better one. */
#ifndef HTTP_CERTIFICATE_H
#define HTTP_CERTIFICATE_H

#include "base/error.h"

/** Sees to it that `path` (PEM, mode 600) holds a key and a certificate for it that signs itself,
 * for these names and addresses, localhost, and the name of this machine: what is there stays
 * unless it ends within 30 days of `now_us`. */
pb_status http_certificate_make(const char *path, const char *const *hosts, size_t host_count,
                                int64_t now_us, pb_error *err);

#endif
