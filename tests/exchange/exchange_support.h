/* What the tests of exchange share: the declared model, files of a moment, plans. */
#ifndef EXCHANGE_SUPPORT_H
#define EXCHANGE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "exchange/import.h"
#include "sys/file.h"

typedef struct bench_room {
    model_schema *schema;
    pb_arena *arena;
    char *folder; /* for files of the test */
} bench_room;

static inline const char *root_path(void)
{
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    return root;
}

static inline void show_error(const pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_error_render(err, &err->primary, NULL, &out);
    pb_buf_addc(&out, "\n  ");
    pb_error_render(err, &err->detail, NULL, &out);
    pb_buf_addc(&out, "\n  ");
    pb_error_render(err, &err->hint, NULL, &out);
    print_message("%s\n", pb_buf_cstr(&out));
}

static inline void must(pb_status status, const pb_error *err)
{
    if (status != PB_OK)
        show_error(err);
    assert_int_equal(status, PB_OK);
}

/* The model as declared in model/. */
static inline model_schema *declared_model(pb_arena *arena)
{
    pb_error err;
    char *folder = pb_arena_printf(arena, "%s/model", root_path());
    pb_str *names = NULL;
    size_t count = 0, used = 0;
    must(sys_dir_list(folder, arena, &names, &count, &err), &err);
    model_source *sources = pb_arena_array(arena, count + 1, sizeof *sources);
    for (size_t i = 0; i < count; i++) {
        if (!pb_str_ends(names[i], PB_STR(".yaml")))
            continue;
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
        char *path = sys_path_join(arena, folder, names[i].ptr);
        must(sys_file_read(path, 1 << 20, &text, &err), &err);
        sources[used++] = (model_source){pb_str_c(path), pb_arena_str(arena, pb_buf_str(&text))};
    }
    model_schema *schema = NULL;
    must(model_schema_load(sources, used, &schema, &err), &err);
    return schema;
}

static inline int room_make(void **state)
{
    bench_room *room = calloc(1, sizeof *room);
    room->arena = pb_arena_new(0);
    room->schema = declared_model(room->arena);
    pb_error err;
    must(sys_temp_dir(room->arena, &room->folder, &err), &err);
    *state = room;
    return 0;
}

static inline int room_end(void **state)
{
    bench_room *room = *state;
    pb_error err;
    must(sys_dir_remove_tree(room->folder, &err), &err);
    model_schema_free(room->schema);
    pb_arena_free(room->arena);
    free(room);
    return 0;
}

/* Writes a file into the room's folder; its path. */
static inline char *put_file(bench_room *room, const char *name, pb_str text)
{
    pb_error err;
    char *path = sys_path_join(room->arena, room->folder, name);
    must(sys_file_write(path, text, 0600, &err), &err);
    return path;
}

static inline char *put_text(bench_room *room, const char *name, const char *text)
{
    return put_file(room, name, pb_str_c(text));
}

static inline char *data_path(bench_room *room, const char *name)
{
    return pb_arena_printf(room->arena, "%s/%s", root_path(), name);
}

static inline exchange_options options_for(const char *const *paths, size_t count)
{
    return (exchange_options){.paths = paths,
                              .path_count = count,
                              .policy = RECORD_KEEP,
                              .actor = {.name = PB_STR("tester"), .via = PB_STR("test")},
                              .now_us = INT64_C(1700000000000000)};
}

static inline exchange_plan plan_of(bench_room *room, const char *path, const char *map)
{
    pb_error err;
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    options.map_path = map;
    must(exchange_plan_make(room->schema, &options, room->arena, &plan, &err), &err);
    return plan;
}

static inline const exchange_file *file_named(const exchange_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (pb_str_is(plan->files[i].name, name))
            return &plan->files[i];
    fail_msg("no file %s in the plan", name);
    return NULL;
}

static inline const exchange_column *column_named(const exchange_file *file, const char *header)
{
    for (size_t c = 0; c < file->column_count; c++)
        if (pb_str_is(file->columns[c].header, header))
            return &file->columns[c];
    fail_msg("no column %s", header);
    return NULL;
}

/* What a column became: `id`, a field's name, or ``. */
static inline const char *became(const exchange_column *column)
{
    return column->is_source_id ? "id" : column->field != NULL ? column->field->name.ptr : "";
}

static inline pb_str why_not(bench_room *room, const exchange_file *file)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    exchange_why_not(file, NULL, &out);
    return pb_arena_str(room->arena, pb_buf_str(&out));
}

#endif
