/* YAML as people write it: places of nodes, limits, and the words of refusals. */
#include "schema_test.h"

static pb_status read(pb_arena *arena, pb_str text, const model_yaml **ret, pb_error *err)
{
    const model_source source = {PB_STR("t.yaml"), text};
    return model_yaml_load(arena, &source, ret, err);
}

static const model_yaml *tree(pb_arena *arena, const char *text)
{
    const model_yaml *root = NULL;
    pb_error err = {0};
    if (read(arena, pb_str_c(text), &root, &err) != PB_OK)
        fail_msg("%s", error_words(&err, arena));
    return root;
}

static void assert_place(const model_yaml *node, int line, int column)
{
    assert_non_null(node);
    assert_int_equal(node->place.line, line);
    assert_int_equal(node->place.column, column);
}

/* shows: REC-6 */
static void every_node_knows_its_place(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const model_yaml *root =
        tree(arena, "a: 1\n名: \"x y\"\nc:\n  - p\n  - {q: 'r'}\nd: |\n  l1\n");
    assert_int_equal(root->kind, MODEL_YAML_MAP);
    assert_place(model_yaml_get(root, "a"), 1, 4);
    assert_place(model_yaml_key(root, "名"), 2, 1);
    const model_yaml *quoted = model_yaml_get(root, "名");
    assert_place(quoted, 2, 4);
    assert_true(quoted->quoted && quoted->exact);
    assert_int_equal(quoted->text_place.column, 5);
    const model_yaml *list = model_yaml_get(root, "c");
    assert_int_equal(list->count, 2);
    assert_place(list->items[1], 5, 5);
    assert_place(model_yaml_get(list->items[1], "q"), 5, 9);
    assert_false(model_yaml_get(root, "d")->exact);
    assert_true(pb_str_is(model_yaml_get(root, "d")->text, "l1\n"));
    assert_null(model_yaml_get(root, "e"));
    assert_null(model_yaml_get(NULL, "e"));
    assert_int_equal(tree(arena, "")->count, 0);
    assert_int_equal(tree(arena, "# nothing\n")->kind, MODEL_YAML_MAP);
}

/* shows: REC-6 SEC-4 */
static void what_is_not_understood_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *answer;
    } cases[] = {
        {"a: &x 1\n", "t.yaml:1:4: The anchor"},
        {"a: *x\n", "t.yaml:1:4: The alias"},
        {"a: !t 1\n", "t.yaml:1:4: The tag"},
        {"a: 1\nb: 2\na: 3\n", "t.yaml:3:1: “a” is written twice"},
        {"? [a]\n: 1\n", "t.yaml:1:3: A key must be a plain text"},
        {"a: 1\n---\nb: 1\n", "t.yaml:3:1: Only one document"},
        {"a: \"x\n", "t.yaml:2:1: This is not readable as YAML"},
        {"a: b: c\n", "t.yaml:1:5: This is not readable as YAML"},
        {"a: \"\\0\"\n", "t.yaml:1:4: A text contains the character NUL"},
        {"ok: 1\nbad: \xff\n", "t.yaml:2:6: The text is not UTF-8"},
    };
    PB_AUTO_ARENA arena = pb_arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const model_yaml *root = NULL;
        pb_error err = {0};
        assert_int_equal(read(arena, pb_str_c(cases[i].text), &root, &err), PB_INVALID);
        assert_null(root);
        const char *words = error_words(&err, arena);
        if (!pb_str_starts(pb_str_c(words), pb_str_c(cases[i].answer)))
            fail_msg("expected %s\n  got %s", cases[i].answer, words);
    }
}

static void repeat(pb_buf *out, const char *text, int times)
{
    for (int i = 0; i < times; i++)
        pb_buf_addc(out, text);
}

/* shows: SEC-4 */
static void hostile_sizes_are_refused(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const model_yaml *root = NULL;
    PB_AUTO_BUF deep = PB_BUF_INIT(1 << 20), wide = PB_BUF_INIT(1 << 24),
                big = PB_BUF_INIT(1 << 24), twice = PB_BUF_INIT(1 << 20);
    repeat(&deep, "[", 40);
    repeat(&deep, "]", 40);
    assert_int_equal(read(arena, pb_buf_str(&deep), &root, NULL), PB_INVALID);
    repeat(&wide, "- x\n", MODEL_YAML_NODES + 1);
    assert_int_equal(read(arena, pb_buf_str(&wide), &root, NULL), PB_INVALID);
    repeat(&big, "#23456789012345\n", (MODEL_YAML_BYTES >> 4) + 1);
    assert_int_equal(read(arena, pb_buf_str(&big), &root, NULL), PB_INVALID);
    for (int i = 0; i < 1000; i++)
        pb_buf_printf(&twice, "k%d: 1\n", i);
    assert_int_equal(read(arena, pb_buf_str(&twice), &root, NULL), PB_OK);
    assert_int_equal(root->count, 1000);
    pb_buf_addc(&twice, "k500: 1\n");
    pb_error err = {0};
    assert_int_equal(read(arena, pb_buf_str(&twice), &root, &err), PB_INVALID);
    assert_non_null(strstr(error_words(&err, arena), "line 501"));
}

/* shows: REC-6 */
static void getters_read_or_tell(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const model_yaml *root =
        tree(arena, "t: x\ne: \"\"\nl: [a, b]\ns: alone\nb: true\nq: \"true\"\ni: 12\nd: 6w\n"
                    "n: ~\ng: important\nw: wrong\n");
    pb_str text = PB_STR("before");
    bool truth = false;
    int64_t number = 5;
    model_strs texts = {0};
    model_grade grade = MODEL_DESIRABLE;
    pb_error err = {0};
    assert_int_equal(model_yaml_text(root, "missing", &text, &err), PB_OK);
    assert_int_equal(model_yaml_text(root, "n", &text, &err), PB_OK);
    assert_true(pb_str_is(text, "before"));
    assert_int_equal(model_yaml_text(root, "t", &text, &err), PB_OK);
    assert_true(pb_str_is(text, "x"));
    assert_int_equal(model_yaml_text(root, "e", &text, &err), PB_INVALID);
    assert_int_equal(model_yaml_text(root, "l", &text, &err), PB_INVALID);
    assert_int_equal(model_yaml_texts(arena, root, "l", &texts, &err), PB_OK);
    assert_int_equal(texts.count, 2);
    assert_int_equal(model_yaml_texts(arena, root, "s", &texts, &err), PB_OK);
    assert_int_equal(texts.count, 1);
    assert_int_equal(model_yaml_bool(root, "b", &truth, &err), PB_OK);
    assert_true(truth);
    assert_int_equal(model_yaml_bool(root, "q", &truth, &err), PB_INVALID);
    assert_int_equal(model_yaml_int(root, "i", 0, 12, &number, &err), PB_OK);
    assert_int_equal(number, 12);
    assert_int_equal(model_yaml_int(root, "i", 0, 11, &number, &err), PB_INVALID);
    assert_int_equal(model_yaml_days(root, "d", &number, &err), PB_OK);
    assert_int_equal(number, 42);
    assert_int_equal(model_yaml_days(root, "i", &number, &err), PB_INVALID);
    assert_int_equal(model_yaml_grade(root, "g", &grade, &err), PB_OK);
    assert_int_equal(grade, MODEL_IMPORTANT);
    assert_int_equal(model_yaml_grade(root, "w", &grade, &err), PB_INVALID);
    assert_int_equal(model_yaml_need(root, "n", NULL, &err), PB_INVALID);
    assert_string_equal(error_words(&err, arena), "t.yaml:9:4: “n” is missing. Add a line “n: …”.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_knows_its_place),
        cmocka_unit_test(what_is_not_understood_is_refused_with_its_place),
        cmocka_unit_test(hostile_sizes_are_refused),
        cmocka_unit_test(getters_read_or_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
