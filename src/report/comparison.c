/* Two audits side by side, as a document of its own. */
#include "report/comparison.h"
#include "compare.h"
#include "html.h"
#include "json_more.h"

#include <math.h>

enum { MOST_LINES = 10 };

/* A comparison being written. */
typedef struct both {
    const report_comparison *of;
    builder b;
    comparison figures;
    pb_str here, there; /* what the two are called, apart from each other */
    report_input input; /* of the builder: no audit of its own */
} both;

pb_status report_earlier_of(const report_input *report, pb_locale *locale, pb_arena *arena,
                            report_earlier *ret, pb_error *err)
{
    builder b = {.arena = arena};
    PB_TRY(report_begin(report, locale, arena, NULL, &b.writer, err));
    const report_earlier self = compare_self(&b);
    if (b.failed)
        return pb_fail_memory(err);
    *ret = self;
    return PB_OK;
}

/* Two audits of the same thing have the same title: then their day, else their file tells them
 * apart. */
static pb_str name_of(builder *b, const report_earlier *side, const report_earlier *other)
{
    if (!pb_str_eq(side->title, other->title))
        return side->title;
    bool days = side->as_of_days != other->as_of_days;
    return build_say(b, PB_MSG("{title} ({which})"), "title", PB_ARG(side->title), "which",
                     PB_ARG(days ? build_date(b, side->as_of_days) : side->name), NULL);
}

static pb_status begin(const report_comparison *of, pb_locale *locale, pb_arena *arena, bool page,
                       both *ret, pb_error *err)
{
    static const audit_result none = {.overall = {.letter = '-'}};
    static const report_reading nothing = {0};
    *ret = (both){.of = of, .b = {.arena = arena}};
    ret->input = (report_input){.result = &none,
                                .catalogue = of->catalogue,
                                .schema = of->schema,
                                .reading = &nothing,
                                .program_version = of->program_version};
    PB_TRY(report_begin(&ret->input, locale, arena, NULL, &ret->b.writer, err));
    ret->b.writer.page = page;
    ret->here = name_of(&ret->b, of->here, of->there);
    ret->there = name_of(&ret->b, of->there, of->here);
    compare_make(&ret->b, of->here, of->there, &ret->figures);
    return PB_OK;
}

bool report_comparison_worse(const report_comparison *of)
{
    double here = of->here->score, there = of->there->score;
    return !isnan(there) && (isnan(here) || here < there);
}

static pb_str verdict(both *c)
{
    double gap = c->of->here->score - c->of->there->score;
    const char *better = gap > 0 ? PB_MSG("“{here}” has the better mark: {points} more of 100.")
                         : gap < 0 ? PB_MSG("“{there}” has the better mark: {points} more of 100.")
                                   : PB_MSG("Both have the same mark.");
    if (isnan(gap))
        better = PB_MSG("One of the two has no mark, so nothing says which is better.");
    return build_say(&c->b, better, "here", PB_ARG(c->here), "there", PB_ARG(c->there), "points",
                     PB_ARG(build_number(&c->b, fabs(isnan(gap) ? 0 : gap), 1)), NULL);
}

/* What makes the two hard to compare is said before any figure; at most three, ended by absent. */
static void doubts(both *c, pb_str ret_doubts[4])
{
    size_t count = 0;
    const struct {
        bool holds;
        const char *says;
    } all[] = {
        {c->figures.rules_differ,
         PB_MSG("The two were audited by different rules: what differs may "
                "come from the rules and not from the records.")},
        {c->figures.days_differ,
         PB_MSG("The two were audited on different days: what ages is older on the later one.")},
        {c->figures.same_files, PB_MSG("The files of both are the very same, byte for byte.")},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].holds)
            ret_doubts[count++] = build_say(&c->b, all[i].says, NULL);
    ret_doubts[count] = PB_STR_NONE;
}

static pb_str mark_text(builder *b, const report_earlier *side)
{
    char letter[2] = {side->letter, 0};
    if (isnan(side->score))
        return PB_STR("–");
    return build_say(b, PB_MSG("{letter} {score}"), "letter", letter, "score",
                     PB_ARG(build_number(b, side->score, 1)), NULL);
}

static uint64_t failed_of(const report_earlier *side, const char *grade)
{
    uint64_t count = 0;
    for (size_t i = 0; i < side->finding_count; i++)
        count += (pb_str_is(side->findings[i].outcome, "fail") ||
                  pb_str_is(side->findings[i].outcome, "could_not_run")) &&
                 pb_str_is(side->findings[i].grade, grade);
    return count;
}

/* What the two are, row by row. */
static void put_about(both *c)
{
    static const struct {
        const char *label, *grade;
    } failed[] = {{PB_MSG("Essential findings"), "essential"},
                  {PB_MSG("Important findings"), "important"},
                  {PB_MSG("Desirable findings"), "desirable"}};
    const report_earlier *const sides[] = {c->of->here, c->of->there};
    builder *b = &c->b;
    table_builder table = build_table(b);
    build_column(&table, "", REPORT_CELL_TEXT);
    build_column_str(&table, c->here, REPORT_CELL_NUMBER);
    build_column_str(&table, c->there, REPORT_CELL_NUMBER);
    build_cell_text(&table, build_say(b, PB_MSG("Mark"), NULL));
    for (size_t s = 0; s < 2; s++)
        build_cell(&table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                         .text = mark_text(b, sides[s]),
                                         .number = sides[s]->score});
    build_cell_text(&table, build_say(b, PB_MSG("Day of the audit"), NULL));
    for (size_t s = 0; s < 2; s++)
        build_cell_date(&table, true, sides[s]->as_of_days);
    build_cell_text(&table, build_say(b, PB_MSG("Records"), NULL));
    for (size_t s = 0; s < 2; s++)
        build_cell_int(&table, sides[s]->records);
    for (size_t i = 0; i < sizeof failed / sizeof *failed; i++) {
        build_cell_text(&table, build_say(b, failed[i].label, NULL));
        for (size_t s = 0; s < 2; s++)
            build_cell_int(&table, failed_of(sides[s], failed[i].grade));
    }
    build_table_block(&table, PB_STR_NONE, PB_STR_NONE, PB_STR_NONE);
}

static void make_document(both *c, report_document *ret)
{
    builder *b = &c->b;
    pb_str said[4];
    doubts(c, said);
    build_section(b, "two", PB_MSG("The two audits"), true);
    for (size_t i = 0; said[i].ptr != NULL; i++)
        build_text(b, PB_STR_NONE, said[i], REPORT_WARN);
    put_about(c);
    build_section_end(b);
    build_section(b, "against", PB_MSG("Side by side"), true);
    build_text(b, PB_STR_NONE,
               build_say(b, PB_MSG("A dash means that one of the two was not asked."), NULL),
               REPORT_SOFT);
    compare_blocks(b, &c->figures, c->here, c->there);
    build_section_end(b);
    *ret = (report_document){
        .language = pb_catalog_language(b->writer.catalog),
        .rtl = pb_catalog_rtl(b->writer.catalog),
        .title = build_say(b, PB_MSG("Comparison of “{here}” with “{there}”"), "here",
                           PB_ARG(c->here), "there", PB_ARG(c->there), NULL),
        .overview = verdict(c),
        .footer = build_say(
            b, PB_MSG("Made by Probity, which reads a source the same way every time."), NULL),
        .contents_title = build_say(b, PB_MSG("Contents"), NULL),
        .figures_title = build_say(b, PB_MSG("Figures"), NULL),
        .sections = b->sections,
        .section_count = b->section_count,
        .input = &c->input};
}

pb_status report_comparison_html(const report_comparison *of, pb_locale *locale, pb_buf *out,
                                 pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    report_document document;
    both c;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(begin(of, locale, arena, true, &c, err));
    make_document(&c, &document);
    if (c.b.failed)
        return pb_fail_memory(err);
    html_document(&document, out);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status report_comparison_json(const report_comparison *of, pb_locale *locale, pb_buf *out,
                                 pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    double gap = of->here->score - of->there->score;
    pb_json json;
    both c;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(begin(of, locale, arena, false, &c, err));
    pb_json_init(&json, out, 1);
    pb_json_object(&json);
    pb_json_member(&json, "format", PB_STR("probity-comparison"));
    pb_json_member_i64(&json, "format_version", 1);
    pb_json_member(&json, "program_version", pb_str_c(of->program_version));
    pb_json_member(&json, "language", pb_str_c(pb_locale_language(locale)));
    pb_json_member(&json, "better",
                   isnan(gap) ? PB_STR("not_known")
                   : gap > 0  ? PB_STR("here")
                   : gap < 0  ? PB_STR("there")
                              : PB_STR("neither"));
    pb_json_key(&json, "here");
    json_side(&json, of->here);
    pb_json_key(&json, "there");
    json_side(&json, of->there);
    json_sides(&json, &c.figures);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
    return c.b.failed || out->failed ? pb_fail_memory(err) : PB_OK;
}

static void side_line(both *c, const report_earlier *side, pb_str name, pb_buf *out)
{
    builder *b = &c->b;
    pb_buf_addc(out, "  ");
    report_say(
        &b->writer, out, PB_MSG("{title}: {mark}, {records}, {date}"), "title", PB_ARG(name),
        "mark", PB_ARG(mark_text(b, side)), "records",
        report_counted(&b->writer, PB_MSG_N("{count} record", "{count} records"), side->records),
        "date", PB_ARG(build_date(b, side->as_of_days)), NULL);
    pb_buf_byte(out, '\n');
}

static pb_str figure(builder *b, report_unit unit, double value)
{
    return isnan(value) ? PB_STR("–") : build_in_unit(b, unit, value);
}

static void row_line(both *c, const compare_row *row, pb_buf *out)
{
    builder *b = &c->b;
    bool both_known = !isnan(row->here) && !isnan(row->there);
    pb_buf_addc(out, "  ");
    report_say(&b->writer, out,
               both_known ? PB_MSG("{what}: {here} and {there} ({difference})")
                          : PB_MSG("{what}: {here} and {there}"),
               "what", PB_ARG(row->label), "here", PB_ARG(figure(b, row->unit, row->here)), "there",
               PB_ARG(figure(b, row->unit, row->there)), "difference", PB_ARG(compare_gap(b, row)),
               NULL);
    pb_buf_byte(out, '\n');
}

/* The first of a list; how many more there are is said. */
static void list_rows(both *c, const compare_rows *rows, const char *title, size_t most,
                      pb_buf *out)
{
    if (rows->count == 0)
        return;
    pb_buf_byte(out, '\n');
    report_say(&c->b.writer, out, title, NULL);
    pb_buf_byte(out, '\n');
    size_t shown = rows->count < most ? rows->count : most;
    for (size_t i = 0; i < shown; i++)
        row_line(c, &rows->items[i], out);
    if (rows->count > shown) {
        pb_buf_addc(out, "  ");
        report_say(&c->b.writer, out, PB_MSG("… and {count} more."), "count",
                   report_int(&c->b.writer, rows->count - shown), NULL);
        pb_buf_byte(out, '\n');
    }
}

pb_status report_comparison_summary(const report_comparison *of, pb_locale *locale, pb_buf *out,
                                    pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    pb_str said[4];
    both c;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(begin(of, locale, arena, false, &c, err));
    report_say(&c.b.writer, out, PB_MSG("Comparison of “{here}” with “{there}”"), "here",
               PB_ARG(c.here), "there", PB_ARG(c.there), NULL);
    pb_buf_addc(out, "\n\n");
    side_line(&c, of->here, c.here, out);
    side_line(&c, of->there, c.there, out);
    pb_buf_addc(out, "  ");
    pb_buf_add(out, verdict(&c));
    pb_buf_byte(out, '\n');
    doubts(&c, said);
    for (size_t i = 0; said[i].ptr != NULL; i++)
        pb_buf_printf(out, "  %.*s\n", PB_STR_FMT(said[i]));
    list_rows(&c, &c.figures.marks, PB_MSG("Marks of 100"), SIZE_MAX, out);
    list_rows(&c, &c.figures.controls, PB_MSG("Shares failing, the largest difference first"),
              MOST_LINES, out);
    list_rows(&c, &c.figures.lone, PB_MSG("Shares failing where only one of the two was asked"),
              MOST_LINES / 2, out);
    return c.b.failed || out->failed ? pb_fail_memory(err) : PB_OK;
}
