/* What was not examined and why; how the source was read; what the rules were. */
#include "build.h"
#include "mask.h"

#include "base/bytes.h"

#include <math.h>

enum { MAX_REJECTS = 20 };

/* One reason, and the controls that share it. */
typedef struct reason_group {
    pb_str why;
    pb_str *controls; /* title and id */
    size_t count, capacity;
} reason_group;

typedef struct reason_list {
    reason_group *items;
    size_t count, capacity;
} reason_list;

static void put_in_group(builder *b, reason_list *list, pb_str why, const audit_finding *finding)
{
    size_t at = 0;
    pb_str title = build_title(b, finding);
    char *text = pb_arena_printf(b->arena, "%.*s (\xE2\x81\xA8%.*s\xE2\x81\xA9)", PB_STR_FMT(title),
                                 PB_STR_FMT(finding->control->id));
    while (at < list->count && !pb_str_eq(list->items[at].why, why))
        at++;
    if (at == list->count) {
        reason_group group = {.why = why};
        if (!PB_PUSH(b->arena, list->items, list->count, list->capacity, group)) {
            b->failed = true;
            return;
        }
    }
    reason_group *group = &list->items[at];
    if (text == NULL ||
        !PB_PUSH(b->arena, group->controls, group->count, group->capacity, pb_str_c(text)))
        b->failed = true;
}

/* Hundreds of controls may not apply for a handful of reasons: each reason is told once. */
static reason_list group_reasons(builder *b)
{
    reason_list list = {0};
    for (size_t i = 0; i < b->writer.result->finding_count; i++) {
        const audit_finding *finding = &b->writer.result->findings[i];
        PB_AUTO_BUF why = PB_BUF_INIT(REPORT_TEXT_MAX);
        if (finding->outcome != AUDIT_NOT_APPLICABLE && finding->outcome != AUDIT_COULD_NOT_RUN)
            continue;
        report_reason(&b->writer, finding, &why);
        put_in_group(b, &list, build_keep(b, &why), finding);
    }
    return list;
}

static void reason_rows(builder *b, table_builder *table)
{
    reason_list list = group_reasons(b);
    for (size_t i = 0; i < list.count; i++) {
        const reason_group *group = &list.items[i];
        report_cell cell = {.kind = REPORT_CELL_TEXT, .text = group->controls[0], .number = NAN};
        if (group->count > 1) {
            cell.text =
                build_counted(b, PB_MSG_N("{count} control", "{count} controls"), group->count);
            cell.items = group->controls;
            cell.item_count = group->count;
            if (group->count > REPORT_ITEMS_FIRST)
                cell.items_rest = build_counted(
                    b,
                    PB_MSG_N("{count} more is in report.json.", "{count} more are in report.json."),
                    group->count - REPORT_ITEMS_FIRST);
        }
        build_cell(table, cell);
        build_cell_text(table, group->why);
    }
}

/* How a column was mapped, how its values were read, and what a person should know about it. */
static void column_how(builder *b, table_builder *table, const report_source_column *column)
{
    PB_AUTO_BUF note = PB_BUF_INIT(REPORT_TEXT_MAX);
    const pb_catalog *catalog = b->writer.catalog;
    if (!pb_str_empty(column->format)) {
        pb_buf_add(&note, pb_translate_str(catalog, column->format));
        pb_buf_addc(&note, ". ");
    }
    size_t before = note.len;
    PB_AUTO_BUF more = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_column_note(&b->writer, column, &more);
    pb_buf_add(&note, pb_buf_str(&more));
    if (more.len == 0 && before > 2)
        note.len = before - 2;
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = pb_translate_str(catalog, column->how),
                                    .note = build_keep(b, &note),
                                    .number = NAN});
}

static void unread_rows(builder *b, table_builder *table)
{
    const report_reading *reading = b->writer.report->reading;
    for (size_t i = 0; i < reading->file_count; i++) {
        const report_source_file *file = &reading->files[i];
        PB_AUTO_BUF why = PB_BUF_INIT(REPORT_TEXT_MAX);
        if (!pb_str_empty(file->entity))
            continue;
        report_why_not(&b->writer, file, &why);
        build_cell_value(table, file->name);
        build_cell_text(table, build_keep(b, &why));
    }
    for (size_t i = 0; i < reading->file_count; i++) {
        const report_source_file *file = &reading->files[i];
        for (size_t c = 0; c < file->column_count && !pb_str_empty(file->entity); c++) {
            if (!pb_str_empty(file->columns[c].field))
                continue;
            build_cell(table, (report_cell){.kind = REPORT_CELL_VALUE,
                                            .text = file->columns[c].header,
                                            .note = file->name,
                                            .number = NAN});
            column_how(b, table, &file->columns[c]);
        }
    }
}

void part_not_examined(builder *b)
{
    table_builder table = build_table(b);
    build_section(b, "not-examined", PB_MSG("What was not examined, and why"), true);
    build_column(&table, PB_MSG("Control, file or column"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Reason"), REPORT_CELL_TEXT);
    unread_rows(b, &table);
    reason_rows(b, &table);
    if (table.count == 0)
        build_text(b, PB_STR_NONE, build_say(b, PB_MSG("Everything was examined."), NULL),
                   REPORT_PLAIN);
    build_table_block(&table, PB_STR_NONE, PB_STR_NONE, PB_STR_NONE);
    build_section_end(b);
}

static void columns_table(builder *b, const report_source_file *file, pb_str title, pb_str text)
{
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("Column of the source"), REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Field"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("How it was mapped"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Filled"), REPORT_CELL_NUMBER);
    for (size_t i = 0; i < file->column_count; i++) {
        const report_source_column *column = &file->columns[i];
        build_cell_value(&table, column->header);
        build_cell_text(&table, pb_str_empty(column->field)
                                    ? PB_STR("–")
                                    : pb_translate_str(b->writer.catalog, column->field));
        column_how(b, &table, column);
        build_cell_int(&table, column->filled);
    }
    if (file->column_count == 0)
        build_text(b, title, text, REPORT_SOFT);
    build_table_block(&table, title, text, PB_STR_NONE);
}

static void rejects_table(builder *b, const report_source_file *file)
{
    size_t shown = file->reject_count < MAX_REJECTS ? file->reject_count : MAX_REJECTS;
    table_builder table = build_table(b);
    pb_str note = PB_STR_NONE;
    build_column(&table, PB_MSG("Line"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Column"), REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Value"), REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Reason"), REPORT_CELL_TEXT);
    for (size_t i = 0; i < shown; i++) {
        const report_source_reject *reject = &file->rejects[i];
        PB_AUTO_BUF why = PB_BUF_INIT(REPORT_TEXT_MAX);
        report_reject(&b->writer, reject, &why);
        build_cell_int(&table, (uint64_t)reject->line);
        build_cell_value(&table, reject->column);
        build_cell_value(&table, mask_raw(&b->writer, reject->model, reject->value));
        build_cell_text(&table, build_keep(b, &why));
    }
    if (file->reject_count > shown)
        note = build_counted(
            b, PB_MSG_N("{count} more is in report.json.", "{count} more are in report.json."),
            file->reject_count - shown);
    build_table_block(&table,
                      build_say(b, PB_MSG("Rows not taken, and values not understood"), NULL),
                      PB_STR_NONE, note);
}

static const char *delimiter_text(char delimiter)
{
    return delimiter == '\t'  ? PB_MSG("separated by tabs")
           : delimiter == ';' ? PB_MSG("separated by semicolons")
           : delimiter == '|' ? PB_MSG("separated by bars")
                              : PB_MSG("separated by commas");
}

/* What form the file has, and how its bytes and cells were told apart. */
static void form_text(const report_writer *w, const report_source_file *file, pb_buf *to)
{
    const pb_str parts[] = {file->form, file->encoding};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!pb_str_empty(parts[i]))
            pb_buf_printf(to, " · \xE2\x81\xA8%.*s\xE2\x81\xA9", PB_STR_FMT(parts[i]));
    if (file->sure > 0 && file->sure < 100) {
        pb_buf_addc(to, " (");
        report_say(w, to, PB_MSG("judged from its bytes, {percent} % sure"), "percent",
                   report_int(w, (uint64_t)file->sure), NULL);
        pb_buf_byte(to, ')');
    }
    if (file->delimiter != 0) {
        pb_buf_addc(to, " · ");
        report_say(w, to, delimiter_text(file->delimiter), NULL);
    }
}

static void add_part(pb_buf *to, const char *part)
{
    pb_buf_addc(to, " · ");
    pb_buf_addc(to, part);
}

/* What a workbook had that a plain table has not. */
static void sheet_text(const report_writer *w, const report_source_file *file, pb_buf *to)
{
    const struct {
        uint64_t count;
        const char *one, *several;
    } facts[] = {
        {file->above,
         PB_MSG_N("{count} row above the names of columns was passed over as a title",
                  "{count} rows above the names of columns were passed over as titles")},
        {file->formulas,
         PB_MSG_N("{count} cell is a formula: its value as last saved was read",
                  "{count} cells are formulas: their values as last saved were read")},
        {file->merged, PB_MSG_N("{count} cell has the value of the merged range it lies in",
                                "{count} cells have the value of the merged range they lie in")}};
    if (file->hidden)
        add_part(to,
                 pb_translate(w->catalog, PB_MSG("the sheet is hidden in its workbook and was read "
                                                 "all the same")));
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (facts[i].count > 0)
            add_part(to, report_counted(w, facts[i].one, facts[i].several, facts[i].count));
    }
}

static void put_file(builder *b, const report_source_file *file)
{
    const report_writer *w = &b->writer;
    PB_AUTO_BUF hash = PB_BUF_INIT(128), title = PB_BUF_INIT(REPORT_TEXT_MAX),
                text = PB_BUF_INIT(REPORT_TEXT_MAX);
    pb_hex(&hash, file->hash, sizeof file->hash);
    pb_buf_printf(&title, "\xE2\x81\xA8%.*s\xE2\x81\xA9 %s ", PB_STR_FMT(file->name),
                  pb_catalog_rtl(w->catalog) ? "←" : "→");
    pb_buf_add(&title, pb_translate_str(w->catalog, file->entity));
    report_say_n(w, &text,
                 PB_MSG_N("{imported} of {rows} row taken, {rejected} not",
                          "{imported} of {rows} rows taken, {rejected} not"),
                 file->rows, "imported", report_int(w, file->imported), "rows",
                 report_int(w, file->rows), "rejected", report_int(w, file->rejected), NULL);
    add_part(
        &text,
        report_counted(w, PB_MSG_N("{count} value not understood", "{count} values not understood"),
                       file->noted));
    if (file->deleted > 0)
        add_part(&text, report_counted(
                            w,
                            PB_MSG_N("{count} row marked as deleted in the source was left out",
                                     "{count} rows marked as deleted in the source were left out"),
                            file->deleted));
    if (file->aside > 0)
        add_part(&text, report_counted(
                            w,
                            PB_MSG_N("{count} row that is no record (the product's own users, "
                                     "notifications, headings, unnamed addresses) was left out",
                                     "{count} rows that are no records (the product's own users, "
                                     "notifications, headings, unnamed addresses) were left out"),
                            file->aside));
    form_text(w, file, &text);
    sheet_text(w, file, &text);
    for (size_t i = 0; i < file->note_count; i++) {
        pb_buf_addc(&text, " · ");
        pb_note_put(&file->notes[i], w->catalog, &text);
    }
    pb_buf_addc(&text, "\nSHA-256 ");
    pb_buf_add(&text, pb_buf_str(&hash));
    columns_table(b, file, build_keep(b, &title), build_keep(b, &text));
    rejects_table(b, file);
}

void part_source(builder *b)
{
    const report_reading *reading = b->writer.report->reading;
    build_section(b, "source", PB_MSG("How the source was read"), true);
    if (reading->file_count == 0)
        build_text(b, PB_STR_NONE,
                   build_say(b, PB_MSG("The workspace was read where it is."), NULL), REPORT_PLAIN);
    if (!pb_str_empty(reading->product))
        build_text(b, PB_STR_NONE,
                   build_say(b,
                             reading->product_asked
                                 ? PB_MSG("The files were read as an export of {product}.")
                                 : PB_MSG("The files were recognised as an export of {product}."),
                             "product", PB_ARG(reading->product), NULL),
                   REPORT_PLAIN);
    for (size_t i = 0; i < reading->file_count; i++)
        if (!pb_str_empty(reading->files[i].entity))
            put_file(b, &reading->files[i]);
    build_section_end(b);
}

static report_fact hash_fact(builder *b, const char *label, const uint8_t hash[32])
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_hex(&text, hash, 32);
    return (report_fact){build_say(b, label, NULL), build_keep(b, &text), REPORT_CELL_ID, NAN};
}

static const char *const about_marks[] = {
    PB_MSG("Every control gives a share of what it could give; essential ones weigh 5, important "
           "ones 3, desirable ones 1. What could not run counts as failed, what does not apply "
           "does not count. While an important control fails, the mark stays below 90; one failed "
           "essential control holds it at 64 at most, three or more at 49."),
    PB_MSG("A from 90, B from 80, C from 65, D from 50, E below."),
    PB_MSG("The same source, rules and day give the same report, byte for byte: whoever "
           "has them can "
           "check it."),
};

void part_about(builder *b)
{
    enum { FACTS = 4 };
    const report_input *input = b->writer.report;
    report_fact *facts = pb_arena_array(b->arena, FACTS, sizeof *facts);
    if (facts == NULL) {
        b->failed = true;
        return;
    }
    build_section(b, "about", PB_MSG("How to read the marks"), true);
    for (size_t i = 0; i < sizeof about_marks / sizeof *about_marks; i++)
        build_text(b, PB_STR_NONE, build_say(b, about_marks[i], NULL), REPORT_PLAIN);
    char *program = pb_arena_printf(b->arena, "probity %s", input->program_version);
    facts[0] = (report_fact){build_say(b, PB_MSG("Program"), NULL), pb_str_c(program),
                             REPORT_CELL_ID, NAN};
    facts[1] = (report_fact){build_say(b, PB_MSG("Version of the rules"), NULL),
                             input->catalogue->version, REPORT_CELL_ID, NAN};
    facts[2] = hash_fact(b, PB_MSG("Rules (SHA-256)"), input->catalogue->hash);
    facts[3] = hash_fact(b, PB_MSG("Model (SHA-256)"), input->schema->hash);
    build_block(b, (report_block){.kind = REPORT_BLOCK_FACTS, .facts = facts, .fact_count = FACTS});
    build_section_end(b);
}
