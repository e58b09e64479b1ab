/* The same decision as a condition of SQL.
 *
 *   role OR role …          role = own AND above AND …          own = grant OR grant …
 *   grant = (whose OR whose …) AND condition
 *
 * What is certain is not written: a grant on all records makes its role's part true.
 */
#include "internal.h"

#include <string.h>

#include "base/time.h"

enum { SQL_MOST = 4 << 20, NAME_MOST = 64, PARAMETERS = 7 };

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
    bool me, team, below, portal, today; /* parameters that are used */
} writing;

/* ---- whose ---- */

/* The column that says whose a record is; several records it may belong to: the first that says
 * it. False when there is none. */
static bool put_whose(const writing *w, const policy_path *path, pb_buf *out)
{
    if (path->self) {
        pb_buf_printf(out, "%s.id", w->alias);
        return true;
    }
    if (path->own != NULL) {
        pb_buf_printf(out, "%s.%.*s_id", w->alias, PB_STR_FMT(path->own->name));
        return true;
    }
    if (path->count > 1)
        pb_buf_addc(out, "COALESCE(");
    for (size_t i = 0; i < path->count; i++)
        pb_buf_printf(out, "%s(SELECT it.%.*s_id FROM t_%.*s AS it WHERE it.id = %s.%.*s_id)",
                      i == 0 ? "" : ", ", PB_STR_FMT(path->there[i]->name),
                      PB_STR_FMT(path->via[i]->target->name), w->alias,
                      PB_STR_FMT(path->via[i]->name));
    if (path->count > 1)
        pb_buf_byte(out, ')');
    return path->count > 0;
}

/* One of a list of any length, which is bound as one value: its ids one behind the other. The
 * select that gives nothing tells a server that the value is one of bytes. */
static void put_among(const writing *w, const char *list, pb_buf *out)
{
    pb_buf_printf(out,
                  " IN (WITH RECURSIVE place(i) AS (SELECT 1 UNION ALL SELECT i + 16 FROM place"
                  " WHERE i + 16 < :%s_%s_end) SELECT substr(COALESCE(:%s_%s, (SELECT id FROM"
                  " t_%.*s WHERE 1 = 0)), i, 16) FROM place)",
                  w->alias, list, w->alias, list, PB_STR_FMT(w->entity->name));
}

static void put_or(pb_buf *out, size_t before)
{
    if (out->len > before)
        pb_buf_addc(out, " OR ");
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

static void put_scopes(writing *w, unsigned scopes, pb_buf *out)
{
    const policy_path *owner = &w->policy->owners[w->entity->index];
    size_t before = out->len;
    if ((scopes & IDENTITY_SCOPE_OWN) != 0) {
        put_whose(w, owner, out);
        pb_buf_printf(out, " = :%s_me", w->alias);
        w->me = true;
    }
    if ((scopes & IDENTITY_SCOPE_TEAM) != 0) {
        put_or(out, before);
        put_whose(w, owner, out);
        put_among(w, "team", out);
        w->team = true;
    }
    if ((scopes & IDENTITY_SCOPE_BELOW) != 0) {
        put_or(out, before);
        put_whose(w, owner, out);
        put_among(w, "below", out);
        w->below = true;
    }
    if ((scopes & IDENTITY_SCOPE_PORTAL) != 0) {
        put_or(out, before);
        put_whose(w, &w->policy->customers[w->entity->index], out);
        pb_buf_printf(out, " = :%s_portal", w->alias);
        w->portal = true;
    }
}

/* ---- grants, roles ---- */

static extent put_use(writing *w, const policy_use *use, pb_buf *out)
{
    unsigned scopes = scopes_left(w, use->scopes);
    if (scopes == 0)
        return NEVER;
    bool all = scopes == IDENTITY_SCOPE_ALL;
    if (all && use->when == NULL)
        return ALWAYS;
    pb_buf_byte(out, '(');
    if (!all) {
        bool several = (scopes & (scopes - 1)) != 0 && use->when != NULL;
        pb_buf_addc(out, several ? "(" : "");
        put_scopes(w, scopes, out);
        pb_buf_addc(out, several ? ")" : "");
    }
    if (use->when != NULL) {
        pb_buf_addc(out, all ? "" : " AND ");
        model_expr_sql(use->when, w->alias, out);
        w->today = true;
    }
    pb_buf_byte(out, ')');
    return SOME;
}

static bool uses_field(const writing *w, const policy_use *use)
{
    return policy_has(use->operations, w->operation) &&
           (w->field == NULL ||
            use->rights[w->field->index] >= (uint8_t)policy_needed(w->operation));
}

/* What a role's own grants let through. */
static extent put_own(writing *w, const policy_role *role, pb_buf *out)
{
    const policy_part *part = policy_part_of(w->policy, role, w->entity);
    size_t before = out->len;
    extent all = NEVER;
    for (size_t i = 0; i < part->count; i++) {
        if (!uses_field(w, &part->uses[i]))
            continue;
        size_t mark = out->len;
        put_or(out, before);
        extent one = put_use(w, &part->uses[i], out);
        if (one == ALWAYS) {
            out->len = before;
            return ALWAYS;
        }
        if (one == NEVER)
            out->len = mark;
        else
            all = SOME;
    }
    return all;
}

static extent put_role(writing *w, const policy_role *role, pb_buf *out)
{
    size_t before = out->len, last = before;
    extent all = ALWAYS;
    for (const policy_role *at = role; at != NULL; at = at->parent) {
        const policy_part *part = policy_part_of(w->policy, at, w->entity);
        bool passed = at == role || policy_passed(part, w->operation, w->field) >=
                                        (uint8_t)policy_needed(w->operation);
        size_t mark = out->len;
        pb_buf_addc(out, mark > before ? " AND (" : "(");
        size_t inside = out->len;
        extent one = passed ? put_own(w, at, out) : NEVER;
        if (one == NEVER || out->failed) {
            out->len = before;
            return NEVER;
        }
        pb_str text = pb_str_n(out->ptr + inside, out->len - inside);
        bool again = mark > before &&
                     pb_str_eq(text, pb_str_n(out->ptr + last, mark > last ? mark - 1 - last : 0));
        if (one == ALWAYS || again) {
            out->len = mark;
            continue;
        }
        all = SOME;
        last = inside;
        pb_buf_byte(out, ')');
    }
    return all;
}

static bool asleep(const identity_actor *actor, const policy_role *role)
{
    return role == NULL || role->void_ || (role->second_factor && !actor->second_factor);
}

static extent put_roles(writing *w, pb_buf *out)
{
    extent all = NEVER;
    for (size_t i = 0; i < w->actor->role_count; i++) {
        const policy_role *role = policy_find(w->policy, w->actor->roles[i]);
        if (asleep(w->actor, role))
            continue;
        size_t mark = out->len;
        pb_buf_addc(out, mark > 1 ? " OR (" : "(");
        extent one = put_role(w, role, out);
        if (one == ALWAYS)
            return ALWAYS;
        if (one == NEVER) {
            out->len = mark;
            continue;
        }
        pb_buf_byte(out, ')');
        all = SOME;
    }
    return all;
}

/* ---- parameters ---- */

static pb_status add(const writing *w, const char *name, pb_value value,
                     identity_condition *condition, pb_error *err)
{
    char *full = strcmp(name, "today") == 0 ? pb_arena_printf(w->arena, "today")
                                            : pb_arena_printf(w->arena, "%s_%s", w->alias, name);
    if (full == NULL)
        return pb_fail_memory(err);
    condition->parameters[condition->count].name = full;
    condition->parameters[condition->count++].value = value;
    return PB_OK;
}

static pb_status add_list(const writing *w, const char *name, const pb_uuid *ids, size_t count,
                          identity_condition *condition, pb_error *err)
{
    pb_str bytes = pb_str_n((const char *)ids, count * sizeof *ids);
    char *end = pb_arena_printf(w->arena, "%s_end", name);
    if (end == NULL)
        return pb_fail_memory(err);
    PB_TRY(add(w, name, PB_VALUE_BLOB(bytes), condition, err));
    return add(w, end, PB_VALUE_INT((int64_t)bytes.len), condition, err);
}

static pb_status add_parameters(const writing *w, identity_condition *condition, pb_error *err)
{
    const identity_actor *a = w->actor;
    condition->parameters = pb_arena_array(w->arena, PARAMETERS, sizeof *condition->parameters);
    if (condition->parameters == NULL)
        return pb_fail_memory(err);
    if (w->me)
        PB_TRY(add(w, "me", PB_VALUE_BLOB(pb_uuid_str(&a->staff)), condition, err));
    if (w->team)
        PB_TRY(add_list(w, "team", a->team, a->team_count, condition, err));
    if (w->below)
        PB_TRY(add_list(w, "below", a->below, a->below_count, condition, err));
    if (w->portal)
        PB_TRY(add(w, "portal", PB_VALUE_BLOB(pb_uuid_str(&a->portal)), condition, err));
    int64_t day = a->at_us / PB_US_PER_DAY - (a->at_us % PB_US_PER_DAY < 0 ? 1 : 0);
    return w->today ? add(w, "today", PB_VALUE_INT(day), condition, err) : PB_OK;
}

/* ---- the whole ---- */

static bool is_alias(const char *alias)
{
    size_t length = strlen(alias);
    return length > 0 && length < NAME_MOST &&
           strspn(alias, "abcdefghijklmnopqrstuvwxyz_0123456789") == length;
}

static extent put_all(writing *w, pb_buf *out)
{
    if (!policy_within(w->actor, w->operation, w->entity))
        return NEVER;
    return w->actor->holder ? ALWAYS : put_roles(w, out);
}

pb_status identity_predicate(const identity_policy *policy, const identity_actor *actor,
                             identity_operation operation, const model_entity *entity,
                             const model_field *field, const char *alias, pb_arena *arena,
                             identity_condition *ret_condition, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MOST);
    writing w = {policy, actor, operation, entity, field, alias, arena};
    identity_condition condition = {0};
    if (!is_alias(alias))
        return pb_fail(err, PB_INTERNAL, PB_MSG("{name} cannot be the name of a table or column."),
                       "name", alias, NULL);
    pb_buf_byte(&sql, '(');
    extent all = put_all(&w, &sql);
    condition.all = all == ALWAYS;
    condition.nothing = all == NEVER;
    pb_buf_byte(&sql, ')');
    if (sql.failed)
        return pb_fail_buffer(&sql, PB_MSG("The roles that are held are too many."), err);
    condition.sql = condition.all       ? PB_STR("1 = 1")
                    : condition.nothing ? PB_STR("1 = 0")
                                        : pb_arena_str(arena, pb_buf_str(&sql));
    if (condition.sql.ptr == NULL)
        return pb_fail_memory(err);
    if (all == SOME)
        PB_TRY(add_parameters(&w, &condition, err));
    *ret_condition = condition;
    return PB_OK;
}

void identity_condition_bind(const identity_condition *condition, db_stmt *stmt)
{
    for (size_t i = 0; i < condition->count; i++)
        db_bind_named(stmt, condition->parameters[i].name, condition->parameters[i].value);
}

pb_status identity_field_use(const identity_policy *policy, const identity_actor *actor,
                             identity_operation operation, const model_entity *entity,
                             const model_field *field, identity_use *ret_use, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_condition records, fields;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_predicate(policy, actor, operation, entity, NULL, "r", arena, &records, err));
    PB_TRY(identity_predicate(policy, actor, operation, entity, field, "r", arena, &fields, err));
    if (fields.nothing)
        *ret_use = IDENTITY_USE_NEVER;
    else if (fields.all || pb_str_eq(records.sql, fields.sql))
        *ret_use = IDENTITY_USE_ALWAYS;
    else
        *ret_use = IDENTITY_USE_WHERE;
    return PB_OK;
}
