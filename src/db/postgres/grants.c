/* What the roles may do to tables and views, and the second wall: row-level security.
 *
 * The ledger's events and heads can be added to and read, not changed; its payloads can be emptied,
 * which is what erasing is. Records are changed but never deleted: they are marked.
 * What was said of people can be ended, and not be said otherwise.
 */
#include "postgres.h"

typedef struct right {
    const char *table; /* "t_*": tables of records */
    const char *rights;
} right;

static const right rights[] = {
    {"ledger_event", "SELECT, INSERT"},
    {"ledger_head", "SELECT, INSERT"},
    {"ledger_payload", "SELECT, INSERT, UPDATE (body)"},
    {"ledger_tile", "SELECT, INSERT, UPDATE (hashes)"},
    {"t_import_run", "SELECT, INSERT, UPDATE"},
    {"t_source_file", "SELECT, INSERT, UPDATE"},
    {"t_source_column", "SELECT, INSERT, UPDATE"},
    {"t_value_note", "SELECT, INSERT, UPDATE, DELETE"},
    {"t_review_pair", "SELECT, INSERT, UPDATE, DELETE"},    /* carried by a merge taken apart */
    {"t_audit_evidence", "SELECT, INSERT, UPDATE, DELETE"}, /* the next audit's takes its place */
    {"t_backup_goal", "SELECT, INSERT, UPDATE, DELETE"},
    {"t_backup_place", "SELECT, INSERT, UPDATE, DELETE"},
    {"t_access_review", "SELECT, INSERT, UPDATE (closed_us, closed_by)"},
    {"t_access_review_item", "SELECT, INSERT, UPDATE (decision, decided_us, decided_by, why)"},
    {"t_access_*", "SELECT, INSERT, UPDATE (until_us, ended_by, ended_why)"},
    {"t_sign_credential", "SELECT, INSERT, UPDATE (secret, state, until_us, used_us)"},
    {"t_sign_*", "SELECT, INSERT, UPDATE, DELETE"},   /* of what is over, the ledger tells */
    {"t_work_job", "SELECT, INSERT, UPDATE, DELETE"}, /* cleared when they are long over */
    {"t_mail_*", "SELECT, INSERT, UPDATE, DELETE"},   /* settings taken away, messages long over */
    {"t_screen_*", "SELECT, INSERT, UPDATE, DELETE"}, /* views that are used no more */
    {"t_*", "SELECT, INSERT, UPDATE"},
    {"*", "SELECT, INSERT, UPDATE, DELETE"},
};

static bool matches(const char *pattern, pb_str name)
{
    pb_str text = pb_str_c(pattern);
    if (pb_str_ends(text, PB_STR("*")))
        return pb_str_starts(name, pb_str_sub(text, 0, text.len - 1));
    return pb_str_eq(text, name);
}

static const char *rights_on(pb_str name)
{
    size_t i = 0;
    while (!matches(rights[i].table, name))
        i++;
    return rights[i].rights;
}

static bool holds_records(pb_str name)
{
    return pb_str_eq_nocase(pb_str_sub(name, 0, 2), PB_STR("t_"));
}

/* Rows show themselves only to a session that has said who acts: who got in by another way than
 * this program sees nothing. Forced, since views read tables as their owner. */
static void add_policy(pb_str name, pb_buf *sql)
{
    pb_buf_printf(sql,
                  "ALTER TABLE \"%.*s\" ENABLE ROW LEVEL SECURITY;\n"
                  "ALTER TABLE \"%.*s\" FORCE ROW LEVEL SECURITY;\n"
                  "DROP POLICY IF EXISTS actor ON \"%.*s\";\n"
                  "CREATE POLICY actor ON \"%.*s\" USING"
                  " ((SELECT current_setting('probity.actor', true)) <> '');\n",
                  PB_STR_FMT(name), PB_STR_FMT(name), PB_STR_FMT(name), PB_STR_FMT(name));
}

void db_pg_grants(const db_layout *layout, const pg_roles *roles, pb_buf *sql)
{
    pb_buf_byte(sql, '\n');
    for (size_t i = 0; i < layout->table_count; i++) {
        pb_str name = layout->tables[i].name;
        pb_buf_printf(sql,
                      "REVOKE ALL ON \"%.*s\" FROM PUBLIC, \"%s\", \"%s\";\n"
                      "GRANT %s ON \"%.*s\" TO \"%s\";\n",
                      PB_STR_FMT(name), roles->app, roles->query, rights_on(name), PB_STR_FMT(name),
                      roles->app);
        if (holds_records(name))
            add_policy(name, sql);
    }
    for (size_t i = 0; i < layout->view_count; i++)
        pb_buf_printf(sql, "GRANT SELECT ON \"%.*s\" TO \"%s\", \"%s\";\n",
                      PB_STR_FMT(layout->views[i].name), roles->app, roles->query);
}
