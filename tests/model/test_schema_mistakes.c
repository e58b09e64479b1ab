/* Every wrong declaration of tests/data/model/mistakes.txt is refused with its line, its column,
 * what is wrong and how to mend it. */
#include "schema_test.h"

static int cases, wrong;

typedef struct expected {
    pb_str place, message, hint;
    int line; /* in mistakes.txt */
} expected;

static bool contains(const char *text, pb_str part)
{
    return part.len == 0 || pb_str_find(pb_str_c(text), part) != SIZE_MAX;
}

static void run_case(model_source base, expected want, pb_str yaml)
{
    model_source sources[2] = {base, {PB_STR("own.yaml"), yaml}};
    model_schema *schema = NULL;
    pb_error err = {0};
    cases++;
    if (model_schema_load(sources, 2, &schema, &err) == PB_OK) {
        wrong++;
        print_error("mistakes.txt:%d: accepted\n", want.line);
        model_schema_free(schema);
        return;
    }
    PB_AUTO_BUF message = PB_BUF_INIT(4096), detail = PB_BUF_INIT(4096), hint = PB_BUF_INIT(4096);
    pb_error_render(&err, &err.primary, NULL, &message);
    pb_error_render(&err, &err.detail, NULL, &detail);
    pb_error_render(&err, &err.hint, NULL, &hint);
    PB_AUTO_BUF place = PB_BUF_INIT(4096);
    pb_buf_printf(&place, "own.yaml:%.*s", PB_STR_FMT(want.place));
    bool good = err.status == PB_INVALID && schema == NULL &&
                strcmp(pb_buf_cstr(&detail), pb_buf_cstr(&place)) == 0 &&
                contains(pb_buf_cstr(&message), want.message) &&
                contains(pb_buf_cstr(&hint), want.hint);
    if (good)
        return;
    wrong++;
    print_error("mistakes.txt:%d: expected %.*s %.*s (%.*s)\n   got %s %s (%s)\n", want.line,
                PB_STR_FMT(want.place), PB_STR_FMT(want.message), PB_STR_FMT(want.hint),
                pb_buf_cstr(&detail), pb_buf_cstr(&message), pb_buf_cstr(&hint));
}

static expected read_head(pb_str line, int number)
{
    expected want = {.line = number};
    pb_str rest = pb_str_sub(line, 1, line.len);
    assert_true(pb_str_split(&rest, '|', &want.place));
    assert_true(pb_str_split(&rest, '|', &want.message));
    assert_true(pb_str_split(&rest, '|', &want.hint));
    want.place = pb_str_trim(want.place);
    want.message = pb_str_trim(want.message);
    want.hint = pb_str_trim(want.hint);
    return want;
}

/* shows: REC-6 REC-4 PRI-3 DQ-1 */
static void every_mistake_is_told_with_place_and_mend(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    model_source base = read_source(arena, "tests/data/model/base.yaml");
    pb_str rest = read_source(arena, "tests/data/model/mistakes.txt").text;
    const char *end = rest.ptr + rest.len;
    pb_str line = PB_STR_NONE;
    expected want = {0};
    const char *yaml = NULL;
    for (int number = 1; pb_str_split(&rest, '\n', &line); number++) {
        if (line.len == 0 || line.ptr[0] != '@')
            continue;
        if (yaml != NULL)
            run_case(base, want, pb_str_n(yaml, (size_t)(line.ptr - yaml)));
        want = read_head(line, number);
        yaml = line.ptr + line.len + 1;
    }
    run_case(base, want, pb_str_n(yaml, (size_t)(end - yaml)));
    print_message("%d wrong declarations\n", cases);
    assert_true(cases >= 60);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_told_with_place_and_mend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
