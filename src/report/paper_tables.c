/* Tables: columns as wide as their words ask, rows over pages, the head on each of them. A table
 * that is too wide is put in bands, each beginning with the first column. */
#include "paper.h"

#include <math.h>

enum { COLUMNS_MAX = 64, MEASURED_ROWS = 60, MANY_COLUMNS = 8, ITEMS_AT_ONCE = 4000 };

#define PAD 4.0
#define BAR_WIDTH 46.0

typedef struct paper_grid {
    paper *p;
    const report_table *table;
    size_t count; /* columns of the band that is being put */
    size_t columns[COLUMNS_MAX];
    double size; /* of letters */
    double start[COLUMNS_MAX], width[COLUMNS_MAX];
    bool striped;
} paper_grid;

/* A cell that is being put, perhaps over several pages. */
typedef struct paper_cell {
    PangoLayout *text, *note;
    paper_style style;
    int text_line, note_line;
} paper_cell;

static bool is_number(report_cell_kind kind)
{
    return kind == REPORT_CELL_NUMBER || kind == REPORT_CELL_DATE;
}

static bool has_bar(const report_cell *cell)
{
    return (cell->kind == REPORT_CELL_MARK || cell->kind == REPORT_CELL_SHARE) &&
           !isnan(cell->number);
}

static paper_style style_of(const paper_grid *grid, const report_cell *cell)
{
    paper_style style = {.size = grid->size, .colour = paper_ink};
    bool judged = cell->kind == REPORT_CELL_TEXT && cell->tone != REPORT_PLAIN;
    style.apart = cell->kind == REPORT_CELL_VALUE;
    style.end = is_number(cell->kind);
    if (cell->kind == REPORT_CELL_ID) {
        style.face = PAPER_FIXED;
        style.size = grid->size - 0.5;
    }
    if (judged) {
        style.colour = paper_tone_ink(cell->tone);
        style.face = PAPER_BOLD;
    }
    if (!pb_str_empty(cell->target) && paper_page_of(grid->p, cell->target) > 0)
        style.colour = paper_accent;
    return style;
}

/* The widths a text asks for: on one line, and with a break wherever one may be. */
static void ask(paper_grid *grid, const paper_style *style, pb_str text, double more,
                double *widest, double *narrowest)
{
    if (pb_str_empty(text))
        return;
    PangoLayout *layout = paper_layout(grid->p, style, text, -1);
    double natural = paper_layout_width(layout) + more;
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    pango_layout_set_width(layout, 0);
    double least = paper_layout_width(layout) + more;
    g_object_unref(layout);
    *widest = fmax(*widest, natural);
    *narrowest = fmax(*narrowest, fmin(least, 110));
}

static void measure(paper_grid *grid, size_t columns, double *widest, double *narrowest)
{
    const report_table *table = grid->table;
    size_t rows = table->row_count < MEASURED_ROWS ? table->row_count : MEASURED_ROWS;
    for (size_t c = 0; c < columns; c++) {
        const paper_style head = {.size = grid->size, .face = PAPER_BOLD, .colour = paper_soft};
        widest[c] = narrowest[c] = 12;
        ask(grid, &head, table->columns[c].title, 1, &widest[c], &narrowest[c]);
        for (size_t r = 0; r < rows; r++) {
            const report_cell *cell = &table->cells[r * table->column_count + c];
            paper_style style = style_of(grid, cell);
            paper_style soft = {.size = grid->size - 1};
            ask(grid, &style, cell->text, has_bar(cell) ? BAR_WIDTH + 6 : 1, &widest[c],
                &narrowest[c]);
            ask(grid, &soft, cell->note, 1, &widest[c], &narrowest[c]);
        }
    }
}

/* The columns of the next band: the first of the table, then from `from` on as many as fit with
 * their least. Returns the first that does not. */
static size_t choose_band(paper_grid *grid, size_t columns, size_t from, const double *narrowest)
{
    double used = narrowest[0] + 2 * PAD;
    grid->columns[0] = 0;
    grid->count = 1;
    while (from < columns && (grid->count == 1 || used + narrowest[from] + 2 * PAD <= PAPER_ROOM)) {
        used += narrowest[from] + 2 * PAD;
        grid->columns[grid->count++] = from++;
    }
    return from;
}

/* Every column its least, then what is left by what more each would like. */
static void lay_out(paper_grid *grid, const double *widest, const double *narrowest)
{
    double room = PAPER_ROOM - 2 * PAD * (double)grid->count, least = 0, most = 0, at = 0;
    for (size_t i = 0; i < grid->count; i++) {
        least += narrowest[grid->columns[i]];
        most += fmax(widest[grid->columns[i]], narrowest[grid->columns[i]]);
    }
    for (size_t i = 0; i < grid->count; i++) {
        size_t c = grid->columns[i];
        double wish = fmax(widest[c], narrowest[c]), width = wish;
        if (least > room)
            width = narrowest[c] * room / least;
        else if (most > room)
            width = narrowest[c] + (wish - narrowest[c]) * (room - least) / (most - least);
        else if (grid->count > 1)
            width = wish + (room - most) / (double)grid->count;
        grid->start[i] = at + PAD;
        grid->width[i] = width;
        at += width + 2 * PAD;
    }
}

static void put_head(paper_grid *grid)
{
    paper *p = grid->p;
    PangoLayout *titles[COLUMNS_MAX];
    paper_style styles[COLUMNS_MAX];
    double height = 0;
    for (size_t c = 0; c < grid->count; c++) {
        styles[c] = (paper_style){.size = grid->size, .face = PAPER_BOLD, .colour = paper_soft};
        const report_column *column = &grid->table->columns[grid->columns[c]];
        styles[c].end = is_number(column->kind);
        titles[c] = paper_layout(p, &styles[c], column->title, grid->width[c]);
        if (!pb_str_empty(column->title))
            height = fmax(height, paper_layout_height(titles[c]));
    }
    if (height > 0) {
        paper_fill(p, 0, p->y, PAPER_ROOM, height + 5, paper_ground);
        for (size_t c = 0; c < grid->count; c++)
            paper_put(p, titles[c], &styles[c], grid->start[c], p->y + 2.5, grid->width[c]);
        p->y += height + 5;
    }
    for (size_t c = 0; c < grid->count; c++)
        g_object_unref(titles[c]);
    paper_fill(p, 0, p->y, PAPER_ROOM, 0.7, paper_rule);
    p->y += 1;
}

static const paper_style *note_style(const paper_grid *grid)
{
    static const paper_style soft[] = {{.size = 6, .colour = {0.34, 0.38, 0.45}},
                                       {.size = 7, .colour = {0.34, 0.38, 0.45}}};
    return &soft[grid->size > 7.5];
}

static paper_cell begin_cell(paper_grid *grid, const report_cell *cell, double width)
{
    paper_cell made = {.style = style_of(grid, cell)};
    double text_width = has_bar(cell) ? fmax(width - BAR_WIDTH - 5, 20) : width;
    if (!pb_str_empty(cell->text))
        made.text = paper_layout(grid->p, &made.style, cell->text, text_width);
    if (!pb_str_empty(cell->note))
        made.note = paper_layout(grid->p, note_style(grid), cell->note, width);
    return made;
}

static void end_cell(paper_cell *cell)
{
    if (cell->text != NULL)
        g_object_unref(cell->text);
    if (cell->note != NULL)
        g_object_unref(cell->note);
}

static double cell_height(const paper_cell *cell)
{
    return (cell->text != NULL ? paper_layout_height(cell->text) : 0) +
           (cell->note != NULL ? paper_layout_height(cell->note) : 0);
}

/* One of the texts of a cell, as far as it fits; true when all of it is put. */
static bool put_part(paper_grid *grid, PangoLayout *layout, const paper_style *style, size_t c,
                     double width, double bottom, double *y, int *line)
{
    /* The first line of a slice is put in any case: every page must bring a row on. */
    bool force = *y <= grid->p->y + 2.6;
    if (layout == NULL || *line >= pango_layout_get_line_count(layout))
        return true;
    *y += paper_put_lines(grid->p, layout, style, grid->start[c], *y, width, fmax(bottom - *y, 1.1),
                          force, line);
    return *line >= pango_layout_get_line_count(layout);
}

static void put_bar(paper_grid *grid, const report_cell *cell, size_t c, double y)
{
    double part = cell->kind == REPORT_CELL_MARK ? cell->number / 100 : cell->number;
    double start = grid->start[c] + fmax(grid->width[c] - BAR_WIDTH, 0);
    part = part < 0 ? 0 : part > 1 ? 1 : part > 0 && part < 0.02 ? 0.02 : part;
    paper_fill(grid->p, start, y + 3, BAR_WIDTH, 5, paper_rule);
    paper_fill(grid->p, start, y + 3, BAR_WIDTH * part, 5, paper_tone_fill(cell->tone));
}

/* What of a row fits on this page; true when it is all. */
static bool put_slice(paper_grid *grid, const report_cell *cells, paper_cell *made, bool first)
{
    paper *p = grid->p;
    double bottom = p->y, limit = PAPER_BOTTOM - 4;
    bool whole = true;
    for (size_t c = 0; c < grid->count; c++) {
        double y = p->y + 2.5, width = grid->width[c];
        const report_cell *cell = &cells[grid->columns[c]];
        bool linked = first && paper_link(p, cell->target), bar = has_bar(cell), done;
        done =
            put_part(grid, made[c].text, &made[c].style, c,
                     bar ? fmax(width - BAR_WIDTH - 5, 20) : width, limit, &y, &made[c].text_line);
        if (linked)
            paper_link_end(p);
        if (bar && first)
            put_bar(grid, cell, c, p->y + 2.5);
        done = done && put_part(grid, made[c].note, note_style(grid), c, width, limit, &y,
                                &made[c].note_line);
        whole = whole && done;
        bottom = fmax(bottom, y);
    }
    p->y = bottom + 2.5;
    return whole;
}

/* What a cell sums up, across the whole table: there it takes the fewest lines. */
static void put_items(paper_grid *grid, const report_cell *cell)
{
    PB_AUTO_BUF list = PB_BUF_INIT(1 << 20);
    double start = grid->start[0] + 8;
    bool cut = cell->item_count > REPORT_ITEMS_FIRST && !pb_str_empty(cell->items_rest);
    size_t count = cut ? REPORT_ITEMS_FIRST + 1 : cell->item_count;
    for (size_t i = 0; i < count; i++) {
        pb_buf_add(&list, cut && i + 1 == count ? cell->items_rest : cell->items[i]);
        pb_buf_addc(&list, i + 1 < count ? " · " : "");
        if (list.len < ITEMS_AT_ONCE && i + 1 < count)
            continue;
        grid->p->failed = grid->p->failed || list.failed;
        paper_paragraph(grid->p, note_style(grid), pb_buf_str(&list), start,
                        PAPER_ROOM - start - PAD);
        pb_buf_clear(&list);
    }
    if (cell->item_count > 0)
        grid->p->y += 2;
}

static void put_row(paper_grid *grid, size_t row)
{
    paper *p = grid->p;
    const report_cell *cells = &grid->table->cells[row * grid->table->column_count];
    paper_cell made[COLUMNS_MAX];
    double height = 0;
    bool first = true;
    for (size_t c = 0; c < grid->count; c++) {
        made[c] = begin_cell(grid, &cells[grid->columns[c]], grid->width[c]);
        height = fmax(height, cell_height(&made[c]));
    }
    /* A row is kept whole where it can be; one that is higher than half a page is divided. */
    if (p->y + height + 6 > PAPER_BOTTOM && (height < 340 || p->y + 40 > PAPER_BOTTOM)) {
        paper_page(p);
        put_head(grid);
    }
    while (!put_slice(grid, cells, made, first)) {
        first = false;
        paper_page(p);
        put_head(grid);
    }
    for (size_t c = 0; c < grid->count; c++)
        end_cell(&made[c]);
    for (size_t c = 0; c < grid->count; c++)
        put_items(grid, &cells[grid->columns[c]]);
    paper_fill(p, 0, p->y, PAPER_ROOM, 0.4, paper_rule);
    p->y += 0.6;
}

static void put_band(paper_grid *grid)
{
    paper_need(grid->p, 60);
    put_head(grid);
    for (size_t row = 0; row < grid->table->row_count; row++)
        put_row(grid, row);
    grid->p->y += 6;
}

void paper_table(paper *p, const report_table *table)
{
    const paper_style soft = {.size = 8, .colour = paper_soft};
    size_t columns = table->column_count < COLUMNS_MAX ? table->column_count : COLUMNS_MAX;
    double widest[COLUMNS_MAX] = {0}, narrowest[COLUMNS_MAX] = {0};
    paper_grid grid = {.p = p, .table = table, .size = columns > MANY_COLUMNS ? 7 : 8};
    size_t from = 1;
    measure(&grid, columns, widest, narrowest);
    /* What a row is about is read first, and in every band again. */
    narrowest[0] = fmax(narrowest[0], fmin(widest[0], 70));
    paper_heading(p, 4, table->title);
    do {
        from = choose_band(&grid, columns, from, narrowest);
        lay_out(&grid, widest, narrowest);
        put_band(&grid);
    } while (from < columns);
    paper_paragraph(p, &soft, table->note, 0, PAPER_ROOM);
    p->y += 5;
}
