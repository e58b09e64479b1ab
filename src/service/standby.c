#include "service/standby.h"

#include "internal.h"

#include "record/verify.h"

/* Feeding and promoting read what they take over, each row with the workspace's own rules. */
typedef struct checked {
    backup_standby_options options;
    record_checker *checker;
} checked;

static pb_status checked_begin(checked *c, const backup_standby_options *options, pb_error *err)
{
    c->checker = record_checker_new();
    if (c->checker == NULL)
        return pb_fail_memory(err);
    c->options = *options;
    c->options.check = (backup_check){record_verify_rows, c->checker};
    return PB_OK;
}

pb_status service_standby_feed(const service_core *service, const service_call *call,
                               const backup_standby_options *options, backup_fed *ret_fed,
                               pb_error *err)
{
    const backup_call inner = service_backup_call(call);
    checked c;
    PB_TRY(checked_begin(&c, options, err));
    pb_status status = backup_standby_feed(service->schema, &inner, &c.options, ret_fed, err);
    record_checker_free(c.checker);
    return status;
}

pb_status service_standby_look(const service_core *service, const service_call *call,
                               const backup_standby_options *options, backup_standby_seen *ret_seen,
                               pb_error *err)
{
    const backup_call inner = service_backup_call(call);
    return backup_standby_look(service->schema, &inner, options, ret_seen, err);
}

pb_status service_standby_promote(const service_core *service, const service_call *call,
                                  const backup_standby_options *options,
                                  backup_promoted *ret_promoted, pb_error *err)
{
    const backup_call inner = service_backup_call(call);
    checked c;
    PB_TRY(checked_begin(&c, options, err));
    pb_status status =
        backup_standby_promote(service->schema, &inner, &c.options, ret_promoted, err);
    record_checker_free(c.checker);
    return status;
}

typedef struct taking_over {
    const service_call *call;
    bool just_now, told;
    db_epoch epoch;
} taking_over;

static pb_status take_over(db_session *session, void *context, pb_error *err)
{
    taking_over *t = context;
    return ledger_promoted(session, t->call->actor, t->call->now_us, t->just_now, &t->epoch,
                           &t->told, err);
}

pb_status service_server_promoted(const service_call *call, db_workspace *workspace, bool just_now,
                                  db_epoch *ret_epoch, bool *ret_told, pb_error *err)
{
    taking_over t = {.call = call, .just_now = just_now};
    PB_TRY(db_write_within(workspace, call->limits, take_over, &t, err));
    *ret_epoch = t.epoch;
    *ret_told = t.told;
    return PB_OK;
}

pb_status service_standby_now(db_workspace *workspace, service_standby_state *ret_state,
                              pb_error *err)
{
    const db_standby *standby = db_standby_of(workspace);
    db_session *session = NULL;
    ledger_head head;
    *ret_state = (service_standby_state){0};
    if (standby == NULL)
        return PB_OK;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = ledger_head_read(session, &head, err);
    db_snapshot_close(session);
    ret_state->follows = standby->primary[0] != '\0' ? standby->primary : standby->from;
    if (status == PB_NOT_FOUND) /* not one event yet */
        return PB_OK;
    PB_TRY(status);
    ret_state->events = head.size;
    ret_state->event_us = head.at_us;
    return PB_OK;
}
