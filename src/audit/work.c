/* Small services to measures: queries, texts, failures. */
#include "run.h"

#include "base/utf8.h"

enum { CHECK_MAX_TEXT = 300 };

static void bind_days(audit_work *work, db_stmt *stmt)
{
    db_bind_named(stmt, "today", PB_VALUE_INT(work->today));
    db_bind_named(stmt, "reference", PB_VALUE_INT(work->reference));
}

pb_status work_query(audit_work *work, pb_str sql, db_stmt **ret, pb_error *err)
{
    PB_TRY(db_prepare_text(work->session, sql, ret, err));
    bind_days(work, *ret);
    return PB_OK;
}

/* Steps of the database's machine that one query of a control may take. A sorted, endless query
 * also fills the disk while it runs, so a small source gets some seconds, a large one minutes. */
static int64_t most_steps(const audit_work *work)
{
    const int64_t always = INT64_C(300000000), each = 5000;
    int64_t records = 0;
    for (size_t e = 0; e < work->schema->entity_count; e++)
        records += (int64_t)work->entities[e].rows;
    return always + each * records;
}

pb_status work_number(audit_work *work, pb_str sql, int64_t *ret, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    PB_TRY(db_prepare_foreign(work->session, sql, most_steps(work), &stmt, err));
    bind_days(work, stmt);
    pb_status status = db_step(stmt, &row, err);
    if (status == PB_OK)
        *ret = row && !db_column_is_null(stmt, 0) ? db_column_i64(stmt, 0) : 0;
    db_stmt_close(stmt);
    return status;
}

pb_status work_text(audit_work *work, db_stmt *stmt, int column, const model_field *field,
                    pb_str *ret, pb_error *err)
{
    *ret = PB_STR_NONE;
    if (db_column_is_null(stmt, column))
        return PB_OK;
    pb_value value = db_column_value(stmt, column);
    if (value.kind == PB_TEXT) {
        *ret = pb_arena_str(work->scratch, value.as.s);
        return ret->ptr ? PB_OK : pb_fail_memory(err);
    }
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    if (field && field->type != MODEL_LINK)
        model_write(field, value, PB_STR_NONE, &out);
    else if (value.kind == PB_INT)
        pb_buf_i64(&out, value.as.i);
    else if (value.kind == PB_REAL)
        pb_buf_printf(&out, "%.10g", value.as.r);
    *ret = pb_arena_str(work->scratch, pb_buf_str(&out));
    return ret->ptr || !out.len ? PB_OK : pb_fail_memory(err);
}

pb_status work_fold(audit_work *work, pb_str text, pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(8 << 20);
    model_fold(work->reader, text, &out);
    model_reader_reset(work->reader);
    if (out.failed)
        return pb_fail_memory(err);
    *ret = out.len ? pb_arena_str(work->scratch, pb_buf_str(&out)) : PB_STR("");
    return ret->ptr ? PB_OK : pb_fail_memory(err);
}

pb_status check_not_applicable(audit_check *check, const char *reason, pb_str value, pb_error *err)
{
    check->finding->outcome = AUDIT_NOT_APPLICABLE;
    check->finding->reason = pb_str_c(reason);
    check->finding->reason_value = pb_arena_str(check->work->arena, value);
    return value.ptr && !check->finding->reason_value.ptr ? pb_fail_memory(err) : PB_OK;
}

static pb_str keep(audit_work *work, pb_str text, bool *failed)
{
    if (!text.ptr)
        return PB_STR_NONE;
    pb_str copy = pb_arena_str(work->arena, pb_utf8_cut(text, CHECK_MAX_TEXT));
    *failed = *failed || !copy.ptr;
    return copy;
}

/* Counts a failing record where marks and amounts look for it. */
static void count_record(audit_check *check, audit_failure *failure, size_t at)
{
    entity_state *state = check->state;
    state->pending[failure->n] = 1;
    if (state->amount) {
        check->finding->amount += state->amount[at];
        check->finding->amounts.minor[state->money[at]] += state->amount[at];
    }
    failure->record = state->record[at];
    failure->owner = state->owner[at] ? check->work->owners[state->owner[at]] : PB_STR_NONE;
    failure->source = state->source[at] ? check->work->sources[state->source[at]] : PB_STR_NONE;
}

void check_settle(audit_check *check, bool keep)
{
    entity_state *state = check->state;
    uint8_t grade = (uint8_t)(1 + (int)check->control->grade);
    if (!check->last_n)
        return;
    for (int64_t n = 1; n <= check->last_n; n++) {
        if (keep && state->pending[n] && state->worst[n] < grade)
            state->worst[n] = grade;
        state->pending[n] = 0;
    }
}

pb_status check_fail(audit_check *check, const audit_failure *failure, pb_error *err)
{
    audit_finding *finding = check->finding;
    audit_failure copy = *failure;
    if (copy.n > 0 && check->state) {
        if (copy.n == check->last_n)
            return PB_OK;
        if (copy.n < check->last_n)
            return pb_fail(err, PB_INTERNAL, PB_MSG("A check gave its records out of order."),
                           NULL);
        PB_TRY(list_load(check->work, check->state, err));
        size_t at = list_position(check->state, copy.n);
        if (at == SIZE_MAX)
            return pb_fail(
                err, PB_INVALID, PB_MSG("A check named record {n}, which is not in {entity}."), "n",
                PB_ARG_INT(copy.n), "entity", PB_ARG(check->control->entity->name), NULL);
        check->last_n = copy.n;
        count_record(check, &copy, at);
    }
    finding->failing++;
    if (copy.suggestion.len)
        finding->fixable++;
    if (finding->failure_count >= AUDIT_MAX_FAILURES)
        return PB_OK;
    bool failed = false;
    copy.field = keep(check->work, copy.field, &failed);
    copy.value = keep(check->work, copy.value, &failed);
    copy.other = keep(check->work, copy.other, &failed);
    copy.suggestion = keep(check->work, copy.suggestion, &failed);
    copy.second = keep(check->work, copy.second, &failed);
    copy.second_suggestion = keep(check->work, copy.second_suggestion, &failed);
    if (!copy.problem.len)
        copy.problem = check->control->problem;
    pb_buf_add(&check->work->failures, pb_str_n((const char *)&copy, sizeof copy));
    finding->failure_count++;
    return failed || check->work->failures.failed ? pb_fail_memory(err) : PB_OK;
}

static int column_named(db_stmt *stmt, const char *name)
{
    for (int i = 0; i < db_column_count(stmt); i++)
        if (strcmp(db_column_name(stmt, i), name) == 0)
            return i;
    return -1;
}

static pb_status take_failing(audit_check *check, db_stmt *stmt, pb_error *err)
{
    static const char *const names[] = {"n", "value", "other", "suggestion"};
    int columns[4];
    for (int i = 0; i < 4; i++)
        columns[i] = column_named(stmt, names[i]);
    if (columns[0] < 0)
        return pb_fail(err, PB_INVALID, PB_MSG("The SQL of a control must give a column n."), NULL);
    const audit_control *control = check->control;
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        audit_failure failure = {.n = db_column_i64(stmt, columns[0])};
        failure.problem = control->problem;
        if (control->value_field)
            failure.field = control->value_field->name;
        if (columns[1] >= 0)
            PB_TRY(work_text(check->work, stmt, columns[1], control->value_field, &failure.value,
                             err));
        if (columns[2] >= 0)
            PB_TRY(work_text(check->work, stmt, columns[2], control->other_field, &failure.other,
                             err));
        if (columns[3] >= 0)
            PB_TRY(work_text(check->work, stmt, columns[3], control->value_field,
                             &failure.suggestion, err));
        PB_TRY(check_fail(check, &failure, err));
    }
}

pb_status check_sql(audit_check *check, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_buf_printf(&sql, "select * from (%.*s) as f order by n",
                  PB_STR_FMT(check->control->fails_sql));
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare_foreign(check->work->session, pb_buf_str(&sql), most_steps(check->work),
                              &stmt, err));
    bind_days(check->work, stmt);
    pb_status status = take_failing(check, stmt, err);
    db_stmt_close(stmt);
    return status;
}
