/* The list of built-in measures. */
#include "../measure.h"

static const char *const duplicate_args[] = {"exact", "near", NULL};
static const char *const pattern_args[] = {
    "card",   "password", "national_id", "iban",  "birth_date", "contact_data", "health",
    "belief", "origin",   "sexual_life", "crime", "insult",     "children",     NULL};
static const char *const sign_args[] = {"fake_name",    "placeholder", "keyboard",     "disposable",
                                        "reserved",     "dummy_mail",  "lookalike",    "fake_phone",
                                        "garbled",      "markup",      "mixed_script", "name_case",
                                        "name_content", "name_org",    "name_title",   NULL};
static const char *const column_args[] = {"personal", "special", NULL};

static const char *const through_args[] = {"contact", "opportunity", NULL};
static const char *const backup_args[] = {"age", "places", "drill", NULL};
static const char *const self_args[] = {"birth_date", "gender", NULL};
static const char *const history_args[] = {
    "stage_skipped",      "stage_back",    "close_pushed", "amount_before_close",
    "amount_after_close", "owner_changed", "reopened",     NULL};

static const audit_measure all[] = {
    {"completeness", ABOUT_FIELD, NULL, measure_completeness, NEEDS_TEXTS},
    {"invalid_values", ABOUT_FIELD, NULL, measure_invalid_values, NEEDS_NOTHING},
    {"not_standard", ABOUT_FIELD, NULL, measure_not_standard, NEEDS_NOTHING},
    {"mail_domain", ABOUT_FIELD, NULL, measure_mail_domain, NEEDS_NOTHING},
    {"misspelt_category", ABOUT_FIELD, NULL, measure_misspelt_category, NEEDS_NOTHING},
    {"orphan_references", ABOUT_LINK, NULL, measure_orphan_references, NEEDS_NOTHING},
    {"near_equal_names", ABOUT_LINK, NULL, measure_near_equal_names, NEEDS_NOTHING},
    {"duplicates", ABOUT_ENTITY, duplicate_args, measure_duplicates, NEEDS_TWINS},
    {"stale", ABOUT_ENTITY, NULL, measure_stale, NEEDS_NOTHING},
    {"never_filled", ABOUT_ENTITY, NULL, measure_never_filled, NEEDS_NOTHING},
    {"forbidden_columns", ABOUT_ENTITY, NULL, measure_forbidden_columns, NEEDS_NOTHING},
    {"forbidden_text", ABOUT_ENTITY, pattern_args, measure_forbidden_text, NEEDS_TEXTS},
    {"shared_value", ABOUT_FIELD, NULL, measure_shared_value, NEEDS_NOTHING},
    {"series", ABOUT_FIELD, NULL, measure_series, NEEDS_NOTHING},
    {"heaped_dates", ABOUT_FIELD, NULL, measure_heaped_dates, NEEDS_NOTHING},
    {"swapped_names", ABOUT_ENTITY, NULL, measure_swapped_names, NEEDS_NOTHING},
    {"name_parts", ABOUT_ENTITY, NULL, measure_name_parts, NEEDS_NOTHING},
    {"text_sign", ABOUT_FIELD, sign_args, measure_text_sign, NEEDS_TEXTS},
    {"sample_data", ABOUT_ENTITY, NULL, measure_sample_data, NEEDS_TEXTS},
    {"purpose", ABOUT_ENTITY, NULL, measure_purpose, NEEDS_TEXTS},
    {"undeclared_columns", ABOUT_ENTITY, column_args, measure_undeclared_columns, NEEDS_NOTHING},
    {"retention", ABOUT_ENTITY, NULL, measure_retention, NEEDS_NOTHING},
    {"idle_users", ABOUT_ENTITY, NULL, measure_idle_users, NEEDS_NOTHING},
    {"concentration", ABOUT_ENTITY, NULL, measure_concentration, NEEDS_NOTHING},
    {"old_export", ABOUT_SOURCE, NULL, measure_old_export, NEEDS_NOTHING},
    {"soon_stale", ABOUT_ENTITY, NULL, measure_soon_stale, NEEDS_NOTHING},
    {"stale_values", ABOUT_FIELD, NULL, measure_stale_values, NEEDS_NOTHING},
    {"other_customer", ABOUT_ENTITY, through_args, measure_other_customer, NEEDS_NOTHING},
    {"no_history", ABOUT_ENTITY, NULL, measure_no_history, NEEDS_NOTHING},
    {"two_employers", ABOUT_ENTITY, NULL, measure_two_employers, NEEDS_NOTHING},
    {"loops", ABOUT_LINK, NULL, measure_loops, NEEDS_NOTHING},
    {"outliers", ABOUT_FIELD, NULL, measure_outliers, NEEDS_NOTHING},
    {"stopped_using", ABOUT_SOURCE, NULL, measure_stopped_using, NEEDS_NOTHING},
    {"bulk_entry", ABOUT_SOURCE, NULL, measure_bulk_entry, NEEDS_NOTHING},
    {"quiet_owners", ABOUT_SOURCE, NULL, measure_quiet_owners, NEEDS_NOTHING},
    {"other_self", ABOUT_ENTITY, self_args, measure_other_self, NEEDS_TWINS},
    {"city_elsewhere", ABOUT_ENTITY, NULL, measure_city_elsewhere, NEEDS_NOTHING},
    {"id_contradicts", ABOUT_ENTITY, self_args, measure_id_contradicts, NEEDS_TEXTS},
    {"cut_off", ABOUT_FIELD, NULL, measure_cut_off, NEEDS_TEXTS},
    {"field_history", ABOUT_ENTITY, history_args, measure_field_history, NEEDS_NOTHING},
    {"backups", ABOUT_SOURCE, backup_args, measure_backups, NEEDS_NOTHING},
    {"unread_fields", ABOUT_ENTITY, NULL, measure_unread_fields, NEEDS_NOTHING},
};

enum { MEASURES = sizeof all / sizeof *all };

static const char *const names[] = {"completeness",
                                    "invalid_values",
                                    "not_standard",
                                    "mail_domain",
                                    "misspelt_category",
                                    "orphan_references",
                                    "near_equal_names",
                                    "duplicates",
                                    "stale",
                                    "never_filled",
                                    "forbidden_columns",
                                    "forbidden_text",
                                    "idle_users",
                                    "concentration",
                                    "old_export",
                                    "soon_stale",
                                    "stale_values",
                                    "loops",
                                    "outliers",
                                    "stopped_using",
                                    "bulk_entry",
                                    "quiet_owners",
                                    "shared_value",
                                    "series",
                                    "heaped_dates",
                                    "swapped_names",
                                    "name_parts",
                                    "text_sign",
                                    "sample_data",
                                    "purpose",
                                    "undeclared_columns",
                                    "retention",
                                    "other_customer",
                                    "no_history",
                                    "two_employers",
                                    "other_self",
                                    "city_elsewhere",
                                    "id_contradicts",
                                    "cut_off",
                                    "field_history",
                                    "backups",
                                    "unread_fields",
                                    NULL};
_Static_assert(sizeof names / sizeof *names == MEASURES + 1, "names and measures differ");

const audit_measure *measure_find(pb_str name)
{
    for (size_t i = 0; i < MEASURES; i++)
        if (pb_str_is(name, all[i].name))
            return &all[i];
    return NULL;
}

const char *const *measure_names(void)
{
    return names;
}

pb_str audit_control_measure(const audit_control *control)
{
    return control->measure ? pb_str_c(control->measure->name) : PB_STR_NONE;
}

const char *measure_refuses(const audit_control *control)
{
    const audit_measure *measure = control->measure;
    if (measure->about == ABOUT_SOURCE)
        return control->entity
                   ? PB_MSG("It asks the source as a whole: `applies: {{source: true}`.")
                   : NULL;
    if (!control->entity)
        return PB_MSG("It asks an entity: `applies: {{entity: NAME}` or `{{each: entity}`.");
    if (measure->about == ABOUT_FIELD && !control->field)
        return PB_MSG("It asks a field: `applies: {{each: field}`, or `entity` with `field`.");
    if (measure->about == ABOUT_LINK && (!control->field || control->field->type != MODEL_LINK))
        return PB_MSG("It asks a link to another entity: `where: {{type: link}`.");
    if (measure->about == ABOUT_ENTITY && control->field)
        return PB_MSG("It asks an entity as a whole, not one of its fields.");
    if (!measure->args)
        return control->measure_args.count ? PB_MSG("It takes no `args`.") : NULL;
    for (size_t i = 0; control->measure_args.count == 1 && measure->args[i]; i++)
        if (pb_str_is(control->measure_args.items[0], measure->args[i]))
            return NULL;
    return PB_MSG("It takes one of its words as `args`; src/audit/README.md lists them.");
}
