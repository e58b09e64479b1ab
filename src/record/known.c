#include "known.h"

#include <stdlib.h>

typedef struct known_all {
    size_t count;
    known_entity *items; /* by entity index */
} known_all;

static void forget(void *slot)
{
    known_all *all = slot;
    for (size_t i = 0; i < all->count; i++)
        all->items[i].known = false;
}

static void known_free(void *slot)
{
    known_all *all = slot;
    if (all != NULL)
        free(all->items);
    free(all);
}

static known_all *known_make(size_t count)
{
    known_all *all = malloc(sizeof *all);
    known_entity *items = calloc(count + 1, sizeof *items);
    if (all == NULL || items == NULL) {
        free(all);
        free(items);
        return NULL;
    }
    *all = (known_all){count, items};
    return all;
}

known_entity *known_of(db_session *session, const model_entity *entity)
{
    db_workspace *workspace = db_session_workspace(session);
    if (!db_session_writes(session))
        return NULL;
    known_all **slot = (known_all **)db_workspace_slot(workspace, "record", known_free, forget);
    if (slot != NULL && *slot == NULL)
        *slot = known_make(db_workspace_schema(workspace)->entity_count);
    return slot == NULL || *slot == NULL ? NULL : &(*slot)->items[entity->index];
}
