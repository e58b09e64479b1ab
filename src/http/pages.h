/* What is there besides the API. */
#ifndef HTTP_PAGES_H
#define HTTP_PAGES_H

#include "route.h"

extern const http_route http_pages[];

#endif
