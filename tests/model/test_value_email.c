/* E-mail addresses: the vectors of is_email by category, and the forms people paste. */
#include "value_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 };

/* What each category becomes here, and the diagnoses that differ from their category. */
static const struct {
    const char *name;
    bool accepted;
} rules[] = {
    {"ISEMAIL_VALID_CATEGORY", true},
    {"ISEMAIL_DNSWARN", true},
    {"ISEMAIL_RFC5321_QUOTEDSTRING", true},
    {"ISEMAIL_RFC5321_ADDRESSLITERAL", true},
    {"ISEMAIL_RFC5321_TLD", false},        /* no customer has a mailbox at a top domain */
    {"ISEMAIL_RFC5321_TLDNUMERIC", false}, /* no such domain can exist */
    {"ISEMAIL_CFWS", false},               /* comments and folding white space */
    {"ISEMAIL_DEPREC", false},             /* obsolete forms */
    {"ISEMAIL_RFC5322", false},            /* no mail server takes them */
    {"ISEMAIL_ERR", false},
};

static pb_str between(pb_str *text, const char *open, const char *close)
{
    size_t from = pb_str_find(*text, pb_str_c(open));
    if (from == SIZE_MAX)
        return PB_STR_NONE;
    *text = pb_str_sub(*text, from + strlen(open), text->len);
    size_t to = pb_str_find(*text, pb_str_c(close));
    assert_true(to != SIZE_MAX);
    pb_str found = pb_str_sub(*text, 0, to);
    *text = pb_str_sub(*text, to, text->len);
    return found;
}

/* The address as bytes: entities resolved, pictures of control characters made control characters.
 */
static void decode(pb_str xml, pb_buf *out)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {
        {"&quot;", '"'}, {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&apos;", '\''}};
    pb_buf_clear(out);
    while (xml.len > 0) {
        uint32_t code = 0;
        size_t used = 0;
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
            if (pb_str_starts(xml, pb_str_c(entities[i].entity))) {
                code = (uint32_t)entities[i].c;
                used = strlen(entities[i].entity);
            }
        }
        if (used == 0 && pb_str_starts(xml, PB_STR("&#x"))) {
            used = pb_str_index(xml, ';') + 1;
            code = (uint32_t)strtoul(xml.ptr + 3, NULL, 16);
        }
        if (used == 0)
            code = pb_utf8_next(xml, &used);
        if (code >= 0x2400 && code < 0x2422)
            code -= 0x2400;
        pb_utf8_put(out, code);
        xml = pb_str_sub(xml, used, xml.len);
    }
}

static bool accepted(pb_str category, pb_str diagnosis)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (pb_str_is(diagnosis, rules[i].name))
            return rules[i].accepted;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (pb_str_is(category, rules[i].name))
            return rules[i].accepted;
    fail_msg("no rule for %.*s %.*s", PB_STR_FMT(category), PB_STR_FMT(diagnosis));
    return false;
}

static pb_str load(const char *name)
{
    static char bytes[FILE_MAX];
    char path[4096];
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    snprintf(path, sizeof path, "%s/tests/data/is_email/%s", root, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(len > 0 && len < sizeof bytes);
    return pb_str_n(bytes, len);
}

/* shows: DQ-1 DQ-8 REC-5 */
static void every_vector_gets_its_verdict(void **state)
{
    (void)state;
    pb_str rest = load("tests.xml");
    PB_AUTO_BUF address = PB_BUF_INIT(FILE_MAX);
    model_reader *reader = model_reader_new(TODAY);
    model_field field = FIELD(MODEL_EMAIL);
    size_t tests = 0, taken = 0;
    for (pb_str one; (one = between(&rest, "<test id=\"", "</test>")).len > 0; tests++) {
        int64_t id;
        assert_true(pb_str_to_i64(pb_str_sub(one, 0, pb_str_index(one, '"')), &id));
        pb_str xml = between(&one, "<address>", "</address>");
        pb_str category = between(&one, "<category>", "</category>");
        pb_str diagnosis = between(&one, "<diagnosis>", "</diagnosis>");
        if (id == 1) { /* <address/>: nothing there */
            assert_int_equal(model_read(reader, &field, PB_STR(""), NULL).verdict, MODEL_EMPTY);
            continue;
        }
        decode(xml, &address);
        pb_str trimmed = pb_str_trim(pb_buf_str(&address));
        bool spaced = trimmed.len != address.len;
        bool want = accepted(category, diagnosis);
        /* White space around a value is tidied in every field, so it never speaks against one. */
        if (spaced && pb_str_is(trimmed, "test@iana.org"))
            want = true;
        model_reading got = model_read(reader, &field, pb_buf_str(&address), NULL);
        if ((got.verdict != MODEL_BAD) != want || (spaced && got.verdict == MODEL_SAME))
            fail_msg("test %d, %.*s (%.*s): %s %s", (int)id, PB_STR_FMT(trimmed),
                     PB_STR_FMT(diagnosis), verdict_name(got.verdict),
                     got.problem != NULL ? got.problem : "");
        taken += got.verdict != MODEL_BAD;
        model_reader_reset(reader);
    }
    assert_int_equal(tests, 164);
    assert_in_range(taken, 45, 70);
    model_reader_free(reader);
}

/* shows: REC-5 DQ-1 */
static void forms_people_paste(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"john.smith@example.com", MODEL_SAME, "john.smith@example.com"},
        {"John.Smith@Example.COM", MODEL_RESTYLED, "John.Smith@example.com"},
        {" john@example.com ", MODEL_RESTYLED, "john@example.com"},
        {"mailto:john@example.com?subject=x", MODEL_RESTYLED, "john@example.com"},
        {"<john@example.com>", MODEL_RESTYLED, "john@example.com"},
        {"John Smith <john@example.com>", MODEL_RESTYLED, "john@example.com"},
        {"\"Smith, John\" <john@example.com>", MODEL_RESTYLED, "john@example.com"},
        {"john@example.com;", MODEL_RESTYLED, "john@example.com"},
        {"\"john\"@example.com", MODEL_RESTYLED, "john@example.com"},
        {"\"john smith\"@example.com", MODEL_SAME, "\"john smith\"@example.com"},
        {"john\uff20example\uff0ecom", MODEL_RESTYLED, "john@example.com"},
        {"\u738b@example.com", MODEL_SAME, "\u738b@example.com"},
        {"info@\u4f8b\u5b50.\u4e2d\u56fd", MODEL_RESTYLED, "info@xn--fsqu00a.xn--fiqs8s"},
        {"info@xn--fsqu00a.xn--fiqs8s", MODEL_SAME, "info@xn--fsqu00a.xn--fiqs8s"},
        {"info@B\u00fccher.de", MODEL_RESTYLED, "info@xn--bcher-kva.de"},
        {"\u4fe1\u7bb1@\u516c\u53f8.\u516c\u53f8", MODEL_RESTYLED,
         "\u4fe1\u7bb1@xn--55qx5d.xn--55qx5d"},
        {"\u067e\u0633\u062a@\u0645\u062b\u0627\u0644.\u0627\u06cc\u0631\u0627\u0646",
         MODEL_RESTYLED, "\u067e\u0633\u062a@xn--mgbh0fb.xn--mgba3a4f16a"},
        /* IDNA 2008: ZWNJ between Persian letters stays, sharp s is a letter of its own */
        {"info@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com", MODEL_RESTYLED,
         "info@xn--mgba3gch31f060k.com"},
        {"info@stra\u00dfe.de", MODEL_RESTYLED, "info@xn--strae-oqa.de"},
        {"info@STRASSE.DE", MODEL_RESTYLED, "info@strasse.de"},
        {"info@\u2603.com", MODEL_BAD, NULL},                 /* a snowman is no letter */
        {"info@a\u200cb.com", MODEL_RESTYLED, "info@ab.com"}, /* ZWNJ means nothing there */
        {"info@xn--zzzzzzzz99999.com", MODEL_BAD, NULL},      /* an A-label of nothing */
        {"info@1\u0627.com", MODEL_BAD, NULL},                /* right to left, begun by a digit */
        {"john@gmail", MODEL_BAD, "john@gmail"},
        {"john@@example.com", MODEL_BAD, "john@@example.com"},
        {"john@example.com; mary@example.com", MODEL_BAD, NULL},
        {"john smith@example.com", MODEL_BAD, NULL},
        {"john@exa_mple.com", MODEL_BAD, NULL},
        {"john", MODEL_BAD, "john"},
        {"none", MODEL_EMPTY, ""},
    };
    model_field field = FIELD(MODEL_EMAIL);
    CHECK(&field, NULL, cases);
}

/* shows: DQ-1 */
static void problems_say_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *problem;
    } cases[] = {
        {"john", "There is no '@' in {value}"},
        {"@example.com", "Nothing stands before the '@' in {value}"},
        {"john@", "Nothing stands after the '@' in {value}"},
        {"john@a@example.com", "{value} has more than one '@'"},
        {"john@gmail", "The domain in {value} has no dot"},
        {"john@1.2.3.4", "The domain in {value} ends in a number"},
        {"a..b@example.com", "Two dots follow each other in {value}"},
        {"a b@example.com", "A blank stands inside {value}"},
        {"a@x.com, b@x.com", "{value} holds more than one address"},
    };
    model_reader *reader = model_reader_new(TODAY);
    model_field field = FIELD(MODEL_EMAIL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(model_read(reader, &field, pb_str_c(cases[i].raw), NULL).problem,
                            cases[i].problem);
    model_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_gets_its_verdict),
        cmocka_unit_test(forms_people_paste),
        cmocka_unit_test(problems_say_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
