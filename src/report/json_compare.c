/* Comparisons in the document for machines: earlier audits, a target, another source. */
#include "json_more.h"
#include "trend.h"

#include "base/time.h"

#include <math.h>

void json_day(pb_json *json, const char *key, int64_t days)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    pb_date_format(&text, days);
    pb_json_member(json, key, pb_buf_str(&text));
}

void json_number(pb_json *json, const char *key, double value)
{
    pb_json_key(json, key);
    pb_json_double(json, value);
}

static void flag(pb_json *json, const char *key, bool value)
{
    pb_json_key(json, key);
    pb_json_bool(json, value);
}

static void count_or_null(pb_json *json, const char *key, bool known, uint64_t value)
{
    pb_json_key(json, key);
    if (known)
        pb_json_i64(json, (int64_t)value);
    else
        pb_json_null(json);
}

static void begin_list(pb_json *json, const char *key)
{
    pb_json_key(json, key);
    pb_json_array(json);
}

void json_side(pb_json *json, const report_earlier *side)
{
    pb_json_object(json);
    pb_json_member(json, "title", side->title);
    json_day(json, "as_of", side->as_of_days);
    pb_json_member_i64(json, "records", (int64_t)side->records);
    json_number(json, "score", side->score);
    pb_json_member(json, "letter", side->letter == '-' ? PB_STR_NONE : pb_str_n(&side->letter, 1));
    pb_json_member(json, "rules_sha256", side->rules);
    begin_list(json, "areas");
    for (size_t i = 0; i < side->area_count; i++) {
        pb_json_object(json);
        pb_json_member(json, "name", side->areas[i].name);
        json_number(json, "score", side->areas[i].score);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_object_end(json);
}

static void put_change(pb_json *json, const trend_row *row)
{
    static const char *const kinds[TREND_KINDS] = {
        [TREND_NEW] = "new",     [TREND_MENDED] = "mended",  [TREND_BETTER] = "better",
        [TREND_WORSE] = "worse", [TREND_SAME] = "unchanged", [TREND_UNKNOWN] = "not_examined",
    };
    pb_json_object(json);
    pb_json_member(json, "control", row->now->control->id);
    pb_json_member(json, "change", pb_str_c(kinds[row->kind]));
    count_or_null(json, "failing_then", row->then_asked, row->then ? row->then->failing : 0);
    count_or_null(json, "population_then", row->then_asked, row->then ? row->then->population : 0);
    count_or_null(json, "failing_now", row->now_asked, row->now->failing);
    count_or_null(json, "population_now", row->now_asked, row->now->population);
    count_or_null(json, "mended_records", row->mended != SIZE_MAX, row->mended);
    pb_json_object_end(json);
}

static void put_trend(pb_json *json, builder *b)
{
    trend t;
    if (!trend_make(b, &t))
        return;
    pb_json_key(json, "trend");
    pb_json_object(json);
    begin_list(json, "audits");
    for (size_t i = 0; i < t.audit_count; i++)
        json_side(json, t.audits[i]);
    pb_json_array_end(json);
    json_day(json, "since", t.newest->as_of_days);
    flag(json, "rules_differ", t.rules_differ);
    flag(json, "title_differs", t.title_differs);
    flag(json, "same_files", t.same_files);
    begin_list(json, "changes");
    for (size_t i = 0; i < t.row_count; i++)
        put_change(json, &t.rows[i]);
    pb_json_array_end(json);
    begin_list(json, "no_longer_asked");
    for (size_t i = 0; i < t.gone_count; i++)
        pb_json_str(json, t.gone[i]->control);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

static void put_row(pb_json *json, const compare_row *row, const char *here, const char *there)
{
    pb_json_member(json, "id", row->id);
    pb_json_member(json, "label", row->label);
    if (!pb_str_empty(row->grade))
        pb_json_member(json, "grade", row->grade);
    json_number(json, here, row->here);
    json_number(json, there, row->there);
    json_number(json, "difference", round((row->here - row->there) * 1e6) / 1e6);
}

static void put_rows(pb_json *json, const char *key, const compare_rows *rows)
{
    begin_list(json, key);
    for (size_t i = 0; i < rows->count; i++) {
        pb_json_object(json);
        put_row(json, &rows->items[i], "here", "there");
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

void json_sides(pb_json *json, const comparison *c)
{
    flag(json, "rules_differ", c->rules_differ);
    flag(json, "days_differ", c->days_differ);
    flag(json, "same_files", c->same_files);
    put_rows(json, "marks", &c->marks);
    put_rows(json, "controls", &c->controls);
    put_rows(json, "asked_of_one", &c->lone);
    put_rows(json, "fields", &c->fields);
}

static void put_against(pb_json *json, builder *b)
{
    const report_earlier *other = b->writer.report->against;
    report_earlier self;
    comparison c;
    if (!compare_against(b, &self, &c))
        return;
    pb_json_key(json, "against");
    pb_json_object(json);
    pb_json_key(json, "other");
    json_side(json, other);
    json_sides(json, &c);
    pb_json_object_end(json);
}

static void put_target(pb_json *json, builder *b)
{
    static const char *const states[] = {[COMPARE_UNKNOWN] = "not_known",
                                         [COMPARE_REACHED] = "reached",
                                         [COMPARE_MISSED] = "missed"};
    const report_target *target = b->writer.report->target;
    compare_rows rows = {0};
    if (target == NULL)
        return;
    compare_target(b, &rows);
    pb_json_key(json, "target");
    pb_json_object(json);
    pb_json_member(json, "name", target->name);
    begin_list(json, "items");
    for (size_t i = 0; i < rows.count; i++) {
        const compare_row *row = &rows.items[i];
        pb_json_object(json);
        pb_json_member(json, "kind",
                       row->unit == REPORT_MARK ? PB_STR("mark")
                       : row->more_is_better    ? PB_STR("filled")
                                                : PB_STR("failing"));
        put_row(json, row, "now", "target");
        pb_json_member(json, "state", pb_str_c(states[compare_reached(row)]));
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_object_end(json);
}

void json_comparisons(pb_json *json, builder *b)
{
    put_trend(json, b);
    put_target(json, b);
    put_against(json, b);
}
