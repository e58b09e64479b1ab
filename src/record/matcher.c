/* Which record a row says: by its id, by fields that name it, by the duplicate gate. */
#include <stdlib.h>
#include <string.h>

#include "bring.h"
#include "gate.h"

/* How sure the gate must be where neither the caller nor the model says it. */
#define SURE 0.95

enum { KEY_MAX = 1 << 20 };

pb_status record_matcher_new(const model_entity *entity, const record_matching *how,
                             record_matcher **ret_matcher, pb_error *err)
{
    record_matcher *m = calloc(1, sizeof *m);
    if (m == NULL)
        return pb_fail_memory(err);
    *m = (record_matcher){.entity = entity, .how = *how, .arena = pb_arena_new(0)};
    m->index.lay = m->arena == NULL ? NULL : layout_make(entity, m->arena);
    if (m->index.lay != NULL) {
        m->index.keys = pb_arena_array(m->arena, how->field_count + 1, sizeof(*m->index.keys));
        m->index.probe = pb_arena_array(m->arena, m->index.lay->count + 1, sizeof *m->index.probe);
    }
    if (m->index.keys == NULL || m->index.probe == NULL) {
        record_matcher_free(m);
        return pb_fail_memory(err);
    }
    for (size_t i = 0; i < how->field_count; i++)
        m->index.keys[m->index.key_count++] = how->fields[i];
    *ret_matcher = m;
    return PB_OK;
}

record_matcher *record_matcher_free(record_matcher *matcher)
{
    if (matcher != NULL) {
        keyset_free(&matcher->index.set);
        keyset_free(&matcher->rows);
        pb_arena_free(matcher->arena);
    }
    free(matcher);
    return NULL;
}

/* --- what records are known by --- */

static pb_status file_value(record_matcher *m, record_writer *writer, size_t key, int64_t n,
                            pb_value value, pb_error *err)
{
    keys_fold(writer->reader, m->index.keys[key], value, &writer->folded);
    if (writer->folded.failed || n > KEYSET_N_MAX)
        return pb_fail_memory(err);
    if (writer->folded.len == 0)
        return PB_OK;
    uint64_t hash = keyset_hash((unsigned)key + 1, pb_buf_str(&writer->folded));
    size_t cursor = 0;
    uint32_t there;
    while (keyset_next(&m->index.set, hash, &cursor, &there))
        if (there == (uint32_t)n)
            return PB_OK;
    return keyset_add(&m->index.set, hash, (uint32_t)n) ? PB_OK : pb_fail_memory(err);
}

/* What a row was known by before stays: whoever finds it there compares. */
pb_status matcher_file(record_matcher *m, record_writer *writer, int64_t n, const pb_value *cells,
                       pb_error *err)
{
    for (size_t i = 0; i < m->index.key_count; i++)
        PB_TRY(
            file_value(m, writer, i, n, cells[m->index.lay->first[m->index.keys[i]->index]], err));
    return PB_OK;
}

static pb_status file_all(record_matcher *m, record_writer *writer, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(64 << 10);
    db_stmt *stmt;
    bool row;
    keyset_free(&m->index.set);
    pb_buf_addc(&sql, "SELECT n");
    for (size_t i = 0; i < m->index.key_count; i++)
        pb_buf_printf(&sql, ", \"%.*s\"", PB_STR_FMT(m->index.keys[i]->name));
    pb_buf_printf(&sql, " FROM t_%.*s WHERE deleted = 0", PB_STR_FMT(m->entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(writer->session, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        int64_t n = db_column_i64(stmt, 0);
        pb_status status = PB_OK;
        model_reader_reset(writer->reader);
        for (size_t i = 0; i < m->index.key_count && status == PB_OK; i++)
            status = file_value(m, writer, i, n, db_column_value(stmt, 1 + (int)i), err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

/* A record that an event was about, as it is now. */
static pb_status file_again(record_matcher *m, record_writer *writer, pb_uuid id, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    layout_head head;
    PB_TRY(
        layout_select(writer->session, m->index.lay, "WHERE id = ? AND deleted = 0", &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    pb_status status = layout_row(m->index.lay, stmt, writer->row, &head, m->index.probe, err);
    db_reset(stmt);
    return status == PB_OK ? matcher_file(m, writer, head.n, m->index.probe, err) : status;
}

static pb_status catch_up(record_matcher *m, record_writer *writer, uint64_t next, pb_error *err)
{
    for (uint64_t sequence = m->upto; sequence < next; sequence++) {
        ledger_event event;
        bool erased;
        pb_arena_reset(writer->row);
        model_reader_reset(writer->reader);
        PB_TRY(ledger_read(writer->session, sequence, writer->row, &event, &erased, err));
        if (event.version > 0 && pb_str_eq(event.entity, m->entity->name))
            PB_TRY(file_again(m, writer, event.record, err));
    }
    return PB_OK;
}

pb_status record_matcher_use(record_matcher *m, record_writer *writer, pb_error *err)
{
    plan *p;
    uint64_t next;
    PB_TRY(writer_plan(writer, m->entity, &p, err));
    if (m->index.key_count > 0) {
        PB_TRY(ledger_next(writer->session, &next, err));
        PB_TRY(m->upto == 0 ? file_all(m, writer, err) : catch_up(m, writer, next, err));
        m->upto = next;
        p->matcher = m;
    }
    return PB_OK;
}

uint64_t record_matcher_mark(const record_matcher *matcher)
{
    return matcher->upto;
}

void record_matcher_back(record_matcher *matcher, uint64_t mark)
{
    matcher->upto = mark;
}

/* --- rows of one file --- */

static uint64_t row_hash(pb_uuid id)
{
    return keyset_hash(0, pb_uuid_str(&id));
}

int64_t matcher_said_by(const record_matcher *m, pb_uuid id)
{
    size_t cursor = 0;
    uint32_t row;
    return keyset_next(&m->rows, row_hash(id), &cursor, &row) ? (int64_t)row : 0;
}

pb_status matcher_said(record_matcher *m, pb_uuid id, int64_t row, pb_error *err)
{
    uint32_t kept = row < (int64_t)KEYSET_N_MAX ? (uint32_t)row : KEYSET_N_MAX;
    return kept == 0 || keyset_add(&m->rows, row_hash(id), kept) ? PB_OK : pb_fail_memory(err);
}

/* --- finding --- */

typedef struct finding {
    record_matcher *m;
    record_writer *writer;
    plan *p;
    match_found *found;
} finding;

/* Whatever is told of a record, only to who may see it. */
static pb_status is_seen(const finding *f, pb_uuid id, bool *ret_visible, pb_error *err)
{
    const record_eyes *eyes = &f->m->how.eyes;
    *ret_visible = true;
    return eyes->may_see == NULL ? PB_OK
                                 : eyes->may_see(eyes->context, f->p->entity, id, ret_visible, err);
}

/* Another way found a record: the same, or there are two. */
static pb_status meet(finding *f, const model_field *field, pb_str value, pb_uuid id, bool led,
                      pb_error *err)
{
    match_found *found = f->found;
    if (found->found && memcmp(found->id.b, id.b, sizeof id.b) != 0)
        return input_problem(f->writer, field, value,
                             pb_str_c(PB_MSG("{value} is what another record is known by than the "
                                             "rest of the row says.")),
                             err);
    *found = (match_found){.found = true, .led = led || found->led, .id = id};
    return PB_OK;
}

static pb_status several(finding *f, const model_field *field, pb_str value, pb_error *err)
{
    return input_problem(f->writer, field, value,
                         pb_str_c(PB_MSG("Several records are known by {value}: which one is meant "
                                         "cannot be said.")),
                         err);
}

/* By the id of the record itself. */
static pb_status find_itself(finding *f, pb_str text, pb_uuid id, bool *ret_over, pb_error *err)
{
    record_data record;
    bool visible = false;
    pb_status status =
        record_read(f->writer->session, f->p->entity, id, f->writer->row, &record, NULL);
    if (status != PB_OK && status != PB_NOT_FOUND)
        return pb_fail(err, status, PB_MSG("A record could not be looked for."), NULL);
    if (status == PB_OK && record.merged)
        id = record.merged_into;
    if (status == PB_OK)
        PB_TRY(is_seen(f, id, &visible, err));
    *ret_over = visible;
    if (!visible)
        return PB_OK;
    if (record.deleted && !record.merged)
        return input_problem(f->writer, NULL, text,
                             pb_str_c(PB_MSG("The record {value} was deleted: bring it back "
                                             "first.")),
                             err);
    return meet(f, NULL, text, id, record.merged, err);
}

static pb_status find_by_id(finding *f, pb_str text, pb_error *err)
{
    pb_uuid id;
    int count = 0;
    bool led = false, over = false;
    if (text.len == 0)
        return PB_OK;
    if (pb_uuid_parse(text, &id))
        PB_TRY(find_itself(f, text, id, &over, err));
    if (over)
        return PB_OK;
    PB_TRY(keys_called(f->writer->session, f->writer->reader, &f->p->index, KEY_SOURCE, text,
                       PB_STR_NONE, &f->m->how.eyes, &count, &id, &led, err));
    if (count > 1)
        return several(f, NULL, text, err);
    return count == 1 ? meet(f, NULL, text, id, led, err) : PB_OK;
}

static pb_status find_by_field(finding *f, unsigned kind, pb_error *err)
{
    record_writer *writer = f->writer;
    const model_field *field = f->m->index.keys[kind - 1];
    pb_value value = f->p->cells[f->p->lay->first[field->index]];
    pb_uuid id;
    int count = 0;
    bool led = false;
    keys_fold(writer->reader, field, value, &writer->folded);
    if (writer->folded.failed)
        return pb_fail_memory(err);
    pb_str folded = pb_arena_str(writer->row, pb_buf_str(&writer->folded));
    if (folded.ptr == NULL)
        return writer->folded.len == 0 ? PB_OK : pb_fail_memory(err);
    pb_str exact = value.kind == PB_TEXT ? value.as.s : PB_STR_NONE;
    pb_str shown = exact.ptr != NULL ? exact : folded;
    PB_TRY(keys_called(writer->session, writer->reader, &f->m->index, kind, folded, exact,
                       &f->m->how.eyes, &count, &id, &led, err));
    if (count > 1)
        return several(f, field, shown, err);
    return count == 1 ? meet(f, field, shown, id, led, err) : PB_OK;
}

static double sure_of(const finding *f)
{
    double refuse = f->p->entity->duplicate_refuse;
    if (f->m->how.sure > 0)
        return f->m->how.sure;
    return refuse <= 1 ? refuse : SURE;
}

/* Only where nothing else named it, and only one that the gate is sure of. */
static pb_status find_by_likeness(finding *f, pb_str source_id, pb_error *err)
{
    record_writer *writer = f->writer;
    gate_look l = {.writer = writer, .p = f->p, .source_id = source_id, .warn = sure_of(f)};
    l.refuse = l.warn;
    PB_TRY(gate_know(writer, f->p, err));
    if (f->p->alike == NULL)
        return PB_OK;
    PB_TRY(gate_find(&l, err));
    size_t seen = 0, first = 0;
    for (size_t i = 0; i < writer->match_count && seen < 2; i++) {
        bool visible;
        PB_TRY(is_seen(f, writer->matches[i].id, &visible, err));
        first = visible && seen == 0 ? i : first;
        seen += visible;
    }
    if (seen > 1)
        return input_problem(
            writer, NULL, PB_STR_NONE,
            pb_str_c(PB_MSG("The row is very probably the same as several records: "
                            "which one is meant cannot be said.")),
            err);
    if (seen == 1)
        *f->found = (match_found){.found = true, .id = writer->matches[first].id};
    return PB_OK;
}

/* What is read to find it: the fields that name it, and what these are read by. */
static bool is_needed(const record_matcher *m, const model_field *field)
{
    for (size_t i = 0; i < m->index.key_count; i++)
        if (m->index.keys[i] == field || (m->index.keys[i]->country.ptr != NULL &&
                                          pb_str_eq(m->index.keys[i]->country, field->name)))
            return true;
    return m->how.by_likely;
}

static pb_status read_needed(finding *f, const record_input *inputs, size_t count, pb_error *err)
{
    size_t kept = 0;
    record_input *needed = pb_arena_array(f->writer->row, count + 1, sizeof *needed);
    if (needed == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        if (is_needed(f->m, inputs[i].field))
            needed[kept++] = inputs[i];
    for (size_t i = 0; i < f->p->lay->count; i++)
        f->p->cells[i] = PB_VALUE_NULL;
    return input_read(f->writer, f->p, needed, kept, err);
}

pb_status matcher_find(record_matcher *m, record_writer *writer, plan *p,
                       const record_input *inputs, size_t count, pb_str source_id,
                       match_found *ret_found, pb_error *err)
{
    finding f = {m, writer, p, ret_found};
    *ret_found = (match_found){.found = false};
    PB_TRY(read_needed(&f, inputs, count, err));
    ret_found->unread = writer->problem_count > 0;
    if (ret_found->unread)
        return PB_OK;
    if (m->how.by_id)
        PB_TRY(find_by_id(&f, source_id, err));
    for (unsigned kind = 1; kind <= m->index.key_count; kind++)
        PB_TRY(find_by_field(&f, kind, err));
    if (m->how.by_likely && !ret_found->found && writer->problem_count == 0)
        PB_TRY(find_by_likeness(&f, source_id, err));
    return PB_OK;
}
