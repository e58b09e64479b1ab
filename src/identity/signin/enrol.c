/* Setting up a second factor: what is begun comes back in a ticket. */
#include "internal.h"

#include "base/time.h"
#include "base/utf8.h"
#include "sys/random.h"

#include <sodium.h>

enum { LABEL_MAX = 100 };

#define BEGUN_US (INT64_C(10) * 60 * PB_US_PER_SECOND)

static pb_str label_of(pb_str label)
{
    bool good = label.len > 0 && pb_utf8_valid(label) && memchr(label.ptr, 0, label.len) == NULL;
    return good ? pb_utf8_cut(label, LABEL_MAX) : PB_STR_NONE;
}

pb_status identity_totp_begin(db_workspace *workspace, const identity_user *user, pb_str issuer,
                              int64_t now_us, pb_buf *out_address, pb_buf *out_ticket,
                              pb_error *err)
{
    uint8_t secret[IDENTITY_TOTP_SECRET];
    PB_TRY(sys_sodium_init(err));
    sys_random(secret, sizeof secret);
    identity_ticket ticket = {.kind = TICKET_NEW_TOTP,
                              .user = user->id,
                              .until_us = now_us + BEGUN_US,
                              .extra = pb_str_n((const char *)secret, sizeof secret)};
    pb_status status = identity_ticket_make(workspace, &ticket, out_ticket, err);
    if (status == PB_OK)
        identity_totp_address(secret, issuer, user->name, out_address);
    sodium_memzero(secret, sizeof secret);
    return status == PB_OK && out_address->failed ? pb_fail_memory(err) : status;
}

/* The ticket must be that user's own. */
static pb_status open_own(db_session *session, const identity_visit *visit, pb_uuid user,
                          pb_str text, identity_ticket_kind kind, pb_arena *arena,
                          identity_ticket *ret, pb_error *err)
{
    PB_TRY(identity_ticket_open(db_session_workspace(session), text, kind, visit->now_us, arena,
                                ret, err));
    if (memcmp(&ret->user, &user, sizeof user) != 0)
        return pb_fail(err, PB_DENIED,
                       PB_MSG("This took too long, or began elsewhere: begin again."), NULL);
    return identity_ticket_spend(session, ret, visit->now_us, err);
}

pb_status identity_totp_finish(db_session *session, const identity_visit *visit, pb_uuid user,
                               pb_str ticket, pb_str code, pb_str label, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_ticket begun;
    int64_t step;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(open_own(session, visit, user, ticket, TICKET_NEW_TOTP, arena, &begun, err));
    if (begun.extra.len != IDENTITY_TOTP_SECRET ||
        !identity_totp_matches((const uint8_t *)begun.extra.ptr, code, visit->now_us, 0, &step)) {
        pb_fail(err, PB_DENIED, PB_MSG("The code is not the one the app should show now."), NULL);
        pb_error_hint(
            err, PB_MSG("Set the clock of the device by the network, and type the newest code."),
            NULL);
        return PB_DENIED;
    }
    identity_held_credential held = {.shown = {.user = user,
                                               .kind = IDENTITY_TOTP,
                                               .label = label_of(label),
                                               .expires_us = IDENTITY_OPEN},
                                     .secret = begun.extra,
                                     .state = step};
    return identity_credential_add(session, visit, &held, false, err);
}

pb_status identity_passkey_begin(db_workspace *workspace, pb_uuid user, int64_t now_us,
                                 uint8_t ret_challenge[IDENTITY_CHALLENGE], pb_buf *out_ticket,
                                 pb_error *err)
{
    identity_ticket ticket = {
        .kind = TICKET_NEW_PASSKEY, .user = user, .until_us = now_us + BEGUN_US};
    PB_TRY(identity_ticket_make(workspace, &ticket, out_ticket, err));
    memcpy(ret_challenge, ticket.id, IDENTITY_CHALLENGE);
    return PB_OK;
}

pb_status identity_passkey_ids(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                               const pb_str **ret_ids, size_t *ret_count, pb_error *err)
{
    identity_held_credentials passkeys;
    PB_TRY(
        identity_credential_read(session, user, IDENTITY_PASSKEY, now_us, arena, &passkeys, err));
    pb_str *ids = pb_arena_array(arena, passkeys.count + 1, sizeof *ids);
    if (ids == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < passkeys.count; i++)
        ids[i] = passkeys.items[i].handle;
    *ret_ids = ids;
    *ret_count = passkeys.count;
    return PB_OK;
}

pb_status identity_passkey_finish(db_session *session, const identity_visit *visit, pb_uuid user,
                                  const identity_site *site, pb_str ticket, pb_str client_data,
                                  pb_str attestation_object, pb_str label, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_ticket begun;
    identity_passkey made;
    identity_held_credential other;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(open_own(session, visit, user, ticket, TICKET_NEW_PASSKEY, arena, &begun, err));
    pb_str challenge = pb_str_n((const char *)begun.id, sizeof begun.id);
    PB_TRY(identity_passkey_made(site, challenge, false, client_data, attestation_object, arena,
                                 &made, err));
    pb_status status = identity_credential_by(session, IDENTITY_PASSKEY, made.id, visit->now_us,
                                              arena, &other, err);
    if (status == PB_OK)
        return pb_fail(err, PB_EXISTS, PB_MSG("That passkey is in use already."), NULL);
    if (status != PB_NOT_FOUND)
        return status;
    identity_held_credential held = {.shown = {.user = user,
                                               .kind = IDENTITY_PASSKEY,
                                               .label = label_of(label),
                                               .expires_us = IDENTITY_OPEN},
                                     .handle = made.id,
                                     .secret = made.key,
                                     .state = made.count};
    return identity_credential_add(session, visit, &held, false, err);
}
