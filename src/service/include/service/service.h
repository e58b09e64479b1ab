/* What the program can do, one function per operation: open what is needed, run one transaction,
 * append to the ledger, hand the result to a face.
 *
 * The faces (command line, later the server) call nothing else.
 * Refuses: printing, asking, and deciding how things look.
 * Threads: a service is immutable after service_open but for its catalogue of controls and its
 * presets, which the first who asks reads while others wait: any thread may call any of this at any
 * time.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "audit/fixtures.h"
#include "backup/pgbackrest.h"
#include "backup/plan.h"
#include "backup/restore.h"
#include "db/share.h"
#include "exchange/import.h"
#include "match/match.h"
#include "record/undo.h"
#include "report/report.h"

/** A file built into the program: model/…, controls/…, presets/…, locales/<language>.mo,
 * doc/schema/…, web/… (the screens). */
typedef struct service_asset {
    const char *path;
    const char *bytes;
    size_t size;
} service_asset;

typedef struct service_core service_core;

/** Files of an administrator besides the built-in ones; all may be empty. */
typedef struct service_extra {
    const char *const *model_dirs;
    size_t model_dir_count;
    const char *const *control_dirs;
    size_t control_dir_count;
    const char *const *preset_dirs;
    size_t preset_dir_count;
} service_extra;

/** Reads the declared model. The assets must outlive the service. Owner: the caller. */
pb_status service_open(const service_asset *assets, size_t asset_count, const service_extra *extra,
                       service_core **ret_service, pb_error *err);
service_core *service_close(service_core *service);
const model_schema *service_schema(const service_core *service);
/** Opens a workspace and takes on its model, which may have declarations that the workspace keeps:
 * schema, presets and controls are from here on those of that model. What was given out before
 * stays good until the service is closed. Before any other call about the workspace. */
pb_status service_open_workspace(const service_core *service, const char *url,
                                 const db_options *options, db_workspace **ret_workspace,
                                 pb_error *err);
/** What is known of the exports of other products, built in and an administrator's, read at the
 * first call; belongs to the service. */
pb_status service_presets(const service_core *service, const exchange_presets **ret_presets,
                          pb_error *err);
/** The catalogue of controls, read at the first call; belongs to the service. */
pb_status service_controls(service_core *service, const audit_catalogue **ret_catalogue,
                           pb_error *err);
/** Version and hash of the controls; those built in are not read for it. */
pb_status service_rules(service_core *service, audit_rules *ret_rules, pb_error *err);
/** Waivers found beside the controls, read with them. */
pb_status service_waivers(service_core *service, const audit_waiver **ret_waivers,
                          size_t *ret_count, pb_error *err);

/** Finds the catalogue of a language among the assets: NULL for English, PB_NOT_FOUND for an
 * unknown language. Owner: the caller. */
pb_status service_catalog(const service_asset *assets, size_t asset_count, const char *language,
                          pb_catalog **ret_catalog, pb_error *err);

/** A file built into the program, as it is; PB_NOT_FOUND for an unknown path. */
pb_status service_asset_text(const service_core *service, const char *path, pb_str *ret_text,
                             pb_error *err);

/** Told how far a stage is; returning true stops the operation (PB_CANCELLED, nothing is kept).
 * `stage` is an English message id, `what` names the file or control in hand. */
typedef bool (*service_progress)(void *context, const char *stage, const char *what, uint64_t done,
                                 uint64_t total);

/** Who asks, when, and how it is told how far things are. */
typedef struct service_call {
    ledger_actor actor;
    pb_str address, device; /* where it is asked from, for the log; absent: from this machine */
    const struct identity_actor *who; /* who acts, for decisions; NULL: who holds the workspace's
                                         key, who may everything */
    pb_str scopes; /* what the key or token reaches to, of what `who` may: words of operations
                      (read, list, …) or ENTITY.OPERATION; absent: no limit */
    bool proved;   /* who acts proved within ten minutes who it is */
    bool program;  /* acts by a key, or by a token that was asked for with one */
    int64_t now_us;
    service_progress progress; /* may be NULL */
    void *context;
    bool check_domains; /* audit: name servers may be asked for customers' mail domains */
    uint64_t memory;    /* bytes that comparing records may take before it goes on in temporary
                           files; 0: half of the machine's */
    const char *name_servers; /* see sys_mail_options.servers; NULL: those of the system */
    const db_limits *limits;  /* how long queries and waiting may take; NULL: as long as it takes */
    struct service_later *later; /* see reads.h; NULL: what was read is logged before it is told */
} service_call;

/** Whether a workspace can be made at `path`: PB_EXISTS when something is there already. */
pb_status service_can_init(const service_core *service, const char *path, pb_error *err);
/** Makes a workspace and its first event. `ret_key_path`: where the key file was put. */
pb_status service_init(const service_core *service, const service_call *call, const char *path,
                       const db_key_source *key, pb_buf *ret_key_path, pb_error *err);

/** What an import does with rows that are likely the same as a record that is there. */
typedef struct service_gate {
    record_duplicates duplicates;
    double threshold; /* how sure, 0.5 to 1; 0: as declared */
} service_gate;

/** What the rows of an import may do, and who wants to know what came of each. */
typedef struct service_bringing {
    record_mode mode;
    const char *const *match; /* see exchange_options.match */
    size_t match_count;
    bool clear;
    bool
        sliced; /* others write in between; what was written of one that ends half-way is taken back
                   at once, and when the process dies by whoever finds its run, which says so */
    pb_status (*each)(void *context, const exchange_told *told, pb_error *err); /* NULL: nobody */
    pb_status (*slice)(void *context, bool kept, pb_error *err); /* see exchange_options.slice */
    void *context;
} service_bringing;

typedef struct service_source {
    const char *const *paths; /* files, folders, URLs of databases, or one workspace */
    size_t path_count;
    const exchange_held *held; /* the file that the only path names; see exchange_options.held */
    const char *map_path;      /* NULL: none, or `map` */
    pb_str map;                /* text of a map file that lies nowhere; absent: none */
    const char *as;       /* product that wrote the files; NULL: recognise it; "none": do not */
    const char *encoding; /* that the files are in; NULL: it is judged */
    bool with_deleted;    /* take rows that the source marks as deleted */
    bool again; /* import: take files too that an earlier run imported and nobody took back */
    db_key_source key;         /* for a workspace */
    const char *password_file; /* for a database: its first line; NULL: none */
    db_replica *replica;       /* of a workspace on a server: where it may be read; NULL: none */
    const service_gate *gate;  /* of an import; NULL: as the entities declare */
    const service_bringing *bring; /* of an import; NULL: every row is a new record */
} service_source;

/** Imports into an open workspace; see exchange_import. `all_rejects`: every rejected row is listed
 * in the plan (up to a million of a file), not only the first 1000 of each file. */
pb_status service_import(const service_core *service, const service_call *call,
                         db_workspace *workspace, const service_source *source, bool dry_run,
                         bool all_rejects, pb_arena *arena, exchange_plan *ret_plan, pb_error *err);
/** A value of a change as people read it: nothing for one that may not be shown, masked where it is
 * only that. `more`: see record_cell. */
void service_cell_text(const model_field *field, record_shown shown, pb_value value, pb_value more,
                       pb_buf *out);
/** The rejected rows as files; see exchange_write_rejected. */
pb_status service_write_rejected(const exchange_plan *plan, const char *dir, pb_arena *arena,
                                 exchange_rejected_file done, void *context, pb_error *err);
/** The same, to where they are kept; see exchange_give_rejected. */
pb_status service_give_rejected(const exchange_plan *plan, const exchange_outlet *outlet,
                                pb_arena *arena, pb_error *err);

typedef struct service_audit_result {
    audit_result result;
    report_reading reading;
    const audit_catalogue *catalogue;
    pb_str title;
    const struct finding_plan *plan; /* by which it was done; NULL: by none */
} service_audit_result;

/** Audits a source: files go down the one road into an encrypted scratch workspace, which is
 * deleted afterwards; a workspace is audited where it is and keeps the event. `title` NULL: the
 * name of the source. */
pb_status service_audit(service_core *service, const service_call *call,
                        const service_source *source, const char *title, int64_t as_of_days,
                        pb_arena *arena, service_audit_result *ret_result, pb_error *err);
/** The same of what a plan asks of a source; `plan` outlives the result, which is called by its
 * name. */
pb_status service_audit_planned(service_core *service, const service_call *call,
                                const service_source *source, const struct finding_plan *plan,
                                int64_t as_of_days, pb_arena *arena,
                                service_audit_result *ret_result, pb_error *err);
/** The same of a workspace that is open. `title` absent: its name. `plan` (may be NULL, outlives
 * the result): only controls in its scope are asked. */
pb_status service_audit_here(service_core *service, const service_call *call,
                             db_workspace *workspace, pb_str title, const struct finding_plan *plan,
                             int64_t as_of_days, pb_arena *arena, service_audit_result *ret_result,
                             pb_error *err);
/** The report of an audit, ready for the functions of report/report.h. `extra` (may be NULL): what
 * it says beyond the audit (comparisons, rates, whether values are shown). */
report_input service_report(const service_core *service, const service_audit_result *result,
                            const char *version, const report_input *extra);

/** Records of one entity that describe the same thing. */
typedef struct service_duplicates {
    const model_entity *entity;
    pb_str *ids; /* per row: the source's own id, else the row number, else the record's id */
    match_result result;
    uint64_t unread;  /* rows of its files that are no records: empty, damaged, of other columns */
    double threshold; /* from how sure on two are called one */
    bool kept;        /* of a workspace: other weights than before were learned, and kept */
    bool unkept;      /* they could not be kept */
} service_duplicates;
/** Finds duplicates in a source; `entity` absent: every entity that has records and fields to
 * compare; `threshold` 0: as each declares (`find`). Of a workspace, what was learned is kept for
 * the gate. */
pb_status service_find_duplicates(const service_core *service, const service_call *call,
                                  const service_source *source, pb_str entity, double threshold,
                                  pb_arena *arena, service_duplicates **ret_lists,
                                  size_t *ret_count, pb_error *err);

/** Runs the fixtures of the controls; see audit_fixtures_run. */
pb_status service_controls_test(service_core *service, const service_call *call, pb_str only,
                                pb_arena *arena, audit_fixture_result **ret_results,
                                size_t *ret_count, pb_error *err);

/** Writes the entities named (none: all that have records) as `DIR/<entity>.csv`. `done` is told
 * each file. */
typedef void (*service_exported)(void *context, const model_entity *entity, const char *path,
                                 uint64_t rows);
pb_status service_export(const service_core *service, const service_call *call,
                         db_workspace *workspace, const model_entity *const *entities,
                         size_t entity_count, const char *dir, service_exported done, void *context,
                         pb_error *err);

/** A value, and the clean one that a control proposes for it. */
typedef struct service_fix {
    const audit_control *control;
    const model_entity *entity;
    const model_field *field;
    int64_t n;
    pb_uuid id;
    pb_str record; /* the source's own id, else the row number */
    pb_str source; /* file */
    int64_t run, row;
    pb_str before, after;
    bool applied;   /* or would be, in a rehearsal of a workspace */
    pb_str why_not; /* English message id, may use {value} for `why_value`; absent: nothing in the
                       way */
    pb_str why_value;
} service_fix;

typedef struct service_fixes {
    service_fix *items; /* in order of control, then record */
    size_t count;
    uint64_t applied;
    uint64_t failing; /* records that fail the controls, with and without a proposal */
    bool more;        /* there is more than one run takes; run again for the rest */
    bool files;       /* the source are files: copies of them were written */
    int64_t run;      /* of the correction in a workspace; 0: none */
} service_fixes;

typedef struct service_fix_options {
    const char *const *controls; /* ids; none: all controls that propose values */
    size_t control_count;
    int64_t as_of_days;
    bool dry_run;
    const char *dir; /* where corrected copies of files go */
    exchange_rejected_file written;
    void *context;
} service_fix_options;

/** Finds the values that controls propose and puts them in: in a workspace by one transaction that
 * can be taken back (service_undo); of files into copies, never into the files themselves.
 * `dry_run` changes nothing. */
pb_status service_correct(service_core *service, const service_call *call,
                          const service_source *source, const service_fix_options *options,
                          pb_arena *arena, service_fixes *ret_fixes, pb_error *err);

/** Calls `each` for every import, correction and undoing, newest first. */
pb_status service_runs(db_workspace *workspace, record_run_each each, void *context, pb_error *err);
enum { SERVICE_KEPT_MOST = 100 };
/** What taking a run back did. */
typedef struct service_undone {
    record_run_info run; /* the one taken back */
    int64_t number;      /* of the undoing itself */
    record_undo_counts counts;
    record_undo_kept *kept; /* the first of what stays as it is */
    size_t kept_count;
    uint64_t judged;    /* records that came back, or hold other values: all are compared */
    uint64_t suspected; /* of these: likely the same as another */
} service_undone;
/** Takes a run back; see record_undo. `dry_run`: tells what would happen and changes nothing. */
pb_status service_undo(const service_call *call, db_workspace *workspace, int64_t number,
                       bool dry_run, pb_arena *arena, service_undone *ret_undone, pb_error *err);

/** What an import wrote that did not come to its end, or has not yet, stays: see record_run_keep.
 * Texts of the run live in `arena`. */
pb_status service_keep_run(const service_call *call, db_workspace *workspace, int64_t number,
                           pb_arena *arena, record_run_info *ret_run, pb_error *err);

/** Checks the ledger and every record against it. */
pb_status service_verify(const service_core *service, const service_call *call,
                         db_workspace *workspace, ledger_report *ret_report, pb_error *err);

/** What a backup to one place came to, clearing away included. */
typedef struct service_backup {
    backup_sent sent;
    backup_pruned pruned;
} service_backup;
/** Backs up to `places`; none: to those the workspace declared, and where it declared none to those
 * that hold a backup already. Where a backup was made, those that the declaration does not keep are
 * cleared away. With `if_due`, only named or declared places whose newest backup is older than
 * declared; with `log_only`, only the kept log goes. Returns the first failure;
 * `*ret_backups` tells of all. */
pb_status service_backup_make(const service_call *call, db_workspace *workspace,
                              const char *const *places, size_t count, bool if_due, bool log_only,
                              pb_arena *arena, service_backup **ret_backups, size_t *ret_count,
                              pb_error *err);
/** Restores; see backup_restore. Every record is compared with its history. */
pb_status service_restore(const service_core *service, const service_call *call,
                          const backup_restore_options *options, backup_restored *ret_restored,
                          pb_error *err);
/** Declares from a YAML file how the workspace is backed up. */
pb_status service_backup_declare(const service_call *call, db_workspace *workspace,
                                 const char *path, pb_arena *arena, pb_error *err);

/** Places that are declared, or were backed up to; none is asked anything. In `arena`. */
pb_status service_backup_places(db_workspace *workspace, pb_arena *arena, const char ***ret_places,
                                size_t *ret_count, pb_error *err);

/** A place of backups, as it is now. */
typedef struct service_place {
    backup_state state;
    pb_status status; /* of asking the place itself, with `error` */
    pb_error error;
    size_t count;                 /* backups there */
    int64_t newest_us, oldest_us; /* the newest of those that are not dated in the future */
    size_t ahead;      /* those that are: made while a clock was wrong, their age is not known */
    int64_t ahead_us;  /* the first of them, when there are any */
    int64_t former_us; /* the state before the last upgrade (backup/former.h); INT64_MIN: none */
    bool declared;
    bool late;                 /* the newest is older than what may be lost */
    int64_t next_us, drill_us; /* when the next backup, the next drill is due; INT64_MIN: now */
} service_place;
pb_status service_places(const service_call *call, db_workspace *workspace, pb_arena *arena,
                         backup_plan *ret_plan, service_place **ret_places, size_t *ret_count,
                         pb_error *err);

/** Commits that a lost disk would take although the log is kept: those in no piece yet (of many
 * only those of the first 17 MB of log are counted). `*ret_kept` false: the log is not kept. */
pb_status service_log_behind(db_workspace *workspace, bool *ret_kept, uint64_t *ret_commits,
                             pb_error *err);

/** What is to be drilled. */
typedef struct service_drills {
    const char *place;          /* NULL: every place there is */
    const backup_fault *faults; /* once for each */
    size_t fault_count;
    bool if_due;            /* only places whose newest drill is older than declared */
    const char *pgbackrest; /* a configuration whose repository is drilled instead; NULL: none */
    int64_t until_us;       /* of that: the moment to go back to; INT64_MAX: the newest state */
} service_drills;
/** Drills the backups of a workspace; see backup_drill, backup_pgbackrest_drill. */
pb_status service_drill(const service_core *service, const service_call *call,
                        db_workspace *workspace, const db_key_source *key,
                        const service_drills *what, pb_arena *arena, backup_drilled **ret_drills,
                        size_t *ret_count, pb_error *err);

#endif
