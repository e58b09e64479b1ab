/* `/openapi.json`. */
#ifndef HTTP_OPENAPI_OPENAPI_H
#define HTTP_OPENAPI_OPENAPI_H

#include "../describe.h"

extern const http_route http_openapi_routes[];
extern const http_description http_openapi_description;

#endif
