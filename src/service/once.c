/* Requests that may come twice: the answer is kept in the transaction of the work, so both are
 * there or neither is. */
#include "once.h"

#include "base/time.h"
#include "record/request.h"

enum { ANSWER_MAX = 4 << 20, KEY_MAX = 400 };

/* A key is its sender's own. */
static pb_status full_key(const service_call *call, const service_once *once, pb_buf *out,
                          pb_error *err)
{
    if (once->key.len == 0 || once->key.len > SERVICE_ONCE_KEY_MOST)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("The Idempotency-Key must have 1 to {most} bytes, not {value}."),
                       "most", PB_ARG_INT(SERVICE_ONCE_KEY_MOST), "value",
                       PB_ARG_INT((int64_t)once->key.len), NULL);
    if (call->who != NULL)
        pb_hex(out, call->who->user.b, sizeof call->who->user.b);
    pb_buf_byte(out, ' ');
    pb_buf_add(out, once->key);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status service_once_look(db_session *session, const service_call *call, const service_once *once,
                            pb_arena *arena, pb_str *ret_answer, pb_error *err)
{
    PB_AUTO_BUF key = PB_BUF_INIT(KEY_MAX);
    bool same = false;
    *ret_answer = PB_STR_NONE;
    PB_TRY(full_key(call, once, &key, err));
    PB_TRY(record_request_find(session, pb_buf_str(&key), once->request, arena, ret_answer, &same,
                               err));
    if (ret_answer->ptr == NULL)
        return PB_OK;
    if (same)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("The Idempotency-Key “{value}” was used with another request."),
            "value", PB_ARG(once->key), NULL);
    pb_error_hint(err, PB_MSG("Make a new key for every new request."), NULL);
    return PB_INVALID;
}

pb_status service_once_keep(db_session *session, const service_call *call, const service_once *once,
                            const service_written *written, pb_error *err)
{
    PB_AUTO_BUF key = PB_BUF_INIT(KEY_MAX);
    PB_AUTO_BUF answer = PB_BUF_INIT(ANSWER_MAX);
    PB_TRY(full_key(call, once, &key, err));
    PB_TRY(once->answer(once->context, written, &answer, err));
    if (answer.failed)
        return pb_fail_memory(err);
    return record_request_keep(session, pb_buf_str(&key), once->request, call->now_us,
                               call->now_us - SERVICE_ONCE_DAYS * PB_US_PER_DAY,
                               pb_buf_str(&answer), err);
}
