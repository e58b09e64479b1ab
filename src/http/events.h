/* Server-sent events (WHATWG HTML, 9.2): how far a long job is, told while it runs. */
#ifndef HTTP_EVENTS_H
#define HTTP_EVENTS_H

#include "route.h"

typedef struct http_events http_events;

/** Where the news come from. `look` is called by a worker every `every_ms`, never twice at once; it
 * puts what is new, and sets `*ret_ended` when nothing more will come. A failure is put as an event
 * `problem` and ends the stream. `end` (may be NULL) frees `context`, when nobody looks any more.
 */
typedef struct http_events_source {
    pb_status (*look)(void *context, http_events *events, bool *ret_ended, pb_error *err);
    void (*end)(void *context);
    void *context; /* not in the request's arena: it outlives the request */
    int64_t every_ms;
} http_events_source;

/** Makes the answer a stream. PB_BUSY when there are too many: then `end` is not called. */
pb_status http_events_open(http_request *request, http_response *response,
                           const http_events_source *source, pb_error *err);
/** Puts an event: `name` and `id` may be NULL; line ends in `data` are kept. What nobody takes for
 * 256 KiB ends the stream. */
void http_events_put(http_events *events, const char *name, const char *id, pb_str data);

#endif
