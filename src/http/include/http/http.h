/* The server: what programs and browsers reach over HTTP and TLS.
 *
 * A face, as the command line is: it understands requests, asks service, and words the answers.
 * Refuses: deciding who may do what (identity does, behind service), SQL, and speaking anything but
 * TLS beyond this machine. Threads: http_serve belongs to the thread that calls it.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "service/service.h"

/** Bounds of what clients may take. What is 0 takes its default. */
typedef struct http_limits {
    uint32_t connections;   /* open at once; 12,000 */
    uint32_t per_address;   /* open at once from one address (IPv6: one /64); 256 */
    uint32_t threads;       /* that look after connections; as many as processors */
    uint32_t workers;       /* threads that do what may wait; 64, which share commits */
    uint32_t queue;         /* requests that may wait for a worker; 512 */
    uint32_t head_seconds;  /* a head that began to come is whole by then; 10 */
    uint32_t body_seconds;  /* the same of a body, and a second more for each 32 KiB; 20 */
    uint32_t idle_seconds;  /* a connection may be silent between requests; 75 */
    uint32_t work_seconds;  /* answering may take, ten times that where it is long by nature; 30 */
    uint32_t drain_seconds; /* what is being answered may take at the end; 30 */
    uint32_t slow_ms;       /* a request that took longer is logged; 1000 */
    uint32_t slow_statement_ms; /* of such a request, a statement that took as long is told; 100 */
    uint64_t file_bytes;        /* that a file that is sent may have; 2 GiB */
} http_limits;

/** What is served, and where. */
typedef struct http_options {
    service_core *service;
    db_workspace *workspace;
    struct service_turns *turns; /* see service/turns.h: where each request takes service, workspace
                                    and desk from; NULL: they are always those here */
    struct service_desk *desk;   /* where tokens are known; NULL: nobody can sign in */
    const db_key_source *key;    /* of the workspace, for drills; NULL: nothing is restored here */
    const char *version;
    const char *const *listen; /* HOST:PORT (TLS), http://LOOPBACK:PORT, unix:PATH */
    size_t listen_count;
    const char *certificate; /* PEM files; NULL: one that is made and kept in `made` */
    const char *certificate_key;
    const char *made; /* file for a certificate and key made here, outside of the workspace */
    const char *metrics_listen; /* where else metrics and health are told, as `listen`, without TLS
                                   on loopback or a Unix socket; NULL: nowhere */
    const char *metrics_token;  /* who bears it may read the metrics everywhere; NULL: nobody */
    const char *report;         /* HTML file that is shown at /report to everybody; NULL: none */
    const char *depot;   /* folder for files that come in and that jobs make; NULL: no jobs */
    uint64_t depot_most; /* bytes of all of them */
    uint64_t job_memory; /* bytes, see service_call.memory */
    bool proxy;   /* a proxy stands before every listener: the client's address and whether it came
                     over TLS are what X-Real-IP and X-Forwarded-Proto say */
    bool log_all; /* every request is logged, not only those that failed here or were slow */
    http_limits limits;
    /** Told the addresses once clients can come, as URLs. */
    void (*ready)(void *context, const char *const *urls, size_t count);
    void *context;
} http_options;

/** Serves until the process is asked to end (sys/signal.h), then drains: no new connections, what
 * is being answered is answered, at most `drain_seconds`. Certificates are read anew on SIGHUP.
 * PB_CANCELLED when something was still being worked on at the end of that time: the process is
 * then to be ended without closing the workspace. */
pb_status http_serve(const http_options *options, pb_error *err);

#endif
