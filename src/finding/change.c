/* What people say of a finding. */
#include "internal.h"

#include "sys/clock.h"

static bool is_nobody(const pb_uuid *id)
{
    static const pb_uuid nobody;
    return memcmp(id->b, nobody.b, sizeof id->b) == 0;
}

static pb_status refuse(const char *field, const char *says, const char *hint, pb_error *err)
{
    pb_fail(err, PB_INVALID, says, "field", field, NULL);
    pb_error_hint(err, hint, NULL);
    return PB_INVALID;
}

static pb_status check_waived(const finding_change *change, const finding_item *item, int64_t today,
                              pb_error *err)
{
    if (!change->waivable)
        return refuse("state", PB_MSG("What this control finds may not be let be."),
                      PB_MSG("Mend what it finds."), err);
    if (item->note.len == 0)
        return refuse("note", PB_MSG("What is let be needs a reason: {field}."),
                      PB_MSG("Say in the note why it is let be."), err);
    if (item->until == INT64_MIN || item->until < today)
        return refuse("until", PB_MSG("What is let be needs a day that is to come: {field}."),
                      PB_MSG("Name the last day for which it is let be."), err);
    return PB_OK;
}

static pb_status check(const finding_change *change, const finding_item *item, int64_t today,
                       pb_error *err)
{
    if (item->note.len > FINDING_NOTE_MAX)
        return refuse("note", PB_MSG("The note is too long: {field}."),
                      PB_MSG("Say it in 4000 bytes."), err);
    if (item->state == FINDING_WAIVED && change->has_state)
        return check_waived(change, item, today, err);
    if (item->state != FINDING_ACCEPTED || !change->has_state)
        return PB_OK;
    if (is_nobody(&item->owner))
        return refuse("owner", PB_MSG("What is accepted needs somebody who mends it: {field}."),
                      PB_MSG("Name the user who mends it."), err);
    if (item->due == INT64_MIN)
        return refuse("due", PB_MSG("What is accepted needs a day by which it is mended: {field}."),
                      PB_MSG("Name the day by which it is to be mended."), err);
    return PB_OK;
}

static void apply(const finding_change *change, finding_item *item)
{
    if (change->has_owner)
        item->owner = change->owner;
    if (change->has_due)
        item->due = change->due;
    if (change->has_until)
        item->until = change->until;
    if (change->has_note)
        item->note = change->note;
    if (!change->has_state)
        return;
    if (item->state != change->state)
        item->proved = 0;
    item->state = change->state;
    if (item->state != FINDING_WAIVED)
        item->until = INT64_MIN;
}

static bool same(const finding_item *a, const finding_item *b)
{
    return a->state == b->state && memcmp(a->owner.b, b->owner.b, sizeof a->owner.b) == 0 &&
           a->due == b->due && a->until == b->until && a->note.ptr == b->note.ptr;
}

static pb_status check_version(const finding_item *item, int64_t version, pb_error *err)
{
    if (version == 0 || version == item->version)
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("It was changed since: this is no longer version {value}."),
            "value", PB_ARG_INT(version), NULL);
    pb_error_hint(err, PB_MSG("Read it anew, look at what changed, and send the new ETag."), NULL);
    return PB_CONFLICT;
}

pb_status finding_put(db_session *session, const finding_call *call, int64_t n, int64_t version,
                      const finding_change *change, pb_arena *arena, finding_item *ret_item,
                      pb_error *err)
{
    finding_item item;
    PB_TRY(finding_read(session, n, arena, &item, err));
    const finding_item before = item;
    PB_TRY(check_version(&item, version, err));
    apply(change, &item);
    if (change->has_state || change->has_note)
        PB_TRY(check(change, &item, sys_day_of(call->now_us), err));
    if (!same(&before, &item)) {
        item.changed_us = call->now_us;
        item.said_by = call->actor.name;
        PB_TRY(finding_row_store(session, &item, err));
        PB_TRY(finding_event(session, call, "finding.changed", &item, 0, err));
    }
    *ret_item = item;
    return PB_OK;
}
