/* Streaming replication, seen from the server that follows. */
#include "postgres.h"

#include "db/follow.h"
#include "db/rows.h"

static const char look_sql[] =
    "SELECT pg_is_in_recovery(),"
    " COALESCE((SELECT status = 'streaming' FROM pg_stat_wal_receiver), false),"
    " COALESCE((SELECT sender_host || ':' || sender_port FROM pg_stat_wal_receiver), ''),"
    " CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text ELSE '' END,"
    " CASE WHEN pg_is_in_recovery() THEN COALESCE(pg_wal_lsn_diff(pg_last_wal_receive_lsn(),"
    " pg_last_wal_replay_lsn())::bigint, 0) ELSE 0 END,"
    " CASE WHEN pg_is_in_recovery() AND pg_last_wal_receive_lsn() IS DISTINCT FROM"
    " pg_last_wal_replay_lsn() THEN COALESCE((extract(epoch FROM clock_timestamp() -"
    " pg_last_xact_replay_timestamp()) * 1000000)::bigint, 0) ELSE 0 END,"
    " has_function_privilege('pg_promote(boolean, integer)', 'execute')";

static pb_status link_to(const char *url, const db_options *options, pb_arena *arena,
                         PGconn **ret_pg, pb_error *err)
{
    db_target target = {.place = url};
    db_options plain = {.password_file = options->password_file};
    if (!db_place_is_server(url))
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("{workspace} is no address of a server."),
                       "workspace", url, NULL);
    PB_TRY(db_pg_locate(url, &plain, arena, &target, err));
    return db_pg_link(target.where, ret_pg, err);
}

static bool truth(PGresult *result, int column)
{
    return PQgetvalue(result, 0, column)[0] == 't';
}

static int64_t number(PGresult *result, int column)
{
    int64_t value = 0;
    return pb_str_to_i64(pb_str_c(PQgetvalue(result, 0, column)), &value) && value > 0 ? value : 0;
}

static pb_status read_follower(PGconn *pg, db_follower *follower, pb_error *err)
{
    PGresult *result = NULL;
    PB_TRY(db_pg_ask(pg, look_sql, NULL, &result, err));
    *follower = (db_follower){.follows = truth(result, 0),
                              .streams = truth(result, 1),
                              .bytes = number(result, 4),
                              .us = number(result, 5),
                              .may_promote = truth(result, 6)};
    snprintf(follower->sender, sizeof follower->sender, "%s", PQgetvalue(result, 0, 2));
    snprintf(follower->replayed, sizeof follower->replayed, "%s", PQgetvalue(result, 0, 3));
    PQclear(result);
    return PB_OK;
}

static pb_status ask_primary(PGconn *pg, db_follower *follower, pb_error *err)
{
    PGresult *result = NULL;
    PB_TRY(db_pg_ask(pg,
                     "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), $1::pg_lsn)::bigint"
                     " WHERE NOT pg_is_in_recovery()",
                     follower->replayed, &result, err));
    follower->asked = PQntuples(result) == 1;
    if (follower->asked)
        follower->bytes = number(result, 0);
    PQclear(result);
    return PB_OK;
}

pb_status db_follower_look(const char *url, const char *primary, const db_options *options,
                           db_follower *ret_follower, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 20);
    PGconn *pg = NULL;
    db_follower follower = {0};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(link_to(url, options, arena, &pg, err));
    pb_status status = read_follower(pg, &follower, err);
    PQfinish(pg);
    PB_TRY(status);
    /* That the primary is lost is no failure of looking at who follows it. */
    if (primary != NULL && follower.follows &&
        link_to(primary, options, arena, &pg, NULL) == PB_OK) {
        ask_primary(pg, &follower, NULL);
        PQfinish(pg);
    }
    *ret_follower = follower;
    return PB_OK;
}

static pb_status promote(PGconn *pg, const char *url, pb_error *err)
{
    db_follower follower;
    PGresult *result = NULL;
    PB_TRY(read_follower(pg, &follower, err));
    if (!follower.follows)
        return pb_fail(err, PB_CONFLICT, PB_MSG("The server of {workspace} follows nobody."),
                       "workspace", url, NULL);
    if (!follower.may_promote) {
        pb_fail(err, PB_DENIED, PB_MSG("The login may not promote the server."), NULL);
        pb_error_hint(err,
                      PB_MSG("On the server: pg_ctl promote; or GRANT EXECUTE ON FUNCTION "
                             "pg_promote TO the login."),
                      NULL);
        return PB_DENIED;
    }
    PB_TRY(db_pg_ask(pg, "SELECT pg_promote(true, 60)", NULL, &result, err));
    bool done = truth(result, 0);
    PQclear(result);
    return done ? PB_OK
                : pb_fail(err, PB_BUSY, PB_MSG("The server was not promoted within a minute."),
                          NULL);
}

pb_status db_follower_promote(const char *url, const db_options *options, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 20);
    PGconn *pg = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(link_to(url, options, arena, &pg, err));
    pb_status status = promote(pg, db_workspace_shown(url, arena), err);
    PQfinish(pg);
    return status;
}
