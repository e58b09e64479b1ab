/* What an older workspace lacks, and the one transaction that adds it. */
#include "db/upgrade.h"

#include "internal.h"

typedef struct upgrading {
    const db_upgrade_options *options;
    pb_arena *arena;
    db_survey survey;
    bool proved; /* all was done and held */
} upgrading;

bool db_is_older(const db_workspace *workspace)
{
    return workspace->older;
}

pb_status db_older_refuse(const db_workspace *workspace, pb_error *err)
{
    pb_fail(err, PB_UNSUPPORTED,
            PB_MSG("The workspace {workspace} was made by an older version of the program or of "
                   "the model."),
            "workspace", workspace->target.place, NULL);
    pb_error_detail(err,
                    PB_MSG("Reading does not change it in silence: it is first to be brought up to "
                           "date, which keeps a copy and can be rehearsed."),
                    NULL);
    pb_error_hint(err, PB_MSG("See what would be done: probity upgrade {workspace} --dry-run"),
                  "workspace", workspace->target.place, NULL);
    return PB_UNSUPPORTED;
}

/* The tables that the steps to come change. */
static pb_status changed_tables(const db_workspace *workspace, int64_t have, pb_arena *arena,
                                const char ***ret_tables, pb_error *err)
{
    const db_formats *formats = workspace->formats;
    size_t count = 0;
    for (size_t i = 0; i < formats->count; i++)
        for (const char *const *at = formats->steps[i].changes; at != NULL && *at != NULL; at++)
            count++;
    const char **tables = pb_arena_array(arena, count + 1, sizeof *tables);
    if (tables == NULL)
        return pb_fail_memory(err);
    count = 0;
    for (size_t i = 0; i < formats->count; i++)
        for (const char *const *at = formats->steps[i].changes; at != NULL && *at != NULL; at++)
            if (formats->steps[i].from >= have)
                tables[count++] = *at;
    *ret_tables = tables;
    return PB_OK;
}

pb_status db_upgrade_work(db_session *session, void *context, pb_error *err)
{
    upgrading *u = context;
    const char **changed = NULL;
    db_gap gap;
    PB_TRY(db_migrate_gap(session, u->arena, &gap, err));
    PB_TRY(changed_tables(session->workspace, gap.have, u->arena, &changed, err));
    PB_TRY(db_survey_read(session, u->arena, &u->survey, err));
    if (u->options->keep != NULL && session->engine->keep_tables != NULL && !u->options->rehearse)
        PB_TRY(session->engine->keep_tables(session->conn, u->options->keep, err));
    PB_TRY(db_migrate_now(session, err));
    PB_TRY(db_survey_compare(session, &u->survey, changed, err));
    if (u->options->prove != NULL)
        PB_TRY(u->options->prove(session, u->options->context, err));
    u->proved = true;
    return u->options->rehearse ? pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL)
                                : PB_OK;
}

pb_status db_upgrade(db_workspace *workspace, const db_upgrade_options *options, pb_arena *arena,
                     db_survey *ret_survey, pb_error *err)
{
    pb_error error = {0};
    upgrading u = {.options = options, .arena = arena};
    pb_status status = db_write(workspace, db_upgrade_work, &u, &error);
    bool rehearsed = options->rehearse && u.proved && status == PB_CANCELLED;
    if (status != PB_OK && !rehearsed) {
        if (err != NULL)
            *err = error;
        return status;
    }
    if (ret_survey != NULL)
        *ret_survey = u.survey;
    return PB_OK;
}
