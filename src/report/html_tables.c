/* Tables and the words around charts. */
#include "html.h"

#include <math.h>

static void bar(const html_page *page, double share, report_tone tone)
{
    double percent = share < 0 ? 0 : share > 1 ? 100 : share * 100;
    if (percent > 0 && percent < 2)
        percent = 2; /* what is not nothing must be seen */
    pb_buf_printf(page->out, " <span class=\"bar %s\"><i style=\"width:%.0f%%\"></i></span>",
                  html_tone(tone), percent);
}

static void cell_items(const html_page *page, const report_cell *cell)
{
    html_raw(page, "<details>");
    html_tag(page, "summary", cell->text);
    for (size_t i = 0; i < cell->item_count; i++)
        html_tag(page, "div", cell->items[i]);
    html_raw(page, "</details>");
}

static void cell_text(const html_page *page, const report_cell *cell)
{
    bool apart = cell->kind == REPORT_CELL_VALUE || cell->kind == REPORT_CELL_ID;
    if (!pb_str_empty(cell->target)) {
        html_raw(page, "<a href=\"#");
        html_text(page, cell->target);
        html_raw(page, "\">");
    }
    bool drawn = cell->kind == REPORT_CELL_MARK || cell->kind == REPORT_CELL_SHARE;
    bool judged = cell->kind == REPORT_CELL_TEXT && cell->tone != REPORT_PLAIN;
    if (judged)
        pb_buf_printf(page->out, "<span class=\"badge b-%s\">", html_tone(cell->tone));
    html_raw(page, apart ? "<bdi>" : drawn ? "<span class=\"w\">" : "");
    html_text(page, cell->text);
    html_raw(page, apart ? "</bdi>" : drawn || judged ? "</span>" : "");
    html_raw(page, pb_str_empty(cell->target) ? "" : "</a>");
    if (drawn && !isnan(cell->number))
        bar(page, cell->kind == REPORT_CELL_MARK ? cell->number / 100 : cell->number, cell->tone);
    if (!pb_str_empty(cell->note)) {
        html_raw(page, "<br>");
        html_tag(page, "bdi class=\"soft\"", cell->note);
    }
}

static void put_cell(const html_page *page, const report_cell *cell)
{
    static const char *const open[] = {
        [REPORT_CELL_TEXT] = "<td class=\"p\">", [REPORT_CELL_VALUE] = "<td class=\"v\">",
        [REPORT_CELL_ID] = "<td class=\"id\">",  [REPORT_CELL_NUMBER] = "<td class=\"n\">",
        [REPORT_CELL_DATE] = "<td class=\"n\">", [REPORT_CELL_SHARE] = "<td class=\"m\">",
        [REPORT_CELL_MARK] = "<td class=\"m\">",
    };
    html_raw(page, open[cell->kind]);
    if (cell->item_count > 0)
        cell_items(page, cell);
    else
        cell_text(page, cell);
    html_raw(page, "</td>");
}

void html_table(const html_page *page, const report_table *table)
{
    html_tag(page, "h4", table->title);
    html_raw(page, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < table->column_count; i++) {
        report_cell_kind kind = table->columns[i].kind;
        html_raw(page, kind == REPORT_CELL_NUMBER || kind == REPORT_CELL_DATE ? "<th class=\"n\">"
                                                                              : "<th>");
        html_text(page, table->columns[i].title);
        html_raw(page, "</th>");
    }
    html_raw(page, "</tr></thead><tbody>\n");
    for (size_t row = 0; row < table->row_count; row++) {
        html_raw(page, "<tr>");
        for (size_t i = 0; i < table->column_count; i++)
            put_cell(page, &table->cells[row * table->column_count + i]);
        html_raw(page, "</tr>\n");
    }
    html_raw(page, "</tbody></table></div>\n");
    html_tag(page, "p class=\"soft\"", table->note);
}
