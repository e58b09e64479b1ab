/* Bytes of a small backup of rows, altered one after the other: what is altered is named, or was of
 * no account. */
#ifndef TEST_BYTES_SUPPORT_H
#define TEST_BYTES_SUPPORT_H

#include "backup_support.h"

#include "backup/standby.h"

static inline void must_be_named_to_followers(const backup_world *w)
{
    pb_error err = {0};
    backup_standby_seen seen;
    const backup_call call = world_call();
    const backup_standby_options options = {
        .folder = w->workspace, .from = w->place, .key = world_key(w)};
    must(backup_standby_look(&test_schema.schema, &call, &options, &seen, &err), &err);
    assert_false(seen.asked);
    assert_int_equal(seen.error.status, PB_CORRUPT);
    assert_non_null(seen.error.primary.id);
}

/** Each `step`th byte of every object. */
static inline void altered_bytes_are_named(size_t step)
{
    backup_world w;
    pb_error err = {0};
    backup_target *target = NULL;
    backup_object *objects;
    size_t count, altered = 0, harmless = 0;
    setenv("PROBITY_TEST_ENGINE", "postgres", 1);
    world_begin(&w);
    fill(w.open);
    world_backup(&w);
    must(backup_target_open(w.place, &target, &err), &err);
    must(backup_target_list(target, "", w.arena, &objects, &count, &err), &err);
    backup_restore_options options = world_options(&w);
    for (size_t o = 0; o < count; o++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
        const char *name = pb_arena_cstr(w.arena, objects[o].name);
        must(backup_target_get(target, name, 1 << 20, &bytes, &err), &err);
        for (size_t i = o % step; i < bytes.len; i += step) {
            backup_restored restored;
            pb_error why = {0};
            bytes.ptr[i] = (char)(bytes.ptr[i] ^ (1 << (i % 8)));
            must(backup_target_put(target, name, pb_buf_str(&bytes), &err), &err);
            pb_status status = world_restore(&w, &options, &restored, &why);
            bytes.ptr[i] = (char)(bytes.ptr[i] ^ (1 << (i % 8)));
            altered++;
            if (status != PB_OK) {
                assert_true(status == PB_CORRUPT || status == PB_WRONG_KEY ||
                            status == PB_UNSUPPORTED);
                assert_non_null(why.primary.id);
                assert_int_equal(sys_path_kind(w.into), SYS_NONE);
                continue;
            }
            /* who is the primary is read by those who follow, not by a restore */
            if (pb_str_ends(pb_str_c(name), PB_STR("/primary"))) {
                must_be_named_to_followers(&w);
                must(sys_dir_remove_tree(w.into, &err), &err);
                continue;
            }
            /* only what names the room is read by nobody */
            assert_true(pb_str_starts(pb_str_c(name), PB_STR("workspaces/")));
            assert_true(restored.compared);
            must(sys_dir_remove_tree(w.into, &err), &err);
            harmless++;
        }
        must(backup_target_put(target, name, pb_buf_str(&bytes), &err), &err);
    }
    print_message("%zu bytes altered, %zu of no account\n", altered, harmless);
    assert_true(altered > 40 && harmless < 20);
    backup_target_close(target);
    world_end(&w);
}

#endif
