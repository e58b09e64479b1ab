/* What is said of an entity or a field: a JSON object, checked key by key, joined with what was
 * said before. */
#ifndef SERVICE_MODEL_BODY_H
#define SERVICE_MODEL_BODY_H

#include "model/yaml.h"

/** About what it is: decides which keys may stand there. */
typedef enum model_body_kind {
    MODEL_BODY_NEW_ENTITY,
    MODEL_BODY_OWN_ENTITY,
    MODEL_BODY_ENTITY, /* that the program declares */
    MODEL_BODY_NEW_FIELD,
    MODEL_BODY_OWN_FIELD,
    MODEL_BODY_FIELD,
} model_body_kind;

typedef struct model_body {
    model_body_kind kind;
    pb_str text;
    pb_arena *arena;
    const model_yaml *root; /* set by model_body_merge */
} model_body;

/** Reads the text and joins it with `before` (absent: nothing) as RFC 7396 says: what is there
 * replaces, null takes away. `links` and `fields` are left out. `*ret_body` in the arena.
 * PB_INVALID names the key. */
pb_status model_body_merge(model_body *body, pb_str before, pb_str *ret_body, pb_error *err);
/** The fields that stand in the body of a new entity, each with its own. */
typedef pb_status (*model_body_each)(void *context, pb_str name, pb_str body, pb_error *err);
pb_status model_body_members(model_body *body, model_body_each each, void *context, pb_error *err);

#endif
