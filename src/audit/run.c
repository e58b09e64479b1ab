/* Running a catalogue: is a control applicable, how many are looked at, what fails, is it accepted.
 */
#include "ahead.h"
#include "base/time.h"
#include "catalogue.h"
#include "measure.h"

static void apply_waiver(const audit_work *work, audit_finding *finding, pb_buf *day)
{
    const audit_control *control = finding->control;
    for (size_t i = 0; i < work->options->waiver_count && control->waivable; i++) {
        const audit_waiver *waiver = &work->options->waivers[i];
        bool named =
            pb_str_eq(waiver->control, control->id) || pb_str_eq(waiver->control, control->base);
        if (!named || pb_str_cmp(waiver->until, pb_buf_str(day)) < 0)
            continue;
        finding->outcome = AUDIT_WAIVED;
        finding->waived_until = waiver->until;
        finding->waived_by = waiver->by;
        finding->waived_why = waiver->why;
        return;
    }
}

/* The fields a control cannot do without must be in the source. */
static pb_status check_needs(audit_check *check, bool *ret_stop, pb_error *err)
{
    static const char *const says = PB_MSG("The source has no column for “{value}”.");
    const audit_control *control = check->control;
    *ret_stop = true;
    if (control->field && !work_has_field(check->work, control->field))
        return check_not_applicable(check, says, control->field->label, err);
    for (size_t i = 0; i < control->need_count; i++)
        if (!work_has_field(check->work, control->needs[i]))
            return check_not_applicable(check, says, control->needs[i]->label, err);
    bool any = control->any_count == 0;
    for (size_t i = 0; i < control->any_count; i++)
        any = any || work_has_field(check->work, control->any_of[i]);
    if (!any)
        return check_not_applicable(check, says, control->any_of[0]->label, err);
    *ret_stop = false;
    return PB_OK;
}

static pb_status check_applies(audit_check *check, bool *ret_stop, pb_error *err)
{
    const audit_control *control = check->control;
    *ret_stop = true;
    if (check->state && check->state->rows == 0)
        return check_not_applicable(check, PB_MSG("There are no {value} in the source."),
                                    control->entity->plural, err);
    PB_TRY(check_needs(check, ret_stop, err));
    if (*ret_stop || !control->applies_sql.len)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    int64_t applies = 0;
    pb_buf_printf(&sql, "select (%.*s)", PB_STR_FMT(control->applies_sql));
    PB_TRY(work_number(check->work, pb_buf_str(&sql), &applies, err));
    *ret_stop = applies == 0;
    if (applies == 0) {
        check->finding->outcome = AUDIT_NOT_APPLICABLE;
        check->finding->reason = control->otherwise;
    }
    return PB_OK;
}

/* A population of all that has a value was counted by the survey: no need to read a million rows.
 */
static bool population_known(const audit_check *check, uint64_t *ret)
{
    const pb_str before = PB_STR("e."), after = PB_STR(" is not null");
    pb_str sql = pb_str_trim(check->control->population_sql);
    if (!pb_str_starts(sql, before) || !pb_str_ends(sql, after) || !check->state)
        return false;
    const model_field *field = model_field_find(
        check->control->entity, pb_str_sub(sql, before.len, sql.len - before.len - after.len));
    if (!field || field->type == MODEL_LINK)
        return false;
    *ret = check->state->filled[field->index];
    return true;
}

static pb_status count_population(audit_check *check, pb_error *err)
{
    const audit_control *control = check->control;
    check->finding->population = check->state ? check->state->rows : 0;
    if (!control->population_sql.len || population_known(check, &check->finding->population))
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    int64_t count = 0;
    control_population(control, &sql);
    PB_TRY(work_number(check->work, pb_buf_str(&sql), &count, err));
    check->finding->population = (uint64_t)count;
    return PB_OK;
}

/* Ages are measured from the newest day of the source when the control asks for that day at all. */
static bool work_is_relative(const audit_check *check)
{
    return check->work->reference != check->work->today &&
           pb_str_find(check->control->fails_sql, PB_STR(":reference")) != SIZE_MAX;
}

static pb_status evaluate(audit_check *check, pb_error *err)
{
    const audit_control *control = check->control;
    audit_finding *finding = check->finding;
    bool stop;
    PB_TRY(check_applies(check, &stop, err));
    if (stop)
        return PB_OK;
    PB_TRY(count_population(check, err));
    if (control->measure)
        PB_TRY(control->measure->run(check, err));
    else if (finding->population)
        PB_TRY(check_sql(check, err));
    if (finding->outcome == AUDIT_NOT_APPLICABLE)
        return PB_OK;
    if (finding->population == 0) {
        finding->outcome = AUDIT_NOT_APPLICABLE;
        if (control->otherwise.len) {
            finding->reason = control->otherwise;
            return PB_OK;
        }
        return check_not_applicable(check, PB_MSG("There are no {value} in the source."),
                                    control->unit, err);
    }
    if (check->state && check->state->amount && finding->failing)
        list_currencies(check->state, &finding->amount_currency, &finding->amounts);
    if (work_is_relative(check))
        finding->relative = true;
    double measured = control->pass_share ? (double)finding->failing / (double)finding->population
                                          : (double)finding->failing;
    finding->outcome = measured <= control->pass_limit ? AUDIT_PASS : AUDIT_FAIL;
    finding->score = score_control(control, finding->population, finding->failing,
                                   finding->outcome == AUDIT_FAIL);
    return PB_OK;
}

static bool concerns_run(pb_status status)
{
    return status == PB_MEMORY || status == PB_CANCELLED || status == PB_CORRUPT ||
           status == PB_IO || status == PB_WRONG_KEY;
}

/* The check broke: that is said, and nothing it found until then is kept. */
static pb_status could_not_run(audit_check *check, const pb_error *why, pb_error *err)
{
    audit_finding *finding = check->finding;
    PB_AUTO_BUF says = PB_BUF_INIT(4096);
    pb_error_render(why, &why->primary, NULL, &says);
    if (why->detail.id) {
        pb_buf_byte(&says, ' ');
        pb_error_render(why, &why->detail, NULL, &says);
    }
    *finding = (audit_finding){.control = check->control, .outcome = AUDIT_COULD_NOT_RUN};
    finding->reason = pb_str_c(PB_MSG("The check broke: {value}"));
    finding->reason_value = pb_arena_str(check->work->arena, pb_buf_str(&says));
    pb_buf_clear(&check->work->failures);
    return finding->reason_value.ptr || !says.len ? PB_OK : pb_fail_memory(err);
}

static pb_status keep_failures(audit_work *work, audit_finding *finding, pb_error *err)
{
    if (!finding->failure_count)
        return PB_OK;
    finding->failures =
        pb_arena_array(work->arena, finding->failure_count, sizeof *finding->failures);
    if (!finding->failures)
        return pb_fail_memory(err);
    memcpy(finding->failures, work->failures.ptr,
           finding->failure_count * sizeof *finding->failures);
    return PB_OK;
}

static pb_status run_control(audit_work *work, audit_finding *finding, pb_buf *day, pb_error *err)
{
    const audit_control *control = finding->control;
    audit_check check = {.work = work, .control = control, .finding = finding};
    if (control->entity)
        check.state = &work->entities[control->entity->index];
    pb_error inner = {0};
    pb_buf_clear(&work->failures);
    pb_status status = evaluate(&check, &inner);
    if (status != PB_OK && concerns_run(status)) {
        if (err)
            *err = inner;
        return status;
    }
    check_settle(&check, status == PB_OK);
    if (status != PB_OK)
        PB_TRY(could_not_run(&check, &inner, err));
    if (finding->outcome == AUDIT_FAIL)
        apply_waiver(work, finding, day);
    PB_TRY(keep_failures(work, finding, err));
    return evidence_all(work, finding, err);
}

static pb_status keep_filled(const audit_work *work, audit_result *result, pb_error *err)
{
    size_t capacity = 0;
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        const entity_state *state = &work->entities[i];
        for (size_t f = 0; f < state->entity->field_count && state->rows > 0; f++) {
            const model_field *field = &state->entity->fields[f];
            const audit_filled one = {state->entity, field, state->filled[f], state->rows};
            if (!work_has_field(work, field))
                continue;
            if (!PB_PUSH(work->arena, result->filled, result->filled_count, capacity, one))
                return pb_fail_memory(err);
        }
    }
    return PB_OK;
}

/* Evaluates the controls that need `what`; `*done` counts all that were evaluated. */
static pb_status run_needing(audit_work *work, audit_result *result, measure_needs what,
                             size_t *done, pb_error *err)
{
    const audit_catalogue *catalogue = work->catalogue;
    const audit_options *options = work->options;
    PB_AUTO_BUF day = PB_BUF_INIT(32);
    pb_date_format(&day, work->today);
    for (size_t i = 0; i < catalogue->count; i++) {
        const audit_control *control = &catalogue->controls[i];
        if ((control->measure ? control->measure->needs : NEEDS_NOTHING) != what)
            continue;
        if (options->progress &&
            options->progress(options->context, control, *done, catalogue->count))
            return pb_fail(err, PB_CANCELLED, PB_MSG("The audit was stopped."), NULL);
        result->findings[i].control = control;
        PB_TRY(run_control(work, &result->findings[i], &day, err));
        (*done)++;
    }
    return PB_OK;
}

/* With a second thread or without: the order is the same, and so is the result. */
static pb_status run_all(audit_work *work, audit_result *result, pb_error *err)
{
    size_t done = 0;
    PB_TRY(ahead_start(work, err));
    PB_TRY(work_survey(work, err));
    ahead_surveyed(work);
    for (int what = NEEDS_NOTHING; what < NEEDS_COUNT; what++)
        PB_TRY(run_needing(work, result, (measure_needs)what, &done, err));
    result->finding_count = work->catalogue->count;
    result->as_of_days = work->today;
    result->reference_days = work->reference;
    result->newest_days = work->newest;
    PB_TRY(keep_filled(work, result, err));
    PB_TRY(usage_all(work, result, err));
    PB_TRY(decay_all(work, result, err));
    PB_TRY(copies_all(work, result, err));
    return score_all(work, result, err);
}

static pb_status work_open(audit_work *work, pb_error *err)
{
    work->reader = model_reader_new(work->today);
    work->entities =
        pb_arena_array(work->scratch, work->schema->entity_count + 1, sizeof *work->entities);
    work->owner_index = pb_map_new(work->scratch);
    work->source_index = pb_map_new(work->scratch);
    work->user_labels = pb_map_new(work->scratch);
    bool good = work->reader && work->entities && work->owner_index && work->source_index &&
                work->user_labels;
    uint64_t *none = good ? pb_map_put(work->owner_index, PB_STR(""), NULL) : NULL;
    uint64_t *nowhere = good ? pb_map_put(work->source_index, PB_STR(""), NULL) : NULL;
    good =
        none && nowhere &&
        PB_PUSH(work->arena, work->owners, work->owner_count, work->owner_capacity, PB_STR("")) &&
        PB_PUSH(work->arena, work->sources, work->source_count, work->source_capacity, PB_STR(""));
    return good ? PB_OK : pb_fail_memory(err);
}

pb_status audit_run(db_session *snapshot, const model_schema *schema,
                    const audit_catalogue *catalogue, const audit_options *options, pb_arena *arena,
                    audit_result *ret_result, pb_error *err)
{
    PB_AUTO_ARENA scratch = pb_arena_new((size_t)4 << 30);
    audit_result result = {0};
    result.findings = pb_arena_array(arena, catalogue->count + 1, sizeof *result.findings);
    if (!scratch || !result.findings)
        return pb_fail_memory(err);
    audit_work work = {.session = snapshot, .schema = schema, .catalogue = catalogue};
    work.options = options;
    work.arena = arena;
    work.scratch = scratch;
    work.today = options->as_of_days;
    work.failures = PB_BUF_INIT((size_t)AUDIT_MAX_FAILURES * sizeof(audit_failure));
    pb_status status = work_open(&work, err);
    if (status == PB_OK)
        status = run_all(&work, &result, err);
    ahead_end(work.ahead);
    model_reader_free(work.reader);
    pb_buf_free(&work.failures);
    if (status == PB_OK)
        *ret_result = result;
    return status;
}

bool audit_fails_at(const audit_result *result, model_grade grade)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        const audit_finding *finding = &result->findings[i];
        bool bad = finding->outcome == AUDIT_FAIL || finding->outcome == AUDIT_COULD_NOT_RUN;
        if (bad && finding->control->grade >= grade)
            return true;
    }
    return false;
}
