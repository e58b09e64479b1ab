/* two_employers: one person, known by name and e-mail address, under two accounts. */
#include "../measure.h"

#include "base/bytes.h"

/* Records of one name and address. */
typedef struct person {
    pb_uuid account; /* of the first of them */
    bool two;        /* another one stands under another account */
} person;

typedef struct employers {
    const model_field *email, *name, *account;
    pb_arena *arena;
    pb_map *known; /* address and name → place in persons */
    person *persons;
    size_t person_count, person_capacity;
    int64_t *n; /* of the records that have all three */
    uint32_t *who;
    size_t count, rows;
} employers;

static const model_field *name_field(const model_entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].type == MODEL_PERSON_NAME)
            return &entity->fields[i];
    return NULL;
}

/* The address without regard to capitals, then the name as it is written. */
static void put_key(db_stmt *stmt, pb_buf *key)
{
    pb_str email = db_column_text(stmt, 1);
    pb_buf_clear(key);
    for (size_t i = 0; i < email.len; i++) {
        char c = email.ptr[i];
        pb_buf_byte(key, (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
    }
    pb_buf_byte(key, '\0');
    pb_buf_add(key, db_column_text(stmt, 2));
}

static pb_status take_row(employers *all, db_stmt *stmt, pb_buf *key, pb_error *err)
{
    pb_str id = db_column_blob(stmt, 3);
    bool is_new = false;
    person one = {0};
    if (db_column_is_null(stmt, 2) || id.len != sizeof one.account.b)
        return PB_OK;
    if (all->count >= all->rows)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The snapshot changed while it was read."), NULL);
    memcpy(one.account.b, id.ptr, id.len);
    put_key(stmt, key);
    uint64_t *place = key->failed ? NULL : pb_map_put(all->known, pb_buf_str(key), &is_new);
    if (!place)
        return pb_fail_memory(err);
    if (is_new) {
        *place = all->person_count;
        if (!PB_PUSH(all->arena, all->persons, all->person_count, all->person_capacity, one))
            return pb_fail_memory(err);
    }
    if (!all->persons)
        return pb_fail_memory(err);
    person *known = &all->persons[*place];
    known->two = known->two || memcmp(&known->account, &one.account, sizeof one.account) != 0;
    all->n[all->count] = db_column_i64(stmt, 0);
    all->who[all->count++] = (uint32_t)*place;
    return PB_OK;
}

static pb_status read_all(audit_check *check, employers *all, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    PB_AUTO_BUF key = PB_BUF_INIT(1 << 20);
    pb_buf_printf(&sql,
                  "select n, %.*s, %.*s, %.*s_id from %.*s where %.*s is not null and %.*s_id is "
                  "not null order by n",
                  PB_STR_FMT(all->email->name), PB_STR_FMT(all->name->name),
                  PB_STR_FMT(all->account->name), PB_STR_FMT(check->control->entity->name),
                  PB_STR_FMT(all->email->name), PB_STR_FMT(all->account->name));
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        check->finding->population++;
        PB_TRY(take_row(all, stmt, &key, err));
    }
}

static pb_status tell_row(audit_check *check, const employers *all, db_stmt *stmt, size_t i,
                          pb_error *err)
{
    audit_failure failure = {.n = all->n[i], .problem = check->control->problem};
    bool row;
    db_bind_named(stmt, "n", PB_VALUE_INT(all->n[i]));
    PB_TRY(db_step(stmt, &row, err));
    failure.field = all->email->name;
    if (row) {
        failure.value = db_column_text(stmt, 0);
        failure.other = db_column_text(stmt, 1);
    }
    PB_TRY(check_fail(check, &failure, err));
    db_reset(stmt);
    return PB_OK;
}

static pb_status tell(audit_check *check, const employers *all, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select %.*s, %.*s_ref from %.*s where n = :n",
                  PB_STR_FMT(all->email->name), PB_STR_FMT(all->account->name),
                  PB_STR_FMT(check->control->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    for (size_t i = 0; i < all->count; i++)
        if (all->persons[all->who[i]].two)
            PB_TRY(tell_row(check, all, stmt, i, err));
    return PB_OK;
}

pb_status measure_two_employers(audit_check *check, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    PB_AUTO_ARENA arena = pb_arena_new((size_t)4 << 30);
    employers all = {.arena = arena, .rows = (size_t)check->state->rows};
    all.email = check->control->value_field;
    all.name = name_field(entity);
    all.account = model_field_role(entity, "account");
    check->finding->population = 0;
    if (!all.email || !all.name || !all.account || all.account->type != MODEL_LINK)
        return PB_OK;
    all.known = arena ? pb_map_new(arena) : NULL;
    all.n = arena ? pb_arena_array(arena, all.rows + 1, sizeof *all.n) : NULL;
    all.who = arena ? pb_arena_array(arena, all.rows + 1, sizeof *all.who) : NULL;
    if (!all.known || !all.n || !all.who)
        return pb_fail_memory(err);
    PB_TRY(read_all(check, &all, err));
    return tell(check, &all, err);
}
