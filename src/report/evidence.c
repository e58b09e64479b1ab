/* The table of failing records beneath a finding: only columns that have something to say. */
#include "evidence.h"
#include "mask.h"

enum { MAX_COLUMNS = 8 };

/* What a table of evidence shows beside record and problem. */
typedef struct sample_columns {
    const model_field *fields[MAX_COLUMNS]; /* of control->evidence, in its order */
    size_t positions[MAX_COLUMNS];          /* of each in failure->evidence */
    size_t count;
    bool field, value, suggestion, owner;
} sample_columns;

/* A value that stands in the column of its field already is not repeated. */
static bool has_column(const sample_columns *columns, pb_str field)
{
    for (size_t i = 0; i < columns->count; i++)
        if (pb_str_eq(columns->fields[i]->name, field))
            return true;
    return false;
}

/* True when none of the first `shown` failures has anything in that place of the evidence. */
static bool is_blank(const audit_finding *finding, size_t shown, size_t position)
{
    for (size_t i = 0; i < shown; i++)
        if (finding->failures[i].evidence != NULL &&
            !pb_str_empty(finding->failures[i].evidence[position]))
            return false;
    return true;
}

static sample_columns choose_columns(const audit_finding *finding, size_t shown)
{
    const audit_control *control = finding->control;
    sample_columns columns = {0};
    bool owner_there = false;
    for (size_t i = 0; i < control->evidence.count && columns.count < MAX_COLUMNS; i++) {
        const model_field *field =
            control->entity != NULL ? model_field_find(control->entity, control->evidence.items[i])
                                    : NULL;
        if (field == NULL || is_blank(finding, shown, i))
            continue;
        owner_there = owner_there || pb_str_is(field->role, "owner");
        columns.positions[columns.count] = i;
        columns.fields[columns.count++] = field;
    }
    for (size_t i = 0; i < shown; i++) {
        const audit_failure *failure = &finding->failures[i];
        bool apart = !pb_str_empty(failure->field) && !has_column(&columns, failure->field);
        columns.field = columns.field || apart;
        columns.value = columns.value ||
                        (!pb_str_empty(failure->value) && !has_column(&columns, failure->field));
        columns.suggestion = columns.suggestion || !pb_str_empty(failure->suggestion);
        columns.owner = columns.owner || (!pb_str_empty(failure->owner) && !owner_there);
    }
    return columns;
}

static void put_head(table_builder *table, const sample_columns *columns)
{
    const pb_catalog *catalog = table->b->writer.catalog;
    build_column(table, PB_MSG("Record"), REPORT_CELL_VALUE);
    for (size_t i = 0; i < columns->count; i++)
        build_column_str(table, pb_translate_str(catalog, columns->fields[i]->label),
                         REPORT_CELL_VALUE);
    if (columns->field)
        build_column(table, PB_MSG("Field"), REPORT_CELL_VALUE);
    if (columns->value)
        build_column(table, PB_MSG("Value"), REPORT_CELL_VALUE);
    build_column(table, PB_MSG("Problem"), REPORT_CELL_TEXT);
    if (columns->suggestion)
        build_column(table, PB_MSG("Suggestion"), REPORT_CELL_VALUE);
    if (columns->owner)
        build_column(table, PB_MSG("Owner"), REPORT_CELL_VALUE);
}

static void put_row(table_builder *table, const audit_finding *finding,
                    const audit_failure *failure, const sample_columns *columns)
{
    const report_writer *writer = &table->b->writer;
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_problem(writer, finding, failure, &problem);
    build_cell_value(table, failure->record);
    for (size_t i = 0; i < columns->count; i++)
        build_cell_value(table, mask_evidence(writer, finding, failure, columns->positions[i]));
    if (columns->field)
        build_cell_value(table, report_field_label(writer, finding, failure));
    if (columns->value)
        build_cell_value(table, mask_value(writer, finding, failure));
    build_cell_text(table, build_keep(table->b, &problem));
    if (columns->suggestion)
        build_cell_value(table, mask_suggestion(writer, finding, failure));
    if (columns->owner)
        build_cell_value(table, failure->owner);
}

const report_table *evidence_table(builder *b, const audit_finding *finding)
{
    size_t limit = b->writer.report->samples > 0 ? b->writer.report->samples : REPORT_SAMPLES;
    size_t shown = finding->failure_count < limit ? finding->failure_count : limit;
    pb_str note = PB_STR_NONE;
    if (shown == 0)
        return NULL;
    sample_columns columns = choose_columns(finding, shown);
    table_builder table = build_table(b);
    table.title = build_say(b, PB_MSG("Evidence"), NULL);
    put_head(&table, &columns);
    for (size_t i = 0; i < shown; i++)
        put_row(&table, finding, &finding->failures[i], &columns);
    if (finding->failing > shown)
        note = build_say(
            b,
            finding->failing == finding->failure_count
                ? PB_MSG("{shown} of {failing} shown; all are in findings.csv.")
                : PB_MSG("{shown} of {failing} shown; the first {listed} are in findings.csv."),
            "shown", report_int(&b->writer, shown), "failing",
            report_int(&b->writer, finding->failing), "listed",
            report_int(&b->writer, finding->failure_count), NULL);
    return build_table_end(&table, note);
}
