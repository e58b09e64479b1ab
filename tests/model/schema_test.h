/* What the tests of schema and expressions share: reading files of the source tree, loading, and
 * the words of an error. */
#ifndef SCHEMA_TEST_H
#define SCHEMA_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/expr.h"
#include "model/schema.h"
#include "model/yaml.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file below the source root, with its path as name. */
__attribute__((unused)) static model_source read_source(pb_arena *arena, const char *path)
{
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    FILE *file = fopen(pb_arena_printf(arena, "%s/%s", root, path), "rb");
    if (file == NULL)
        fail_msg("%s cannot be read", path);
    PB_AUTO_BUF text = PB_BUF_INIT(8 << 20);
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        pb_buf_add(&text, pb_str_n(piece, n));
    fclose(file);
    return (model_source){pb_str_c(pb_arena_cstr(arena, pb_str_c(path))),
                          pb_arena_str(arena, pb_str_c(pb_buf_cstr(&text)))};
}

static int by_source_name(const void *a, const void *b)
{
    return pb_str_cmp(((const model_source *)a)->name, ((const model_source *)b)->name);
}

/* All files of model/, by name. */
__attribute__((unused)) static model_source *model_sources(pb_arena *arena, size_t *ret_count)
{
    DIR *folder = opendir(pb_arena_printf(arena, "%s/model", getenv("PROBITY_ROOT")));
    assert_non_null(folder);
    model_source *sources = NULL;
    size_t count = 0, capacity = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!pb_str_ends(pb_str_c(entry->d_name), PB_STR(".yaml")))
            continue;
        model_source source = read_source(arena, pb_arena_printf(arena, "model/%s", entry->d_name));
        assert_true(PB_PUSH(arena, sources, count, capacity, source));
    }
    closedir(folder);
    qsort(sources, count, sizeof *sources, by_source_name);
    *ret_count = count;
    return sources;
}

__attribute__((unused)) static const char *error_words(const pb_error *err, pb_arena *arena)
{
    PB_AUTO_BUF text = PB_BUF_INIT(16384);
    pb_error_render(err, &err->detail, NULL, &text);
    pb_buf_addc(&text, ": ");
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_addc(&text, " ");
    pb_error_render(err, &err->hint, NULL, &text);
    return pb_arena_cstr(arena, pb_buf_str(&text));
}

__attribute__((unused)) static model_schema *load(const model_source *sources, size_t count)
{
    model_schema *schema = NULL;
    pb_error err = {0};
    if (model_schema_load(sources, count, &schema, &err) != PB_OK) {
        PB_AUTO_ARENA arena = pb_arena_new(0);
        fail_msg("%s", error_words(&err, arena));
    }
    return schema;
}

__attribute__((unused)) static model_schema *load_text(const char *yaml)
{
    model_source source = {PB_STR("test.yaml"), pb_str_c(yaml)};
    return load(&source, 1);
}

#endif
