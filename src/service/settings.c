#include "service/settings.h"

#include "access.h"
#include "base/cbor.h"

pb_status service_settings_read(const service_call *call, db_workspace *workspace,
                                service_settings *ret_settings, pb_error *err)
{
    db_session *session = NULL;
    identity_policy *policy = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = identity_policy_now(session, &policy, err);
    if (status == PB_OK)
        *ret_settings = (service_settings){.purpose = identity_policy_purpose(policy)};
    identity_policy_release(policy);
    db_snapshot_close(session);
    return status;
}

typedef struct setting {
    const service_call *call;
    const service_settings *settings;
} setting;

/* What is set already is not set again. */
static pb_status put(db_session *session, void *context, pb_error *err)
{
    const setting *s = context;
    PB_AUTO_BUF payload = PB_BUF_INIT(256);
    identity_policy *policy = NULL;
    uint64_t sequence;
    PB_TRY(identity_policy_now(session, &policy, err));
    bool before = identity_policy_purpose(policy);
    identity_policy_release(policy);
    if (before == s->settings->purpose)
        return PB_OK;
    PB_TRY(identity_purpose_set(session, s->settings->purpose, err));
    pb_cbor_map(&payload, 1);
    pb_cbor_text(&payload, PB_STR("purpose_required"));
    pb_cbor_bool(&payload, s->settings->purpose);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "settings.changed",
                                .at_us = s->call->now_us,
                                .actor = s->call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

pb_status service_settings_put(const service_call *call, db_workspace *workspace,
                               const service_settings *settings, pb_error *err)
{
    setting s = {call, settings};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    return db_write_within(workspace, call->limits, put, &s, err);
}
