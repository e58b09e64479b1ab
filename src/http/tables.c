/* Everything that can be asked for over HTTP: a new set of operations is a line in each list. */
#include "openapi/openapi.h"
#include "operations/operations.h"
#include "pages.h"
#include "people/people.h"
#include "rights/rights.h"
#include "signin/signin.h"

const http_route *const http_tables[] = {
    http_pages,
    http_openapi_routes,
    http_signin_routes,
    http_people_routes,
    http_rights_routes,
    http_op_routes,
    NULL,
};

const http_description *const http_descriptions[] = {
    &http_pages_description,
    &http_openapi_description,
    &http_signin_description,
    &http_people_description,
    &http_rights_description,
    &http_op_description,
    NULL,
};
