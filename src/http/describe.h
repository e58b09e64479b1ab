/* What each table of routes says of itself in `/openapi.json`.
 *
 * A table brings a description: it stands in a file beside the routes and is named in `tables.c`.
 * What an operation takes and answers is told by names of schemas; a schema is written short:
 *
 *     {"Page", "rows:[Row] next:string? total?:integer"}
 *     {"Row", "id:uuid made:date-time state=open|done note?:string? counts:{integer} more:any"}
 *
 * a member is its name, `?` when it may be missing, and `:TYPE` or `=ONE|OF|THESE`; members are
 * separated by blanks, and there are no others. TYPE: string, integer, number, boolean, uuid, date,
 * date-time, password, any, a schema's name (it begins with a capital letter, or `#` stands before
 * it), `[TYPE]` for a list,
 * `{TYPE}` for an object with any keys; `?` after it: or null. A schema that begins with `{` and a
 * quotation mark, or is `{}`, is JSON as it is.
 */
#ifndef HTTP_DESCRIBE_H
#define HTTP_DESCRIBE_H

#include "model/schema.h"
#include "route.h"

/** What an operation takes and answers. Names of schemas that begin with `_` are ends: the entity's
 * name stands before them. Lists are separated by blanks. */
typedef struct http_about {
    const char *operation; /* as in its route */
    const char *query;     /* names of parameters; NULL: none */
    const char *headers;   /* likewise */
    const char *body;      /* schema; NULL: none, or not JSON */
    const char *gives;     /* schema of the good answer; NULL: not JSON, or there is none */
    const char *statuses;  /* every one it can answer, but for those of a server that fails */
    const char *refused;   /* schema of refusals; NULL: Problem */
} http_about;

/** A parameter of the query or a header. */
typedef struct http_parameter {
    const char *name;
    const char *says;   /* English message id */
    const char *type;   /* string, integer, boolean */
    const char *format; /* NULL: none */
    bool required;
} http_parameter;

typedef struct http_schema {
    const char *name, *schema;
} http_schema;

/** Lists end with a member of nothing; NULL: none. */
typedef struct http_description {
    const char *subject; /* stands as tag at its operations */
    const http_about *operations;
    const http_parameter *parameters; /* besides those of `http_parameters_common` */
    const http_schema *schemas;
    /** Schemas of an entity, as members of an object; NULL: none. */
    void (*put_entity)(pb_json *json, const http_request *request, const model_entity *entity);
} http_description;

/** All descriptions, ended by NULL. */
extern const http_description *const http_descriptions[];
/** cursor, limit, Probity-Purpose, Idempotency-Key, If-Match, If-None-Match. */
extern const http_parameter http_parameters_common[];

/** Writes a schema as JSON. A type that there is not lets no value pass. */
void http_schema_put(pb_json *json, const char *schema);
/** `"type": [type, "null"]`. */
void http_schema_or_null(pb_json *json, const char *type);
/** Member `key`: a reference to the schema `end`, with the entity's name before it where it begins
 * with `_`. */
void http_schema_ref(pb_json *json, const char *key, pb_str entity, const char *end);

#endif
