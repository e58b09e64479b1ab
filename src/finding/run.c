/* Runs with what came of every control, and their reports. */
#include "internal.h"

#include <math.h>

enum { PIECE = 1 << 20, HUNDREDTHS = 100 };

static const char *const outcomes[] = {[AUDIT_PASS] = "pass",
                                       [AUDIT_FAIL] = "fail",
                                       [AUDIT_NOT_APPLICABLE] = "not_applicable",
                                       [AUDIT_COULD_NOT_RUN] = "could_not_run",
                                       [AUDIT_WAIVED] = "waived"};

const char *finding_outcome_word(audit_outcome outcome)
{
    return outcomes[outcome];
}

static bool parse_outcome(pb_str word, audit_outcome *ret)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (!pb_str_is(word, outcomes[i]))
            continue;
        *ret = (audit_outcome)i;
        return true;
    }
    return false;
}

static pb_status keep_run(db_session *session, const finding_run *run, int64_t n, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_audit_run (n, at_us, as_of, by, title, own, letter, score, records,"
        " controls, failed, rules) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, run->at_us);
    db_bind_i64(stmt, 3, run->as_of_days);
    db_bind_text(stmt, 4, run->by.ptr == NULL ? PB_STR("") : run->by);
    db_bind_text(stmt, 5, run->title.ptr == NULL ? PB_STR("") : run->title);
    db_bind_i64(stmt, 6, run->own);
    db_bind_text(stmt, 7, pb_str_n(&run->letter, 1));
    if (isnan(run->score))
        db_bind_null(stmt, 8);
    else
        db_bind_i64(stmt, 8, llround(run->score * HUNDREDTHS));
    db_bind_i64(stmt, 9, (int64_t)run->records);
    db_bind_i64(stmt, 10, (int64_t)run->controls);
    db_bind_i64(stmt, 11, (int64_t)run->failed);
    db_bind_blob(stmt, 12, pb_str_n((const char *)run->rules, sizeof run->rules));
    return db_run(stmt, err);
}

/* An empty text is none. */
static pb_str some(pb_str text)
{
    return text.len == 0 ? PB_STR_NONE : text;
}

static pb_status keep_outcome(db_session *session, const audit_finding *found, int64_t n,
                              int64_t run, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_audit_outcome (n, run, control, area, grade, entity, outcome, population,"
        " failing, fixable, reason, reason_value)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    const audit_control *control = found->control;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, run);
    db_bind_text(stmt, 3, control->id);
    db_bind_text(stmt, 4, control->area);
    db_bind_text(stmt, 5, pb_str_c(model_grade_name(control->grade)));
    db_bind_some_text(stmt, 6, control->entity != NULL ? control->entity->name : PB_STR_NONE);
    db_bind_text(stmt, 7, pb_str_c(finding_outcome_word(found->outcome)));
    db_bind_i64(stmt, 8, (int64_t)found->population);
    db_bind_i64(stmt, 9, (int64_t)found->failing);
    db_bind_i64(stmt, 10, (int64_t)found->fixable);
    db_bind_some_text(stmt, 11, some(found->reason));
    db_bind_some_text(stmt, 12, some(found->reason_value));
    return db_run(stmt, err);
}

pb_status finding_run_keep(db_session *session, const finding_call *call, const finding_run *run,
                           const audit_result *result, int64_t *ret_run, pb_error *err)
{
    static const char next_run[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_audit_run";
    static const char next_outcome[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_audit_outcome";
    int64_t n = 0, first = 0;
    finding_run kept = *run;
    PB_TRY(db_next_number(session, next_run, &n, err));
    PB_TRY(db_next_number(session, next_outcome, &first, err));
    kept.controls = kept.failed = 0;
    for (size_t i = 0; i < result->finding_count; i++) {
        const audit_finding *found = &result->findings[i];
        kept.controls += found->outcome != AUDIT_NOT_APPLICABLE;
        kept.failed += found->outcome == AUDIT_FAIL;
        PB_TRY(keep_outcome(session, found, first + (int64_t)i, n, err));
    }
    PB_TRY(keep_run(session, &kept, n, err));
    if (run->own)
        PB_TRY(finding_sync(session, call, n, result, err));
    *ret_run = n;
    return PB_OK;
}

/* ---- reading ---- */

#define RUN_COLUMNS                                                                                \
    "n, at_us, as_of, by, title, own, letter, score, records, controls, failed, rules,"            \
    " (SELECT plan FROM t_audit_plan WHERE run = t_audit_run.n)"

static pb_status read_run(db_stmt *stmt, pb_arena *arena, finding_run *ret, pb_error *err)
{
    pb_str letter = db_column_text(stmt, 6), rules = db_column_blob(stmt, 11);
    finding_run run = {.n = db_column_i64(stmt, 0),
                       .at_us = db_column_i64(stmt, 1),
                       .as_of_days = db_column_i64(stmt, 2),
                       .plan = db_take_number(stmt, 12, 0),
                       .own = db_column_i64(stmt, 5) != 0,
                       .score = db_column_is_null(stmt, 7)
                                    ? (double)NAN
                                    : (double)db_column_i64(stmt, 7) / HUNDREDTHS,
                       .records = (uint64_t)db_column_i64(stmt, 8),
                       .controls = (uint64_t)db_column_i64(stmt, 9),
                       .failed = (uint64_t)db_column_i64(stmt, 10)};
    if (letter.len != 1 || rules.len != sizeof run.rules)
        return db_fail_altered("t_audit_run", err);
    run.letter = letter.ptr[0];
    memcpy(run.rules, rules.ptr, sizeof run.rules);
    if (!db_take_text(stmt, 3, arena, &run.by) || !db_take_text(stmt, 4, arena, &run.title))
        return pb_fail_memory(err);
    *ret = run;
    return PB_OK;
}

typedef struct gathering {
    pb_arena *arena;
    finding_run *runs;
    finding_outcome *outcomes;
    size_t count, room;
} gathering;

static pb_status gather_run(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    finding_run run;
    PB_TRY(read_run(stmt, g->arena, &run, err));
    return PB_PUSH(g->arena, g->runs, g->count, g->room, run) ? PB_OK : pb_fail_memory(err);
}

pb_status finding_run_list(db_session *session, int64_t below, int64_t limit, pb_arena *arena,
                           finding_run **ret_runs, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT " RUN_COLUMNS " FROM t_audit_run WHERE n < ?1 ORDER BY n DESC LIMIT ?2";
    gathering g = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, below > 0 ? below : INT64_MAX);
    db_bind_i64(stmt, 2, limit);
    PB_TRY(db_each(stmt, gather_run, &g, err));
    *ret_runs = g.runs;
    *ret_count = g.count;
    return PB_OK;
}

pb_status finding_run_read(db_session *session, int64_t n, pb_arena *arena, finding_run *ret_run,
                           pb_error *err)
{
    static const char sql[] = "SELECT " RUN_COLUMNS " FROM t_audit_run WHERE n = ?1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("No audit {number} is kept."), "number",
                       PB_ARG_INT(n), NULL);
    pb_status status = read_run(stmt, arena, ret_run, err);
    db_reset(stmt);
    return status;
}

#define OUTCOME_COLUMNS                                                                            \
    "o.run, o.control, o.area, o.grade, o.entity, o.outcome, o.population, o.failing, o.fixable,"  \
    " o.reason, o.reason_value"

static pb_status gather_outcome(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    finding_outcome o = {.run = db_column_i64(stmt, 0),
                         .population = (uint64_t)db_column_i64(stmt, 6),
                         .failing = (uint64_t)db_column_i64(stmt, 7),
                         .fixable = (uint64_t)db_column_i64(stmt, 8)};
    if (!parse_outcome(db_column_text(stmt, 5), &o.outcome))
        return db_fail_altered("t_audit_outcome", err);
    bool good =
        db_take_text(stmt, 1, g->arena, &o.control) && db_take_text(stmt, 2, g->arena, &o.area) &&
        db_take_text(stmt, 3, g->arena, &o.grade) && db_take_text(stmt, 4, g->arena, &o.entity) &&
        db_take_text(stmt, 9, g->arena, &o.reason) &&
        db_take_text(stmt, 10, g->arena, &o.reason_value) &&
        PB_PUSH(g->arena, g->outcomes, g->count, g->room, o);
    return good ? PB_OK : pb_fail_memory(err);
}

pb_status finding_outcomes(db_session *session, int64_t run, pb_arena *arena,
                           finding_outcome **ret_outcomes, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT " OUTCOME_COLUMNS " FROM t_audit_outcome AS o WHERE o.run = ?1 ORDER BY o.n";
    gathering g = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, run);
    PB_TRY(db_each(stmt, gather_outcome, &g, err));
    *ret_outcomes = g.outcomes;
    *ret_count = g.count;
    return PB_OK;
}

pb_status finding_trend(db_session *session, pb_str control, int64_t limit, pb_arena *arena,
                        finding_outcome **ret_outcomes, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT " OUTCOME_COLUMNS " FROM t_audit_outcome AS o JOIN t_audit_run AS r ON r.n = o.run"
        " WHERE o.control = ?1 AND r.own = 1 ORDER BY o.n DESC LIMIT ?2";
    gathering g = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_text(stmt, 1, control);
    db_bind_i64(stmt, 2, limit);
    PB_TRY(db_each(stmt, gather_outcome, &g, err));
    *ret_outcomes = g.outcomes;
    *ret_count = g.count;
    return PB_OK;
}

/* ---- reports ---- */

pb_status finding_report_keep(db_session *session, int64_t run, const finding_report *report,
                              pb_error *err)
{
    static const char next_sql[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_audit_report";
    static const char sql[] = "INSERT INTO t_audit_report (n, run, form, language, part, bytes)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    int64_t n = 0;
    db_stmt *stmt;
    PB_TRY(db_next_number(session, next_sql, &n, err));
    for (size_t at = 0, part = 0; at < report->bytes.len || part == 0; at += PIECE, part++) {
        PB_TRY(db_prepare(session, sql, &stmt, err));
        db_bind_i64(stmt, 1, n + (int64_t)part);
        db_bind_i64(stmt, 2, run);
        db_bind_text(stmt, 3, pb_str_c(report->form));
        db_bind_text(stmt, 4, pb_str_c(report->language));
        db_bind_i64(stmt, 5, (int64_t)part);
        db_bind_blob(stmt, 6, pb_str_sub(report->bytes, at, PIECE));
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

typedef struct reading {
    pb_arena *arena;
    pb_buf *out;
    pb_str language;
    bool any;
} reading;

static pb_status read_part(void *context, db_stmt *stmt, pb_error *err)
{
    reading *r = context;
    if (!r->any)
        r->language = pb_arena_str(r->arena, db_column_text(stmt, 0));
    r->any = true;
    pb_buf_add(r->out, db_column_blob(stmt, 1));
    return r->out->failed || r->language.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status finding_report_read(db_session *session, int64_t run, const char *form, pb_arena *arena,
                              pb_buf *out, pb_str *ret_language, pb_error *err)
{
    static const char sql[] = "SELECT language, bytes FROM t_audit_report"
                              " WHERE run = ?1 AND form = ?2 ORDER BY part";
    reading r = {.arena = arena, .out = out};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, run);
    db_bind_text(stmt, 2, pb_str_c(form));
    PB_TRY(db_each(stmt, read_part, &r, err));
    if (!r.any)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The audit {number} has no report as {form}."),
                       "number", PB_ARG_INT(run), "form", form, NULL);
    *ret_language = r.language;
    return PB_OK;
}
