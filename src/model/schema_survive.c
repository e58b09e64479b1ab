/* Which value wins a merge: what is declared with a field, what the type says where nothing is, and
 * whether the fields named fit. */
#include "schema_build.h"
#include "schema_words.h"

static bool is_when(model_type type)
{
    return type == MODEL_DATE || type == MODEL_INSTANT;
}

static bool is_measured(model_type type)
{
    return is_when(type) || type == MODEL_INTEGER || type == MODEL_DECIMAL;
}

static bool fits(model_survive survive, const model_field *f)
{
    switch (survive) {
    case MODEL_SURVIVE_MOST_COMPLETE:
    case MODEL_SURVIVE_LONGEST:
        return f->type <= MODEL_CHOICE;
    case MODEL_SURVIVE_UNION:
        return f->many || f->type == MODEL_NOTE;
    case MODEL_SURVIVE_STRICTEST:
        return f->type == MODEL_BOOLEAN || f->type == MODEL_CHOICE;
    case MODEL_SURVIVE_EARLIEST:
    case MODEL_SURVIVE_LATEST:
        return is_measured(f->type);
    default:
        return true;
    }
}

/* `survive: newest`, `survive: {rule: verified_first, verified: email_checked_on}` or `survive:
 * {with: address}` */
pb_status schema_read_survive(schema_builder *b, model_field *f, schema_declared *d,
                              const model_yaml *node)
{
    static const char *const keys[] = {"rule", "verified", "with", NULL};
    const model_yaml *at = model_yaml_get(node, "survive");
    int survive = (int)f->survive;
    if (at == NULL)
        return PB_OK;
    d->survive = at;
    d->with = d->verified = NULL;
    if (at->kind != MODEL_YAML_MAP)
        return model_yaml_choice(node, "survive", schema_survives, &survive, b->err) == PB_OK
                   ? (f->survive = (model_survive)survive, PB_OK)
                   : PB_INVALID;
    PB_TRY(model_yaml_check_keys(at, keys, b->err));
    d->with = model_yaml_get(at, "with");
    d->verified = model_yaml_get(at, "verified");
    if (d->with != NULL) {
        const model_yaml *other = model_yaml_key(at, d->verified != NULL ? "verified" : "rule");
        PB_TRY(model_yaml_expect(d->with, MODEL_YAML_SCALAR, b->err));
        f->survive = MODEL_SURVIVE_NEWEST;
        return other == NULL
                   ? PB_OK
                   : model_yaml_fail(other, b->err,
                                     PB_MSG("“with” and “{key}” exclude each other: the field "
                                            "named by “with” decides."),
                                     "key", PB_ARG(other->text), NULL);
    }
    PB_TRY(model_yaml_need(at, "rule", &d->survive, b->err));
    PB_TRY(model_yaml_choice(at, "rule", schema_survives, &survive, b->err));
    f->survive = (model_survive)survive;
    if (d->verified == NULL)
        return PB_OK;
    PB_TRY(model_yaml_expect(d->verified, MODEL_YAML_SCALAR, b->err));
    return f->survive == MODEL_SURVIVE_VERIFIED_FIRST
               ? PB_OK
               : model_yaml_fail(model_yaml_key(at, "verified"), b->err,
                                 PB_MSG("“verified” goes with the rule verified_first only."),
                                 NULL);
}

/* What nobody declared follows from what the value is. */
static model_survive by_nature(const model_field *f)
{
    bool asks = pb_str_is(f->role, "consent") || pb_str_is(f->role, "do_not_contact");
    if (f->many || f->type == MODEL_NOTE)
        return MODEL_SURVIVE_UNION;
    if (asks && f->type == MODEL_BOOLEAN)
        return MODEL_SURVIVE_STRICTEST;
    if (is_when(f->type) && (pb_str_is(f->role, "created_on") || pb_str_is(f->role, "started_on")))
        return MODEL_SURVIVE_EARLIEST;
    if (is_when(f->type) &&
        (pb_str_is(f->role, "modified_on") || pb_str_is(f->role, "last_activity_on")))
        return MODEL_SURVIVE_LATEST;
    switch (f->type) {
    case MODEL_PERSON_NAME:
    case MODEL_ORG_NAME:
    case MODEL_ADDRESS:
        return MODEL_SURVIVE_MOST_COMPLETE;
    case MODEL_EMAIL:
    case MODEL_PHONE:
        return MODEL_SURVIVE_VERIFIED_FIRST;
    default:
        return MODEL_SURVIVE_NEWEST;
    }
}

static pb_status resolve_with(schema_builder *b, schema_draft *draft, model_field *f,
                              const schema_declared *d)
{
    PB_TRY(schema_need_field(b, draft->entity, d->with, d->with->text, &f->survive_with));
    if (f->survive_with == f)
        return model_yaml_fail(d->with, b->err, PB_MSG("“{name}” cannot go with itself."), "name",
                               PB_ARG(f->name), NULL);
    if (draft->declared[f->survive_with->index].with == NULL)
        return PB_OK;
    model_yaml_fail(d->with, b->err, PB_MSG("“{name}” goes with another field itself."), "name",
                    PB_ARG(f->survive_with->name), NULL);
    pb_error_hint(b->err, PB_MSG("Name the field that decides for all of them: “{name}”."), "name",
                  PB_ARG(draft->declared[f->survive_with->index].with->text), NULL);
    return PB_INVALID;
}

pb_status schema_resolve_survive(schema_builder *b, schema_draft *draft, model_field *f,
                                 const schema_declared *d)
{
    if (d->survive == NULL) {
        f->survive = by_nature(f);
        return PB_OK;
    }
    if (d->with != NULL)
        return resolve_with(b, draft, f, d);
    if (!fits(f->survive, f)) {
        model_yaml_fail(d->survive, b->err, PB_MSG("“{value}” does not go with the type {type}."),
                        "value", schema_survives[f->survive], "type", model_type_name(f->type),
                        NULL);
        if (f->survive == MODEL_SURVIVE_UNION)
            pb_error_hint(b->err, PB_MSG("Add “many: true”, or choose another rule."), NULL);
        return PB_INVALID;
    }
    if (f->survive == MODEL_SURVIVE_SOURCE_RANK && draft->entity->source_rank.count == 0) {
        model_yaml_fail(d->survive, b->err,
                        PB_MSG("“{entity}” does not say which source ranks "
                               "first."),
                        "entity", PB_ARG(draft->name), NULL);
        pb_error_hint(b->err,
                      PB_MSG("Add “source_rank: […]” with the names of its sources, the "
                             "best first."),
                      NULL);
        return PB_INVALID;
    }
    if (d->verified == NULL)
        return PB_OK;
    PB_TRY(
        schema_need_field(b, draft->entity, d->verified, d->verified->text, &f->survive_verified));
    model_type by = f->survive_verified->type;
    return by == MODEL_BOOLEAN || is_when(by)
               ? PB_OK
               : model_yaml_fail(d->verified, b->err,
                                 PB_MSG("“{name}” must be a boolean or a date to say that a value "
                                        "was verified."),
                                 "name", PB_ARG(f->survive_verified->name), NULL);
}
