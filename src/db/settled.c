/* Snapshots that go on.
 *
 *  read ── open ──▶ snapshot ── close ──▶ idle, its transaction open ── open ──▶ the same snapshot
 *                                            │ something but the log was committed, by anybody;
 *                                            │ or it is old, or the log of the file is long
 *                                            └──▶ ends; the next one is new
 *
 * Every read is an event of the log, and so is followed by a commit; a reader whose file changed
 * forgets all pages it holds, and reads and deciphers them anew. Who looks at no event sees the
 * same before and after such a commit. Commits are counted by the engine (engine.h, stamp), those
 * of other processes too: between the snapshot's and the last there must be none but this process's
 * own that wrote to the log alone.
 */
#include "internal.h"

#include "sys/clock.h"

db_before db_settled_before(db_session *writer)
{
    db_before before = {.known = false};
    bool begun;
    if (writer->engine->stamp != NULL)
        before.known = writer->engine->stamp(writer->conn, &before.stamp, &begun);
    return before;
}

/* None goes on while the log is to begin anew. */
static bool is_off(const db_session *writer)
{
    return writer->engine->crowded != NULL && writer->engine->crowded(writer->conn);
}

void db_settled_after(db_workspace *workspace, db_before before, bool only_log)
{
    uint32_t now = before.stamp + 1;
    bool off = is_off(workspace->writer);
    pthread_mutex_lock(&workspace->lock);
    bool follows = workspace->settled.known && workspace->settled.to == before.stamp;
    workspace->settled.known = before.known;
    workspace->settled.to = now;
    if (!only_log)
        workspace->settled.from = now;
    else if (!follows)
        workspace->settled.from = before.stamp;
    bool release = off && !workspace->settled.off;
    workspace->settled.off = off;
    pthread_mutex_unlock(&workspace->lock);
    if (release)
        db_settled_release(workspace, true);
}

/* Numbers may begin again at 0: distances count. */
static bool is_behind(const db_workspace *workspace, uint32_t stamp, uint32_t now)
{
    return workspace->settled.known && workspace->settled.to == now &&
           now - stamp <= now - workspace->settled.from;
}

bool db_settled_holds(db_session *session)
{
    db_workspace *workspace = session->workspace;
    uint32_t now;
    bool begun;
    if (!session->stamped || sys_monotonic_us() - session->settled_us > DB_SETTLED_US ||
        !session->engine->stamp(session->conn, &now, &begun) || !begun)
        return false;
    pthread_mutex_lock(&workspace->lock);
    bool holds = !workspace->settled.off &&
                 (now == session->stamp || is_behind(workspace, session->stamp, now));
    pthread_mutex_unlock(&workspace->lock);
    return holds;
}

db_before db_settled_begin(db_session *session)
{
    session->settled = session->engine->stamp != NULL && session->workspace->share.readers > 0;
    return session->settled ? db_settled_before(session) : (db_before){.known = false};
}

/* Whether a new snapshot sees what the one before it saw, but for the log. */
static void look_again(db_session *session)
{
    db_workspace *workspace = session->workspace;
    if (!session->stamped)
        return;
    pthread_mutex_lock(&workspace->lock);
    bool same = session->view != 0 && (session->stamp == session->view_stamp ||
                                       is_behind(workspace, session->view_stamp, session->stamp));
    pthread_mutex_unlock(&workspace->lock);
    if (!same)
        session->view++;
    session->view_stamp = session->stamp;
}

void db_settled_begun(db_session *session, db_before before)
{
    uint32_t now;
    bool begun;
    if (!session->settled)
        return;
    session->stamped = session->engine->stamp(session->conn, &now, &begun) && before.known &&
                       begun && now == before.stamp;
    session->stamp = before.stamp;
    session->settled_us = sys_monotonic_us();
    look_again(session);
}

uint64_t db_session_view(const db_session *session)
{
    return session->settled && session->stamped ? session->view : 0;
}

bool db_settled_keep(db_session *session)
{
    session->goes_on = session->settled && db_settled_holds(session);
    return session->goes_on;
}
