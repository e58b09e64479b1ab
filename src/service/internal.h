/* What the operations share; nothing of this is public. */
#ifndef SERVICE_INTERNAL_H
#define SERVICE_INTERNAL_H

#include "service/review.h"

#include <pthread.h>

struct service_core {
    pthread_mutex_t lock; /* for catalogue and waivers while they are read, and for `arena` */
    const service_asset *assets;
    size_t asset_count;
    pb_arena *arena; /* texts of an administrator's files, lists */
    model_schema *schema;
    struct service_former *former; /* schemas and catalogues of before, which may be in use yet */
    model_source *preset_sources;
    size_t preset_source_count;
    model_source *controls; /* built in and an administrator's, waivers left out */
    size_t control_count;
    bool own_controls;       /* an administrator's are among them */
    model_source *databases; /* of products whose databases are known */
    size_t database_count;
    model_source *waiver_files;
    size_t waiver_file_count;
    struct service_preset_store *presets;
    audit_catalogue *catalogue; /* NULL until asked for */
    audit_waiver *waivers;
    size_t waiver_count;
};

/** What service_gather hands on to be read at once. */
typedef struct service_sources {
    model_source *models, *presets;
    size_t model_count, preset_count;
} service_sources;

/** Takes hold of the sources of controls and waivers (sources.c). */
pb_status service_gather(service_core *service, const service_extra *extra,
                         service_sources *ret_sources, pb_error *err);

/** Presets, read when they are asked for; at once with `own`: an administrator's are among them
 * (presets.c). */
typedef struct service_preset_store service_preset_store;
pb_status service_preset_store_open(service_core *service, const service_sources *sources, bool own,
                                    pb_error *err);
void service_preset_store_close(service_preset_store *store);
/** Another service of the same files, which `root` outlives: for another model (adopt.c). */
pb_status service_again(const service_core *root, service_core **ret_service, pb_error *err);
/** Ends what service_open_workspace replaced (adopt.c). */
void service_forget_former(service_core *service);

/** A source laid out for reading: its own workspace, or a scratch one that holds its files. */
typedef struct service_opened {
    db_workspace *workspace;
    exchange_plan plan;
    bool scratch;
} service_opened;

/** Opens a source: a workspace as it is; files through the one road into an encrypted scratch
 * workspace, keeping what is not valid as far as it can be kept (source.c). */
pb_status service_open_source(const service_core *service, const service_call *call,
                              const service_source *source, pb_arena *arena,
                              service_opened *ret_opened, pb_error *err);
void service_close_source(service_opened *opened);
/** A workspace must be the only source. */
pb_status service_refuse_mixture(const service_source *source, pb_error *err);
/** True for a source that is one workspace. */
bool service_source_is_workspace(const service_source *source);
/** Options by which a source's files are planned and read (source.c). */
pb_status service_import_options(const service_core *service, const service_call *call,
                                 const service_source *source, record_policy policy,
                                 exchange_options *ret_options, pb_error *err);

/** What decides on an import, in its transaction; each is given the service_call. */
typedef struct service_import_hooks {
    pb_status (*begun)(void *call, db_session *session, pb_error *err);
    void (*ended)(void *call);
    record_may_bring may;
    record_may_see may_see;
    pb_status (*check)(void *call, db_session *session, const exchange_plan *plan, pb_error *err);
} service_import_hooks;
/** As service_import, with hooks (NULL: none). */
pb_status service_import_checked(const service_core *service, const service_call *call,
                                 db_workspace *workspace, const service_source *source,
                                 bool dry_run, bool all_rejects, const service_import_hooks *hooks,
                                 pb_arena *arena, exchange_plan *ret_plan, pb_error *err);

/** A comparison in hand, for its progress: a match_progress and its context (duplicates.c). */
typedef struct service_duplicate_progress {
    const service_call *call;
    const model_entity *entity;
} service_duplicate_progress;
bool service_comparing(void *context, uint64_t done, uint64_t total);
/** Duplicates of every entity in a source's files, or of `entity` alone; `lists` has room for all
 * entities. Rows go from the files into the comparison, kept nowhere (duplicates_files.c). */
pb_status service_duplicates_in_files(const service_core *service, const service_call *call,
                                      const service_source *source, pb_str entity, double threshold,
                                      pb_arena *arena, service_duplicates *lists, size_t *ret_count,
                                      pb_error *err);
/** Keeps what a search learned for the gate, where it was learned from enough records; nothing for
 * `model` NULL. `*ret_kept` (may be NULL): it was kept, and differs from what was. Inside db_write
 * (duplicates.c). */
pb_status service_keep_learned(db_session *session, const service_call *call,
                               const model_entity *entity, const match_model *model,
                               bool names_only, bool *ret_kept, pb_error *err);
/** As service_undo, of an import that is still unfinished in the transaction that takes it back;
 * else PB_CONFLICT, of which `err` says nothing (runs.c). */
pb_status service_undo_unfinished(const service_call *call, db_workspace *workspace, int64_t number,
                                  pb_arena *arena, service_undone *ret_undone, pb_error *err);
/** Judges what a writer noted under record_gate.later: likely duplicates go into the review queue,
 * weights that were learned on the way are kept. Inside the transaction of the writer, which may be
 * finished. The list, an item for each entity, lives in `arena` (judge.c). */
pb_status service_judge(const service_call *call, const record_gate *gate, db_session *session,
                        record_writer *writer, pb_arena *arena, record_judged **ret_judged,
                        size_t *ret_count, pb_error *err);
/** Progress of links being moved; `call` is a service_call (merge.c). */
bool service_moving_links(void *call, uint64_t done, uint64_t total);
/** How records are compared: by all cores, in the memory that the call allows, the rest in
 * temporary files without a name. What it holds ends with `arena` (memory.c). */
pb_status service_matching(const service_call *call, double threshold, pb_arena *arena,
                           match_options *ret_options, pb_error *err);
/** Of a search in files, which has the process to itself: bounds what the whole process holds,
 * pages of temporary files apart, by the call's memory, now that so many rows are there. PB_USAGE
 * when they cannot be compared in it; so says the error, and what they need. */
pb_status service_matching_bound(const service_call *call, const match_options *options,
                                 uint64_t rows, pb_error *err);
/** How a source was read, as reports tell it (reading.c). */
pb_status service_reading(const exchange_plan *plan, pb_arena *arena, report_reading *ret_reading,
                          pb_error *err);

/** Makes a scratch workspace look like one of our own of which `list` was read: items {entity,
 * fields, on} (reads.c). */
pb_status service_reads_fixture(db_workspace *workspace, const service_call *call,
                                const model_yaml *list, pb_error *err);

/** Checks the ledger a session sees, and every record against it (workspace.c). */
pb_status service_verify_session(const service_call *call, db_session *session,
                                 ledger_report *ret_report, pb_error *err);

/** The call as backups want it (backup.c). */
backup_call service_backup_call(const service_call *call);

/** The declared places of a workspace about to be brought up to date, each asked whether it is
 * there; the first that is not is the failure. The list, in `arena`, is there after one, too
 * (upgrade_places.c). */
pb_status service_former_places(db_workspace *workspace, const char *url, pb_arena *arena,
                                service_backup **ret_backups, size_t *ret_count, pb_error *err);
/** Sends the state of the workspace to all of them; what became of it stands in the list. */
pb_status service_former_send(const service_call *call, db_workspace *workspace, const char *url,
                              pb_arena *arena, service_backup *backups, size_t count,
                              pb_error *err);
/** Their events, inside the transaction of the upgrade. */
pb_status service_former_log(db_session *session, const service_call *call, service_backup *backups,
                             size_t count, pb_error *err);

/** Appends one event that is not about a record; of a standby it is noted until that takes over. */
pb_status service_log(db_workspace *workspace, const service_call *call, const char *kind,
                      pb_str payload, pb_error *err);

/** Keeps in `arena` what a writer tells of a record: why it was refused, whom it is likely the same
 * as (entry.c). */
pb_status service_entered_keep(pb_arena *arena, const record_problem *problems, size_t count,
                               record_likelies likely, service_entered *entered, pb_error *err);

/** A member of an event's payload, where there is one (refusals.c). */
void service_put_place(pb_buf *out, const char *key, pb_str text);

/** Notes in the ledger that these records were shown, with every field that has a value in them:
 * what was not shown must be empty (reads.c). */
pb_status service_log_shown(const service_call *call, db_workspace *workspace,
                            const record_data *const *records, size_t count, pb_error *err);
/** The same of what was told of `records` records together: these fields (by field index). */
pb_status service_log_counted(const service_call *call, db_workspace *workspace,
                              const model_entity *entity, const bool *fields, uint64_t records,
                              pb_error *err);

#endif
