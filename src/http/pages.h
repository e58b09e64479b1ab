/* What is there besides the API. */
#ifndef HTTP_PAGES_H
#define HTTP_PAGES_H

#include "describe.h"

extern const http_route http_pages[];
extern const http_description http_pages_description;
extern const http_route http_web[];
extern const http_description http_web_description;

/** Makes the styles at single elements of a report rules of one more sheet; `*ret_policy` is the
 * Content-Security-Policy under which browsers draw it, and nothing else. */
pb_status http_report_prepare(pb_buf *page, pb_arena *arena, const char **ret_policy,
                              pb_error *err);

#endif
