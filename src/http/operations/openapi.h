/* The parts of the description that no entity changes. */
#ifndef HTTP_OPERATIONS_OPENAPI_H
#define HTTP_OPERATIONS_OPENAPI_H

#include "base/json.h"

/** Members of `schemas`: Problem, Likely, Duplicate, Rows, History, Anything, and those of signing
 * in. */
void http_openapi_put_common(pb_json *json);
/** `securitySchemes`. */
void http_openapi_put_ways(pb_json *json);

#endif
