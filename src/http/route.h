/* Requests and answers as operations see them, and the tables of routes.
 *
 * The transport (libmicrohttpd) stands behind this: an operation sees no socket and no library.
 * Threads: a request and its response belong to one thread at a time.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "base/json.h"
#include "http/http.h"

typedef enum http_method {
    HTTP_GET = 1,
    HTTP_HEAD = 2, /* answered by what answers GET, without its body */
    HTTP_POST = 4,
    HTTP_PUT = 8,
    HTTP_PATCH = 16,
    HTTP_DELETE = 32,
    HTTP_OPTIONS = 64
} http_method;

enum {
    HTTP_PARTS_MAX = 16,
    HTTP_QUERY_MAX = 64,
    HTTP_HEADERS_MAX = 64,
    HTTP_RESPONSE_HEADERS = 24
};

typedef struct http_pair {
    pb_str name, value;
} http_pair;

typedef struct http_route http_route;
struct identity_actor;
struct service_guest;
struct service_later;

/** Where a body goes that is never held whole (HTTP_PIECES). */
typedef struct http_intake {
    /** The next bytes; called by a worker. A failure is the answer. */
    pb_status (*add)(void *context, pb_str bytes, pb_error *err);
    void (*drop)(void *context); /* ends it, and nothing of it stays; NULL: there is no intake */
    void *context;
} http_intake;

/** One request, whole: operations are called when the body is there. All texts lie in `arena` or
 * live as long as it. */
typedef struct http_request {
    http_method method;
    const http_route *route;      /* that it is answered by */
    pb_str parts[HTTP_PARTS_MAX]; /* of the path, between slashes, percent-decoded valid UTF-8 */
    size_t part_count;
    http_pair query[HTTP_QUERY_MAX]; /* in the order they came, decoded; a name may stand twice */
    size_t query_count;
    http_pair headers[HTTP_HEADERS_MAX]; /* in the order they came */
    size_t header_count;
    pb_str body;        /* absent: none was sent */
    http_intake intake; /* where the body went, of which `body` is the rest: see HTTP_PIECES */
    uint64_t announced; /* bytes that it says its body has; 0: it does not say */
    pb_str address; /* of the client, as text; absent: a Unix socket without a proxy before it */
    bool secure;    /* came over TLS, here or at the proxy */
    bool metrics;   /* came where only metrics and health are told */
    char id[37];    /* of this request: stands in the answer, the log and the ledger */
    int64_t now_us; /* when it came */
    const struct identity_actor *who;  /* NULL: nobody signed in */
    const struct service_guest *guest; /* and by what; see who.h */
    pb_str scopes; /* what the key or token reaches to, see service_call; absent: no limit */
    struct service_later *later; /* for service_call: what was read is logged before the answer goes
                                    out, with that of others */
    const pb_catalog *catalog;   /* the reader's language; NULL: English */
    const http_options *server;
    struct http_server *host; /* what runs it: for the parts of this module */
    db_limits limits;         /* how long answering may take; also for what is asked of service */
    const char *gives;        /* of the types its route gives, the one that the client likes best */
    const char *language;     /* en, zh-CN or fa: that of `catalog` */
    pb_arena *arena;          /* ends with the request */
} http_request;

/** A body that is made as it is sent. */
typedef struct http_source {
    /** The next bytes, at most `size`; called by the thread of the connection, which must not wait.
     */
    pb_status (*give)(void *context, void *to, size_t size, size_t *ret_len, pb_error *err);
    void (*end)(void *context); /* frees `context` in any case; NULL: there is no such body */
    void *context;              /* not in the request's arena: it outlives the request */
    uint64_t size;              /* bytes in all */
} http_source;

/** The answer. Begins as 200 without headers or body. */
typedef struct http_response {
    int status;
    const char *type; /* media type; NULL: the request's `gives` */
    http_pair headers[HTTP_RESPONSE_HEADERS];
    size_t header_count;
    pb_buf body;
    pb_arena *arena;            /* of the request */
    const char *policy;         /* Content-Security-Policy; NULL: nothing may be loaded */
    struct http_events *events; /* the answer is a stream, see events.h */
    http_source source;         /* instead of `body`; whoever sets it does not fail any more */
    pb_str lasting;             /* instead of `body`: bytes that are there as long as the program */
    const char *coding;         /* Content-Encoding they have; NULL: none */
    bool cached;   /* the client may keep it, and has to ask (ETag) before it is used again;
                      else it may not be kept at all */
    bool for_ever; /* the client may keep it and need not ask: its address names its contents */
} http_response;

/** Answers a request. A failure becomes a problem (RFC 9457) with the HTTP status of its pb_status,
 * or `response->status` where that was set to 400 or above; what stands in the body is dropped. */
typedef pb_status (*http_handler)(http_request *request, http_response *response, pb_error *err);

/** It may wait or take long (writes, searches, files): runs on a worker, so that it holds up no
 * other connection. */
enum {
    HTTP_BLOCKS = 1,
    HTTP_OPEN = 2,    /* for who is not signed in: what says who asks is not looked at */
    HTTP_LONG = 4,    /* long by nature: it may take ten times as long as others */
    HTTP_BRIEF = 8,   /* without parameters it looks at one thing by its key: where that takes
                         microseconds, the connection's own thread does it */
    HTTP_EITHER = 16, /* for everybody, and more for who is signed in */
    HTTP_PIECES = 32  /* its body is a file, which goes where it is kept as it comes. The operation
                         is called twice: before anything of the body is read, without `intake`,
                         which it sets or refuses the request; and when all of the body but
                         `request->body` is there, which it then takes over from `intake`. Between
                         the two who asks, and what that one may, can change */
};

/** One operation. Tables end with a NULL path. */
struct http_route {
    http_method method;
    const char *path;      /* "/api/v1/{entity}/{id}": a part in braces matches any one part */
    const char *operation; /* name in metrics, logs and OpenAPI: "readRecord" */
    const char *says;      /* what it does: English message id */
    http_handler handle;
    unsigned flags;
    const char *takes; /* media types of the body, separated by blanks; NULL: it has none */
    const char *gives; /* media types it can answer with, the usual one first, separated by
                          blanks; NULL: application/json */
    uint64_t body_max; /* bytes; 0: HTTP_BODY_MAX, of HTTP_PIECES http_limits.file_bytes */
};

enum { HTTP_BODY_MAX = 1 << 20 };

/** All tables, ended by NULL: a new set of operations is a table here. */
extern const http_route *const http_tables[];

enum { HTTP_WAYS = 512 };

/** All routes by how many parts their paths have, and what tells those apart: few of them can
 * answer a request, and the others need not be looked at. */
typedef struct http_ways {
    size_t from[HTTP_PARTS_MAX + 2]; /* where those with so many parts begin in `of` */
    struct http_way {
        const http_route *route;
        char mark; /* first letter of the part that tells most; `{`: it may be any */
    } of[HTTP_WAYS];
} http_ways;

/** Fills them, once for a server. Within a depth routes stand as the tables have them. */
void http_ways_make(http_ways *ways);
/** Finds the route of a request by method and parts: GET answers HEAD too. NULL when there is none;
 * `*ret_allowed` is then the set of methods that the path has (0: no such path). Without `ways`
 * (NULL) it looks at all of them. */
const http_route *http_route_find(const http_ways *ways, const http_request *request,
                                  unsigned *ret_allowed);
/** The part of the path that stands where the route has `{name}`. */
pb_str http_request_part(const http_request *request, const char *name);
/** The first value of a query parameter or header (whatever its case); absent when there is none.
 */
pb_str http_request_query(const http_request *request, const char *name);
pb_str http_request_header(const http_request *request, const char *name);
/** `GET`, …; NULL for a number that is none. */
const char *http_method_name(unsigned method);

/** Adds a header; both texts must live as long as the response's arena. */
void http_response_header(http_response *response, const char *name, pb_str value);
/** Sets the ETag of a version of something, and answers 304 where the client has it
 * (If-None-Match); true then: there is nothing more to do. */
bool http_response_fresh(const http_request *request, http_response *response, pb_str tag);
/** Whether If-Match lets a change of what has this tag pass: PB_CONFLICT (412) when it changed,
 * PB_USAGE (428) when the header is missing and `required`. */
pb_status http_request_match(const http_request *request, http_response *response, pb_str tag,
                             bool required, pb_error *err);
/** Makes the answer a problem in the reader's language. `http_status` 0: that of the error. */
void http_problem(const http_request *request, http_response *response, int http_status,
                  const pb_error *error);

#endif
