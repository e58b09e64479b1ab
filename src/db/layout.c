#include "layout_index.h"

#include "base/buf.h"

/* The tables that every workspace has, whatever its schema: name, columns, primary key of several
 * parts. Column types by letter: k key, i integer, t text, b blob; upper case: must be filled.
 * Behind a name: * sealed on a server, ? sealed when the field is that it tells of. */
/* What is said of people holds for a time, and who said so. */
#define SINCE "I from_us;i until_us;T by;t why;t ended_by;t ended_why"
static const struct fixed {
    const char *name;
    const char *columns;
    const char *primary;
} fixed_tables[] = {
    {"setting", "T name;b value", "name"},
    {"model_change", "k n;I at_us;T entity;T field;T body", NULL},
    {"ledger_event", "k seq;B body", NULL},
    {"ledger_payload", "k seq;B body*", NULL},
    {"ledger_tile", "I level;I idx;B hashes", "level, idx"},
    {"ledger_head", "k size;I at_us;B root;B signature", NULL},
    {"record_key", "T entity;I hash;I n", "entity, hash, n"},
    {"link_promise", "T entity;T key;B id", "entity, key"},
    {"match_key", "I entity;I hash;I n", "entity, hash, n"},
    {"match_state",
     "T entity;I code;I upto;I columns;i learned_us;i rows;i names_only;i slope;i shift;b model",
     "entity"},
    {"record_merged", "T entity;B gone;B survivor;I event", "entity, gone"},
    {"search_fresh", "T entity;B token;I n", "entity, token, n"},
    {"search_segment", "k segment;T entity;I level;I parts;I postings", NULL},
    {"search_block", "k id;B first;B body", NULL},
    {"search_gone", "T entity;I n;I segment", "entity, n"},
    {"t_import_run",
     "k run;i at_us;t actor;t profile;t kind;i rows;i imported;i rejected;t hash;"
     "i first;i event;i undone",
     NULL},
    {"t_source_file", "k n;I run;T source;T entity;i rows;i imported;i rejected;t hash", NULL},
    {"t_source_column", "k n;I run;T entity;T source;T header;t field;i filled;i rows", NULL},
    {"t_backup_goal", "k n;I every_us;I lose_us;I recover_us;I drill_us;I newest;I keep_us", NULL},
    {"t_backup_place", "k n;T place", NULL},
    {"t_backup_run", "k n;I at_us;T place;T backup;I pieces;I bytes;I us;I same_disk", NULL},
    {"t_backup_drill", "k n;I at_us;T place;T fault;I good;t noticed;I recover_us;I lose_us", NULL},
    {"t_review_pair",
     "k n;T entity;B left_id;B right_id;I score;T levels;T script;I at_us;T by;i run;T state;"
     "t decided_by;i decided_us;t reason;I left_key;I right_key;b carried",
     NULL},
    {"t_work_job",
     "k n;T kind;T arguments*;T state;I due_us;I every_us;I most;I tries;I failures;T by;I at_us;"
     "t taken_by;i taken_us;i until_us;i ended_us;i exit;t said*",
     NULL},
    {"t_audit_run",
     "k n;I at_us;I as_of;T by;T title*;I own;T letter;i score;I records;I controls;I failed;"
     "B rules",
     NULL},
    {"t_audit_outcome",
     "k n;I run;T control;T area;T grade;t entity;T outcome;I population;I failing;I fixable;"
     "t reason;t reason_value*",
     NULL},
    {"t_audit_report", "k n;I run;T form;T language;I part;B bytes*", NULL},
    {"t_audit_evidence", "k n;I run;T control;I part;I rows;B body*", NULL},
    {"t_audit_threshold", "k n;T control;I share;i amount;T reason*;T by;I at_us", NULL},
    {"t_audit_plan", "k n;I plan;I version;B body*;i due;I gone;T by;I at_us;i run", NULL},
    {"t_finding",
     "k n;T control;T area;T grade;t entity;T state;I proved;b owner;i due;i until_day;t note*;"
     "t said_by;I population;I failing;I first_run;I last_run;I opened_us;I changed_us;I version",
     NULL},
    {"t_access_user", "k n;B id;T kind;T name;T key;T shown;T language;b staff;b portal;" SINCE,
     NULL},
    {"t_access_role", "k n;B holder;I role;" SINCE, NULL},
    {"t_access_team", "k n;B id;T name;T key;" SINCE, NULL},
    {"t_access_member", "k n;B team;B member;" SINCE, NULL},
    {"t_access_superior", "k n;B below;B above;" SINCE, NULL},
    {"t_access_scope", "k n;B holder;T kind;T name;" SINCE, NULL},
    {"t_access_review", "k n;I from_us;I due_us;T by;t why;i closed_us;t closed_by", NULL},
    {"t_access_review_item",
     "k n;I review;B holder;I role;T name;T role_name;I since_us;i used_us;i seen_us;t apart;"
     "T decision;i decided_us;t decided_by;t why",
     NULL},
    {"access_moment", "k us", NULL},
    {"access_turn", "k n;I turn;I at_us", NULL},
    {"t_access_duty", "k n;I role;T name;T body;I gone;" SINCE, NULL},
    {"t_sign_credential",
     "k n;B owner;T kind;b handle;b secret;I state;t label*;t scopes;i rate;i read_only;T by;"
     "I from_us;i expires_us;i until_us;i used_us",
     NULL},
    {"t_sign_session",
     "k n;B hash;B owner;I second;I by_key;t scopes;I read_only;t address*;t device*;I from_us;"
     "I seen_us;I proved_us;I idle_us;I until_us;i ended_us",
     NULL},
    {"t_sign_browser", "k n;B id;B owner;t address*;t device*;I from_us;I seen_us;I until_us",
     NULL},
    {"t_sign_slow", "B id;T kind;I failures;I told;I last_us;I until_us", "id"},
    {"t_sign_spent", "B id;I until_us", "id"},
    {"t_screen_view",
     "k n;B owner;T entity;T name*;T fields;T filter*;T sort;I shared;I standard;I version;"
     "I changed_us",
     NULL},
    {"t_screen_feedback",
     "k n;B author;I at_us;I kind;t page;T body*;I state;t answer*;t answered_by;i answered_us;"
     "I version",
     NULL},
    {"t_mail_setting",
     "k n;T host;I port;T tls;T sender;T login*;b secret*;T site;I changed_us;T changed_by", NULL},
    {"t_mail_message",
     "k n;T kind;B owner;T address*;T subject*;T body*;T state;I at_us;I due_us;I tries;i ended_us;"
     "t said*",
     NULL},
    {"t_mail_told", "B owner;T kind;B state;I day", "owner, kind"},
    {"t_screen_likes", "B owner;T body*;I changed_us", "owner"},
    {"request_done", "T key;B request;I at_us;b body*", "key"},
    {"record_looked", "T entity;B record;I seq", "entity, record, seq"},
    {"value_origin", "T entity;B record;T field;I seq", "entity, record, field"},
    {"t_value_note", "T entity;T field;T kind;I n;I part;t value?;t problem",
     "entity, field, kind, n, part"},
};

static const struct {
    const char *name;
    const char *table; /* behind it */
    const char *columns;
    bool by_run; /* rows of runs that were taken back are not shown */
} fixed_views[] = {
    {"value_note", "t_value_note", "entity, n, field, kind, value, problem", false},
    {"source_column", "t_source_column", "run, entity, source, header, field, filled, rows", true},
    {"source_file", "t_source_file", "run, source, entity, rows, imported, rejected, hash", true},
    {"backup_goal", "t_backup_goal", "every_us, lose_us, recover_us, drill_us, newest, keep_us",
     false},
    {"backup_place", "t_backup_place", "n, place", false},
    {"backup_run", "t_backup_run", "n, at_us, place, backup, pieces, bytes, us, same_disk", false},
    {"backup_drill", "t_backup_drill", "n, at_us, place, fault, good, noticed, recover_us, lose_us",
     false},
    {"work_job", "t_work_job",
     "n, kind, state, due_us, every_us, most, tries, failures, by, at_us, taken_by, taken_us, "
     "until_us, ended_us, exit",
     false},
    {"access_user", "t_access_user",
     "n, id, kind, name, shown, staff, portal, from_us, until_us, by", false},
    {"access_role", "t_access_role", "n, holder, role, from_us, until_us, by, why", false},
    {"access_team", "t_access_team", "n, id, name, from_us, until_us, by", false},
    {"access_member", "t_access_member", "n, team, member, from_us, until_us, by", false},
    {"access_superior", "t_access_superior", "n, below, above, from_us, until_us, by", false},
    {"access_review", "t_access_review", "n, from_us, due_us, by, closed_us, closed_by", false},
    {"access_review_item", "t_access_review_item",
     "n, review, holder, role, since_us, used_us, decision, decided_us, decided_by", false},
    {"review_pair", "t_review_pair",
     "entity, left_id, right_id, score, levels, script, at_us, by, run, state, decided_by, "
     "decided_us, left_key, right_key",
     false},
    {"import_run", "t_import_run",
     "run, at_us, actor, profile, kind, rows, imported, rejected, hash, undone", false},
};

static const char not_undone[] =
    " WHERE run NOT IN (SELECT run FROM t_import_run WHERE undone IS NOT NULL)";

static const struct {
    const char *name;
    db_type type;
    bool filled;
} record_columns[] = {
    {"n", DB_KEY, true},           {"id", DB_BLOB, true},        {"version", DB_INT, true},
    {"event", DB_INT, true},       {"run", DB_INT, false},       {"row", DB_INT, false},
    {"source_id", DB_TEXT, false}, {"created_us", DB_INT, true}, {"changed_us", DB_INT, true},
    {"deleted", DB_INT, true},
};

enum { FIXED_TABLES = sizeof fixed_tables / sizeof fixed_tables[0] };
enum { FIXED_VIEWS = sizeof fixed_views / sizeof fixed_views[0] };
enum { RECORD_COLUMNS = sizeof record_columns / sizeof record_columns[0] };

static bool add_column(pb_arena *arena, db_table *table, pb_str name, db_type type, bool filled)
{
    db_column column = {name, type, filled, DB_OPEN};
    return PB_PUSH(arena, table->columns, table->count, table->capacity, column);
}

static bool add_fixed_columns(pb_arena *arena, db_table *table, const char *columns)
{
    pb_str rest = pb_str_c(columns);
    pb_str one;
    while (pb_str_split(&rest, ';', &one)) {
        char letter = one.ptr[0];
        bool filled = letter >= 'A' && letter <= 'Z';
        db_type type = DB_TEXT;
        switch (letter) {
        case 'k':
            type = DB_KEY;
            break;
        case 'i':
        case 'I':
            type = DB_INT;
            break;
        case 'b':
        case 'B':
            type = DB_BLOB;
            break;
        default:
            break;
        }
        char last = one.ptr[one.len - 1];
        size_t end = last == '*' || last == '?' ? one.len - 1 : one.len;
        if (!add_column(arena, table, pb_str_sub(one, 2, end - 2), type, filled))
            return false;
        if (end < one.len)
            table->columns[table->count - 1].secrecy = last == '*' ? DB_SEALED : DB_SEALED_AS_FIELD;
    }
    return true;
}

static db_type type_of_field(const model_field *field)
{
    switch (model_type_kind(field->type)) {
    case PB_INT:
        return DB_INT;
    case PB_REAL:
        return DB_REAL;
    case PB_BLOB:
        return DB_BLOB;
    default:
        return DB_TEXT;
    }
}

static bool add_field_columns(pb_arena *arena, db_table *table, const model_field *field)
{
    if (field->type == MODEL_LINK) {
        char *id = pb_arena_printf(arena, "%.*s_id", PB_STR_FMT(field->name));
        char *ref = pb_arena_printf(arena, "%.*s_ref", PB_STR_FMT(field->name));
        return id != NULL && ref != NULL &&
               add_column(arena, table, pb_str_c(id), DB_BLOB, false) &&
               add_column(arena, table, pb_str_c(ref), DB_TEXT, false);
    }
    if (!add_column(arena, table, field->name, type_of_field(field), false))
        return false;
    if (field->personal.sensitive)
        table->columns[table->count - 1].secrecy = DB_SEALED;
    if (field->type != MODEL_MONEY)
        return true;
    char *currency = pb_arena_printf(arena, "%.*s_currency", PB_STR_FMT(field->name));
    return currency != NULL && add_column(arena, table, pb_str_c(currency), DB_TEXT, false);
}

static bool is_plain_name(pb_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool good = (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9');
        if (!good)
            return false;
    }
    return name.len > 0 && name.len <= 48;
}

static pb_status fail_name(pb_str name, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("{name} cannot be the name of a table or column."), "name",
            PB_ARG(name), NULL);
    pb_error_hint(err, PB_MSG("Use small letters, digits and _, at most 48 of them."), NULL);
    return PB_INVALID;
}

/* A field must not hide a column that every record has, nor another field's second column. */
static pb_status check_names(const db_table *table, const model_entity *entity, pb_error *err)
{
    for (size_t i = RECORD_COLUMNS; i < table->count; i++) {
        if (!is_plain_name(table->columns[i].name))
            return fail_name(table->columns[i].name, err);
        for (size_t j = 0; j < i; j++) {
            if (!pb_str_eq_nocase(table->columns[i].name, table->columns[j].name))
                continue;
            pb_fail(err, PB_INVALID,
                    PB_MSG("The name {column} is used twice in the table of {entity}."), "column",
                    PB_ARG(table->columns[i].name), "entity", PB_ARG(entity->name), NULL);
            pb_error_hint(err, PB_MSG("Give the field another name."), NULL);
            return PB_INVALID;
        }
    }
    return PB_OK;
}

/* The published view of an entity: its columns, `record` and `source`. A field that has one of
 * these two names keeps it. */
static pb_str entity_select(pb_arena *arena, const db_table *table, const model_entity *entity)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&sql, "SELECT ");
    for (size_t i = 0; i < table->count; i++)
        pb_buf_printf(&sql, "t.\"%.*s\", ", PB_STR_FMT(table->columns[i].name));
    if (db_layout_column(table, PB_STR("record")) == NULL)
        pb_buf_addc(&sql,
                    "COALESCE(t.source_id, CAST(t.row AS TEXT), CAST(t.n AS TEXT)) AS record, ");
    if (db_layout_column(table, PB_STR("source")) == NULL)
        pb_buf_printf(&sql,
                      "(SELECT MIN(s.source) FROM t_source_file AS s WHERE s.run = t.run"
                      " AND s.entity = '%.*s') AS source, ",
                      PB_STR_FMT(entity->name));
    if (sql.failed)
        return PB_STR_NONE;
    sql.len -= 2; /* the last comma */
    pb_buf_printf(&sql, " FROM \"%.*s\" AS t WHERE t.deleted = 0", PB_STR_FMT(table->name));
    return sql.failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&sql));
}

static pb_status make_entity(pb_arena *arena, const model_entity *entity, db_layout *layout,
                             pb_error *err)
{
    db_table *table = &layout->tables[layout->table_count++];
    table->name = pb_str_c(pb_arena_printf(arena, "t_%.*s", PB_STR_FMT(entity->name)));
    bool good = table->name.ptr != NULL;
    for (size_t i = 0; good && i < RECORD_COLUMNS; i++)
        good = add_column(arena, table, pb_str_c(record_columns[i].name), record_columns[i].type,
                          record_columns[i].filled);
    for (size_t i = 0; good && i < entity->field_count; i++)
        good = add_field_columns(arena, table, &entity->fields[i]);
    if (!good)
        return pb_fail_memory(err);
    layout->sensitive = layout->sensitive || db_layout_has_sealed(table);
    PB_TRY(check_names(table, entity, err));
    PB_TRY(layout_index_entity(arena, layout, table, entity, err));
    db_view *view = &layout->views[layout->view_count++];
    view->name = entity->name;
    view->select = entity_select(arena, table, entity);
    view->reads[view->read_count++] = table;
    view->reads[view->read_count++] = db_layout_table(layout, PB_STR("t_source_file"));
    return view->select.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status make_fixed(pb_arena *arena, db_layout *layout, pb_error *err)
{
    for (size_t i = 0; i < FIXED_TABLES; i++) {
        db_table *table = &layout->tables[layout->table_count++];
        table->name = pb_str_c(fixed_tables[i].name);
        table->primary = fixed_tables[i].primary;
        if (!add_fixed_columns(arena, table, fixed_tables[i].columns))
            return pb_fail_memory(err);
    }
    layout_index_fixed(layout);
    for (size_t i = 0; i < FIXED_VIEWS; i++) {
        db_view *view = &layout->views[layout->view_count++];
        const char *select =
            pb_arena_printf(arena, "SELECT %s FROM %s%s", fixed_views[i].columns,
                            fixed_views[i].table, fixed_views[i].by_run ? not_undone : "");
        view->name = pb_str_c(fixed_views[i].name);
        view->select = pb_str_c(select);
        view->reads[view->read_count++] = db_layout_table(layout, pb_str_c(fixed_views[i].table));
        if (fixed_views[i].by_run)
            view->reads[view->read_count++] = db_layout_table(layout, PB_STR("t_import_run"));
        if (select == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

pb_status db_layout_make(const model_schema *schema, pb_arena *arena, db_layout **ret_layout,
                         pb_error *err)
{
    db_layout *layout = pb_arena_alloc(arena, sizeof *layout);
    if (layout == NULL)
        return pb_fail_memory(err);
    size_t entities = schema->entity_count;
    layout->tables = pb_arena_array(arena, FIXED_TABLES + entities, sizeof *layout->tables);
    layout->indexes = pb_arena_array(arena, layout_index_room(schema), sizeof *layout->indexes);
    layout->views = pb_arena_array(arena, FIXED_VIEWS + entities, sizeof *layout->views);
    if (layout->tables == NULL || layout->indexes == NULL || layout->views == NULL)
        return pb_fail_memory(err);
    PB_TRY(make_fixed(arena, layout, err));
    for (size_t i = 0; i < entities; i++) {
        if (!is_plain_name(schema->entities[i].name))
            return fail_name(schema->entities[i].name, err);
        if (db_layout_view(layout, schema->entities[i].name) != NULL)
            return pb_fail(err, PB_INVALID,
                           PB_MSG("The entity name {entity} is taken by a view of the program."),
                           "entity", PB_ARG(schema->entities[i].name), NULL);
        PB_TRY(make_entity(arena, &schema->entities[i], layout, err));
    }
    *ret_layout = layout;
    return PB_OK;
}

const db_view *db_layout_view(const db_layout *layout, pb_str name)
{
    for (size_t i = 0; i < layout->view_count; i++)
        if (pb_str_eq_nocase(layout->views[i].name, name))
            return &layout->views[i];
    return NULL;
}

const db_table *db_layout_table(const db_layout *layout, pb_str name)
{
    for (size_t i = 0; i < layout->table_count; i++)
        if (pb_str_eq_nocase(layout->tables[i].name, name))
            return &layout->tables[i];
    return NULL;
}

const db_column *db_layout_column(const db_table *table, pb_str name)
{
    for (size_t i = 0; i < table->count; i++)
        if (pb_str_eq_nocase(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

bool db_layout_has_sealed(const db_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].secrecy != DB_OPEN)
            return true;
    return false;
}

bool db_layout_seals_field(const db_layout *layout, pb_str entity, pb_str field)
{
    const db_view *view = db_layout_view(layout, entity);
    const db_column *column = view == NULL ? NULL : db_layout_column(view->reads[0], field);
    return column != NULL && column->secrecy == DB_SEALED;
}
