/* Jobs that somebody asked for: kept with who it was, and done as that one. */
#include "service/jobs.h"

#include "access.h"
#include "internal.h"

#include "db/row.h"

enum { OPTIONS_MAX = 16 << 10 };

/* ---- options: `name value`, one a line; what would end a line is written as %XX ---- */

void service_job_put(pb_buf *arguments, const char *name, pb_str value)
{
    if (value.ptr == NULL)
        return;
    pb_buf_printf(arguments, "%s ", name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < ' ' || c == '%')
            pb_buf_printf(arguments, "%%%02X", c);
        else
            pb_buf_byte(arguments, (char)c);
    }
    pb_buf_byte(arguments, '\n');
}

static pb_str read_value(pb_str value, pb_arena *arena)
{
    char *text = pb_arena_alloc(arena, value.len + 1);
    size_t len = 0;
    uint8_t byte;
    for (size_t i = 0; text != NULL && i < value.len; i++) {
        bool escaped = value.ptr[i] == '%' && pb_unhex(pb_str_sub(value, i + 1, 2), &byte, 1);
        text[len++] = escaped ? (char)byte : value.ptr[i];
        i += escaped ? 2 : 0;
    }
    return text == NULL ? PB_STR_NONE : pb_str_n(text, len);
}

pb_str service_job_option(const job_item *job, const char *name, pb_arena *arena)
{
    pb_str rest = job->arguments, line;
    while (pb_str_split(&rest, '\n', &line)) {
        size_t blank = pb_str_index(line, ' ');
        if (blank < line.len && pb_str_is(pb_str_sub(line, 0, blank), name))
            return read_value(pb_str_sub(line, blank + 1, line.len), arena);
    }
    return PB_STR_NONE;
}

static bool has(const job_item *job, const char *name, pb_arena *arena)
{
    return service_job_option(job, name, arena).ptr != NULL;
}

/* ---- who ---- */

pb_status service_job_ask(const service_call *call, db_workspace *workspace, const char *kind,
                          pb_str options, int64_t most, int64_t *ret_n, pb_error *err)
{
    PB_AUTO_BUF arguments = PB_BUF_INIT(OPTIONS_MAX);
    char user[37];
    pb_uuid_text(call->who->user, user);
    service_job_put(&arguments, "user", pb_str_c(user));
    service_job_put(&arguments, "scopes", call->scopes);
    service_job_put(&arguments, "address", call->address);
    service_job_put(&arguments, "device", call->device);
    service_job_put(&arguments, "purpose", call->actor.purpose);
    service_job_put(&arguments, "proved", call->proved ? PB_STR("") : PB_STR_NONE);
    service_job_put(&arguments, "program", call->program ? PB_STR("") : PB_STR_NONE);
    service_job_put(&arguments, "second-factor",
                    call->who->second_factor ? PB_STR("") : PB_STR_NONE);
    service_job_put(&arguments, "read-only", call->who->read_only ? PB_STR("") : PB_STR_NONE);
    pb_buf_add(&arguments, options);
    if (arguments.failed)
        return pb_fail(err, PB_LIMIT, PB_MSG("What is asked for is too long."), NULL);
    const job_wish wish = {.kind = pb_str_c(kind),
                           .arguments = pb_buf_str(&arguments),
                           .due_us = call->now_us,
                           .most = most};
    return service_job_add(call, workspace, &wish, ret_n, err);
}

bool service_job_is_own(const service_call *call, const job_item *job)
{
    char line[64], user[37];
    if (call->who == NULL)
        return false;
    pb_uuid_text(call->who->user, user);
    (void)snprintf(line, sizeof line, "user %s\n", user);
    return pb_str_starts(job->arguments, pb_str_c(line));
}

static pb_status read_actor(db_workspace *workspace, pb_uuid user, int64_t now_us, pb_arena *arena,
                            identity_actor *ret_actor, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = identity_actor_read(session, user, now_us, arena, ret_actor, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_job_asker(db_workspace *workspace, const job_item *job, int64_t now_us,
                            pb_arena *arena, service_call *ret_call, pb_error *err)
{
    pb_uuid user;
    identity_actor *actor = pb_arena_alloc(arena, sizeof *actor);
    if (actor == NULL)
        return pb_fail_memory(err);
    if (!pb_uuid_parse(service_job_option(job, "user", arena), &user))
        return db_fail_altered("t_work_job", err);
    PB_TRY(read_actor(workspace, user, now_us, arena, actor, err));
    actor->second_factor = has(job, "second-factor", arena);
    actor->read_only = actor->read_only || has(job, "read-only", arena);
    *ret_call = (service_call){.who = actor,
                               .now_us = now_us,
                               .scopes = service_job_option(job, "scopes", arena),
                               .address = service_job_option(job, "address", arena),
                               .device = service_job_option(job, "device", arena),
                               .proved = has(job, "proved", arena),
                               .program = has(job, "program", arena)};
    ret_call->actor.name = actor->name;
    ret_call->actor.purpose = service_job_option(job, "purpose", arena);
    ret_call->actor.via = PB_STR("API");
    return PB_OK;
}

/* ---- the list, as somebody sees it ---- */

/* Who looks after jobs sees all of them; that others do not is no refusal worth a note. */
static pb_status sees_all(const service_call *call, db_session *session, bool *ret_all,
                          pb_error *err)
{
    service_access access;
    service_denial denial;
    PB_TRY(service_access_open(session, call, &denial, &access, err));
    pb_status status = service_may_at_all(&access, IDENTITY_OP_JOBS, NULL, NULL);
    service_access_close(&access);
    *ret_all = status == PB_OK;
    return status == PB_DENIED ? PB_OK : status;
}

static pb_status list_seen(const service_call *call, db_session *session, const job_filter *filter,
                           pb_arena *arena, job_item **ret_jobs, size_t *ret_count, pb_error *err)
{
    bool all;
    size_t kept = 0;
    PB_TRY(sees_all(call, session, &all, err));
    PB_TRY(job_list(session, filter, arena, ret_jobs, ret_count, err));
    for (size_t i = 0; i < *ret_count; i++)
        if (all || service_job_is_own(call, &(*ret_jobs)[i]))
            (*ret_jobs)[kept++] = (*ret_jobs)[i];
    *ret_count = kept;
    return PB_OK;
}

pb_status service_jobs_seen(const service_call *call, db_workspace *workspace,
                            const job_filter *filter, pb_arena *arena, job_item **ret_jobs,
                            size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = list_seen(call, session, filter, arena, ret_jobs, ret_count, err);
    db_snapshot_close(session);
    return status;
}

static pb_status read_seen(const service_call *call, db_session *session, int64_t n,
                           pb_arena *arena, job_item *ret_job, pb_error *err)
{
    bool all = true;
    PB_TRY(job_find(session, n, arena, ret_job, err));
    if (!service_job_is_own(call, ret_job))
        PB_TRY(sees_all(call, session, &all, err));
    return all ? PB_OK
               : pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no job {number}."), "number",
                         PB_ARG_INT(n), NULL);
}

pb_status service_job_read(const service_call *call, db_workspace *workspace, int64_t n,
                           pb_arena *arena, job_item *ret_job, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = read_seen(call, session, n, arena, ret_job, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_job_stop(const service_call *call, db_workspace *workspace, int64_t n,
                           pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    job_item found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_job_read(call, workspace, n, arena, &found, err));
    return service_job_cancel(call, workspace, n, err);
}
