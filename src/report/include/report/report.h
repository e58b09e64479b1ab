/* Reports of an audit: one page for people (HTML), one document for machines (JSON), one line per
 * failing record (CSV). Pure functions of result and reading: no clock, no file.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "audit/audit.h"
#include "base/catalog.h"
#include "base/locale.h"
#include "report/earlier.h"

/** How the source was read, as the report tells it (a copy of what the importer says, so that
 * report need not see exchange). */
typedef struct report_source_column {
    pb_str header, field, how; /* field absent: not mapped; how: English message id */
    uint64_t filled;
    pb_str format; /* how dates or numbers were read; absent: nothing to say */
    pb_str holds;  /* not mapped, yet it looks like: English message id; absent: nothing noticed */
    pb_str note;   /* why not mapped, what was assumed: English message id; absent: nothing */
    const pb_arg *note_args;
    size_t note_arg_count;
} report_source_column;
typedef struct report_source_reject {
    int64_t line;
    pb_str column, value, says; /* says: finished English message id with {value} etc. */
    int64_t expected, found;
    const model_field *model; /* the field its column is read as; NULL: none */
} report_source_reject;
typedef struct report_source_file {
    pb_str name, entity; /* entity label id; absent: not read, why_not says why */
    pb_str why_not;      /* English message id with why_args */
    const pb_arg *why_args;
    size_t why_arg_count;
    pb_str form;                      /* "CSV", "XLSX", …; shown as it is */
    pb_str encoding;                  /* empty where the form decides */
    int sure;                         /* of the encoding, in percent; 0: not said */
    char delimiter;                   /* 0: none */
    bool hidden;                      /* a sheet that its workbook does not show */
    uint64_t above, formulas, merged; /* titles passed over; cells computed; cells of merged ones */
    uint64_t bytes, rows, imported, rejected, noted;
    uint64_t deleted; /* rows that the source marks as deleted: left out */
    uint64_t aside;   /* rows that are no records (notifications, the product's users): left out */
    const pb_note *notes; /* what a person should know about how it was read */
    size_t note_count;
    uint8_t hash[32];
    const report_source_column *columns;
    size_t column_count;
    const report_source_reject *rejects;
    size_t reject_count;
} report_source_file;
typedef struct report_reading {
    const report_source_file *files;
    size_t file_count;
    uint64_t unresolved;
    pb_str product;     /* title of the product that wrote the files; absent: not known */
    bool product_asked; /* it was named, not recognised */
} report_reading;

/** What an audit was planned for, fixed before it was done; absent texts were not said. */
typedef struct report_brief {
    int64_t plan, version; /* which plan of the workspace, as it was when the audit began */
    pb_str name, goals, criteria;
    pb_str source; /* another system whose export was audited; empty: the workspace */
    pb_str scope;  /* entities, areas and controls in words, as a list; absent: everything */
    pb_str team;   /* names, as a list */
    model_strs entities, areas, controls, members; /* the same by their names, for machines */
    int64_t planned_days;                          /* day it was planned for; INT64_MIN: none */
} report_brief;

typedef struct report_input {
    const audit_result *result;
    const audit_catalogue *catalogue;
    const model_schema *schema;
    const report_reading *reading;
    const char *program_version;
    pb_str title;        /* name of what was audited */
    size_t samples;      /* evidence lines a finding shows; 0: 10 */
    bool show_values;    /* personal values are shown as they are instead of masked */
    int64_t hourly_rate; /* what an hour of work costs, in minor units; 0: not said */
    pb_str hourly_currency;
    const report_earlier *since; /* earlier audits of the same, to see what became of it */
    size_t since_count;
    const report_earlier *against; /* another source's or a peer's; NULL: none */
    const report_target *target;   /* NULL: none */
    const report_brief *brief;     /* what was planned; NULL: the audit was not planned */
    int hours_a_week;              /* that are given to mending, for the plan; 0: 8 */
} report_input;

/** One self-contained page in the locale's language; needs no script. */
pb_status report_html(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err);
/** Machine-readable; texts in the locale's language beside stable ids. */
pb_status report_json(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err);
/** `control,grade,entity,record,field,value,problem,suggestion,other,owner,source,hint`, a line per
 * failing record, in order of control, then record; also of controls that pass, whose failing
 * records are within what is allowed. */
pb_status report_csv(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err);
/** The same as report_html on sheets of A4, as PDF 1.5: contents and links, the pages numbered, the
 * reader's direction. PB_UNSUPPORTED when the system has no font for a script of the texts. In the
 * program it lies in a module of its own (see README): call it through sys_module_find there. */
pb_status report_pdf(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err);
/** A workbook (XLSX): summary, findings, a work list for each of the worst 250 findings with all
 * listed records (up to 100,000 each), one sheet for the records of all further ones, the other
 * sections with charts of their own. The library that writes it knows only files: `path` is made or
 * replaced, what it sets aside on the way goes into `folder`, which the caller keeps private. PB_IO
 * when a file cannot be written. */
pb_status report_xlsx(const report_input *report, pb_locale *locale, const char *folder,
                      const char *path, pb_error *err);
/** A dozen lines for a terminal: mark, what fails, what to do first. */
pb_status report_summary(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err);

/** Appends a text of a control (its title, criterion, …) with the labels of its entity and field in
 * place; `whole`: of one that is asked of several fields, so without saying which. Figures, which
 * only a finding has, are left open. */
void report_control_says(const pb_catalog *catalog, const audit_control *control, pb_str id,
                         bool whole, pb_buf *out);

#endif
