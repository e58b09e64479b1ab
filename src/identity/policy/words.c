/* The words of operations, rights and scopes. */
#include "internal.h"

static const char *const operations[IDENTITY_OPERATIONS + 1] = {
    "create", "read",   "list",    "change",   "delete",   "restore", "merge", "import",
    "export", "report", "history", "accesses", "audit",    "ledger",  "users", "roles",
    "model",  "jobs",   "backup",  "settings", "findings", NULL};

const char *const policy_rights[] = {"hidden", "masked", "read", "write", NULL};

const char *const policy_scopes[] = {"own", "team", "below", "portal", "all", NULL};

const char *const *policy_operations(void)
{
    return operations;
}

const char *identity_operation_word(identity_operation operation)
{
    return (unsigned)operation < IDENTITY_OPERATIONS ? operations[operation] : NULL;
}

bool identity_operation_on_records(identity_operation operation)
{
    return operation < IDENTITY_OP_AUDIT;
}

bool identity_operation_writes(identity_operation operation)
{
    switch (operation) {
    case IDENTITY_OP_READ:
    case IDENTITY_OP_LIST:
    case IDENTITY_OP_EXPORT:
    case IDENTITY_OP_REPORT:
    case IDENTITY_OP_HISTORY:
    case IDENTITY_OP_ACCESSES:
    case IDENTITY_OP_AUDIT:
    case IDENTITY_OP_LEDGER:
        return false;
    default:
        return true;
    }
}

const char *identity_right_word(identity_right right)
{
    return policy_rights[right];
}
