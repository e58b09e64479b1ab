/* Private to report: the workbook, sheet by sheet, row by row (its memory does not grow with rows).
 */
#ifndef REPORT_SHEETS_H
#define REPORT_SHEETS_H

#include "build.h"

#include <xlsxwriter.h>

enum { SHEETS_NAME = 160 };

/** What a workbook takes. */
typedef struct sheets_limits {
    size_t lists;   /* sheets of single findings: each holds a file open until the end */
    lxw_row_t rows; /* of one sheet */
} sheets_limits;

typedef struct workbook {
    const report_document *document;
    lxw_workbook *book;
    sheets_limits limits;
    lxw_format *plain, *bold, *title, *head, *soft, *link, *date, *share, *count, *mark, *wrap;
    bool failed; /* memory ran out */
    lxw_error error;
} workbook;

/** A sheet being written; `row` is the next free one. */
typedef struct sheet {
    workbook *w;
    lxw_worksheet *to;
    char name[SHEETS_NAME];
    lxw_row_t row, chart_row; /* chart_row: first row below the charts at the side */
    int width[64];            /* of columns, in letters, as far as they are known */
} sheet;

void sheets_formats(workbook *w);
/** Begins a sheet; its name is made unique and such as Excel takes it. */
sheet sheets_begin(workbook *w, pb_str name);
/** Widths of columns; call it last. */
void sheets_end(sheet *s);
/** A text, never a formula. */
void sheets_text(sheet *s, lxw_col_t column, pb_str text, lxw_format *format);
void sheets_number(sheet *s, lxw_col_t column, double number, lxw_format *format);
/** A text that leads to another sheet. */
void sheets_link(sheet *s, lxw_col_t column, const char *sheet_name, pb_str text);
/** Rows of a table with their head; `frozen`: the head stays, and can be filtered by. */
void sheets_table(sheet *s, const report_table *table, bool frozen);
void sheets_section(sheet *s, const report_section *section);

/** Findings that have no sheet of their own, one under the other: the last sheet of lists. */
typedef struct further {
    sheet s;
    uint64_t findings, records; /* that stand here */
    uint64_t left;              /* records beyond the rows a sheet has */
} further;

/** What `findings` beyond the limit of lists will come to, before any is written. */
further sheets_further_ahead(const workbook *w, const audit_finding *const *findings, size_t count);
/** True when a finding has records to list. */
bool sheets_listed(const audit_finding *finding);
/** All findings from `from` on that have records. */
void sheets_further(workbook *w, const builder *whole, const audit_finding *const *findings,
                    size_t count, further *f);

/** The workbook, with limits of its own; report_xlsx takes those of Excel. */
pb_status sheets_write(const report_input *report, pb_locale *locale, const char *folder,
                       const char *path, sheets_limits limits, pb_error *err);

#endif
