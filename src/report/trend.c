/* What became of it since earlier audits: what is new, mended, better, worse. */
#include "trend.h"
#include "compare.h"

enum { KEY_MAX = 4096 };

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

static trend_row row_of(builder *b, const report_earlier_finding *then, const audit_finding *now,
                        trend_kind kind)
{
    return (trend_row){.now = now,
                       .then = then,
                       .kind = kind,
                       .then_asked = then != NULL && !pb_str_is(then->outcome, "not_applicable") &&
                                     !pb_str_is(then->outcome, "could_not_run"),
                       .now_asked = now->outcome != AUDIT_NOT_APPLICABLE &&
                                    now->outcome != AUDIT_COULD_NOT_RUN,
                       .mended = mended_records(b, then, now)};
}

static void put_rows(builder *b, trend *t)
{
    const audit_result *result = b->writer.result;
    t->rows = pb_arena_array(b->arena, result->finding_count + 1, sizeof *t->rows);
    if (t->rows == NULL) {
        b->failed = true;
        return;
    }
    for (int kind = 0; kind < TREND_KINDS; kind++) {
        for (size_t i = 0; i < result->finding_count; i++) {
            const audit_finding *now = &result->findings[i];
            const report_earlier_finding *then = find(t->newest, now->control->id);
            trend_kind found;
            if (!judge(then, now, &found) || (int)found != kind)
                continue;
            t->counts[kind]++;
            t->rows[t->row_count++] = row_of(b, then, now, found);
        }
    }
}

static void put_gone(builder *b, trend *t)
{
    t->gone = pb_arena_array(b->arena, t->newest->finding_count + 1, sizeof *t->gone);
    if (t->gone == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < t->newest->finding_count; i++) {
        const report_earlier_finding *then = &t->newest->findings[i];
        if (fails(then->outcome) &&
            audit_control_find(b->writer.report->catalogue, then->control) == NULL)
            t->gone[t->gone_count++] = then;
    }
}

/* What makes the two hard to compare. */
static void put_differences(builder *b, trend *t)
{
    const report_earlier self = compare_self(b);
    t->rules_differ = !pb_str_eq(t->newest->rules, self.rules);
    t->title_differs = !pb_str_eq(t->newest->title, self.title);
    t->same_files = !pb_str_empty(self.sources) && pb_str_eq(t->newest->sources, self.sources);
}

static int order_days(const void *a, const void *b)
{
    const report_earlier *x = *(const report_earlier *const *)a;
    const report_earlier *y = *(const report_earlier *const *)b;
    if (x->as_of_days != y->as_of_days)
        return x->as_of_days < y->as_of_days ? -1 : 1;
    return pb_str_cmp(x->name, y->name);
}

bool trend_make(builder *b, trend *ret)
{
    const report_input *input = b->writer.report;
    trend t = {.audit_count = input->since_count};
    if (input->since_count == 0)
        return false;
    t.audits = pb_arena_array(b->arena, input->since_count, sizeof *t.audits);
    if (t.audits == NULL) {
        b->failed = true;
        return false;
    }
    for (size_t i = 0; i < input->since_count; i++)
        t.audits[i] = &input->since[i];
    qsort(t.audits, input->since_count, sizeof *t.audits, order_days);
    t.newest = t.audits[input->since_count - 1];
    put_differences(b, &t);
    put_rows(b, &t);
    put_gone(b, &t);
    *ret = t;
    return !b->failed;
}
