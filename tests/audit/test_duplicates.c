/* Which records are called copies: what only places and days have in common are not, organisations
 * of one name are. */
#include "audit/duplicates.h"
#include "audit_support.h"

enum { ROWS = 60 };

static int start(void **state)
{
    *state = support_new();
    return 0;
}

static int end(void **state)
{
    support_free(*state);
    return 0;
}

/* Imports one file of that text, finds copies among `entity`, and gives the number of records that
 * repeat another. */
static size_t copies_in(support *base, const char *name, const char *text, const char *entity)
{
    char folder[64], path[160];
    const char *paths[] = {path};
    support_world world = {.base = base};
    db_session *session = NULL;
    audit_duplicates found = {0};
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    SUPPORT_OK(support_open(&world, &base->err), &base->err);
    (void)snprintf(folder, sizeof folder, "%.50s-csv", world.folder);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    mkdir(folder, 0700);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    SUPPORT_OK(support_import(&world, paths, 1, &base->err), &base->err);
    support_remove(folder);
    SUPPORT_OK(db_snapshot_open(world.workspace, &session, &base->err), &base->err);
    SUPPORT_OK(audit_duplicates_find(session, model_entity_find(base->schema, pb_str_c(entity)), 0,
                                     NULL, NULL, arena, &found, &base->err),
               &base->err);
    size_t copies = 0;
    for (size_t i = 0; i < found.result.rows; i++)
        copies += found.result.cluster[i] != i;
    support_unload(&world, session);
    return copies;
}

/* Sellers known by number, town and state only: neighbours, not copies. */
/* shows: DQ-4 */
static void test_neighbours_are_not_copies(void **state)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&text, "account_id,postcode,city,state\n");
    for (int i = 0; i < ROWS; i++)
        pb_buf_printf(&text, "seller-%d,1302%d,campinas,SP\n", i, i / 20);
    assert_int_equal(copies_in(*state, "accounts.csv", pb_buf_cstr(&text), "account"), 0);
}

/* Firms known by name only, each third name written twice. */
/* shows: DQ-4 */
static void test_firms_of_one_name_are_copies(void **state)
{
    static const char *const trades[] = {"Bakery", "Shipping", "Optics", "Timber", "Print"};
    static const char *const places[] = {"Aarhus", "Bremen", "Cadiz", "Dover"};
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    size_t twice = 0;
    pb_buf_addc(&text, "account_id,name\n");
    for (int i = 0; i < 20; i++) {
        pb_buf_printf(&text, "a%d,%s %s\n", i, places[i % 4], trades[i % 5]);
        if (i % 3 == 0) {
            pb_buf_printf(&text, "b%d,%s %s\n", i, places[i % 4], trades[i % 5]);
            twice++;
        }
    }
    assert_int_equal(copies_in(*state, "accounts.csv", pb_buf_cstr(&text), "account"), twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbours_are_not_copies),
        cmocka_unit_test(test_firms_of_one_name_are_copies),
    };
    return cmocka_run_group_tests(tests, start, end);
}
