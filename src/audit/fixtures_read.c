/* Reading the cases of a control. */
#include "catalogue.h"

typedef struct reading {
    audit_loader *loader;
    audit_fixture *fixtures;
    size_t count, capacity;
} reading;

static pb_status put(audit_loader *loader, audit_fixture_record *record, const model_field *field,
                     const model_yaml *key, const model_yaml *value, pb_error *err)
{
    (void)loader;
    PB_TRY(model_yaml_expect(value, MODEL_YAML_SCALAR, err));
    record->fields[record->count] = field;
    record->headers[record->count] = key->text;
    record->values[record->count] = model_yaml_is_null(value) ? PB_STR_NONE : value->text;
    record->count++;
    return PB_OK;
}

static pb_status record_read_one(audit_loader *loader, const model_entity *entity,
                                 const model_yaml *map, audit_fixture_record *record, pb_error *err)
{
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, err));
    const model_yaml *foreign = model_yaml_get(map, "columns");
    size_t room = map->count + (foreign ? foreign->count : 0) + 1;
    record->entity = entity;
    record->place = map->place;
    record->fields = pb_arena_array(loader->arena, room, sizeof *record->fields);
    record->headers = pb_arena_array(loader->arena, room, sizeof(pb_str));
    record->values = pb_arena_array(loader->arena, room, sizeof(pb_str));
    if (!record->fields || !record->headers || !record->values)
        return pb_fail_memory(err);
    for (size_t i = 0; i < map->count; i++) {
        pb_str name = map->keys[i]->text;
        if (pb_str_is(name, "id")) {
            PB_TRY(model_yaml_text(map, "id", &record->id, err));
            continue;
        }
        if (pb_str_is(name, "columns"))
            continue;
        const model_field *field = model_field_find(entity, name);
        if (!field) {
            model_yaml_fail(map->keys[i], err, PB_MSG("Entity {entity} has no field {field}."),
                            "entity", PB_ARG(entity->name), "field", PB_ARG(name), NULL);
            pb_error_hint(err,
                          PB_MSG("A column that no field holds goes under `columns: {{HEADER: "
                                 "value}`."),
                          NULL);
            return PB_INVALID;
        }
        PB_TRY(put(loader, record, field, map->keys[i], map->items[i], err));
    }
    for (size_t i = 0; foreign && i < foreign->count; i++)
        PB_TRY(put(loader, record, NULL, foreign->keys[i], foreign->items[i], err));
    return PB_OK;
}

static size_t record_room(const model_yaml *map)
{
    size_t room = 1;
    for (size_t i = 0; i < map->count; i++)
        room += map->items[i]->kind == MODEL_YAML_LIST ? map->items[i]->count : 0;
    return room;
}

static pb_status records_read(audit_loader *loader, const model_yaml *key, const model_yaml *list,
                              audit_fixture *fixture, pb_error *err)
{
    const model_entity *entity = model_entity_find(loader->schema, key->text);
    if (!entity) {
        model_yaml_fail(key, err, PB_MSG("The model has no entity {entity}."), "entity",
                        PB_ARG(key->text), NULL);
        pb_error_hint(err,
                      PB_MSG("A case holds lists of records by entity, and `expect`, "
                             "`suggest` or `as_of`."),
                      NULL);
        return PB_INVALID;
    }
    PB_TRY(model_yaml_expect(list, MODEL_YAML_LIST, err));
    for (size_t i = 0; i < list->count; i++)
        PB_TRY(record_read_one(loader, entity, list->items[i],
                               &fixture->records[fixture->record_count++], err));
    return PB_OK;
}

static pb_status suggestions_read(audit_loader *loader, const model_yaml *map,
                                  audit_fixture *fixture, pb_error *err)
{
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, err));
    fixture->suggest_ids.items = pb_arena_array(loader->arena, map->count + 1, sizeof(pb_str));
    fixture->suggest.items = pb_arena_array(loader->arena, map->count + 1, sizeof(pb_str));
    if (!fixture->suggest_ids.items || !fixture->suggest.items)
        return pb_fail_memory(err);
    for (size_t i = 0; i < map->count; i++) {
        PB_TRY(model_yaml_expect(map->items[i], MODEL_YAML_SCALAR, err));
        fixture->suggest_ids.items[i] = map->keys[i]->text;
        fixture->suggest.items[i] = map->items[i]->text;
    }
    fixture->suggest.count = fixture->suggest_ids.count = map->count;
    return PB_OK;
}

static pb_status case_read(reading *to, audit_case_kind kind, const model_yaml *map, pb_error *err)
{
    audit_loader *loader = to->loader;
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, err));
    audit_fixture fixture = {.kind = kind, .place = map->place};
    fixture.records = pb_arena_array(loader->arena, record_room(map), sizeof *fixture.records);
    if (!fixture.records)
        return pb_fail_memory(err);
    for (size_t i = 0; i < map->count; i++) {
        pb_str key = map->keys[i]->text;
        if (pb_str_is(key, "expect"))
            PB_TRY(model_yaml_texts(loader->arena, map, "expect", &fixture.expect, err));
        else if (pb_str_is(key, "as_of"))
            PB_TRY(model_yaml_text(map, "as_of", &fixture.as_of, err));
        else if (pb_str_is(key, "backups"))
            fixture.backups = map->items[i];
        else if (pb_str_is(key, "jobs"))
            fixture.jobs = map->items[i];
        else if (pb_str_is(key, "reviews"))
            fixture.reviews = map->items[i];
        else if (pb_str_is(key, "reads"))
            fixture.reads = map->items[i];
        else if (pb_str_is(key, "suggest"))
            PB_TRY(suggestions_read(loader, map->items[i], &fixture, err));
        else
            PB_TRY(records_read(loader, map->keys[i], map->items[i], &fixture, err));
    }
    if ((kind == AUDIT_CASE_FAIL) != (fixture.expect.count > 0)) {
        model_yaml_fail(map, err, PB_MSG("A failing case, and only that, says what fails."), NULL);
        pb_error_hint(err, PB_MSG("Give `expect: [ids]` in `fail`, and nowhere else."), NULL);
        return PB_INVALID;
    }
    if (!PB_PUSH(loader->arena, to->fixtures, to->count, to->capacity, fixture))
        return pb_fail_memory(err);
    return PB_OK;
}

pb_status fixtures_read(audit_loader *loader, const model_yaml *root, bool wanted,
                        audit_control *control, pb_error *err)
{
    static const char *const keys[] = {"on", "pass", "fail", "not_applicable", NULL};
    static const char *const kinds[] = {"pass", "fail", "not_applicable"};
    const model_yaml *map = model_yaml_get(root, "fixtures");
    reading to = {.loader = loader};
    PB_TRY(model_yaml_check_keys(map, keys, err));
    for (size_t k = 0; k < 3; k++) {
        const model_yaml *node;
        PB_TRY(model_yaml_need(map, kinds[k], &node, err));
        if (!wanted)
            continue;
        if (node->kind != MODEL_YAML_LIST) {
            PB_TRY(case_read(&to, (audit_case_kind)k, node, err));
            continue;
        }
        if (!node->count)
            return model_yaml_expect(node, MODEL_YAML_MAP, err);
        for (size_t i = 0; i < node->count; i++)
            PB_TRY(case_read(&to, (audit_case_kind)k, node->items[i], err));
    }
    if (wanted) {
        control->fixtures = to.fixtures;
        control->fixture_count = to.count;
    }
    return PB_OK;
}
