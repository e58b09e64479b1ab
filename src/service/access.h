/* Decisions about records in hand, for the operations on them. */
#ifndef SERVICE_ACCESS_H
#define SERVICE_ACCESS_H

#include "service/records.h"

/** What was refused last. */
typedef struct service_denial {
    bool refused; /* false: nothing was */
    identity_operation operation;
    const model_entity *entity; /* NULL: it is about the workspace */
    const pb_uuid *record;      /* NULL: it is not about one */
    const model_field *field;   /* likewise */
    pb_uuid id;
} service_denial;

typedef struct service_access {
    const service_call *call;
    db_session *session;
    identity_policy *policy;    /* NULL: everything may be done and seen */
    service_denial *denial;     /* where refusals are kept */
    bool purpose_missing;       /* personal data may not be shown: it was not said what for */
    identity_operation listing; /* under which lists are shown: IDENTITY_OP_LIST, or _EXPORT */
} service_access;

/** The policy as it is in what `session` sees. Ended by service_access_close. `*denial` outlives
 * the session, so that service_refused can tell of it. */
pb_status service_access_open(db_session *session, const service_call *call, service_denial *denial,
                              service_access *ret_access, pb_error *err);
/** Notes in the ledger what was refused, where that is why an operation ended with `status`
 * (PB_DENIED, or PB_NOT_FOUND for what may not be seen). Returns `status`, or why it could not be
 * noted. Outside of any session. */
pb_status service_refused(const service_call *call, db_workspace *workspace,
                          const service_denial *denial, pb_status status, pb_error *err);
void service_access_close(service_access *access);
/** Whether the key or token that was shown reaches so far: PB_DENIED. `entity` NULL: an operation
 * on the workspace, here and below. */
pb_status service_in_scope(const service_access *access, identity_operation operation,
                           const model_entity *entity, pb_error *err);
/** Whether there may be any record for which the operation is allowed: PB_DENIED. */
pb_status service_may_at_all(const service_access *access, identity_operation operation,
                             const model_entity *entity, pb_error *err);
/** What `who` may do to some record of the entity (NULL: besides records): bits by
 * identity_operation. `policy` NULL: everything. */
uint32_t service_operations_of(const identity_policy *policy, const identity_actor *who,
                               const model_entity *entity);
/** A decision, made with `context`. */
typedef pb_status (*service_deciding)(const service_access *access, const void *context,
                                      pb_error *err);
/** Decides in a snapshot of its own; a refusal is noted in the ledger. Outside of any session. */
pb_status service_decide(const service_call *call, db_workspace *workspace, service_deciding decide,
                         const void *context, pb_error *err);
/** As service_may_at_all for an operation on the workspace, decided in a snapshot of its own; a
 * refusal is noted in the ledger. Outside of any session. */
pb_status service_may_do(const service_call *call, db_workspace *workspace,
                         identity_operation operation, pb_error *err);
/** The same for one of several operations; the first is the one that is named when none is allowed.
 */
pb_status service_may_do_one(const service_call *call, db_workspace *workspace,
                             const identity_operation *operations, size_t count, pb_error *err);
/** Whether who acts proved within ten minutes who it is: PB_DENIED. Asked for by what hands out
 * rights, takes many records away or gives them out at once. A key cannot prove anything: what is
 * done to records it may do where its scopes name the operation, rights it never changes. */
pb_status service_need_proof(const service_access *access, identity_operation operation,
                             pb_error *err);
/** Who acts is a person whose proof is too old: PB_DENIED. */
pb_status service_fail_proof(pb_error *err);
/** Whether it is allowed for this record; one that may not be read is PB_NOT_FOUND, other denials
 * are PB_DENIED with the rule. */
pb_status service_may(const service_access *access, identity_operation operation,
                      const record_data *record, pb_error *err);
/** Whether this field of the record may be written: PB_DENIED. */
pb_status service_may_write(const service_access *access, identity_operation operation,
                            const record_data *record, const model_field *field, pb_error *err);
/** The record as it may be seen under an operation; PB_NOT_FOUND when it may not. */
pb_status service_see(const service_access *access, identity_operation operation,
                      const record_data *record, pb_arena *arena, service_record *ret_record,
                      pb_error *err);
/** A record_may_see of a duplicate gate over a service_access: a duplicate is named by its title,
 * so it shows where all of that does. */
pb_status service_sees(void *access, const model_entity *entity, pb_uuid id, bool *ret_visible,
                       pb_error *err);
/** A refusal to use a value of a record that does not show whole: PB_DENIED. */
pb_status service_fail_hidden(const service_access *access, const record_data *record,
                              const model_field *field, pb_error *err);
/** PB_USAGE when personal data shows in it and it was not said what for, where the workspace wants
 * to know. service_see asks for it in a snapshot; what shows records in a transaction asks itself.
 */
pb_status service_need_purpose(const service_access *access, const service_record *seen,
                               pb_error *err);
/** The failure of that. */
pb_status service_fail_purpose(pb_error *err);
/** What a record is called: the fields of its title that show whole, in `arena`; absent where none
 * does. */
pb_status service_title(const service_record *seen, pb_arena *arena, pb_str *ret_title,
                        pb_error *err);
/** Pairs of likely duplicates that wait for a decision, both of whose records may be merged: up to
 * `most` of the surest; `*ret_more`: there are others (pairs.c). */
pb_status service_pairs_count(const service_access *access, const model_entity *entity, size_t most,
                              pb_arena *arena, size_t *ret_count, bool *ret_more, pb_error *err);
/** Whether lists may be chosen by a field: on some of the records, or (`always`) on all. */
pb_status service_field_shows(const service_access *access, const model_field *field, bool always,
                              bool *ret_shows, pb_error *err);
/** A record_list_access_of over a service_access. */
pb_status service_list_access(void *access, const model_entity *entity, pb_arena *arena,
                              record_list_access *ret_access, pb_error *err);

#endif
