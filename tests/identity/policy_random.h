/* Records, roles and actors made by chance (the same every time), for tests of what holds whatever
 * they are. */
#ifndef TESTS_IDENTITY_POLICY_RANDOM_H
#define TESTS_IDENTITY_POLICY_RANDOM_H

#include "policy_world.h"

enum { STAFF = 9, RECORDS = 36, FIELDS = 8, ROLES = 6 };

typedef struct stored {
    identity_record record;
    pb_value values[FIELDS];
    pb_uuid links[2];
} stored;

typedef struct life {
    world w;
    dice d;
    stored records[3][RECORDS]; /* contacts, deals, lines */
    unsigned among;             /* conditions of which a column tells in part */
} life;

static const char *const texts[] = {"a", "b", "", "Ünï", "it's"};
static const char *const stages[] = {"Open", "Won", "Lost"};

/* ---- records ---- */

static inline pb_value random_value(life *l, const model_field *field, pb_uuid *room)
{
    if (roll(&l->d, 4) == 0)
        return PB_VALUE_NULL;
    switch (field->type) {
    case MODEL_LINK:
        *room = field->target == l->w.staff     ? world_id(1, roll(&l->d, STAFF))
                : field->target == l->w.contact ? world_id(2, roll(&l->d, RECORDS + 3))
                                                : world_id(3, roll(&l->d, RECORDS + 3));
        return PB_VALUE_BLOB(pb_uuid_str(room));
    case MODEL_CHOICE:
        return PB_VALUE_TEXT(pb_str_c(stages[roll(&l->d, 3)]));
    case MODEL_INTEGER:
        return PB_VALUE_INT((int64_t)roll(&l->d, 7) - 3);
    case MODEL_DATE:
        return PB_VALUE_INT(WORLD_NOW / 86400000000 - 3 + (int64_t)roll(&l->d, 7));
    default:
        return PB_VALUE_TEXT(pb_str_c(texts[roll(&l->d, 5)]));
    }
}

static inline void make_record(life *l, const model_entity *entity, unsigned kind, unsigned number,
                               stored *made)
{
    size_t links = 0;
    *made = (stored){.record = {.entity = entity, .id = world_id(kind, number)}};
    assert_true(entity->field_count <= FIELDS);
    for (size_t i = 0; i < entity->field_count; i++) {
        pb_uuid unused, *room = &unused;
        if (entity->fields[i].type == MODEL_LINK) {
            assert_true(links < 2);
            room = &made->links[links++];
        }
        made->values[i] = random_value(l, &entity->fields[i], room);
    }
}

static inline pb_status insert(db_session *session, const stored *made, unsigned n, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    const model_entity *entity = made->record.entity;
    db_stmt *stmt;
    pb_buf_printf(&sql,
                  "INSERT INTO t_%.*s (n, id, version, event, created_us, changed_us, deleted",
                  PB_STR_FMT(entity->name));
    for (size_t i = 0; i < entity->field_count; i++)
        pb_buf_printf(&sql, ", %.*s%s", PB_STR_FMT(entity->fields[i].name),
                      entity->fields[i].type == MODEL_LINK ? "_id" : "");
    pb_buf_addc(&sql, ") VALUES (?1, ?2, 1, 0, 0, 0, 0");
    for (size_t i = 0; i < entity->field_count; i++)
        pb_buf_printf(&sql, ", ?%zu", i + 3);
    pb_buf_addc(&sql, ")");
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)n + 1);
    db_bind_blob(stmt, 2, pb_uuid_str(&made->record.id));
    for (size_t i = 0; i < entity->field_count; i++)
        db_bind_value(stmt, (int)i + 3, made->values[i]);
    return db_run(stmt, err);
}

static inline pb_status insert_all(db_session *session, void *context, pb_error *err)
{
    life *l = context;
    for (unsigned kind = 0; kind < 3; kind++)
        for (unsigned i = 0; i < RECORDS; i++)
            PB_TRY(insert(session, &l->records[kind][i], i, err));
    return PB_OK;
}

static inline const model_entity *entity_of(const life *l, unsigned kind)
{
    return kind == 0 ? l->w.contact : kind == 1 ? l->w.deal : l->w.line;
}

static inline void make_records(life *l)
{
    pb_error err;
    db_session *session = NULL;
    for (unsigned kind = 0; kind < 3; kind++)
        for (unsigned i = 0; i < RECORDS; i++)
            make_record(l, entity_of(l, kind), kind + 2, i, &l->records[kind][i]);
    world_must(db_write(l->w.workspace, insert_all, l, &err), &err);
    world_must(db_snapshot_open(l->w.workspace, &session, &err), &err);
    for (unsigned kind = 0; kind < 3; kind++)
        for (unsigned i = 0; i < RECORDS; i++) {
            stored *s = &l->records[kind][i];
            world_must(identity_record_of(session, s->record.entity, s->record.id, s->values,
                                          &s->record, &err),
                       &err);
        }
    db_snapshot_close(session);
}

/* ---- policies ---- */

static const char *const conditions[3][4] = {
    {"points > 0", "city = 'a' or points is null", "born <= today", "not (city = 'b')"},
    {"stage in (Won, Lost)", "due >= today", "stage <> 'Open' and due is not null",
     "contact is null"},
    {"count >= 0", "name = 'it''s'", "deal is not null", "count < 2 and name is not null"}};

static inline uint32_t random_operations(life *l)
{
    uint32_t bits = 0;
    for (int i = 0; i < IDENTITY_OP_AUDIT; i++)
        bits |= roll(&l->d, 2) == 0 ? UINT32_C(1) << i : 0;
    return bits == 0 ? 2 : bits;
}

static inline pb_str name_of(life *l, const char *word, size_t number)
{
    return pb_str_c(pb_arena_printf(l->w.arena, "%s%zu", word, number));
}

static inline model_strs some_entities(life *l, unsigned *ret_kind)
{
    pb_str *items = pb_arena_array(l->w.arena, 2, sizeof *items);
    *ret_kind = roll(&l->d, 3);
    items[0] = entity_of(l, *ret_kind)->name;
    if (roll(&l->d, 3) > 0)
        return (model_strs){items, 1};
    items[1] = entity_of(l, (*ret_kind + 1) % 3)->name;
    return (model_strs){items, 2};
}

static inline identity_grant random_grant(life *l, size_t number)
{
    static const char *const classes[] = {"identity", "contact", "government_id"};
    static const char *const fields[] = {"name", "contact.name", "deal.stage", "city", "points"};
    unsigned kind = 0;
    identity_grant grant = {.name = name_of(l, "grant", number),
                            .operations = random_operations(l),
                            .scopes = roll(&l->d, 3) == 0 ? 16 : 1 + roll(&l->d, 15),
                            .rights.other = (identity_right)roll(&l->d, 4)};
    grant.every = roll(&l->d, 5) == 0;
    if (!grant.every)
        grant.entities = some_entities(l, &kind);
    if (!grant.every && grant.entities.count == 1 && roll(&l->d, 3) == 0)
        grant.when = pb_str_c(conditions[kind][roll(&l->d, 4)]);
    identity_rights *rights = &grant.rights;
    rights->has_personal = roll(&l->d, 3) == 0;
    rights->personal = (identity_right)roll(&l->d, 4);
    rights->portal = roll(&l->d, 4) == 0;
    rights->classes = pb_arena_array(l->w.arena, 3, sizeof *rights->classes);
    rights->fields = pb_arena_array(l->w.arena, 5, sizeof *rights->fields);
    for (size_t i = 0; i < 3; i++)
        if (roll(&l->d, 4) == 0)
            rights->classes[rights->class_count++] =
                (identity_mark){pb_str_c(classes[i]), (identity_right)roll(&l->d, 4)};
    for (size_t i = 0; i < 5; i++)
        if (roll(&l->d, 6) == 0)
            rights->fields[rights->field_count++] =
                (identity_mark){pb_str_c(fields[i]), (identity_right)roll(&l->d, 4)};
    return grant;
}

static inline identity_keep random_keep(life *l)
{
    static pb_str classes[] = {{"identity", 8}, {"contact", 7}, {"government_id", 13}};
    static pb_str fields[] = {{"name", 4}, {"deal.stage", 10}, {"contact.city", 12}};
    unsigned kind;
    uint32_t some = random_operations(l);
    identity_keep keep = {.operations = random_operations(l) & some};
    keep.operations = keep.operations == 0 ? 4 : keep.operations;
    keep.every = roll(&l->d, 3) == 0;
    if (!keep.every)
        keep.entities = some_entities(l, &kind);
    if (roll(&l->d, 3) > 0) {
        keep.classes = (model_strs){&classes[roll(&l->d, 3)], roll(&l->d, 2)};
        keep.fields = (model_strs){&fields[roll(&l->d, 3)], 1};
        keep.passes = (identity_right)roll(&l->d, 3);
    }
    return keep;
}

/* `parent` may be any role, none, one that is not there, or below itself. */
static inline identity_role random_role(life *l, size_t number)
{
    static const char *const duties[] = {"sales", "service", "manager", ""};
    identity_role role = {.name = name_of(l, "role", number),
                          .label = name_of(l, "Role ", number),
                          .duty = pb_str_c(duties[roll(&l->d, 4)]),
                          .second_factor = roll(&l->d, 6) == 0};
    if (roll(&l->d, 2) == 0)
        role.parent = name_of(l, "role", (number + 1 + roll(&l->d, ROLES)) % (ROLES + 1));
    role.grants = pb_arena_array(l->w.arena, 5, sizeof *role.grants);
    role.keeps = pb_arena_array(l->w.arena, 3, sizeof *role.keeps);
    role.grant_count = roll(&l->d, 5);
    role.keep_count = roll(&l->d, 3);
    for (size_t i = 0; i < role.grant_count; i++)
        role.grants[i] = random_grant(l, i);
    for (size_t i = 0; i < role.keep_count; i++)
        role.keeps[i] = random_keep(l);
    return role;
}

static inline identity_policy *random_policy(life *l)
{
    identity_role_row rows[ROLES];
    identity_policy *policy = NULL;
    pb_error err;
    for (size_t i = 0; i < ROLES; i++)
        rows[i] = (identity_role_row){.number = (int64_t)(10 + i), .role = random_role(l, i)};
    world_must(identity_policy_compile(l->w.schema, rows, ROLES, &policy, &err), &err);
    return policy;
}

/* ---- actors ---- */

typedef struct somebody {
    identity_actor actor;
    pb_uuid team[STAFF], below[STAFF];
    int64_t roles[ROLES];
    pb_str entity;
} somebody;

static inline size_t some_staff(life *l, pb_uuid *list)
{
    size_t count = 0;
    for (unsigned i = 0; i < STAFF; i++)
        if (roll(&l->d, 4) == 0)
            list[count++] = world_id(1, i);
    return count;
}

static inline void make_somebody(life *l, somebody *s)
{
    *s = (somebody){0};
    identity_actor *a = &s->actor;
    if (roll(&l->d, 5) > 0)
        a->staff = world_id(1, roll(&l->d, STAFF));
    if (roll(&l->d, 4) == 0)
        a->portal = world_id(2, roll(&l->d, RECORDS));
    a->team = s->team;
    a->team_count = some_staff(l, s->team);
    a->below = s->below;
    a->below_count = some_staff(l, s->below);
    a->roles = s->roles;
    for (int64_t i = 0; i < ROLES + 1; i++)
        if (a->role_count < ROLES && roll(&l->d, 3) == 0)
            s->roles[a->role_count++] = 10 + i;
    a->at_us = WORLD_NOW;
    a->read_only = roll(&l->d, 8) == 0;
    a->second_factor = roll(&l->d, 2) == 0;
    a->holder = roll(&l->d, 20) == 0;
    if (roll(&l->d, 6) == 0) {
        s->entity = entity_of(l, roll(&l->d, 3))->name;
        a->scope = (identity_scope){.limited = true, .entities = &s->entity, .entity_count = 1};
    }
}

#endif
