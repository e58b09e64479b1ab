/* Records as programs work with them: one function an operation, each decides, reads or writes in
 * one transaction, notes in the ledger what was shown or changed, and gives what the actor may see.
 *
 * Who acts is `call->who`. A record that may not be read is not there (PB_NOT_FOUND); one that may
 * be read but not changed is PB_DENIED. Values that are hidden are gone from what is given, masked
 * ones are replaced: nothing that may not be seen leaves this module. Everything given lives in the
 * arena handed in. Threads: any number of calls at once.
 */
#ifndef SERVICE_RECORDS_H
#define SERVICE_RECORDS_H

#include "identity/policy.h"
#include "record/list.h"
#include "record/provenance.h"
#include "service/review.h"

/** A record as the actor sees it. */
typedef struct service_record {
    record_data record;
    const uint8_t *rights; /* identity_right by field index; NULL: everything may be written */
    const struct service_record *linked; /* of a list: by place in `expands`; entity NULL: none */
} service_record;

/** How far a field of it shows. */
static inline identity_right service_right(const service_record *record, const model_field *field)
{
    return record->rights == NULL ? IDENTITY_WRITE : (identity_right)record->rights[field->index];
}

typedef struct service_list_page {
    record_list_page page; /* `rows` apart */
    const service_record *rows;
} service_list_page;

/** A page of a list; `asked` says no `access`, `context` and `asker`. */
pb_status service_list(const service_call *call, db_workspace *workspace, record_list_asked asked,
                       pb_arena *arena, service_list_page *ret_page, pb_error *err);
/** The same under the right to export: a page of what is taken out. */
pb_status service_take_out(const service_call *call, db_workspace *workspace,
                           record_list_asked asked, pb_arena *arena, service_list_page *ret_page,
                           pb_error *err);
/** The records that match words, at most `limit`, best first (see record_find). */
pb_status service_search(const service_call *call, db_workspace *workspace,
                         const model_entity *entity, pb_str words, int64_t limit, pb_arena *arena,
                         service_record **ret_records, size_t *ret_count, pb_error *err);
/** One record, deleted and merged ones too. */
pb_status service_read(const service_call *call, db_workspace *workspace,
                       const model_entity *entity, pb_uuid id, pb_arena *arena,
                       service_record *ret_record, pb_error *err);
/** Tells the steps of a record's history, newest first, without what is hidden. `each` is called
 * before the log has it: what it gathers may be shown only after PB_OK. */
pb_status service_history(const service_call *call, db_workspace *workspace,
                          const model_entity *entity, pb_uuid id, record_history_each each,
                          void *context, pb_error *err);

/** What came of writing one record. */
typedef struct service_written {
    service_record record; /* as it is now; of a refusal empty */
    /* Of a change that is only looked at: as it was, and the fields that differ, which may be
     * though what shows of both is the same. */
    service_record before;
    const model_field **changes;
    size_t change_count;
    bool created;
    service_entered entered; /* problems, likely duplicates */
    pb_str answer;           /* what was answered before to the same request; absent: it is new */
} service_written;

/** A request that may be sent again after its answer was lost: done once, answered the same. Kept
 * for a day. */
typedef struct service_once {
    pb_str key;     /* of the sender, 1 to 255 bytes; absent: it is not kept */
    pb_str request; /* all that makes it: the same key with another one is PB_INVALID */
    /** Words the answer, inside the transaction. */
    pb_status (*answer)(void *context, const service_written *written, pb_buf *out, pb_error *err);
    void *context;
} service_once;
enum { SERVICE_ONCE_KEY_MOST = 255, SERVICE_ONCE_DAYS = 1 };

/** Creates (`change` NULL) or changes a record. `dry_run`: everything is looked at, nothing kept.
 * PB_INVALID with the problems in `ret_written->entered`; PB_CONFLICT when the version is another.
 * `once` may be NULL. */
typedef struct service_write {
    const model_entity *entity;
    const pb_uuid *change;
    int64_t expected_version; /* 0: whatever it is */
    const record_input *inputs;
    size_t count;
    const record_statement *statements; /* where values come from; good ones */
    size_t statement_count;
    record_duplicates duplicates;
    bool dry_run;
    const service_once *once;
} service_write;
pb_status service_put(const service_call *call, db_workspace *workspace, const service_write *write,
                      pb_arena *arena, service_written *ret_written, pb_error *err);
/** Deletes a record, or brings it back; `expected_version` 0: whatever it is. */
pb_status service_remove(const service_call *call, db_workspace *workspace,
                         const model_entity *entity, pb_uuid id, int64_t expected_version,
                         bool restore, pb_arena *arena, service_record *ret_record, pb_error *err);

#endif
