/* Actors that are kept in memory, each until anybody's rights change.
 *
 * One turn is kept, and the span of moments around the one it was first asked for in which nothing
 * changes of itself. Whoever asks with a later turn, or a moment behind the span, begins anew;
 * whoever asks for a past moment, with an older snapshot, or in a transaction (which may see what
 * never is committed), is answered from the rows. An actor lives as long as somebody holds it.
 */
#include "internal.h"

#include "base/map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Bytes of arenas after which all kept actors are let go: they come back as they are asked for. */
enum { KEEP_MOST = 64 << 20, ARENA_LEAST = 4096, ARENA_MOST = 1 << 30 };

struct identity_kept {
    atomic_int holders;
    pb_arena *arena;
    identity_actor actor;
};

typedef struct kept_all {
    pthread_mutex_t lock;
    int64_t turn, from_us, until_us;
    pb_arena *arena; /* of the map */
    pb_map *map;     /* by user; NULL: nothing is kept */
    size_t bytes;
} kept_all;

/* ---- one actor ---- */

static void let_go(struct identity_kept *kept)
{
    if (atomic_fetch_sub(&kept->holders, 1) > 1)
        return;
    pb_arena_free(kept->arena);
    free(kept);
}

static pb_status make(db_session *session, pb_uuid user, int64_t at_us,
                      struct identity_kept **ret_kept, pb_error *err)
{
    struct identity_kept *kept = calloc(1, sizeof *kept);
    pb_arena *arena = pb_arena_new(ARENA_MOST);
    pb_status status = kept == NULL || arena == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK)
        status = identity_actor_read(session, user, at_us, arena, &kept->actor, err);
    if (status != PB_OK) {
        pb_arena_free(arena);
        free(kept);
        return status;
    }
    kept->arena = arena;
    atomic_init(&kept->holders, 1);
    *ret_kept = kept;
    return PB_OK;
}

static void hand_out(struct identity_kept *kept, int64_t at_us, identity_held *ret_held)
{
    ret_held->actor = kept->actor;
    ret_held->actor.at_us = at_us;
    ret_held->kept = kept;
}

/* ---- all of a workspace ---- */

static void forget(kept_all *all)
{
    size_t cursor = 0;
    pb_str user;
    uint64_t value;
    while (all->map != NULL && pb_map_next(all->map, &cursor, &user, &value))
        if (value != 0)
            let_go((struct identity_kept *)(uintptr_t)value);
    all->arena = pb_arena_free(all->arena);
    all->map = NULL;
    all->bytes = 0;
}

static void end_all(void *slot)
{
    kept_all *all = slot;
    if (all == NULL)
        return;
    forget(all);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

/* Several threads may ask first: one of them makes it. */
static kept_all *all_of(db_session *session)
{
    void **slot = db_workspace_slot(db_session_workspace(session), "identity", end_all, NULL);
    void *nothing = NULL;
    if (slot == NULL)
        return NULL;
    kept_all *all = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (all != NULL)
        return all;
    all = calloc(1, sizeof *all);
    if (all == NULL || pthread_mutex_init(&all->lock, NULL) != 0) {
        free(all);
        return NULL;
    }
    if (__atomic_compare_exchange_n(slot, &nothing, all, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return all;
    end_all(all);
    return nothing;
}

/* Locked. The actor, if it is kept for that turn and moment, held once more. */
static struct identity_kept *look(const kept_all *all, int64_t turn, pb_uuid user, int64_t at_us)
{
    if (all->map == NULL || all->turn != turn || at_us < all->from_us || at_us >= all->until_us)
        return NULL;
    const uint64_t *value = pb_map_get(all->map, pb_uuid_str(&user));
    if (value == NULL || *value == 0)
        return NULL;
    struct identity_kept *kept = (struct identity_kept *)(uintptr_t)*value;
    atomic_fetch_add(&kept->holders, 1);
    return kept;
}

/* What one actor's answer is true for. */
typedef struct span {
    int64_t turn, from_us, until_us;
} span;

/* Locked. Keeps it, unless it is of an older turn or time than what is kept, or there is no memory:
 * then it is its asker's alone. */
static void keep(kept_all *all, const span *of, pb_uuid user, struct identity_kept *kept)
{
    bool newer = all->map == NULL || of->turn > all->turn ||
                 (of->turn == all->turn && of->from_us >= all->until_us);
    if (newer || all->bytes > KEEP_MOST) {
        if (!newer && (of->turn < all->turn || of->from_us < all->from_us))
            return;
        forget(all);
        all->arena = pb_arena_new(KEEP_MOST);
        all->map = all->arena == NULL ? NULL : pb_map_new(all->arena);
        all->turn = of->turn;
        all->from_us = of->from_us;
        all->until_us = of->until_us;
    }
    if (all->map == NULL || of->turn != all->turn || of->from_us != all->from_us)
        return;
    bool fresh = false;
    uint64_t *value = pb_map_put(all->map, pb_uuid_str(&user), &fresh);
    if (value == NULL || !fresh)
        return;
    *value = (uint64_t)(uintptr_t)kept;
    atomic_fetch_add(&kept->holders, 1);
    all->bytes += sizeof *kept + ARENA_LEAST + pb_arena_used(kept->arena);
}

static pb_status make_and_keep(db_session *session, kept_all *all, pb_uuid user, int64_t at_us,
                               struct identity_kept **ret_kept, pb_error *err)
{
    span of;
    PB_TRY(identity_between(session, at_us, &of.turn, &of.from_us, &of.until_us, err));
    PB_TRY(make(session, user, at_us, ret_kept, err));
    pthread_mutex_lock(&all->lock);
    keep(all, &of, user, *ret_kept);
    pthread_mutex_unlock(&all->lock);
    return PB_OK;
}

pb_status identity_actor_hold(db_session *session, pb_uuid user, int64_t at_us,
                              identity_held *ret_held, pb_error *err)
{
    kept_all *all = db_session_writes(session) ? NULL : all_of(session);
    struct identity_kept *kept = NULL;
    int64_t turn;
    if (all != NULL) {
        PB_TRY(identity_turn(session, &turn, err));
        pthread_mutex_lock(&all->lock);
        kept = look(all, turn, user, at_us);
        pthread_mutex_unlock(&all->lock);
    }
    if (kept == NULL && all != NULL)
        PB_TRY(make_and_keep(session, all, user, at_us, &kept, err));
    else if (kept == NULL)
        PB_TRY(make(session, user, at_us, &kept, err));
    hand_out(kept, at_us, ret_held);
    return PB_OK;
}

void identity_actor_let_go(identity_held *held)
{
    if (held->kept != NULL)
        let_go(held->kept);
    *held = (identity_held){.kept = NULL};
}
