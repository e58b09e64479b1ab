/* Tickets: sealed notes that a client brings back with its next step. Whoever is not signed in can
 * make us store nothing by asking for them; one that led to something is noted as spent. */
#include "internal.h"

#include "base/cbor.h"
#include "sys/random.h"

enum { TICKET_MAX = 4096 };

static const pb_str about = PB_STR("ticket");

pb_status identity_ticket_make(db_workspace *workspace, identity_ticket *ticket, pb_buf *out,
                               pb_error *err)
{
    PB_AUTO_BUF plain = PB_BUF_INIT(TICKET_MAX);
    PB_AUTO_BUF sealed = PB_BUF_INIT(TICKET_MAX);
    PB_TRY(sys_sodium_init(err));
    sys_random(ticket->id, sizeof ticket->id);
    pb_cbor_array(&plain, 5);
    pb_cbor_int(&plain, ticket->kind);
    pb_cbor_bytes(&plain, pb_uuid_str(&ticket->user));
    pb_cbor_bytes(&plain, pb_str_n((const char *)ticket->id, sizeof ticket->id));
    pb_cbor_int(&plain, ticket->until_us);
    pb_cbor_bytes(&plain, ticket->extra.ptr == NULL ? PB_STR("") : ticket->extra);
    pb_status status = plain.failed
                           ? pb_fail_memory(err)
                           : identity_seal(workspace, about, pb_buf_str(&plain), &sealed, err);
    identity_wipe(&plain);
    PB_TRY(status);
    identity_base64url(out, pb_buf_str(&sealed));
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

static bool read_ticket(pb_str plain, identity_ticket *to)
{
    pb_cbor in = {.in = plain};
    bool whole = pb_cbor_get_array(&in) == 5;
    to->kind = (identity_ticket_kind)pb_cbor_get_int(&in);
    pb_str user = pb_cbor_get_bytes(&in), id = pb_cbor_get_bytes(&in);
    to->until_us = pb_cbor_get_int(&in);
    to->extra = pb_cbor_get_bytes(&in);
    if (!whole || !pb_cbor_done(&in) || user.len != sizeof to->user || id.len != sizeof to->id)
        return false;
    memcpy(&to->user, user.ptr, sizeof to->user);
    memcpy(to->id, id.ptr, sizeof to->id);
    return true;
}

pb_status identity_ticket_open(db_workspace *workspace, pb_str text, identity_ticket_kind kind,
                               int64_t now_us, pb_arena *arena, identity_ticket *ret_ticket,
                               pb_error *err)
{
    PB_AUTO_BUF sealed = PB_BUF_INIT(TICKET_MAX);
    PB_AUTO_BUF plain = PB_BUF_INIT(TICKET_MAX);
    identity_ticket read = {0};
    bool good = text.len > 0 && text.len < TICKET_MAX && identity_unbase64url(text, &sealed) &&
                identity_unseal(workspace, about, pb_buf_str(&sealed), &plain) &&
                read_ticket(pb_buf_str(&plain), &read) && read.kind == kind &&
                read.until_us > now_us;
    if (!good)
        return pb_fail(err, PB_DENIED,
                       PB_MSG("This took too long, or began elsewhere: begin again."), NULL);
    read.extra = pb_arena_str(arena, read.extra);
    identity_wipe(&plain);
    if (read.extra.ptr == NULL)
        return pb_fail_memory(err);
    *ret_ticket = read;
    return PB_OK;
}

pb_status identity_ticket_spend(db_session *session, const identity_ticket *ticket, int64_t now_us,
                                pb_error *err)
{
    static const char find_sql[] = "SELECT 1 FROM t_sign_spent WHERE id = ?1";
    static const char forget_sql[] = "DELETE FROM t_sign_spent WHERE until_us < ?1";
    static const char add_sql[] = "INSERT INTO t_sign_spent (id, until_us) VALUES (?1, ?2)";
    pb_str id = pb_str_n((const char *)ticket->id, sizeof ticket->id);
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, find_sql, &stmt, err));
    db_bind_blob(stmt, 1, id);
    PB_TRY(db_step(stmt, &row, err));
    db_reset(stmt);
    if (row)
        return pb_fail(err, PB_DENIED, PB_MSG("This step was taken already: begin again."), NULL);
    PB_TRY(db_prepare(session, forget_sql, &stmt, err));
    db_bind_i64(stmt, 1, now_us);
    PB_TRY(db_run(stmt, err));
    PB_TRY(db_prepare(session, add_sql, &stmt, err));
    db_bind_blob(stmt, 1, id);
    db_bind_i64(stmt, 2, ticket->until_us);
    return db_run(stmt, err);
}
