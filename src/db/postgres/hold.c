/* What only one process may do at a time, wherever it runs: a lock of the server's, held by a
 * connection, so that it ends with the process. And places beside another workspace, which are made
 * and thrown away. */
#include "postgres.h"

#include "sys/clock.h"

#include <stdatomic.h>

enum { TRIES = 20, TRY_EACH_US = 50000 };

/* Locks are numbers, and all workspaces of a database share them. */
static const char take_sql[] = "SELECT pg_try_advisory_lock(hashtextextended($1, 20261122))";

static pb_status take(PGconn *pg, const pg_where *where, const char *name, bool *ret_taken,
                      pb_error *err)
{
    char text[200];
    snprintf(text, sizeof text, "probity %s %s", where->schema, name);
    return db_pg_ask_true(pg, take_sql, text, ret_taken, err);
}

/* The server may not have noticed yet that the one before is gone. */
static pb_status take_or_busy(PGconn *pg, const pg_where *where, const char *name, pb_error *err)
{
    bool taken = false;
    for (int i = 0; i < TRIES; i++) {
        if (i > 0)
            sys_sleep_us(TRY_EACH_US);
        PB_TRY(take(pg, where, name, &taken, err));
        if (taken)
            return PB_OK;
    }
    pb_fail(err, PB_BUSY, PB_MSG("Somebody else is at work: {name} of {workspace}"), "name", name,
            "workspace", where->shown, NULL);
    pb_error_hint(err, PB_MSG("Wait until the other process has ended, then try again."), NULL);
    return PB_BUSY;
}

pb_status db_pg_hold(const db_target *target, const char *name, void **ret_hold, pb_error *err)
{
    PGconn *pg = NULL;
    PB_TRY(db_pg_link(target->where, &pg, err));
    pb_status status = take_or_busy(pg, target->where, name, err);
    if (status != PB_OK)
        PQfinish(pg);
    else
        *ret_hold = pg;
    return status;
}

void db_pg_let_go(void *hold)
{
    if (hold != NULL) /* at once, not when the server notices */
        db_pg_say(hold, "SELECT pg_advisory_unlock_all()", NULL);
    PQfinish(hold);
}

pb_status db_pg_hold_making(PGconn *pg, const pg_where *where, pb_error *err)
{
    return take_or_busy(pg, where, "making", err);
}

/* ---- what was never finished ---- */

/* A workspace whose making came to no end has no head. */
static pb_status has_no_head(PGconn *pg, const pg_where *where, bool *ret_none, pb_error *err)
{
    char sql[400];
    pg_roles roles;
    pb_error error = {0};
    *ret_none = false;
    pb_status status = db_pg_roles(pg, where->schema, &roles, err);
    if (status == PB_NOT_FOUND)
        return PB_OK; /* nothing, or nothing of ours */
    PB_TRY(status);
    snprintf(sql, sizeof sql, "SET ROLE \"%s\"", roles.app);
    status = db_pg_say(pg, sql, &error);
    if (status == PB_OK) {
        snprintf(sql, sizeof sql, "SELECT head IS NULL FROM \"%s\".workspace", where->schema);
        status = db_pg_ask_true(pg, sql, NULL, ret_none, &error);
    }
    if (status == PB_IO || status == PB_BUSY || status == PB_MEMORY) {
        *err = error;
        return status;
    }
    /* Whoever may not work in it may not make it anew either. */
    return status == PB_OK ? db_pg_say(pg, "RESET ROLE", err) : PB_OK;
}

pb_status db_pg_clear(const db_target *target, pb_error *err)
{
    PGconn *pg = NULL;
    bool unfinished = false;
    PB_TRY(db_pg_link(target->where, &pg, err));
    pb_status status = has_no_head(pg, target->where, &unfinished, err);
    if (status == PB_OK && unfinished)
        status = take_or_busy(pg, target->where, "making", err);
    if (status == PB_OK && unfinished)
        db_pg_unmake(target);
    PQfinish(pg);
    return status;
}

/* ---- beside another ---- */

pb_status db_pg_beside_place(const db_target *other, pb_arena *arena, db_target *target,
                             pb_error *err)
{
    static const char behind[] = "_drill", option[] = "schema=";
    enum { STEM = PG_SCHEMA_MAX - (int)sizeof behind + 1 };
    const pg_where *first = other->where;
    pg_where *where = pb_arena_alloc(arena, sizeof *where);
    _Atomic int64_t *commits = pb_arena_alloc(arena, sizeof *commits);
    char *schema = pb_arena_printf(arena, "%.*s%s", (int)STEM, first->schema, behind);
    pb_str shown = pb_str_c(first->shown);
    size_t at = pb_str_find(shown, pb_str_c(option));
    char before = pb_str_index(shown, '?') < shown.len ? '&' : '?';
    if (at != SIZE_MAX) { /* the mark before it stays, the option is the last */
        before = shown.ptr[at - 1];
        shown.len = at - 1;
    }
    const char *text = pb_arena_printf(arena, "%.*s%c%s%s", PB_STR_FMT(shown), before, option,
                                       schema == NULL ? "" : schema);
    if (where == NULL || commits == NULL || schema == NULL || text == NULL)
        return pb_fail_memory(err);
    atomic_init(commits, -1);
    *where = (pg_where){.commits = commits,
                        .names = first->names,
                        .values = first->values,
                        .shown = text,
                        .schema = schema};
    target->place = text;
    target->where = where;
    return PB_OK;
}
