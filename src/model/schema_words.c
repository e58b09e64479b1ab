/* Lists of words; nothing is decided here but spelling. */
#include "schema_words.h"

#include <stdlib.h>

enum { NAME_MAX_BYTES = 63 };

const char *const schema_types[] = {
    "text",    "note",           "person_name", "org_name",   "email",   "phone", "url",
    "address", "country",        "postcode",    "identifier", "iban",    "bic",   "cn_resident_id",
    "cn_uscc", "ir_national_id", "ir_legal_id", "vat",        "lei",     "duns",  "isin",
    "card",    "choice",         "boolean",     "integer",    "decimal", "money", "date",
    "instant", "link",           NULL};
const char *const schema_matches[] = {"none",  "exact", "name", "org", "phone",
                                      "email", "date",  "text", NULL};
const char *const schema_survives[] = {
    "newest", "most_complete", "verified_first", "source_rank", "longest",
    "union",  "strictest",     "earliest",       "latest",      NULL};
const char *const schema_on_deletes[] = {"keep", "clear", "refuse", NULL};
const char *const schema_portals[] = {"show", "edit", NULL};
const char *const schema_retention_ends[] = {"anonymise", "delete", "review", NULL};
const char *const schema_personal_classes[] = {
    "identity",   "contact",   "location",      "employment", "demographic", "behaviour",
    "preference", "financial", "government_id", "health",     "biometric",   "special",
    "free_text",  NULL};
const char *const schema_purposes[] = {"contract", "service",    "marketing", "billing", "analysis",
                                       "security", "employment", "legal",     NULL};
const char *const schema_bases[] = {"consent",         "contract",        "legal_obligation",
                                    "vital_interest",  "public_interest", "legitimate_interest",
                                    "human_resources", "public_source",   NULL};
const char *const schema_laws[] = {"GDPR", "PIPL", "CCPA", "LGPD", "UK GDPR", "COPPA", NULL};
const char *const schema_people[] = {"sales",   "service", "marketing", "manager", "administrator",
                                     "steward", "auditor", "customer",  NULL};
const char *const schema_field_roles[] = {
    /* names */
    "name", "full_name", "given_name", "middle_name", "family_name", "code", "subject",
    /* people and links */
    "owner", "manager", "parent", "account", "contact", "lead", "opportunity", "product",
    "campaign", "order", "case", "team", "office",
    /* dates */
    "created_on", "modified_on", "last_activity_on", "opened_on", "closed_on", "expected_close",
    "started_on", "ended_on", "due_on", "converted_on", "birth_date", "gender",
    /* state */
    "stage", "status", "kind", "priority", "source", "reason", "grade", "industry", "region",
    "life_cycle", "tags", "is_active", "probability",
    /* money and numbers */
    "amount", "expected_amount", "price", "cost", "discount", "quantity", "revenue", "employees",
    /* reaching somebody */
    "email", "phone", "mobile", "website", "address", "city", "state", "postcode", "country",
    "do_not_contact", "consent", "consented_on", "withdrawn_on", "description",
    /* history of another system */
    "changed_field", "old_value", "new_value", "changed_on", NULL};
const char *const schema_choice_roles[] = {
    "open",  "won",       "lost",      "closed",      "active",    "inactive", "planned",
    "done",  "cancelled", "qualified", "unqualified", "converted", "former",   "call",
    "email", "visit",     "meeting",   "message",     "task",      "note",     "letter",
    "stage", "closing",   "amount",    "owner",       "female",    "male",     NULL};

/* Sorted. SQLite's key words (lang_keywords.html), PostgreSQL's reserved ones (appendix C of its
 * manual), and the words of model/expr.h. */
static const char *const keywords[] = {"abort",
                                       "action",
                                       "add",
                                       "after",
                                       "all",
                                       "alter",
                                       "always",
                                       "analyse",
                                       "analyze",
                                       "and",
                                       "any",
                                       "array",
                                       "as",
                                       "asc",
                                       "asymmetric",
                                       "attach",
                                       "authorization",
                                       "autoincrement",
                                       "before",
                                       "begin",
                                       "between",
                                       "binary",
                                       "both",
                                       "by",
                                       "cascade",
                                       "case",
                                       "cast",
                                       "check",
                                       "collate",
                                       "collation",
                                       "column",
                                       "commit",
                                       "concurrently",
                                       "conflict",
                                       "constraint",
                                       "create",
                                       "cross",
                                       "current",
                                       "current_catalog",
                                       "current_date",
                                       "current_role",
                                       "current_schema",
                                       "current_time",
                                       "current_timestamp",
                                       "current_user",
                                       "database",
                                       "default",
                                       "deferrable",
                                       "deferred",
                                       "delete",
                                       "desc",
                                       "detach",
                                       "distinct",
                                       "do",
                                       "drop",
                                       "each",
                                       "else",
                                       "end",
                                       "escape",
                                       "except",
                                       "exclude",
                                       "exclusive",
                                       "exists",
                                       "explain",
                                       "fail",
                                       "false",
                                       "fetch",
                                       "filter",
                                       "first",
                                       "following",
                                       "for",
                                       "foreign",
                                       "freeze",
                                       "from",
                                       "full",
                                       "generated",
                                       "glob",
                                       "grant",
                                       "group",
                                       "groups",
                                       "having",
                                       "if",
                                       "ignore",
                                       "ilike",
                                       "immediate",
                                       "in",
                                       "index",
                                       "indexed",
                                       "initially",
                                       "inner",
                                       "insert",
                                       "instead",
                                       "intersect",
                                       "into",
                                       "is",
                                       "isnull",
                                       "join",
                                       "key",
                                       "last",
                                       "lateral",
                                       "leading",
                                       "left",
                                       "like",
                                       "limit",
                                       "localtime",
                                       "localtimestamp",
                                       "match",
                                       "materialized",
                                       "natural",
                                       "no",
                                       "not",
                                       "nothing",
                                       "notnull",
                                       "null",
                                       "nulls",
                                       "of",
                                       "offset",
                                       "on",
                                       "only",
                                       "or",
                                       "order",
                                       "others",
                                       "outer",
                                       "over",
                                       "overlaps",
                                       "partition",
                                       "placing",
                                       "plan",
                                       "pragma",
                                       "preceding",
                                       "primary",
                                       "query",
                                       "raise",
                                       "range",
                                       "recursive",
                                       "references",
                                       "regexp",
                                       "reindex",
                                       "release",
                                       "rename",
                                       "replace",
                                       "restrict",
                                       "returning",
                                       "right",
                                       "rollback",
                                       "row",
                                       "rows",
                                       "savepoint",
                                       "select",
                                       "session_user",
                                       "set",
                                       "similar",
                                       "some",
                                       "symmetric",
                                       "system_user",
                                       "table",
                                       "tablesample",
                                       "temp",
                                       "temporary",
                                       "then",
                                       "ties",
                                       "to",
                                       "today",
                                       "trailing",
                                       "transaction",
                                       "trigger",
                                       "true",
                                       "unbounded",
                                       "union",
                                       "unique",
                                       "update",
                                       "user",
                                       "using",
                                       "vacuum",
                                       "values",
                                       "variadic",
                                       "verbose",
                                       "view",
                                       "virtual",
                                       "when",
                                       "where",
                                       "window",
                                       "with",
                                       "without"};

static int compare_word(const void *word, const void *entry)
{
    const pb_str *w = word;
    const char *const *e = entry;
    return pb_str_cmp(*w, pb_str_c(*e));
}

/* Every key word of SQLite, every reserved word of PostgreSQL, the words of our own expressions. */
static bool is_keyword(pb_str word)
{
    return bsearch(&word, keywords, sizeof keywords / sizeof *keywords, sizeof *keywords,
                   compare_word) != NULL;
}

int schema_word_index(const char *const *names, pb_str text)
{
    for (int i = 0; names[i] != NULL; i++)
        if (pb_str_is(text, names[i]))
            return i;
    return -1;
}

bool schema_is_system_column(pb_str word)
{
    static const char *const columns[] = {
        "n",         "id",         "version",    "event",   "run",   "row", "record", "source",
        "source_id", "created_us", "changed_us", "deleted", "rowid", "oid", "ctid",   NULL};
    return schema_word_index(columns, word) >= 0;
}

bool schema_is_system_view(pb_str word)
{
    static const char *const views[] = {"value_note", "source_column", "source_file", NULL};
    static const char *const prefixes[] = {"t_", "sqlite_", "pg_", "p_", NULL};
    for (int i = 0; prefixes[i] != NULL; i++)
        if (pb_str_starts(word, pb_str_c(prefixes[i])))
            return true;
    return schema_word_index(views, word) >= 0;
}

static bool well_formed(pb_str name)
{
    bool good = name.len > 0 && name.ptr[0] >= 'a' && name.ptr[0] <= 'z';
    for (size_t i = 1; good && i < name.len; i++) {
        char c = name.ptr[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
    return good;
}

pb_status schema_check_name(const model_yaml *node, size_t suffix, pb_error *err)
{
    pb_str name = node->text;
    if (!well_formed(name)) {
        model_yaml_fail(node, err, PB_MSG("“{name}” cannot be a name."), "name", PB_ARG(name),
                        NULL);
        pb_error_hint(err,
                      PB_MSG("A name begins with a small letter a–z; small letters, digits "
                             "and _ follow. What people see is the label."),
                      NULL);
        return PB_INVALID;
    }
    if (name.len + suffix > NAME_MAX_BYTES) {
        model_yaml_fail(node, err, PB_MSG("The name “{name}” is too long."), "name", PB_ARG(name),
                        NULL);
        pb_error_hint(err, PB_MSG("At most {count} characters fit here."), "count",
                      PB_ARG_INT(NAME_MAX_BYTES - suffix), NULL);
        return PB_INVALID;
    }
    if (is_keyword(name)) {
        model_yaml_fail(node, err, PB_MSG("“{name}” is a word of SQL and cannot be a name."),
                        "name", PB_ARG(name), NULL);
        pb_error_hint(err, PB_MSG("Add a word to it, such as “{name}_name”."), "name", PB_ARG(name),
                      NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

pb_str schema_humanise(pb_arena *arena, pb_str name)
{
    char *text = pb_arena_cstr(arena, name);
    if (text == NULL)
        return PB_STR_NONE;
    for (size_t i = 0; i < name.len; i++)
        if (text[i] == '_')
            text[i] = ' ';
    if (text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - 'a' + 'A');
    return pb_str_n(text, name.len);
}

const char *const *model_personal_classes(void)
{
    return schema_personal_classes;
}

const char *const *model_duties(void)
{
    return schema_people;
}
