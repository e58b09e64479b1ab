/* What people decided of pairs (the view review_pair), as positions among the records of an entity:
 * by the ids decided about, else by who the records are, for those that came anew since. */
#include "audit/duplicates.h"

#include <string.h>

#include "base/map.h"
#include "likeness/said.h"
#include "run.h"

enum { TEXT_MAX = 8 << 20, SAME_MOST = 16, KEY = 9, ID = 17 };

/* A record that some decision is about; `next`: another one of the same name, 1 + position. */
typedef struct known {
    uint32_t row;
    size_t next;
} known;

typedef struct decision {
    char left_id[ID], right_id[ID], left_key[KEY], right_key[KEY]; /* as names in the map */
    bool same;
} decision;

typedef struct saying {
    const model_entity *entity;
    likeness_fields fields;
    pb_arena *arena;
    decision *decisions;
    size_t count, capacity;
    pb_map *names; /* of ids and keys -> 1 + position in `rows`; 0: no record yet */
    known *rows;
    size_t row_count, row_capacity;
    pb_map *settled; /* pairs of rows that have their decision */
    likeness_said *said;
    size_t said_count, said_capacity;
} saying;

static void name_key(int64_t key, char ret[KEY])
{
    ret[0] = 'k';
    memcpy(ret + 1, &key, sizeof key);
}

static bool name_id(pb_str id, char ret[ID])
{
    if (id.len != ID - 1)
        return false;
    ret[0] = 'i';
    memcpy(ret + 1, id.ptr, ID - 1);
    return true;
}

static pb_status load_decisions(saying *s, db_session *snapshot, pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    PB_TRY(db_prepare(snapshot,
                      "SELECT left_id, right_id, left_key, right_key, state FROM review_pair"
                      " WHERE entity = ?1 AND state IN ('same', 'different')"
                      " ORDER BY decided_us, left_id, right_id",
                      &stmt, err));
    db_bind_text(stmt, 1, s->entity->name);
    for (;;) {
        decision one;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        if (!name_id(db_column_blob(stmt, 0), one.left_id) ||
            !name_id(db_column_blob(stmt, 1), one.right_id))
            continue;
        name_key(db_column_i64(stmt, 2), one.left_key);
        name_key(db_column_i64(stmt, 3), one.right_key);
        one.same = pb_str_is(db_column_text(stmt, 4), "same");
        if (!PB_PUSH(s->arena, s->decisions, s->count, s->capacity, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
}

static pb_status expect_names(saying *s, pb_error *err)
{
    s->names = pb_map_new(s->arena);
    s->settled = pb_map_new(s->arena);
    bool good = s->names != NULL && s->settled != NULL;
    for (size_t i = 0; i < s->count && good; i++) {
        const decision *d = &s->decisions[i];
        good = pb_map_put(s->names, pb_str_n(d->left_id, ID), NULL) != NULL &&
               pb_map_put(s->names, pb_str_n(d->right_id, ID), NULL) != NULL &&
               pb_map_put(s->names, pb_str_n(d->left_key, KEY), NULL) != NULL &&
               pb_map_put(s->names, pb_str_n(d->right_key, KEY), NULL) != NULL;
    }
    return good ? PB_OK : pb_fail_memory(err);
}

/* Files a row under a name that decisions ask for. */
static pb_status meet(saying *s, pb_str name, uint32_t row, pb_error *err)
{
    uint64_t *first = pb_map_get(s->names, name);
    if (first == NULL)
        return PB_OK;
    const known one = {row, (size_t)*first};
    if (!PB_PUSH(s->arena, s->rows, s->row_count, s->row_capacity, one))
        return pb_fail_memory(err);
    *first = s->row_count;
    return PB_OK;
}

static pb_status meet_row(saying *s, db_stmt *stmt, model_reader *reader, pb_buf *room,
                          uint32_t row, pb_error *err)
{
    char id[ID], key[KEY];
    pb_str texts[LIKENESS_FIELDS], source_id = db_column_text(stmt, 1);
    size_t ends[LIKENESS_FIELDS + 1] = {0};
    if (name_id(db_column_blob(stmt, 0), id))
        PB_TRY(meet(s, pb_str_n(id, ID), row, err));
    pb_buf_clear(room);
    for (size_t c = 0; c < s->fields.count && source_id.len == 0; c++) {
        likeness_text(reader, s->fields.field[c], db_column_value(stmt, 2 + (int)c), room);
        ends[c + 1] = room->len;
    }
    if (room->failed)
        return pb_fail_memory(err);
    for (size_t c = 0; c < s->fields.count && source_id.len == 0; c++)
        texts[c] = ends[c + 1] > ends[c] ? pb_str_n(room->ptr + ends[c], ends[c + 1] - ends[c])
                                         : PB_STR_NONE;
    name_key(likeness_identity(source_id, texts, s->fields.count), key);
    return meet(s, pb_str_n(key, KEY), row, err);
}

/* One pass over the records finds those that decisions are about. */
static pb_status meet_rows(saying *s, db_session *snapshot, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16), room = PB_BUF_INIT(TEXT_MAX);
    db_stmt *stmt;
    bool more = true;
    pb_buf_addc(&sql, "select id, source_id");
    for (size_t c = 0; c < s->fields.count; c++) {
        pb_buf_addc(&sql, ", ");
        work_put_field(&sql, s->fields.field[c], true);
    }
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(s->entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    model_reader *reader = model_reader_new(0);
    pb_status status = reader != NULL ? PB_OK : pb_fail_memory(err);
    for (uint32_t row = 0; status == PB_OK; row++) {
        status = db_step(stmt, &more, err);
        if (status != PB_OK || !more)
            break;
        model_reader_reset(reader);
        status = meet_row(s, stmt, reader, &room, row, err);
    }
    db_reset(stmt);
    model_reader_free(reader);
    return status;
}

static pb_status say(saying *s, uint32_t left, uint32_t right, bool same, pb_error *err)
{
    uint32_t pair[2] = {left < right ? left : right, left < right ? right : left};
    const pb_str name = pb_str_n((const char *)pair, sizeof pair);
    if (left == right || pb_map_get(s->settled, name) != NULL)
        return PB_OK; /* what was decided of these very records counts */
    const likeness_said one = {left, right, same};
    if (pb_map_put(s->settled, name, NULL) == NULL ||
        !PB_PUSH(s->arena, s->said, s->said_count, s->said_capacity, one))
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status say_all(saying *s, pb_str left, pb_str right, bool same, pb_error *err)
{
    const uint64_t *a = pb_map_get(s->names, left), *b = pb_map_get(s->names, right);
    size_t i = a != NULL ? (size_t)*a : 0;
    for (int lefts = 0; i > 0 && lefts < SAME_MOST; i = s->rows[i - 1].next, lefts++) {
        size_t k = b != NULL ? (size_t)*b : 0;
        for (int rights = 0; k > 0 && rights < SAME_MOST; k = s->rows[k - 1].next, rights++)
            PB_TRY(say(s, s->rows[i - 1].row, s->rows[k - 1].row, same, err));
    }
    return PB_OK;
}

/* First by id; then by who the records are, the newest decision first. */
static pb_status say_decisions(saying *s, pb_error *err)
{
    for (size_t i = 0; i < s->count; i++) {
        const decision *d = &s->decisions[i];
        PB_TRY(say_all(s, pb_str_n(d->left_id, ID), pb_str_n(d->right_id, ID), d->same, err));
    }
    for (size_t i = s->count; i > 0; i--) {
        const decision *d = &s->decisions[i - 1];
        PB_TRY(say_all(s, pb_str_n(d->left_key, KEY), pb_str_n(d->right_key, KEY), d->same, err));
    }
    return PB_OK;
}

pb_status duplicates_heed(db_session *snapshot, const model_entity *entity, pb_arena *arena,
                          match_result *result, pb_error *err)
{
    PB_AUTO_ARENA scratch = pb_arena_new(0);
    saying s = {.entity = entity, .fields = likeness_fields_of(entity), .arena = scratch};
    if (scratch == NULL)
        return pb_fail_memory(err);
    PB_TRY(load_decisions(&s, snapshot, err));
    if (s.count == 0)
        return PB_OK;
    PB_TRY(expect_names(&s, err));
    PB_TRY(meet_rows(&s, snapshot, err));
    PB_TRY(say_decisions(&s, err));
    return likeness_heed(result, s.said, s.said_count, arena, err);
}
