/* Schemas that no entity changes, as they are written. */
#include "openapi.h"

static const struct {
    const char *name, *schema;
} common[] = {
    {"Anything", "{}"},
    {"Duplicate",
     "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\",\"format\":\"uuid\"},"
     "\"called\":{\"type\":\"string\"},\"sure\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1}},"
     "\"required\":[\"id\",\"called\",\"sure\"],\"additionalProperties\":false}"},
    {"Likely",
     "{\"type\":\"object\",\"properties\":{\"likely\":{\"type\":\"array\",\"items\":{\"$ref\":"
     "\"#/components/schemas/Duplicate\"}},\"hidden\":{\"type\":\"boolean\"}},"
     "\"required\":[\"likely\",\"hidden\"],\"additionalProperties\":false}"},
    {"Problem",
     "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},"
     "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
     "\"detail\":{\"type\":\"string\"},\"hint\":{\"type\":\"string\"},"
     "\"field\":{\"type\":\"string\"},\"value\":{\"type\":\"string\"},"
     "\"entity\":{\"type\":\"string\"},\"request\":{\"type\":\"string\"},"
     "\"problems\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
     "\"field\":{\"type\":[\"string\",\"null\"]},\"value\":{\"type\":[\"string\",\"null\"]},"
     "\"says\":{\"type\":\"string\"}},\"required\":[\"field\",\"value\",\"says\"],"
     "\"additionalProperties\":false}},"
     "\"likely\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Duplicate\"}},"
     "\"hidden\":{\"type\":\"boolean\"}},"
     "\"required\":[\"type\",\"title\",\"status\"],\"additionalProperties\":false}"},
    {"Rows",
     "{\"type\":\"object\",\"properties\":{\"rows\":{\"type\":\"array\",\"items\":{"
     "\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"integer\"},"
     "\"id\":{\"type\":\"string\",\"format\":\"uuid\"},\"version\":{\"type\":\"integer\"},"
     "\"likely\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Duplicate\"}},"
     "\"hidden\":{\"type\":\"boolean\"},\"problem\":{\"$ref\":\"#/components/schemas/Problem\"}},"
     "\"required\":[\"status\"],\"additionalProperties\":false}}},"
     "\"required\":[\"rows\"],\"additionalProperties\":false}"},
    {"History",
     "{\"type\":\"object\",\"properties\":{\"steps\":{\"type\":\"array\",\"items\":{"
     "\"type\":\"object\",\"properties\":{\"sequence\":{\"type\":\"integer\"},"
     "\"kind\":{\"type\":\"string\"},\"at\":{\"type\":\"string\",\"format\":\"date-time\"},"
     "\"actor\":{\"type\":[\"string\",\"null\"]},\"via\":{\"type\":[\"string\",\"null\"]},"
     "\"version\":{\"type\":\"integer\"},\"erased\":{\"type\":\"boolean\"},"
     "\"changes\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
     "\"name\":{\"type\":\"string\"},\"before\":{},\"after\":{}},"
     "\"required\":[\"name\",\"before\",\"after\"],\"additionalProperties\":false}}},"
     "\"required\":[\"sequence\",\"kind\",\"at\",\"actor\",\"via\",\"version\",\"erased\","
     "\"changes\"],\"additionalProperties\":false}}},\"required\":[\"steps\"],"
     "\"additionalProperties\":false}"},
};

void http_openapi_put_common(pb_json *json)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        pb_json_key(json, common[i].name);
        pb_json_whole(json, pb_str_c(common[i].schema));
    }
}
