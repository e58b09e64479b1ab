/* Strengths and weaknesses, the plan, and what was planned, in the document for machines. */
#include "json_more.h"
#include "plan.h"
#include "swot.h"

#include <math.h>

/* To the hundredth: more would only be noise of the division by sixty. */
static void put_hours(pb_json *json, const char *key, double hours)
{
    json_number(json, key, round(hours * 100) / 100);
}

static void put_swot(pb_json *json, builder *b)
{
    static const char *const names[SWOT_COUNT] = {
        [SWOT_STRENGTHS] = "strengths",
        [SWOT_WEAKNESSES] = "weaknesses",
        [SWOT_OPPORTUNITIES] = "opportunities",
        [SWOT_THREATS] = "threats",
    };
    swot_list lists[SWOT_COUNT];
    swot_make(b, lists);
    pb_json_key(json, "swot");
    pb_json_object(json);
    for (int q = 0; q < SWOT_COUNT; q++) {
        pb_json_key(json, names[q]);
        pb_json_array(json);
        for (size_t i = 0; i < lists[q].count; i++) {
            const report_point *point = &lists[q].points[i];
            pb_json_object(json);
            pb_json_member(json, "title", point->title);
            pb_json_member(json, "text", point->text);
            pb_json_key(json, "controls");
            pb_json_array(json);
            for (size_t k = 0; k < point->id_count; k++)
                pb_json_str(json, point->ids[k]);
            pb_json_array_end(json);
            pb_json_object_end(json);
        }
        pb_json_array_end(json);
    }
    pb_json_object_end(json);
}

static void put_step(pb_json *json, const builder *b, const plan_step *step)
{
    static const char *const kinds[] = {[PLAN_ACCEPT] = "accept_suggestions",
                                        [PLAN_QUICK] = "quick_win",
                                        [PLAN_ONCE] = "change_once",
                                        [PLAN_EACH] = "record_by_record"};
    static const char *const urgencies[] = {[MODEL_ESSENTIAL] = "at_once",
                                            [MODEL_IMPORTANT] = "soon",
                                            [MODEL_DESIRABLE] = "when_there_is_time"};
    const audit_control *control = step->finding->control;
    pb_json_object(json);
    pb_json_member(json, "control", control->id);
    pb_json_member(json, "grade", pb_str_c(model_grade_name(control->grade)));
    pb_json_member(json, "kind", pb_str_c(kinds[step->kind]));
    pb_json_member(json, "urgency", pb_str_c(urgencies[control->grade]));
    put_hours(json, "hours", step->hours);
    put_hours(json, "hours_saved", step->saved);
    if (b->writer.report->hourly_rate > 0)
        pb_json_member_i64(json, "cost_minor_units", plan_cost(b, step->hours - step->saved));
    pb_json_member(json, "quarter", pb_str_c(step->quarter));
    json_day(json, "due", step->due);
    pb_json_object_end(json);
}

static void put_plan(pb_json *json, builder *b)
{
    const report_input *input = b->writer.report;
    plan p;
    bool any = plan_make(b, &p);
    if (b->failed)
        return;
    pb_json_key(json, "plan");
    pb_json_object(json);
    pb_json_member_i64(json, "hours_a_week", p.hours_a_week);
    put_hours(json, "hours", p.hours);
    put_hours(json, "hours_saved", p.saved);
    if (any)
        json_day(json, "done_by", p.done);
    if (input->hourly_rate > 0) {
        pb_json_member_i64(json, "hourly_rate_minor_units", input->hourly_rate);
        pb_json_member(json, "currency", input->hourly_currency);
        pb_json_member_i64(json, "cost_minor_units", plan_cost(b, p.hours - p.saved));
        pb_json_member_i64(json, "worth_minor_units", plan_cost(b, p.saved));
    }
    pb_json_key(json, "steps");
    pb_json_array(json);
    for (size_t i = 0; i < p.step_count; i++)
        put_step(json, b, &p.steps[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

/* ---- what was planned ---- */

static void put_names(pb_json *json, const char *key, const model_strs *names)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < names->count; i++)
        pb_json_str(json, names->items[i]);
    pb_json_array_end(json);
}

static pb_str some(pb_str text)
{
    return text.len > 0 ? text : PB_STR_NONE;
}

void json_planned(pb_json *json, const report_input *report)
{
    const report_brief *brief = report->brief;
    if (brief == NULL)
        return;
    pb_json_key(json, "planned");
    pb_json_object(json);
    pb_json_member_i64(json, "plan", brief->plan);
    pb_json_member_i64(json, "version", brief->version);
    pb_json_member(json, "name", brief->name);
    pb_json_member(json, "goals", some(brief->goals));
    pb_json_member(json, "criteria", some(brief->criteria));
    pb_json_member(json, "source", some(brief->source));
    put_names(json, "entities", &brief->entities);
    put_names(json, "areas", &brief->areas);
    put_names(json, "controls", &brief->controls);
    put_names(json, "team", &brief->members);
    if (brief->planned_days != INT64_MIN)
        json_day(json, "planned_for", brief->planned_days);
    json_day(json, "done_on", report->result->as_of_days);
    pb_json_object_end(json);
}

void json_advice(pb_json *json, builder *b)
{
    put_swot(json, b);
    put_plan(json, b);
}
