/* Programs that sign in: a client's id and secret for an access token. */
#include "attempt.h"

typedef struct asking {
    identity_attempt attempt;
    const identity_client *client;
    identity_caller caller;
} asking;

/* A secret of 256 bits cannot be guessed: failures count against the address alone. */
static pb_status client_work(db_session *session, void *context, pb_error *err)
{
    asking *a = context;
    identity_attempt *attempt = &a->attempt;
    const identity_client *client = a->client;
    bool late;
    PB_TRY(identity_attempt_late(session, attempt, &late, err));
    if (late)
        return PB_OK;
    pb_status status = identity_key_find(session, client->id, client->secret,
                                         attempt->visit->now_us, attempt->arena, &a->caller, err);
    if (status == PB_OK)
        status = identity_user_read(session, a->caller.user, attempt->visit->now_us, attempt->arena,
                                    &attempt->user, NULL);
    if (status == PB_NOT_FOUND)
        return identity_attempt_failed(session, attempt, err);
    PB_TRY(status);
    const identity_visit visit = identity_attempt_visit(attempt, true);
    PB_TRY(identity_key_token(session, &visit, client->scopes, client->lasts_us, attempt->to->token,
                              &a->caller, attempt->arena, err));
    attempt->to->step = IDENTITY_SIGNED_IN;
    attempt->to->user = a->caller.user;
    attempt->to->name = attempt->user.name;
    attempt->to->session = a->caller.session;
    return PB_OK;
}

pb_status identity_signin_client(const identity_desk *desk, const identity_visit *visit,
                                 const identity_client *client, pb_arena *arena,
                                 identity_signin *ret_signin, identity_caller *ret_caller,
                                 pb_error *err)
{
    static const pb_uuid nobody;
    identity_signin to = {0};
    asking a = {
        .attempt = {.desk = desk, .visit = visit, .arena = arena, .method = "key", .to = &to},
        .client = client};
    PB_TRY(identity_attempt_look(&a.attempt, nobody, IDENTITY_NO_GUESS, err));
    if (to.step != IDENTITY_SLOWED)
        PB_TRY(db_write(desk->workspace, client_work, &a, err));
    *ret_signin = to;
    *ret_caller = a.caller;
    return PB_OK;
}
