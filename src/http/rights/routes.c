/* Roles and who may what: where each operation is reached. */
#include "rights.h"

enum { ROLE_MOST = 1 << 20 };

const http_route http_rights_routes[] = {
    {HTTP_GET, "/api/v1/roles", "listRoles",
     PB_MSG("Lists roles, what they hold and what is cut by those they inherit from"),
     http_rights_roles, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/roles/{role}", "readRole",
     PB_MSG("Tells a role, field by field, and as a file may say it"), http_rights_role,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_PUT, "/api/v1/roles/{role}", "defineRole",
     PB_MSG("Defines a role, or tells what would come of it"), http_rights_define, HTTP_BLOCKS,
     "application/json", NULL, ROLE_MOST},
    {HTTP_DELETE, "/api/v1/roles/{role}", "endRole",
     PB_MSG("Ends a role: who holds it holds nothing by it"), http_rights_drop, HTTP_BLOCKS, NULL,
     NULL, 0},
    {HTTP_GET, "/api/v1/who-can", "whoCan",
     PB_MSG("Tells who may see or change a field of a record at a moment, and by which rule"),
     http_rights_who_can, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/access-matrix", "readAccessMatrix",
     PB_MSG("Tells of everybody what she may do"), http_rights_matrix, HTTP_BLOCKS, NULL, NULL, 0},
    {0},
};
