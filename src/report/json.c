#include "json_figures.h"
#include "json_more.h"
#include "mask.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/time.h"

typedef struct json_report {
    report_writer writer;
    pb_json json;
} json_report;

static void member_hash(pb_json *json, const char *key, const uint8_t hash[32])
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_hex(&text, hash, 32);
    pb_json_member(json, key, pb_buf_str(&text));
}

static void member_text(json_report *r, const char *key, const audit_finding *finding, pb_str id)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    if (pb_str_empty(id))
        return;
    report_control_text(&r->writer, finding, id, &text);
    pb_json_member(&r->json, key, pb_buf_str(&text));
}

static void put_mark(json_report *r, const audit_mark *mark)
{
    char letter[2] = {mark->letter, 0};
    pb_json *json = &r->json;
    pb_json_object(json);
    if (mark->name.ptr != NULL) {
        pb_json_member(json, "name", mark->name);
        pb_json_member(json, "label", report_mark_label(&r->writer, mark));
    }
    pb_json_key(json, "score");
    if (mark->letter == '-')
        pb_json_null(json);
    else
        pb_json_double(json, mark->score);
    pb_json_member(json, "letter", mark->letter == '-' ? PB_STR_NONE : pb_str_c(letter));
    pb_json_key(json, "capped");
    pb_json_bool(json, mark->held == AUDIT_HELD_ESSENTIAL);
    if (mark->held != AUDIT_HELD_NOT) {
        json_number(json, "earned", mark->earned);
        pb_json_member(json, "held_by",
                       mark->held == AUDIT_HELD_ESSENTIAL ? PB_STR("essential")
                                                          : PB_STR("important"));
    }
    if (mark->records > 0) {
        pb_json_member_i64(json, "records", (int64_t)mark->records);
        pb_json_member_i64(json, "failing", (int64_t)mark->failing);
    }
    if (mark->controls > 0) {
        pb_json_member_i64(json, "controls", (int64_t)mark->controls);
        pb_json_member_i64(json, "failed", (int64_t)mark->failed);
    }
    pb_json_object_end(json);
}

static void put_marks(json_report *r, const char *key, const audit_mark *marks, size_t count)
{
    pb_json_key(&r->json, key);
    pb_json_array(&r->json);
    for (size_t i = 0; i < count; i++)
        put_mark(r, &marks[i]);
    pb_json_array_end(&r->json);
}

static void put_failure(json_report *r, const audit_finding *finding, const audit_failure *failure)
{
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX);
    pb_json *json = &r->json;
    report_problem(&r->writer, finding, failure, &problem);
    pb_json_object(json);
    pb_json_member(json, "record", failure->record);
    pb_json_member(json, "field", failure->field);
    pb_json_member(json, "value", mask_value(&r->writer, finding, failure));
    pb_json_member(json, "problem", pb_buf_str(&problem));
    if (!pb_str_empty(failure->other))
        pb_json_member(json, "other", mask_other(&r->writer, finding, failure));
    if (!pb_str_empty(failure->suggestion))
        pb_json_member(json, "suggestion", mask_suggestion(&r->writer, finding, failure));
    if (!pb_str_empty(failure->owner))
        pb_json_member(json, "owner", failure->owner);
    if (!pb_str_empty(failure->source))
        pb_json_member(json, "source", failure->source);
    pb_json_object_end(json);
}

static void put_maps(json_report *r, const audit_control *control)
{
    pb_json_key(&r->json, "maps");
    pb_json_array(&r->json);
    for (size_t i = 0; i < control->map_count; i++) {
        pb_json_object(&r->json);
        pb_json_member(&r->json, "standard", control->maps[i].standard);
        pb_json_member(&r->json, "clause", control->maps[i].clause);
        pb_json_object_end(&r->json);
    }
    pb_json_array_end(&r->json);
}

static void json_sums(pb_json *json, const char *key, const audit_sums *sums)
{
    if (sums->count == 0)
        return;
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < sums->count; i++) {
        if (sums->minor[i] == 0)
            continue;
        pb_json_object(json);
        pb_json_member(json, "currency", sums->currency[i]);
        pb_json_member_i64(json, "minor_units", sums->minor[i]);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_figures(json_report *r, const audit_finding *finding)
{
    pb_json *json = &r->json;
    pb_json_member(json, "unit", finding->control->unit);
    pb_json_member_i64(json, "population", (int64_t)finding->population);
    pb_json_member_i64(json, "failing", (int64_t)finding->failing);
    pb_json_member_i64(json, "fixable", (int64_t)finding->fixable);
    pb_json_key(json, "share");
    if (finding->population > 0)
        pb_json_double(json, (double)finding->failing / (double)finding->population);
    else
        pb_json_null(json);
    pb_json_key(json, "allowed");
    pb_json_object(json);
    pb_json_key(json, finding->control->pass_share ? "share" : "count");
    pb_json_double(json, finding->control->pass_limit);
    if (finding->control->limit_set) {
        pb_json_key(json, "shipped");
        pb_json_double(json, finding->control->limit_shipped);
        json_day(json, "set_on", finding->control->limit_at_us / PB_US_PER_DAY);
        pb_json_member(json, "set_by", finding->control->limit_by);
        pb_json_member(json, "set_why", finding->control->limit_why);
    }
    pb_json_object_end(json);
    pb_json_key(json, "score");
    pb_json_double(json, finding->score);
    if (finding->amount_currency.ptr != NULL) {
        pb_json_member_i64(json, "amount_minor_units", finding->amount);
        pb_json_member(json, "currency", finding->amount_currency);
    }
    json_sums(json, "amounts", &finding->amounts);
}

static const char *outcome_id(audit_outcome outcome)
{
    static const char *const ids[] = {
        [AUDIT_PASS] = "pass",
        [AUDIT_FAIL] = "fail",
        [AUDIT_NOT_APPLICABLE] = "not_applicable",
        [AUDIT_COULD_NOT_RUN] = "could_not_run",
        [AUDIT_WAIVED] = "waived",
    };
    return ids[outcome];
}

static void put_outcome(json_report *r, const audit_finding *finding)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    pb_json *json = &r->json;
    pb_json_member(json, "outcome", pb_str_c(outcome_id(finding->outcome)));
    if (!pb_str_empty(finding->reason)) {
        report_reason(&r->writer, finding, &text);
        pb_json_member(json, "reason", pb_buf_str(&text));
    }
    if (finding->outcome == AUDIT_FAIL || finding->outcome == AUDIT_WAIVED) {
        pb_buf_clear(&text);
        report_condition(&r->writer, finding, &text);
        pb_json_member(json, "condition", pb_buf_str(&text));
    }
    if (finding->outcome == AUDIT_WAIVED) {
        pb_json_member(json, "waived_until", finding->waived_until);
        pb_json_member(json, "waived_by", finding->waived_by);
        pb_json_member(json, "waived_why", finding->waived_why);
    }
}

static void put_finding(json_report *r, const audit_finding *finding)
{
    const audit_control *control = finding->control;
    pb_json *json = &r->json;
    bool failing = finding->outcome == AUDIT_FAIL || finding->outcome == AUDIT_WAIVED;
    pb_json_object(json);
    pb_json_member(json, "control", control->id);
    pb_json_member(json, "area", control->area);
    pb_json_member(json, "grade", pb_str_c(model_grade_name(control->grade)));
    pb_json_member(json, "base", control->base);
    pb_json_member(json, "entity", control->entity != NULL ? control->entity->name : PB_STR_NONE);
    pb_json_member(json, "field", control->field != NULL ? control->field->name : PB_STR_NONE);
    put_outcome(r, finding);
    put_figures(r, finding);
    member_text(r, "title", finding, control->title);
    member_text(r, "criterion", finding, control->criterion);
    if (failing) {
        member_text(r, "why", finding, control->why);
        member_text(r, "cause", finding, control->cause);
        member_text(r, "effect", finding, control->effect);
        member_text(r, "recommendation", finding, control->remedy);
    }
    put_maps(r, control);
    pb_json_member_i64(json, "failures_listed", (int64_t)finding->failure_count);
    pb_json_key(json, "failures");
    pb_json_array(json);
    for (size_t i = 0; i < finding->failure_count; i++)
        put_failure(r, finding, &finding->failures[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

static void put_usage(json_report *r)
{
    pb_json *json = &r->json;
    pb_json_key(json, "usage");
    pb_json_array(json);
    for (size_t i = 0; i < r->writer.result->usage_count; i++) {
        const audit_usage *usage = &r->writer.result->usage[i];
        pb_json_object(json);
        pb_json_member(json, "owner", usage->owner);
        pb_json_member_i64(json, "records", (int64_t)usage->records);
        pb_json_member_i64(json, "deals", (int64_t)usage->deals);
        pb_json_member_i64(json, "open", (int64_t)usage->open);
        pb_json_member_i64(json, "won", (int64_t)usage->won);
        pb_json_member_i64(json, "lost", (int64_t)usage->lost);
        if (usage->amount_currency.ptr != NULL) {
            pb_json_member_i64(json, "won_minor_units", usage->won_amount);
            pb_json_member(json, "currency", usage->amount_currency);
        }
        json_sums(json, "won_amounts", &usage->won_sums);
        pb_json_member_i64(json, "activities", (int64_t)usage->activities);
        if (usage->has_days) {
            json_day(json, "first_day", usage->first_day);
            json_day(json, "last_day", usage->last_day);
        }
        json_usage_rates(json, usage);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_filled(json_report *r)
{
    pb_json *json = &r->json;
    pb_json_key(json, "fields");
    pb_json_array(json);
    for (size_t i = 0; i < r->writer.result->filled_count; i++) {
        const audit_filled *one = &r->writer.result->filled[i];
        pb_json_object(json);
        pb_json_member(json, "entity", one->entity->name);
        pb_json_member(json, "field", one->field->name);
        pb_json_member(json, "label", pb_translate_str(r->writer.catalog, one->field->label));
        pb_json_member_i64(json, "filled", (int64_t)one->filled);
        pb_json_member_i64(json, "records", (int64_t)one->records);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_notes(json_report *r, const report_source_file *file)
{
    pb_json_key(&r->json, "notes");
    pb_json_array(&r->json);
    for (size_t i = 0; i < file->note_count; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
        pb_note_put(&file->notes[i], r->writer.catalog, &text);
        pb_json_str(&r->json, pb_buf_str(&text));
    }
    pb_json_array_end(&r->json);
}

static void put_columns(json_report *r, const report_source_file *file)
{
    pb_json *json = &r->json;
    const pb_catalog *catalog = r->writer.catalog;
    pb_json_key(json, "columns");
    pb_json_array(json);
    for (size_t i = 0; i < file->column_count; i++) {
        const report_source_column *column = &file->columns[i];
        pb_json_object(json);
        pb_json_member(json, "header", column->header);
        pb_json_member(json, "field", pb_translate_str(catalog, column->field));
        pb_json_member(json, "how", pb_translate_str(catalog, column->how));
        pb_json_member_i64(json, "filled", (int64_t)column->filled);
        if (!pb_str_empty(column->format))
            pb_json_member(json, "format", pb_translate_str(catalog, column->format));
        PB_AUTO_BUF note = PB_BUF_INIT(REPORT_TEXT_MAX);
        report_column_note(&r->writer, column, &note);
        if (note.len > 0)
            pb_json_member(json, "note", pb_buf_str(&note));
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_rejects(json_report *r, const report_source_file *file)
{
    pb_json *json = &r->json;
    pb_json_key(json, "rejects");
    pb_json_array(json);
    for (size_t i = 0; i < file->reject_count; i++) {
        const report_source_reject *reject = &file->rejects[i];
        PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
        report_reject(&r->writer, reject, &text);
        pb_json_object(json);
        pb_json_member_i64(json, "line", reject->line);
        pb_json_member(json, "column", reject->column);
        pb_json_member(json, "value", mask_raw(&r->writer, reject->model, reject->value));
        pb_json_member(json, "problem", pb_buf_str(&text));
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_file(json_report *r, const report_source_file *file)
{
    PB_AUTO_BUF why = PB_BUF_INIT(REPORT_TEXT_MAX);
    pb_json *json = &r->json;
    pb_json_object(json);
    pb_json_member(json, "name", file->name);
    pb_json_member(json, "entity", pb_translate_str(r->writer.catalog, file->entity));
    if (pb_str_empty(file->entity)) {
        report_why_not(&r->writer, file, &why);
        pb_json_member(json, "why_not", pb_buf_str(&why));
    } else {
        pb_json_member(json, "form", file->form);
        pb_json_member(json, "encoding", file->encoding);
        pb_json_member_i64(json, "encoding_sure_percent", file->sure);
        pb_json_member(json, "delimiter", pb_str_n(&file->delimiter, file->delimiter != 0));
        pb_json_member_i64(json, "bytes", (int64_t)file->bytes);
        member_hash(json, "sha256", file->hash);
        pb_json_member_i64(json, "rows", (int64_t)file->rows);
        pb_json_member_i64(json, "imported", (int64_t)file->imported);
        pb_json_member_i64(json, "rejected", (int64_t)file->rejected);
        pb_json_member_i64(json, "deleted", (int64_t)file->deleted);
        pb_json_member_i64(json, "aside", (int64_t)file->aside);
        pb_json_member_i64(json, "noted", (int64_t)file->noted);
        put_notes(r, file);
        put_columns(r, file);
        put_rejects(r, file);
    }
    pb_json_object_end(json);
}

static void put_source(json_report *r)
{
    const report_reading *reading = r->writer.report->reading;
    pb_json_key(&r->json, "source");
    pb_json_object(&r->json);
    pb_json_member(&r->json, "product", reading->product);
    pb_json_member_i64(&r->json, "unresolved_references", (int64_t)reading->unresolved);
    pb_json_key(&r->json, "files");
    pb_json_array(&r->json);
    for (size_t i = 0; i < reading->file_count; i++)
        put_file(r, &reading->files[i]);
    pb_json_array_end(&r->json);
    pb_json_object_end(&r->json);
}

static void put_head(json_report *r)
{
    const report_input *report = r->writer.report;
    pb_json *json = &r->json;
    pb_json_member(json, "format", PB_STR("probity-audit-report"));
    pb_json_member_i64(json, "format_version", 1);
    pb_json_member(json, "program_version", pb_str_c(report->program_version));
    pb_json_member(json, "language", pb_str_c(pb_locale_language(r->writer.locale)));
    pb_json_member(json, "title", report->title);
    json_day(json, "as_of", report->result->as_of_days);
    if (report->result->newest_days != INT64_MIN)
        json_day(json, "newest_date", report->result->newest_days);
    json_day(json, "ages_measured_from", report->result->reference_days);
    pb_json_member(json, "rules_version", report->catalogue->version);
    member_hash(json, "rules_sha256", report->catalogue->hash);
    member_hash(json, "model_sha256", report->schema->hash);
    pb_json_member_i64(json, "records", (int64_t)report->result->records);
    pb_json_key(json, "values_masked");
    pb_json_bool(json, !report->show_values);
}

pb_status report_json(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    json_report r;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_begin(report, locale, arena, out, &r.writer, err));
    const audit_result *result = report->result;
    pb_json_init(&r.json, out, 1);
    pb_json_object(&r.json);
    put_head(&r);
    json_planned(&r.json, report);
    pb_json_key(&r.json, "mark");
    put_mark(&r, &result->overall);
    put_marks(&r, "areas", result->areas, result->area_count);
    put_marks(&r, "entities", result->entities, result->entity_count);
    put_marks(&r, "owners", result->owners, result->owner_count);
    put_marks(&r, "sources", result->sources, result->source_count);
    pb_json_key(&r.json, "findings");
    pb_json_array(&r.json);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(&r, &result->findings[i]);
    pb_json_array_end(&r.json);
    put_filled(&r);
    put_usage(&r);
    json_figures(&r.json, result);
    put_source(&r);
    builder b = {.writer = r.writer, .arena = arena};
    json_comparisons(&r.json, &b);
    json_advice(&r.json, &b);
    pb_json_object_end(&r.json);
    pb_buf_byte(out, '\n');
    if (b.failed)
        return pb_fail_memory(err);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
