/* ledger verify, head, prove, consistency. */
#include "command.h"

#include "base/bytes.h"
#include "base/time.h"

static void verified_json(const ledger_report *report, bool indexes, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_key(&json, "valid");
    pb_json_bool(&json, true);
    pb_json_member_i64(&json, "events", (int64_t)report->events);
    pb_json_member_i64(&json, "payloads", (int64_t)report->payloads);
    pb_json_member_i64(&json, "erased", (int64_t)report->erased);
    pb_json_member_i64(&json, "heads", (int64_t)report->heads);
    pb_json_member_i64(&json, "records", (int64_t)report->records);
    pb_json_key(&json, "interruption_settled");
    pb_json_bool(&json, report->settled);
    pb_json_key(&json, "indexes_checked");
    pb_json_bool(&json, indexes);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

void cli_say_no_indexes(const cli_context *context, pb_buf *out)
{
    cli_say(context, out,
            PB_MSG("Indexes could not be checked: the server has no amcheck, or this login may not "
                   "use it. An administrator says: CREATE EXTENSION amcheck; GRANT EXECUTE ON "
                   "FUNCTION bt_index_check(regclass) TO PUBLIC"),
            NULL);
    pb_buf_byte(out, '\n');
}

static void say_settled(const cli_context *context, pb_buf *out)
{
    cli_say(context, out,
            PB_MSG("An interruption had left the last commit before it incomplete or altered: an "
                   "event workspace.interrupted tells of it, all that is stored is in order, and "
                   "what was left of that commit has been removed. If the power failed or a "
                   "process was killed then, nothing acknowledged was lost; if not, look into it."),
            NULL);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_ledger_verify(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    ledger_report report;
    db_workspace *workspace = NULL;
    service_call call = cli_service_call(context, "ledger verify");
    PB_TRY(cli_open_workspace(context, &workspace, err));
    bool indexes = true;
    pb_status status = service_verify(context->service, &call, workspace, &report, err);
    if (status == PB_OK)
        status = db_checks_indexes(workspace, &indexes, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    cli_progress_end(context);
    *ret_exit = 0;
    if (context->json) {
        verified_json(&report, indexes, &out);
    } else if (!context->quiet) {
        cli_say(
            context, &out,
            PB_MSG(
                "The ledger is whole: {events} events, {heads} signed heads, {payloads} payloads "
                "({erased} erased), {records} records agree with it."),
            "events", cli_count(context, report.events), "heads", cli_count(context, report.heads),
            "payloads", cli_count(context, report.payloads), "erased",
            cli_count(context, report.erased), "records", cli_count(context, report.records), NULL);
        pb_buf_byte(&out, '\n');
        if (report.settled)
            say_settled(context, &out);
        if (!indexes)
            cli_say_no_indexes(context, &out);
    }
    return cli_finish(&out, err);
}

/* Reads from the ledger of the workspace into `out`. */
typedef pb_status (*ledger_reader)(cli_context *context, db_session *session, pb_buf *out,
                                   pb_error *err);

static pb_status read_ledger(cli_context *context, ledger_reader reader, int *ret_exit,
                             pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    db_workspace *workspace = NULL;
    db_session *session = NULL;
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status = db_snapshot_open(workspace, &session, err);
    if (status == PB_OK)
        status = reader(context, session, &out, err);
    db_snapshot_close(session);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (out.len > 0 && out.ptr[out.len - 1] != '\n')
        pb_buf_byte(&out, '\n');
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static pb_status number_argument(const cli_context *context, size_t index, uint64_t *ret_number,
                                 pb_error *err)
{
    const char *text = context->call.arguments[index];
    int64_t number;
    if (!pb_str_to_i64(pb_str_c(text), &number) || number < 0)
        return pb_fail(
            err, PB_USAGE, PB_MSG("{argument} must be a whole number from 0, not “{value}”"),
            "argument", context->call.command->arguments[index].name, "value", text, NULL);
    *ret_number = (uint64_t)number;
    return PB_OK;
}

static pb_status head(cli_context *context, db_session *session, pb_buf *out, pb_error *err)
{
    if (!context->json)
        return ledger_head_note(session, out, err);
    PB_AUTO_BUF note = PB_BUF_INIT(65536), root = PB_BUF_INIT(128), at = PB_BUF_INIT(64);
    ledger_head found;
    pb_json json;
    PB_TRY(ledger_head_read(session, &found, err));
    PB_TRY(ledger_head_note(session, &note, err));
    pb_base64(&root, found.root, sizeof found.root);
    pb_instant_format(&at, found.at_us);
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member_i64(&json, "size", (int64_t)found.size);
    pb_json_member(&json, "root", pb_buf_str(&root));
    pb_json_member(&json, "at", pb_buf_str(&at));
    pb_json_member(&json, "note", pb_buf_str(&note));
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status prove(cli_context *context, db_session *session, pb_buf *out, pb_error *err)
{
    uint64_t sequence = 0;
    PB_TRY(number_argument(context, 0, &sequence, err));
    return ledger_prove(session, sequence, out, err);
}

static pb_status consistency(cli_context *context, db_session *session, pb_buf *out, pb_error *err)
{
    uint64_t old_size = 0, new_size = 0;
    PB_TRY(number_argument(context, 0, &old_size, err));
    PB_TRY(number_argument(context, 1, &new_size, err));
    return ledger_consistency(session, old_size, new_size, out, err);
}

pb_status cli_run_ledger_head(cli_context *context, int *ret_exit, pb_error *err)
{
    return read_ledger(context, head, ret_exit, err);
}

pb_status cli_run_ledger_prove(cli_context *context, int *ret_exit, pb_error *err)
{
    return read_ledger(context, prove, ret_exit, err);
}

pb_status cli_run_ledger_consistency(cli_context *context, int *ret_exit, pb_error *err)
{
    return read_ledger(context, consistency, ret_exit, err);
}
