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
    {"SignIn",
     "{\"type\":\"object\",\"properties\":{\"step\":{\"type\":\"string\",\"enum\":[\"signed_in\","
     "\"needs_second\",\"needs_enrol\"]},\"name\":{\"type\":\"string\"},"
     "\"session\":{\"type\":\"integer\"},\"second_factor\":{\"type\":\"boolean\"},"
     "\"token\":{\"type\":\"string\"},\"device\":{\"type\":\"string\"},"
     "\"ticket\":{\"type\":\"string\"},\"totp\":{\"type\":\"boolean\"},"
     "\"recovery\":{\"type\":\"boolean\"}},\"required\":[\"step\"],\"additionalProperties\":"
     "false}"},
    {"SignInPassword",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
     "\"password\":{\"type\":\"string\",\"format\":\"password\"},"
     "\"cookie\":{\"type\":\"boolean\"},\"device\":{\"type\":\"string\"}},\"required\":[\"name\","
     "\"password\"],\"additionalProperties\":false}"},
    {"SignInSecond", "{\"type\":\"object\",\"properties\":{\"ticket\":{\"type\":\"string\"},"
                     "\"code\":{\"type\":\"string\"},\"cookie\":{\"type\":\"boolean\"},"
                     "\"device\":{\"type\":\"string\"}},\"required\":[\"ticket\",\"code\"],"
                     "\"additionalProperties\":false}"},
    {"SignInTicket", "{\"type\":\"object\",\"properties\":{\"ticket\":{\"type\":\"string\"}},"
                     "\"required\":[\"ticket\"],\"additionalProperties\":false}"},
    {"SignInNewFactor",
     "{\"type\":\"object\",\"properties\":{\"ticket\":{\"type\":\"string\"},"
     "\"begun\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},"
     "\"label\":{\"type\":\"string\"},\"cookie\":{\"type\":\"boolean\"},"
     "\"device\":{\"type\":\"string\"}},\"required\":[\"ticket\",\"begun\",\"code\"],"
     "\"additionalProperties\":false}"},
    {"Enrolment",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
     "\"code\":{\"type\":\"string\"},\"password\":{\"type\":\"string\",\"format\":\"password\"},"
     "\"cookie\":{\"type\":\"boolean\"},\"device\":{\"type\":\"string\"}},\"required\":[\"name\","
     "\"code\",\"password\"],\"additionalProperties\":false}"},
    {"Proof",
     "{\"type\":\"object\",\"properties\":{\"password\":{\"type\":\"string\","
     "\"format\":\"password\"},\"code\":{\"type\":\"string\"}},\"required\":[\"password\"],"
     "\"additionalProperties\":false}"},
    {"Factor", "{\"type\":\"object\",\"properties\":{\"begun\":{\"type\":\"string\"},"
               "\"address\":{\"type\":\"string\"}},\"required\":[\"begun\",\"address\"],"
               "\"additionalProperties\":false}"},
    {"Me",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
     "\"user\":{\"type\":[\"string\",\"null\"]},\"staff\":{\"type\":[\"string\",\"null\"]},"
     "\"contact\":{\"type\":[\"string\",\"null\"]},\"read_only\":{\"type\":\"boolean\"},"
     "\"second_factor\":{\"type\":\"boolean\"},\"proved_lately\":{\"type\":\"boolean\"},"
     "\"scopes\":{\"type\":[\"string\",\"null\"]},\"session\":{\"type\":\"integer\"},"
     "\"until\":{\"type\":\"string\",\"format\":\"date-time\"}},\"required\":[\"name\",\"user\","
     "\"staff\",\"contact\",\"read_only\",\"second_factor\",\"proved_lately\",\"scopes\"],"
     "\"additionalProperties\":false}"},
    {"Sessions",
     "{\"type\":\"object\",\"properties\":{\"sessions\":{\"type\":\"array\","
     "\"items\":{\"type\":\"object\",\"properties\":{\"session\":{\"type\":\"integer\"},"
     "\"address\":{\"type\":[\"string\",\"null\"]},\"device\":{\"type\":[\"string\",\"null\"]},"
     "\"second_factor\":{\"type\":\"boolean\"},\"program\":{\"type\":\"boolean\"},"
     "\"current\":{\"type\":\"boolean\"},\"from\":{\"type\":\"string\",\"format\":\"date-time\"},"
     "\"seen\":{\"type\":\"string\",\"format\":\"date-time\"},\"until\":{\"type\":\"string\","
     "\"format\":\"date-time\"}},\"required\":[\"session\",\"address\",\"device\","
     "\"second_factor\",\"program\",\"current\",\"from\",\"seen\",\"until\"],"
     "\"additionalProperties\":false}}},\"required\":[\"sessions\"],"
     "\"additionalProperties\":false}"},
    {"TokenForm", "{\"type\":\"object\",\"properties\":{\"grant_type\":{\"type\":\"string\","
                  "\"enum\":[\"client_credentials\"]},\"client_id\":{\"type\":\"string\"},"
                  "\"client_secret\":{\"type\":\"string\",\"format\":\"password\"},"
                  "\"scope\":{\"type\":\"string\"}},\"required\":[\"grant_type\"],"
                  "\"additionalProperties\":false}"},
    {"Token", "{\"type\":\"object\",\"properties\":{\"access_token\":{\"type\":\"string\"},"
              "\"token_type\":{\"type\":\"string\"},\"expires_in\":{\"type\":\"integer\"},"
              "\"scope\":{\"type\":\"string\"}},\"required\":[\"access_token\",\"token_type\","
              "\"expires_in\"],\"additionalProperties\":false}"},
    {"TokenRefused", "{\"type\":\"object\",\"properties\":{\"error\":{\"type\":\"string\"}},"
                     "\"required\":[\"error\"],\"additionalProperties\":false}"},
};

static const char ways[] =
    "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{\"type\":\"apiKey\","
    "\"in\":\"cookie\",\"name\":\"__Host-probity\"},\"program\":{\"type\":\"oauth2\","
    "\"flows\":{\"clientCredentials\":{\"tokenUrl\":\"/oauth/token\",\"scopes\":{}}}}}";

void http_openapi_put_common(pb_json *json)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        pb_json_key(json, common[i].name);
        pb_json_whole(json, pb_str_c(common[i].schema));
    }
}

void http_openapi_put_ways(pb_json *json)
{
    pb_json_key(json, "securitySchemes");
    pb_json_whole(json, pb_str_c(ways));
}
