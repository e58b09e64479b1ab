/* What records are called: the source's own id and the key fields, filed by hash, so that
 * references find them. Keys of new records wait in memory and are written in order at the end. */
#include <string.h>

#include "internal.h"
#include "merged.h"

enum {
    SET_MAX = 3 << 20, /* keys waiting in memory: some 50 MB */
    KEY_MAX = 1 << 20  /* bytes of one folded key */
};

void keys_fold(model_reader *reader, const model_field *field, pb_value value, pb_buf *out)
{
    pb_buf_clear(out);
    if (value.kind == PB_NULL)
        return;
    if (value.kind == PB_TEXT) {
        model_fold(reader, value.as.s, out);
        return;
    }
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    model_write(field, value, PB_STR_NONE, &text);
    model_fold(reader, pb_buf_str(&text), out);
}

static pb_status store(record_writer *writer, const plan *p, uint64_t hash, int64_t n,
                       pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session, "INSERT INTO record_key (entity, hash, n) VALUES (?, ?, ?)",
                      &stmt, err));
    db_bind_text(stmt, 1, p->entity->name);
    db_bind_i64(stmt, 2, (int64_t)hash);
    db_bind_i64(stmt, 3, n);
    return db_run(stmt, err);
}

static pb_status drop(record_writer *writer, const plan *p, uint64_t hash, int64_t n, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session,
                      "DELETE FROM record_key WHERE entity = ? AND hash = ? AND n = ?", &stmt,
                      err));
    db_bind_text(stmt, 1, p->entity->name);
    db_bind_i64(stmt, 2, (int64_t)hash);
    db_bind_i64(stmt, 3, n);
    return db_run(stmt, err);
}

/* Sixteen rows a statement: cheaper by a fifth than one by one. */
enum { STORE_ROWS = 16 };

static pb_status store_rows(record_writer *writer, const plan *p, const keyset_entry *entries,
                            pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session,
                      "INSERT INTO record_key (entity, hash, n) VALUES"
                      " (?1, ?2, ?3), (?1, ?4, ?5), (?1, ?6, ?7), (?1, ?8, ?9), (?1, ?10, ?11),"
                      " (?1, ?12, ?13), (?1, ?14, ?15), (?1, ?16, ?17), (?1, ?18, ?19),"
                      " (?1, ?20, ?21), (?1, ?22, ?23), (?1, ?24, ?25), (?1, ?26, ?27),"
                      " (?1, ?28, ?29), (?1, ?30, ?31), (?1, ?32, ?33)",
                      &stmt, err));
    db_bind_text(stmt, 1, p->entity->name);
    for (int i = 0; i < STORE_ROWS; i++) {
        db_bind_i64(stmt, 2 + 2 * i, (int64_t)keyset_entry_hash(&entries[i]));
        db_bind_i64(stmt, 3 + 2 * i, entries[i].n);
    }
    return db_run(stmt, err);
}

static pb_status store_all(record_writer *writer, const plan *p, const keyset_entry *entries,
                           size_t count, pb_error *err)
{
    size_t i = 0;
    for (; i + STORE_ROWS <= count; i += STORE_ROWS)
        PB_TRY(store_rows(writer, p, &entries[i], err));
    for (; i < count; i++)
        PB_TRY(store(writer, p, keyset_entry_hash(&entries[i]), entries[i].n, err));
    return PB_OK;
}

pb_status keys_flush(record_writer *writer, plan *p, pb_error *err)
{
    size_t count = keyset_sort(&p->index.set);
    PB_TRY(store_all(writer, p, p->index.set.entries, count, err));
    PB_TRY(store_all(writer, p, p->index.set.more, p->index.set.more_count, err));
    p->index.filed = p->index.filed || count > 0;
    p->index.spilled = p->index.spilled || count > 0;
    keyset_free(&p->index.set);
    return PB_OK;
}

static pb_status add(record_writer *writer, plan *p, unsigned kind, pb_str text, int64_t n,
                     pb_error *err)
{
    if (text.len == 0)
        return PB_OK;
    uint64_t hash = keyset_hash(kind, text);
    if (n > KEYSET_N_MAX) {
        p->index.filed = p->index.spilled = true;
        return store(writer, p, hash, n, err);
    }
    if (!keyset_add(&p->index.set, hash, (uint32_t)n))
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status take(record_writer *writer, plan *p, unsigned kind, pb_str text, int64_t n,
                      pb_error *err)
{
    if (text.len == 0)
        return PB_OK;
    uint64_t hash = keyset_hash(kind, text);
    if (n <= KEYSET_N_MAX && keyset_remove(&p->index.set, hash, (uint32_t)n))
        return PB_OK;
    return drop(writer, p, hash, n, err);
}

typedef pb_status (*key_work)(record_writer *writer, plan *p, unsigned kind, pb_str text, int64_t n,
                              pb_error *err);

static pb_status each_key(record_writer *writer, plan *p, int64_t n, pb_str source_id,
                          const pb_value *cells, key_work work, pb_error *err)
{
    PB_TRY(work(writer, p, KEY_SOURCE, source_id, n, err));
    for (unsigned i = 0; i < p->index.key_count; i++) {
        const model_field *key = p->index.keys[i];
        keys_fold(writer->reader, key, cells[p->lay->first[key->index]], &writer->folded);
        if (writer->folded.failed)
            return pb_fail_memory(err);
        PB_TRY(work(writer, p, i + 1, pb_buf_str(&writer->folded), n, err));
    }
    return PB_OK;
}

pb_status keys_add(record_writer *writer, plan *p, int64_t n, pb_str source_id,
                   const pb_value *cells, pb_error *err)
{
    PB_TRY(each_key(writer, p, n, source_id, cells, add, err));
    if (p->matcher != NULL)
        PB_TRY(matcher_file(p->matcher, writer, n, cells, err));
    return p->index.set.count + p->index.set.more_count > SET_MAX ? keys_flush(writer, p, err)
                                                                  : PB_OK;
}

pb_status keys_remove(record_writer *writer, plan *p, int64_t n, pb_str source_id,
                      const pb_value *cells, pb_error *err)
{
    return each_key(writer, p, n, source_id, cells, take, err);
}

/* A search for a key: candidates come from memory and from the table, each is read and compared. */
typedef struct search {
    db_session *session;
    model_reader *reader;
    const key_index *index;
    unsigned kind;
    pb_str text;
    pb_str exact;            /* but for case also this; absent: any text that folds so */
    bool own;                /* only rows made by this writer */
    bool gone;               /* only rows that were merged away */
    const record_eyes *eyes; /* NULL: sees all */
    int found;               /* 2: several */
    int64_t gone_n;          /* the row itself that was merged away */
    int64_t n;
    pb_uuid id;
} search;

/* Made by this writer, or by an earlier one of the same run. */
static bool is_own(const key_index *index, const layout_head *head)
{
    bool part =
        head->n > index->part_n && head->run >= index->part_first && head->run < index->part_next;
    return part || head->n > index->first_n;
}

static bool is_called(const search *s, const layout_head *head, const pb_value *cells)
{
    if (s->own && !is_own(s->index, head))
        return false;
    if (s->kind == KEY_SOURCE)
        return pb_str_eq(head->source_id, s->text);
    const model_field *field = s->index->keys[s->kind - 1];
    pb_value value = cells[s->index->lay->first[field->index]];
    PB_AUTO_BUF folded = PB_BUF_INIT(KEY_MAX);
    if (s->exact.ptr != NULL && value.kind == PB_TEXT)
        return pb_str_eq_nocase(value.as.s, s->exact);
    keys_fold(s->reader, field, value, &folded);
    return pb_str_eq(pb_buf_str(&folded), s->text);
}

static pb_status is_seen(const search *s, pb_uuid id, bool *ret_visible, pb_error *err)
{
    *ret_visible = true;
    return s->eyes == NULL || s->eyes->may_see == NULL
               ? PB_OK
               : s->eyes->may_see(s->eyes->context, s->index->lay->entity, id, ret_visible, err);
}

static pb_status candidate(search *s, int64_t n, pb_error *err)
{
    if (s->found > 0 && n == s->n)
        return PB_OK;
    db_stmt *stmt;
    bool row;
    layout_head head;
    PB_TRY(layout_select(s->session, s->index->lay, "WHERE n = ?", &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    pb_status status = layout_row(s->index->lay, stmt, NULL, &head, s->index->probe, err);
    bool called =
        status == PB_OK && (head.deleted || !s->gone) && is_called(s, &head, s->index->probe);
    db_reset(stmt);
    /* What a record that was merged away is called leads to its survivor. */
    if (called && head.deleted)
        status = merged_row(s->session, s->index->lay->entity, n, &head.n, &head.id, err);
    if (status != PB_OK || !called || head.n == 0 || (s->found > 0 && head.n == s->n))
        return status;
    bool visible;
    PB_TRY(is_seen(s, head.id, &visible, err));
    if (!visible)
        return PB_OK;
    s->gone_n = s->found == 0 || n < s->gone_n ? n : s->gone_n;
    if (s->found == 0 || head.n < s->n) {
        s->n = head.n;
        s->id = head.id;
    }
    s->found = s->found ? 2 : 1;
    return PB_OK;
}

static pb_status search_table(search *s, uint64_t hash, pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    int64_t numbers[KEYSET_SAME];
    size_t count = 0;
    int64_t behind = !s->own ? 0 : s->index->part_next > 0 ? s->index->part_n : s->index->first_n;
    PB_TRY(db_prepare(s->session,
                      "SELECT n FROM record_key WHERE entity = ? AND hash = ? AND n > ? ORDER BY n",
                      &stmt, err));
    db_bind_text(stmt, 1, s->index->lay->entity->name);
    db_bind_i64(stmt, 2, (int64_t)hash);
    db_bind_i64(stmt, 3, behind);
    while (row && count < KEYSET_SAME) {
        PB_TRY(db_step(stmt, &row, err));
        if (row)
            numbers[count++] = db_column_i64(stmt, 0);
    }
    db_reset(stmt);
    for (size_t i = 0; i < count && s->found < 2; i++)
        PB_TRY(candidate(s, numbers[i], err));
    return PB_OK;
}

static pb_status run_search(search *s, pb_error *err)
{
    uint64_t hash = keyset_hash(s->kind, s->text);
    size_t cursor = 0;
    uint32_t n;
    if (s->own ? s->index->spilled || s->index->part_next > 0 : s->index->filed)
        PB_TRY(search_table(s, hash, err));
    while (s->found < 2 && keyset_next(&s->index->set, hash, &cursor, &n))
        PB_TRY(candidate(s, n, err));
    return PB_OK;
}

pb_status keys_source_seen(record_writer *writer, plan *p, pb_str source_id, bool *ret_twice,
                           pb_error *err)
{
    search s = {.session = writer->session,
                .reader = writer->reader,
                .index = &p->index,
                .kind = KEY_SOURCE,
                .text = source_id,
                .own = true};
    if (source_id.len > 0)
        PB_TRY(run_search(&s, err));
    *ret_twice = s.found > 0;
    return PB_OK;
}

pb_status keys_merged_source(record_writer *writer, plan *p, pb_str source_id, bool *ret_found,
                             pb_uuid *ret_id, int64_t *ret_gone, pb_error *err)
{
    search s = {.session = writer->session,
                .reader = writer->reader,
                .index = &p->index,
                .kind = KEY_SOURCE,
                .text = source_id,
                .gone = true};
    if (source_id.len > 0)
        PB_TRY(run_search(&s, err));
    *ret_found = s.found == 1;
    if (*ret_found) {
        *ret_id = s.id;
        *ret_gone = s.gone_n;
    }
    return PB_OK;
}

pb_status keys_source_elsewhere(record_writer *writer, plan *p, pb_str source_id, pb_uuid survivor,
                                bool *ret_elsewhere, pb_error *err)
{
    search s = {.session = writer->session,
                .reader = writer->reader,
                .index = &p->index,
                .kind = KEY_SOURCE,
                .text = source_id};
    PB_TRY(run_search(&s, err));
    *ret_elsewhere = s.found > 1 || (s.found == 1 && memcmp(s.id.b, survivor.b, sizeof s.id.b));
    return PB_OK;
}

pb_status keys_called(db_session *session, model_reader *reader, const key_index *index,
                      unsigned kind, pb_str text, pb_str exact, const record_eyes *eyes,
                      int *ret_count, pb_uuid *ret_id, bool *ret_led, pb_error *err)
{
    search s = {.session = session,
                .reader = reader,
                .index = index,
                .kind = kind,
                .text = text,
                .exact = exact,
                .eyes = eyes};
    if (text.len > 0)
        PB_TRY(run_search(&s, err));
    *ret_count = s.found;
    *ret_id = s.id;
    *ret_led = s.found > 0 && s.gone_n != s.n;
    return PB_OK;
}

/* A text may be the record's id itself. */
static pb_status find_by_id(db_session *session, const layout *lay, pb_str text, int *ret_count,
                            pb_uuid *ret_id, pb_error *err)
{
    pb_uuid id;
    db_stmt *stmt;
    bool row;
    if (!pb_uuid_parse(text, &id))
        return PB_OK;
    PB_TRY(layout_select(session, lay, "WHERE id = ?", &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &row, err));
    db_reset(stmt);
    if (!row)
        return PB_OK;
    *ret_count = 1;
    return merged_follow(session, lay->entity, id, ret_id, err);
}

static pb_status find_by_key(search *s, pb_buf *folded, unsigned kind, pb_error *err)
{
    s->kind = kind;
    if (kind > KEY_SOURCE) {
        if (folded->len == 0)
            model_fold(s->reader, s->text, folded);
        if (folded->failed)
            return pb_fail_memory(err);
        s->text = pb_buf_str(folded);
    }
    return s->text.len > 0 ? run_search(s, err) : PB_OK;
}

pb_status keys_find(db_session *session, model_reader *reader, const key_index *index, pb_str text,
                    int *ret_count, pb_uuid *ret_id, pb_error *err)
{
    PB_AUTO_BUF folded = PB_BUF_INIT(KEY_MAX);
    search s = {.session = session, .reader = reader, .index = index, .text = text};
    *ret_count = 0;
    PB_TRY(find_by_id(session, index->lay, text, ret_count, ret_id, err));
    for (unsigned kind = KEY_SOURCE; *ret_count == 0 && kind <= index->key_count; kind++) {
        PB_TRY(find_by_key(&s, &folded, kind, err));
        *ret_count = s.found;
        if (s.found > 0)
            *ret_id = s.id;
    }
    return PB_OK;
}

pb_status keys_index(const layout *lay, pb_arena *arena, key_index *ret_index, pb_error *err)
{
    key_index index = {.lay = lay, .filed = true};
    const model_strs *names = &lay->entity->key;
    index.keys = pb_arena_array(arena, names->count + 1, sizeof(*index.keys));
    index.probe = pb_arena_array(arena, lay->count + 1, sizeof *index.probe);
    if (index.keys == NULL || index.probe == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < names->count; i++) {
        const model_field *field = model_field_find(lay->entity, names->items[i]);
        if (field != NULL && field->type != MODEL_LINK)
            index.keys[index.key_count++] = field;
    }
    *ret_index = index;
    return PB_OK;
}
