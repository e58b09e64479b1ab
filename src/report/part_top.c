/* What a reader sees first: figures, where the controls stand, what to do first. */
#include "build.h"

enum { FIRST_STEPS = 5, TILES = 6 };

static void tiles(builder *b)
{
    const report_writer *w = &b->writer;
    const struct {
        uint64_t value;
        const char *one, *several;
        report_tone tone;
    } all[TILES] = {
        {w->result->records, PB_MSG_N("record examined", "records examined"), REPORT_PLAIN},
        {report_count(w, AUDIT_FAIL, MODEL_ESSENTIAL),
         PB_MSG_N("essential finding", "essential findings"), REPORT_BAD},
        {report_count(w, AUDIT_FAIL, MODEL_IMPORTANT),
         PB_MSG_N("important finding", "important findings"), REPORT_WARN},
        {report_count(w, AUDIT_FAIL, MODEL_DESIRABLE),
         PB_MSG_N("desirable finding", "desirable findings"), REPORT_SOFT},
        {report_count(w, AUDIT_PASS, -1), PB_MSG_N("control passed", "controls passed"),
         REPORT_GOOD},
        {report_count(w, AUDIT_NOT_APPLICABLE, -1),
         PB_MSG_N("control that does not apply", "controls that do not apply"), REPORT_PLAIN},
    };
    report_tile *tiles = pb_arena_array(b->arena, TILES, sizeof *tiles);
    if (tiles == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < TILES; i++)
        tiles[i] = (report_tile){build_int(b, all[i].value),
                                 build_say_n(b, all[i].one, all[i].several, all[i].value, NULL),
                                 all[i].value > 0 ? all[i].tone : REPORT_PLAIN};
    build_block(b, (report_block){.kind = REPORT_BLOCK_TILES, .tiles = tiles, .tile_count = TILES});
}

static report_point first_step(builder *b, const audit_finding *finding)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX), effort = PB_BUF_INIT(256);
    report_point point = {.title = build_title(b, finding),
                          .badge = pb_str_c(report_grade(&b->writer, finding->control->grade)),
                          .tone = build_grade_tone(finding->control->grade),
                          .ids = &finding->control->id,
                          .id_count = 1};
    if (finding->outcome == AUDIT_FAIL) {
        report_control_text(&b->writer, finding, finding->control->remedy, &text);
        report_effort(&b->writer, finding, &effort);
        point.aside = build_keep(b, &effort);
    } else {
        report_reason(&b->writer, finding, &text);
    }
    point.text = build_keep(b, &text);
    return point;
}

static void first_steps(builder *b)
{
    size_t count = b->writer.failed_count < FIRST_STEPS ? b->writer.failed_count : FIRST_STEPS;
    report_point *points = pb_arena_array(b->arena, FIRST_STEPS, sizeof *points);
    report_group *group = pb_arena_alloc(b->arena, sizeof *group);
    if (points == NULL || group == NULL) {
        b->failed = true;
        return;
    }
    if (count == 0) {
        build_text(b, PB_STR_NONE, build_say(b, PB_MSG("Nothing presses: no control fails."), NULL),
                   REPORT_PLAIN);
        return;
    }
    for (size_t i = 0; i < count; i++)
        points[i] = first_step(b, b->writer.failed[i]);
    *group = (report_group){.ordered = true, .points = points, .point_count = count};
    build_block(b, (report_block){.kind = REPORT_BLOCK_POINTS, .groups = group, .group_count = 1});
}

/* All controls that were asked, by what came of them. */
static void outcomes(builder *b)
{
    const report_writer *w = &b->writer;
    const struct {
        size_t count;
        const char *label;
        report_tone tone;
    } all[] = {
        {report_count(w, AUDIT_PASS, -1), PB_MSG("passed"), REPORT_GOOD},
        {report_count(w, AUDIT_FAIL, MODEL_ESSENTIAL), PB_MSG("essential findings"), REPORT_BAD},
        {report_count(w, AUDIT_FAIL, MODEL_IMPORTANT), PB_MSG("important findings"), REPORT_WARN},
        {report_count(w, AUDIT_FAIL, MODEL_DESIRABLE), PB_MSG("desirable findings"), REPORT_SOFT},
        {report_count(w, AUDIT_WAIVED, -1), PB_MSG("accepted for now"), REPORT_PLAIN},
        {report_count(w, AUDIT_COULD_NOT_RUN, -1), PB_MSG("could not run"), REPORT_BAD},
    };
    enum { KINDS = sizeof all / sizeof *all };
    chart_builder chart = build_chart(b, REPORT_DONUT, REPORT_COUNT);
    double values[KINDS];
    size_t count = 0;
    size_t asked = w->result->finding_count - report_count(w, AUDIT_NOT_APPLICABLE, -1);
    for (size_t i = 0; i < KINDS; i++) {
        if (all[i].count == 0)
            continue;
        build_label(&chart, build_say(b, all[i].label, NULL), all[i].tone);
        values[count++] = (double)all[i].count;
    }
    if (count == 0)
        return;
    chart.chart.label_of = build_say(b, PB_MSG("Outcome"), NULL);
    build_series(&chart, build_say(b, PB_MSG("Controls"), NULL), REPORT_PLAIN, values);
    build_chart_block(
        &chart, build_say(b, PB_MSG("What came of the controls"), NULL),
        build_say_n(b,
                    PB_MSG_N("Of {controls} control that was asked, {passed} passed.",
                             "Of {controls} controls that were asked, {passed} passed."),
                    asked, "controls", report_int(w, asked), "passed",
                    report_int(w, report_count(w, AUDIT_PASS, -1)), NULL));
}

void part_top(builder *b)
{
    build_section(b, "figures", "", false);
    tiles(b);
    build_section_end(b);
    build_section(b, "first", PB_MSG("What to do first"), true);
    first_steps(b);
    outcomes(b);
    build_section_end(b);
}
