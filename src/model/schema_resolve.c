/* References between fields and entities: link targets, columns that would get the same name,
 * roles, import aliases that mean two things. */
#include "schema_build.h"
#include "schema_words.h"

#include "base/map.h"
#include "model/value.h"

#define OWN_ID UINT64_MAX

static pb_status resolve_link(schema_builder *b, model_field *f, const schema_declared *d)
{
    for (size_t i = 0; i < b->draft_count; i++)
        if (pb_str_eq(b->drafts[i].name, d->to->text)) {
            f->target = b->drafts[i].entity;
            return PB_OK;
        }
    model_yaml_fail(d->to, b->err, PB_MSG("There is no entity “{name}”."), "name",
                    PB_ARG(d->to->text), NULL);
    const char **names = pb_arena_array(b->reading, b->draft_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(b->err);
    for (size_t i = 0; i < b->draft_count; i++)
        if ((names[i] = pb_arena_cstr(b->arena, b->drafts[i].name)) == NULL)
            return pb_fail_memory(b->err);
    model_yaml_hint_names(b->err, d->to->text, names);
    return PB_INVALID;
}

/* A link x makes the columns x_id and x_ref, money x also x_currency: no other field may be called
 * so. */
static pb_status check_column(schema_builder *b, const schema_draft *draft, const model_field *f,
                              const char *ending)
{
    char *column = pb_arena_printf(b->arena, "%.*s%s", PB_STR_FMT(f->name), ending);
    if (column == NULL)
        return pb_fail_memory(b->err);
    const model_field *other = model_field_find(draft->entity, pb_str_c(column));
    if (other == NULL)
        return PB_OK;
    model_yaml_fail(draft->declared[other->index].name, b->err,
                    PB_MSG("The name “{name}” is needed by the field “{field}”."), "name", column,
                    "field", PB_ARG(f->name), NULL);
    pb_error_hint(b->err, PB_MSG("Choose another name for one of the two."), NULL);
    return PB_INVALID;
}

static pb_status check_columns(schema_builder *b, const schema_draft *draft, const model_field *f)
{
    if (f->type == MODEL_LINK) {
        PB_TRY(check_column(b, draft, f, "_id"));
        return check_column(b, draft, f, "_ref");
    }
    return f->type == MODEL_MONEY ? check_column(b, draft, f, "_currency") : PB_OK;
}

/* Roles that the program computes with must have the type it expects. */
static bool role_fits(pb_str role, model_type type)
{
    static const char *const amounts[] = {"amount", "expected_amount", "price", "cost", NULL};
    static const char *const dates[] = {"expected_close", "birth_date", NULL};
    if (pb_str_ends(role, PB_STR("_on")) || schema_word_index(dates, role) >= 0)
        return type == MODEL_DATE || type == MODEL_INSTANT;
    if (schema_word_index(amounts, role) >= 0)
        return type == MODEL_MONEY || type == MODEL_DECIMAL || type == MODEL_INTEGER;
    if (pb_str_is(role, "is_active") || pb_str_is(role, "do_not_contact"))
        return type == MODEL_BOOLEAN;
    if (pb_str_is(role, "email"))
        return type == MODEL_EMAIL;
    if (pb_str_is(role, "phone") || pb_str_is(role, "mobile"))
        return type == MODEL_PHONE;
    return true;
}

static pb_status check_role(schema_builder *b, const schema_draft *draft, const model_field *f,
                            const schema_declared *d)
{
    if (f->role.ptr == NULL)
        return PB_OK;
    if (!role_fits(f->role, f->type))
        return model_yaml_fail(d->role, b->err,
                               PB_MSG("The role {role} does not go with the type {type}."), "role",
                               PB_ARG(f->role), "type", model_type_name(f->type), NULL);
    for (size_t i = 0; i < f->index; i++) {
        const model_field *other = &draft->entity->fields[i];
        if (!pb_str_eq(other->role, f->role))
            continue;
        model_yaml_fail(d->role, b->err, PB_MSG("Two fields of “{entity}” have the role {role}."),
                        "entity", PB_ARG(draft->name), "role", PB_ARG(f->role), NULL);
        pb_error_hint(b->err, PB_MSG("“{field}” has it already; remove one of the two."), "field",
                      PB_ARG(other->name), NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

static pb_status check_country(schema_builder *b, const schema_draft *draft, const model_field *f,
                               const schema_declared *d)
{
    const model_field *country = NULL;
    if (d->country == NULL)
        return PB_OK;
    PB_TRY(schema_need_field(b, draft->entity, d->country, f->country, &country));
    if (country->type == MODEL_COUNTRY)
        return PB_OK;
    return model_yaml_fail(d->country, b->err, PB_MSG("“{name}” is not of the type {type}."),
                           "name", PB_ARG(country->name), "type", model_type_name(MODEL_COUNTRY),
                           NULL);
}

/* --- import aliases --- */

/* AccountName, account_name, Account Name and ACCOUNT-NAME are one header. */
static pb_str header_key(schema_builder *b, pb_str text)
{
    PB_AUTO_BUF key = PB_BUF_INIT(SCHEMA_TEXT_MAX);
    model_header_key(text, &key);
    return key.failed ? PB_STR_NONE : pb_arena_str(b->arena, pb_str_c(pb_buf_cstr(&key)));
}

/* `index` is a field's, or OWN_ID for the source's own id of the record. */
static pb_status claim(schema_builder *b, const schema_draft *draft, pb_map *claims, uint64_t index,
                       const model_yaml *at, pb_str header)
{
    pb_str key = header_key(b, header);
    bool fresh = false;
    uint64_t *owner = key.ptr == NULL ? NULL : pb_map_put(claims, key, &fresh);
    if (owner == NULL)
        return pb_fail_memory(b->err);
    if (fresh)
        *owner = index;
    if (*owner == index)
        return PB_OK;
    model_yaml_fail(at, b->err, PB_MSG("The column header “{header}” means two fields."), "header",
                    PB_ARG(header), NULL);
    if (*owner == OWN_ID)
        return PB_INVALID;
    pb_error_hint(b->err, PB_MSG("It is taken by “{field}”; remove it from one of the two."),
                  "field", PB_ARG(draft->entity->fields[*owner].name), NULL);
    return PB_INVALID;
}

/* Where in the documents the alias stands; a field changed later has several lists. */
static const model_yaml *alias_place(const schema_declared *d, pb_str alias)
{
    for (size_t i = 0; d->import != NULL && i < d->import->count; i++)
        if (pb_str_eq(d->import->items[i]->text, alias))
            return d->import->items[i];
    return d->import != NULL ? d->import : d->name;
}

static pb_status claim_ids(schema_builder *b, const schema_draft *draft, pb_map *claims,
                           const model_yaml *document)
{
    const model_yaml *list = model_yaml_get(document, "source_id");
    model_strs ids = {0};
    PB_TRY(model_yaml_texts(b->arena, document, "source_id", &ids, b->err));
    for (size_t i = 0; i < ids.count; i++)
        PB_TRY(claim(b, draft, claims, OWN_ID,
                     list->kind == MODEL_YAML_LIST ? list->items[i] : list, ids.items[i]));
    return PB_OK;
}

static pb_status check_headers(schema_builder *b, const schema_draft *draft)
{
    const model_entity *entity = draft->entity;
    pb_map *claims = pb_map_new(b->reading);
    if (claims == NULL)
        return pb_fail_memory(b->err);
    for (size_t i = 0; i < entity->field_count; i++)
        PB_TRY(claim(b, draft, claims, i, draft->declared[i].name, entity->fields[i].name));
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *f = &entity->fields[i];
        const schema_declared *d = &draft->declared[i];
        PB_TRY(claim(b, draft, claims, i, d->name, f->label));
        for (size_t a = 0; a < f->import.count; a++)
            PB_TRY(
                claim(b, draft, claims, i, alias_place(d, f->import.items[a]), f->import.items[a]));
    }
    for (size_t d = 0; d < draft->document_count; d++)
        PB_TRY(claim_ids(b, draft, claims, draft->documents[d]));
    return PB_OK;
}

pb_status schema_resolve(schema_builder *b, schema_draft *draft)
{
    for (size_t d = 0; d < draft->document_count; d++)
        PB_TRY(model_yaml_texts(b->arena, draft->documents[d], "source_rank",
                                &draft->entity->source_rank, b->err));
    for (size_t i = 0; i < draft->entity->field_count; i++) {
        model_field *f = &draft->entity->fields[i];
        const schema_declared *d = &draft->declared[i];
        if (f->type == MODEL_LINK)
            PB_TRY(resolve_link(b, f, d));
        PB_TRY(check_columns(b, draft, f));
        PB_TRY(check_role(b, draft, f, d));
        PB_TRY(check_country(b, draft, f, d));
        PB_TRY(schema_resolve_survive(b, draft, f, d));
    }
    return check_headers(b, draft);
}
