/* What the writers of reports share; nothing of this is public. */
#ifndef REPORT_WRITER_H
#define REPORT_WRITER_H

#include "report/report.h"

enum { REPORT_SAMPLES = 10, REPORT_TEXT_MAX = 1 << 20 };

/** A report being written. */
typedef struct report_writer {
    const report_input *report;
    const audit_result *result;
    pb_locale *locale;
    const pb_catalog *catalog;
    pb_buf *out;
    pb_arena *arena;
    const audit_finding **failed; /* what fails or could not run, worst first */
    size_t failed_count;
    bool page; /* for people: values are shown as the reader writes them, and inside sentences kept
                  apart from the direction around them */
} report_writer;

/** Makes ready to write: sorts what fails by grade, then by what it costs the mark. */
pb_status report_begin(const report_input *report, pb_locale *locale, pb_arena *arena, pb_buf *out,
                       report_writer *ret_writer, pb_error *err);

/** Number of findings with that outcome; `grade` −1: of any grade. */
size_t report_count(const report_writer *writer, audit_outcome outcome, int grade);

/* Texts; each appends to `to` in the reader's language, not escaped. */

/** Translates `id` and fills its places from pairs of name and value, ended by NULL. */
void report_say(const report_writer *writer, pb_buf *to, const char *id, ...)
    __attribute__((sentinel));
/** The same by the form for `n` things: give PB_MSG_N(one, several). */
void report_say_n(const report_writer *writer, pb_buf *to, const char *one, const char *several,
                  uint64_t n, ...) __attribute__((sentinel));
/** “1 record”, “8,927 records”: a message with {count}; lives in the writer's arena. */
const char *report_counted(const report_writer *writer, const char *one, const char *several,
                           uint64_t n);
/** What stands between two sentences: a blank, where the language has blanks. */
void report_gap(const report_writer *writer, pb_buf *to);
/** A text of a control with entity, field and the finding's figures in place. */
void report_control_text(const report_writer *writer, const audit_finding *finding, pb_str id,
                         pb_buf *to);
/** “12 of 85 organisations (14 %) fail; allowed are 0.” */
void report_condition(const report_writer *writer, const audit_finding *finding, pb_buf *to);
/** That the workspace itself said what is allowed: for a control with `limit_set`. */
void report_limit_set(const report_writer *writer, const audit_control *control, pb_buf *to);
/** What is wrong with one failing record. */
void report_problem(const report_writer *writer, const audit_finding *finding,
                    const audit_failure *failure, pb_buf *to);
/** Why a control did not run or does not apply. */
void report_reason(const report_writer *writer, const audit_finding *finding, pb_buf *to);
/** Why a row was rejected or a value noted. */
void report_reject(const report_writer *writer, const report_source_reject *reject, pb_buf *to);
/** Why a file was not read. */
void report_why_not(const report_writer *writer, const report_source_file *file, pb_buf *to);
/** What a person should know about how a column was read; nothing when there is nothing. */
void report_column_note(const report_writer *writer, const report_source_column *column,
                        pb_buf *to);
/** A value as it is shown on the page: a day in the reader's calendar (ISO where that is the
 * Gregorian one), a moment at midnight as its day. Other values, and all outside of the page, as
 * they are. Lives in the writer's arena. */
pb_str report_shown(const report_writer *writer, pb_str value);
/** Label of the field or header of the column a failure is about. */
pb_str report_field_label(const report_writer *writer, const audit_finding *finding,
                          const audit_failure *failure);
/** Label of what a mark is of: an area, an entity, or the name as it is. */
pb_str report_mark_label(const report_writer *writer, const audit_mark *mark);
/** Work that mending takes: “about 3 hours”. Nothing when the control does not say. */
void report_effort(const report_writer *writer, const audit_finding *finding, pb_buf *to);
/** Amount in minor units, with its currency where known. */
void report_amount(const report_writer *writer, int64_t minor, pb_str currency, pb_buf *to);
/** A sum, or where there are several currencies each one's sum; nothing where none is known. */
void report_amounts(const report_writer *writer, int64_t minor, pb_str currency,
                    const audit_sums *sums, pb_buf *to);
/** Grade in the reader's language. */
const char *report_grade(const report_writer *writer, model_grade grade);
/** A number in the reader's digits; lives in the writer's arena. */
const char *report_int(const report_writer *writer, uint64_t value);
/** Why the overall mark is not what the controls give together; nothing when it is. */
void report_held(const report_writer *writer, pb_buf *to);
/** One sentence on how the whole stands: what was examined, what fails. */
void report_overview(const report_writer *writer, pb_buf *to);

#endif
