/* What is there besides the API: whether the server lives. */
#include "pages.h"

static pb_status health(http_request *request, http_response *response, pb_error *err)
{
    pb_json json;
    (void)err;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "status", PB_STR("ok"));
    pb_json_member(&json, "version", pb_str_c(request->server->version));
    pb_json_object_end(&json);
    return PB_OK;
}

const http_route http_pages[] = {
    {HTTP_GET, "/healthz", "health", PB_MSG("Whether the server answers"), health, 0, NULL, NULL,
     0},
    {0},
};
