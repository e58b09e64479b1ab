/* Signatures of requests to S3-compatible storage: AWS Signature Version 4.
 *
 * Source: AWS, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
 * Threads: pure functions.
 */
#ifndef BACKUP_SIGV4_H
#define BACKUP_SIGV4_H

#include "base/buf.h"

typedef struct sigv4_keys {
    pb_str id, secret;
    pb_str token; /* of temporary keys; absent: none */
} sigv4_keys;

typedef struct sigv4_header {
    const char *name; /* small letters */
    pb_str value;
} sigv4_header;

typedef struct sigv4_request {
    const char *method;
    pb_str path;                 /* encoded by sigv4_encode, from its first / on */
    pb_str query;                /* names and values encoded, in order of names; may be empty */
    const sigv4_header *headers; /* in order of names: host, x-amz-content-sha256, x-amz-date, … */
    size_t header_count;
    const char *payload; /* SHA-256 of the body in hex */
    const char *at;      /* 20130524T000000Z */
    const char *region;
} sigv4_request;

/** Appends `text` with all but A-Z a-z 0-9 - . _ ~ as %XX; `/` too unless `slashes` lets it be. */
void sigv4_encode(pb_str text, bool slashes, pb_buf *out);
/** Appends the SHA-256 of the body in hex. */
void sigv4_payload(pb_str body, pb_buf *out);
/** Appends the value of the header Authorization. */
void sigv4_authorization(const sigv4_request *request, const sigv4_keys *keys, pb_buf *out);

#endif
