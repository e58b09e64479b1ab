/* Marks: from controls to areas, entities and the whole; from records to owners and sources. The
 * thresholds and their reasons stand in README, "Marks". */
#include "run.h"

#include <math.h>

static const double BELOW_A = 89.9;
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

/* Nothing is excellent while something important fails. A failed essential control caps the mark,
 * several of them lower. */
static void cap_mark(audit_mark *mark, size_t essential, bool important)
{
    double cap = essential >= SEVERAL ? CAP_SEVERAL : essential ? CAP_ONE : 100;
    mark->earned = rounded(mark->score);
    if (mark->score > cap) {
        mark->score = cap;
        mark->held = AUDIT_HELD_ESSENTIAL;
    } else if (important && mark->score > BELOW_A) {
        mark->score = BELOW_A;
        mark->held = AUDIT_HELD_IMPORTANT;
    }
}

typedef struct marking {
    audit_mark mark;
    double sum, weights;
    size_t essential;
    bool important;
    const audit_finding *worst; /* of the control whose instances are being gone through */
    bool worst_fails;
} marking;

/* A control asked of many fields counts once, by its worst answer: forty right fields do not make
 * up for one that is wrong. */
static void close_control(marking *to)
{
    if (!to->worst)
        return;
    model_grade grade = to->worst->control->grade;
    to->sum += grade_weight[grade] * to->worst->score;
    to->weights += grade_weight[grade];
    to->essential += to->worst_fails && grade == MODEL_ESSENTIAL;
    to->important = to->important || (to->worst_fails && grade == MODEL_IMPORTANT);
    to->worst = NULL;
    to->worst_fails = false;
}

static void take_finding(marking *to, const audit_finding *finding)
{
    if (to->worst && !pb_str_eq(to->worst->control->base, finding->control->base))
        close_control(to);
    if (!to->worst || finding->score < to->worst->score)
        to->worst = finding;
    to->mark.controls++;
    to->mark.failed += fails(finding);
    to->worst_fails = to->worst_fails || fails(finding);
}

/* Instances of a control stand together in the catalogue's order. */
static audit_mark mark_of(const audit_result *result, pb_str name, finding_test test,
                          const void *what)
{
    marking to = {.mark = {.name = name, .letter = '-'}};
    for (size_t i = 0; i < result->finding_count; i++)
        if (counts(&result->findings[i]) && test(&result->findings[i], what))
            take_finding(&to, &result->findings[i]);
    close_control(&to);
    if (to.weights <= 0)
        return to.mark;
    to.mark.score = 100 * to.sum / to.weights;
    cap_mark(&to.mark, to.essential, to.important);
    to.mark.score = rounded(to.mark.score);
    to.mark.letter = letter_of(to.mark.score);
    return to.mark;
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
    PB_TRY(list_load(work, state, err));
    if (!*owners || !*sources || *owner_room < work->owner_count ||
        *source_room < work->source_count) {
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
