/* How the whole stands, in a sentence or two; and why its mark is not higher. */
#include "writer.h"

enum { HELD_BY = 3 }; /* controls that are named when they hold the mark down */

void report_overview(const report_writer *writer, pb_buf *to)
{
    size_t failed = report_count(writer, AUDIT_FAIL, -1);
    size_t passed = report_count(writer, AUDIT_PASS, -1);
    size_t broken = report_count(writer, AUDIT_COULD_NOT_RUN, -1);
    report_say_n(writer, to,
                 PB_MSG_N("{records} was examined by {controls}: {passed} passed, {failed} failed.",
                          "{records} were examined by {controls}: {passed} passed, {failed} "
                          "failed."),
                 writer->result->records, "records",
                 report_counted(writer, PB_MSG_N("{count} record", "{count} records"),
                                writer->result->records),
                 "controls",
                 report_counted(writer, PB_MSG_N("{count} control", "{count} controls"),
                                failed + passed + broken),
                 "passed", report_int(writer, passed), "failed", report_int(writer, failed), NULL);
    if (failed > 0) {
        report_gap(writer, to);
        report_say(
            writer, to,
            PB_MSG("Of what failed, essential: {essential}, important: {important}, desirable: "
                   "{desirable}."),
            "essential", report_int(writer, report_count(writer, AUDIT_FAIL, MODEL_ESSENTIAL)),
            "important", report_int(writer, report_count(writer, AUDIT_FAIL, MODEL_IMPORTANT)),
            "desirable", report_int(writer, report_count(writer, AUDIT_FAIL, MODEL_DESIRABLE)),
            NULL);
    }
    if (broken > 0) {
        report_gap(writer, to);
        report_say(writer, to, PB_MSG("{count} could not run, which counts as failed."), "count",
                   report_int(writer, broken), NULL);
    }
}

/* The failing controls of a grade, worst first, each once however many fields it is asked of. */
static size_t failing_bases(const report_writer *writer, model_grade grade,
                            const audit_finding **ret_first, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < writer->failed_count; i++) {
        const audit_control *control = writer->failed[i]->control;
        bool seen = control->grade != grade;
        for (size_t k = 0; k < i && !seen; k++)
            seen = pb_str_eq(writer->failed[k]->control->base, control->base);
        if (!seen && count < most)
            ret_first[count] = writer->failed[i];
        count += !seen;
    }
    return count;
}

static const char *score_text(const report_writer *writer, double score)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    pb_locale_number(writer->locale, &text, score, 1);
    const char *kept = pb_arena_cstr(writer->arena, pb_buf_str(&text));
    return kept != NULL ? kept : "";
}

void report_held(const report_writer *writer, pb_buf *to)
{
    const audit_mark *mark = &writer->result->overall;
    const audit_finding *first[HELD_BY];
    PB_AUTO_BUF names = PB_BUF_INIT(REPORT_TEXT_MAX);
    if (mark->held == AUDIT_HELD_NOT)
        return;
    model_grade grade = mark->held == AUDIT_HELD_ESSENTIAL ? MODEL_ESSENTIAL : MODEL_IMPORTANT;
    size_t count = failing_bases(writer, grade, first, HELD_BY);
    for (size_t i = 0; i < count && i < HELD_BY; i++) {
        pb_buf_addc(&names, i > 0 ? " · " : "");
        report_control_text(writer, first[i], first[i]->control->title, &names);
    }
    if (count > HELD_BY) {
        report_gap(writer, &names);
        report_say(writer, &names, PB_MSG("… and {count} more"), "count",
                   report_int(writer, count - HELD_BY), NULL);
    }
    if (mark->held == AUDIT_HELD_ESSENTIAL)
        report_say_n(writer, to,
                     PB_MSG_N("It would be {earned}, but a failed essential control holds it at "
                              "{score}: {controls}.",
                              "It would be {earned}, but failed essential controls hold it at "
                              "{score}: {controls}."),
                     count, "earned", score_text(writer, mark->earned), "score",
                     score_text(writer, mark->score), "controls", pb_buf_cstr(&names), NULL);
    else
        report_say_n(writer, to,
                     PB_MSG_N("It would be {earned}, but stays below 90 while an important control "
                              "fails: {controls}.",
                              "It would be {earned}, but stays below 90 while important controls "
                              "fail: {controls}."),
                     count, "earned", score_text(writer, mark->earned), "controls",
                     pb_buf_cstr(&names), NULL);
}
