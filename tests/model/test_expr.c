/* Expressions of rules: what parses, what they mean for known values, where mistakes are told. */
#include "schema_test.h"

#include "base/time.h"
#include "expr_model.h"

enum { FIRM, STAGE, CITY, SIZE, SHARE, AMOUNT, PAID, OPENED, CLOSED, SEEN, ACTIVE, FIELDS };
enum { TODAY = 20000 };

static model_schema *schema;

static int set_up(void **state)
{
    (void)state;
    schema = load_text(expr_model);
    assert_int_equal(schema->entities[0].field_count, FIELDS);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    schema = model_schema_free(schema);
    return 0;
}

static model_truth value(const char *text, const pb_value *values)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    model_expr *expr = NULL;
    pb_error err = {0};
    if (model_expr_parse(arena, &schema->entities[0], pb_str_c(text),
                         (model_place){PB_STR("x"), 1, 1}, &expr, &err) != PB_OK)
        fail_msg("%s: %s", text, error_words(&err, arena));
    assert_true(pb_str_is(model_expr_text(expr), text));
    return model_expr_eval(expr, values, (model_days){.today = TODAY});
}

/* shows: DQ-1 */
static void known_values_have_known_truths(void **state)
{
    (void)state;
    pb_value v[FIELDS] = {
        [FIRM] = PB_VALUE_BLOB(PB_STR("0123456789abcdef")),
        [STAGE] = PB_VALUE_TEXT(PB_STR("Won")),
        [CITY] = PB_VALUE_TEXT(PB_STR("it's")),
        [SIZE] = PB_VALUE_INT(7),
        [SHARE] = PB_VALUE_REAL(0.5),
        [AMOUNT] = PB_VALUE_INT(1000),
        [OPENED] = PB_VALUE_INT(19990),
        [SEEN] = PB_VALUE_INT(-1), /* the last microsecond of 1969 */
        [ACTIVE] = PB_VALUE_INT(1),
    };
    static const struct {
        const char *text;
        model_truth truth;
    } cases[] = {
        {"stage = 'Won'", MODEL_TRUE},
        {"stage <> 'Won'", MODEL_FALSE},
        {"stage in (Open, Won)", MODEL_TRUE},
        {"stage not in ('Open', Lost)", MODEL_TRUE},
        {"city = 'it''s'", MODEL_TRUE},
        {"size > 6 and size < 8", MODEL_TRUE},
        {"size between 7 and 7", MODEL_TRUE},
        {"size not between 8 and 9", MODEL_TRUE},
        {"size + 1 = 8", MODEL_TRUE},
        {"size - 10 = -3", MODEL_TRUE},
        {"size > share", MODEL_TRUE},
        {"share = 0.5", MODEL_TRUE},
        {"amount > 0", MODEL_TRUE},
        {"paid <= amount", MODEL_UNKNOWN},
        {"paid <= amount or amount > 0", MODEL_TRUE},
        {"paid <= amount and amount < 0", MODEL_FALSE},
        {"not (paid <= amount)", MODEL_UNKNOWN},
        {"paid is null", MODEL_TRUE},
        {"paid is not null", MODEL_FALSE},
        {"closed is null or closed >= opened", MODEL_TRUE},
        {"closed >= opened", MODEL_UNKNOWN},
        {"today - opened = 10", MODEL_TRUE},
        {"opened + 10 = today", MODEL_TRUE},
        {"opened < 2030-01-01", MODEL_TRUE},
        {"seen < 1970-01-01", MODEL_TRUE},
        {"seen = 1969-12-31", MODEL_TRUE},
        {"seen in (1969-12-31)", MODEL_TRUE},
        {"opened - seen = 19991", MODEL_TRUE},
        {"active = true", MODEL_TRUE},
        {"active = false", MODEL_FALSE},
        {"firm is not null", MODEL_TRUE},
        {"NOT stage = 'Won' OR size = 7", MODEL_TRUE},
        {"size = 7 or size = 8 and size = 9", MODEL_TRUE},
        {"(size = 7 or size = 8) and size = 9", MODEL_FALSE},
        {"closed in (2020-01-01)", MODEL_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (value(cases[i].text, v) != cases[i].truth)
            fail_msg("%s", cases[i].text);
}

/* shows: DQ-1 REC-6 */
static void mistakes_are_told_with_their_column(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int column; /* of the text, from 1 */
        const char *part;
    } cases[] = {
        {"", 1, "ends where a field"},
        {"size", 5, "ends where a comparison"},
        {"size >", 7, "ends where a field"},
        {"size > > 1", 8, "“>” stands where"},
        {"sise > 1", 1, "Did you mean “size”?"},
        {"城市 = 'x'", 1, "“城市” is not a field"},
        {"city = '城市' and sise = 1", 17, "Did you mean “size”?"},
        {"city = 'x", 8, "does not end"},
        {"city < 'x'", 6, "has no order"},
        {"city = 1", 6, "a text cannot be compared with a number"},
        {"amount > 5", 8, "Money is compared with 0"},
        {"amount in (5)", 12, "Money is compared with 0"},
        {"firm = 'x'", 6, "A link can only be tested"},
        {"stage = 'Wonn'", 9, "Did you mean “Won”?"},
        {"stage in (Open, Wno)", 17, "Did you mean “Won”?"},
        {"opened = 2020-13-01", 10, "does not exist"},
        {"opened + closed = 1", 8, "cannot be added"},
        {"amount + 1 > 0", 8, "cannot be added"},
        {"size > 99999999999999999999", 8, "too large"},
        {"size > 1 size", 10, "“and”, “or” or the end"},
        {"(size > 1", 10, "“)”"},
        {"size in (1", 11, "“,” or “)”"},
        {"size in 1", 9, "“(”"},
        {"size between 1 or 2", 16, "“and”"},
        {"size is 1", 9, "Write “is null”"},
        {"active in (true)", 11, "needs no list"},
        {"active > false", 8, "has no order"},
        {"size = 1x", 8, "stands where"},
        {"size # 1", 6, "stands where"},
        {"size = 'a'", 6, "a number cannot be compared with a text"},
    };
    PB_AUTO_ARENA arena = pb_arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model_expr *expr = NULL;
        pb_error err = {0};
        pb_status status = model_expr_parse(arena, &schema->entities[0], pb_str_c(cases[i].text),
                                            (model_place){PB_STR("f"), 3, 11}, &expr, &err);
        const char *words = error_words(&err, arena);
        const char *place = pb_arena_printf(arena, "f:3:%d: ", 10 + cases[i].column);
        if (status != PB_INVALID || expr != NULL ||
            !pb_str_starts(pb_str_c(words), pb_str_c(place)) ||
            strstr(words, cases[i].part) == NULL)
            fail_msg("%s\n  expected %s … %s\n  got %s", cases[i].text, place, cases[i].part,
                     words);
    }
}

static pb_str repeated(pb_arena *arena, const char *piece, size_t times, const char *end)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    for (size_t i = 0; i < times; i++)
        pb_buf_addc(&text, piece);
    pb_buf_addc(&text, end);
    return pb_arena_str(arena, pb_buf_str(&text));
}

/* shows: SEC-4 */
static void hostile_sizes_are_refused(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const pb_str texts[] = {
        repeated(arena, "(", 1000, "size = 1"),
        repeated(arena, "not ", 1000, "size = 1"),
        repeated(arena, "size=1 or ", 400, "size = 1"),
        repeated(arena, " ", 5000, "size = 1"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        model_expr *expr = NULL;
        assert_int_equal(model_expr_parse(arena, &schema->entities[0], texts[i],
                                          (model_place){PB_STR("x"), 1, 1}, &expr, NULL),
                         PB_INVALID);
    }
}

/* shows: DQ-1 */
static void the_fields_read_are_known(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    model_expr *expr = NULL;
    assert_int_equal(model_expr_parse(arena, &schema->entities[0],
                                      PB_STR("paid <= amount and (amount > 0 or city is null)"),
                                      (model_place){PB_STR("x"), 1, 1}, &expr, NULL),
                     PB_OK);
    const model_field *const *fields = NULL;
    assert_int_equal(model_expr_fields(expr, &fields), 3);
    assert_true(pb_str_is(fields[0]->name, "paid"));
    assert_true(pb_str_is(fields[1]->name, "amount"));
    assert_true(pb_str_is(fields[2]->name, "city"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_have_known_truths),
        cmocka_unit_test(mistakes_are_told_with_their_column),
        cmocka_unit_test(hostile_sizes_are_refused),
        cmocka_unit_test(the_fields_read_are_known),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
