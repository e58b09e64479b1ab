/* What the tests of presets share: the presets of the repository, plans and imports with them. */
#ifndef PRESET_SUPPORT_H
#define PRESET_SUPPORT_H

#include "asked.h"
#include "exchange_support.h"

#include "db/read.h"
#include "exchange/preset.h"

static const char *const products[] = {"dolibarr", "espocrm",    "fxiaoke",  "hubspot",
                                       "odoo",     "salesforce", "suitecrm", "zoho"};
enum { PRODUCTS = sizeof products / sizeof *products };

/* The presets of the repository, with one document more unless that is NULL. */
static inline exchange_presets *presets_with(bench_room *room, const char *more)
{
    pb_error err;
    model_source sources[PRODUCTS + 1];
    for (size_t i = 0; i < PRODUCTS; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
        char *path = pb_arena_printf(room->arena, "%s/presets/%s.yaml", root_path(), products[i]);
        must(sys_file_read(path, 1 << 20, &text, &err), &err);
        sources[i] = (model_source){pb_str_c(path), pb_arena_str(room->arena, pb_buf_str(&text))};
    }
    exchange_presets *presets = NULL;
    sources[PRODUCTS] = (model_source){PB_STR("own.yaml"), pb_str_c(more == NULL ? "" : more)};
    must(exchange_presets_load(room->schema, sources, PRODUCTS + (more != NULL), room->arena,
                               &presets, &err),
         &err);
    return presets;
}

static inline exchange_presets *presets_of(bench_room *room)
{
    return presets_with(room, NULL);
}

static inline exchange_plan plan_with(bench_room *room, const char *path, const char *as)
{
    pb_error err;
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    options.presets = presets_of(room);
    options.as = as;
    must(exchange_plan_make(room->schema, &options, room->arena, &plan, &err), &err);
    return plan;
}

static inline char *fixture(bench_room *room, const char *product)
{
    return data_path(room, pb_arena_printf(room->arena, "tests/data/presets/%s", product));
}

/* A path imported into a workspace of the moment. */
static inline exchange_plan imported_from(bench_room *room, const exchange_options *options,
                                          db_workspace **ret_workspace)
{
    pb_error err;
    exchange_plan plan = {0};
    db_options scratch = {.scratch = true};
    must(exchange_plan_make(room->schema, options, room->arena, &plan, &err), &err);
    must(db_workspace_create(NULL, room->schema, &scratch, NULL, ret_workspace, &err), &err);
    must(exchange_import(*ret_workspace, options, room->arena, &plan, &err), &err);
    return plan;
}

#endif
