/* The report on paper, read back by poppler: no reader of ours. */
#include "report_support.h"

#include <cjson/cJSON.h>

static char *text_with(const char *folder, const char *file, const char *tool)
{
    char out[4096], path[4096];
    int status = 0;
    snprintf(out, sizeof out, "%s/.text", folder);
    snprintf(path, sizeof path, "%s/%s", folder, file != NULL ? file : "");
    pid_t child = fork();
    if (child == 0) {
        if (freopen(out, "wb", stdout) == NULL)
            _exit(126);
        if (strcmp(tool, "pdftotext") == 0)
            execlp(tool, tool, "-enc", "UTF-8", path, "-", (char *)NULL);
        if (strcmp(tool, "fc-match") == 0)
            execlp(tool, tool, "-f", "%{file}", "Noto Sans", (char *)NULL);
        execlp(tool, tool, "-rawdates", path, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0)
        fail_msg("%s (package poppler-utils) refuses %s: %d", tool, path, status);
    return program_slurp(out);
}

static char *text_of(const char *folder, const char *file)
{
    return text_with(folder, file, "pdftotext");
}

/* Bytes at `at` that do not count: blanks, marks of direction, and the signs that poppler puts on
 * the other side of a word when it guesses the order of a line. */
static size_t not_told(const char *at)
{
    static const char *const signs[] = {" ",
                                        "\n",
                                        "\f",
                                        ":",
                                        "\xC2\xAB",
                                        "\xC2\xBB",
                                        "\xE2\x80\x8C",
                                        "\xE2\x80\x8E",
                                        "\xE2\x80\x8F",
                                        "\xE2\x80\xAA",
                                        "\xE2\x80\xAB",
                                        "\xE2\x80\xAC",
                                        "\xE2\x81\xA6",
                                        "\xE2\x81\xA7",
                                        "\xE2\x81\xA8",
                                        "\xE2\x81\xA9"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(at, signs[i], strlen(signs[i])) == 0)
            return strlen(signs[i]);
    return 0;
}

/* A text as it is compared. Lam and alef count as one letter: poppler turns the two of their
 * ligature round. */
static char *squeezed(const char *text)
{
    char *out = calloc(1, strlen(text) + 1), *to = out;
    assert_non_null(out);
    for (const char *at = text; *at != 0;) {
        size_t skip = not_told(at);
        if (skip == 0 && (strncmp(at, "ل", 2) == 0 || strncmp(at, "ا", 2) == 0)) {
            *to++ = 'L';
            skip = 2;
        }
        if (skip == 0)
            *to++ = *at++;
        at += skip;
    }
    return out;
}

static size_t pages_of(const char *text)
{
    size_t pages = 0;
    for (const char *at = text; *at != 0; at++)
        pages += *at == '\f';
    return pages;
}

static void audit_demo(const char *folder, const char *language, const char *out)
{
    char demo[4096];
    support_project(demo, sizeof demo, "demo");
    program_result r = PROGRAM(folder, "audit", demo, "--as-of", "2025-06-30", "--lang", language,
                               "--format", "pdf,json", "--out", out);
    if (r.exit > 1)
        fail_msg("%s", r.err);
    program_free(&r);
}

/* Every finding of the same audit's report.json stands on paper. */
static void check_titles(const char *folder, const char *text)
{
    char *json = program_read(folder, "report/report.json"), *squeezed_text = squeezed(text);
    cJSON *root = cJSON_Parse(json), *finding;
    size_t told = 0;
    assert_non_null(root);
    cJSON_ArrayForEach(finding, cJSON_GetObjectItem(root, "findings"))
    {
        if (strcmp(cJSON_GetObjectItem(finding, "outcome")->valuestring, "fail") != 0)
            continue;
        char *title = squeezed(cJSON_GetObjectItem(finding, "title")->valuestring);
        char *control = squeezed(cJSON_GetObjectItem(finding, "control")->valuestring);
        if (strstr(squeezed_text, title) == NULL)
            fail_msg("“%s” is not in the PDF", title);
        if (strstr(squeezed_text, control) == NULL)
            fail_msg("“%s” is not in the PDF", control);
        free(title);
        free(control);
        told++;
    }
    assert_true(told > 3);
    cJSON_Delete(root);
    free(squeezed_text);
    free(json);
}

/* shows: AUD-10 */
static void test_all_findings_stand_on_numbered_pages_in_three_languages(void **state)
{
    static const char *const languages[] = {"en", "zh-CN", "fa"};
    char *folder = program_folder();
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        audit_demo(folder, languages[i], "report");
        char *text = text_of(folder, "report/report.pdf");
        assert_true(pages_of(text) > 5);
        check_titles(folder, text);
        if (i == 0) {
            char number[64];
            for (size_t page = 1; page <= pages_of(text); page++) {
                snprintf(number, sizeof number, "%zu of %zu", page, pages_of(text));
                assert_non_null(strstr(text, number));
            }
        }
        if (i == 2) {
            assert_non_null(strstr(text, "۱۴۰۴")); /* the day in the reader's calendar and digits */
            assert_null(strstr(text, "2025-06-30"));
        }
        free(text);
    }
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_contents_links_and_metadata_are_there(void **state)
{
    char *folder = program_folder();
    (void)state;
    audit_demo(folder, "fa", "report");
    char path[4096], *pdf;
    snprintf(path, sizeof path, "%s/report/report.pdf", folder);
    pdf = program_slurp(path);
    size_t length = PROGRAM_OUTPUT - 1;
    static const char *const parts[] = {"%PDF-1.", "/Outlines", "/Dests", "/Subtype /Link"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (memmem(pdf, length, parts[i], strlen(parts[i])) == NULL)
            fail_msg("%s is not in the PDF", parts[i]);
    free(pdf);
    pdf = text_with(folder, "report/report.pdf", "pdfinfo");
    assert_has(pdf, "20250630000000");
    assert_has(pdf, "Probity ");
    assert_has(pdf, "demo");
    free(pdf);
    program_remove_folder(folder);
}

static void assert_same_file(const char *folder, const char *a, const char *b)
{
    char path[4096];
    static char first[PROGRAM_OUTPUT], second[PROGRAM_OUTPUT];
    snprintf(path, sizeof path, "%s/%s", folder, a);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(first, 1, sizeof first, file);
    fclose(file);
    snprintf(path, sizeof path, "%s/%s", folder, b);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(length, fread(second, 1, sizeof second, file));
    fclose(file);
    assert_true(length > 1000 && length < sizeof first);
    assert_memory_equal(first, second, length);
}

/* shows: AUD-10 */
static void test_the_same_audit_gives_the_same_bytes(void **state)
{
    char *folder = program_folder();
    (void)state;
    audit_demo(folder, "fa", "one");
    audit_demo(folder, "fa", "two");
    assert_same_file(folder, "one/report.pdf", "two/report.pdf");
    program_remove_folder(folder);
}

/* A page of boxes is no report. shows: AUD-10 */
static void test_a_script_without_a_font_is_said(void **state)
{
    char *folder = program_folder(), fonts[9000], demo[4096];
    (void)state;
    char latin_only[4096], *latin_font = text_with(folder, NULL, "fc-match");
    snprintf(latin_only, sizeof latin_only, "%s/latin.ttf", folder);
    if (symlink(latin_font, latin_only) != 0)
        fail_msg("%s", latin_font);
    free(latin_font);
    snprintf(fonts, sizeof fonts,
             "<?xml version=\"1.0\"?><fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>",
             folder, folder);
    program_write(folder, "fonts.conf", fonts);
    snprintf(fonts, sizeof fonts, "%s/fonts.conf", folder);
    support_project(demo, sizeof demo, "demo");
    setenv("FONTCONFIG_FILE", fonts, 1);
    program_result r = PROGRAM(folder, "audit", demo, "--lang", "zh-CN", "--format", "pdf,json");
    program_result latin = PROGRAM(folder, "audit", demo, "--format", "pdf", "--out", "latin");
    unsetenv("FONTCONFIG_FILE");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "Hani");
    assert_has(r.err, "fonts-noto-cjk");
    assert_true(latin.exit <= 1); /* these letters have their font */
    program_free(&r);
    program_free(&latin);
    char half[4096];
    snprintf(half, sizeof half, "%s/report/report.json", folder);
    assert_int_not_equal(access(half, F_OK), 0); /* all reports or none */
    program_remove_folder(folder);
}

/* shows: AUD-10 DQ-1 */
static void test_long_words_many_columns_and_odd_letters_are_set(void **state)
{
    char *folder = program_folder(), *table = calloc(1, 1 << 20), *to = table;
    (void)state;
    assert_non_null(table);
    to += snprintf(to, 200, "id,Name,Email,Phone,City,Country,Street,Postal code,Note\n");
    for (int i = 0; i < 500; i++) {
        to += snprintf(to, 200, "%d,\"Ann \xD7\x90\xF0\x9F\x98\x80 %d\",", i, i);
        for (int c = 0; c < 300; c++)
            *to++ = (char)('a' + (c + i) % 26);
        to += snprintf(to, 200, ",12,C,Nowhere,S,1,\"line\nline\x7F\"\n");
    }
    program_write(folder, "contacts.csv", table);
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--as-of", "2025-06-30",
                               "--show-values", "--format", "pdf,json");
    if (r.exit > 1)
        fail_msg("%s", r.err);
    program_free(&r);
    char *text = text_of(folder, "report/report.pdf");
    check_titles(folder, text);
    free(text);
    free(table);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_an_audit_of_nothing_has_a_page_that_says_so(void **state)
{
    char *folder = program_folder();
    (void)state;
    program_write(folder, "contacts.csv", "id,Name,Email\n1,Bob,b@c.de,more,cells\n");
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--format", "pdf");
    assert_int_equal(r.exit, 2);
    program_free(&r);
    char *text = text_of(folder, "report/report.pdf");
    assert_non_null(strstr(text, "Contents"));
    free(text);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_findings_stand_on_numbered_pages_in_three_languages),
        cmocka_unit_test(test_contents_links_and_metadata_are_there),
        cmocka_unit_test(test_the_same_audit_gives_the_same_bytes),
        cmocka_unit_test(test_a_script_without_a_font_is_said),
        cmocka_unit_test(test_long_words_many_columns_and_odd_letters_are_set),
        cmocka_unit_test(test_an_audit_of_nothing_has_a_page_that_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
