/* The head of a request, looked at before anything believes it.
 *
 * libmicrohttpd takes more than RFC 9112 lets a server take: lines that end in a bare LF, two
 * Content-Length or Host headers, Content-Length beside Transfer-Encoding, folded lines, NUL. What
 * it made of them still lies in one piece of memory, split in place: so how each line ended can be
 * told from where the next one begins.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "route.h"

enum { HTTP_URI_MAX = 6144, HTTP_HEAD_MAX = 10240 };

/** The length of a body that comes in chunks: nobody knows it before it is whole. */
#define HTTP_BODY_CHUNKED UINT64_MAX

/** A head as it was split in place: texts point into [start, start + size). */
typedef struct http_head {
    const char *start;
    size_t size;        /* with the empty line at its end */
    const char *method; /* NUL-terminated */
    const char *uri;    /* where it stood; its bytes may have been split since: `raw` has them */
    pb_str raw;
    const char *version;
    const http_pair *headers;
    size_t header_count; /* HTTP_HEADERS_MAX + 1 and more: too many */
} http_head;

/** 0 and the length of the body (HTTP_BODY_CHUNKED), or the HTTP status it is refused with, with
 * why in `err`. */
int http_head_check(const http_head *head, uint64_t *ret_body, pb_error *err);
/** Fills method, parts and query from the head. As http_head_check otherwise. */
int http_head_parse(const http_head *head, http_request *request, pb_error *err);
/** Pairs of a query or of a form (application/x-www-form-urlencoded), decoded; there is room for
 * HTTP_QUERY_MAX. As http_head_check otherwise. */
int http_form_parse(pb_str text, pb_arena *arena, http_pair *pairs, size_t *ret_count,
                    pb_error *err);
/** What the client asked for by Accept (`wanted`, absent: anything) of what there is (`given`,
 * separated by blanks); absent: nothing of it. */
pb_str http_accepted(pb_str wanted, pb_str given);
/** Whether the client takes an answer in that coding, `gzip` or `br` (Accept-Encoding). */
bool http_takes_coding(pb_str wanted, pb_str coding);
/** The language of those there are that the client likes best (Accept-Language): `en`, `zh-CN` or
 * `fa`. */
const char *http_language(pb_str wanted);

#endif
