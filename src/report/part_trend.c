/* What became of it since earlier audits: marks over time, what is new, mended, better, worse. */
#include "build.h"

#include "base/bytes.h"

#include <math.h>

enum { KEY_MAX = 4096, MAX_AREAS = 5 };

typedef enum trend_kind {
    TREND_NEW,
    TREND_MENDED,
    TREND_BETTER,
    TREND_WORSE,
    TREND_SAME,
    TREND_UNKNOWN, /* failed before, and was not asked now */
    TREND_KINDS
} trend_kind;

static const struct {
    const char *title;
    report_tone tone;
} trends[TREND_KINDS] = {
    [TREND_NEW] = {PB_MSG("new"), REPORT_BAD},
    [TREND_MENDED] = {PB_MSG("mended"), REPORT_GOOD},
    [TREND_BETTER] = {PB_MSG("better"), REPORT_GOOD},
    [TREND_WORSE] = {PB_MSG("worse"), REPORT_BAD},
    [TREND_SAME] = {PB_MSG("unchanged"), REPORT_SOFT},
    [TREND_UNKNOWN] = {PB_MSG("not examined now"), REPORT_WARN},
};

static bool fails(pb_str outcome)
{
    return pb_str_is(outcome, "fail") || pb_str_is(outcome, "could_not_run") ||
           pb_str_is(outcome, "waived");
}

static bool fails_now(const audit_finding *finding)
{
    return finding->outcome == AUDIT_FAIL || finding->outcome == AUDIT_COULD_NOT_RUN ||
           finding->outcome == AUDIT_WAIVED;
}

static double share_of(uint64_t failing, uint64_t population)
{
    return population > 0 ? (double)failing / (double)population : (double)failing;
}

static const report_earlier_finding *find(const report_earlier *earlier, pb_str control)
{
    const uint64_t *place = pb_map_get(earlier->by_control, control);
    return place != NULL ? &earlier->findings[*place - 1] : NULL;
}

/* False when there is nothing to tell: it fails neither then nor now. */
static bool judge(const report_earlier_finding *then, const audit_finding *now, trend_kind *ret)
{
    bool failed = then != NULL && fails(then->outcome), failing = fails_now(now);
    if (!failed && !failing)
        return false;
    if (!failed) {
        *ret = TREND_NEW;
    } else if (failing) {
        double before = share_of(then->failing, then->population);
        double after = share_of(now->failing, now->population);
        /* What could not run has no figures to be better or worse by. */
        bool known =
            now->outcome != AUDIT_COULD_NOT_RUN && !pb_str_is(then->outcome, "could_not_run");
        *ret = !known           ? (now->outcome == AUDIT_COULD_NOT_RUN ? TREND_UNKNOWN : TREND_NEW)
               : after < before ? TREND_BETTER
               : after > before ? TREND_WORSE
                                : TREND_SAME;
    } else {
        *ret = now->outcome == AUDIT_PASS ? TREND_MENDED : TREND_UNKNOWN;
    }
    return true;
}

/* Records that failed then and do not now; SIZE_MAX when the lists do not tell. */
static size_t mended_records(builder *b, const report_earlier_finding *then,
                             const audit_finding *now)
{
    if (then == NULL || !then->all_recorded || now->failure_count != now->failing ||
        now->outcome == AUDIT_NOT_APPLICABLE || now->outcome == AUDIT_COULD_NOT_RUN)
        return SIZE_MAX;
    pb_map *left = pb_map_new(b->arena);
    size_t still = 0;
    for (size_t i = 0; left != NULL && i < now->failure_count; i++) {
        const audit_failure *failure = &now->failures[i];
        PB_AUTO_BUF key = PB_BUF_INIT(KEY_MAX);
        const pb_str parts[] = {failure->record, failure->field, failure->source};
        for (size_t p = 0; p < 3; p++) {
            pb_buf_add(&key, parts[p]);
            pb_buf_byte(&key, '\x1f');
        }
        bool fresh = false;
        if (pb_map_put(left, pb_buf_str(&key), &fresh) == NULL)
            b->failed = true;
        still += fresh && pb_map_get(then->records, pb_buf_str(&key)) != NULL;
    }
    b->failed = b->failed || left == NULL;
    return pb_map_count(then->records) - still;
}

static void count_cell(table_builder *table, bool known, uint64_t value)
{
    if (known)
        build_cell_int(table, value);
    else
        build_cell(table,
                   (report_cell){.kind = REPORT_CELL_NUMBER, .text = PB_STR("–"), .number = NAN});
}

static void put_row(builder *b, table_builder *table, const report_earlier_finding *then,
                    const audit_finding *now, trend_kind kind)
{
    size_t mended = mended_records(b, then, now);
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = build_title(b, now),
                                    .note = now->control->id,
                                    .target = fails_now(now) ? now->control->id : PB_STR_NONE,
                                    .number = NAN});
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = build_say(b, trends[kind].title, NULL),
                                    .tone = trends[kind].tone,
                                    .number = NAN});
    count_cell(table, then != NULL && !pb_str_is(then->outcome, "not_applicable"),
               then != NULL ? then->failing : 0);
    count_cell(table, now->outcome != AUDIT_NOT_APPLICABLE && now->outcome != AUDIT_COULD_NOT_RUN,
               now->failing);
    count_cell(table, mended != SIZE_MAX, mended);
}

/* Control by control against the newest earlier audit. */
static void by_control(builder *b, const report_earlier *earlier)
{
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    size_t counts[TREND_KINDS] = {0};
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    build_column(&table, PB_MSG("Control"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("What became of it"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Failing then"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Failing now"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Records that pass now"), REPORT_CELL_NUMBER);
    for (int kind = 0; kind < TREND_KINDS; kind++) {
        for (size_t i = 0; i < result->finding_count; i++) {
            const audit_finding *now = &result->findings[i];
            const report_earlier_finding *then = find(earlier, now->control->id);
            trend_kind found;
            if (!judge(then, now, &found) || (int)found != kind)
                continue;
            counts[kind]++;
            put_row(b, &table, then, now, found);
        }
    }
    for (int kind = 0; kind < TREND_KINDS; kind++) {
        pb_buf_addc(&text, kind > 0 ? " · " : "");
        report_say(&b->writer, &text, PB_MSG("{what}: {count}"), "what",
                   pb_translate(b->writer.catalog, trends[kind].title), "count",
                   report_int(&b->writer, counts[kind]), NULL);
    }
    build_table_block(&table,
                      build_say(b, PB_MSG("Since {date}"), "date",
                                PB_ARG(build_date(b, earlier->as_of_days)), NULL),
                      build_keep(b, &text),
                      build_say(b,
                                PB_MSG("Mended is only what this run proves: the control was asked "
                                       "again and passes. Records are known by their id, field and "
                                       "file."),
                                NULL));
}

/* Controls that failed then and that the rules of today do not have. */
static void gone(builder *b, const report_earlier *earlier)
{
    PB_AUTO_BUF ids = PB_BUF_INIT(REPORT_TEXT_MAX);
    for (size_t i = 0; i < earlier->finding_count; i++) {
        const report_earlier_finding *then = &earlier->findings[i];
        if (!fails(then->outcome) ||
            audit_control_find(b->writer.report->catalogue, then->control) != NULL)
            continue;
        pb_buf_addc(&ids, ids.len > 0 ? ", " : "");
        pb_buf_add(&ids, then->control);
    }
    if (ids.len > 0) {
        PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
        report_say(
            &b->writer, &text,
            PB_MSG("Failed then and no longer among the rules, so nothing is known of them:"),
            NULL);
        pb_buf_byte(&text, ' ');
        pb_buf_add(&text, pb_buf_str(&ids));
        build_text(b, PB_STR_NONE, build_keep(b, &text), REPORT_WARN);
    }
}

static void hashes(const builder *b, pb_buf *rules, pb_buf *sources)
{
    const report_reading *reading = b->writer.report->reading;
    pb_hex(rules, b->writer.report->catalogue->hash, 32);
    for (size_t i = 0; i < reading->file_count; i++) {
        if (pb_str_empty(reading->files[i].entity))
            continue;
        pb_hex(sources, reading->files[i].hash, 32);
        pb_buf_byte(sources, '\n');
    }
}

/* What makes the two hard to compare is said before any figure. */
static void differences(builder *b, const report_earlier *earlier)
{
    PB_AUTO_BUF rules = PB_BUF_INIT(128), sources = PB_BUF_INIT(1 << 20);
    hashes(b, &rules, &sources);
    if (!pb_str_eq(earlier->rules, pb_buf_str(&rules)))
        build_text(b, PB_STR_NONE,
                   build_say(b,
                             PB_MSG("The rules are not those of {date}: what differs may come from "
                                    "the rules and not from the records."),
                             "date", PB_ARG(build_date(b, earlier->as_of_days)), NULL),
                   REPORT_WARN);
    if (!pb_str_eq(earlier->title, b->writer.report->title))
        build_text(b, PB_STR_NONE,
                   build_say(b, PB_MSG("The earlier report is of “{then}”, this one of “{now}”."),
                             "then", PB_ARG(earlier->title), "now", PB_ARG(b->writer.report->title),
                             NULL),
                   REPORT_WARN);
    if (sources.len > 0 && pb_str_eq(earlier->sources, pb_buf_str(&sources)))
        build_text(
            b, PB_STR_NONE,
            build_say(b, PB_MSG("The files are the very same, byte for byte, as then."), NULL),
            REPORT_PLAIN);
}

static double area_then(const report_earlier *earlier, pb_str area)
{
    for (size_t i = 0; i < earlier->area_count; i++)
        if (pb_str_eq(earlier->areas[i].name, area))
            return earlier->areas[i].score;
    return NAN;
}

static void marks_over_time(builder *b, const report_earlier *const *order, size_t count)
{
    const audit_result *result = b->writer.result;
    chart_builder chart = build_chart(b, REPORT_LINES, REPORT_MARK);
    double *values = pb_arena_array(b->arena, count + 1, sizeof *values);
    if (values == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        build_label(&chart, build_date(b, order[i]->as_of_days), REPORT_PLAIN);
        values[i] = order[i]->score;
    }
    build_label(&chart, build_date(b, result->as_of_days), REPORT_PLAIN);
    values[count] = result->overall.letter != '-' ? result->overall.score : NAN;
    build_series(&chart, build_say(b, PB_MSG("Overall"), NULL), REPORT_PLAIN, values);
    for (size_t a = 0; a < result->area_count && chart.series_count <= MAX_AREAS; a++) {
        const audit_mark *area = &result->areas[a];
        if (area->letter == '-')
            continue;
        for (size_t i = 0; i < count; i++)
            values[i] = area_then(order[i], area->name);
        values[count] = area->score;
        build_series(&chart, report_mark_label(&b->writer, area), REPORT_PLAIN, values);
    }
    chart.chart.max = 100;
    chart.chart.label_of = build_say(b, PB_MSG("Day of the audit"), NULL);
    build_chart_block(&chart, build_say(b, PB_MSG("Marks over time"), NULL),
                      build_say(b, PB_MSG("Marks of {count} audits."), "count",
                                report_int(&b->writer, count + 1), NULL));
}

static int order_days(const void *a, const void *b)
{
    const report_earlier *x = *(const report_earlier *const *)a;
    const report_earlier *y = *(const report_earlier *const *)b;
    if (x->as_of_days != y->as_of_days)
        return x->as_of_days < y->as_of_days ? -1 : 1;
    return pb_str_cmp(x->name, y->name);
}

void part_trend(builder *b)
{
    const report_input *input = b->writer.report;
    if (input->since_count == 0)
        return;
    const report_earlier **order = pb_arena_array(b->arena, input->since_count, sizeof *order);
    if (order == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < input->since_count; i++)
        order[i] = &input->since[i];
    qsort(order, input->since_count, sizeof *order, order_days);
    const report_earlier *newest = order[input->since_count - 1];
    build_section(b, "trend", PB_MSG("What became of it"), true);
    differences(b, newest);
    marks_over_time(b, order, input->since_count);
    by_control(b, newest);
    gone(b, newest);
    build_section_end(b);
}
