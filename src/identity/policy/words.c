/* The words of operations, rights and scopes. */
#include "internal.h"

static const char *const operations[IDENTITY_OPERATIONS + 1] = {
    "create", "read",   "list",    "change",   "delete",   "restore", "merge", "import",
    "export", "report", "history", "accesses", "audit",    "ledger",  "users", "roles",
    "model",  "jobs",   "backup",  "settings", "findings", NULL};

static const char *const labels[IDENTITY_OPERATIONS] = {
    PB_MSG("create"),  PB_MSG("read"),       PB_MSG("list"),    PB_MSG("change"),
    PB_MSG("delete"),  PB_MSG("bring back"), PB_MSG("merge"),   PB_MSG("import"),
    PB_MSG("export"),  PB_MSG("report"),     PB_MSG("history"), PB_MSG("see who looked"),
    PB_MSG("audit"),   PB_MSG("ledger"),     PB_MSG("users"),   PB_MSG("roles"),
    PB_MSG("model"),   PB_MSG("jobs"),       PB_MSG("backups"), PB_MSG("settings"),
    PB_MSG("findings")};

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

const char *identity_operation_label(identity_operation operation)
{
    return (unsigned)operation < IDENTITY_OPERATIONS ? labels[operation] : NULL;
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
