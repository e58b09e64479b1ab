/* Reading `check`, `pass` and `effort` of a control, and preparing the SQL of a whole catalogue. */
#include "catalogue.h"
#include "measure.h"

static const char *const check_keys[] = {"measure",     "args",       "sql",     "fails",
                                         "population",  "value",      "other",   "field",
                                         "other_field", "suggestion", "problem", NULL};

static pb_status sql_of(audit_loader *loader, const model_yaml *check, const macro_scope *scope,
                        const char *key, pb_str *ret, pb_error *err)
{
    pb_str text = PB_STR_NONE;
    PB_TRY(model_yaml_text(check, key, &text, err));
    if (!text.len)
        return PB_OK;
    return macro_expand(loader->arena, scope, model_yaml_get(check, key), text, ret, err);
}

static pb_status field_of(const model_yaml *check, const macro_scope *scope, const char *key,
                          const model_field **ret, pb_error *err)
{
    pb_str name = PB_STR_NONE;
    PB_TRY(model_yaml_text(check, key, &name, err));
    if (!name.len)
        return PB_OK;
    *ret = macro_field(scope, NULL, name);
    if (*ret)
        return PB_OK;
    model_yaml_fail(model_yaml_get(check, key), err,
                    PB_MSG("Entity {entity} has no field {field}."), "entity",
                    PB_ARG(scope->entity ? scope->entity->name : PB_STR("source")), "field",
                    PB_ARG(name), NULL);
    pb_error_hint(err, PB_MSG("Name a declared field, `key`, `field` or `role:NAME`."), NULL);
    return PB_INVALID;
}

/* `fails: CONDITION` on the entity's view, called `e` in all its parts. */
static pb_status compose(audit_loader *loader, const model_yaml *check, const macro_scope *scope,
                         audit_control *control, pb_str fails, pb_error *err)
{
    static const char *const parts[] = {"value", "other", "suggestion"};
    if (!control->entity) {
        model_yaml_fail(check, err, PB_MSG("`fails` needs an entity to look at."), NULL);
        pb_error_hint(err, PB_MSG("Use `sql:` or a measure when the source is asked as a whole."),
                      NULL);
        return PB_INVALID;
    }
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&sql, "select e.n as n");
    for (size_t i = 0; i < 3; i++) {
        pb_str text = PB_STR_NONE;
        PB_TRY(sql_of(loader, check, scope, parts[i], &text, err));
        if (text.len)
            pb_buf_printf(&sql, ", (%.*s) as %s", PB_STR_FMT(text), parts[i]);
    }
    pb_buf_printf(&sql, " from %.*s e where ", PB_STR_FMT(control->entity->name));
    if (control->population_sql.len)
        pb_buf_printf(&sql, "(%.*s) and ", PB_STR_FMT(control->population_sql));
    pb_buf_printf(&sql, "(%.*s)", PB_STR_FMT(fails));
    control->fails_sql = pb_arena_str(loader->arena, pb_buf_str(&sql));
    return sql.failed || !control->fails_sql.ptr ? pb_fail_memory(err) : PB_OK;
}

static pb_status read_measure(audit_loader *loader, const model_yaml *check, audit_control *control,
                              pb_error *err)
{
    const model_yaml *node = model_yaml_get(check, "measure");
    control->measure = measure_find(node->text);
    if (!control->measure) {
        model_yaml_fail(node, err, PB_MSG("There is no measure {name}."), "name",
                        PB_ARG(node->text), NULL);
        model_yaml_hint_names(err, node->text, measure_names());
        return PB_INVALID;
    }
    PB_TRY(model_yaml_texts(loader->arena, check, "args", &control->measure_args, err));
    const char *wants = measure_refuses(control);
    if (wants) {
        model_yaml_fail(node, err, PB_MSG("Measure {name} cannot be used so."), "name",
                        PB_ARG(node->text), NULL);
        pb_error_hint(err, wants, NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

/* `share <= 0.5 %` or `count <= 0`. */
static pb_status read_pass(const model_yaml *root, audit_control *control, pb_error *err)
{
    pb_str text = PB_STR_NONE;
    PB_TRY(model_yaml_need(root, "pass", NULL, err));
    PB_TRY(model_yaml_text(root, "pass", &text, err));
    size_t sign = pb_str_find(text, PB_STR("<="));
    pb_str what = pb_str_trim(pb_str_sub(text, 0, sign == SIZE_MAX ? text.len : sign));
    pb_str limit =
        sign == SIZE_MAX ? PB_STR_NONE : pb_str_trim(pb_str_sub(text, sign + 2, text.len));
    control->pass_share = pb_str_is(what, "share");
    bool good = control->pass_share || pb_str_is(what, "count");
    if (control->pass_share) {
        good = good && pb_str_ends(limit, PB_STR("%"));
        if (good)
            limit = pb_str_trim(pb_str_sub(limit, 0, limit.len - 1));
    }
    double value = 0;
    good = good && pb_str_to_double(limit, &value) && value >= 0 &&
           (!control->pass_share || value <= 100);
    if (!good) {
        model_yaml_fail(model_yaml_get(root, "pass"), err, PB_MSG("{text} is no threshold."),
                        "text", PB_ARG(text), NULL);
        pb_error_hint(err, PB_MSG("Write `share <= 0.5 %` or `count <= 0`."), NULL);
        return PB_INVALID;
    }
    control->pass_limit = control->pass_share ? value / 100 : value;
    return PB_OK;
}

static pb_status read_effort(const model_yaml *root, audit_control *control, pb_error *err)
{
    pb_str text = PB_STR_NONE, unit = PB_STR_NONE;
    PB_TRY(model_yaml_need(root, "effort", NULL, err));
    PB_TRY(model_yaml_text(root, "effort", &text, err));
    pb_str rest = text;
    bool good = pb_str_split(&rest, ' ', &unit) && rest.ptr &&
                (pb_str_is(unit, "minutes_per_record") || pb_str_is(unit, "minutes_once")) &&
                pb_str_to_double(pb_str_trim(rest), &control->effort_minutes) &&
                control->effort_minutes >= 0;
    if (!good) {
        model_yaml_fail(model_yaml_get(root, "effort"), err, PB_MSG("{text} is no effort."), "text",
                        PB_ARG(text), NULL);
        pb_error_hint(err, PB_MSG("Write `minutes_per_record 1` or `minutes_once 60`."), NULL);
        return PB_INVALID;
    }
    control->effort_unit = unit;
    return PB_OK;
}

pb_status control_read_check(audit_loader *loader, const model_yaml *root, const macro_scope *scope,
                             audit_control *control, pb_error *err)
{
    const model_yaml *check;
    PB_TRY(model_yaml_need(root, "check", &check, err));
    PB_TRY(model_yaml_check_keys(check, check_keys, err));
    pb_str fails = PB_STR_NONE;
    PB_TRY(sql_of(loader, check, scope, "population", &control->population_sql, err));
    PB_TRY(sql_of(loader, check, scope, "sql", &control->fails_sql, err));
    PB_TRY(sql_of(loader, check, scope, "fails", &fails, err));
    PB_TRY(field_of(check, scope, "field", &control->value_field, err));
    PB_TRY(field_of(check, scope, "other_field", &control->other_field, err));
    bool measured = model_yaml_get(check, "measure") != NULL;
    if ((fails.len > 0) + (control->fails_sql.len > 0) + measured != 1) {
        model_yaml_fail(check, err, PB_MSG("A check is one thing: a measure, `sql` or `fails`."),
                        NULL);
        pb_error_hint(err, PB_MSG("Keep one of `measure:`, `sql:`, `fails:`."), NULL);
        return PB_INVALID;
    }
    if (measured)
        PB_TRY(read_measure(loader, check, control, err));
    if (fails.len)
        PB_TRY(compose(loader, check, scope, control, fails, err));
    if (!measured && !control->problem.len)
        return model_yaml_need(check, "problem", NULL, err);
    if (control->population_sql.len && !control->otherwise.len)
        return model_yaml_need(model_yaml_get(root, "applies"), "otherwise", NULL, err);
    PB_TRY(read_pass(control_key_source(loader, root, control->base, "pass"), control, err));
    return read_effort(control_key_source(loader, root, control->base, "effort"), control, err);
}

void control_population(const audit_control *control, pb_buf *out)
{
    if (control->entity)
        pb_buf_printf(out, "select count(*) from %.*s e where %.*s",
                      PB_STR_FMT(control->entity->name), PB_STR_FMT(control->population_sql));
    else
        pb_buf_printf(out, "select (%.*s)", PB_STR_FMT(control->population_sql));
}

static pb_status prepare_one(db_session *session, const audit_control *control, pb_str sql,
                             pb_error *err)
{
    db_stmt *stmt = NULL;
    pb_error inner = {0};
    if (db_prepare_foreign(session, sql, 0, &stmt, &inner) == PB_OK) {
        db_stmt_close(stmt);
        return PB_OK;
    }
    PB_AUTO_BUF says = PB_BUF_INIT(4096);
    pb_error_render(&inner, &inner.primary, NULL, &says);
    if (inner.detail.id) {
        pb_buf_byte(&says, ' ');
        pb_error_render(&inner, &inner.detail, NULL, &says);
    }
    pb_fail(err, PB_INVALID, PB_MSG("The SQL of control {id} is not accepted: {says}"), "id",
            PB_ARG(control->id), "says", pb_buf_cstr(&says), NULL);
    model_place_fail(err, control->place);
    pb_error_hint(err,
                  PB_MSG("Use columns of the published views only; src/audit/README.md lists "
                         "the names that may stand in braces."),
                  NULL);
    return PB_INVALID;
}

pb_status audit_catalogue_check(db_session *session, const audit_catalogue *catalogue,
                                pb_error *err)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const audit_control *control = &catalogue->controls[i];
        PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
        if (control->fails_sql.len)
            PB_TRY(prepare_one(session, control, control->fails_sql, err));
        if (control->applies_sql.len) {
            pb_buf_printf(&sql, "select (%.*s)", PB_STR_FMT(control->applies_sql));
            PB_TRY(prepare_one(session, control, pb_buf_str(&sql), err));
        }
        if (control->population_sql.len) {
            pb_buf_clear(&sql);
            control_population(control, &sql);
            PB_TRY(prepare_one(session, control, pb_buf_str(&sql), err));
        }
    }
    return PB_OK;
}
