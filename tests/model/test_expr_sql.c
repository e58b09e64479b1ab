/* Random expressions over random records: their value here and what SQLite says of their SQL are
 * the same, true, false and unknown. */
#include "schema_test.h"

#include "base/time.h"

#include <sqlite3.h>

static const char model[] = "entity: thing\n"
                            "links: {firm: {to: thing}}\n"
                            "fields:\n"
                            "  stage: {type: choice, values: [Open, Won, \"O'Neill\"]}\n"
                            "  city: text\n"
                            "  size: integer\n"
                            "  weight: integer\n"
                            "  share: decimal\n"
                            "  amount: money\n"
                            "  paid: money\n"
                            "  opened: date\n"
                            "  closed: date\n"
                            "  seen: instant\n"
                            "  heard: instant\n"
                            "  active: boolean\n";
enum { TODAY = 20000, EXPRESSIONS = 4000, RECORDS = 12, DEPTH = 4 };

typedef struct random_state {
    uint64_t s;
} random_state;

/* splitmix64 (S. Vigna, public domain) */
static uint64_t draw(random_state *r)
{
    uint64_t z = (r->s += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(random_state *r, size_t n)
{
    return (size_t)(draw(r) % n);
}

static const char *pick(random_state *r, const char *const *words, size_t count)
{
    return words[below(r, count)];
}
#define PICK(r, ...)                                                                               \
    pick((r), (const char *const[]){__VA_ARGS__},                                                  \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void put_number(random_state *r, pb_buf *out)
{
    pb_buf_addc(out, PICK(r, "size", "weight", "share", "0", "1", "-3", "2.5", "-0.125", "7",
                          "9223372036854775807", "9007199254740993"));
}

static void put_day(random_state *r, pb_buf *out)
{
    pb_buf_addc(out, PICK(r, "opened", "closed", "seen", "heard", "today", "2024-10-04",
                          "1970-01-01", "1969-12-31"));
}

static const char *comparison(random_state *r)
{
    return PICK(r, " = ", " != ", " <> ", " < ", " <= ", " > ", " >= ");
}

static void put_number_sum(random_state *r, pb_buf *out)
{
    put_number(r, out);
    for (size_t i = below(r, 3); i > 0; i--) {
        pb_buf_addc(out, PICK(r, " + ", " - "));
        put_number(r, out);
    }
}

static void put_pair(random_state *r, void (*put)(random_state *, pb_buf *), pb_buf *out)
{
    put(r, out);
    if (below(r, 4) == 0) {
        pb_buf_addc(out, PICK(r, " between ", " not between "));
        put(r, out);
        pb_buf_addc(out, " and ");
    } else {
        pb_buf_addc(out, comparison(r));
    }
    put(r, out);
}

static void put_money(random_state *r, pb_buf *out)
{
    pb_buf_addc(out, PICK(r, "amount", "paid", "amount + paid", "amount - paid"));
}

static void put_shifted_day(random_state *r, pb_buf *out)
{
    put_day(r, out);
    if (below(r, 3) == 0) {
        pb_buf_addc(out, PICK(r, " + ", " - "));
        put_number(r, out);
    }
}

static void put_test(random_state *r, pb_buf *out)
{
    switch (below(r, 11)) {
    case 0:
        put_pair(r, put_number_sum, out);
        return;
    case 1:
        put_pair(r, put_shifted_day, out);
        return;
    case 2:
        put_pair(r, put_money, out);
        return;
    case 3:
        put_money(r, out);
        pb_buf_addc(out, comparison(r));
        pb_buf_addc(out, "0");
        return;
    case 4:
        pb_buf_addc(out, PICK(r, "city", "'x'", "stage"));
        pb_buf_addc(out, PICK(r, " = ", " <> "));
        pb_buf_addc(out, PICK(r, "city", "'O''Neill'", "'Open'"));
        return;
    case 5:
        pb_buf_addc(out, PICK(r, "stage in (Open, Won)", "stage not in ('O''Neill')",
                              "city in ('', Open, '城市', 'O''Neill')"));
        return;
    case 6:
        pb_buf_addc(out, PICK(r, "size in (1, 2.5, -3)", "share not in (0, 2.5)",
                              "opened in (2024-10-04, 1970-01-01)", "seen in (1969-12-31)",
                              "amount in (0)"));
        return;
    case 7:
        pb_buf_addc(out, PICK(r, "firm", "city", "share", "paid", "seen", "active"));
        pb_buf_addc(out, PICK(r, " is null", " is not null"));
        return;
    case 8:
        pb_buf_addc(out, PICK(r, "active = true", "active <> false", "active = false"));
        return;
    case 9:
        put_day(r, out);
        pb_buf_addc(out, " - ");
        put_day(r, out);
        pb_buf_addc(out, comparison(r));
        put_number(r, out);
        return;
    default:
        pb_buf_addc(out, PICK(r, "seen", "heard"));
        pb_buf_addc(out, comparison(r));
        pb_buf_addc(out, PICK(r, "seen", "heard"));
    }
}

static void put_expr(random_state *r, int depth, pb_buf *out)
{
    size_t what = depth == 0 ? 0 : below(r, 5);
    if (what <= 1) {
        put_test(r, out);
    } else if (what == 2) {
        pb_buf_addc(out, "not ");
        put_expr(r, 0, out);
    } else {
        pb_buf_addc(out, below(r, 3) == 0 ? "not (" : "(");
        put_expr(r, depth - 1, out);
        pb_buf_addc(out, what == 3 ? " and " : " or ");
        put_expr(r, depth - 1, out);
        pb_buf_addc(out, ")");
    }
}

static pb_value random_value(random_state *r, model_type type)
{
    static const int64_t numbers[] = {0, 1, 2, -3, 7, INT64_MAX, INT64_MIN, 9007199254740992};
    static const int64_t days[] = {0, -1, 1, 20000, 19999, 20000, -719162, 2932896};
    static const int64_t moments[] = {0,
                                      -1,
                                      1,
                                      1728000000000000,
                                      1728000000000001,
                                      86399999999,
                                      -86400000000,
                                      -86400000001,
                                      1727992799999999,
                                      1727992800000000,
                                      1728072000000000,
                                      1728079199999999,
                                      1728079200000000,
                                      -7200000001,
                                      79200000000,
                                      79199999999};
    static const double reals[] = {0, 1, 2.5, -0.125, 1e300, -3, 9007199254740993.0, 0.1};
    static const char *const texts[] = {"Open", "Won", "O'Neill", "", "x", "城市", "open", "a'b''"};
    if (below(r, 4) == 0)
        return PB_VALUE_NULL;
    size_t i = below(r, 8);
    switch (type) {
    case MODEL_LINK:
        return PB_VALUE_BLOB(PB_STR("0123456789abcdef"));
    case MODEL_BOOLEAN:
        return PB_VALUE_INT((int64_t)(i & 1));
    case MODEL_INTEGER:
        return PB_VALUE_INT(numbers[i]);
    case MODEL_MONEY:
        return PB_VALUE_INT(numbers[below(r, 5)]);
    case MODEL_DECIMAL:
        return PB_VALUE_REAL(reals[i]);
    case MODEL_DATE:
        return PB_VALUE_INT(days[i]);
    case MODEL_INSTANT:
        return PB_VALUE_INT(moments[below(r, sizeof moments / sizeof *moments)]);
    default:
        return PB_VALUE_TEXT(pb_str_c(texts[i]));
    }
}

static void bind(sqlite3_stmt *stmt, int parameter, pb_value v)
{
    if (v.kind == PB_INT)
        sqlite3_bind_int64(stmt, parameter, v.as.i);
    else if (v.kind == PB_REAL)
        sqlite3_bind_double(stmt, parameter, v.as.r);
    else if (v.kind == PB_TEXT)
        sqlite3_bind_text(stmt, parameter, v.as.s.ptr, (int)v.as.s.len, SQLITE_TRANSIENT);
    else if (v.kind == PB_BLOB)
        sqlite3_bind_blob(stmt, parameter, v.as.s.ptr, (int)v.as.s.len, SQLITE_TRANSIENT);
}

/* The table as db makes it: one column a field, of the kind's storage class. */
static sqlite3 *make_table(const model_entity *entity)
{
    static const char *const kinds[] = {"", "INTEGER", "REAL", "TEXT", "BLOB"};
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "CREATE TABLE thing (n INTEGER PRIMARY KEY");
    for (size_t i = 0; i < entity->field_count; i++)
        pb_buf_printf(&sql, ", %.*s%s %s", PB_STR_FMT(entity->fields[i].name),
                      entity->fields[i].type == MODEL_LINK ? "_id" : "",
                      kinds[model_type_kind(entity->fields[i].type)]);
    pb_buf_addc(&sql, ")");
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, pb_buf_cstr(&sql), NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void fill(sqlite3 *db, const model_entity *entity, random_state *r,
                 pb_value values[RECORDS][16])
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_addc(&sql, "INSERT INTO thing VALUES (NULL");
    for (size_t i = 0; i < entity->field_count; i++)
        pb_buf_addc(&sql, ", ?");
    pb_buf_addc(&sql, ")");
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_exec(db, "DELETE FROM thing", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, pb_buf_cstr(&sql), -1, &stmt, NULL), SQLITE_OK);
    for (size_t n = 0; n < RECORDS; n++) {
        sqlite3_reset(stmt);
        sqlite3_clear_bindings(stmt);
        for (size_t i = 0; i < entity->field_count; i++) {
            values[n][i] = random_value(r, entity->fields[i].type);
            bind(stmt, (int)i + 1, values[n][i]);
        }
        assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    }
    sqlite3_finalize(stmt);
}

static const model_truth truths[3] = {MODEL_FALSE, MODEL_TRUE, MODEL_UNKNOWN};

/* Counts the answers in `seen`. */
static void compare(sqlite3 *db, const model_expr *expr, const pb_zone *zone,
                    pb_value values[RECORDS][16], size_t seen[3])
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&sql, "SELECT ");
    model_expr_sql(expr, "q", zone, &sql);
    pb_buf_addc(&sql, " FROM thing q ORDER BY n");
    assert_false(sql.failed);
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db, pb_buf_cstr(&sql), -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sqlite3_errmsg(db), pb_buf_cstr(&sql));
    int today = sqlite3_bind_parameter_index(stmt, ":today");
    if (today > 0)
        sqlite3_bind_int64(stmt, today, TODAY);
    for (size_t n = 0; n < RECORDS; n++) {
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        model_truth said = sqlite3_column_type(stmt, 0) == SQLITE_NULL
                               ? MODEL_UNKNOWN
                               : truths[sqlite3_column_int(stmt, 0) != 0];
        model_truth here = model_expr_eval(expr, values[n], (model_days){TODAY, zone});
        if (said != here)
            fail_msg("%.*s\n%s\nrecord %zu: SQL says %d, we say %d",
                     PB_STR_FMT(model_expr_text(expr)), pb_buf_cstr(&sql), n, (int)said, (int)here);
        seen[here]++;
    }
    sqlite3_finalize(stmt);
}

static void agree(const pb_zone *zone)
{
    model_schema *schema = load_text(model);
    const model_entity *entity = &schema->entities[0];
    sqlite3 *db = make_table(entity);
    random_state r = {20250630};
    pb_value values[RECORDS][16];
    size_t seen[3] = {0};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    for (size_t i = 0; i < EXPRESSIONS; i++) {
        pb_arena_reset(arena);
        PB_AUTO_BUF text = PB_BUF_INIT(4096);
        put_expr(&r, DEPTH, &text);
        model_expr *expr = NULL;
        pb_error err = {0};
        if (text.len > 4000)
            continue;
        if (model_expr_parse(arena, entity, pb_buf_str(&text), (model_place){PB_STR("x"), 1, 1},
                             &expr, &err) != PB_OK)
            fail_msg("%s: %s", pb_buf_cstr(&text), error_words(&err, arena));
        if (i % 8 == 0)
            fill(db, entity, &r, values);
        compare(db, expr, zone, values, seen);
    }
    print_message("%zu false, %zu true, %zu unknown\n", seen[MODEL_FALSE], seen[MODEL_TRUE],
                  seen[MODEL_UNKNOWN]);
    for (size_t i = 0; i < 3; i++)
        assert_true(seen[i] > EXPRESSIONS * RECORDS / 20);
    sqlite3_close(db);
    model_schema_free(schema);
}

/* shows: DQ-1 REC-6 */
static void value_and_sql_agree(void **state)
{
    (void)state;
    agree(NULL);
}

/* Two hours ahead of UTC; from the evening of the 4th of October 2024 on, one. */
/* shows: DQ-1 REC-6 */
static void value_and_sql_agree_on_the_days_of_a_zone(void **state)
{
    (void)state;
    const int64_t hour = 3600 * PB_US_PER_SECOND;
    pb_zone_step steps[] = {{-40 * PB_US_PER_DAY, 3 * hour},
                            {-20 * PB_US_PER_DAY, 2 * hour},
                            {INT64_C(1728072000000000), hour}};
    pb_zone_settle(0, steps, 3);
    const pb_zone zone = {0, steps, 3}, behind = {-5 * hour, NULL, 0};
    agree(&zone);
    agree(&behind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_and_sql_agree),
        cmocka_unit_test(value_and_sql_agree_on_the_days_of_a_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
