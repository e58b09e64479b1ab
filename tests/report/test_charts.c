/* Drawings: well-formed, with the right numbers, and never without words. */
#include "build.h"
#include "html.h"
#include "report_support.h"

#include <expat.h>
#include <math.h>

/* Parses every drawing of a page; returns how many there were. */
static size_t check_drawings(const char *html)
{
    size_t count = 0;
    for (const char *at = html; (at = strstr(at, "<svg")) != NULL; count++) {
        const char *end = strstr(at, "</svg>");
        assert_non_null(end);
        end += strlen("</svg>");
        XML_Parser parser = XML_ParserCreate("UTF-8");
        assert_non_null(parser);
        if (XML_Parse(parser, at, (int)(end - at), 1) == XML_STATUS_ERROR)
            fail_msg("%s: %.300s", XML_ErrorString(XML_GetErrorCode(parser)), at);
        XML_ParserFree(parser);
        const char *close = strchr(at, '>');
        char head[2048];
        snprintf(head, sizeof head, "%.*s", (int)(close - at < 2000 ? close - at : 2000), at);
        assert_has(head, "role=\"img\"");
        assert_has(head, "aria-label=\"");
        at = end;
    }
    return count;
}

static const pb_str labels[] = {{"Sales <&>", 9}, {"Service", 7}, {"None", 4}};
static const pb_str texts[] = {{"30", 2}, {"60", 2}, {NULL, 0}};
static const double values[] = {30, 60, NAN};
static const report_series one[] = {{{"Failed", 6}, values, texts, REPORT_PLAIN}};
static const report_series two[] = {{{"Failed", 6}, values, texts, REPORT_BAD},
                                    {{"Passed", 6}, values, texts, REPORT_GOOD}};

static report_chart make(report_chart_kind kind, const report_series *series, size_t count)
{
    static const double ticks[] = {0, 60, 120};
    static const pb_str tick_texts[] = {{"0", 1}, {"60", 2}, {"120", 3}};
    return (report_chart){.kind = kind,
                          .says = {"What is to be seen", 18},
                          .label_of = {"Area", 4},
                          .labels = labels,
                          .label_count = 3,
                          .series = series,
                          .series_count = count,
                          .max = 120,
                          .ticks = ticks,
                          .tick_texts = tick_texts,
                          .tick_count = 3,
                          .target = NAN};
}

/* The page of one chart; lives until the next. */
static const char *draw(const report_chart *chart)
{
    static pb_buf out;
    static const report_document document = {.figures_title = {"Figures", 7}};
    pb_buf_free(&out);
    out = PB_BUF_INIT(1 << 20);
    const html_page page = {&document, &out};
    html_chart(&page, chart);
    assert_false(out.failed);
    const char *text = pb_buf_cstr(&out);
    assert_true(check_drawings(text) > 0);
    assert_has(text, "What is to be seen");
    assert_has(text, "Sales &lt;&amp;&gt;");
    return text;
}

/* shows: AUD-10 */
static void test_lying_bars_are_as_long_as_their_share_of_the_scale(void **state)
{
    (void)state;
    report_chart chart = make(REPORT_BARS, one, 1);
    chart.target = 90;
    const char *text = draw(&chart);
    assert_has(text, "width=\"25.00%\"");
    assert_has(text, "width=\"50.00%\"");
    assert_has(text, "x1=\"75.00%\"");
    assert_has(text, "aria-label=\"None: –\""); /* not 0 */
    chart = make(REPORT_BARS, two, 2);
    assert_has(draw(&chart), "Failed, Service: 60");
}

/* shows: AUD-10 */
static void test_stacked_parts_stand_one_behind_the_other(void **state)
{
    (void)state;
    report_chart chart = make(REPORT_STACKED, two, 2);
    const char *text = draw(&chart); /* the longest is 120: 60 and 60 */
    assert_has(text, "x=\"0.00%\" width=\"50.00%\"");
    assert_has(text, "x=\"50.00%\" width=\"50.00%\"");
    assert_has(text, "x=\"25.00%\" width=\"25.00%\"");
    assert_has(text, "<th class=\"n\">Passed</th>");
}

/* The end of the scale of a chart with those rows of values, built as the parts of a report do. */
static double scale_of(report_chart_kind kind, double max, double target)
{
    static const double rows[2][3] = {{30, 60, NAN}, {5, 20, 70}};
    pb_arena *arena = pb_arena_new(0);
    pb_locale *locale = pb_locale_open("en", NULL);
    assert_non_null(locale);
    builder b = {.arena = arena, .writer = {.locale = locale}};
    chart_builder c = build_chart(&b, kind, REPORT_HOURS);
    c.chart.max = max;
    c.chart.target = target;
    for (size_t i = 0; i < 3; i++)
        build_label(&c, labels[i], REPORT_PLAIN);
    for (size_t s = 0; s < 2; s++)
        build_series(&c, PB_STR("Some"), REPORT_PLAIN, rows[s]);
    build_chart_block(&c, PB_STR("Title"), PB_STR("What is to be seen"));
    assert_false(b.failed);
    assert_int_equal(b.block_count, 1);
    double end = b.blocks[0].chart->max;
    pb_locale_free(locale);
    pb_arena_free(arena);
    return end;
}

/* shows: AUD-10 */
static void test_the_scale_holds_the_longest_bar(void **state)
{
    (void)state;
    assert_float_equal(scale_of(REPORT_BARS, 0, NAN), 70, 1e-9);
    assert_float_equal(scale_of(REPORT_BARS, 0, 90), 90, 1e-9);
    assert_float_equal(scale_of(REPORT_BARS, 100, NAN), 100, 1e-9);
    assert_float_equal(scale_of(REPORT_STACKED, 0, NAN), 80, 1e-9);
    assert_float_equal(scale_of(REPORT_STACKED, 50, NAN), 80, 1e-9);
    assert_float_equal(scale_of(REPORT_STACKED, 100, NAN), 100, 1e-9);
    assert_float_equal(scale_of(REPORT_LINES, 0, NAN), 80, 1e-9); /* in steps of 20 */
}

/* shows: AUD-10 */
static void test_standing_columns_and_lines_keep_to_the_axis(void **state)
{
    (void)state;
    report_chart chart = make(REPORT_COLUMNS, one, 1);
    const char *text = draw(&chart);
    assert_has(text, "y=\"75.00%\" width=\"26.67%\" height=\"25.00%\"");
    assert_has(text, "<span>120</span>");
    chart = make(REPORT_LINES, one, 1);
    text = draw(&chart);
    assert_has(text, "M166.7 75.0L166.7 75.0L500.0 50.0\""); /* and no line to where nothing is */
    chart = make(REPORT_SPARKS, two, 2);
    text = draw(&chart);
    assert_has(text, "M166.7 75.0");
    assert_has(text, "Passed");
}

/* shows: AUD-10 */
static void test_round_ones_show_shares_of_the_whole(void **state)
{
    (void)state;
    report_chart chart = make(REPORT_DONUT, one, 1);
    const char *text = draw(&chart);
    assert_has(text, "stroke-dasharray=\"32.73 67.27\" stroke-dashoffset=\"-0.00\"");
    assert_has(text, "stroke-dasharray=\"66.07 33.93\" stroke-dashoffset=\"-33.33\"");
    chart = make(REPORT_GAUGE, one, 1);
    assert_has(draw(&chart), "stroke-dasharray=\"12.50 87.50\"");
}

/* shows: AUD-10 UX-1 */
static void test_drawings_of_a_whole_report_are_well_formed_in_three_languages(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "zh-CN", "fa"};
    char *folder = program_folder(), demo[4096];
    support_project(demo, sizeof demo, "demo");
    for (size_t i = 0; i < 3; i++) {
        program_result r =
            PROGRAM(folder, "audit", demo, "--as-of", "2018-01-05", "--lang", languages[i]);
        program_free(&r);
        char *html = program_read(folder, "report/report.html");
        assert_true(check_drawings(html) > 50);
        assert_null(strstr(html, "<script"));
        free(html);
    }
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lying_bars_are_as_long_as_their_share_of_the_scale),
        cmocka_unit_test(test_stacked_parts_stand_one_behind_the_other),
        cmocka_unit_test(test_the_scale_holds_the_longest_bar),
        cmocka_unit_test(test_standing_columns_and_lines_keep_to_the_axis),
        cmocka_unit_test(test_round_ones_show_shares_of_the_whole),
        cmocka_unit_test(test_drawings_of_a_whole_report_are_well_formed_in_three_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
