/* What all tables of routes share in the description. */
#include "openapi.h"

const http_parameter http_parameters_common[] = {
    {"cursor", PB_MSG("`next` of the page before"), "string", NULL, false},
    {"limit", PB_MSG("Records at most"), "integer", "int32", false},
    {"Probity-Purpose", PB_MSG("Why personal data is read; stands in the log"), "string", NULL,
     false},
    {"Idempotency-Key", PB_MSG("The same request with the same key is done once"), "string", NULL,
     false},
    {"If-None-Match", PB_MSG("ETag that is known"), "string", NULL, false},
    {"If-Match", PB_MSG("ETag of the version to change"), "string", NULL, true},
    {0},
};

static const http_about operations[] = {
    {"readOpenApi", NULL, NULL, NULL, "Anything", "200 401", NULL},
    {0},
};

static const http_schema schemas[] = {
    {"Anything", "{}"},
    {"Problem", "type:string title:string status:integer detail?:string hint?:string field?:string "
                "value?:string entity?:string request?:string problems?:[ProblemValue] "
                "likely?:[Duplicate] hidden?:boolean"},
    {"ProblemValue", "field:string? value:string? says:string"},
    {"Duplicate",
     "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\",\"format\":\"uuid\"},"
     "\"called\":{\"type\":\"string\"},\"sure\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1}},"
     "\"required\":[\"id\",\"called\",\"sure\"],\"additionalProperties\":false}"},
    {0},
};

const http_description http_openapi_description = {"interface", operations, NULL, schemas, NULL};
