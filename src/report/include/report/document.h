/* The report as a document: what stands between a result and its faces, so that HTML, PDF and
 * spreadsheet say the same.
 *
 * All texts are finished: in the reader's language, with his digits and calendar, values masked
 * unless the reader asked to see them. Beside a text that is a number stands the number itself, for
 * faces that can compute. A face decides how things look and nothing else.
 *
 * Threads: a document is immutable once made. Owner: the arena it was made in.
 */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

#include "report/report.h"

/** What something means, for its colour; a face must not say it by colour alone. */
typedef enum report_tone {
    REPORT_PLAIN,
    REPORT_SOFT, /* less important than what stands around it */
    REPORT_GOOD,
    REPORT_WARN,
    REPORT_BAD
} report_tone;

typedef enum report_cell_kind {
    REPORT_CELL_TEXT,   /* prose of the report */
    REPORT_CELL_VALUE,  /* as the source has it: kept apart from the direction around it */
    REPORT_CELL_ID,     /* id of a control, a hash: fixed width, left to right */
    REPORT_CELL_NUMBER, /* `number` is what `text` says */
    REPORT_CELL_DATE,   /* `number`: days since 1970-01-01; NAN: the text is no day */
    REPORT_CELL_SHARE,  /* `number`: 0…1, drawn as a bar too */
    REPORT_CELL_MARK    /* `number`: 0…100, drawn as a bar too; NAN: nothing to mark */
} report_cell_kind;

enum { REPORT_ITEMS_FIRST = 12 };

typedef struct report_cell {
    report_cell_kind kind;
    report_tone tone;
    pb_str text;         /* absent: an empty cell */
    pb_str note;         /* a softer line beneath; absent: none */
    const pb_str *items; /* a list that the text sums up (“41 controls”); NULL: none */
    size_t item_count;
    pb_str items_rest; /* beyond the first REPORT_ITEMS_FIRST: how many more, for paper */
    double number;
    pb_str target; /* id of the block it leads to; absent: none */
} report_cell;

typedef struct report_column {
    pb_str title; /* may be empty */
    report_cell_kind kind;
} report_column;

typedef struct report_table {
    pb_str title; /* absent: the block's own */
    const report_column *columns;
    size_t column_count;
    const report_cell *cells; /* row by row */
    size_t row_count;
    pb_str note; /* beneath, as “10 of 85 shown”; absent: none */
} report_table;

typedef enum report_chart_kind {
    REPORT_BARS,    /* lying, one a label; several series: side by side */
    REPORT_STACKED, /* lying, one a label, the series one behind the other */
    REPORT_COLUMNS, /* standing, labels in their order: a histogram */
    REPORT_LINES,   /* labels in their order of time */
    REPORT_SPARKS,  /* small multiples: a line for each series, labels in their order of time */
    REPORT_DONUT,   /* shares of a whole; first series */
    REPORT_GAUGE    /* first value of the first series, of `max` */
} report_chart_kind;

typedef enum report_unit {
    REPORT_COUNT,
    REPORT_SHARE, /* 0…1 */
    REPORT_MARK,  /* 0…100 */
    REPORT_HOURS
} report_unit;

typedef struct report_series {
    pb_str label;
    const double *values; /* by label; NAN: none there, drawn as a gap and never as 0 */
    const pb_str *texts;  /* the same, as the reader writes them; absent where NAN */
    report_tone tone;     /* REPORT_PLAIN: the face's next colour */
} report_series;

typedef struct report_chart {
    report_chart_kind kind;
    report_unit unit;
    pb_str says;     /* one sentence: what is to be seen, for who cannot see it */
    pb_str label_of; /* what the labels are (“Area”), heading of the table */
    const pb_str *labels;
    const report_tone *tones; /* by label, when each has its own; NULL: by series */
    size_t label_count;
    const report_series *series;
    size_t series_count;
    double max; /* end of the scale, of stacked bars at least the longest; 0: nothing to scale, all
                   values are 0 */
    const double *ticks; /* marks of the axis of values, from 0 to max; lines and columns only */
    const pb_str *tick_texts;
    size_t tick_count;
    double target; /* a line across; NAN: none */
    pb_str target_says;
    pb_str elsewhere;  /* where the figures are when they are too many for paper; absent: there */
    bool table_beside; /* another table of the section has the figures: none need be drawn */
} report_chart;

/** A name and what stands behind it. */
typedef struct report_fact {
    pb_str label, text;
    report_cell_kind kind; /* REPORT_CELL_TEXT or REPORT_CELL_ID */
    double share;          /* 0…1, drawn as a bar; NAN: none */
} report_fact;

/** A step to take, a statement with its evidence. */
typedef struct report_point {
    pb_str title; /* absent: only a text */
    pb_str text;
    pb_str aside;      /* in brackets: effort, amount; absent: none */
    pb_str badge;      /* grade or the like; absent: none */
    report_tone tone;  /* of the badge */
    const pb_str *ids; /* controls it rests on: ids of findings, may lead there */
    size_t id_count;
} report_point;

typedef struct report_group {
    pb_str title; /* absent: none */
    report_tone tone;
    bool ordered;
    const report_point *points;
    size_t point_count;
} report_group;

typedef struct report_tile {
    pb_str number, label;
    report_tone tone;
} report_tile;

/** A finding, told in full. */
typedef struct report_item {
    const audit_finding *finding;
    pb_str id; /* of the control */
    pb_str title;
    pb_str badge; /* grade */
    report_tone tone;
    pb_str lead; /* who accepted it, when waived; absent: none */
    const report_fact *facts;
    size_t fact_count;
    const report_table *evidence; /* NULL: none */
} report_item;

typedef enum report_block_kind {
    REPORT_BLOCK_TEXT,  /* title (a heading, may be absent), text */
    REPORT_BLOCK_FACTS, /* title, text above, facts */
    REPORT_BLOCK_TILES,
    REPORT_BLOCK_POINTS, /* groups; four of them side by side where there is room (SWOT) */
    REPORT_BLOCK_TABLE,
    REPORT_BLOCK_CHART,
    REPORT_BLOCK_FINDING
} report_block_kind;

typedef struct report_block {
    report_block_kind kind;
    pb_str title; /* absent: none */
    pb_str text;  /* above the rest; absent: none */
    report_tone tone;
    const report_fact *facts;
    size_t fact_count;
    const report_tile *tiles;
    size_t tile_count;
    const report_group *groups;
    size_t group_count;
    const report_table *table;
    const report_chart *chart;
    const report_item *item;
} report_block;

typedef struct report_section {
    const char *id; /* stable, for links: findings, marks, … */
    pb_str title;
    bool in_contents;
    const report_block *blocks;
    size_t block_count;
} report_section;

typedef struct report_document {
    const char *language;
    bool rtl;
    pb_str title;   /* “Audit of {title}” */
    pb_str subject; /* the title alone */
    pb_str date;
    pb_str overview;
    pb_str held; /* why the mark is not higher; absent: it is what the controls give */
    char letter; /* A…E; '-': nothing to mark; 0: no document of a mark */
    double score;
    pb_str score_text; /* “87.3 of 100”; absent: nothing to mark */
    pb_str footer;
    pb_str contents_title, figures_title; /* “Contents”; “Figures”: above the table of a chart */
    const report_section *sections;
    size_t section_count;
    const report_input *input;
} report_document;

/** Makes the document: sections in their order, findings worst first. `input.samples` evidence rows
 * a finding (0: 10), so that a spreadsheet can ask for all. Lives in `arena`; the input must
 * outlive it. Cost: linear in findings and samples. */
pb_status report_document_make(const report_input *input, pb_locale *locale, pb_arena *arena,
                               report_document *ret_document, pb_error *err);

/** True when the document tells the finding of that control, so that a link to it leads somewhere.
 */
bool report_document_tells(const report_document *document, pb_str control);

#endif
