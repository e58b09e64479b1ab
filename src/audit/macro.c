/* `${…}` in the SQL of controls: names that follow from the declared model. */
#include "catalogue.h"

static const model_field *key_field(const model_entity *entity)
{
    return entity && entity->key.count ? model_field_find(entity, entity->key.items[0]) : NULL;
}

const model_field *macro_field(const macro_scope *scope, const model_entity *entity, pb_str name)
{
    if (!entity)
        entity = scope->entity;
    if (!entity)
        return NULL;
    if (pb_str_is(name, "field"))
        return entity == scope->entity ? scope->field : NULL;
    if (pb_str_is(name, "key"))
        return key_field(entity);
    if (pb_str_starts(name, PB_STR("role:"))) {
        pb_str role = pb_str_sub(name, 5, name.len);
        for (size_t i = 0; i < entity->field_count; i++)
            if (pb_str_eq(entity->fields[i].role, role))
                return &entity->fields[i];
        return NULL;
    }
    return model_field_find(entity, name);
}

static void put_column(pb_buf *out, const model_field *field, bool reference)
{
    pb_buf_add(out, field->name);
    if (field->type == MODEL_LINK)
        pb_buf_addc(out, reference ? "_ref" : "_id");
}

static void put_literal(pb_buf *out, pb_str text)
{
    pb_buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            pb_buf_byte(out, '\'');
        pb_buf_byte(out, text.ptr[i]);
    }
    pb_buf_byte(out, '\'');
}

/* True when `role` is one of `wanted`: names joined by `+`; `closed` of a stage: won and lost. */
static bool role_wanted(const model_field *field, pb_str wanted, pb_str role)
{
    pb_str rest = wanted, one;
    if (!role.len)
        return false;
    while (pb_str_split(&rest, '+', &one)) {
        bool both = pb_str_is(one, "closed") && pb_str_is(field->role, "stage");
        if (pb_str_eq(one, role) || (both && (pb_str_is(role, "won") || pb_str_is(role, "lost"))))
            return true;
    }
    return false;
}

/* The values of a choice that mean `wanted`, as a list SQL can test with `in`: `ROLES` of the
 * stage, `FIELD-ROLE:ROLES` of another field. */
static bool put_choices(pb_buf *out, const model_entity *entity, pb_str wanted)
{
    size_t colon = pb_str_index(wanted, ':');
    const model_field *field = model_field_role(entity, "stage");
    if (colon < wanted.len) {
        char role[64];
        if (colon >= sizeof role)
            return false;
        memcpy(role, wanted.ptr, colon);
        role[colon] = 0;
        field = model_field_role(entity, role);
        wanted = pb_str_sub(wanted, colon + 1, wanted.len);
    }
    if (!field)
        return false;
    size_t count = 0;
    pb_buf_byte(out, '(');
    for (size_t i = 0; i < field->choice_count; i++) {
        const model_choice *choice = &field->choices[i];
        if (!role_wanted(field, wanted, choice->role))
            continue;
        if (count++)
            pb_buf_addc(out, ", ");
        put_literal(out, choice->value);
    }
    pb_buf_addc(out, count ? ")" : "null)");
    return true;
}

/* One macro without its braces. False: it means nothing here. */
static bool put_macro(pb_buf *out, const macro_scope *scope, pb_str name)
{
    if (pb_str_is(name, "entity")) {
        if (scope->entity)
            pb_buf_add(out, scope->entity->name);
        return scope->entity != NULL;
    }
    const model_entity *entity = scope->entity;
    if (pb_str_is(name, "target") || pb_str_starts(name, PB_STR("target."))) {
        entity = scope->field ? scope->field->target : NULL;
        if (!entity)
            return false;
        if (name.len == 6) {
            pb_buf_add(out, entity->name);
            return true;
        }
        name = pb_str_sub(name, 7, name.len);
    }
    if (entity && pb_str_starts(name, PB_STR("choices:")))
        return put_choices(out, entity, pb_str_sub(name, 8, name.len));
    bool reference = pb_str_ends(name, PB_STR(".ref"));
    bool day = pb_str_ends(name, PB_STR(".day"));
    if (reference || day)
        name = pb_str_sub(name, 0, name.len - 4);
    size_t dot = pb_str_index(name, '.');
    if (dot < name.len) {
        entity = model_entity_find(scope->schema, pb_str_sub(name, 0, dot));
        name = pb_str_sub(name, dot + 1, name.len);
        if (!entity)
            return false;
        if (pb_str_starts(name, PB_STR("choices:")))
            return put_choices(out, entity, pb_str_sub(name, 8, name.len));
    }
    const model_field *field = macro_field(scope, entity, name);
    if (!field)
        return false;
    put_column(out, field, reference);
    if (day && field->type == MODEL_INSTANT)
        pb_buf_addc(out, " / 86400000000");
    return true;
}

pb_status macro_expand(pb_arena *arena, const macro_scope *scope, const model_yaml *node,
                       pb_str text, pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] != '$' || i + 1 >= text.len || text.ptr[i + 1] != '{') {
            pb_buf_byte(&out, text.ptr[i++]);
            continue;
        }
        pb_str rest = pb_str_sub(text, i + 2, text.len);
        size_t end = pb_str_index(rest, '}');
        pb_str name = pb_str_sub(rest, 0, end);
        if (end == rest.len || !put_macro(&out, scope, name)) {
            model_yaml_fail(node, err, PB_MSG("Name ${{{name}} means nothing in this control."),
                            "name", PB_ARG(name), NULL);
            pb_error_hint(err,
                          PB_MSG("Use ${{entity}, ${{field}, ${{key}, ${{target}, "
                                 "${{role:NAME} or ${{choices:ROLE}, of an entity that declares "
                                 "such a field; or narrow `where: roles:`."),
                          NULL);
            return PB_INVALID;
        }
        i += 2 + end + 1;
    }
    if (out.failed)
        return pb_fail_memory(err);
    *ret = pb_arena_str(arena, pb_buf_str(&out));
    return ret->ptr ? PB_OK : pb_fail_memory(err);
}
