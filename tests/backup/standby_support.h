/* A primary that keeps its log, and a standby beside it, for tests. */
#ifndef TEST_STANDBY_SUPPORT_H
#define TEST_STANDBY_SUPPORT_H

#include "backup_support.h"

#include "backup/standby.h"
#include "db/log.h"

static inline backup_standby_options standby_options(const backup_world *w)
{
    return (backup_standby_options){
        .folder = w->into, .from = w->place, .key = world_key(w), .wait_us = 50000};
}

static inline pb_status ship(backup_world *w, bool log_only, pb_error *err)
{
    backup_sent sent;
    const char *place = w->place;
    backup_call call = world_call();
    return backup_make(w->open, &call, &place, 1, log_only, &sent, err);
}

static inline void must_ship(backup_world *w, bool log_only)
{
    pb_error err = {0};
    must(ship(w, log_only, &err), &err);
}

/** A primary with one contact and a whole backup. */
static inline void primary_begin(backup_world *w)
{
    pb_error err = {0};
    world_begin(w);
    must(db_log_keep(w->open, true, &err), &err);
    add_contact(w, 1);
    must_ship(w, false);
}

static inline pb_status feed(const backup_world *w, backup_fed *fed, pb_error *err)
{
    backup_call call = world_call();
    backup_standby_options options = standby_options(w);
    return backup_standby_feed(&test_schema.schema, &call, &options, fed, err);
}

static inline backup_fed must_feed(const backup_world *w)
{
    pb_error err = {0};
    backup_fed fed;
    must(feed(w, &fed, &err), &err);
    return fed;
}

static inline pb_status promote(const backup_world *w, const char *accept_loss,
                                backup_promoted *done, pb_error *err)
{
    backup_call call = world_call();
    backup_standby_options options = standby_options(w);
    options.accept_loss = accept_loss;
    return backup_standby_promote(&test_schema.schema, &call, &options, done, err);
}

static inline backup_standby_seen must_look(const backup_world *w)
{
    pb_error err = {0};
    backup_standby_seen seen;
    backup_call call = world_call();
    backup_standby_options options = standby_options(w);
    must(backup_standby_look(&test_schema.schema, &call, &options, &seen, &err), &err);
    return seen;
}

static inline db_workspace *open_at(const backup_world *w, const char *path)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    db_options options = {.key = world_key(w)};
    must(db_workspace_open(path, &test_schema.schema, &options, &workspace, &err), &err);
    return workspace;
}

/** The standby, verified; its number of contacts. */
static inline int64_t standby_contacts(const backup_world *w)
{
    ledger_report report;
    db_workspace *workspace = open_at(w, w->into);
    assert_non_null(db_standby_of(workspace));
    must_verify(workspace, &report);
    int64_t count = count_of(workspace, "t_contact");
    assert_int_equal(report.records, count);
    db_workspace_close(workspace);
    return count;
}

/** Removes the newest piece of the log at the place. */
static inline void lose_newest_piece(backup_world *w)
{
    pb_error err = {0};
    pb_str *rooms, *pieces;
    size_t room_count, piece_count;
    must(sys_dir_list(w->place, w->arena, &rooms, &room_count, &err), &err);
    for (size_t i = 0; i < room_count; i++) {
        char *log = pb_arena_printf(w->arena, "%s/%.*s/log", w->place, PB_STR_FMT(rooms[i]));
        if (sys_path_kind(log) != SYS_FOLDER)
            continue;
        must(sys_dir_list(log, w->arena, &pieces, &piece_count, &err), &err);
        assert_true(piece_count > 0);
        char *path = pb_arena_printf(w->arena, "%s/%.*s", log, PB_STR_FMT(pieces[piece_count - 1]));
        must(sys_file_remove(path, &err), &err);
    }
}

#endif
