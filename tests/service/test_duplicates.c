/* Duplicates in files, which go straight into the comparison, are those of a workspace that holds
 * the same rows. */
#include "service_support.h"

enum { ROWS = 6000 };

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

/* A name of four syllables; some are common. */
static void put_name(pb_buf *out, uint64_t *seed)
{
    static const char *const syllables[] = {"an", "bo", "chi", "dar", "el", "fre", "gu", "hel",
                                            "is", "jo", "kam", "lu",  "mi", "nor", "ov", "pe"};
    size_t range = draw(seed, 4) == 0 ? 4 : 16;
    for (int word = 0; word < 2; word++) {
        pb_buf_addc(out, word > 0 ? " " : "");
        for (int i = 0; i < 2 + (int)draw(seed, 2); i++)
            pb_buf_addc(out, syllables[draw(seed, range)]);
    }
}

/* Contacts of which every sixth repeats the one before, written a little differently; rows that are
 * no records among them. */
static char *contacts(office *o)
{
    PB_AUTO_BUF out = PB_BUF_INIT(8 << 20), name = PB_BUF_INIT(4096);
    uint64_t seed = 77;
    unsigned long phone = 0, day = 1, mail = 0;
    pb_buf_addc(&out, "Contact ID,Full Name,Email,Phone,Account Name,City,Country,Birth Date\n");
    for (int i = 0; i < ROWS; i++) {
        bool again = i % 6 == 5;
        if (!again) {
            pb_buf_clear(&name);
            put_name(&name, &seed);
            phone = 1000000 + draw(&seed, 8999999);
            mail = draw(&seed, 100000);
            day = 1 + draw(&seed, 28);
        }
        const char *family = strchr(pb_buf_cstr(&name), ' ') + 1;
        pb_buf_printf(&out, "c%05d,\"%s%s\",%s%lu@example.org,%s%lu,%c%lu Works Ltd,%s,DE,", i,
                      again ? " " : "", pb_buf_cstr(&name), family, mail,
                      again && i % 4 == 1 ? "+49 30 " : "030 ", phone, 'A' + (char)(phone % 26),
                      phone % 90, phone % 2 ? "Berlin" : "München");
        pb_buf_printf(&out, "19%02lu-0%lu-%02lu\n", 40 + phone % 50, 1 + phone % 9, day);
        if (i % 997 == 996)
            pb_buf_addc(&out, "c,too,few\n\n,,,,,,,\n");
    }
    assert_false(out.failed);
    return put(o, "contacts.csv", pb_buf_cstr(&out));
}

static service_duplicates *find(office *o, const service_source *source, size_t *ret_count)
{
    pb_error err;
    service_duplicates *lists = NULL;
    must(service_find_duplicates(o->service, &o->call, source, PB_STR_NONE, 0.9, o->arena, &lists,
                                 ret_count, &err),
         &err);
    return lists;
}

/* shows: DQ-4 */
static void test_files_give_what_a_workspace_of_them_gives(void **state)
{
    office *o = *state;
    pb_error err;
    exchange_plan plan;
    size_t from_files, from_workspace;
    char *file = contacts(o);
    const char *path = make_workspace(o);
    const char *files[] = {file}, *places[] = {path};
    service_source source = {.paths = files, .path_count = 1};
    service_source kept = {.paths = places, .path_count = 1, .key = o->key};
    db_workspace *workspace = open_workspace(o, path);
    must(service_import(o->service, &o->call, workspace, &source, false, false, o->arena, &plan,
                        &err),
         &err);
    db_workspace_close(workspace);
    service_duplicates *one = find(o, &source, &from_files);
    service_duplicates *two = find(o, &kept, &from_workspace);
    assert_int_equal(from_files, from_workspace);
    assert_int_equal(from_files, 1);
    assert_ptr_equal(one->entity, two->entity);
    assert_int_equal(one->result.rows, ROWS);
    assert_int_equal(two->result.rows, ROWS);
    assert_int_equal(one->unread, 2 * (ROWS / 997));
    assert_int_equal(two->unread, 0);
    assert_int_equal(one->result.pair_count, two->result.pair_count);
    assert_true(one->result.pair_count > ROWS / 7);
    for (size_t i = 0; i < one->result.pair_count; i++) {
        const match_pair *a = &one->result.pairs[i], *b = &two->result.pairs[i];
        assert_int_equal(a->left, b->left);
        assert_int_equal(a->right, b->right);
        assert_true(a->score - b->score < 1e-12 && b->score - a->score < 1e-12);
        assert_int_equal(a->levels, b->levels);
        assert_int_equal(a->exact, b->exact);
    }
    for (size_t row = 0; row < ROWS; row++) {
        assert_true(pb_str_eq(one->ids[row], two->ids[row]));
        assert_int_equal(one->result.cluster[row], two->result.cluster[row]);
    }
}

/* Stopped while rows are read or compared, nothing is left behind and it is said so. */
static bool stop_at_once(void *context, const char *what, const char *of, uint64_t done,
                         uint64_t total)
{
    (void)what;
    (void)of;
    (void)done;
    (void)total;
    return ++*(int *)context > 0;
}

static void test_it_can_be_stopped(void **state)
{
    office *o = *state;
    pb_error err;
    int asked = 0;
    service_duplicates *lists;
    size_t count;
    const char *files[] = {contacts(o)};
    service_source source = {.paths = files, .path_count = 1};
    service_call call = o->call;
    call.progress = stop_at_once;
    call.context = &asked;
    assert_int_equal(service_find_duplicates(o->service, &call, &source, PB_STR_NONE, 0.9, o->arena,
                                             &lists, &count, &err),
                     PB_CANCELLED);
    assert_true(asked > 0);
}

/* A workspace beside files, an entity that no file brings. */
static void test_what_cannot_be_compared_is_refused(void **state)
{
    office *o = *state;
    pb_error err;
    service_duplicates *lists;
    size_t count;
    const char *both[] = {contacts(o), make_workspace(o)};
    service_source source = {.paths = both, .path_count = 2};
    assert_int_equal(service_find_duplicates(o->service, &o->call, &source, PB_STR_NONE, 0.9,
                                             o->arena, &lists, &count, &err),
                     PB_USAGE);
    source.path_count = 1;
    assert_int_equal(service_find_duplicates(o->service, &o->call, &source, PB_STR("ticket"), 0.9,
                                             o->arena, &lists, &count, &err),
                     PB_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files_give_what_a_workspace_of_them_gives, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_it_can_be_stopped, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_compared_is_refused, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
