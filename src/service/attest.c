/* Access reviews: begun, shown to who may see them, decided. */
#include "attest.h"

#include "access.h"

#include <stdlib.h>

/* ---- who may ---- */

/* Whether all items are for who asks; else those of people below. */
static pb_status sees_all(db_session *session, const service_call *call, service_denial *denial,
                          bool *ret_all, pb_error *err)
{
    service_access access;
    pb_error why = {0};
    PB_TRY(service_access_open(session, call, denial, &access, err));
    pb_status status = service_may_at_all(&access, IDENTITY_OP_USERS, NULL, &why);
    service_access_close(&access);
    *ret_all = status == PB_OK;
    if (status == PB_OK || status == PB_DENIED)
        return PB_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static pb_status fail_none(int64_t n, pb_error *err)
{
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no review {value}."), "value", PB_ARG_INT(n),
                   NULL);
}

/* A key of limited scope reaches to reviews by the scope that names users. */
static pb_status is_above(db_session *session, const service_call *call, pb_uuid user, bool *ret,
                          pb_error *err)
{
    *ret = false;
    if (call->who == NULL || call->scopes.ptr != NULL || call->who->read_only)
        return PB_OK;
    return identity_is_below(session, user, call->who->user, ret, err);
}

/* Keeps of the items those that may be seen. */
static pb_status keep_seen(db_session *session, const service_call *call, bool all,
                           identity_review_item *items, size_t *count, pb_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool seen = all;
        if (!all)
            PB_TRY(is_above(session, call, items[i].user, &seen, err));
        if (seen)
            items[kept++] = items[i];
    }
    *count = kept;
    return PB_OK;
}

/* ---- beginning ---- */

typedef struct starting {
    const service_call *call;
    const service_attest_wish *wish;
    pb_arena *arena;
    identity_review *review;
    identity_policy *policy;
    const identity_role_row *roles;
    size_t role_count;
    identity_review_item *items;
    size_t count;
    service_denial denial;
} starting;

static const identity_role_row *role_of(const starting *s, int64_t number)
{
    for (size_t i = 0; i < s->role_count; i++)
        if (s->roles[i].number == number)
            return &s->roles[i];
    return NULL;
}

static bool is_wanted(const service_attest_wish *wish, pb_str role)
{
    bool wanted = wish->role_count == 0;
    for (size_t i = 0; i < wish->role_count && !wanted; i++)
        wanted = pb_str_eq(wish->roles[i], role);
    return wanted;
}

static bool names_other(const identity_role *role, pb_str other)
{
    for (size_t i = 0; i < role->apart.count; i++)
        if (pb_str_eq(role->apart.items[i], other))
            return true;
    return false;
}

/* Roles held, too, that do not go with this one, whichever of the two says so. */
static pb_status find_apart(const starting *s, const identity_role *role, const identity_tie *ties,
                            size_t count, pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    for (size_t i = 0; i < count; i++) {
        const identity_role_row *other = role_of(s, ties[i].role);
        if (other == NULL ||
            !(names_other(role, other->role.name) || names_other(&other->role, role->name)))
            continue;
        pb_buf_printf(&text, "%s%.*s", text.len > 0 ? " " : "", PB_STR_FMT(other->role.name));
    }
    *ret = text.failed ? PB_STR_NONE : pb_arena_str(s->arena, pb_buf_str(&text));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status add_user(starting *s, db_session *session, const identity_user *user,
                          size_t *capacity, pb_error *err)
{
    const identity_tie_filter filter = {.user = user->id, .at_us = s->call->now_us};
    identity_tie *ties;
    size_t count;
    PB_TRY(identity_ties(session, IDENTITY_TIE_ROLE, &filter, s->arena, &ties, &count, err));
    for (size_t i = 0; i < count; i++) {
        const identity_role_row *role = role_of(s, ties[i].role);
        if (role == NULL || !is_wanted(s->wish, role->role.name))
            continue;
        identity_review_item item = {.user = user->id,
                                     .role = ties[i].role,
                                     .name = user->name,
                                     .role_name = role->role.name,
                                     .since_us = ties[i].from_us,
                                     .used_us = INT64_MIN,
                                     .seen_us = INT64_MIN};
        PB_TRY(find_apart(s, &role->role, ties, count, &item.apart, err));
        if (!PB_PUSH(s->arena, s->items, s->count, *capacity, item))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status gather(starting *s, db_session *session, pb_error *err)
{
    identity_user *users;
    size_t user_count, capacity = 0;
    PB_TRY(identity_policy_now(session, &s->policy, err));
    s->roles = identity_policy_roles(s->policy, &s->role_count);
    for (size_t i = 0; i < s->wish->role_count; i++) {
        int64_t number;
        PB_TRY(identity_role_find(session, s->wish->roles[i], s->call->now_us, &number, err));
    }
    PB_TRY(identity_user_list(session, s->call->now_us, s->arena, &users, &user_count, err));
    for (size_t i = 0; i < user_count; i++)
        PB_TRY(add_user(s, session, &users[i], &capacity, err));
    return service_attest_used(session, s->policy, s->call->now_us, s->items, s->count, err);
}

static pb_status check_start(db_session *session, starting *s, pb_error *err)
{
    service_access access;
    PB_TRY(service_access_open(session, s->call, &s->denial, &access, err));
    pb_status status = service_may_at_all(&access, IDENTITY_OP_USERS, NULL, err);
    service_access_close(&access);
    return status;
}

static pb_status start_work(db_session *session, void *context, pb_error *err)
{
    starting *s = context;
    const identity_call by = {s->call->actor, s->call->now_us, s->wish->why};
    int64_t n;
    PB_TRY(check_start(session, s, err));
    PB_TRY(identity_review_start(session, &by, s->wish->due_us, s->items, s->count, &n, err));
    return identity_review_find(session, n, s->arena, s->review, err);
}

/* The log is looked through before anybody else has to wait. */
static pb_status look(starting *s, db_workspace *workspace, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open_within(workspace, s->call->limits, &session, err));
    pb_status status = check_start(session, s, err);
    if (status == PB_OK)
        status = gather(s, session, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_attest_start(const service_call *call, db_workspace *workspace,
                               const service_attest_wish *wish, pb_arena *arena,
                               identity_review *ret_review, pb_error *err)
{
    identity_review review;
    starting s = {.call = call, .wish = wish, .arena = arena, .review = &review};
    pb_status status = look(&s, workspace, err);
    if (status == PB_OK)
        status = db_write_within(workspace, call->limits, start_work, &s, err);
    identity_policy_release(s.policy);
    PB_TRY(service_refused(call, workspace, &s.denial, status, err));
    *ret_review = review;
    return PB_OK;
}

/* ---- reading ---- */

/* Of a review only what may be seen is counted. */
static void count_seen(identity_review *review, const identity_review_item *items, size_t count)
{
    memset(review->counts, 0, sizeof review->counts);
    for (size_t i = 0; i < count; i++)
        review->counts[items[i].verdict]++;
}

static pb_status read_one(db_session *session, const service_call *call, bool all, pb_arena *arena,
                          identity_review *review, identity_review_item **ret_items,
                          size_t *ret_count, pb_error *err)
{
    PB_TRY(identity_review_items(session, review->n, arena, ret_items, ret_count, err));
    PB_TRY(keep_seen(session, call, all, *ret_items, ret_count, err));
    count_seen(review, *ret_items, *ret_count);
    return PB_OK;
}

static pb_status list_all(db_session *session, const service_call *call, service_denial *denial,
                          pb_arena *arena, identity_review **ret_reviews, size_t *ret_count,
                          pb_error *err)
{
    identity_review *reviews;
    size_t count, kept = 0;
    bool all;
    PB_TRY(sees_all(session, call, denial, &all, err));
    PB_TRY(identity_review_list(session, arena, &reviews, &count, err));
    for (size_t i = 0; i < count; i++) {
        identity_review_item *items;
        size_t seen = 1;
        if (!all)
            PB_TRY(read_one(session, call, all, arena, &reviews[i], &items, &seen, err));
        if (seen > 0)
            reviews[kept++] = reviews[i];
    }
    *ret_reviews = reviews;
    *ret_count = kept;
    return PB_OK;
}

pb_status service_attest_list(const service_call *call, db_workspace *workspace, pb_arena *arena,
                              identity_review **ret_reviews, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    service_denial denial;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = list_all(session, call, &denial, arena, ret_reviews, ret_count, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_attest_read(const service_call *call, db_workspace *workspace, int64_t n,
                              pb_arena *arena, identity_review *ret_review,
                              identity_review_item **ret_items, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    service_denial denial;
    bool all = false;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = sees_all(session, call, &denial, &all, err);
    if (status == PB_OK)
        status = identity_review_find(session, n, arena, ret_review, err);
    if (status == PB_OK)
        status = read_one(session, call, all, arena, ret_review, ret_items, ret_count, err);
    db_snapshot_close(session);
    PB_TRY(status);
    return all || *ret_count > 0
               ? PB_OK
               : service_refused(call, workspace, &denial, fail_none(n, err), err);
}

/* ---- deciding ---- */

typedef struct deciding {
    const service_call *call;
    int64_t review, item;
    bool revoke;
    pb_str why;
    pb_arena *arena;
    identity_review_item *decided;
    service_denial denial;
} deciding;

static pb_status find_seen(db_session *session, deciding *d, pb_uuid *ret_user, pb_error *err)
{
    identity_review_item *items;
    identity_review review;
    size_t count;
    bool all;
    PB_TRY(sees_all(session, d->call, &d->denial, &all, err));
    PB_TRY(identity_review_find(session, d->review, d->arena, &review, err));
    PB_TRY(read_one(session, d->call, all, d->arena, &review, &items, &count, err));
    for (size_t i = 0; i < count; i++)
        if (items[i].n == d->item) {
            *ret_user = items[i].user;
            d->denial.refused = false;
            return PB_OK;
        }
    return fail_none(count > 0 ? d->item : d->review, err);
}

static pb_status decide_work(db_session *session, void *context, pb_error *err)
{
    deciding *d = context;
    const identity_actor *who = d->call->who;
    const identity_call by = {d->call->actor, d->call->now_us, d->why};
    pb_uuid user;
    PB_TRY(find_seen(session, d, &user, err));
    if (who != NULL && !who->holder && memcmp(&who->user, &user, sizeof user) == 0) {
        d->denial = (service_denial){.refused = true, .operation = IDENTITY_OP_USERS};
        pb_fail(err, PB_DENIED, PB_MSG("Nobody decides about her own rights."), NULL);
        pb_error_hint(err, PB_MSG("Leave it to somebody else."), NULL);
        return PB_DENIED;
    }
    return identity_review_decide(session, &by, d->review, d->item,
                                  d->revoke ? IDENTITY_REVOKED : IDENTITY_CONFIRMED, d->decided,
                                  d->arena, err);
}

pb_status service_attest_decide(const service_call *call, db_workspace *workspace, int64_t review,
                                int64_t item, bool revoke, pb_str why, pb_arena *arena,
                                identity_review_item *ret_item, pb_error *err)
{
    identity_review_item decided;
    deciding d = {.call = call,
                  .review = review,
                  .item = item,
                  .revoke = revoke,
                  .why = why,
                  .arena = arena,
                  .decided = &decided};
    pb_status status = db_write_within(workspace, call->limits, decide_work, &d, err);
    PB_TRY(service_refused(call, workspace, &d.denial, status, err));
    *ret_item = decided;
    return PB_OK;
}
