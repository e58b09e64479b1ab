/* The server: what programs and browsers reach over HTTP and TLS.
 *
 * A face, as the command line is: it understands requests, asks service, and words the answers.
 * Refuses: deciding who may do what (identity does, behind service), SQL, and speaking anything but
 * TLS beyond this machine. Threads: http_serve belongs to the thread that calls it.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "service/service.h"

/** What is served, where, and within which bounds. Numbers that are 0 take their default. */
typedef struct http_options {
    service_core *service;
    db_workspace *workspace;
    const char *version;
    const char *const *listen; /* HOST:PORT (TLS), http://LOOPBACK:PORT, unix:PATH */
    size_t listen_count;
} http_options;

/** Serves until the process is asked to end, then drains. */
pb_status http_serve(const http_options *options, pb_error *err);

#endif
