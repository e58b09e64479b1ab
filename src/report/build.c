/* Pieces of a document: texts, sections, tables, charts. */
#include "build.h"

#include <math.h>
#include <stdarg.h>

enum { MAX_ARGS = 12 };

pb_str build_keep(builder *b, const pb_buf *text)
{
    pb_str kept = pb_arena_str(b->arena, pb_buf_str(text));
    b->failed = b->failed || text->failed || (text->len > 0 && kept.ptr == NULL);
    return text->len > 0 ? kept : PB_STR_NONE;
}

static pb_str say(builder *b, const char *text, va_list list)
{
    PB_AUTO_BUF out = PB_BUF_INIT(REPORT_TEXT_MAX);
    pb_arg args[MAX_ARGS];
    size_t count = 0;
    for (const char *name; count < MAX_ARGS && (name = va_arg(list, const char *)) != NULL; count++)
        args[count] = (pb_arg){name, pb_str_c(va_arg(list, const char *))};
    pb_format(&out, pb_str_c(text), args, count);
    return build_keep(b, &out);
}

pb_str build_say(builder *b, const char *id, ...)
{
    va_list list;
    if (id[0] == 0)
        return PB_STR_NONE; /* the id of a catalogue's own head */
    va_start(list, id);
    pb_str said = say(b, pb_translate(b->writer.catalog, id), list);
    va_end(list);
    return said;
}

pb_str build_say_n(builder *b, const char *one, const char *several, uint64_t n, ...)
{
    va_list list;
    int64_t count = n > INT64_MAX ? INT64_MAX : (int64_t)n;
    va_start(list, n);
    pb_str said = say(b, pb_translate_n(b->writer.catalog, one, several, count), list);
    va_end(list);
    return said;
}

pb_str build_counted(builder *b, const char *one, const char *several, uint64_t n)
{
    return build_say_n(b, one, several, n, "count", report_int(&b->writer, n), NULL);
}

pb_str build_int(builder *b, uint64_t value)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_locale_int(b->writer.locale, &text, (int64_t)value);
    return build_keep(b, &text);
}

pb_str build_share(builder *b, double share)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_locale_share(b->writer.locale, &text, share);
    return build_keep(b, &text);
}

pb_str build_number(builder *b, double value, int decimals)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_locale_number(b->writer.locale, &text, value, decimals);
    return build_keep(b, &text);
}

pb_str build_date(builder *b, int64_t days)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_locale_date(b->writer.locale, &text, days);
    return build_keep(b, &text);
}

pb_str build_in_unit(builder *b, report_unit unit, double value)
{
    if (isnan(value))
        return PB_STR_NONE;
    switch (unit) {
    case REPORT_SHARE:
        return build_share(b, value);
    case REPORT_MARK:
        return build_number(b, value, 1);
    case REPORT_HOURS:
        return build_number(b, value, value < 10 ? 1 : 0);
    case REPORT_COUNT:
        break;
    }
    return build_number(b, value, value < 10 && value > floor(value) ? 1 : 0);
}

pb_str build_title(builder *b, const audit_finding *finding)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_control_text(&b->writer, finding, finding->control->title, &text);
    return build_keep(b, &text);
}

report_tone build_grade_tone(model_grade grade)
{
    return grade == MODEL_ESSENTIAL   ? REPORT_BAD
           : grade == MODEL_IMPORTANT ? REPORT_WARN
                                      : REPORT_SOFT;
}

report_tone build_letter_tone(char letter)
{
    return letter == 'A' || letter == 'B' ? REPORT_GOOD
           : letter == 'C'                ? REPORT_WARN
           : letter == '-'                ? REPORT_SOFT
                                          : REPORT_BAD;
}

void build_section(builder *b, const char *id, const char *title, bool in_contents)
{
    b->section =
        (report_section){.id = id,
                         .title = pb_str_c(title[0] ? pb_translate(b->writer.catalog, title) : ""),
                         .in_contents = in_contents};
    b->blocks = NULL;
    b->block_count = b->block_capacity = 0;
}

void build_section_end(builder *b)
{
    if (b->block_count == 0)
        return;
    b->section.blocks = b->blocks;
    b->section.block_count = b->block_count;
    if (!PB_PUSH(b->arena, b->sections, b->section_count, b->section_capacity, b->section))
        b->failed = true;
}

void build_block(builder *b, report_block block)
{
    if (!PB_PUSH(b->arena, b->blocks, b->block_count, b->block_capacity, block))
        b->failed = true;
}

void build_text(builder *b, pb_str title, pb_str text, report_tone tone)
{
    build_block(
        b, (report_block){.kind = REPORT_BLOCK_TEXT, .title = title, .text = text, .tone = tone});
}

table_builder build_table(builder *b)
{
    return (table_builder){.b = b};
}

void build_column_str(table_builder *t, pb_str title, report_cell_kind kind)
{
    report_column column = {title, kind};
    if (!PB_PUSH(t->b->arena, t->columns, t->column_count, t->column_capacity, column))
        t->b->failed = true;
}

void build_column(table_builder *t, const char *title, report_cell_kind kind)
{
    build_column_str(t, pb_str_c(title[0] ? pb_translate(t->b->writer.catalog, title) : ""), kind);
}

void build_cell(table_builder *t, report_cell cell)
{
    if (!PB_PUSH(t->b->arena, t->cells, t->count, t->capacity, cell))
        t->b->failed = true;
}

void build_cell_text(table_builder *t, pb_str text)
{
    build_cell(t, (report_cell){.kind = REPORT_CELL_TEXT, .text = text, .number = NAN});
}

void build_cell_value(table_builder *t, pb_str text)
{
    pb_str shown = pb_arena_str(t->b->arena, report_shown(&t->b->writer, text));
    build_cell(t, (report_cell){.kind = REPORT_CELL_VALUE, .text = shown, .number = NAN});
}

void build_cell_int(table_builder *t, uint64_t value)
{
    build_cell(t, (report_cell){.kind = REPORT_CELL_NUMBER,
                                .text = build_int(t->b, value),
                                .number = (double)value});
}

void build_cell_share(table_builder *t, double share, report_tone tone)
{
    build_cell(t, (report_cell){.kind = REPORT_CELL_SHARE,
                                .tone = tone,
                                .text = build_in_unit(t->b, REPORT_SHARE, share),
                                .number = share});
}

void build_cell_mark(table_builder *t, char letter, double score, pb_str note)
{
    report_cell cell = {.kind = REPORT_CELL_MARK, .tone = build_letter_tone(letter), .number = NAN};
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    if (letter != '-') {
        cell.number = score;
        cell.note = note;
        pb_buf_byte(&text, letter);
        pb_buf_addc(&text, "\xE2\x80\x82"); /* EN SPACE */
        pb_locale_number(t->b->writer.locale, &text, score, 1);
    } else {
        pb_buf_addc(&text, "–");
    }
    cell.text = build_keep(t->b, &text);
    build_cell(t, cell);
}

void build_cell_date(table_builder *t, bool has, int64_t days)
{
    report_cell cell = {.kind = REPORT_CELL_DATE, .number = NAN};
    if (has) {
        cell.text = build_date(t->b, days);
        cell.number = (double)days;
    }
    build_cell(t, cell);
}

const report_table *build_table_end(table_builder *t, pb_str note)
{
    report_table *table = pb_arena_alloc(t->b->arena, sizeof *table);
    if (table == NULL || t->column_count == 0)
        t->b->failed = true;
    if (table == NULL || t->count == 0 || t->column_count == 0)
        return NULL;
    *table = (report_table){.title = t->title,
                            .columns = t->columns,
                            .column_count = t->column_count,
                            .cells = t->cells,
                            .row_count = t->count / t->column_count,
                            .note = note};
    return table;
}

void build_table_block(table_builder *t, pb_str title, pb_str text, pb_str note)
{
    const report_table *table = build_table_end(t, note);
    if (table != NULL)
        build_block(t->b,
                    (report_block){
                        .kind = REPORT_BLOCK_TABLE, .title = title, .text = text, .table = table});
}

chart_builder build_chart(builder *b, report_chart_kind kind, report_unit unit)
{
    return (chart_builder){.b = b, .chart = {.kind = kind, .unit = unit, .target = NAN}};
}

void build_label(chart_builder *c, pb_str label, report_tone tone)
{
    size_t count = c->label_count;
    if (!PB_PUSH(c->b->arena, c->tones, count, c->tone_capacity, tone) ||
        !PB_PUSH(c->b->arena, c->labels, c->label_count, c->label_capacity, label))
        c->b->failed = true;
}

void build_series(chart_builder *c, pb_str label, report_tone tone, const double *values)
{
    double *own = pb_arena_array(c->b->arena, c->label_count + 1, sizeof *own);
    pb_str *texts = pb_arena_array(c->b->arena, c->label_count + 1, sizeof *texts);
    if (own == NULL || texts == NULL) {
        c->b->failed = true;
        return;
    }
    for (size_t i = 0; i < c->label_count; i++) {
        own[i] = values[i];
        texts[i] = build_in_unit(c->b, c->chart.unit, values[i]);
    }
    report_series series = {.label = label, .values = own, .texts = texts, .tone = tone};
    if (!PB_PUSH(c->b->arena, c->series, c->series_count, c->series_capacity, series))
        c->b->failed = true;
}

/* The next of 1, 2, 5, 10, 20, … that four steps of reach `max`. */
static double nice_step(double max)
{
    double step = max / 4, base = pow(10, floor(log10(step)));
    double factor = step / base;
    return base * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

/* The longest bar, stacked or not. */
static double largest(const chart_builder *c, bool stacked)
{
    double most = 0;
    for (size_t i = 0; i < c->label_count; i++) {
        double sum = 0, one = 0;
        for (size_t s = 0; s < c->series_count; s++) {
            double value = c->series[s].values[i];
            sum += isnan(value) ? 0 : value;
            one = fmax(one, value);
        }
        most = fmax(most, stacked ? sum : one);
    }
    return most;
}

/* Scale and its marks, for charts that have an axis. */
static void put_ticks(chart_builder *c, report_chart *chart)
{
    const bool stacked = chart->kind == REPORT_STACKED;
    double max = chart->max;
    if (max <= 0 || stacked)
        max = fmax(max, largest(c, stacked));
    max = fmax(max, chart->target);
    if (chart->kind != REPORT_LINES && chart->kind != REPORT_COLUMNS) {
        chart->max = max;
        return;
    }
    double step = max > 0 ? nice_step(max) : 1;
    if (chart->unit == REPORT_COUNT && step < 1)
        step = 1;
    size_t count = max > 0 ? (size_t)ceil(max / step - 1e-9) + 1 : 2;
    double *ticks = pb_arena_array(c->b->arena, count, sizeof *ticks);
    pb_str *texts = pb_arena_array(c->b->arena, count, sizeof *texts);
    if (ticks == NULL || texts == NULL) {
        c->b->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ticks[i] = (double)i * step;
        texts[i] = build_in_unit(c->b, chart->unit, ticks[i]);
    }
    chart->max = ticks[count - 1];
    chart->ticks = ticks;
    chart->tick_texts = texts;
    chart->tick_count = count;
}

void build_chart_block(chart_builder *c, pb_str title, pb_str says)
{
    report_chart *chart = pb_arena_alloc(c->b->arena, sizeof *chart);
    bool toned = false;
    for (size_t i = 0; i < c->label_count; i++)
        toned = toned || c->tones[i] != REPORT_PLAIN;
    if (chart == NULL)
        c->b->failed = true;
    if (chart == NULL || c->label_count == 0 || c->series_count == 0)
        return;
    *chart = c->chart;
    put_ticks(c, chart);
    chart->says = says;
    chart->labels = c->labels;
    chart->label_count = c->label_count;
    chart->tones = toned ? c->tones : NULL;
    chart->series = c->series;
    chart->series_count = c->series_count;
    build_block(c->b, (report_block){.kind = REPORT_BLOCK_CHART, .title = title, .chart = chart});
}
