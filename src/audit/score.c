/* Marks: from controls to areas, entities and the whole; from records to owners and sources. The
 * thresholds and their reasons stand in README, "Marks". */
#include "run.h"

#include <math.h>

static const double grade_weight[] = {1, 3, 5}; /* desirable, important, essential */
enum { CAP_ONE = 64, CAP_SEVERAL = 49, SEVERAL = 3 };

double score_control(const audit_control *control, uint64_t population, uint64_t failing,
                     bool failed)
{
    double share = population ? (double)failing / (double)population : 0;
    share = share > 1 ? 1 : share;
    if (failed)
        return 0.5 * (1 - share);
    double limit = control->pass_share
                       ? control->pass_limit
                       : control->pass_limit / (double)(population ? population : 1);
    return failing && limit > 0 ? 1 - 0.2 * (share / limit > 1 ? 1 : share / limit) : 1;
}

static char letter_of(double score)
{
    return score >= 90 ? 'A' : score >= 80 ? 'B' : score >= 65 ? 'C' : score >= 50 ? 'D' : 'E';
}

/* To one decimal, so that the same data give the same bytes on every machine. */
static double rounded(double score)
{
    return floor(score * 10 + 0.5) / 10;
}

typedef bool (*finding_test)(const audit_finding *finding, const void *what);

static bool in_all(const audit_finding *finding, const void *what)
{
    (void)what;
    (void)finding;
    return true;
}

static bool in_area(const audit_finding *finding, const void *what)
{
    const audit_area *area = what;
    return pb_str_eq(finding->control->area, area->id);
}

static bool in_entity(const audit_finding *finding, const void *what)
{
    return finding->control->entity == what;
}

static bool counts(const audit_finding *finding)
{
    return finding->outcome != AUDIT_NOT_APPLICABLE && finding->outcome != AUDIT_WAIVED;
}

static bool fails(const audit_finding *finding)
{
    return finding->outcome == AUDIT_FAIL || finding->outcome == AUDIT_COULD_NOT_RUN;
}

/* Instances of one control share its weight: a control asked of forty fields weighs no more than
 * one asked of a single field. */
static double shared_weight(const audit_result *result, const audit_finding *finding,
                            finding_test test, const void *what)
{
    size_t instances = 0;
    for (size_t i = 0; i < result->finding_count; i++) {
        const audit_finding *other = &result->findings[i];
        if (counts(other) && test(other, what) &&
            pb_str_eq(other->control->base, finding->control->base))
            instances++;
    }
    return grade_weight[finding->control->grade] / (double)instances;
}

/* A failed essential control caps the mark, several of them lower. */
static void cap_mark(audit_mark *mark, size_t essential)
{
    double cap = essential >= SEVERAL ? CAP_SEVERAL : essential ? CAP_ONE : 100;
    mark->capped = mark->score > cap;
    if (mark->capped)
        mark->score = cap;
}

static audit_mark mark_of(const audit_result *result, pb_str name, finding_test test,
                          const void *what)
{
    audit_mark mark = {.name = name, .letter = '-'};
    double sum = 0, weights = 0;
    size_t essential = 0;
    pb_str last_essential = PB_STR_NONE;
    for (size_t i = 0; i < result->finding_count; i++) {
        const audit_finding *finding = &result->findings[i];
        if (!counts(finding) || !test(finding, what))
            continue;
        double weight = shared_weight(result, finding, test, what);
        sum += weight * finding->score;
        weights += weight;
        mark.controls++;
        if (!fails(finding))
            continue;
        mark.failed++;
        if (finding->control->grade == MODEL_ESSENTIAL &&
            !pb_str_eq(finding->control->base, last_essential)) {
            last_essential = finding->control->base;
            essential++;
        }
    }
    if (weights <= 0)
        return mark;
    mark.score = 100 * sum / weights;
    cap_mark(&mark, essential);
    mark.score = rounded(mark.score);
    mark.letter = letter_of(mark.score);
    return mark;
}

static pb_status mark_areas(audit_work *work, audit_result *result, pb_error *err)
{
    const audit_catalogue *catalogue = work->catalogue;
    result->areas = pb_arena_array(work->arena, catalogue->area_count + 1, sizeof(audit_mark));
    result->entities =
        pb_arena_array(work->arena, work->schema->entity_count + 1, sizeof(audit_mark));
    if (!result->areas || !result->entities)
        return pb_fail_memory(err);
    for (size_t i = 0; i < catalogue->area_count; i++)
        result->areas[result->area_count++] =
            mark_of(result, catalogue->areas[i].id, in_area, &catalogue->areas[i]);
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        const entity_state *state = &work->entities[i];
        if (!state->rows)
            continue;
        audit_mark mark = mark_of(result, state->entity->name, in_entity, state->entity);
        mark.records = state->rows;
        for (int64_t n = 1; state->worst && n <= state->max_n; n++)
            mark.failing += state->worst[n] != 0;
        result->entities[result->entity_count++] = mark;
        result->records += state->rows;
    }
    result->overall = mark_of(result, PB_STR_NONE, in_all, NULL);
    result->overall.records = result->records;
    for (size_t i = 0; i < result->entity_count; i++)
        result->overall.failing += result->entities[i].failing;
    return PB_OK;
}

/* A record is worth 1 when nothing fails, less by the worst grade it fails. */
static const double record_worth[] = {1, 0.8, 0.5, 0};

typedef struct tally {
    uint64_t records, failing;
    double worth;
} tally;

static void count_into(tally *to, uint8_t worst)
{
    to->records++;
    to->failing += worst != 0;
    to->worth += record_worth[worst];
}

static pb_status tally_entity(audit_work *work, entity_state *state, tally **owners,
                              size_t *owner_room, tally **sources, size_t *source_room,
                              pb_error *err)
{
    if (!state->rows)
        return PB_OK;
    PB_TRY(entity_list(work, state, err));
    if (*owner_room < work->owner_count || *source_room < work->source_count) {
        tally *more_owners = pb_arena_array(work->scratch, work->owner_count + 1, sizeof(tally));
        tally *more_sources = pb_arena_array(work->scratch, work->source_count + 1, sizeof(tally));
        if (!more_owners || !more_sources)
            return pb_fail_memory(err);
        if (*owner_room)
            memcpy(more_owners, *owners, *owner_room * sizeof(tally));
        if (*source_room)
            memcpy(more_sources, *sources, *source_room * sizeof(tally));
        *owners = more_owners;
        *sources = more_sources;
        *owner_room = work->owner_count;
        *source_room = work->source_count;
    }
    for (size_t i = 0; i < state->count; i++) {
        uint8_t worst = state->worst[state->n[i]];
        count_into(&(*owners)[state->owner[i]], worst);
        count_into(&(*sources)[state->source[i]], worst);
    }
    return PB_OK;
}

static int compare_marks(const void *a, const void *b)
{
    const audit_mark *left = a, *right = b;
    return pb_str_cmp(left->name, right->name);
}

static pb_status marks_from(audit_work *work, const tally *tallies, size_t count,
                            const pb_str *names, audit_mark **ret, size_t *ret_count, pb_error *err)
{
    *ret = pb_arena_array(work->arena, count + 1, sizeof **ret);
    if (!*ret)
        return pb_fail_memory(err);
    for (size_t i = 1; i < count; i++) { /* 0: nobody, nowhere */
        if (!tallies[i].records)
            continue;
        audit_mark mark = {.name = names[i]};
        mark.records = tallies[i].records;
        mark.failing = tallies[i].failing;
        mark.score = rounded(100 * tallies[i].worth / (double)tallies[i].records);
        mark.letter = letter_of(mark.score);
        (*ret)[(*ret_count)++] = mark;
    }
    qsort(*ret, *ret_count, sizeof **ret, compare_marks);
    return PB_OK;
}

pb_status score_all(audit_work *work, audit_result *result, pb_error *err)
{
    tally *owners = NULL, *sources = NULL;
    size_t owner_room = 0, source_room = 0;
    PB_TRY(mark_areas(work, result, err));
    for (size_t i = 0; i < work->schema->entity_count; i++)
        PB_TRY(tally_entity(work, &work->entities[i], &owners, &owner_room, &sources, &source_room,
                            err));
    PB_TRY(marks_from(work, owners, owner_room, work->owners, &result->owners, &result->owner_count,
                      err));
    return marks_from(work, sources, source_room, work->sources, &result->sources,
                      &result->source_count, err);
}
