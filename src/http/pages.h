/* What is there besides the API. */
#ifndef HTTP_PAGES_H
#define HTTP_PAGES_H

#include "describe.h"

extern const http_route http_pages[];
extern const http_description http_pages_description;

/** Content-Security-Policy of a report as HTML. */
extern const char http_report_policy[];

#endif
