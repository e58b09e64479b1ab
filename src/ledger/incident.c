/* What happened to the place of the log is told in the log: before the next event, and once. */
#include "tree.h"

#include "base/cbor.h"
#include "db/standby.h"
#include "sys/clock.h"
#include "sys/random.h"

enum { PAYLOAD_ROOM = 65536 };

static pb_status append(db_session *session, const char *kind, int64_t at_us,
                        const ledger_actor *actor, const pb_buf *payload, pb_error *err)
{
    uint64_t sequence;
    const ledger_event event = {
        .kind = kind, .at_us = at_us, .actor = *actor, .payload = pb_buf_str(payload)};
    return payload->failed ? pb_fail_memory(err) : ledger_append(session, &event, &sequence, err);
}

static pb_status tell_torn(db_session *session, const db_incidents *incidents, int64_t at_us,
                           const ledger_actor *actor, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(PAYLOAD_ROOM);
    pb_cbor_map(&payload, 2);
    pb_cbor_text(&payload, PB_STR("bytes"));
    pb_cbor_uint(&payload, incidents->torn_bytes);
    pb_cbor_text(&payload, PB_STR("sha256"));
    pb_cbor_bytes(&payload, pb_str_n((const char *)incidents->torn_hash, 32));
    return append(session, "workspace.interrupted", at_us, actor, &payload, err);
}

static pb_status tell_takeover(db_session *session, const db_incidents *incidents, bool late,
                               int64_t at_us, const ledger_actor *actor, const db_epoch *epoch,
                               pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(PAYLOAD_ROOM);
    ledger_head before = {0};
    pb_status status = ledger_head_read(session, &before, err);
    if (status != PB_OK && status != PB_NOT_FOUND)
        return status;
    pb_cbor_map(&payload, 8);
    pb_cbor_text(&payload, PB_STR("takeover"));
    pb_cbor_uint(&payload, epoch->number);
    pb_cbor_text(&payload, PB_STR("place"));
    pb_cbor_text(&payload, pb_str_c(db_workspace_url(db_session_workspace(session))));
    pb_cbor_text(&payload, PB_STR("ledger"));
    pb_cbor_uint(&payload, before.size);
    pb_cbor_text(&payload, PB_STR("root"));
    pb_cbor_bytes(&payload, pb_str_n((const char *)before.root, sizeof before.root));
    pb_cbor_text(&payload, PB_STR("lost"));
    pb_cbor_text(&payload, PB_STR("unknown"));
    pb_cbor_text(&payload, PB_STR("era"));
    pb_cbor_text(&payload, pb_str_c(incidents->era));
    pb_cbor_text(&payload, PB_STR("era_before"));
    pb_cbor_text(&payload, pb_str_c(incidents->era_before));
    pb_cbor_text(&payload, PB_STR("told_late"));
    pb_cbor_bool(&payload, late);
    return append(session, "workspace.promoted", at_us, actor, &payload, err);
}

static pb_status take_over(db_session *session, const db_incidents *incidents, bool late,
                           int64_t at_us, const ledger_actor *actor, db_epoch *ret_epoch,
                           pb_error *err)
{
    db_epoch epoch;
    uint8_t random[8];
    PB_TRY(db_epoch_read(session, &epoch, err));
    sys_random(random, sizeof random);
    *ret_epoch = (db_epoch){epoch.number + 1, pb_uuid_v7(sys_now_us(), random)};
    PB_TRY(tell_takeover(session, incidents, late, at_us, actor, ret_epoch, err));
    return db_epoch_write(session, ret_epoch, err);
}

/* Nobody asked for it: the program itself tells, with the moment at which it was seen. */
pb_status ledger_tell_incidents(db_session *session, pb_error *err)
{
    static const ledger_actor program = {
        .name = {"probity", 7}, .purpose = {"recovery", 8}, .via = {"opening", 7}};
    db_incidents incidents;
    db_epoch epoch;
    PB_TRY(db_incidents_read(session, &incidents, err));
    PB_TRY(db_incidents_told(session, &incidents, err));
    if (incidents.torn)
        PB_TRY(tell_torn(session, &incidents, sys_now_us(), &program, err));
    return incidents.taken_over
               ? take_over(session, &incidents, true, sys_now_us(), &program, &epoch, err)
               : PB_OK;
}

pb_status ledger_promoted(db_session *session, ledger_actor actor, int64_t at_us, bool just_now,
                          db_epoch *ret_epoch, bool *ret_told, pb_error *err)
{
    db_incidents incidents;
    PB_TRY(db_incidents_read(session, &incidents, err));
    bool known = incidents.era[0] != '\0' && !incidents.era_unnoted;
    *ret_told = incidents.taken_over || (just_now && !known);
    if (!*ret_told) /* somebody else wrote here meanwhile, and told of it; or nothing happened */
        return db_epoch_read(session, ret_epoch, err);
    PB_TRY(db_incidents_told(session, &incidents, err));
    return take_over(session, &incidents, !just_now, at_us, &actor, ret_epoch, err);
}

static pb_status tell_work(db_session *session, void *context, pb_error *err)
{
    uint64_t next;
    (void)context;
    return ledger_next(session, &next, err);
}

pb_status ledger_settle(db_workspace *workspace, pb_error *err)
{
    db_incidents incidents;
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = db_incidents_read(session, &incidents, err);
    db_snapshot_close(session);
    return status != PB_OK || !incidents.torn ? status : db_write(workspace, tell_work, NULL, err);
}
