/* What is compared of a record, and what speaks against a pair. */
#include "likeness/likeness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char people[] = "entity: person\n"
                             "fields:\n"
                             "  full_name: {type: person_name, match: name}\n"
                             "  remark: {type: note}\n"
                             "  email: {type: email, match: email}\n"
                             "  town: {type: text, role: city, match: text}\n"
                             "  born: {type: date, match: date}\n";

static model_schema *load(const char *text)
{
    model_source source = {PB_STR("people.yaml"), pb_str_c(text)};
    model_schema *schema = NULL;
    pb_error err;
    assert_int_equal(model_schema_load(&source, 1, &schema, &err), PB_OK);
    return schema;
}

/* shows: DQ-4 */
static void compares_what_the_model_says(void **state)
{
    (void)state;
    model_schema *schema = load(people);
    likeness_fields of = likeness_fields_of(&schema->entities[0]);
    assert_int_equal(of.count, 4);
    assert_true(pb_str_is(of.field[0]->name, "full_name"));
    assert_int_equal(of.kind[0], MATCH_NAME);
    assert_true(pb_str_is(of.field[1]->name, "email"));
    assert_int_equal(of.kind[1], MATCH_EMAIL);
    assert_int_equal(of.kind[2], MATCH_PLACE); /* by its role, not by `match:` */
    assert_int_equal(of.kind[3], MATCH_DATE);
    model_schema_free(schema);
}

/* shows: DQ-4 */
static void texts_are_folded_but_addresses(void **state)
{
    (void)state;
    model_schema *schema = load(people);
    likeness_fields of = likeness_fields_of(&schema->entities[0]);
    model_reader *reader = model_reader_new(0);
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    likeness_text(reader, of.field[0], PB_VALUE_TEXT(PB_STR("Müller, JOSÉ")), &out);
    assert_true(out.len > 0 && pb_str_find(pb_buf_str(&out), PB_STR("JOS")) == SIZE_MAX);
    pb_buf_clear(&out);
    likeness_text(reader, of.field[1], PB_VALUE_TEXT(PB_STR("A+b@x.org")), &out);
    assert_true(pb_str_is(pb_buf_str(&out), "A+b@x.org"));
    pb_buf_clear(&out);
    likeness_text(reader, of.field[3], PB_VALUE_INT(0), &out);
    assert_true(pb_str_is(pb_buf_str(&out), "1970-01-01"));
    pb_buf_clear(&out);
    likeness_text(reader, of.field[3], PB_VALUE_NULL, &out);
    assert_int_equal(out.len, 0);
    model_reader_free(reader);
    model_schema_free(schema);
}

/* shows: DQ-4 */
static void namesakes_are_doubted(void **state)
{
    (void)state;
    model_schema *schema = load(people);
    likeness_fields of = likeness_fields_of(&schema->entities[0]);
    const pb_str left[] = {PB_STR("anna weber"), PB_STR("a.weber@nordlicht.de"), PB_STR("berlin"),
                           PB_STR("1980-01-01")};
    const pb_str right[] = {PB_STR("anna weber"), PB_STR("weber@alpen.at"), PB_STR("wien"),
                            PB_STR("1961-07-30")};
    likeness_pair pair = {of.field, of.kind, left, right, of.count, 0, false};
    /* name equal, the rest equal: nothing speaks against it */
    pair.levels = 4 | 4 << 3 | 4 << 6 | 4 << 9;
    pair.right = left;
    assert_false(likeness_doubtful(&pair));
    /* only the name is known, as of most others */
    pair.levels = 4;
    pair.names_only = true;
    assert_true(likeness_doubtful(&pair));
    /* the birthday agrees: one person, whatever the mailbox */
    pair.levels = 4 | 1 << 3 | 1 << 6 | 4 << 9;
    pair.right = right;
    assert_false(likeness_doubtful(&pair));
    model_schema_free(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(compares_what_the_model_says),
                                       cmocka_unit_test(texts_are_folded_but_addresses),
                                       cmocka_unit_test(namesakes_are_doubted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
