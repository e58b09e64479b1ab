/* Two audits side by side, figure by figure; an audit beside its target. */
#include "compare.h"

#include "base/bytes.h"

#include <math.h>

static void push(builder *b, compare_rows *rows, compare_row row)
{
    if (!PB_PUSH(b->arena, rows->items, rows->count, rows->capacity, row))
        b->failed = true;
}

static double share_of(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

static double score_of(const audit_mark *mark)
{
    return mark->letter != '-' ? mark->score : NAN;
}

static void self_findings(builder *b, report_earlier *out)
{
    static const char *const outcomes[] = {
        [AUDIT_PASS] = "pass",
        [AUDIT_FAIL] = "fail",
        [AUDIT_NOT_APPLICABLE] = "not_applicable",
        [AUDIT_COULD_NOT_RUN] = "could_not_run",
        [AUDIT_WAIVED] = "waived",
    };
    const audit_result *result = b->writer.result;
    for (size_t i = 0; i < result->finding_count; i++) {
        const audit_finding *now = &result->findings[i];
        out->findings[i] =
            (report_earlier_finding){.control = now->control->id,
                                     .grade = pb_str_c(model_grade_name(now->control->grade)),
                                     .outcome = pb_str_c(outcomes[now->outcome]),
                                     .population = now->population,
                                     .failing = now->failing};
        uint64_t *place = pb_map_put(out->by_control, now->control->id, NULL);
        if (place != NULL)
            *place = i + 1;
        b->failed = b->failed || place == NULL;
    }
    out->finding_count = result->finding_count;
}

static pb_str hex_of(builder *b, const uint8_t hash[32])
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_hex(&text, hash, 32);
    return build_keep(b, &text);
}

static pb_str self_sources(builder *b)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    const report_reading *reading = b->writer.report->reading;
    for (size_t i = 0; i < reading->file_count; i++) {
        if (pb_str_empty(reading->files[i].entity))
            continue;
        pb_hex(&text, reading->files[i].hash, 32);
        pb_buf_byte(&text, '\n');
    }
    return build_keep(b, &text);
}

report_earlier compare_self(builder *b)
{
    const report_input *input = b->writer.report;
    const audit_result *result = b->writer.result;
    report_earlier out = {.name = input->title,
                          .title = input->title,
                          .as_of_days = result->as_of_days,
                          .rules = hex_of(b, input->catalogue->hash),
                          .model = hex_of(b, input->schema->hash),
                          .sources = self_sources(b),
                          .score = score_of(&result->overall),
                          .letter = result->overall.letter,
                          .records = result->records,
                          .by_control = pb_map_new(b->arena)};
    out.findings = pb_arena_array(b->arena, result->finding_count + 1, sizeof *out.findings);
    out.areas = pb_arena_array(b->arena, result->area_count + 1, sizeof *out.areas);
    out.fields = pb_arena_array(b->arena, result->filled_count + 1, sizeof *out.fields);
    if (out.by_control == NULL || out.findings == NULL || out.areas == NULL || out.fields == NULL) {
        b->failed = true;
        return (report_earlier){.letter = '-', .score = NAN};
    }
    self_findings(b, &out);
    for (size_t i = 0; i < result->area_count; i++)
        out.areas[out.area_count++] = (report_earlier_mark){.name = result->areas[i].name,
                                                            .score = score_of(&result->areas[i])};
    for (size_t i = 0; i < result->filled_count; i++)
        out.fields[out.field_count++] =
            (report_earlier_field){result->filled[i].entity->name, result->filled[i].field->name,
                                   result->filled[i].filled, result->filled[i].records};
    return out;
}

double compare_area(const report_earlier *side, pb_str area)
{
    for (size_t i = 0; i < side->area_count; i++)
        if (pb_str_eq(side->areas[i].name, area))
            return side->areas[i].score;
    return NAN;
}

static pb_str area_label(builder *b, const report_earlier_mark *area)
{
    const audit_mark mark = {.name = area->name};
    pb_str label = report_mark_label(&b->writer, &mark);
    return pb_str_eq(label, area->name) && !pb_str_empty(area->label) ? area->label : label;
}

static bool has_area(const report_earlier *side, pb_str name)
{
    for (size_t i = 0; i < side->area_count; i++)
        if (pb_str_eq(side->areas[i].name, name))
            return true;
    return false;
}

static void put_marks(builder *b, comparison *c)
{
    const compare_row overall = {.id = PB_STR("overall"),
                                 .label = build_say(b, PB_MSG("Overall"), NULL),
                                 .unit = REPORT_MARK,
                                 .more_is_better = true,
                                 .here = c->here->score,
                                 .there = c->there->score};
    push(b, &c->marks, overall);
    const report_earlier *const sides[] = {c->here, c->there};
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < sides[s]->area_count; i++) {
            const report_earlier_mark *area = &sides[s]->areas[i];
            const compare_row row = {.id = area->name,
                                     .label = area_label(b, area),
                                     .unit = REPORT_MARK,
                                     .more_is_better = true,
                                     .here = compare_area(c->here, area->name),
                                     .there = compare_area(c->there, area->name)};
            /* An area that neither was marked in is nothing to compare. */
            if (!(s == 1 && has_area(c->here, area->name)) &&
                (!isnan(row.here) || !isnan(row.there)))
                push(b, &c->marks, row);
        }
    }
}

static const report_earlier_finding *find(const report_earlier *side, pb_str control)
{
    const uint64_t *place = pb_map_get(side->by_control, control);
    return place != NULL ? &side->findings[*place - 1] : NULL;
}

/* As the rules of today call it; else as that report did. */
static pb_str control_label(builder *b, const report_earlier_finding *finding)
{
    const audit_control *control =
        audit_control_find(b->writer.report->catalogue, finding->control);
    const audit_finding named = {.control = control};
    if (control != NULL)
        return build_title(b, &named);
    return !pb_str_empty(finding->title) ? finding->title : finding->control;
}

static void put_control(builder *b, comparison *c, const report_earlier_finding *here,
                        const report_earlier_finding *there)
{
    const report_earlier_finding *any = here != NULL ? here : there;
    compare_row row = {.id = any->control,
                       .label = control_label(b, any),
                       .grade = any->grade,
                       .unit = REPORT_SHARE,
                       .here = here != NULL ? share_of(here->failing, here->population) : NAN,
                       .there = there != NULL ? share_of(there->failing, there->population) : NAN};
    bool fails = (!isnan(row.here) && row.here > 0) || (!isnan(row.there) && row.there > 0);
    if (fails)
        push(b, isnan(row.here) || isnan(row.there) ? &c->lone : &c->controls, row);
}

/* Largest difference first. */
static int order_gaps(const void *a, const void *b)
{
    const compare_row *x = a, *y = b;
    double gap_x = fabs(x->here - x->there), gap_y = fabs(y->here - y->there);
    if (gap_x < gap_y || gap_x > gap_y)
        return gap_x > gap_y ? -1 : 1;
    return pb_str_cmp(x->id, y->id);
}

static int weight(const compare_row *row)
{
    model_grade grade = MODEL_DESIRABLE;
    model_grade_parse(row->grade, &grade);
    return (int)grade;
}

/* Where nothing is to be compared: by grade, then what fails most. */
static int order_lone(const void *a, const void *b)
{
    const compare_row *x = a, *y = b;
    double share_x = isnan(x->here) ? x->there : x->here;
    double share_y = isnan(y->here) ? y->there : y->here;
    if (weight(x) != weight(y))
        return weight(x) > weight(y) ? -1 : 1;
    if (share_x < share_y || share_x > share_y)
        return share_x > share_y ? -1 : 1;
    return pb_str_cmp(x->id, y->id);
}

static void put_controls(builder *b, comparison *c)
{
    for (size_t i = 0; i < c->here->finding_count; i++) {
        const report_earlier_finding *here = &c->here->findings[i];
        put_control(b, c, here, find(c->there, here->control));
    }
    for (size_t i = 0; i < c->there->finding_count; i++)
        if (find(c->here, c->there->findings[i].control) == NULL)
            put_control(b, c, NULL, &c->there->findings[i]);
    if (c->controls.count > 1)
        qsort(c->controls.items, c->controls.count, sizeof *c->controls.items, order_gaps);
    if (c->lone.count > 1)
        qsort(c->lone.items, c->lone.count, sizeof *c->lone.items, order_lone);
}

static pb_str field_label(builder *b, pb_str entity_name, pb_str field_name)
{
    const model_entity *entity = model_entity_find(b->writer.report->schema, entity_name);
    const model_field *field = entity != NULL ? model_field_find(entity, field_name) : NULL;
    if (field == NULL)
        return PB_STR_NONE;
    return build_say(b, PB_MSG("{entities}: {field}"), "entities",
                     PB_ARG(pb_translate_str(b->writer.catalog, entity->plural)), "field",
                     PB_ARG(pb_translate_str(b->writer.catalog, field->label)), NULL);
}

static void put_fields(builder *b, comparison *c)
{
    for (size_t i = 0; i < c->here->field_count; i++) {
        const report_earlier_field *here = &c->here->fields[i];
        for (size_t k = 0; k < c->there->field_count; k++) {
            const report_earlier_field *there = &c->there->fields[k];
            if (!pb_str_eq(here->entity, there->entity) || !pb_str_eq(here->field, there->field) ||
                here->records == 0 || there->records == 0)
                continue;
            pb_str id = pb_str_c(pb_arena_printf(b->arena, "%.*s.%.*s", PB_STR_FMT(here->entity),
                                                 PB_STR_FMT(here->field)));
            pb_str label = field_label(b, here->entity, here->field);
            push(b, &c->fields,
                 (compare_row){.id = id,
                               .label = label.ptr != NULL ? label : id,
                               .unit = REPORT_SHARE,
                               .more_is_better = true,
                               .here = share_of(here->filled, here->records),
                               .there = share_of(there->filled, there->records)});
        }
    }
}

void compare_make(builder *b, const report_earlier *here, const report_earlier *there,
                  comparison *ret)
{
    comparison c = {.here = here,
                    .there = there,
                    .rules_differ = !pb_str_eq(here->rules, there->rules),
                    .days_differ = here->as_of_days != there->as_of_days,
                    .same_files =
                        !pb_str_empty(here->sources) && pb_str_eq(here->sources, there->sources)};
    put_marks(b, &c);
    put_controls(b, &c);
    put_fields(b, &c);
    *ret = c;
}

bool compare_against(builder *b, report_earlier *ret_self, comparison *ret)
{
    const report_earlier *other = b->writer.report->against;
    if (other == NULL)
        return false;
    *ret_self = compare_self(b);
    if (!b->failed)
        compare_make(b, ret_self, other, ret);
    return !b->failed;
}

compare_state compare_reached(const compare_row *row)
{
    if (isnan(row->here) || isnan(row->there))
        return COMPARE_UNKNOWN;
    return (row->more_is_better ? row->here >= row->there : row->here <= row->there)
               ? COMPARE_REACHED
               : COMPARE_MISSED;
}

void compare_target(builder *b, compare_rows *ret)
{
    const report_target *target = b->writer.report->target;
    const report_earlier self = compare_self(b);
    for (size_t i = 0; i < target->mark_count; i++) {
        const report_earlier_mark area = {.name = target->marks[i].what};
        bool overall = pb_str_is(area.name, "overall");
        push(b, ret,
             (compare_row){.id = area.name,
                           .label = overall ? build_say(b, PB_MSG("Overall"), NULL)
                                            : area_label(b, &area),
                           .unit = REPORT_MARK,
                           .more_is_better = true,
                           .here = overall ? self.score : compare_area(&self, area.name),
                           .there = target->marks[i].limit});
    }
    for (size_t i = 0; i < target->failing_count; i++) {
        pb_str id = target->failing[i].what;
        const report_earlier_finding *now = b->failed ? NULL : find(&self, id);
        push(b, ret,
             (compare_row){.id = id,
                           .label = now != NULL ? control_label(b, now) : id,
                           .unit = REPORT_SHARE,
                           .here = now != NULL ? share_of(now->failing, now->population) : NAN,
                           .there = target->failing[i].limit});
    }
    for (size_t i = 0; i < target->filled_count; i++) {
        pb_str rest = target->filled[i].what, entity, label;
        double share = NAN;
        pb_str_split(&rest, '.', &entity);
        for (size_t k = 0; k < self.field_count; k++)
            if (pb_str_eq(self.fields[k].entity, entity) && pb_str_eq(self.fields[k].field, rest))
                share = share_of(self.fields[k].filled, self.fields[k].records);
        label = field_label(b, entity, rest);
        push(b, ret,
             (compare_row){.id = target->filled[i].what,
                           .label = label.ptr != NULL ? label : target->filled[i].what,
                           .unit = REPORT_SHARE,
                           .more_is_better = true,
                           .here = share,
                           .there = target->filled[i].limit});
    }
}
