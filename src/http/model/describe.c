/* The model: what each operation takes and answers. */
#include "model.h"

#define CHANGE "400 401 403 404 412 413 422"

static const http_about operations[] = {
    {"readModel", NULL, NULL, NULL, "Model", "200 400 401", NULL},
    {"addEntity", "dry_run", "If-Match", "EntityNew", "ModelChanged",
     "201 400 401 403 409 412 413 422", NULL},
    {"changeEntity", "dry_run", "If-Match", "EntityChange", "ModelChanged", "200 " CHANGE, NULL},
    {"addField", "dry_run", "If-Match", "FieldNew", "ModelChanged", "201 409 " CHANGE, NULL},
    {"changeField", "dry_run", "If-Match", "FieldChange", "ModelChanged", "200 " CHANGE, NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"dry_run", PB_MSG("Looks whether it could be done, and does nothing"), "boolean", NULL, false},
    {0},
};

/* What may be said of an entity and of a field; `any` is told in doc/manual/model.md. */
#define OF_ENTITY                                                                                  \
    "label?:string? labels?:Labels? plural?:string? title?:any search?:any key?:any import?:any "  \
    "personal?:any "                                                                               \
    "retention?:any freshness?:any duplicates?:any rules?:any lists?:any columns?:any "            \
    "access_as?:string? "                                                                          \
    "retired?:boolean?"
#define OF_FIELD                                                                                   \
    "label?:string? labels?:Labels? help?:string? required?:any import?:any freshness?:string? "   \
    "quality?:any "                                                                                \
    "more_values?:any retired_values?:any retired?:boolean? values?:any open?:boolean? "           \
    "many?:boolean? between?:any max_length?:integer? personal?:any match?:string? survive?:any "  \
    "mask?:string? access?:any portal?:string? history?:any country?:string? on_delete?:string? "  \
    "search?:boolean? title?:boolean?"
#define NEW_FIELD "type?:string to?:string? role?:string? currency?:string? " OF_FIELD

static const http_schema schemas[] = {
    {"Model", "version:integer may:[string] entities:[Entity]"},
    {"Entity",
     "name:string label:string labels:Labels? plural:string path:string own:boolean "
     "retired:boolean "
     "personal:boolean access_as:string? may:[string] title:[string] review_days?:integer "
     "key:[string] columns:[string] convert:any fields:[Field]"},
    {"Field",
     "name:string label:string labels:Labels? help:string? type:string to:string? own:boolean "
     "retired:boolean required:boolean many:boolean open:boolean values?:[Value] "
     "max_length?:integer fresh_days?:integer currency?:string personal:string? sensitive:boolean "
     "search:boolean may=write|read|masked"},
    {"Labels", "en?:string? zh-CN?:string? fa?:string?"},
    {"Value", "value:string label:string retired:boolean over:boolean"},
    {"EntityNew", "name:string why?:string? links?:{FieldSaid} fields?:{FieldSaid} " OF_ENTITY},
    {"EntityChange", "why?:string? " OF_ENTITY},
    {"FieldSaid", NEW_FIELD},
    {"FieldNew", "name:string why?:string? " NEW_FIELD},
    {"FieldChange", "why?:string? " OF_FIELD},
    {"ModelChanged", "version:integer entity:string field:string? dry_run:boolean"},
    {0},
};

const http_description http_model_description = {
    .subject = "model", .operations = operations, .parameters = parameters, .schemas = schemas};
