/* Cells and sheets. */
#include "sheets.h"

#include "base/utf8.h"

#include <math.h>

/* Excel takes 32,767 letters a cell, 31 a name of a sheet. */
enum { CELL_MAX = 32000, NAME_LETTERS = 28, WIDEST = 60, NARROWEST = 9 };

static lxw_format *format(workbook *w, const char *number, bool bold)
{
    lxw_format *made = workbook_add_format(w->book);
    if (made == NULL) {
        w->failed = true;
        return NULL;
    }
    if (number != NULL)
        format_set_num_format(made, number);
    if (bold)
        format_set_bold(made);
    format_set_align(made, LXW_ALIGN_VERTICAL_TOP);
    return made;
}

void sheets_formats(workbook *w)
{
    w->plain = format(w, NULL, false);
    w->bold = format(w, NULL, true);
    w->title = format(w, NULL, true);
    w->head = format(w, NULL, true);
    w->soft = format(w, NULL, false);
    w->link = format(w, NULL, false);
    w->wrap = format(w, NULL, false);
    w->date = format(w, "yyyy-mm-dd", false);
    w->share = format(w, "0.0%", false);
    w->count = format(w, "#,##0.##", false);
    w->mark = format(w, "0.0", false);
    if (w->failed)
        return;
    format_set_font_size(w->title, 15);
    format_set_bg_color(w->head, 0xE9EDF3);
    format_set_bottom(w->head, LXW_BORDER_THIN);
    format_set_text_wrap(w->head);
    format_set_font_color(w->soft, 0x566072);
    format_set_font_color(w->link, 0x1F4E8C);
    format_set_underline(w->link, LXW_UNDERLINE_SINGLE);
    format_set_text_wrap(w->wrap);
}

/* What XML can say, and Excel takes. */
static void clean(pb_buf *to, pb_str text, size_t most)
{
    pb_str kept = pb_utf8_cut(text, most);
    size_t at = 0;
    while (at < kept.len) {
        uint32_t code = pb_utf8_next(kept, &at);
        bool odd = (code < ' ' && code != '\n' && code != '\t') || code == 0xFFFE || code == 0xFFFF;
        /* Marks that keep directions apart in a sentence show as boxes in some programs. */
        if (code < 0x2066 || code > 0x2069)
            pb_utf8_put(to, odd ? 0xFFFD : code);
    }
    if (kept.len < text.len)
        pb_buf_addc(to, "…");
}

/* The name a sheet gets: unique, and such as Excel takes it. */
static void choose_name(workbook *w, pb_str wish, char ret_name[SHEETS_NAME])
{
    PB_AUTO_BUF base = PB_BUF_INIT(4096), name = PB_BUF_INIT(4096);
    size_t at = 0, letters = 0;
    while (at < wish.len && letters < NAME_LETTERS) {
        uint32_t code = pb_utf8_next(wish, &at);
        bool bad = code < ' ' || (code < 128 && strchr("[]:*?/\\'", (int)code) != NULL);
        pb_utf8_put(&base, bad ? ' ' : code);
        letters += code > 0xFFFF ? 2 : 1;
    }
    pb_str trimmed = pb_str_trim(pb_buf_str(&base));
    for (int number = 1;; number++) {
        pb_buf_clear(&name);
        pb_buf_add(&name, pb_str_empty(trimmed) ? PB_STR("-") : trimmed);
        if (number > 1)
            pb_buf_printf(&name, " %d", number);
        /* Names are compared without case; the library refuses those that are taken. */
        if (number > 999 || name.failed || name.len >= SHEETS_NAME ||
            workbook_validate_sheet_name(w->book, pb_buf_cstr(&name)) == LXW_NO_ERROR)
            break;
    }
    snprintf(ret_name, SHEETS_NAME, "%s", pb_buf_cstr(&name));
}

sheet sheets_begin(workbook *w, pb_str name)
{
    sheet s = {.w = w};
    choose_name(w, name, s.name);
    s.to = workbook_add_worksheet(w->book, s.name);
    if (s.to == NULL) {
        w->failed = true;
        return s;
    }
    if (w->document->rtl)
        worksheet_right_to_left(s.to);
    return s;
}

static void note_error(sheet *s, lxw_error error)
{
    if (error != LXW_NO_ERROR && s->w->error == LXW_NO_ERROR)
        s->w->error = error;
}

static void note_width(sheet *s, lxw_col_t column, size_t letters)
{
    int width = letters > WIDEST ? WIDEST : (int)letters + 2;
    if (column < 64 && width > s->width[column])
        s->width[column] = width;
}

void sheets_text(sheet *s, lxw_col_t column, pb_str text, lxw_format *look)
{
    PB_AUTO_BUF shown = PB_BUF_INIT(8 * CELL_MAX);
    if (s->to == NULL || pb_str_empty(text))
        return;
    clean(&shown, text, CELL_MAX);
    s->w->failed = s->w->failed || shown.failed;
    note_error(s, worksheet_write_string(s->to, s->row, column, pb_buf_cstr(&shown), look));
}

void sheets_number(sheet *s, lxw_col_t column, double number, lxw_format *look)
{
    if (s->to != NULL && isfinite(number))
        note_error(s, worksheet_write_number(s->to, s->row, column, number, look));
}

void sheets_link(sheet *s, lxw_col_t column, const char *sheet_name, pb_str text)
{
    PB_AUTO_BUF target = PB_BUF_INIT(4096), shown = PB_BUF_INIT(4096);
    if (s->to == NULL)
        return;
    pb_buf_printf(&target, "internal:'%s'!A1", sheet_name);
    clean(&shown, text, 250);
    note_error(s, worksheet_write_url_opt(s->to, s->row, column, pb_buf_cstr(&target), s->w->link,
                                          pb_buf_cstr(&shown), NULL));
    note_width(s, column, pb_utf8_count(text));
}

void sheets_end(sheet *s)
{
    for (lxw_col_t i = 0; i < 64 && s->to != NULL; i++)
        if (s->width[i] > 0)
            worksheet_set_column(s->to, i, i, s->width[i] < NARROWEST ? NARROWEST : s->width[i],
                                 NULL);
}

static void put_cell(sheet *s, lxw_col_t column, const report_cell *cell)
{
    workbook *w = s->w;
    bool number = !isnan(cell->number);
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    note_width(s, column, pb_utf8_count(cell->text));
    /* Excel counts days from 1900 on; before March of that year its calendar has a day too many. */
    if (cell->kind == REPORT_CELL_DATE && number && cell->number + 25569 > 60) {
        sheets_number(s, column, cell->number + 25569, w->date);
    } else if (cell->kind == REPORT_CELL_NUMBER && number) {
        sheets_number(s, column, cell->number, w->count);
    } else if (cell->kind == REPORT_CELL_SHARE && number) {
        sheets_number(s, column, cell->number, w->share);
    } else if (cell->kind == REPORT_CELL_MARK && number) {
        sheets_number(s, column, cell->number, w->mark);
    } else {
        pb_buf_add(&text, cell->text);
        if (!pb_str_empty(cell->note))
            pb_buf_printf(&text, "\n%.*s", PB_STR_FMT(cell->note));
        for (size_t i = 0; i < cell->item_count; i++)
            pb_buf_printf(&text, "\n%.*s", PB_STR_FMT(cell->items[i]));
        sheets_text(s, column, pb_buf_str(&text),
                    text.len > WIDEST || cell->item_count > 0 ? w->wrap : w->plain);
    }
}

void sheets_table(sheet *s, const report_table *table, bool frozen)
{
    lxw_row_t head = s->row;
    size_t columns = table->column_count < 64 ? table->column_count : 64;
    if (s->to == NULL)
        return;
    for (size_t c = 0; c < columns; c++) {
        sheets_text(s, (lxw_col_t)c, table->columns[c].title, s->w->head);
        note_width(s, (lxw_col_t)c, pb_utf8_count(table->columns[c].title) + 2);
    }
    s->row++;
    for (size_t r = 0; r < table->row_count; r++, s->row++)
        for (size_t c = 0; c < columns; c++)
            put_cell(s, (lxw_col_t)c, &table->cells[r * table->column_count + c]);
    if (frozen) {
        worksheet_freeze_panes(s->to, head + 1, 0);
        worksheet_autofilter(s->to, head, 0, s->row > head + 1 ? s->row - 1 : head + 1,
                             (lxw_col_t)(columns - 1));
    }
    if (!pb_str_empty(table->note)) {
        sheets_text(s, 0, table->note, s->w->soft);
        s->row++;
    }
}
