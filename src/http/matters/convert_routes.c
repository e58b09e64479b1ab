/* Conversions: where they are reached, and what they take and answer. */
#include "matters.h"

#define JSON "application/json"

const http_route http_conversions_routes[] = {
    {HTTP_POST, "/api/v1/{entity}/{id}/convert", "convertRecord",
     PB_MSG("Converts a record into others, such as a lead, or tells what would come of it"),
     http_convert_convert, HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_POST, "/api/v1/{entity}/{id}/unconvert", "unconvertRecord",
     PB_MSG("Takes the conversion of a record back, or tells what would come of it"),
     http_convert_back, HTTP_BLOCKS, JSON, NULL, 0},
    {0},
};

static const http_about operations[] = {
    {"convertRecord", NULL, "Probity-Purpose", "Convert", "_converted",
     "200 400 401 403 404 409 422", NULL},
    {"unconvertRecord", NULL, "Probity-Purpose", "Unconvert", "_unconverted",
     "200 400 401 403 404 409", NULL},
    {0},
};

static const http_parameter parameters[] = {{0}};

static const http_schema schemas[] = {
    {"Convert", "use?:{uuid} make?:[string] fields?:{any} "
                "duplicates?=ignore|declared|warn|refuse dry_run?:boolean?"},
    {"Unconvert", "dry_run?:boolean?"},
    {"ConvertStep", "entity:string made:boolean used:boolean record?:any likely:[Duplicate]"},
    {0},
};

static const http_schema of_entity[] = {
    {"_converted", "dry_run:boolean run:integer? already:boolean record:#_record "
                   "steps:[ConvertStep] linked:integer left:integer"},
    {"_unconverted", "dry_run:boolean run:integer? record:#_record deleted:integer "
                     "changed:integer kept:[UnmergeKept]"},
    {0},
};

static void put_entity(pb_json *json, const http_request *request, const model_entity *entity)
{
    (void)request;
    http_matters_put_schemas(json, of_entity, entity);
}

const http_description http_conversions_description = {"conversions", operations, parameters,
                                                       schemas, put_entity};
