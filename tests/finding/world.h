/* A workspace with controls to be found at fault, for the suites of findings. */
#ifndef TESTS_FINDING_WORLD_H
#define TESTS_FINDING_WORLD_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine.h"
#include "finding/finding.h"
#include "tiny_schema.h"

#include <unistd.h>

enum { CONTROLS = 6, DAY0 = 20000 };
#define DAY_US INT64_C(86400000000)

typedef struct world {
    tiny_schema tiny;
    db_workspace *workspace;
    pb_arena *arena;
    int64_t day;
    audit_control controls[CONTROLS];
    audit_finding found[CONTROLS];
    audit_result result;
    uint64_t seed;
} world;

static inline void must(pb_status status, const pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    if (status == PB_OK)
        return;
    pb_error_render(err, &err->primary, NULL, &text);
    fail_msg("status %d: %s", status, pb_buf_cstr(&text));
}

static inline world *world_open(uint64_t seed)
{
    pb_error err = {0};
    world *w = calloc(1, sizeof *w);
    char key[] = "/tmp/probity-key-XXXXXX";
    db_options options = {.scratch = !on_postgres(), .key.key_file = key};
    assert_non_null(w);
    tiny_schema_make(&w->tiny);
    w->arena = pb_arena_new(0);
    w->day = DAY0;
    w->seed = seed;
    if (on_postgres()) {
        int file = mkstemp(key);
        assert_true(file >= 0);
        close(file);
        unlink(key);
    }
    must(db_workspace_create(on_postgres() ? engine_address() : NULL, &w->tiny.schema, &options,
                             NULL, &w->workspace, &err),
         &err);
    unlink(key);
    for (size_t i = 0; i < CONTROLS; i++) {
        w->controls[i] =
            (audit_control){.id = pb_str_c(pb_arena_printf(w->arena, "TRY-%zu/account.name", i)),
                            .area = PB_STR("completeness"),
                            .grade = (model_grade)(i % 3),
                            .entity = i % 2 == 0 ? &w->tiny.entities[0] : NULL,
                            .waivable = i != 0};
        w->found[i] = (audit_finding){.control = &w->controls[i], .population = 100};
    }
    w->result = (audit_result){.findings = w->found, .finding_count = CONTROLS};
    w->result.overall = (audit_mark){.score = 71.236, .letter = 'C'};
    return w;
}

static inline void world_close(world *w)
{
    db_workspace_close(w->workspace);
    pb_arena_free(w->arena);
    free(w);
}

#endif
