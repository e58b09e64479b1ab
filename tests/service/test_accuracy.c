/* How much of what is known to be one is found, without labels and settings, in lists read as a
 * user gives them: customers made up in three scripts, and people with addresses. */
#include "service_support.h"

enum { FIELDS = 16, LINE = 2048, ROWS_MOST = 4000 };

typedef struct quality {
    double precision, recall, f1;
} quality;

/* The next cell of a line, with its quotes. */
static bool next_cell(pb_str *rest, pb_str *ret_cell)
{
    size_t end = 0;
    bool quoted = false;
    if (rest->ptr == NULL)
        return false;
    while (end < rest->len && (quoted || rest->ptr[end] != ','))
        quoted ^= rest->ptr[end++] == '"';
    *ret_cell = pb_str_sub(*rest, 0, end);
    *rest = end < rest->len ? pb_str_sub(*rest, end + 1, rest->len) : PB_STR_NONE;
    return true;
}

/* Copies a list without its column of truth, which is returned by rows. */
static char *without_truth(office *o, const char *name, const char *column, pb_str *truth,
                           size_t *ret_rows)
{
    char path[4096], line[LINE];
    PB_AUTO_BUF out = PB_BUF_INIT(8 << 20);
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    snprintf(path, sizeof path, "%s/tests/data/linkage/%s", root, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t at = FIELDS, rows = 0;
    for (bool head = true; fgets(line, sizeof line, file) != NULL; head = false) {
        line[strcspn(line, "\r\n")] = '\0';
        pb_str rest = pb_str_c(line), cell;
        for (size_t f = 0; next_cell(&rest, &cell); f++) {
            if (head && pb_str_is(pb_str_trim(cell), column)) {
                at = f;
            } else if (f == at && !head) {
                assert_true(rows < ROWS_MOST);
                truth[rows++] = pb_arena_str(o->arena, cell);
            }
            if (f != at)
                pb_buf_printf(&out, "%s%.*s", f > 0 ? "," : "", PB_STR_FMT(cell));
        }
        pb_buf_addc(&out, "\n");
    }
    fclose(file);
    assert_true(at < FIELDS && !out.failed);
    *ret_rows = rows;
    return put(o, "contacts.csv", pb_buf_cstr(&out));
}

static quality measure(office *o, const char *name, const char *column)
{
    pb_error err;
    static pb_str truth[ROWS_MOST];
    size_t rows, count;
    service_duplicates *list = NULL;
    const char *files[] = {without_truth(o, name, column, truth, &rows)};
    service_source source = {.paths = files, .path_count = 1};
    must(service_find_duplicates(o->service, &o->call, &source, PB_STR("contact"), 0, o->arena,
                                 &list, &count, &err),
         &err);
    assert_int_equal(list->result.rows, rows);
    double found = 0, right = 0, all = 0;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i + 1; j < rows; j++) {
            bool together = list->result.cluster[i] == list->result.cluster[j];
            bool same = pb_str_eq(truth[i], truth[j]);
            found += together;
            all += same;
            right += together && same;
        }
    }
    quality q = {right / found, right / all, 0};
    q.f1 = 2 * q.precision * q.recall / (q.precision + q.recall);
    print_message("%s: precision %.4f recall %.4f F1 %.4f\n", name, q.precision, q.recall, q.f1);
    return q;
}

/* shows: DQ-4 */
static void test_three_scripts(void **state)
{
    quality q = measure(*state, "scripts-3000.csv", "truth");
    assert_true(q.precision >= 0.97);
    assert_true(q.f1 >= 0.965);
}

/* shows: DQ-4 */
static void test_badly_damaged(void **state)
{
    quality q = measure(*state, "fake_1000.csv", "cluster");
    assert_true(q.precision >= 0.98);
    assert_true(q.f1 >= 0.92);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_three_scripts, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_badly_damaged, office_open, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
