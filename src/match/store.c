/* Large arrays: in memory, or where the caller has them. */
#include "internal.h"

#include <stdlib.h>

void *match_resize(const match_store *store, void *block, size_t size)
{
    return store != NULL ? store->resize(store->context, block, size) : realloc(block, size);
}

void match_release(const match_store *store, void *block)
{
    if (store == NULL)
        free(block);
    else if (block != NULL)
        store->resize(store->context, block, 0);
}

void match_rest(const match_store *store)
{
    if (store != NULL)
        store->rest(store->context);
}

pb_status match_starved(const match_store *store, pb_error *err)
{
    return store != NULL ? store->why(store->context, err) : pb_fail_memory(err);
}

bool match_list_room(const match_store *store, match_list *list, size_t count)
{
    if (count <= list->capacity)
        return true;
    size_t more = list->capacity + list->capacity / 2 + 4096;
    more = more > count ? more : count;
    uint64_t *grown = match_resize(store, list->items, more * sizeof *grown);
    if (grown == NULL)
        return false;
    list->items = grown;
    list->capacity = more;
    return true;
}

void match_list_free(const match_store *store, match_list *list)
{
    match_release(store, list->items);
    *list = (match_list){0};
}
