/* Histories that other systems kept: entities whose fields have the roles changed_field, old_value,
 * new_value and changed_on, and a link to the record. A field of theirs named like one of the
 * record's is a state: what the record held from that moment on. */
#include "history.h"

enum { SAMPLE_ROWS = 20000, FORMATS = 5 };

static const model_format date_formats[] = {{.date_order = MODEL_YMD},
                                            {.date_order = MODEL_DMY},
                                            {.date_order = MODEL_MDY},
                                            {.date_order = MODEL_YMD, .jalali = true}};
static const model_format number_formats[] = {{.decimal_mark = '.'}, {.decimal_mark = ','}};

typedef struct file_history {
    audit_work *work;
    entity_state *state; /* of the records */
    record_history *history;
    const model_entity *entity; /* that tells */
    const model_field *link, *what, *from, *to, *when;
    const model_field *of[HISTORY_KINDS];   /* of the record */
    const model_field *told[HISTORY_KINDS]; /* states, in the entity that tells */
    const uint32_t *leads;
    size_t good[HISTORY_KINDS][FORMATS];
    const model_format *format[HISTORY_KINDS]; /* NULL: how values are written is not clear */
    bool sampling;
} file_history;

enum { COLUMN_N, COLUMN_WHEN, COLUMN_WHAT, COLUMN_FROM, COLUMN_TO, COLUMN_TOLD };

static size_t format_count(history_of of)
{
    if (of == HISTORY_CLOSING)
        return sizeof date_formats / sizeof *date_formats;
    return of == HISTORY_AMOUNT ? sizeof number_formats / sizeof *number_formats : 0;
}

static const model_format *format_at(history_of of, size_t i)
{
    return of == HISTORY_CLOSING ? &date_formats[i] : &number_formats[i];
}

static void sample_value(file_history *file, history_of of, pb_str text)
{
    for (size_t i = 0; text.len && i < format_count(of); i++) {
        model_reading reading =
            model_read(file->work->reader, file->of[of], text, format_at(of, i));
        bool read = reading.verdict == MODEL_SAME || reading.verdict == MODEL_RESTYLED;
        file->good[of][i] += read && reading.value.kind == PB_INT;
    }
    model_reader_reset(file->work->reader);
}

/* The first form in which the most values can be read. Days and months that could be either way
 * round in all of them tell nothing. */
static void judge_formats(file_history *file, history_of of)
{
    size_t best = 0;
    for (size_t i = 1; i < format_count(of); i++)
        if (file->good[of][i] > file->good[of][best])
            best = i;
    bool clear = of != HISTORY_CLOSING || best == 0 || file->good[of][1] != file->good[of][2];
    file->format[of] = clear ? format_at(of, best) : NULL;
}

/* What a text means as a value of the record's field; HISTORY_NONE: nothing. */
static pb_status read_value(file_history *file, history_of of, pb_str text, int64_t *ret,
                            bool *ret_known, pb_error *err)
{
    static const model_format plain = {0};
    const model_field *field = file->of[of];
    const model_format *format =
        of == HISTORY_STAGE || of == HISTORY_OWNER ? &plain : file->format[of];
    *ret = HISTORY_NONE;
    *ret_known = format != NULL;
    if (!format || !text.len)
        return PB_OK;
    if (of == HISTORY_OWNER) {
        pb_str folded;
        PB_TRY(work_fold(file->work, text, &folded, err));
        return folded.len ? history_name(file->work, file->history, folded, ret, err) : PB_OK;
    }
    model_reading reading = model_read(file->work->reader, field, text, format);
    pb_status status = PB_OK;
    if (reading.verdict == MODEL_BAD && of != HISTORY_STAGE)
        *ret_known = false;
    else if (reading.verdict != MODEL_EMPTY && reading.value.kind == PB_INT)
        *ret = reading.value.as.i;
    else if (reading.verdict != MODEL_EMPTY && reading.value.kind == PB_TEXT)
        status = history_name(file->work, file->history, reading.value.as.s, ret, err);
    model_reader_reset(file->work->reader);
    return status;
}

static bool kind_of(const file_history *file, pb_str what, history_of *ret)
{
    static const char *const roles[] = {"stage", "closing", "amount", "owner"};
    const model_choice *choice = file->what ? model_choice_find(file->what, what) : NULL;
    for (size_t i = 0; choice && i < HISTORY_KINDS; i++)
        if (pb_str_is(choice->role, roles[i]) && file->of[i]) {
            *ret = (history_of)i;
            return true;
        }
    return false;
}

static pb_status take_change(file_history *file, db_stmt *stmt, history_step step, pb_error *err)
{
    history_of of;
    if (!kind_of(file, db_column_text(stmt, COLUMN_WHAT), &of))
        return PB_OK;
    pb_str from = db_column_text(stmt, COLUMN_FROM), to = db_column_text(stmt, COLUMN_TO);
    if (file->sampling) {
        sample_value(file, of, from);
        sample_value(file, of, to);
        return PB_OK;
    }
    bool knows_from, knows_to;
    step.of = (uint8_t)of;
    step.whole = from.len > 0;
    PB_TRY(read_value(file, of, from, &step.from, &knows_from, err));
    PB_TRY(read_value(file, of, to, &step.to, &knows_to, err));
    if (!knows_from || !knows_to) {
        file->history->unread++;
        return PB_OK;
    }
    return history_add(file->work, file->history, &step, err);
}

static pb_status take_state(file_history *file, db_stmt *stmt, int column, history_of of,
                            history_step step, pb_error *err)
{
    static const model_format iso = {0};
    const model_format *kept = file->format[of];
    pb_str text;
    bool known = false;
    if (file->sampling || db_column_is_null(stmt, column))
        return PB_OK;
    PB_TRY(work_text(file->work, stmt, column, file->told[of], &text, err));
    step.of = (uint8_t)of;
    step.from = HISTORY_NONE;
    file->format[of] = file->told[of]->type == MODEL_TEXT ? kept : &iso;
    pb_status status = read_value(file, of, text, &step.to, &known, err);
    file->format[of] = kept;
    if (status != PB_OK || !known || step.to == HISTORY_NONE)
        return status;
    return history_add(file->work, file->history, &step, err);
}

static pb_status take_row(file_history *file, const entity_state *teller, db_stmt *stmt,
                          pb_error *err)
{
    history_step step = {.order = db_column_i64(stmt, COLUMN_N)};
    size_t place = list_position(teller, step.order);
    uint32_t leads = place == SIZE_MAX ? LINK_NONE : file->leads[place];
    if (leads == LINK_NONE || leads == LINK_NOWHERE)
        return PB_OK;
    if (db_column_is_null(stmt, COLUMN_WHEN)) {
        file->history->unread += !file->sampling;
        return PB_OK;
    }
    step.at = leads - 1;
    step.when = db_column_i64(stmt, COLUMN_WHEN);
    PB_TRY(take_change(file, stmt, step, err));
    int column = COLUMN_TOLD;
    for (size_t i = 0; i < HISTORY_KINDS; i++)
        if (file->told[i])
            PB_TRY(take_state(file, stmt, column++, (history_of)i, step, err));
    return PB_OK;
}

static void put_column(pb_buf *sql, const model_field *field)
{
    pb_buf_printf(sql, ", %.*s", PB_STR_FMT(field ? field->name : PB_STR("null")));
}

static pb_status pass_over(file_history *file, const entity_state *teller, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n");
    put_column(&sql, file->when);
    put_column(&sql, file->what);
    put_column(&sql, file->from);
    put_column(&sql, file->to);
    for (size_t i = 0; i < HISTORY_KINDS; i++)
        if (file->told[i])
            put_column(&sql, file->told[i]);
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(file->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(file->work, pb_buf_str(&sql), &stmt, err));
    for (size_t rows = 0;; rows++) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        if (file->sampling && rows == SAMPLE_ROWS) {
            db_reset(stmt);
            return PB_OK;
        }
        PB_TRY(take_row(file, teller, stmt, err));
    }
}

/* The fields of an entity that tells of others; false when it is none, or tells of other entities.
 */
static bool tells_of(file_history *file, const model_entity *records)
{
    const model_entity *entity = file->entity;
    file->when = model_field_role(entity, "changed_on");
    file->what = model_field_role(entity, "changed_field");
    file->from = model_field_role(entity, "old_value");
    file->to = model_field_role(entity, "new_value");
    for (size_t i = 0; i < entity->field_count && !file->link; i++)
        if (entity->fields[i].type == MODEL_LINK && entity->fields[i].target == records)
            file->link = &entity->fields[i];
    if (!file->when || file->when->type != MODEL_INSTANT || !file->link)
        return false;
    for (size_t i = 0; i < HISTORY_KINDS; i++) {
        file->of[i] = history_field(records, (history_of)i);
        const model_field *told = file->of[i] ? model_field_find(entity, file->of[i]->name) : NULL;
        file->told[i] = told && told->type != MODEL_LINK ? told : NULL;
    }
    return true;
}

pb_status history_from_files(audit_work *work, entity_state *state, record_history *history,
                             pb_error *err)
{
    for (size_t e = 0; e < work->schema->entity_count; e++) {
        entity_state *teller = &work->entities[e];
        file_history file = {.work = work, .state = state, .history = history, .sampling = true};
        file.entity = teller->entity;
        if (!teller->rows || !tells_of(&file, state->entity))
            continue;
        PB_TRY(targets_load(work, teller, err));
        file.leads = targets_of(teller, file.link);
        if (!file.leads)
            continue;
        PB_TRY(pass_over(&file, teller, err));
        judge_formats(&file, HISTORY_CLOSING);
        judge_formats(&file, HISTORY_AMOUNT);
        file.sampling = false;
        PB_TRY(pass_over(&file, teller, err));
    }
    return PB_OK;
}
