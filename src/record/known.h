/* What the writers of a workspace know about its entities from one transaction to the next, so that
 * each needs not ask again. Forgotten with every rollback, and when another process committed.
 *
 * Threads: the writer's only.
 */
#ifndef RECORD_KNOWN_H
#define RECORD_KNOWN_H

#include "record/record.h"

typedef struct known_entity {
    bool known;     /* the rest holds */
    bool promises;  /* link_promise may have rows of it */
    bool merged;    /* record_merged may have */
    int64_t last_n; /* of its table */
} known_entity;

/** Of an entity, in a session that writes; NULL in a snapshot, and without memory. It lives as long
 * as the workspace. */
known_entity *known_of(db_session *session, const model_entity *entity);

#endif
