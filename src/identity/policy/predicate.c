/* The same decision as a condition of SQL.
 *
 *   role OR role …          role = own AND above AND …          own = grant OR grant …
 *   grant = (whose OR whose …) AND condition
 *
 * What is certain is not written: a grant on all records makes its role's part true.
 */
#include "internal.h"

#include <string.h>

#include "sys/clock.h"

enum { SQL_MOST = 4 << 20, NAME_MOST = 64 };

/* Whether a part holds for no record, for some (then it has a text), or for all. */
typedef enum extent { NEVER, SOME, ALWAYS } extent;

typedef struct writing {
    const identity_policy *policy;
    const identity_actor *actor;
    identity_operation operation;
    const model_entity *entity;
    const model_field *field; /* NULL: the record as a whole */
    const char *alias;
    pb_arena *arena;
    pb_buf *out;
    pb_value *values; /* of the places so far */
    size_t count, capacity;
    pb_status status; /* the first failure */
    pb_error *err;
    bool own;        /* what a role itself grants is being written, not what one above does */
    bool any;        /* a grant goes further than `scopes` say */
    unsigned scopes; /* of all that the roles themselves grant */
} writing;

/* How far text and values have come. */
typedef struct mark {
    size_t len, count;
} mark;

static mark here(const writing *w)
{
    return (mark){w->out->len, w->count};
}

static void back(writing *w, mark to)
{
    w->out->len = to.len;
    w->count = to.count;
}

static void put_value(writing *w, pb_value value)
{
    if (!PB_PUSH(w->arena, w->values, w->count, w->capacity, value) && w->status == PB_OK)
        w->status = pb_fail_memory(w->err);
}

/* ---- whose ---- */

/* The column that says whose a record is; several records it may belong to: the first that says
 * it. */
static void put_whose(const writing *w, const policy_path *path)
{
    if (path->self) {
        pb_buf_printf(w->out, "%s.id", w->alias);
        return;
    }
    if (path->own != NULL) {
        pb_buf_printf(w->out, "%s.%.*s_id", w->alias, PB_STR_FMT(path->own->name));
        return;
    }
    if (path->count > 1)
        pb_buf_addc(w->out, "COALESCE(");
    for (size_t i = 0; i < path->count; i++)
        pb_buf_printf(w->out, "%s(SELECT it.%.*s_id FROM t_%.*s AS it WHERE it.id = %s.%.*s_id)",
                      i == 0 ? "" : ", ", PB_STR_FMT(path->there[i]->name),
                      PB_STR_FMT(path->via[i]->target->name), w->alias,
                      PB_STR_FMT(path->via[i]->name));
    if (path->count > 1)
        pb_buf_byte(w->out, ')');
}

/* One of a list of any length, which is bound as one value: its ids one behind the other. The
 * select that gives nothing tells a server that the value is one of bytes. */
static void put_among(writing *w, const pb_uuid *ids, size_t count)
{
    pb_buf_printf(w->out,
                  " IN (WITH RECURSIVE place(i) AS (SELECT 1 UNION ALL SELECT i + 16 FROM place"
                  " WHERE i + 16 < ?) SELECT substr(COALESCE(?, (SELECT id FROM t_%.*s"
                  " WHERE 1 = 0)), i, 16) FROM place)",
                  PB_STR_FMT(w->entity->name));
    put_value(w, PB_VALUE_INT((int64_t)(count * sizeof *ids)));
    put_value(w, PB_VALUE_BLOB(pb_str_n((const char *)ids, count * sizeof *ids)));
}

static void put_or(const writing *w, mark before)
{
    if (w->out->len > before.len)
        pb_buf_addc(w->out, " OR ");
}

static bool is_somebody(const pb_uuid *id)
{
    static const pb_uuid nobody;
    return memcmp(id->b, nobody.b, sizeof id->b) != 0;
}

/* Which of a grant's scopes can hold a record for this actor. */
static unsigned scopes_left(const writing *w, unsigned scopes)
{
    const identity_actor *a = w->actor;
    const policy_path *owner = &w->policy->owners[w->entity->index];
    const policy_path *customer = &w->policy->customers[w->entity->index];
    if ((scopes & IDENTITY_SCOPE_ALL) != 0)
        return IDENTITY_SCOPE_ALL;
    unsigned left = 0;
    if (owner->own != NULL || owner->count > 0) {
        left |= is_somebody(&a->staff) ? IDENTITY_SCOPE_OWN : 0U;
        left |= a->team_count > 0 ? IDENTITY_SCOPE_TEAM : 0U;
        left |= a->below_count > 0 ? IDENTITY_SCOPE_BELOW : 0U;
    }
    if (customer->self || customer->own != NULL || customer->count > 0)
        left |= is_somebody(&a->portal) ? IDENTITY_SCOPE_PORTAL : 0U;
    return scopes & left;
}

static void put_scopes(writing *w, unsigned scopes)
{
    const identity_actor *a = w->actor;
    const policy_path *owner = &w->policy->owners[w->entity->index];
    mark before = here(w);
    if ((scopes & IDENTITY_SCOPE_OWN) != 0) {
        put_whose(w, owner);
        pb_buf_addc(w->out, " = ?");
        put_value(w, PB_VALUE_BLOB(pb_uuid_str(&a->staff)));
    }
    if ((scopes & IDENTITY_SCOPE_TEAM) != 0) {
        put_or(w, before);
        put_whose(w, owner);
        put_among(w, a->team, a->team_count);
    }
    if ((scopes & IDENTITY_SCOPE_BELOW) != 0) {
        put_or(w, before);
        put_whose(w, owner);
        put_among(w, a->below, a->below_count);
    }
    if ((scopes & IDENTITY_SCOPE_PORTAL) != 0) {
        put_or(w, before);
        put_whose(w, &w->policy->customers[w->entity->index]);
        pb_buf_addc(w->out, " = ?");
        put_value(w, PB_VALUE_BLOB(pb_uuid_str(&a->portal)));
    }
}

/* ---- grants, roles ---- */

static void put_when(writing *w, const model_expr *when)
{
    model_bound bound = {0};
    const model_days days = {sys_day_of(w->actor->at_us), sys_zone()};
    pb_status status = model_expr_bind(when, w->alias, days, w->arena, &bound, w->err);
    if (w->status == PB_OK)
        w->status = status;
    pb_buf_addc(w->out, "COALESCE((");
    pb_buf_add(w->out, bound.sql);
    pb_buf_addc(w->out, "), 1 = 0)");
    for (size_t i = 0; i < bound.count; i++)
        put_value(w, bound.values[i]);
}

static extent put_use(writing *w, const policy_use *use)
{
    unsigned scopes = scopes_left(w, use->scopes);
    if (scopes == 0)
        return NEVER;
    bool all = scopes == IDENTITY_SCOPE_ALL;
    if (w->own) {
        w->any = w->any || all;
        w->scopes |= scopes;
    }
    if (all && use->when == NULL)
        return ALWAYS;
    pb_buf_byte(w->out, '(');
    if (!all) {
        pb_buf_byte(w->out, '(');
        put_scopes(w, scopes);
        pb_buf_byte(w->out, ')');
    }
    if (use->when != NULL) {
        pb_buf_addc(w->out, all ? "" : " AND ");
        put_when(w, use->when);
    }
    pb_buf_byte(w->out, ')');
    return SOME;
}

static bool uses_field(const writing *w, const policy_use *use)
{
    return policy_has(use->operations, w->operation) &&
           (w->field == NULL ||
            use->rights[w->field->index] >= (uint8_t)policy_needed(w->operation));
}

/* What a role's own grants let through. */
static extent put_own(writing *w, const policy_role *role)
{
    const policy_part *part = policy_part_of(w->policy, role, w->entity);
    mark before = here(w);
    extent all = NEVER;
    for (size_t i = 0; i < part->count; i++) {
        if (!uses_field(w, &part->uses[i]))
            continue;
        mark at = here(w);
        put_or(w, before);
        extent one = put_use(w, &part->uses[i]);
        if (one == ALWAYS) {
            back(w, before);
            return ALWAYS;
        }
        if (one == NEVER)
            back(w, at);
        else
            all = SOME;
    }
    return all;
}

/* Whether what was written from `b` on is what stands between `a` and `a_end`. */
static bool is_again(const writing *w, mark a, mark a_end, mark b)
{
    size_t length = w->out->len - b.len, values = w->count - b.count;
    if (w->out->failed || w->status != PB_OK || a_end.len - a.len != length ||
        a_end.count - a.count != values ||
        memcmp(w->out->ptr + a.len, w->out->ptr + b.len, length) != 0)
        return false;
    for (size_t i = 0; i < values; i++)
        if (!pb_value_eq(w->values[a.count + i], w->values[b.count + i]))
            return false;
    return true;
}

/* A role above that lets through what the one below does adds nothing. */
static extent put_role(writing *w, const policy_role *role)
{
    const mark before = here(w);
    mark last = before, last_end = before;
    extent all = ALWAYS;
    for (const policy_role *at = role; at != NULL; at = at->parent) {
        const policy_part *part = policy_part_of(w->policy, at, w->entity);
        bool passed = at == role || policy_passed(part, w->operation, w->field) >=
                                        (uint8_t)policy_needed(w->operation);
        const mark start = here(w);
        pb_buf_addc(w->out, start.len > before.len ? " AND (" : "(");
        const mark inside = here(w);
        w->own = at == role;
        extent one = passed ? put_own(w, at) : NEVER;
        if (one == NEVER) {
            back(w, before);
            return NEVER;
        }
        if (one == ALWAYS || (start.len > before.len && is_again(w, last, last_end, inside))) {
            back(w, start);
            continue;
        }
        all = SOME;
        last = inside;
        last_end = here(w);
        pb_buf_byte(w->out, ')');
    }
    return all;
}

static bool asleep(const identity_actor *actor, const policy_role *role)
{
    return role == NULL || role->void_ || (role->second_factor && !actor->second_factor);
}

static extent put_roles(writing *w)
{
    const mark before = here(w);
    extent all = NEVER;
    for (size_t i = 0; i < w->actor->role_count; i++) {
        const policy_role *role = policy_find(w->policy, w->actor->roles[i]);
        if (asleep(w->actor, role))
            continue;
        const mark at = here(w);
        pb_buf_addc(w->out, at.len > before.len ? " OR (" : "(");
        extent one = put_role(w, role);
        if (one == ALWAYS)
            return ALWAYS;
        if (one == NEVER) {
            back(w, at);
            continue;
        }
        pb_buf_byte(w->out, ')');
        all = SOME;
    }
    return all;
}

/* ---- the whole ---- */

static bool is_alias(const char *alias)
{
    size_t length = strlen(alias);
    return length > 0 && length < NAME_MOST &&
           strspn(alias, "abcdefghijklmnopqrstuvwxyz_0123456789") == length;
}

static extent put_all(writing *w)
{
    if (!policy_within(w->actor, w->operation, w->entity))
        return NEVER;
    return w->actor->holder ? ALWAYS : put_roles(w);
}

/* ---- among which ---- */

enum { AMONG_MOST = 256 };

/* The column that says whose a record is, where all that is granted goes by the same one. */
static const model_field *column_of_scopes(const writing *w)
{
    const policy_path *owner = &w->policy->owners[w->entity->index];
    const policy_path *customer = &w->policy->customers[w->entity->index];
    bool portal = (w->scopes & IDENTITY_SCOPE_PORTAL) != 0;
    bool staff = (w->scopes & ~(unsigned)IDENTITY_SCOPE_PORTAL) != 0;
    if (w->any || portal == staff || (portal ? customer->self : owner->self))
        return NULL;
    return portal ? customer->own : owner->own;
}

static void add_ids(pb_value *values, size_t *count, const pb_uuid *ids, size_t more)
{
    for (size_t i = 0; i < more; i++)
        values[(*count)++] = PB_VALUE_BLOB(pb_uuid_str(&ids[i]));
}

/* The number of places is a power of two, so that few texts serve for any number of people. */
static pb_status put_among_which(const writing *w, identity_condition *condition)
{
    const identity_actor *a = w->actor;
    const model_field *column = column_of_scopes(w);
    bool team = (w->scopes & IDENTITY_SCOPE_TEAM) != 0;
    bool below = (w->scopes & IDENTITY_SCOPE_BELOW) != 0;
    size_t most = 1 + (team ? a->team_count : 0) + (below ? a->below_count : 0), count = 0;
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MOST);
    if (column == NULL || most > AMONG_MOST)
        return PB_OK;
    pb_value *values = pb_arena_array(w->arena, 2 * AMONG_MOST, sizeof *values);
    if (values == NULL)
        return pb_fail_memory(w->err);
    if ((w->scopes & IDENTITY_SCOPE_PORTAL) != 0)
        add_ids(values, &count, &a->portal, 1);
    if ((w->scopes & IDENTITY_SCOPE_OWN) != 0)
        add_ids(values, &count, &a->staff, 1);
    add_ids(values, &count, a->team, team ? a->team_count : 0);
    add_ids(values, &count, a->below, below ? a->below_count : 0);
    for (; (count & (count - 1)) != 0; count++)
        values[count] = values[0];
    pb_buf_printf(&sql, "%s.%.*s_id %s", w->alias, PB_STR_FMT(column->name),
                  count == 1 ? "= ?" : "IN (?");
    for (size_t i = 1; i < count; i++)
        pb_buf_addc(&sql, ", ?");
    pb_buf_addc(&sql, count == 1 ? "" : ")");
    const char *name = pb_arena_printf(w->arena, "%.*s_id", PB_STR_FMT(column->name));
    condition->among.sql = pb_arena_str(w->arena, pb_buf_str(&sql));
    if (sql.failed || name == NULL || condition->among.sql.ptr == NULL)
        return pb_fail_memory(w->err);
    condition->among.column = pb_str_c(name);
    condition->among.values = values;
    condition->among.count = count;
    return PB_OK;
}

pb_status identity_predicate(const identity_policy *policy, const identity_actor *actor,
                             identity_operation operation, const model_entity *entity,
                             const model_field *field, const char *alias, pb_arena *arena,
                             identity_condition *ret_condition, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MOST);
    writing w = {.policy = policy,
                 .actor = actor,
                 .operation = operation,
                 .entity = entity,
                 .field = field,
                 .alias = alias,
                 .arena = arena,
                 .out = &sql,
                 .err = err};
    if (!is_alias(alias))
        return pb_fail(err, PB_INTERNAL, PB_MSG("{name} cannot be the name of a table or column."),
                       "name", alias, NULL);
    pb_buf_byte(&sql, '(');
    extent all = put_all(&w);
    pb_buf_byte(&sql, ')');
    PB_TRY(w.status);
    if (sql.failed)
        return pb_fail_buffer(&sql, PB_MSG("The roles that are held are too many."), err);
    identity_condition condition = {.all = all == ALWAYS, .nothing = all == NEVER};
    if (all == SOME) {
        condition.sql = pb_arena_str(arena, pb_buf_str(&sql));
        condition.values = w.values;
        condition.count = w.count;
        PB_TRY(put_among_which(&w, &condition));
    } else {
        condition.sql = all == ALWAYS ? PB_STR("1 = 1") : PB_STR("1 = 0");
    }
    if (condition.sql.ptr == NULL)
        return pb_fail_memory(err);
    *ret_condition = condition;
    return PB_OK;
}

static bool is_same(const identity_condition *a, const identity_condition *b)
{
    bool same = pb_str_eq(a->sql, b->sql) && a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = pb_value_eq(a->values[i], b->values[i]);
    return same;
}

pb_status identity_field_use(const identity_policy *policy, const identity_actor *actor,
                             identity_operation operation, const model_entity *entity,
                             const model_field *field, identity_use *ret_use, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_condition records = {0}, fields = {0};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_predicate(policy, actor, operation, entity, NULL, "r", arena, &records, err));
    PB_TRY(identity_predicate(policy, actor, operation, entity, field, "r", arena, &fields, err));
    if (fields.nothing)
        *ret_use = IDENTITY_USE_NEVER;
    else if (is_same(&records, &fields))
        *ret_use = IDENTITY_USE_ALWAYS;
    else
        *ret_use = IDENTITY_USE_WHERE;
    return PB_OK;
}
