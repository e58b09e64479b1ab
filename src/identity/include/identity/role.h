/* Roles: what a duty may, written as YAML, kept in the workspace with the time it holds for.
 *
 * A role holds grants. A grant names entities, operations, which records (scope and condition) and
 * how far each field shows. A role with a parent holds what its own grants say CUT BY what the
 * parent holds and passes on: whatever is changed, a child is never above its parent.
 * A version of a role is a row with the time it holds for; it is never overwritten, and every
 * change is one event of the ledger. The form of a file: src/identity/README.md.
 * Refuses: who holds a role (identity/people.h). Threads: as the session.
 */
#ifndef IDENTITY_ROLE_H
#define IDENTITY_ROLE_H

#include "identity/people.h"
#include "model/yaml.h"

/** What may be done. The first ones are done to records, those from IDENTITY_OP_AUDIT on to the
 * workspace as a whole. */
typedef enum identity_operation {
    IDENTITY_OP_CREATE,
    IDENTITY_OP_READ,
    IDENTITY_OP_LIST, /* list, search, sort, count */
    IDENTITY_OP_CHANGE,
    IDENTITY_OP_DELETE,
    IDENTITY_OP_RESTORE,
    IDENTITY_OP_MERGE, /* and taking a merge apart, and the review queue */
    IDENTITY_OP_IMPORT,
    IDENTITY_OP_EXPORT, /* and print */
    IDENTITY_OP_REPORT,
    IDENTITY_OP_HISTORY,
    IDENTITY_OP_ACCESSES, /* who looked at a record */
    IDENTITY_OP_AUDIT,    /* run audits, see findings */
    IDENTITY_OP_LEDGER,   /* the log: events, heads, proofs */
    IDENTITY_OP_USERS,    /* users, teams, who holds which role, credentials, sessions */
    IDENTITY_OP_ROLES,
    IDENTITY_OP_MODEL, /* entities and fields of one's own */
    IDENTITY_OP_JOBS,
    IDENTITY_OP_BACKUP,
    IDENTITY_OP_SETTINGS,
    IDENTITY_OP_FINDINGS, /* who mends what audits found, until when, what is let be */
    IDENTITY_OPERATIONS
} identity_operation;

/** As it is written: create, read, list, … NULL for any other number. */
const char *identity_operation_word(identity_operation operation);
/** The same for people: a message id. */
const char *identity_operation_label(identity_operation operation);
/** Whether it is done to records, and whether it changes something. */
bool identity_operation_on_records(identity_operation operation);
bool identity_operation_writes(identity_operation operation);

/** How far a field shows; each includes those before it. */
typedef enum identity_right {
    IDENTITY_HIDDEN,
    IDENTITY_MASKED,
    IDENTITY_READ,
    IDENTITY_WRITE
} identity_right;
/** hidden, masked, read, write. */
const char *identity_right_word(identity_right right);

/** Which records, as seen from who acts; several are added up. */
enum {
    IDENTITY_SCOPE_OWN = 1,   /* owned by oneself */
    IDENTITY_SCOPE_TEAM = 2,  /* owned by somebody in one's teams */
    IDENTITY_SCOPE_BELOW = 4, /* owned by somebody below in the organisation */
    IDENTITY_SCOPE_PORTAL =
        8, /* the contact that one is, and what names that contact as its customer */
    IDENTITY_SCOPE_ALL = 16
};

/** The right to a class of personal data, or to a field (`field` or `entity.field`). */
typedef struct identity_mark {
    pb_str name;
    identity_right right;
} identity_mark;

/** How far fields show: as `fields` says, else as the model's `portal:` says (with `portal`: show
 * is read, edit is write), else as `sensitive`, `classes`, `personal`, `other` say. */
typedef struct identity_rights {
    identity_right other;
    bool has_personal, has_sensitive;
    identity_right personal;  /* fields with personal data, and links to persons */
    identity_right sensitive; /* those the model calls so */
    bool portal;
    identity_mark *classes;
    size_t class_count;
    identity_mark *fields;
    size_t field_count;
} identity_rights;

typedef struct identity_grant {
    pb_str name;         /* once in its role */
    bool every;          /* all entities, those added later too */
    model_strs entities; /* none: operations on the workspace */
    uint32_t operations; /* bit 1 << identity_operation */
    unsigned scopes;     /* IDENTITY_SCOPE_… */
    pb_str when;         /* only records of which this is true (model/expr.h); absent: all */
    identity_rights rights;
} identity_grant;

/** What a role holds but does not pass on to those that inherit from it. */
typedef struct identity_keep {
    bool every;
    model_strs entities; /* none: operations on the workspace */
    uint32_t operations;
    model_strs classes, fields; /* neither: the operations whole */
    identity_right passes;      /* what of those fields is passed on at most */
} identity_keep;

/** A role as a file says it. */
typedef struct identity_role {
    pb_str name; /* [a-z][a-z0-9_]*, at most 63 */
    pb_str label;
    pb_str says;        /* absent: none */
    pb_str parent;      /* absent: none */
    pb_str duty;        /* who the model's `access:` takes it for; absent: what the parent is */
    bool second_factor; /* holds nothing until the session proved one */
    model_strs apart;   /* names of roles that nobody should hold beside it: said in reviews */
    identity_grant *grants;
    size_t grant_count;
    identity_keep *keeps;
    size_t keep_count;
} identity_role;

/** Reads the one role of a source. With a schema, names of entities and fields and conditions are
 * checked against it; NULL: only the form is. Memory: `arena`. PB_INVALID with file, line, column
 * and the mend. */
pb_status identity_role_parse(const model_source *source, const model_schema *schema,
                              pb_arena *arena, identity_role *ret_role, pb_error *err);
/** A role as JSON, which identity_role_parse reads back: the form in which it is stored. */
void identity_role_write(const identity_role *role, int indent, pb_buf *out);

/** A role that is or was in force. */
typedef struct identity_role_row {
    int64_t number; /* by which people hold it */
    identity_role role;
    int64_t from_us, until_us; /* of this version; IDENTITY_OPEN: to this day */
} identity_role_row;

/** Defines a role, or says it anew, from now on; `*ret_number` (may be NULL) stays the same then.
 * Nothing is written when it says what it said. PB_INVALID: the parent is none, or would inherit
 * from its own child. Inside db_write. */
pb_status identity_role_put(db_session *session, const identity_call *call,
                            const identity_role *role, int64_t *ret_number, pb_error *err);
/** Ends a role: who holds it holds nothing by it, now and when a role of that name is made again.
 * PB_CONFLICT while others inherit from it. Inside db_write. */
pb_status identity_role_end(db_session *session, const identity_call *call, pb_str name,
                            pb_error *err);
/** Puts the roles that come with the program into the workspace, those apart whose names were ever
 * there: what was changed or ended stays so. Inside db_write. */
pb_status identity_role_ship(db_session *session, const identity_call *call,
                             const identity_role *roles, size_t count, pb_error *err);
/** Whether there is, or was, a role of that name. */
pb_status identity_role_known(db_session *session, pb_str name, bool *ret_known, pb_error *err);
/** The roles in force at `at_us` (IDENTITY_OPEN: now), by name, in `arena`. */
pb_status identity_role_list(db_session *session, int64_t at_us, pb_arena *arena,
                             identity_role_row **ret_roles, size_t *ret_count, pb_error *err);
/** The number of a role in force at `at_us`; PB_NOT_FOUND, proposing the nearest. */
pb_status identity_role_find(db_session *session, pb_str name, int64_t at_us, int64_t *ret_number,
                             pb_error *err);

#endif
