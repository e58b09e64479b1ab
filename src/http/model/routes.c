/* The model: where each operation is reached. */
#include "model.h"

#define JSON "application/json"
#define ENTITY "/api/v1/model/entities/{name}"

enum { SMALL = 262144 };

const http_route http_model_routes[] = {
    {HTTP_GET, "/api/v1/model", "readModel",
     PB_MSG("Tells which kinds of records there are, and their fields"), http_model_read,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/model/entities", "addEntity",
     PB_MSG("Adds a kind of records of one's own, in force at once"), http_model_add_entity,
     HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_PATCH, ENTITY, "changeEntity",
     PB_MSG("Changes how a kind of records is called, or retires one of one's own"),
     http_model_change_entity, HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_POST, ENTITY "/fields", "addField", PB_MSG("Adds a field of one's own, in force at once"),
     http_model_add_field, HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_PATCH, ENTITY "/fields/{field}", "changeField",
     PB_MSG("Changes label, help, values and the like of a field, or retires one of one's own"),
     http_model_change_field, HTTP_BLOCKS, JSON, NULL, SMALL},
    {0},
};
