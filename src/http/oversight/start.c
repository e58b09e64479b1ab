/* What takes long is done by a job: it is added here, and looked after at /api/v1/jobs. */
#include "../taking/taking.h"
#include "oversight.h"

/* A body is an object whose members are texts; none at all is one without members. */
static pb_status read_body(const http_request *request, http_response *response,
                           const char *const *names, pb_str *ret_texts, pb_error *err)
{
    static const char *const none[] = {NULL};
    const json_value *body = NULL;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    for (size_t i = 0; names[i] != NULL; i++)
        ret_texts[i] = PB_STR_NONE;
    if (request->body.len == 0)
        return PB_OK;
    PB_TRY(http_op_body(request, names, &body, err));
    for (size_t i = 0; names[i] != NULL; i++)
        PB_TRY(http_op_body_text(body, names[i], &ret_texts[i], err));
    return PB_OK;
}

/* Of the workspace, or of a file that was sent: another system's records, which never come in. */
pb_status http_oversight_start_audit(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"title", "import", "as", "encoding", NULL};
    PB_AUTO_BUF options = PB_BUF_INIT(16 << 10);
    pb_str texts[4];
    PB_TRY(read_body(request, response, names, texts, err));
    service_call call = http_op_call(request);
    PB_TRY(service_may_start(&call, request->server->workspace, IDENTITY_OP_AUDIT, err));
    for (size_t i = 0; i < texts[0].len; i++)
        if ((unsigned char)texts[0].ptr[i] < ' ')
            return pb_fail(err, PB_INVALID, PB_MSG("{field} must be one line of text."), "field",
                           "title", NULL);
    for (size_t i = 0; names[i] != NULL; i++)
        service_job_put(&options, i == 1 ? "upload" : names[i], texts[i]);
    if (texts[1].ptr == NULL)
        return http_job_accept(request, response, "audit-workspace", pb_buf_str(&options), err);
    PB_TRY(http_upload_known(request, texts[1], err));
    return http_job_accept(request, response, "audit-file", pb_buf_str(&options), err);
}

pb_status http_oversight_start_verify(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {NULL};
    pb_str texts[1];
    PB_TRY(read_body(request, response, names, texts, err));
    service_call call = http_op_call(request);
    PB_TRY(service_may_start(&call, request->server->workspace, IDENTITY_OP_LEDGER, err));
    return http_job_accept(request, response, "ledger-verify", PB_STR(""), err);
}

/* At places that are configured already; done by this server, as who asks. */
static pb_status start_at_places(http_request *request, http_response *response,
                                 const char *const *names, const char *kind, pb_error *err)
{
    PB_AUTO_BUF options = PB_BUF_INIT(16 << 10);
    pb_str texts[2] = {PB_STR_NONE, PB_STR_NONE};
    PB_TRY(read_body(request, response, names, texts, err));
    service_call call = http_op_call(request);
    PB_TRY(service_backup_may(&call, request->server->workspace, texts[0], texts[1], err));
    for (size_t i = 0; names[i] != NULL; i++)
        service_job_put(&options, names[i], texts[i]);
    return http_job_accept(request, response, kind, pb_buf_str(&options), err);
}

pb_status http_oversight_start_backup(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"place", NULL};
    return start_at_places(request, response, names, "backup-workspace", err);
}

pb_status http_oversight_start_drill(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"place", "fault", NULL};
    return start_at_places(request, response, names, "drill-workspace", err);
}
