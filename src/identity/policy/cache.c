/* The policy in force, kept by the workspace.
 *
 * The newest row of the roles says which state they are in: it is read in each session, so that a
 * change by any process counts from the next session on. What a transaction that may still be
 * undone sees is not kept.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "store.h"

typedef struct kept_policy {
    pthread_mutex_t lock;
    int64_t stamp;
    identity_policy *policy; /* NULL: none yet */
    atomic_bool wanted;      /* somebody who could not keep it had to make it */
} kept_policy;

static void kept_free(void *slot)
{
    kept_policy *kept = slot;
    if (kept == NULL)
        return;
    identity_policy_release(kept->policy);
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

static kept_policy *kept_new(void)
{
    kept_policy *kept = calloc(1, sizeof *kept);
    if (kept != NULL && pthread_mutex_init(&kept->lock, NULL) != 0) {
        free(kept);
        return NULL;
    }
    return kept;
}

/* The workspace's own; whoever comes first makes it. */
static kept_policy *kept_of(db_workspace *workspace)
{
    void **slot = db_workspace_slot(workspace, "policy", kept_free, NULL);
    if (slot == NULL)
        return NULL;
    void *there = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (there != NULL)
        return there;
    kept_policy *made = kept_new();
    if (made == NULL ||
        __atomic_compare_exchange_n(slot, &there, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return made;
    kept_free(made);
    return there;
}

static identity_policy *take(kept_policy *kept, int64_t stamp)
{
    identity_policy *policy = NULL;
    pthread_mutex_lock(&kept->lock);
    if (kept->policy != NULL && kept->stamp == stamp) {
        policy = kept->policy;
        atomic_fetch_add(&policy->references, 1);
    }
    pthread_mutex_unlock(&kept->lock);
    return policy;
}

static void keep(kept_policy *kept, int64_t stamp, identity_policy *policy)
{
    identity_policy *old = NULL;
    pthread_mutex_lock(&kept->lock);
    if (kept->policy == NULL || (kept->stamp / 2 <= stamp / 2 && kept->stamp != stamp)) {
        old = kept->policy;
        kept->policy = policy;
        kept->stamp = stamp;
        atomic_fetch_add(&policy->references, 1);
    }
    pthread_mutex_unlock(&kept->lock);
    atomic_store(&kept->wanted, false);
    identity_policy_release(old);
}

pb_status identity_policy_at(db_session *session, int64_t at_us, identity_policy **ret_policy,
                             pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_role_row *roles;
    size_t count;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(store_list(session, at_us, arena, &roles, &count, err));
    return identity_policy_compile(db_workspace_schema(db_session_workspace(session)), roles, count,
                                   ret_policy, err);
}

pb_status identity_policy_now(db_session *session, identity_policy **ret_policy, pb_error *err)
{
    int64_t stamp;
    kept_policy *kept = kept_of(db_session_workspace(session));
    if (kept == NULL)
        return pb_fail_memory(err);
    PB_TRY(store_stamp(session, &stamp, err));
    *ret_policy = take(kept, stamp);
    if (*ret_policy != NULL)
        return PB_OK;
    PB_TRY(identity_policy_at(session, IDENTITY_OPEN, ret_policy, err));
    (*ret_policy)->purpose = stamp % 2 != 0;
    if (db_session_writes(session))
        atomic_store(&kept->wanted, true);
    else
        keep(kept, stamp, *ret_policy);
    return PB_OK;
}

bool identity_policy_purpose(const identity_policy *policy)
{
    return policy->purpose;
}

pb_status identity_purpose_set(db_session *session, bool required, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      required ? "INSERT INTO setting (name, value) VALUES ('reads.purpose', NULL)"
                                 " ON CONFLICT DO NOTHING"
                               : "DELETE FROM setting WHERE name = 'reads.purpose'",
                      &stmt, err));
    return db_run(stmt, err);
}

pb_status identity_policy_prepare(db_session *session, pb_error *err)
{
    identity_policy *policy = NULL;
    kept_policy *kept = kept_of(db_session_workspace(session));
    if (kept == NULL)
        return pb_fail_memory(err);
    if (!atomic_load(&kept->wanted) || db_session_writes(session))
        return PB_OK;
    PB_TRY(identity_policy_now(session, &policy, err));
    atomic_store(&kept->wanted, false); /* it was there already */
    identity_policy_release(policy);
    return PB_OK;
}
