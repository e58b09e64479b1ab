/* The model of a workspace as its administrators change it: fields and entities of their own, other
 * labels and values of choices, kept by the workspace itself and in force at once.
 *
 * Nothing is ever dropped: what is not wanted any more is retired. Whoever changes must be allowed
 * the operation `model` (identity/policy.h) and have proved within ten minutes who it is (no key
 * can), or hold the workspace's key. A change is one
 * transaction: declaration, tables and the event `model.changed`, or nothing. The workspace it was
 * made through is passed then (db/kept.h): what follows is done through one opened anew, which
 * `service/turns.h` does for a server.
 */
#ifndef SERVICE_MODEL_H
#define SERVICE_MODEL_H

#include "service/service.h"

enum {
    SERVICE_OWN_ENTITIES = 100, /* at most, retired ones counted */
    SERVICE_OWN_FIELDS = 200    /* added to one entity */
};

/** What is to be said of an entity or a field. */
typedef struct service_model_wish {
    pb_str entity;
    pb_str field;     /* absent: of the entity */
    bool make;        /* it is new: PB_EXISTS when it is there; else PB_NOT_FOUND when it is not */
    pb_str body;      /* a JSON object of the keys that declarations use (src/model/README.md); of
                         what is there, those that change, null taking one away. Of a new entity
                         `links` and `fields` are objects of its fields */
    int64_t expected; /* version of the model; -1: whatever it is; else PB_CONFLICT */
    pb_str why;       /* for the log; absent: nothing was said */
} service_model_wish;

/** Changes the model. `dry_run`: everything is looked at, nothing kept. PB_INVALID names what is
 * wrong, with the mend. `*ret_version`: the model's from then on. */
pb_status service_model_put(const service_call *call, db_workspace *workspace,
                            const service_model_wish *wish, bool dry_run, int64_t *ret_version,
                            pb_error *err);

/** Of an entity what the caller may know of: the entity itself when no record of it could ever be
 * shown to it is not told. */
typedef struct service_model_seen {
    const model_entity *entity;
    const bool *fields;  /* by index: whether the caller may know of the field, */
    const bool *writes;  /* could write it on some record, */
    const bool *masked;  /* or reads it masked at best */
    uint32_t operations; /* on some record of it: bits by identity_operation */
} service_model_seen;

/** The model as the caller may see it: entities of which it may do anything, or change the model;
 * fields that could show on any record. `*ret_operations`: what it may do besides records. In
 * `arena`. */
pb_status service_model_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                             service_model_seen **ret_entities, size_t *ret_count,
                             uint32_t *ret_operations, pb_error *err);

#endif
