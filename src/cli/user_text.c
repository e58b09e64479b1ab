/* Users and teams, as people and programs read them. */
#include "user_text.h"

#include "command.h"

#include "base/bytes.h"
#include "base/time.h"
#include "sys/clock.h"

/* ---- what is asked ---- */

pb_status user_moment(const cli_context *context, const char *option, bool until, int64_t fallback,
                      int64_t *ret_us, pb_error *err)
{
    const char *text = cli_value(context, option);
    int64_t days;
    *ret_us = fallback;
    if (text == NULL)
        return PB_OK;
    if (until && strcmp(text, "never") == 0) {
        *ret_us = IDENTITY_OPEN;
        return PB_OK;
    }
    if (pb_date_parse(pb_str_c(text), &days)) {
        *ret_us = pb_zone_begin(sys_zone(), days + (until ? 1 : 0));
        return PB_OK;
    }
    if (pb_instant_parse(pb_str_c(text), ret_us))
        return PB_OK;
    pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no day and no moment."), "value", text, NULL);
    pb_error_hint(err, PB_MSG("Write it as 2026-11-22 or 2026-11-22T08:30:00Z."), NULL);
    return PB_USAGE;
}

pb_status user_call(cli_context *context, service_people_call *ret_call, pb_error *err)
{
    service_call *call = pb_arena_alloc(context->arena, sizeof *call);
    identity_actor *actor = pb_arena_alloc(context->arena, sizeof *actor);
    if (call == NULL || actor == NULL)
        return pb_fail_memory(err);
    *call = cli_service_call(context, "users");
    *actor = identity_holder(call->actor.name, call->now_us);
    *ret_call = (service_people_call){call, actor, pb_str_c(cli_value(context, "why"))};
    return PB_OK;
}

/* ---- as text ---- */

static const char *kind_says(identity_kind kind)
{
    static const char *const says[IDENTITY_KINDS] = {
        [IDENTITY_PERSON] = PB_MSG("person"),
        [IDENTITY_PROGRAM] = PB_MSG("program"),
        [IDENTITY_PORTAL] = PB_MSG("portal customer"),
        [IDENTITY_AUDITOR] = PB_MSG("external auditor"),
    };
    return says[kind];
}

static const char *joined(const cli_context *context, const pb_str *names, size_t count)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    for (size_t i = 0; i < count; i++) {
        pb_buf_addc(&text, i > 0 ? ", " : "");
        pb_buf_add(&text, names[i]);
    }
    const char *copy = text.failed ? NULL : pb_arena_cstr(context->arena, pb_buf_str(&text));
    return copy != NULL ? copy : "";
}

static const char *text_of(const cli_context *context, pb_str text)
{
    const char *copy = pb_arena_cstr(context->arena, text);
    return copy != NULL ? copy : "";
}

static void scope_text(const cli_context *context, const identity_scope *scope, pb_buf *out)
{
    if (!scope->limited)
        return;
    pb_buf_addc(out, "  ");
    if (scope->entity_count + scope->area_count == 0) {
        cli_say(context, out, PB_MSG("is let see nothing yet"), NULL);
    } else {
        cli_say(context, out, PB_MSG("is let see: {list}"), "list",
                joined(context, scope->entities, scope->entity_count), NULL);
        if (scope->entity_count > 0 && scope->area_count > 0)
            pb_buf_addc(out, ", ");
        pb_buf_addc(out, joined(context, scope->areas, scope->area_count));
    }
    pb_buf_byte(out, '\n');
}

void user_text(const cli_context *context, const service_person *person, pb_buf *out)
{
    const identity_user *user = &person->user;
    pb_buf_printf(out, "%.*s  %.*s  (%s)\n", PB_STR_FMT(user->name), PB_STR_FMT(user->shown),
                  cli_text(context, kind_says(user->kind)));
    if (person->role_count > 0) {
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("roles: {list}"), "list",
                joined(context, person->roles, person->role_count), NULL);
        pb_buf_byte(out, '\n');
    }
    if (person->team_count > 0) {
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("teams: {list}"), "list",
                joined(context, person->teams, person->team_count), NULL);
        pb_buf_byte(out, '\n');
    }
    if (person->superior.ptr != NULL) {
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("below {name}"), "name", text_of(context, person->superior),
                NULL);
        pb_buf_byte(out, '\n');
    }
    scope_text(context, &person->scope, out);
    if (user->until_us != IDENTITY_OPEN) {
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("ends {time}"), "time", cli_moment(context, user->until_us),
                NULL);
        pb_buf_byte(out, '\n');
    }
}

/* What holds for a time: since when, who said so and why, and who ended it. */
typedef struct span_said {
    int64_t from_us, until_us;
    pb_str by, why, ended_by, ended_why;
} span_said;

static void reason(pb_str why, pb_buf *out)
{
    if (!pb_str_empty(why))
        pb_buf_printf(out, " (%.*s)", PB_STR_FMT(why));
}

static void span_text(const cli_context *context, const span_said *said, pb_buf *out)
{
    const char *from = cli_moment(context, said->from_us);
    if (said->until_us == IDENTITY_OPEN)
        cli_say(context, out, PB_MSG("since {from}, by {name}"), "from", from, "name",
                text_of(context, said->by), NULL);
    else
        cli_say(context, out, PB_MSG("from {from} until {until}, by {name}"), "from", from, "until",
                cli_moment(context, said->until_us), "name", text_of(context, said->by), NULL);
    reason(said->why, out);
    if (said->ended_by.ptr != NULL) {
        pb_buf_addc(out, "; ");
        cli_say(context, out, PB_MSG("ended by {name}"), "name", text_of(context, said->ended_by),
                NULL);
        reason(said->ended_why, out);
    }
    pb_buf_byte(out, '\n');
}

static const char *tie_says(identity_tie_kind kind)
{
    static const char *const says[] = {
        [IDENTITY_TIE_ROLE] = PB_MSG("role {name}"),
        [IDENTITY_TIE_TEAM] = PB_MSG("team {name}"),
        [IDENTITY_TIE_SUPERIOR] = PB_MSG("below {name}"),
    };
    return says[kind];
}

void user_story_text(const cli_context *context, const service_person_story *story, pb_buf *out)
{
    char id[37];
    pb_uuid_text(story->person.user.id, id);
    if (!story->standing) {
        cli_say(context, out, PB_MSG("“{name}” is no user at that moment. What was said of it:"),
                "name", text_of(context, story->person.user.name), NULL);
        pb_buf_byte(out, '\n');
    } else {
        user_text(context, &story->person, out);
    }
    pb_buf_printf(out, "\n%s\n", id);
    for (size_t i = 0; i < story->said_count; i++) {
        const identity_user *said = &story->said[i];
        pb_buf_printf(out, "  %.*s, %.*s, %.*s  ", PB_STR_FMT(said->name), PB_STR_FMT(said->shown),
                      PB_STR_FMT(said->language));
        span_text(context,
                  &(span_said){said->from_us, said->until_us, said->by, said->why, said->ended_by,
                               said->ended_why},
                  out);
    }
    for (size_t i = 0; i < story->tie_count; i++) {
        const service_tie *tie = &story->ties[i];
        pb_buf_addc(out, "  ");
        cli_say(context, out, tie_says(tie->kind), "name", text_of(context, tie->name), NULL);
        pb_buf_addc(out, "  ");
        span_text(context,
                  &(span_said){tie->tie.from_us, tie->tie.until_us, tie->tie.by, tie->tie.why,
                               tie->tie.ended_by, tie->tie.ended_why},
                  out);
    }
}

/* ---- as JSON ---- */

static void member_moment(const cli_context *context, pb_json *json, const char *name, int64_t us)
{
    pb_json_member(json, name,
                   us == IDENTITY_OPEN ? PB_STR_NONE : pb_str_c(cli_moment(context, us)));
}

static void member_id(pb_json *json, const char *name, pb_uuid id)
{
    static const pb_uuid none;
    char text[37];
    pb_uuid_text(id, text);
    pb_json_member(json, name,
                   memcmp(id.b, none.b, sizeof id.b) == 0 ? PB_STR_NONE : pb_str_c(text));
}

static void member_names(pb_json *json, const char *name, const pb_str *names, size_t count)
{
    pb_json_key(json, name);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        pb_json_str(json, names[i]);
    pb_json_array_end(json);
}

static void user_members(const cli_context *context, const identity_user *user, pb_json *json)
{
    pb_json_member(json, "name", user->name);
    pb_json_member(json, "shown", user->shown);
    pb_json_member(json, "kind", pb_str_c(identity_kind_word(user->kind)));
    pb_json_member(json, "language", user->language);
    member_id(json, "staff", user->staff);
    member_id(json, "contact", user->portal);
    member_moment(context, json, "from", user->from_us);
    member_moment(context, json, "until", user->until_us);
    pb_json_member(json, "by", user->by);
    pb_json_member(json, "why", user->why);
    pb_json_member(json, "ended_by", user->ended_by);
    pb_json_member(json, "ended_why", user->ended_why);
}

static void person_members(const cli_context *context, const service_person *person, pb_json *json)
{
    member_id(json, "id", person->user.id);
    user_members(context, &person->user, json);
    member_names(json, "roles", person->roles, person->role_count);
    member_names(json, "teams", person->teams, person->team_count);
    pb_json_member(json, "below", person->superior);
    if (!person->scope.limited)
        return;
    member_names(json, "entities", person->scope.entities, person->scope.entity_count);
    member_names(json, "areas", person->scope.areas, person->scope.area_count);
}

void user_json(const cli_context *context, const service_person *person, pb_json *json)
{
    pb_json_object(json);
    person_members(context, person, json);
    pb_json_object_end(json);
}

void user_story_json(const cli_context *context, const service_person_story *story, pb_json *json)
{
    static const char *const kinds[] = {"role", "team", "below"};
    pb_json_object(json);
    person_members(context, &story->person, json);
    pb_json_key(json, "active");
    pb_json_bool(json, story->standing);
    pb_json_key(json, "said");
    pb_json_array(json);
    for (size_t i = 0; i < story->said_count; i++) {
        pb_json_object(json);
        user_members(context, &story->said[i], json);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_key(json, "held");
    pb_json_array(json);
    for (size_t i = 0; i < story->tie_count; i++) {
        const service_tie *tie = &story->ties[i];
        pb_json_object(json);
        pb_json_member(json, kinds[tie->kind], tie->name);
        member_moment(context, json, "from", tie->tie.from_us);
        member_moment(context, json, "until", tie->tie.until_us);
        pb_json_member(json, "by", tie->tie.by);
        pb_json_member(json, "why", tie->tie.why);
        pb_json_member(json, "ended_by", tie->tie.ended_by);
        pb_json_member(json, "ended_why", tie->tie.ended_why);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_object_end(json);
}
