/* Strengths, weaknesses, opportunities and threats: drawn from the findings by fixed rules, each
 * statement with the controls it rests on. */
#include "swot.h"

enum { MAX_POINTS = 6, MAX_IDS = 6, QUICK_MINUTES = 60, AREA_GOOD = 80 };
#define WORSE_BY 0.01 /* of the records, in three months: less is no threat */
#define MUCH_STALE 0.3

static void add_id(swot_list *list, pb_str id)
{
    if (!PB_PUSH(list->b->arena, list->ids, list->id_count, list->id_capacity, id))
        list->b->failed = true;
}

/* Ends a statement: it takes the ids gathered since the last. */
static void add_point(swot_list *list, pb_str title, pb_str text)
{
    report_point point = {
        .title = title, .text = text, .ids = list->ids, .id_count = list->id_count};
    if (list->id_count > 0 &&
        !PB_PUSH(list->b->arena, list->points, list->count, list->capacity, point))
        list->b->failed = true;
    list->ids = NULL;
    list->id_count = list->id_capacity = 0;
}

/* Areas well passed, with their figures. */
static void strengths(swot_list *list)
{
    builder *b = list->b;
    const audit_result *result = b->writer.result;
    for (size_t a = 0; a < result->area_count; a++) {
        const audit_mark *mark = &result->areas[a];
        uint64_t examined = 0;
        size_t passed = 0;
        for (size_t i = 0; i < result->finding_count; i++) {
            const audit_finding *finding = &result->findings[i];
            if (finding->outcome != AUDIT_PASS || !pb_str_eq(finding->control->area, mark->name))
                continue;
            passed++;
            examined = finding->population > examined ? finding->population : examined;
            if (mark->letter != '-' && mark->score >= AREA_GOOD)
                add_id(list, finding->control->id);
        }
        add_point(
            list, report_mark_label(&b->writer, mark),
            build_say(
                b,
                PB_MSG("{passed} of {controls} passed, over up to {records}; mark "
                       "{score} of 100."),
                "passed", report_int(&b->writer, passed), "controls",
                report_counted(&b->writer, PB_MSG_N("{count} control", "{count} controls"),
                               mark->controls),
                "records",
                report_counted(&b->writer, PB_MSG_N("{count} record", "{count} records"), examined),
                "score", PB_ARG(build_number(b, mark->score, 1)), NULL));
    }
}

static void weaknesses(swot_list *list)
{
    for (size_t i = 0; i < list->b->writer.failed_count; i++) {
        const audit_finding *finding = list->b->writer.failed[i];
        PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
        if (finding->control->grade < MODEL_IMPORTANT || finding->outcome != AUDIT_FAIL)
            continue;
        report_condition(&list->b->writer, finding, &text);
        add_id(list, finding->control->id);
        add_point(list, build_title(list->b, finding), build_keep(list->b, &text));
    }
}

static void mend_without_typing(swot_list *list)
{
    uint64_t fixable = 0, failing = 0;
    builder *b = list->b;
    for (size_t i = 0; i < b->writer.failed_count; i++) {
        const audit_finding *finding = b->writer.failed[i];
        if (finding->fixable == 0)
            continue;
        fixable += finding->fixable;
        failing += finding->failing;
        add_id(list, finding->control->id);
    }
    add_point(list, build_say(b, PB_MSG("Mended without typing"), NULL),
              build_say_n(b,
                          PB_MSG_N("For {fixable} of {failing} fault of these controls the right "
                                   "value is known and only needs to be accepted.",
                                   "For {fixable} of {failing} faults of these controls the right "
                                   "value is known and only needs to be accepted."),
                          failing, "fixable", report_int(&b->writer, fixable), "failing",
                          report_int(&b->writer, failing), NULL));
}

static void quick_wins(swot_list *list)
{
    double sum = 0;
    size_t count = 0;
    builder *b = list->b;
    for (size_t i = 0; i < b->writer.failed_count; i++) {
        const audit_finding *finding = b->writer.failed[i];
        double minutes = build_hours(finding) * 60;
        if (finding->outcome != AUDIT_FAIL || minutes <= 0 || minutes > QUICK_MINUTES)
            continue;
        sum += minutes;
        count++;
        add_id(list, finding->control->id);
    }
    add_point(list, build_say(b, PB_MSG("Quick wins"), NULL),
              build_say_n(
                  b,
                  PB_MSG_N("{count} finding takes at most an hour: about {minutes}.",
                           "{count} findings take at most an hour each, together about {minutes}."),
                  count, "count", report_int(&b->writer, count), "minutes",
                  report_counted(&b->writer, PB_MSG_N("{count} minute", "{count} minutes"),
                                 (uint64_t)(sum + 0.5)),
                  NULL));
}

static void amounts(swot_list *list)
{
    builder *b = list->b;
    for (size_t i = 0; i < b->writer.failed_count; i++) {
        const audit_finding *finding = b->writer.failed[i];
        PB_AUTO_BUF amount = PB_BUF_INIT(256);
        if (finding->outcome != AUDIT_FAIL || finding->amount <= 0)
            continue;
        report_amounts(&b->writer, finding->amount, finding->amount_currency, &finding->amounts,
                       &amount);
        if (amount.len == 0)
            continue;
        add_id(list, finding->control->id);
        add_point(list, build_title(b, finding),
                  build_say(b, PB_MSG("The records that fail are worth {amount} together."),
                            "amount", pb_buf_cstr(&amount), NULL));
    }
}

/* A point for each standard whose clauses failing controls touch. */
static void clauses(swot_list *list)
{
    builder *b = list->b;
    pb_str done[16];
    size_t done_count = 0;
    for (size_t i = 0; i < b->writer.failed_count; i++) {
        const audit_control *first = b->writer.failed[i]->control;
        for (size_t m = 0; m < first->map_count && done_count < 16; m++) {
            pb_str standard = first->maps[m].standard, name = first->maps[m].name;
            PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
            bool seen = false;
            for (size_t d = 0; d < done_count; d++)
                seen = seen || pb_str_eq(done[d], standard);
            if (seen)
                continue;
            done[done_count++] = standard;
            for (size_t k = i; k < b->writer.failed_count; k++) {
                const audit_control *control = b->writer.failed[k]->control;
                for (size_t c = 0; c < control->map_count; c++) {
                    pb_str clause = control->maps[c].clause;
                    if (!pb_str_eq(control->maps[c].standard, standard))
                        continue;
                    if (pb_str_find(pb_buf_str(&text), clause) == SIZE_MAX) {
                        pb_buf_addc(&text, text.len > 0 ? ", " : "");
                        pb_buf_add(&text, clause);
                    }
                    add_id(list, control->id);
                    break;
                }
            }
            add_point(list, name,
                      build_say(b, PB_MSG("Failing controls touch: {clauses}."), "clauses",
                                PB_ARG(pb_buf_str(&text)), NULL));
        }
    }
}

static void ageing(swot_list *list)
{
    builder *b = list->b;
    const audit_result *result = b->writer.result;
    for (size_t i = 0; i < result->decay_count; i++) {
        const audit_decay *decay = &result->decay[i];
        double more = decay->share_in_90_days - decay->share_now;
        if (decay->field != NULL || decay->owner.ptr != NULL || decay->records == 0 ||
            (more < WORSE_BY && decay->share_in_90_days < MUCH_STALE))
            continue;
        for (size_t k = 0; k < result->finding_count; k++)
            if (result->findings[k].control->entity == decay->entity &&
                pb_str_is(result->findings[k].control->area, "timeliness") &&
                result->findings[k].outcome != AUDIT_NOT_APPLICABLE)
                add_id(list, result->findings[k].control->id);
        add_point(list, pb_translate_str(b->writer.catalog, decay->entity->plural),
                  build_say(b,
                            PB_MSG("{now} are out of date today; if nothing changes, {soon} are in "
                                   "three months."),
                            "now", PB_ARG(build_share(b, decay->share_now)), "soon",
                            PB_ARG(build_share(b, decay->share_in_90_days)), NULL));
    }
}

static void not_known(swot_list *list)
{
    builder *b = list->b;
    for (size_t i = 0; i < b->writer.failed_count; i++)
        if (b->writer.failed[i]->outcome == AUDIT_COULD_NOT_RUN)
            add_id(list, b->writer.failed[i]->control->id);
    add_point(list, build_say(b, PB_MSG("Not known"), NULL),
              build_say(b,
                        PB_MSG("These controls could not run: what they would find is not known."),
                        NULL));
}

void swot_make(builder *b, swot_list lists[SWOT_COUNT])
{
    for (size_t i = 0; i < SWOT_COUNT; i++)
        lists[i] = (swot_list){.b = b};
    strengths(&lists[SWOT_STRENGTHS]);
    weaknesses(&lists[SWOT_WEAKNESSES]);
    mend_without_typing(&lists[SWOT_OPPORTUNITIES]);
    quick_wins(&lists[SWOT_OPPORTUNITIES]);
    amounts(&lists[SWOT_OPPORTUNITIES]);
    clauses(&lists[SWOT_THREATS]);
    ageing(&lists[SWOT_THREATS]);
    not_known(&lists[SWOT_THREATS]);
}

/* On a page the first few of each stand for all: the rest is told by the findings themselves. */
static void put(builder *b, report_group *group, const char *title, report_tone tone,
                const swot_list *list)
{
    size_t count = list->count < MAX_POINTS ? list->count : MAX_POINTS;
    report_point *points = pb_arena_array(b->arena, MAX_POINTS + 1, sizeof *points);
    if (points == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        points[i] = list->points[i];
        if (points[i].id_count > MAX_IDS)
            points[i].id_count = MAX_IDS;
    }
    if (list->count > count) {
        size_t more = list->count - count;
        points[count++] =
            (report_point){.text = build_say(b, PB_MSG("… and {count} more."), "count",
                                             report_int(&b->writer, more), NULL)};
    }
    if (count == 0)
        points[count++] =
            (report_point){.text = build_say(b, PB_MSG("Nothing that the findings show."), NULL)};
    *group = (report_group){
        .title = build_say(b, title, NULL), .tone = tone, .points = points, .point_count = count};
}

void part_swot(builder *b)
{
    static const struct {
        const char *title;
        report_tone tone;
    } quarters[SWOT_COUNT] = {
        [SWOT_STRENGTHS] = {PB_MSG("Strengths"), REPORT_GOOD},
        [SWOT_WEAKNESSES] = {PB_MSG("Weaknesses"), REPORT_BAD},
        [SWOT_OPPORTUNITIES] = {PB_MSG("Opportunities that mending brings"), REPORT_GOOD},
        [SWOT_THREATS] = {PB_MSG("Threats"), REPORT_WARN},
    };
    report_group *groups = pb_arena_array(b->arena, SWOT_COUNT, sizeof *groups);
    swot_list lists[SWOT_COUNT];
    if (groups == NULL) {
        b->failed = true;
        return;
    }
    swot_make(b, lists);
    for (size_t i = 0; i < SWOT_COUNT; i++)
        put(b, &groups[i], quarters[i].title, quarters[i].tone, &lists[i]);
    build_section(b, "swot", PB_MSG("Strengths and weaknesses, opportunities and threats"), true);
    build_block(b, (report_block){
                       .kind = REPORT_BLOCK_POINTS, .groups = groups, .group_count = SWOT_COUNT});
    build_section_end(b);
}
