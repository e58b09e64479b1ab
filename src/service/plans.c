/* Planned audits: by whom they may be seen and said, what they may name, what of the catalogue they
 * ask. */
#include "service/plans.h"

#include "access.h"
#include "identity/people.h"
#include "internal.h"
#include "kept_audits.h"
#include "people.h"

enum { LIST_TEXT = 64 << 10 };

static bool names(const model_strs *list, pb_str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (pb_str_eq(list->items[i], name))
            return true;
    return false;
}

static bool is_limited(const service_call *call)
{
    return call->who != NULL && !call->who->holder && call->who->scope.limited;
}

static bool may_see(const service_call *call, const finding_plan *plan)
{
    return !is_limited(call) || names(&plan->team, call->actor.name);
}

bool service_plan_is_for(const service_call *call, const finding_plan *plan)
{
    return plan->team.count == 0 ? !is_limited(call) : names(&plan->team, call->actor.name);
}

/* ---- looking ---- */

pb_status service_plans(const service_call *call, db_workspace *workspace, bool gone,
                        pb_arena *arena, finding_plan **ret_plans, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    finding_plan *plans = NULL;
    size_t count = 0, seen = 0;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = finding_plan_list(session, gone, arena, &plans, &count, err);
    db_snapshot_close(session);
    PB_TRY(status);
    for (size_t i = 0; i < count; i++)
        if (may_see(call, &plans[i]))
            plans[seen++] = plans[i];
    *ret_plans = plans;
    *ret_count = seen;
    return PB_OK;
}

static pb_status read_in(db_session *session, const service_call *call, int64_t plan,
                         pb_arena *arena, service_plan *ret, pb_error *err)
{
    PB_TRY(finding_plan_read(session, plan, arena, &ret->now, err));
    if (!may_see(call, &ret->now))
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no planned audit {number}."), "number",
                       PB_ARG_INT(plan), NULL);
    return finding_plan_history(session, plan, arena, &ret->versions, &ret->version_count, err);
}

pb_status service_plan_read(const service_call *call, db_workspace *workspace, int64_t plan,
                            pb_arena *arena, service_plan *ret_plan, pb_error *err)
{
    db_session *session = NULL;
    service_plan found;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = read_in(session, call, plan, arena, &found, err);
    db_snapshot_close(session);
    if (status == PB_OK)
        *ret_plan = found;
    return status;
}

/* ---- what a plan may say ---- */

static pb_status refuse(const char *field, pb_str value, const char *says, const char *hint,
                        pb_error *err)
{
    pb_fail(err, PB_INVALID, says, "field", field, "value", PB_ARG(value), NULL);
    pb_error_hint(err, hint, NULL);
    return PB_INVALID;
}

static pb_status check_texts(const finding_plan *plan, pb_error *err)
{
    const struct {
        const char *field;
        pb_str text;
        size_t most;
    } texts[] = {{"name", plan->name, FINDING_PLAN_NAME},
                 {"source", plan->source, FINDING_PLAN_NAME},
                 {"goals", plan->goals, FINDING_PLAN_TEXT},
                 {"criteria", plan->criteria, FINDING_PLAN_TEXT}};
    if (pb_str_trim(plan->name).len == 0)
        return refuse("name", plan->name, PB_MSG("A planned audit needs a name: {field}."),
                      PB_MSG("Say in a few words what is audited."), err);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].text.len > texts[i].most)
            return refuse(texts[i].field, PB_STR(""), PB_MSG("The text is too long: {field}."),
                          PB_MSG("A name takes 200 bytes, other texts take 4000."), err);
    if (plan->entities.count > FINDING_PLAN_LIST || plan->areas.count > FINDING_PLAN_LIST ||
        plan->controls.count > FINDING_PLAN_LIST || plan->team.count > FINDING_PLAN_LIST)
        return refuse("controls", PB_STR(""), PB_MSG("A list of the plan is too long."),
                      PB_MSG("Each takes 200 names; an empty one takes all."), err);
    if (plan->due == INT64_MIN && plan->repeat != FINDING_ONCE)
        return refuse("due", PB_STR(""), PB_MSG("What is repeated needs its next day: {field}."),
                      PB_MSG("It takes a day such as 2026-01-31."), err);
    return PB_OK;
}

static bool is_area(const audit_catalogue *catalogue, pb_str name)
{
    for (size_t i = 0; i < catalogue->area_count; i++)
        if (pb_str_eq(catalogue->areas[i].id, name))
            return true;
    return false;
}

static bool is_control(const audit_catalogue *catalogue, pb_str name)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (pb_str_eq(catalogue->controls[i].id, name) ||
            pb_str_eq(catalogue->controls[i].base, name))
            return true;
    return false;
}

static pb_status check_scope(const service_core *service, const audit_catalogue *catalogue,
                             const finding_plan *plan, pb_error *err)
{
    for (size_t i = 0; i < plan->entities.count; i++)
        if (model_entity_find(service->schema, plan->entities.items[i]) == NULL)
            return refuse("entities", plan->entities.items[i],
                          PB_MSG("There is no kind of records “{value}”."),
                          PB_MSG("Take one of those that the model names."), err);
    for (size_t i = 0; i < plan->areas.count; i++)
        if (!is_area(catalogue, plan->areas.items[i]))
            return refuse("areas", plan->areas.items[i],
                          PB_MSG("There is no area “{value}” of the audit."),
                          PB_MSG("Take one of those that the controls name."), err);
    for (size_t i = 0; i < plan->controls.count; i++)
        if (!is_control(catalogue, plan->controls.items[i]))
            return refuse("controls", plan->controls.items[i],
                          PB_MSG("There is no control “{value}”."),
                          PB_MSG("Take one of those that the controls name."), err);
    return PB_OK;
}

static pb_status check_team(db_session *session, const finding_plan *plan, pb_error *err)
{
    for (size_t i = 0; i < plan->team.count; i++) {
        pb_uuid user;
        pb_status status = identity_user_named(session, plan->team.items[i], &user, NULL);
        if (status == PB_NOT_FOUND)
            return refuse("team", plan->team.items[i], PB_MSG("There is no user “{value}”."),
                          PB_MSG("Name those who audit by their sign-in names."), err);
        PB_TRY(status);
    }
    return PB_OK;
}

/* ---- saying ---- */

typedef struct planning {
    const service_call *call;
    finding_plan *plan;
    int64_t version;
    bool remove;
} planning;

static pb_status put_work(db_session *session, void *context, pb_error *err)
{
    const planning *p = context;
    const finding_call by = {p->call->actor, p->call->now_us};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    finding_plan now;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (!p->remove) {
        PB_TRY(check_team(session, p->plan, err));
        return finding_plan_put(session, &by, p->version, p->plan, err);
    }
    PB_TRY(finding_plan_read(session, p->plan->plan, arena, &now, err));
    now.gone = true;
    now.due = INT64_MIN;
    return finding_plan_put(session, &by, p->version, &now, err);
}

pb_status service_plan_put(service_core *service, const service_call *call, db_workspace *workspace,
                           int64_t version, finding_plan *plan, pb_error *err)
{
    const audit_catalogue *catalogue = NULL;
    planning p = {.call = call, .plan = plan, .version = version};
    PB_TRY(service_may_start(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(service_controls(service, &catalogue, err)); /* before the writer waits for it */
    PB_TRY(check_texts(plan, err));
    PB_TRY(check_scope(service, catalogue, plan, err));
    return db_write_within(workspace, call->limits, put_work, &p, err);
}

pb_status service_plan_remove(const service_call *call, db_workspace *workspace, int64_t plan,
                              int64_t version, pb_error *err)
{
    finding_plan which = {.plan = plan};
    planning p = {.call = call, .plan = &which, .version = version, .remove = true};
    PB_TRY(service_may_start(call, workspace, IDENTITY_OP_AUDIT, err));
    return db_write_within(workspace, call->limits, put_work, &p, err);
}

static pb_status restore_work(db_session *session, void *context, pb_error *err)
{
    const planning *p = context;
    const finding_call by = {p->call->actor, p->call->now_us};
    return finding_plan_restore(session, &by, p->plan->plan, err);
}

pb_status service_plan_restore(const service_call *call, db_workspace *workspace, int64_t plan,
                               pb_error *err)
{
    finding_plan which = {.plan = plan};
    planning p = {.call = call, .plan = &which};
    PB_TRY(service_may_start(call, workspace, IDENTITY_OP_AUDIT, err));
    return db_write_within(workspace, call->limits, restore_work, &p, err);
}

/* ---- what is asked by it ---- */

/* Within each list one name is enough; each list that names anything must agree. */
static bool is_asked(const finding_plan *plan, const audit_control *control)
{
    if (plan->entities.count > 0 &&
        (control->entity == NULL || !names(&plan->entities, control->entity->name)))
        return false;
    if (plan->areas.count > 0 && !names(&plan->areas, control->area))
        return false;
    return plan->controls.count == 0 || names(&plan->controls, control->id) ||
           names(&plan->controls, control->base);
}

pb_status service_plan_scope(const struct finding_plan *plan, const audit_catalogue *whole,
                             pb_arena *arena, const audit_catalogue **ret_catalogue, pb_error *err)
{
    audit_catalogue *part = pb_arena_array(arena, 1, sizeof *part);
    audit_control *controls = pb_arena_array(arena, whole->count + 1, sizeof *controls);
    if (part == NULL || controls == NULL)
        return pb_fail_memory(err);
    *part = *whole;
    part->controls = controls;
    part->count = 0;
    for (size_t i = 0; i < whole->count; i++)
        if (is_asked(plan, &whole->controls[i]))
            controls[part->count++] = whole->controls[i];
    if (part->count == 0)
        return refuse("controls", plan->name, PB_MSG("Nothing is in the scope of “{value}”."),
                      PB_MSG("Take more kinds of records, areas or controls into it."), err);
    *ret_catalogue = part;
    return PB_OK;
}

/* ---- in words ---- */

static void add_word(pb_buf *out, pb_str word)
{
    pb_buf_addc(out, out->len > 0 ? " · " : "");
    pb_buf_add(out, word);
}

static pb_str title_of_area(const audit_catalogue *catalogue, pb_str id)
{
    for (size_t i = 0; i < catalogue->area_count; i++)
        if (pb_str_eq(catalogue->areas[i].id, id))
            return catalogue->areas[i].title;
    return id;
}

pb_status service_plan_brief(service_core *service, const finding_plan *plan,
                             const pb_catalog *catalog, pb_arena *arena, report_brief *ret_brief,
                             pb_error *err)
{
    PB_AUTO_BUF scope = PB_BUF_INIT(LIST_TEXT), team = PB_BUF_INIT(LIST_TEXT);
    const audit_catalogue *catalogue = NULL;
    PB_TRY(service_controls(service, &catalogue, err));
    for (size_t i = 0; i < plan->entities.count; i++) {
        const model_entity *entity = model_entity_find(service->schema, plan->entities.items[i]);
        add_word(&scope, entity != NULL ? pb_translate_str(catalog, entity->plural)
                                        : plan->entities.items[i]);
    }
    for (size_t i = 0; i < plan->areas.count; i++)
        add_word(&scope, pb_translate_str(catalog, title_of_area(catalogue, plan->areas.items[i])));
    for (size_t i = 0; i < plan->controls.count; i++)
        add_word(&scope, plan->controls.items[i]);
    for (size_t i = 0; i < plan->team.count; i++)
        add_word(&team, plan->team.items[i]);
    *ret_brief = (report_brief){.plan = plan->plan,
                                .version = plan->version,
                                .entities = plan->entities,
                                .areas = plan->areas,
                                .controls = plan->controls,
                                .members = plan->team,
                                .planned_days = plan->due,
                                .name = plan->name,
                                .goals = plan->goals,
                                .criteria = plan->criteria,
                                .source = plan->source,
                                .scope = pb_arena_str(arena, pb_buf_str(&scope)),
                                .team = pb_arena_str(arena, pb_buf_str(&team))};
    return scope.failed || team.failed || ret_brief->scope.ptr == NULL ||
                   ret_brief->team.ptr == NULL
               ? pb_fail_memory(err)
               : PB_OK;
}

/* ---- who may help ---- */

static pb_status list_helpers(db_session *session, const service_call *call, pb_arena *arena,
                              service_helper **ret_helpers, size_t *ret_count, pb_error *err)
{
    identity_user *users = NULL;
    size_t count = 0, taken = 0;
    PB_TRY(identity_user_list(session, call->now_us, arena, &users, &count, err));
    service_helper *helpers = pb_arena_array(arena, count + 1, sizeof *helpers);
    if (helpers == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        if (users[i].kind == IDENTITY_PERSON || users[i].kind == IDENTITY_AUDITOR)
            helpers[taken++] = (service_helper){users[i].name, users[i].shown, users[i].kind};
    *ret_helpers = helpers;
    *ret_count = taken;
    return PB_OK;
}

pb_status service_helpers(const service_call *call, db_workspace *workspace, pb_arena *arena,
                          service_helper **ret_helpers, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(service_may_start(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = list_helpers(session, call, arena, ret_helpers, ret_count, err);
    db_snapshot_close(session);
    return status;
}
