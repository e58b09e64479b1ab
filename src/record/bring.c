/* Changing the record that a row says. */
#include "bring.h"

#include <string.h>

#include "read.h"

typedef struct bringing {
    record_matcher *m;
    record_writer *writer;
    plan *p;
    const record_input *inputs;
    size_t count;
    record_origin origin;
    record_brought *ret;
    layout_head head;
    uint8_t *shown; /* by field */
} bringing;

/* --- what differs --- */

/* The same record by another of its names is no change. */
static void keep_references(plan *p)
{
    for (size_t i = 0; i < p->entity->field_count; i++) {
        size_t at = p->lay->first[i];
        if (p->entity->fields[i].type == MODEL_LINK && p->before[at].kind == PB_BLOB &&
            pb_value_eq(p->before[at], p->cells[at]))
            p->cells[at + 1] = p->before[at + 1];
    }
}

static pb_status list_changes(bringing *b, pb_error *err)
{
    plan *p = b->p;
    size_t count = 0;
    record_cell *cells = pb_arena_array(b->writer->row, p->entity->field_count + 1, sizeof *cells);
    if (cells == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < p->entity->field_count; i++) {
        const model_field *field = &p->entity->fields[i];
        size_t at = p->lay->first[i];
        bool two = field->type == MODEL_LINK || field->type == MODEL_MONEY;
        record_cell cell = {.field = field,
                            .shown = (record_shown)b->shown[i],
                            .before = p->before[at],
                            .before_more = two ? p->before[at + 1] : PB_VALUE_NULL,
                            .after = p->cells[at],
                            .after_more = two ? p->cells[at + 1] : PB_VALUE_NULL};
        if (!pb_value_eq(cell.before, cell.after) ||
            !pb_value_eq(cell.before_more, cell.after_more))
            cells[count++] = cell;
    }
    b->ret->cells = cells;
    b->ret->cell_count = count;
    return PB_OK;
}

/* --- who may --- */

static pb_status refuse(bringing *b, const model_field *field, pb_error *err)
{
    return input_problem(b->writer, field, PB_STR_NONE,
                         pb_str_c(field != NULL
                                      ? PB_MSG("You may not change this field of the record.")
                                      : PB_MSG("You may not change this record so.")),
                         err);
}

static pb_status check(bringing *b, const pb_value *cells, bool after, pb_error *err)
{
    record_data record;
    record_reach reach = RECORD_REACH_WRITE;
    const model_field *field = NULL;
    const record_matching *how = &b->m->how;
    if (how->may == NULL || b->writer->problem_count > 0)
        return PB_OK;
    PB_TRY(read_record(b->p->lay, &b->head, cells, b->writer->row, &record, err));
    PB_TRY(
        how->may(how->context, &record, b->inputs, b->count, after, b->shown, &reach, &field, err));
    return reach == RECORD_REACH_WRITE ? PB_OK : refuse(b, field, err);
}

/* What has no value says nothing, unless it is to clear. */
static void keep_unsaid(bringing *b)
{
    plan *p = b->p;
    for (size_t i = 0; i < p->lay->count; i++)
        if (!b->m->how.clear && !p->given[p->lay->columns[i].field->index])
            p->cells[i] = p->before[i];
}

/* --- further values --- */

static bool is_more(const note *remark, const model_field *field)
{
    return pb_str_is(field->name, remark->field) && strcmp(remark->kind, "more") == 0;
}

/* As a further value of the field is written. */
static pb_status text_of(bringing *b, const model_field *field, const pb_value *cell, pb_str *ret,
                         pb_error *err)
{
    pb_buf *out = &b->writer->folded;
    pb_str currency =
        field->type == MODEL_MONEY && cell[1].kind == PB_TEXT ? cell[1].as.s : PB_STR_NONE;
    pb_buf_clear(out);
    if (field->type == MODEL_LINK)
        pb_buf_add(out, cell[1].kind == PB_TEXT ? cell[1].as.s : PB_STR_NONE);
    else if (cell[0].kind != PB_NULL)
        model_write(field, cell[0], currency, out);
    *ret = pb_arena_str(b->writer->row, pb_buf_str(out));
    return out->failed || (out->len > 0 && ret->ptr == NULL) ? pb_fail_memory(err) : PB_OK;
}

static pb_status is_kept(bringing *b, const model_field *field, pb_str value, bool *ret_kept,
                         pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    *ret_kept = false;
    PB_TRY(db_prepare(b->writer->session,
                      "SELECT value FROM t_value_note WHERE entity = ?1 AND field = ?2"
                      " AND kind = 'more' AND n = ?3",
                      &stmt, err));
    db_bind_text(stmt, 1, b->p->entity->name);
    db_bind_text(stmt, 2, field->name);
    db_bind_i64(stmt, 3, b->head.n);
    while (row && !*ret_kept) {
        PB_TRY(db_step(stmt, &row, err));
        *ret_kept = row && pb_str_eq(db_column_text(stmt, 0), value);
    }
    db_reset(stmt);
    return PB_OK;
}

/* Further values are not in the history, so an import that could not be taken back whole does not
 * add any to a record that is there. */
static pb_status check_further(bringing *b, const model_field *field, pb_str main, pb_str value,
                               pb_error *err)
{
    bool kept = pb_str_eq(main, value);
    if (!kept)
        PB_TRY(is_kept(b, field, value, &kept, err));
    return kept ? PB_OK
                : input_problem(b->writer, field, value,
                                pb_str_c(PB_MSG("{value} is a further value that the record has "
                                                "not: an import changes the first one only.")),
                                err);
}

/* One of several values stays the first where the record has it as that. */
static pb_status meet_further(bringing *b, const model_field *field, pb_error *err)
{
    plan *p = b->p;
    record_writer *writer = b->writer;
    size_t at = p->lay->first[field->index];
    size_t width = field->type == MODEL_LINK || field->type == MODEL_MONEY ? 2 : 1;
    pb_str was, is;
    bool stays = false, any = false;
    PB_TRY(text_of(b, field, &p->before[at], &was, err));
    PB_TRY(text_of(b, field, &p->cells[at], &is, err));
    for (size_t i = 0; i < writer->note_count; i++) {
        any = any || is_more(&writer->notes[i], field);
        stays =
            stays || (is_more(&writer->notes[i], field) && pb_str_eq(writer->notes[i].value, was));
    }
    if (stays) {
        memcpy(&p->cells[at], &p->before[at], width * sizeof *p->cells);
        PB_TRY(check_further(b, field, was, is, err));
    }
    for (size_t i = 0; any && i < writer->note_count; i++)
        if (is_more(&writer->notes[i], field))
            PB_TRY(check_further(b, field, stays ? was : is, writer->notes[i].value, err));
    return PB_OK;
}

static pb_status meet_all_further(bringing *b, pb_error *err)
{
    size_t kept = 0;
    record_writer *writer = b->writer;
    for (size_t i = 0; i < b->p->entity->field_count; i++)
        if (writer->note_count > 0 && b->p->entity->fields[i].many && b->p->given[i])
            PB_TRY(meet_further(b, &b->p->entity->fields[i], err));
    for (size_t i = 0; i < writer->note_count; i++)
        if (strcmp(writer->notes[i].kind, "more") != 0)
            writer->notes[kept++] = writer->notes[i];
    writer->note_count = kept;
    return PB_OK;
}

/* --- changing --- */

static pb_status write(bringing *b, pb_error *err)
{
    record_writer *writer = b->writer;
    plan *p = b->p;
    const payload_extra from[] = {
        {PB_STR("@row"), PB_VALUE_NULL, PB_VALUE_INT(b->origin.row)},
        {PB_STR("@run"), PB_VALUE_NULL, PB_VALUE_INT(b->origin.run)},
        {PB_STR("@source"), PB_VALUE_NULL, PB_VALUE_TEXT(b->origin.source_id)},
    };
    size_t said = b->origin.source_id.len > 0 ? 3 : 2;
    PB_TRY(change_write_as(writer, p, &b->head, "record.changed", from, said, err));
    PB_TRY(change_refile(writer, p, &b->head, err));
    return gate_note(writer, p, b->head.id, b->head.source_id, err);
}

/* Whether the row says otherwise than the record, references by their texts. */
static bool says_otherwise(const plan *p)
{
    for (size_t i = 0; i < p->lay->count; i++) {
        const layout_column *column = &p->lay->columns[i];
        bool link = column->field->type == MODEL_LINK;
        if ((!link || column->part == LAYOUT_REF) && !pb_value_eq(p->before[i], p->cells[i]))
            return true;
    }
    return false;
}

static pb_status refuse_twice(bringing *b, int64_t by, pb_error *err)
{
    char row[24];
    (void)snprintf(row, sizeof row, "%lld", (long long)by);
    return input_problem(b->writer, NULL, pb_str_c(row),
                         pb_str_c(PB_MSG("Row {value} of this file is about the same record and "
                                         "says otherwise: leave out one of the two.")),
                         err);
}

/* What was remarked on values that were replaced, and on references that are read again. */
static pb_status renew_notes(bringing *b, pb_error *err)
{
    static const char *const kinds[] = {"bad", "restyled", "unresolved"};
    for (size_t i = 0; i < b->count; i++) {
        const model_field *field = b->inputs[i].field;
        bool again = b->inputs[i].raw.ptr != NULL && field->type == MODEL_LINK;
        for (size_t k = 0; k < b->ret->cell_count && !again; k++)
            again = b->ret->cells[k].field == field;
        for (size_t k = 0; again && k < sizeof kinds / sizeof *kinds; k++)
            PB_TRY(notes_remove(b->writer, b->p, b->head.n, field->name.ptr, kinds[k], err));
    }
    return notes_write(b->writer, b->p, b->head.n, err);
}

static pb_status take_on(bringing *b, pb_error *err)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->inputs[i].raw.ptr != NULL && b->inputs[i].field->type == MODEL_LINK)
            promise_forget(b->writer, b->head.n, b->inputs[i].field);
    PB_TRY(links_resolve(b->writer, b->p, b->head.n, err));
    keep_references(b->p);
    PB_TRY(list_changes(b, err));
    if (b->ret->cell_count > 0)
        PB_TRY(write(b, err));
    return renew_notes(b, err);
}

/* What may be seen of the values is asked for before anything is said about them. */
static pb_status change(bringing *b, const record_problem **ret_problems, size_t *ret_count,
                        pb_error *err)
{
    record_writer *writer = b->writer;
    plan *p = b->p;
    PB_TRY(check(b, p->before, false, err));
    PB_TRY(input_verdict(writer, p, ret_problems, ret_count, err));
    PB_TRY(input_read(writer, p, b->inputs, b->count, err));
    keep_unsaid(b);
    PB_TRY(meet_all_further(b, err));
    PB_TRY(input_check(writer, p, err));
    PB_TRY(check(b, p->cells, true, err));
    int64_t by = matcher_said_by(b->m, b->head.id);
    /* The row itself said so where its transaction is done again. */
    if (by > 0 && by != b->origin.row && writer->problem_count == 0 && says_otherwise(p))
        PB_TRY(refuse_twice(b, by, err));
    PB_TRY(gate_check(writer, p, &b->head, b->head.source_id, err));
    PB_TRY(input_verdict(writer, p, ret_problems, ret_count, err));
    writer->broken = true; /* until all of it is written */
    PB_TRY(take_on(b, err));
    writer->broken = false;
    b->ret->outcome = b->ret->cell_count > 0 ? RECORD_CAME_CHANGED : RECORD_CAME_SAME;
    return by > 0 ? PB_OK : matcher_said(b->m, b->head.id, b->origin.row, err);
}

static pb_status change_found(bringing *b, pb_uuid id, const record_problem **ret_problems,
                              size_t *ret_count, pb_error *err)
{
    b->shown = pb_arena_array(b->writer->row, b->p->entity->field_count + 1, 1);
    if (b->shown == NULL)
        return pb_fail_memory(err);
    memset(b->shown, RECORD_SHOWN, b->p->entity->field_count);
    PB_TRY(input_clean(b->writer, &b->origin.source_id, err));
    PB_TRY(change_load(b->writer, b->p, id, &b->head, err));
    b->ret->id = id;
    b->ret->source_id = b->head.source_id;
    return change(b, ret_problems, ret_count, err);
}

/* --- the row --- */

static pb_status create(bringing *b, const record_problem **ret_problems, size_t *ret_count,
                        pb_error *err)
{
    PB_TRY(create_row(b->writer, b->p->entity, b->inputs, b->count, b->origin, &b->ret->id,
                      ret_problems, ret_count, err));
    b->ret->outcome = b->writer->led ? RECORD_CAME_LED : RECORD_CAME_NEW;
    return matcher_said(b->m, b->ret->id, b->origin.row, err);
}

/* All that is wrong with a row that does not even say which record it is about. */
static pb_status refuse_all(bringing *b, const record_problem **ret_problems, size_t *ret_count,
                            pb_error *err)
{
    PB_TRY(writer_begin_row(b->writer, err));
    for (size_t i = 0; i < b->p->lay->count; i++)
        b->p->cells[i] = PB_VALUE_NULL;
    PB_TRY(input_read(b->writer, b->p, b->inputs, b->count, err));
    return input_verdict(b->writer, b->p, ret_problems, ret_count, err);
}

static pb_status no_record(bringing *b, const match_found *found,
                           const record_problem **ret_problems, size_t *ret_count, pb_error *err)
{
    PB_TRY(input_problem(b->writer, NULL, PB_STR_NONE,
                         pb_str_c(found->led
                                      ? PB_MSG("The record of this row was merged into another: "
                                               "change that one.")
                                      : PB_MSG("No record fits this row.")),
                         err));
    return input_verdict(b->writer, b->p, ret_problems, ret_count, err);
}

static pb_status bring(bringing *b, const record_problem **ret_problems, size_t *ret_count,
                       pb_error *err)
{
    match_found found;
    bool update = b->m->how.mode == RECORD_MODE_UPDATE;
    PB_TRY(writer_plan(b->writer, b->m->entity, &b->p, err));
    PB_TRY(input_clean(b->writer, &b->origin.source_id, err));
    PB_TRY(
        matcher_find(b->m, b->writer, b->p, b->inputs, b->count, b->origin.source_id, &found, err));
    if (found.unread)
        PB_TRY(refuse_all(b, ret_problems, ret_count, err));
    PB_TRY(input_verdict(b->writer, b->p, ret_problems, ret_count, err));
    if (update && (!found.found || found.led))
        return no_record(b, &found, ret_problems, ret_count, err);
    /* What finding it left behind is over. */
    PB_TRY(writer_begin_row(b->writer, err));
    return found.found && !found.led ? change_found(b, found.id, ret_problems, ret_count, err)
                                     : create(b, ret_problems, ret_count, err);
}

pb_status record_bring(record_writer *writer, record_matcher *matcher, const record_input *inputs,
                       size_t count, record_origin origin, record_brought *ret_brought,
                       const record_problem **ret_problems, size_t *ret_problem_count,
                       pb_error *err)
{
    bringing b = {.m = matcher,
                  .writer = writer,
                  .inputs = inputs,
                  .count = count,
                  .origin = origin,
                  .ret = ret_brought};
    *ret_brought = (record_brought){.outcome = RECORD_CAME_SAME};
    *ret_problem_count = 0;
    PB_TRY(writer_begin_row(writer, err));
    return writer_end_row(writer, bring(&b, ret_problems, ret_problem_count, err));
}
