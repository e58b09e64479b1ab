/* Lists chosen by amounts of money: of the currency that is asked for alone, and as many as a
 * reading of all records finds, on every engine. */
#define WORLD_MORE                                                                                 \
    "---\n"                                                                                        \
    "entity: offer\n"                                                                              \
    "title: [title]\n"                                                                             \
    "search: [title]\n"                                                                            \
    "lists: [title]\n"                                                                             \
    "fields:\n"                                                                                    \
    "  title: {type: text, required: true}\n"                                                      \
    "  amount: money\n"
#include "world.h"

#include "record/list.h"

#define AMOUNTS                                                                                    \
    "10.00 EUR", "9.99 EUR", "-5.50 EUR", "10 USD", "1000000.01 USD", "7 JPY", "0 EUR",            \
        "3.333 KWD", "10", "12.5"

enum { ROUNDS = 9, LIMIT = 200 };

static const model_entity *offer_of(const world *w)
{
    return model_entity_find(w->schema, PB_STR("offer"));
}

static pb_status fill(world *w, record_writer *writer, void *context, pb_error *err)
{
    static const char *const amounts[] = {AMOUNTS, ""};
    (void)context;
    for (size_t i = 0; i < ROUNDS * sizeof amounts / sizeof *amounts; i++) {
        char title[64];
        (void)snprintf(title, sizeof title, "Deal %zu", i);
        PB_TRY(world_create(
            writer, offer_of(w),
            GIVEN({"title", title}, {"amount", amounts[i % (sizeof amounts / sizeof *amounts)]}),
            NULL, NULL, err));
    }
    return PB_OK;
}

static bool holds(const char *sign, int64_t a, int64_t b)
{
    return strcmp(sign, "=") == 0    ? a == b
           : strcmp(sign, "<") == 0  ? a < b
           : strcmp(sign, "<=") == 0 ? a <= b
           : strcmp(sign, ">") == 0  ? a > b
                                     : a >= b;
}

/* By reading all: of the currency, and as the sign says; what differs is all else that is there. */
static size_t reckoned(const world_all *all, const model_field *amount, const char *sign,
                       int64_t minor, const char *currency)
{
    size_t count = 0;
    bool other = strcmp(sign, "<>") == 0;
    for (size_t i = 0; i < all->count; i++) {
        pb_value value = all->items[i].values[amount->index];
        if (value.kind == PB_NULL)
            continue;
        bool same = pb_str_eq(all->items[i].currencies[amount->index], pb_str_c(currency));
        count += other != (same && holds(other ? "=" : sign, value.as.i, minor));
    }
    return count;
}

static size_t listed(db_session *session, const world *w, const char *filter, pb_arena *arena)
{
    pb_error err = {0};
    record_list_page page;
    const record_list_asked asked = {
        .entity = offer_of(w), .filter = pb_str_c(filter), .limit = LIMIT, .total = true};
    if (record_list_read(session, &asked, arena, &page, &err) != PB_OK) {
        char says[1024];
        fail_msg("%s: %s", filter, world_says(&err, says, sizeof says));
    }
    assert_int_equal(page.total, page.count);
    return page.count;
}

/* shows: INT-1 REC-1 */
static void amounts_are_compared_within_their_currency(void **state)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    static const char *const turned[] = {"=", "<>", ">", ">=", "<", "<="};
    static const struct {
        const char *text, *currency;
        int64_t minor;
    } asked[] = {{"10.00 EUR", "EUR", 1000}, {"10 EUR", "EUR", 1000},     {"-5.5 EUR", "EUR", -550},
                 {"10 USD", "USD", 1000},    {"0 JPY", "JPY", 0},         {"7 JPY", "JPY", 7},
                 {"3.333 KWD", "KWD", 3333}, {"1000 CHF", "CHF", 100000}, {"10", "", 1000},
                 {"11.00", "", 1100}};
    world w;
    pb_error err;
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_KEEP, fill, NULL, NULL, &err), &err);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_session *session = world_look(&w);
    const world_all all = world_read_all(session, offer_of(&w), arena);
    const model_field *amount = model_field_find(offer_of(&w), PB_STR("amount"));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        for (size_t k = 0; k < sizeof signs / sizeof *signs; k++) {
            size_t count = reckoned(&all, amount, signs[k], asked[i].minor, asked[i].currency);
            const char *filter = pb_arena_printf(arena, "amount %s '%s'", signs[k], asked[i].text);
            if (listed(session, &w, filter, arena) != count)
                fail_msg("%s is not %zu", filter, count);
            filter = pb_arena_printf(arena, "'%s' %s amount", asked[i].text, turned[k]);
            if (listed(session, &w, filter, arena) != count)
                fail_msg("%s is not %zu", filter, count);
        }
    assert_int_equal(2 * ROUNDS,
                     listed(session, &w, "amount between '0 EUR' and '9.99 EUR'", arena));
    assert_int_equal(2 * ROUNDS,
                     listed(session, &w, "amount = '10 EUR' or amount = '10 USD'", arena));
    assert_int_equal(9 * ROUNDS, listed(session, &w, "not amount = '10 EUR'", arena));
    db_snapshot_close(session);
    world_close(&w);
}

/* shows: INT-1 UX-3 */
static void what_is_no_amount_is_said(void **state)
{
    static const struct {
        const char *filter, *says;
    } wrong[] = {
        {"amount > 10", "'1000 EUR'"},
        {"amount > ' 10'", "is not an amount"},
        {"amount > 'much'", "much is"},
        {"amount > 'EUR 10'", "EUR 10 is not an amount of money with its currency"},
        {"amount > '10 eur'", "10 eur is not an amount"},
        {"amount > '10 EUR '", "is not an amount"},
        {"amount > '10 XYZ'", "is not an amount"},
        {"amount > ''", "is not an amount"},
        {"amount > '10.001 EUR'", "10.001 EUR has more decimal places than its currency"},
        {"amount > '1000000000000000000 EUR'", "is too large"},
        {"amount in ('10 EUR')", "'1000 EUR'"},
    };
    world w;
    world_open(&w, *state);
    db_session *session = world_look(&w);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pb_error err = {0};
        char text[2048];
        record_list_page page;
        PB_AUTO_ARENA arena = pb_arena_new(0);
        const record_list_asked asked = {
            .entity = offer_of(&w), .filter = pb_str_c(wrong[i].filter), .limit = 1};
        assert_int_equal(PB_INVALID, record_list_read(session, &asked, arena, &page, &err));
        if (strstr(world_says(&err, text, sizeof text), wrong[i].says) == NULL)
            fail_msg("%s: “%s” does not say “%s”", wrong[i].filter, text, wrong[i].says);
    }
    db_snapshot_close(session);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(amounts_are_compared_within_their_currency,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(what_is_no_amount_is_said, (void *)world_engines[0]),
    };
    return cmocka_run_group_tests_name("record/amounts", tests, NULL, NULL);
}
