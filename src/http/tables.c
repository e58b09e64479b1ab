/* Everything that can be asked for over HTTP: a new set of operations is a line here. */
#include "operations/operations.h"
#include "pages.h"
#include "signin/signin.h"

const http_route *const http_tables[] = {http_pages, http_signin_routes, http_op_routes, NULL};
