#include "backup/fixture.h"

#include "backup/plan.h"
#include "internal.h"

#include "base/time.h"

typedef struct fixture {
    const model_yaml *map;
    pb_arena *arena;
} fixture;

static pb_status list_of(const model_yaml *map, const char *key, const model_yaml **ret_list,
                         pb_error *err)
{
    *ret_list = model_yaml_get(map, key);
    return *ret_list == NULL ? PB_OK : model_yaml_expect(*ret_list, MODEL_YAML_LIST, err);
}

static pb_status read_day(const model_yaml *item, int64_t *ret_us, pb_error *err)
{
    const model_yaml *node;
    int64_t days;
    PB_TRY(model_yaml_need(item, "on", &node, err));
    if (!pb_date_parse(node->text, &days))
        return model_yaml_fail(node, err, PB_MSG("“{value}” is no date."), "value",
                               PB_ARG(node->text), NULL);
    *ret_us = days * PB_US_PER_DAY;
    return PB_OK;
}

static pb_status put_goal(db_session *session, const fixture *f, pb_error *err)
{
    backup_plan plan = {.every_us = PB_US_PER_DAY, .recover_us = PB_US_PER_DAY};
    int64_t lose = 1, drill = 30;
    model_strs places = {0};
    PB_TRY(model_yaml_days(f->map, "lose_at_most", &lose, err));
    PB_TRY(model_yaml_days(f->map, "drill_every", &drill, err));
    PB_TRY(model_yaml_texts(f->arena, f->map, "places", &places, err));
    plan.lose_us = lose * PB_US_PER_DAY;
    plan.drill_us = drill * PB_US_PER_DAY;
    plan.place_count = places.count;
    plan.places = pb_arena_array(f->arena, places.count + 1, sizeof *plan.places);
    if (plan.places == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < places.count; i++) {
        plan.places[i] = pb_arena_cstr(f->arena, places.items[i]);
        if (plan.places[i] == NULL)
            return pb_fail_memory(err);
    }
    return backup_plan_rows(session, &plan, err);
}

static pb_status put_made(db_session *session, const fixture *f, pb_error *err)
{
    static const char *const keys[] = {"place", "on", "same_disk", NULL};
    const model_yaml *list;
    PB_TRY(list_of(f->map, "made", &list, err));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        backup_sent sent = {.name = "fixture"};
        pb_str place = PB_STR_NONE;
        PB_TRY(model_yaml_check_keys(list->items[i], keys, err));
        PB_TRY(model_yaml_need(list->items[i], "place", NULL, err));
        PB_TRY(model_yaml_text(list->items[i], "place", &place, err));
        PB_TRY(model_yaml_bool(list->items[i], "same_disk", &sent.same_disk, err));
        PB_TRY(read_day(list->items[i], &sent.at_us, err));
        sent.place = pb_arena_cstr(f->arena, place);
        if (sent.place == NULL)
            return pb_fail_memory(err);
        PB_TRY(backup_sent_row(session, &sent, err));
    }
    return PB_OK;
}

static pb_status put_drills(db_session *session, const fixture *f, pb_error *err)
{
    static const char *const keys[] = {"place", "on", "fault", "good", NULL};
    const model_yaml *list;
    PB_TRY(list_of(f->map, "drills", &list, err));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        backup_drilled drilled = {0};
        int64_t at_us;
        pb_str place = PB_STR_NONE, fault = PB_STR("none");
        PB_TRY(model_yaml_check_keys(list->items[i], keys, err));
        PB_TRY(model_yaml_need(list->items[i], "place", NULL, err));
        PB_TRY(model_yaml_text(list->items[i], "place", &place, err));
        PB_TRY(model_yaml_text(list->items[i], "fault", &fault, err));
        PB_TRY(model_yaml_bool(list->items[i], "good", &drilled.good, err));
        PB_TRY(read_day(list->items[i], &at_us, err));
        drilled.place = pb_arena_cstr(f->arena, place);
        const char *name = pb_arena_cstr(f->arena, fault);
        if (drilled.place == NULL || name == NULL)
            return pb_fail_memory(err);
        if (!backup_fault_parse(name, &drilled.fault))
            return model_yaml_fail(list->items[i], err, PB_MSG("There is no fault “{value}”."),
                                   "value", name, NULL);
        PB_TRY(backup_drill_row(session, &drilled, at_us, "", err));
    }
    return PB_OK;
}

static pb_status work(db_session *session, void *context, pb_error *err)
{
    const fixture *f = context;
    PB_TRY(put_goal(session, f, err));
    PB_TRY(put_made(session, f, err));
    return put_drills(session, f, err);
}

pb_status backup_fixture(db_workspace *workspace, const model_yaml *map, pb_error *err)
{
    static const char *const keys[] = {"lose_at_most", "drill_every", "places",
                                       "made",         "drills",      NULL};
    PB_AUTO_ARENA arena = pb_arena_new(1 << 24);
    fixture f = {map, arena};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(model_yaml_check_keys(map, keys, err));
    return db_write(workspace, work, &f, err);
}
