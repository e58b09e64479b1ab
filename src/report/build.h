/* Private to report: making a document (document.h) piece by piece.
 *
 * Failures stick: pieces made after memory ran out are empty, and document.c checks once.
 */
#ifndef REPORT_BUILD_H
#define REPORT_BUILD_H

#include "report/document.h"
#include "writer.h"

/** A document being made. Begin a section, add blocks, end it. */
typedef struct builder {
    report_writer writer; /* for people; writes to no buffer of its own */
    pb_arena *arena;
    bool failed;
    report_section *sections;
    size_t section_count, section_capacity;
    report_section section; /* the one begun */
    report_block *blocks;
    size_t block_count, block_capacity;
} builder;

/** Copies a text into the document; empty becomes absent. */
pb_str build_keep(builder *b, const pb_buf *text);
/** Translates `id` and fills its places from pairs of name and value, ended by NULL. */
pb_str build_say(builder *b, const char *id, ...) __attribute__((sentinel));
/** The same by the form for `n` things: give PB_MSG_N(one, several). */
pb_str build_say_n(builder *b, const char *one, const char *several, uint64_t n, ...)
    __attribute__((sentinel));
/** A message that has no place but {count}, which is `n`. */
pb_str build_counted(builder *b, const char *one, const char *several, uint64_t n);
pb_str build_int(builder *b, uint64_t value);
pb_str build_share(builder *b, double share);
pb_str build_number(builder *b, double value, int decimals);
pb_str build_date(builder *b, int64_t days);
/** As the unit of a chart asks; absent for NAN. */
pb_str build_in_unit(builder *b, report_unit unit, double value);
/** The title of a finding's control in words. */
pb_str build_title(builder *b, const audit_finding *finding);
/** Hours of work that mending by hand takes; 0: the control does not say. */
double build_hours(const audit_finding *finding);
/** Colour of a grade, of a letter. */
report_tone build_grade_tone(model_grade grade);
report_tone build_letter_tone(char letter);

/** `title` is an English message id. */
void build_section(builder *b, const char *id, const char *title, bool in_contents);
void build_section_end(builder *b);
void build_block(builder *b, report_block block);
/** A block of text; `title` may be absent. */
void build_text(builder *b, pb_str title, pb_str text, report_tone tone);

/** A table being made: cells are added row by row. */
typedef struct table_builder {
    builder *b;
    report_column *columns;
    size_t column_count, column_capacity;
    pb_str title; /* of the table itself; absent: none */
    report_cell *cells;
    size_t count, capacity;
} table_builder;

table_builder build_table(builder *b);
/** `title` is an English message id, "" for none. */
void build_column(table_builder *t, const char *title, report_cell_kind kind);
void build_column_str(table_builder *t, pb_str title, report_cell_kind kind);
void build_cell(table_builder *t, report_cell cell);
void build_cell_text(table_builder *t, pb_str text);
void build_cell_value(table_builder *t, pb_str text);
void build_cell_int(table_builder *t, uint64_t value);
/** NAN: an empty cell. */
void build_cell_share(table_builder *t, double share, report_tone tone);
void build_cell_mark(table_builder *t, char letter, double score, pb_str note);
void build_cell_date(table_builder *t, bool has, int64_t days);
/** NULL without rows. */
const report_table *build_table_end(table_builder *t, pb_str note);
/** The table as a block of the section; nothing without rows. */
void build_table_block(table_builder *t, pb_str title, pb_str text, pb_str note);

/** A chart being made: labels first, then values by label. */
typedef struct chart_builder {
    builder *b;
    report_chart chart;
    pb_str *labels;
    report_tone *tones;
    size_t label_count, label_capacity, tone_capacity;
    report_series *series;
    size_t series_count, series_capacity;
} chart_builder;

chart_builder build_chart(builder *b, report_chart_kind kind, report_unit unit);
void build_label(chart_builder *c, pb_str label, report_tone tone);
/** A series of `label_count` values; copies them. */
void build_series(chart_builder *c, pb_str label, report_tone tone, const double *values);
/** The chart as a block of the section; nothing without labels or series. */
void build_chart_block(chart_builder *c, pb_str title, pb_str says);

/* Parts of the document, each a section or two (part_*.c). */
void part_top(builder *b);
void part_brief(builder *b);
void part_marks(builder *b);
void part_owners(builder *b);
void part_findings(builder *b);
void part_passed(builder *b);
void part_fields(builder *b);
void part_usage(builder *b);
void part_decay(builder *b);
void part_copies(builder *b);
void part_trend(builder *b);
void part_against(builder *b);
void part_target(builder *b);
void part_swot(builder *b);
void part_plan(builder *b);
void part_not_examined(builder *b);
void part_source(builder *b);
void part_about(builder *b);

#endif
