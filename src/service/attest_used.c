/* When a role was used last: from the log, by what its holder did that it allows.
 *
 * Where two roles of somebody allow the same, both count as used: the log says what was done, not
 * by which of them.
 */
#include "attest.h"

#include "base/map.h"

/* Which operation an event is a use of. */
static const struct {
    const char *kind;
    identity_operation operation;
} uses[] = {
    {"audit.run", IDENTITY_OP_AUDIT},         {"backup.configured", IDENTITY_OP_BACKUP},
    {"backup.drilled", IDENTITY_OP_BACKUP},   {"backup.made", IDENTITY_OP_BACKUP},
    {"import.finished", IDENTITY_OP_IMPORT},  {"import.started", IDENTITY_OP_IMPORT},
    {"job.added", IDENTITY_OP_JOBS},          {"job.again", IDENTITY_OP_JOBS},
    {"job.cancelled", IDENTITY_OP_JOBS},      {"ledger.verified", IDENTITY_OP_LEDGER},
    {"match.decided", IDENTITY_OP_MERGE},     {"model.changed", IDENTITY_OP_MODEL},
    {"record.changed", IDENTITY_OP_CHANGE},   {"record.created", IDENTITY_OP_CREATE},
    {"record.deleted", IDENTITY_OP_DELETE},   {"record.merged", IDENTITY_OP_MERGE},
    {"record.read", IDENTITY_OP_READ},        {"record.restored", IDENTITY_OP_RESTORE},
    {"records.exported", IDENTITY_OP_EXPORT}, {"records.merged", IDENTITY_OP_MERGE},
    {"review.decided", IDENTITY_OP_USERS},    {"review.started", IDENTITY_OP_USERS},
    {"role.defined", IDENTITY_OP_ROLES},      {"role.ended", IDENTITY_OP_ROLES},
    {"role.given", IDENTITY_OP_USERS},        {"role.taken", IDENTITY_OP_USERS},
    {"scope.set", IDENTITY_OP_USERS},         {"team.added", IDENTITY_OP_USERS},
    {"team.changed", IDENTITY_OP_USERS},      {"team.ended", IDENTITY_OP_USERS},
    {"team.joined", IDENTITY_OP_USERS},       {"team.left", IDENTITY_OP_USERS},
    {"user.added", IDENTITY_OP_USERS},        {"user.changed", IDENTITY_OP_USERS},
    {"user.ended", IDENTITY_OP_USERS},        {"user.returned", IDENTITY_OP_USERS},
};

typedef struct looking {
    const identity_policy *policy;
    identity_review_item *items;
    size_t count;
    pb_map *first; /* sign-in name → place of the first item of that user + 1 */
    pb_arena *arena;
    /* Of each item, by place of the entity, behind them the workspace: what its role allows. */
    uint32_t **bits;
    uint32_t *any; /* of any entity */
} looking;

static pb_status fill_bits(looking *l, size_t item, pb_error *err)
{
    const model_schema *schema = identity_policy_schema(l->policy);
    l->bits[item] = pb_arena_array(l->arena, schema->entity_count + 1, sizeof **l->bits);
    if (l->bits[item] == NULL)
        return pb_fail_memory(err);
    for (size_t e = 0; e <= schema->entity_count; e++) {
        const model_entity *entity = e < schema->entity_count ? &schema->entities[e] : NULL;
        identity_holding *holdings;
        size_t count;
        PB_TRY(identity_holdings(l->policy, l->items[item].role, entity, l->arena, &holdings,
                                 &count, err));
        for (size_t i = 0; i < count; i++)
            l->bits[item][e] |= holdings[i].operations;
        l->any[item] |= l->bits[item][e];
    }
    return PB_OK;
}

/* Items of one user stand together; whatever it was called, its name in the log is of it alone. */
static pb_status find_names(looking *l, db_session *session, pb_error *err)
{
    identity_user *said;
    size_t count;
    PB_TRY(identity_user_list(session, IDENTITY_EVER, l->arena, &said, &count, err));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < l->count; k++) {
            if (memcmp(&said[i].id, &l->items[k].user, sizeof said[i].id) != 0)
                continue;
            uint64_t *place = pb_map_put(l->first, said[i].name, NULL);
            if (place == NULL)
                return pb_fail_memory(err);
            *place = k + 1;
            break;
        }
    return PB_OK;
}

static uint32_t bits_of(const looking *l, size_t item, pb_str entity)
{
    const model_schema *schema = identity_policy_schema(l->policy);
    if (entity.len == 0)
        return l->any[item];
    for (size_t e = 0; e < schema->entity_count; e++)
        if (pb_str_eq(schema->entities[e].name, entity))
            return l->bits[item][e];
    return 0;
}

static uint32_t use_of(const char *kind)
{
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (strcmp(uses[i].kind, kind) == 0)
            return UINT32_C(1) << uses[i].operation;
    return 0;
}

static pb_status take(void *context, const ledger_listed *listed, bool *ret_taken, pb_error *err)
{
    looking *l = context;
    const ledger_event *event = &listed->event;
    const uint64_t *place = pb_map_get(l->first, event->actor.name);
    (void)err;
    *ret_taken = false;
    if (place == NULL)
        return PB_OK;
    uint32_t use = use_of(event->kind);
    size_t first = *place - 1;
    for (size_t i = first; i < l->count && memcmp(&l->items[i].user, &l->items[first].user,
                                                  sizeof l->items[i].user) == 0;
         i++) {
        identity_review_item *item = &l->items[i];
        if (event->at_us > item->seen_us)
            item->seen_us = event->at_us;
        if ((use & bits_of(l, i, event->entity)) != 0 && event->at_us > item->used_us)
            item->used_us = event->at_us;
    }
    return PB_OK;
}

pb_status service_attest_used(db_session *session, const identity_policy *policy, int64_t now_us,
                              identity_review_item *items, size_t count, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    looking l = {.policy = policy, .items = items, .count = count, .arena = arena};
    const ledger_filter filter = {.from_us = now_us - SERVICE_ATTEST_BACK_US};
    uint64_t next;
    if (arena == NULL)
        return pb_fail_memory(err);
    l.first = pb_map_new(arena);
    l.bits = pb_arena_array(arena, count + 1, sizeof *l.bits);
    l.any = pb_arena_array(arena, count + 1, sizeof *l.any);
    if (l.first == NULL || l.bits == NULL || l.any == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        PB_TRY(fill_bits(&l, i, err));
    PB_TRY(find_names(&l, session, err));
    return ledger_list(session, &filter, UINT64_MAX, 1, UINT64_MAX, take, &l, &next, err);
}
