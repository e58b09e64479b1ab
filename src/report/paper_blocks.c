/* Sections and their blocks. */
#include "paper.h"

#include <math.h>

static const paper_style body = {.size = 9.5, .colour = {0.11, 0.14, 0.19}},
                         soft = {.size = 9, .colour = {0.34, 0.38, 0.45}},
                         bold = {.size = 9.5, .face = PAPER_BOLD, .colour = {0.11, 0.14, 0.19}},
                         fixed = {.size = 8, .face = PAPER_FIXED, .colour = {0.34, 0.38, 0.45}};

void paper_heading(paper *p, int level, pb_str text)
{
    static const double sizes[] = {0, 22, 15, 11.5, 9.5}, before[] = {0, 0, 16, 10, 4},
                        after[] = {0, 6, 6, 4, 3};
    paper_style style = {
        .size = sizes[level], .face = PAPER_BOLD, .colour = level == 4 ? paper_soft : paper_ink};
    if (pb_str_empty(text))
        return;
    PangoLayout *layout = paper_layout(p, &style, text, PAPER_ROOM);
    double height = paper_layout_height(layout);
    if (p->y > PAPER_TOP)
        p->y += before[level];
    paper_need(p, height + (level == 2 ? 110 : 70)); /* never alone at the foot of a page */
    paper_put(p, layout, &style, 0, p->y, PAPER_ROOM);
    g_object_unref(layout);
    p->y += height + after[level];
    if (level == 2) {
        paper_fill(p, 0, p->y - 3, PAPER_ROOM, 1.2, paper_accent);
        p->y += 4;
    }
}

/* A word on a coloured ground; returns its width. */
static double put_badge(paper *p, report_tone tone, pb_str text, double start, double y)
{
    paper_style style = {.size = 8, .face = PAPER_BOLD, .colour = paper_tone_ink(tone)};
    if (pb_str_empty(text))
        return 0;
    PangoLayout *layout = paper_layout(p, &style, text, -1);
    double width = paper_layout_width(layout), height = paper_layout_height(layout);
    pango_layout_set_width(layout, (int)(ceil(width + 1) * PANGO_SCALE));
    paper_fill(p, start, y, width + 10, height + 2, paper_tone_back(tone));
    paper_put(p, layout, &style, start + 5, y + 1, ceil(width + 1));
    g_object_unref(layout);
    return width + 10;
}

static void put_ids(paper *p, const pb_str *ids, size_t count, double start, double width)
{
    double at = 0;
    for (size_t i = 0; i < count; i++) {
        paper_style style = fixed;
        style.colour = report_document_tells(p->document, ids[i]) ? paper_accent : paper_soft;
        PangoLayout *layout = paper_layout(p, &style, ids[i], -1);
        double wide = ceil(paper_layout_width(layout) + 1), high = paper_layout_height(layout);
        pango_layout_set_width(layout, (int)(wide * PANGO_SCALE));
        if (at > 0 && at + wide > width) {
            at = 0;
            p->y += high + 1;
        }
        if (at <= 0)
            paper_need(p, high + 1);
        bool linked = paper_link(p, ids[i]);
        paper_put(p, layout, &style, start + at, p->y, wide);
        if (linked)
            paper_link_end(p);
        at += wide + 8;
        if (i + 1 == count)
            p->y += high + 1;
        g_object_unref(layout);
    }
}

static void put_point(paper *p, const report_point *point, bool ordered, size_t number)
{
    const double indent = 20, width = PAPER_ROOM - indent;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20), mark = PB_BUF_INIT(128);
    bool leads = false;
    paper_need(p, 42);
    if (ordered) {
        pb_locale_int(p->locale, &mark, (int64_t)number);
        pb_buf_byte(&mark, '.');
    } else {
        pb_buf_addc(&mark, "•");
    }
    paper_text(p, &bold, pb_buf_str(&mark), 0, p->y, indent);
    if (!pb_str_empty(point->title)) {
        paper_style title = bold;
        leads = point->id_count == 1 && report_document_tells(p->document, point->ids[0]);
        title.colour = leads ? paper_accent : paper_ink;
        bool linked = leads && paper_link(p, point->ids[0]);
        p->y += paper_text(p, &title, point->title, indent, p->y, width);
        if (linked)
            paper_link_end(p);
    }
    if (!pb_str_empty(point->badge)) {
        put_badge(p, point->tone, point->badge, indent, p->y + 1);
        p->y += 16;
    }
    pb_buf_add(&text, point->text);
    if (!pb_str_empty(point->aside))
        pb_buf_printf(&text, "%s(%.*s)", text.len > 0 ? " " : "", PB_STR_FMT(point->aside));
    paper_paragraph(p, &body, pb_buf_str(&text), indent, width);
    if (point->id_count > 0 && !(leads && !pb_str_empty(point->title)))
        put_ids(p, point->ids, point->id_count, indent, width);
    p->y += 5;
}

static void put_groups(paper *p, const report_block *block)
{
    for (size_t g = 0; g < block->group_count; g++) {
        const report_group *group = &block->groups[g];
        if (!pb_str_empty(group->title)) {
            const paper_style title = {.size = 10.5, .face = PAPER_BOLD, .colour = paper_ink};
            p->y += 4;
            paper_need(p, 80);
            paper_fill(p, 0, p->y, PAPER_ROOM, 2.5, paper_tone_fill(group->tone));
            p->y += 6;
            p->y += paper_text(p, &title, group->title, 0, p->y, PAPER_ROOM) + 3;
        }
        for (size_t i = 0; i < group->point_count; i++)
            put_point(p, &group->points[i], group->ordered, i + 1);
    }
}

static void put_facts(paper *p, const report_fact *facts, size_t count)
{
    const double label = 118, width = PAPER_ROOM - label - 10;
    for (size_t i = 0; i < count; i++) {
        const report_fact *fact = &facts[i];
        const paper_style *style = fact->kind == REPORT_CELL_ID ? &fixed : &body;
        PangoLayout *name = paper_layout(p, &soft, fact->label, label);
        double high = paper_layout_height(name);
        size_t page;
        paper_need(p, high + 14);
        paper_put(p, name, &soft, 0, p->y, label);
        g_object_unref(name);
        double bottom = p->y + high;
        page = p->page;
        paper_paragraph(p, style, fact->text, label + 10, width);
        if (!isnan(fact->share)) {
            double part = fact->share > 0 && fact->share < 0.02 ? 0.02 : fmin(fact->share, 1);
            paper_need(p, 10);
            paper_fill(p, label + 10, p->y + 2, 160, 5, paper_rule);
            paper_fill(p, label + 10, p->y + 2, 160 * part, 5, paper_tone_fill(REPORT_BAD));
            p->y += 9;
        }
        p->y = (page == p->page ? fmax(p->y, bottom) : p->y) + 2.5;
    }
}

static void put_tiles(paper *p, const report_block *block)
{
    size_t across = block->tile_count < 4 ? block->tile_count : 4;
    double gap = 8, width = across > 0 ? (PAPER_ROOM + gap) / (double)across - gap : 0;
    for (size_t from = 0; from < block->tile_count; from += across) {
        double high = 0;
        paper_need(p, 62);
        for (size_t i = from; i < from + across && i < block->tile_count; i++) {
            const report_tile *tile = &block->tiles[i];
            const paper_style number = {
                .size = 16, .face = PAPER_BOLD, .colour = paper_tone_ink(tile->tone)};
            double start = (double)(i - from) * (width + gap), y = p->y + 6;
            y += paper_text(p, &number, tile->number, start + 9, y, width - 14);
            y += paper_text(p, &soft, tile->label, start + 9, y, width - 14);
            high = fmax(high, y + 6 - p->y);
        }
        for (size_t i = from; i < from + across && i < block->tile_count; i++) {
            double start = (double)(i - from) * (width + gap);
            paper_box(p, start, p->y, width, high, paper_rule);
            paper_fill(p, start, p->y, 2.5, high, paper_tone_fill(block->tiles[i].tone));
        }
        p->y += high + gap;
    }
}

static void put_finding(paper *p, const report_item *item)
{
    const paper_style title = {.size = 11.5, .face = PAPER_BOLD, .colour = paper_ink};
    PangoLayout *layout = paper_layout(p, &title, item->title, PAPER_ROOM - 12);
    double high = paper_layout_height(layout), top;
    if (p->y > PAPER_TOP)
        p->y += 10;
    paper_need(p, high + 150); /* with the first of what it says */
    paper_name(p, item->id);
    top = p->y;
    paper_put(p, layout, &title, 12, p->y, PAPER_ROOM - 12);
    g_object_unref(layout);
    p->y += high + 2;
    double badge = put_badge(p, item->tone, item->badge, 12, p->y);
    paper_text(p, &fixed, item->id, 12 + (badge > 0 ? badge + 8 : 0), p->y + 1, 250);
    p->y += 17;
    paper_fill(p, 0, top, 4, p->y - top - 2, paper_tone_fill(item->tone));
    p->y += 3;
    paper_paragraph(p, &body, item->lead, 0, PAPER_ROOM);
    put_facts(p, item->facts, item->fact_count);
    if (item->evidence != NULL)
        paper_table(p, item->evidence);
    p->y += 4;
}

static void put_block(paper *p, const report_block *block)
{
    bool soft_text = block->tone == REPORT_SOFT || block->kind == REPORT_BLOCK_TABLE;
    if (block->kind == REPORT_BLOCK_FINDING) {
        put_finding(p, block->item);
        return;
    }
    if (block->kind == REPORT_BLOCK_CHART)
        paper_need(p, paper_chart_height(block->chart));
    paper_heading(p, 3, block->title);
    paper_paragraph(p, soft_text ? &soft : &body, block->text, 0, PAPER_ROOM);
    if (!pb_str_empty(block->text))
        p->y += 5;
    switch (block->kind) {
    case REPORT_BLOCK_FACTS:
        put_facts(p, block->facts, block->fact_count);
        break;
    case REPORT_BLOCK_TILES:
        put_tiles(p, block);
        break;
    case REPORT_BLOCK_POINTS:
        put_groups(p, block);
        break;
    case REPORT_BLOCK_TABLE:
        paper_table(p, block->table);
        break;
    case REPORT_BLOCK_CHART:
        paper_chart(p, block->chart);
        break;
    default:
        break;
    }
    p->y += 4;
}

void paper_section(paper *p, const report_section *section)
{
    if (!pb_str_empty(section->title))
        paper_need(p, 140);
    paper_name(p, pb_str_c(section->id));
    paper_heading(p, 2, section->title);
    for (size_t i = 0; i < section->block_count; i++)
        put_block(p, &section->blocks[i]);
}
