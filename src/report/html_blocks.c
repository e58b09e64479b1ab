/* Sections and their blocks. */
#include "html.h"

#include <math.h>

static void link_id(const html_page *page, pb_str id)
{
    bool leads = report_document_tells(page->document, id);
    if (leads) {
        html_raw(page, "<a href=\"#");
        html_text(page, id);
        html_raw(page, "\">");
    }
    html_tag(page, "bdi class=\"id\"", id);
    if (leads)
        html_raw(page, "</a>");
}

static void badge(const html_page *page, report_tone tone, pb_str text)
{
    if (pb_str_empty(text))
        return;
    pb_buf_printf(page->out, " <span class=\"badge b-%s\">", html_tone(tone));
    html_text(page, text);
    html_raw(page, "</span>");
}

static void put_point(const html_page *page, const report_point *point)
{
    bool leads = point->id_count == 1 && report_document_tells(page->document, point->ids[0]);
    html_raw(page, "<li>");
    if (!pb_str_empty(point->title)) {
        if (leads) {
            html_raw(page, "<a href=\"#");
            html_text(page, point->ids[0]);
            html_raw(page, "\">");
        }
        html_raw(page, "<b>");
        html_text(page, point->title);
        html_raw(page, leads ? "</b></a>" : "</b>");
    }
    badge(page, point->tone, point->badge);
    if (!pb_str_empty(point->title) || !pb_str_empty(point->badge))
        html_raw(page, "<br>");
    html_text(page, point->text);
    if (!pb_str_empty(point->aside)) {
        html_raw(page, " <span class=\"soft\">(");
        html_text(page, point->aside);
        html_raw(page, ")</span>");
    }
    if (point->id_count > 0 && !(leads && !pb_str_empty(point->title))) {
        html_raw(page, "<div class=\"ids\">");
        for (size_t i = 0; i < point->id_count; i++)
            link_id(page, point->ids[i]);
        html_raw(page, "</div>");
    }
    html_raw(page, "</li>\n");
}

static void put_groups(const html_page *page, const report_block *block)
{
    bool several = block->group_count > 1;
    html_raw(page, several ? "<div class=\"quarters\">" : "");
    for (size_t g = 0; g < block->group_count; g++) {
        const report_group *group = &block->groups[g];
        pb_buf_printf(page->out, "<div class=\"group g-%s\">", html_tone(group->tone));
        html_tag(page, "h4", group->title);
        html_raw(page, group->ordered ? "<ol class=\"first\">" : "<ul class=\"first\">");
        for (size_t i = 0; i < group->point_count; i++)
            put_point(page, &group->points[i]);
        html_raw(page, group->ordered ? "</ol></div>\n" : "</ul></div>\n");
    }
    html_raw(page, several ? "</div>\n" : "");
}

static void put_facts(const html_page *page, const report_fact *facts, size_t count)
{
    html_raw(page, "<dl>");
    for (size_t i = 0; i < count; i++) {
        const report_fact *fact = &facts[i];
        html_tag(page, "dt", fact->label);
        html_raw(page, fact->kind == REPORT_CELL_ID ? "<dd class=\"id\"><bdi>" : "<dd>");
        html_text(page, fact->text);
        html_raw(page, fact->kind == REPORT_CELL_ID ? "</bdi>" : "");
        if (!isnan(fact->share))
            pb_buf_printf(page->out,
                          "<br><span class=\"bar bad\"><i style=\"width:%.0f%%\"></i></span>",
                          fact->share > 0 && fact->share < 0.02 ? 2 : fact->share * 100);
        html_raw(page, "</dd>\n");
    }
    html_raw(page, "</dl>\n");
}

static void put_tiles(const html_page *page, const report_block *block)
{
    html_raw(page, "<div class=\"tiles\">");
    for (size_t i = 0; i < block->tile_count; i++) {
        const report_tile *tile = &block->tiles[i];
        pb_buf_printf(page->out, "<div class=\"tile k-%s\">", html_tone(tile->tone));
        html_tag(page, "b", tile->number);
        html_tag(page, "span", tile->label);
        html_raw(page, "</div>\n");
    }
    html_raw(page, "</div>\n");
}

static void put_finding(const html_page *page, const report_item *item)
{
    html_raw(page, "<article class=\"card finding\" id=\"");
    html_text(page, item->id);
    html_raw(page, "\"><header>");
    html_tag(page, "h3", item->title);
    badge(page, item->tone, item->badge);
    html_tag(page, "bdi class=\"id\"", item->id);
    html_raw(page, "</header>\n");
    html_tag(page, "p", item->lead);
    put_facts(page, item->facts, item->fact_count);
    if (item->evidence != NULL)
        html_table(page, item->evidence);
    html_raw(page, "</article>\n");
}

/* A text's lines stay lines. */
static void put_lines(const html_page *page, const char *open, pb_str text)
{
    pb_str rest = text, line;
    bool first = true;
    if (pb_str_empty(text))
        return;
    pb_buf_printf(page->out, "<%s>", open);
    while (pb_str_split(&rest, '\n', &line)) {
        html_raw(page, first ? "" : "<br>");
        html_text(page, line);
        first = false;
    }
    html_raw(page, "</p>\n");
}

static void put_card(const html_page *page, const report_block *block)
{
    html_raw(page, "<div class=\"card\">");
    html_tag(page, "h3", block->title);
    put_lines(page,
              block->tone == REPORT_SOFT || block->kind == REPORT_BLOCK_TABLE ? "p class=\"soft\""
                                                                              : "p",
              block->text);
    switch (block->kind) {
    case REPORT_BLOCK_FACTS:
        html_raw(page, "<div class=\"finding\">");
        put_facts(page, block->facts, block->fact_count);
        html_raw(page, "</div>");
        break;
    case REPORT_BLOCK_POINTS:
        put_groups(page, block);
        break;
    case REPORT_BLOCK_TABLE:
        html_table(page, block->table);
        break;
    case REPORT_BLOCK_CHART:
        html_chart(page, block->chart);
        break;
    default:
        break;
    }
    html_raw(page, "</div>\n");
}

void html_section(const html_page *page, const report_section *section)
{
    pb_buf_printf(page->out, "<section id=\"%s\">", section->id);
    html_tag(page, "h2", section->title);
    for (size_t i = 0; i < section->block_count; i++) {
        const report_block *block = &section->blocks[i];
        if (block->kind == REPORT_BLOCK_FINDING)
            put_finding(page, block->item);
        else if (block->kind == REPORT_BLOCK_TILES)
            put_tiles(page, block);
        else
            put_card(page, block);
    }
    html_raw(page, "</section>\n");
}
