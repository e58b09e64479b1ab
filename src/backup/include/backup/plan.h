/* What a workspace has declared about its backups, and what became of them so far.
 *
 * The declaration is a YAML file that people write:
 *
 *   places: [/media/safe, "s3://bucket/probity?endpoint=https://s3.example.com"]
 *   every: 24h              how often a backup is due
 *   keep: {newest: 7, for: 90d}   a backup that is neither is removed; without `keep` none is
 *   lose_at_most: 24h       RPO: how much work may be lost
 *   recover_within: 4h      RTO: how long it may take to be back
 *   drill_every: 30d
 *   keep_log: true          any moment can be gone back to (db/log.h); `probity backup --log` ships
 * it
 *
 * Threads: as backup/backup.h.
 */
#ifndef BACKUP_PLAN_H
#define BACKUP_PLAN_H

#include "backup/backup.h"
#include "model/yaml.h"

typedef struct backup_plan {
    bool declared; /* false: nothing was; what follows are the values that then hold */
    const char **places;
    size_t place_count;
    int64_t every_us, lose_us, recover_us, drill_us;
    int64_t newest;  /* backups kept in any case; 0 together with keep_us 0: all are kept */
    int64_t keep_us; /* those younger are kept, too */
    bool keep_log;   /* as parsed; whether it is, the workspace itself knows (db_log_is_kept) */
} backup_plan;

/** Reads the YAML; mistakes with file, line, column. Texts live in `arena`. */
pb_status backup_plan_parse(const model_source *source, pb_arena *arena, backup_plan *ret_plan,
                            pb_error *err);
/** Declares; an event (backup.configured) keeps the text. */
pb_status backup_plan_store(db_workspace *workspace, const backup_call *call,
                            const backup_plan *plan, pb_str text, pb_error *err);
pb_status backup_plan_load(db_session *session, pb_arena *arena, backup_plan *ret_plan,
                           pb_error *err);

/** Newest backup at a place, as the workspace remembers it. */
typedef struct backup_state {
    const char *place;
    int64_t at_us; /* INT64_MIN: none was made */
    const char *name;
    bool same_disk;
    int64_t drilled_us; /* newest drill without fault that could be run; INT64_MIN: none */
} backup_state;
/** Every place that is declared or ever got a backup, in order of place. */
pb_status backup_states(db_session *session, pb_arena *arena, backup_state **ret_states,
                        size_t *ret_count, pb_error *err);

/** A backup that was made, as the workspace remembers it. */
typedef struct backup_made {
    int64_t at_us;
    pb_str place, name;
    uint64_t pieces, bytes; /* sent */
    int64_t us;             /* how long it took */
    bool same_disk;
} backup_made;
/** A drill that was filed. */
typedef struct backup_filed {
    int64_t at_us;
    pb_str place, fault;
    bool good;
    bool ran;       /* false: it could not be run, and shows nothing */
    pb_str noticed; /* what noticed the fault or is wrong; empty: nothing */
    int64_t recover_us, lose_us;
} backup_filed;
/** The newest `limit` of each, newest first; `place` absent: of all places. In `arena`. */
pb_status backup_made_list(db_session *session, pb_str place, int64_t limit, pb_arena *arena,
                           backup_made **ret_made, size_t *ret_count, pb_error *err);
pb_status backup_filed_list(db_session *session, pb_str place, int64_t limit, pb_arena *arena,
                            backup_filed **ret_filed, size_t *ret_count, pb_error *err);

/** Whether a moment lies in the future: it was noted by a clock that was wrong, and says nothing of
 * an age. Clocks of several machines may differ by a little. */
bool backup_is_ahead(int64_t at_us, int64_t now_us);

/** What clearing away removed. */
typedef struct backup_pruned {
    uint64_t backups, pieces;
} backup_pruned;
/** Removes the backups at a place that the plan does not keep, then the pieces that no kept one
 * needs; the newest stays whatever the plan says, and so does that of before the last upgrade
 * (backup/former.h). At any moment of it every backup whose manifest is there is whole. An event
 * (backup.pruned) when anything went. */
pb_status backup_prune(db_workspace *workspace, const backup_call *call, const backup_plan *plan,
                       const char *place, backup_pruned *ret_pruned, pb_error *err);

/** A backup at a place, by its name alone. */
typedef struct backup_item {
    const char *name;
    int64_t at_us;
    bool former; /* the state before the last upgrade (backup/former.h) */
} backup_item;
/** The backups of an open workspace at a place, oldest first. */
pb_status backup_list(db_workspace *workspace, const char *place, pb_arena *arena,
                      backup_item **ret_items, size_t *ret_count, pb_error *err);

#endif
