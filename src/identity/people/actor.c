/* Who acts: everything that follows from what was said of people, as of a moment, by one statement.
 */
#include "internal.h"

#include "base/time.h"

#include <stdlib.h>
#include <string.h>

#define HOLDS(row) row ".from_us <= ?1 AND (" row ".until_us IS NULL OR " row ".until_us > ?1)"
/* The record that somebody of `list` is said to be at a moment or, of those who are no users any
 * more, was said to be last: what a leaver leaves is still seen by those above. A query of its own
 * for each, by the index: joined, an engine may walk through all users instead. */
#define STAFF_OF(list)                                                                             \
    "(SELECT x.staff FROM t_access_user AS x WHERE x.id = " list ".who AND x.from_us <= ?1 AND"    \
    " (x.until_us IS NULL OR x.until_us > x.from_us) ORDER BY x.n DESC LIMIT 1)"

#define TREE                                                                                       \
    "tree (who) AS (SELECT t.below FROM t_access_superior AS t WHERE t.above = ?2 AND " HOLDS(     \
        "t") " UNION SELECT s.below FROM tree JOIN t_access_superior AS s ON s.above = tree.who"   \
             " WHERE " HOLDS("s") ")"
#define MATES                                                                                      \
    "mates (who) AS (SELECT DISTINCT m.member FROM t_access_member AS own JOIN t_access_member"    \
    " AS m ON m.team = own.team WHERE own.member = ?2 AND " HOLDS("own") " AND " HOLDS("m") ")"
#define USER_PART                                                                                  \
    "SELECT 0 AS part, u.n AS number, u.kind AS word, u.name AS text, u.staff AS staff, u.portal"  \
    " AS portal FROM t_access_user AS u WHERE u.id = ?2 AND " HOLDS("u")
#define ROLE_PART                                                                                  \
    "SELECT 1, r.role, NULL, NULL, NULL, NULL FROM t_access_role AS r WHERE r.holder = ?2"         \
    " AND " HOLDS("r")
#define MATE_PART "SELECT 2, 0, NULL, NULL, " STAFF_OF("mates") ", NULL FROM mates"
#define BELOW_PART "SELECT 3, 0, NULL, NULL, " STAFF_OF("tree") ", NULL FROM tree"
#define SCOPE_PART                                                                                 \
    "SELECT 4, 0, p.kind, p.name, NULL, NULL FROM t_access_scope AS p WHERE p.holder = ?2"         \
    " AND " HOLDS("p")
#define AND_ALL " UNION ALL "

/* ?1: the moment, ?2: the user. */
static const char actor_sql[] =
    "WITH RECURSIVE " TREE ", " MATES
    " " USER_PART AND_ALL ROLE_PART AND_ALL MATE_PART AND_ALL BELOW_PART AND_ALL SCOPE_PART;

enum { PART_USER, PART_ROLE, PART_MATE, PART_BELOW, PART_SCOPE };

typedef struct id_list {
    pb_uuid *items;
    size_t count, capacity;
} id_list;
typedef struct text_list {
    pb_str *items;
    size_t count, capacity;
} text_list;

typedef struct reading {
    pb_arena *arena;
    bool found;
    identity_kind kind;
    identity_actor actor;
    id_list team, below;
    text_list entities, areas;
    int64_t *roles;
    size_t role_count, role_capacity;
} reading;

static bool add_id(reading *r, id_list *list, pb_uuid id)
{
    return people_no_one(id) || PB_PUSH(r->arena, list->items, list->count, list->capacity, id);
}

static bool add_name(reading *r, db_stmt *stmt)
{
    text_list *list = pb_str_is(db_column_text(stmt, 2), "entity") ? &r->entities : &r->areas;
    pb_str name;
    return db_take_text(stmt, 3, r->arena, &name) &&
           PB_PUSH(r->arena, list->items, list->count, list->capacity, name);
}

static pb_status take_user(reading *r, db_stmt *stmt, pb_error *err)
{
    if (!identity_kind_parse(db_column_text(stmt, 2), &r->kind))
        return db_fail_altered("t_access_user", err);
    r->found = true;
    r->actor.staff = people_take_id(stmt, 4);
    r->actor.portal = people_take_id(stmt, 5);
    return db_take_text(stmt, 3, r->arena, &r->actor.name) && add_id(r, &r->team, r->actor.staff)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status take_row(reading *r, db_stmt *stmt, pb_error *err)
{
    bool good = true;
    switch (db_column_i64(stmt, 0)) {
    case PART_USER:
        return take_user(r, stmt, err);
    case PART_ROLE:
        good = PB_PUSH(r->arena, r->roles, r->role_count, r->role_capacity, db_column_i64(stmt, 1));
        break;
    case PART_MATE:
        good = add_id(r, &r->team, people_take_id(stmt, 4));
        break;
    case PART_BELOW:
        good = add_id(r, &r->below, people_take_id(stmt, 4));
        break;
    default:
        good = add_name(r, stmt);
        break;
    }
    return good ? PB_OK : pb_fail_memory(err);
}

/* ---- in order, without doubles ---- */

static int compare_ids(const void *one, const void *other)
{
    return memcmp(one, other, sizeof(pb_uuid));
}

static int compare_numbers(const void *one, const void *other)
{
    int64_t a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return (a > b) - (a < b);
}

static int compare_texts(const void *one, const void *other)
{
    return pb_str_cmp(*(const pb_str *)one, *(const pb_str *)other);
}

static size_t put_in_order(void *items, size_t count, size_t size,
                           int (*compare)(const void *, const void *))
{
    char *bytes = items;
    size_t kept = 0;
    if (count == 0)
        return 0;
    qsort(items, count, size, compare);
    for (size_t i = 1; i < count; i++) {
        if (compare(bytes + kept * size, bytes + i * size) == 0)
            continue;
        kept++;
        if (kept < i)
            memcpy(bytes + kept * size, bytes + i * size, size);
    }
    return kept + 1;
}

/* Who is below may lead to the user's own record: one person may be two users. */
static size_t without(pb_uuid *ids, size_t count, pb_uuid own)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!people_same(ids[i], own))
            ids[kept++] = ids[i];
    return kept;
}

static void finish(reading *r)
{
    identity_actor *actor = &r->actor;
    actor->team = r->team.items;
    actor->team_count = put_in_order(r->team.items, r->team.count, sizeof(pb_uuid), compare_ids);
    actor->below = r->below.items;
    actor->below_count = without(
        r->below.items, put_in_order(r->below.items, r->below.count, sizeof(pb_uuid), compare_ids),
        actor->staff);
    actor->roles = r->roles;
    actor->role_count = put_in_order(r->roles, r->role_count, sizeof(int64_t), compare_numbers);
    actor->read_only = r->kind == IDENTITY_AUDITOR;
    actor->scope = (identity_scope){.limited = r->kind == IDENTITY_AUDITOR};
    if (!actor->scope.limited)
        return;
    actor->scope.entities = r->entities.items;
    actor->scope.entity_count =
        put_in_order(r->entities.items, r->entities.count, sizeof(pb_str), compare_texts);
    actor->scope.areas = r->areas.items;
    actor->scope.area_count =
        put_in_order(r->areas.items, r->areas.count, sizeof(pb_str), compare_texts);
}

static pb_status fail_denied(pb_uuid user, int64_t at_us, pb_error *err)
{
    PB_AUTO_BUF when = PB_BUF_INIT(64);
    char text[37];
    pb_uuid_text(user, text);
    pb_instant_format(&when, at_us);
    pb_fail(err, PB_DENIED, PB_MSG("{id} is no user at {time}."), "id", text, "time",
            pb_buf_cstr(&when), NULL);
    return PB_DENIED;
}

pb_status identity_actor_read(db_session *session, pb_uuid user, int64_t at_us, pb_arena *arena,
                              identity_actor *ret_actor, pb_error *err)
{
    reading r = {.arena = arena, .actor = {.user = user, .at_us = at_us}};
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, actor_sql, &stmt, err));
    db_bind_i64(stmt, 1, at_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&user));
    PB_TRY(db_step(stmt, &row, err));
    while (row) {
        pb_status status = take_row(&r, stmt, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
        PB_TRY(db_step(stmt, &row, err));
    }
    if (!r.found)
        return fail_denied(user, at_us, err);
    finish(&r);
    *ret_actor = r.actor;
    return PB_OK;
}

identity_actor identity_holder(pb_str name, int64_t at_us)
{
    return (identity_actor){.holder = true, .name = name, .at_us = at_us};
}
