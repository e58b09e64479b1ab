/* The weights by which records are found alike, as stored or supposed, and what of a row they are
 * applied to. */
#include "alike.h"

#include "record/likely.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 8 << 20, MILLION = 1000000, HASH_SHIFT = 33 };

#define HASH_MASK UINT64_C(0x7FFFFFFF)

alike *alike_free(alike *a)
{
    if (a == NULL)
        return NULL;
    if (a->scorer != a->keyer)
        match_scorer_free(a->scorer);
    match_scorer_free(a->keyer);
    if (a->model != a->key_model)
        match_model_free(a->model);
    match_model_free(a->key_model);
    free(a);
    return NULL;
}

static pb_status begin(alike *a, pb_error *err)
{
    match_column columns[LIKENESS_FIELDS] = {{PB_STR_NONE, MATCH_EXACT, NULL}};
    for (size_t i = 0; i < a->fields.count; i++)
        columns[i] = (match_column){a->fields.field[i]->name, a->fields.kind[i], NULL};
    PB_TRY(match_model_default(columns, a->fields.count, &a->key_model, err));
    PB_TRY(match_scorer_new(a->key_model, &a->keyer, err));
    a->model = a->key_model;
    a->scorer = a->keyer;
    return PB_OK;
}

/* Finds the columns of the model among the fields; false when one is no longer compared so. */
static bool place_columns(alike *a)
{
    const match_column *columns = match_model_columns(a->model, &a->count);
    for (size_t c = 0; c < a->count; c++) {
        size_t i = 0;
        while (i < a->fields.count && !(pb_str_eq(a->fields.field[i]->name, columns[c].name) &&
                                        a->fields.kind[i] == columns[c].kind))
            i++;
        if (i == a->fields.count)
            return false;
        a->at[c] = i;
        a->compared[c] = a->fields.field[i];
        a->kinds[c] = a->fields.kind[i];
    }
    return true;
}

static void suppose(alike *a)
{
    if (a->scorer != a->keyer)
        match_scorer_free(a->scorer);
    if (a->model != a->key_model)
        match_model_free(a->model);
    a->model = a->key_model;
    a->scorer = a->keyer;
    a->names_only = false;
    place_columns(a);
}

/* Weights of columns that are no longer declared so do not fit: what is supposed holds until they
 * are learned anew. */
static pb_status take_model(alike *a, pb_str bytes, pb_error *err)
{
    match_model *model = NULL;
    match_scorer *scorer = NULL;
    PB_TRY(match_model_read(bytes, &model, err));
    pb_status status = match_scorer_new(model, &scorer, err);
    if (status != PB_OK) {
        match_model_free(model);
        return status;
    }
    suppose(a);
    a->model = model;
    a->scorer = scorer;
    if (!place_columns(a))
        suppose(a);
    return PB_OK;
}

static pb_status read_state(db_session *session, alike *a, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    int64_t stamp = 0;
    PB_TRY(
        db_prepare(session,
                   "SELECT code, upto, columns, COALESCE(learned_us, 0), COALESCE(names_only, 0),"
                   " slope, shift FROM match_state WHERE entity = ?1",
                   &stmt, err));
    db_bind_text(stmt, 1, a->entity->name);
    PB_TRY(db_step(stmt, &row, err));
    a->code = row ? db_column_i64(stmt, 0) : 0;
    a->waiting = -1;
    a->upto = row && db_column_i64(stmt, 2) == a->print ? db_column_i64(stmt, 1) : 0;
    a->calibrated = row && !db_column_is_null(stmt, 5) && !db_column_is_null(stmt, 6);
    if (a->calibrated) {
        a->slope = (double)db_column_i64(stmt, 5) / MILLION;
        a->shift = (double)db_column_i64(stmt, 6) / MILLION;
    }
    if (row) {
        stamp = db_column_i64(stmt, 3);
        a->names_only = db_column_i64(stmt, 4) != 0;
    }
    db_reset(stmt);
    if (stamp == a->stamp)
        return PB_OK;
    a->stamp = stamp;
    if (stamp == 0) {
        suppose(a);
        return PB_OK;
    }
    PB_TRY(db_prepare(session, "SELECT model FROM match_state WHERE entity = ?1", &stmt, err));
    db_bind_text(stmt, 1, a->entity->name);
    PB_TRY(db_step(stmt, &row, err));
    pb_status status = row ? take_model(a, db_column_blob(stmt, 0), err) : PB_OK;
    db_reset(stmt);
    return status;
}

/* By places and days alone nobody is told from anybody. */
static bool tells_apart(const likeness_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->kind[i] != MATCH_PLACE && fields->kind[i] != MATCH_DATE)
            return true;
    return false;
}

/* --- kept with the workspace --- */

typedef struct kept_alikes {
    size_t count;
    alike **items; /* by entity index */
} kept_alikes;

static void kept_free(void *slot)
{
    kept_alikes *all = slot;
    for (size_t i = 0; all != NULL && i < all->count; i++)
        alike_free(all->items[i]);
    if (all != NULL)
        free(all->items);
    free(all);
}

static pb_status kept_make(size_t count, kept_alikes **ret, pb_error *err)
{
    kept_alikes *all = calloc(1, sizeof *all);
    alike **items = calloc(count + 1, sizeof *items);
    if (all == NULL || items == NULL) {
        free(all);
        free(items);
        return pb_fail_memory(err);
    }
    *all = (kept_alikes){count, items};
    *ret = all;
    return PB_OK;
}

static void kept_forget(void *slot)
{
    kept_alikes *all = slot;
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i] != NULL)
            all->items[i]->fresh = all->items[i]->marking = false;
}

static kept_alikes **kept_slot(db_session *session)
{
    return (kept_alikes **)db_workspace_slot(db_session_workspace(session), "alike", kept_free,
                                             kept_forget);
}

static pb_status store_marks(db_session *session, void *context, pb_error *err)
{
    kept_alikes *all = *kept_slot(session);
    (void)context;
    for (size_t i = 0; all != NULL && i < all->count; i++) {
        alike *a = all->items[i];
        if (a == NULL || !a->marking)
            continue;
        a->marking = false;
        PB_TRY(match_index_mark(session, a, err));
    }
    return PB_OK;
}

/* Before what is stored is read or written by other means than a kept one: stores what is still to
 * be, and has it looked at again. In a snapshot: nothing. */
static pb_status yield_kept(db_session *session, pb_error *err)
{
    kept_alikes **slot = db_session_writes(session) ? kept_slot(session) : NULL;
    if (slot == NULL || *slot == NULL)
        return PB_OK;
    PB_TRY(store_marks(session, NULL, err));
    kept_forget(*slot);
    return PB_OK;
}

pb_status alike_open(db_session *session, const model_entity *entity, alike **ret, pb_error *err)
{
    alike *a = calloc(1, sizeof *a);
    if (a == NULL)
        return pb_fail_memory(err);
    a->entity = entity;
    a->fields = likeness_fields_of(entity);
    /* What was filed under other keys does not fit either. */
    a->print = likeness_print(&a->fields) ^ ALIKE_FILED;
    if (!tells_apart(&a->fields)) {
        free(a);
        *ret = NULL;
        return PB_OK;
    }
    pb_status status = begin(a, err);
    if (status == PB_OK)
        status = yield_kept(session, err);
    if (status == PB_OK) {
        place_columns(a);
        status = read_state(session, a, err);
    }
    if (status == PB_OK)
        *ret = a;
    else
        alike_free(a);
    return status;
}

pb_status alike_kept(db_session *session, const model_entity *entity, alike **ret, pb_error *err)
{
    kept_alikes **slot = kept_slot(session);
    if (slot == NULL)
        return pb_fail_memory(err);
    if (*slot == NULL)
        PB_TRY(
            kept_make(db_workspace_schema(db_session_workspace(session))->entity_count, slot, err));
    alike **item = &(*slot)->items[entity->index];
    if (*item == NULL)
        PB_TRY(alike_open(session, entity, item, err));
    else if (!(*item)->fresh) {
        PB_TRY(store_marks(session, NULL, err));
        PB_TRY(read_state(session, *item, err));
    }
    *ret = *item;
    if (*item != NULL)
        (*item)->fresh = true;
    return PB_OK;
}

pb_status alike_mark(db_session *session, alike *kept, pb_error *err)
{
    kept->marking = true;
    return db_after_work(session, store_marks, NULL, err);
}

/* --- rows --- */

static pb_status text_of(model_reader *reader, const model_field *field, pb_value value,
                         pb_buf *room, pb_arena *arena, pb_str *ret_text, pb_error *err)
{
    *ret_text = PB_STR_NONE;
    pb_buf_clear(room);
    likeness_text(reader, field, value, room);
    if (room->failed)
        return pb_fail_memory(err);
    if (room->len > 0 && (*ret_text = pb_arena_str(arena, pb_buf_str(room))).ptr == NULL)
        return pb_fail_memory(err);
    return PB_OK;
}

pb_status alike_texts(const alike *a, const layout *lay, model_reader *reader,
                      const pb_value *cells, pb_arena *arena, pb_str *ret_texts, pb_error *err)
{
    PB_AUTO_BUF room = PB_BUF_INIT(TEXT_MAX);
    for (size_t i = 0; i < a->fields.count; i++) {
        const model_field *field = a->fields.field[i];
        const pb_value *cell = &cells[lay->first[field->index] + (field->type == MODEL_LINK)];
        PB_TRY(text_of(reader, field, *cell, &room, arena, &ret_texts[i], err));
    }
    return PB_OK;
}

pb_status alike_record_texts(const alike *a, const record_data *record, model_reader *reader,
                             pb_arena *arena, pb_str *ret_texts, pb_error *err)
{
    PB_AUTO_BUF room = PB_BUF_INIT(TEXT_MAX);
    for (size_t i = 0; i < a->fields.count; i++) {
        const model_field *field = a->fields.field[i];
        pb_str ref = record->refs[field->index];
        pb_value value = record->values[field->index];
        if (field->type == MODEL_LINK)
            value = ref.ptr != NULL ? PB_VALUE_TEXT(ref) : PB_VALUE_NULL;
        PB_TRY(text_of(reader, field, value, &room, arena, &ret_texts[i], err));
    }
    return PB_OK;
}

pb_status alike_keys(const alike *a, const pb_str *texts, alike_hashes *ret, pb_error *err)
{
    uint64_t keys[MATCH_MOST_KEYS];
    size_t count = 0;
    PB_TRY(match_record_keys(a->keyer, texts, keys, &count, err));
    *ret = (alike_hashes){.filed = 0};
    for (size_t i = 0; i < count && i < ALIKE_ASKED; i++) {
        /* 31 bits take four bytes in a row; what they confuse is one more candidate to compare. */
        int64_t hash = (int64_t)((keys[i] ^ keys[i] >> HASH_SHIFT) & HASH_MASK);
        size_t k = 0;
        while (k < ret->asked && ret->hash[k] != hash)
            k++;
        if (k == ret->asked)
            ret->hash[ret->asked++] = hash;
        if (i < ALIKE_FILED)
            ret->filed = ret->asked;
    }
    return PB_OK;
}

void alike_columns(const alike *a, const pb_str *texts, pb_str *ret_texts)
{
    for (size_t c = 0; c < a->count; c++)
        ret_texts[c] = texts[a->at[c]];
}

pb_status alike_compare(const alike *a, const pb_str *texts, const pb_str *const *others,
                        size_t count, pb_arena *arena, match_comparison *ret, pb_error *err)
{
    pb_str record[LIKENESS_FIELDS];
    pb_str *rows = pb_arena_array(arena, count * a->count + 1, sizeof *rows);
    if (rows == NULL)
        return pb_fail_memory(err);
    alike_columns(a, texts, record);
    for (size_t i = 0; i < count; i++)
        alike_columns(a, others[i], &rows[i * a->count]);
    return match_score(a->scorer, record, rows, count, ret, err);
}

double alike_sure(const alike *a, const pb_str *left, const pb_str *right,
                  const match_comparison *comparison)
{
    pb_str one[LIKENESS_FIELDS], other[LIKENESS_FIELDS];
    alike_columns(a, left, one);
    alike_columns(a, right, other);
    const likeness_pair pair = {.fields = a->compared,
                                .kinds = a->kinds,
                                .left = one,
                                .right = other,
                                .count = a->count,
                                .levels = likeness_levels(comparison, a->count),
                                .names_only = a->names_only};
    if (likeness_doubtful(&pair))
        return 0;
    return record_sure(&(record_curve){a->calibrated, a->slope, a->shift}, comparison->score);
}
