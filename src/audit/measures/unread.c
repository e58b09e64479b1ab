/* unread_fields: personal data that is kept and that nobody looks at, by what the workspace's own
 * log says of reads (kind record.read). */
#include "../measure.h"
#include "base/cbor.h"
#include "base/time.h"
#include "ledger/ledger.h"

enum { UNREAD_DAYS = 365 };
#define NEVER INT64_MIN

/* What the log says of reads up to the day of the audit; read once a run. */
typedef struct work_reads {
    bool own; /* the log of a workspace of our own, not of an export read for the audit */
    bool any;
    int64_t first_day;
    uint64_t
        erased; /* reads within the time asked of which nobody knows any more what they showed */
    int64_t **last; /* by entity->index, then field->index: day of the last read, or NEVER */
} work_reads;

typedef struct reads_walk {
    const audit_work *work;
    work_reads *reads;
} reads_walk;

/* A workspace of our own says how it is backed up, from its making on. */
static pb_status is_own(audit_work *work, bool *ret, pb_error *err)
{
    int64_t goals = 0;
    PB_TRY(work_number(work, PB_STR("select count(every_us) from backup_goal"), &goals, err));
    *ret = goals > 0;
    return PB_OK;
}

/* Fields and entities that are no longer declared are passed over: nothing is asked of them. */
static void take_fields(reads_walk *walk, const model_entity *entity, int64_t day, pb_cbor *in)
{
    for (size_t left = pb_cbor_get_array(in); left > 0 && !in->bad; left--) {
        pb_str name = pb_cbor_get_text(in);
        const model_field *field = entity ? model_field_find(entity, name) : NULL;
        if (!field)
            continue;
        int64_t *last = &walk->reads->last[entity->index][field->index];
        if (day > *last)
            *last = day;
    }
}

static bool take_payload(reads_walk *walk, pb_str payload, int64_t day)
{
    pb_cbor in = {payload, 0, false};
    const model_entity *entity = NULL;
    for (size_t left = pb_cbor_get_map(&in); left > 0 && !in.bad; left--) {
        pb_str key = pb_cbor_get_text(&in);
        if (pb_str_is(key, "entity")) {
            entity = model_entity_find(walk->work->schema, pb_cbor_get_text(&in));
        } else if (pb_str_is(key, "fields")) {
            take_fields(walk, entity, day, &in);
        } else if (pb_str_is(key, "records")) {
            for (size_t ids = pb_cbor_get_array(&in); ids > 0 && !in.bad; ids--)
                pb_cbor_get_bytes(&in);
        } else {
            pb_cbor_get_value(&in);
        }
    }
    return pb_cbor_done(&in);
}

static pb_status take_read(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    reads_walk *walk = context;
    work_reads *reads = walk->reads;
    int64_t day = pb_instant_day(event->at_us), today = walk->work->today;
    if (day > today)
        return PB_OK;
    if (!reads->any || day < reads->first_day)
        reads->first_day = day;
    reads->any = true;
    if (erased) {
        reads->erased += day >= today - UNREAD_DAYS;
        return PB_OK;
    }
    return take_payload(walk, event->payload, day)
               ? PB_OK
               : pb_fail(err, PB_CORRUPT,
                         PB_MSG("The payload of an event of kind {kind} could not be read."),
                         "kind", event->kind, NULL);
}

static pb_status reads_load(audit_work *work, const work_reads **ret, pb_error *err)
{
    if (!work->reads) {
        const model_schema *schema = work->schema;
        work_reads *reads = pb_arena_alloc(work->scratch, sizeof *reads);
        if (!reads || !(reads->last = pb_arena_array(work->scratch, schema->entity_count + 1,
                                                     sizeof *reads->last)))
            return pb_fail_memory(err);
        for (size_t i = 0; i < schema->entity_count; i++) {
            size_t count = schema->entities[i].field_count;
            reads->last[i] = pb_arena_array(work->scratch, count + 1, sizeof(int64_t));
            if (!reads->last[i])
                return pb_fail_memory(err);
            for (size_t f = 0; f < count; f++)
                reads->last[i][f] = NEVER;
        }
        reads_walk walk = {work, reads};
        PB_TRY(is_own(work, &reads->own, err));
        if (reads->own)
            PB_TRY(ledger_each_of(work->session, "record.read", take_read, &walk, err));
        work->reads = reads;
    }
    *ret = work->reads;
    return PB_OK;
}

static bool is_unread(const audit_check *check, const work_reads *reads, const model_field *field)
{
    int64_t last = reads->last[field->entity->index][field->index];
    return last == NEVER || last < check->work->today - UNREAD_DAYS;
}

static pb_status tell_unread(audit_check *check, const work_reads *reads, const model_field *field,
                             pb_error *err)
{
    PB_AUTO_BUF count = PB_BUF_INIT(32);
    PB_AUTO_BUF day = PB_BUF_INIT(64);
    int64_t last = reads->last[field->entity->index][field->index];
    pb_buf_i64(&count, (int64_t)check->state->filled[field->index]);
    audit_failure failure = {.field = field->name, .value = pb_buf_str(&count)};
    failure.problem = pb_str_c(PB_MSG("Records that hold it: {value}. It was never shown."));
    if (last != NEVER) {
        pb_date_format(&day, last);
        failure.other = pb_buf_str(&day);
        failure.problem =
            pb_str_c(PB_MSG("Records that hold it: {value}. It was last shown on {other}."));
    }
    return check_fail(check, &failure, err);
}

/* Of a read whose payload was erased nobody knows which fields it showed: what seems unread may
 * have been among them. */
static pb_status judge_fields(audit_check *check, const work_reads *reads, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (!field->personal.declared || !check->state->filled[i])
            continue;
        check->finding->population++;
        if (!is_unread(check, reads, field))
            continue;
        if (reads->erased) {
            PB_AUTO_BUF number = PB_BUF_INIT(32);
            pb_buf_i64(&number, (int64_t)reads->erased);
            return check_not_applicable(
                check,
                PB_MSG("Some fields seem unread, but what {value} reads of the past year showed "
                       "was erased from the log."),
                pb_buf_str(&number), err);
        }
        PB_TRY(tell_unread(check, reads, field, err));
    }
    return PB_OK;
}

pb_status measure_unread_fields(audit_check *check, pb_error *err)
{
    const work_reads *reads = NULL;
    check->finding->population = 0;
    PB_TRY(reads_load(check->work, &reads, err));
    if (!reads->own)
        return check_not_applicable(
            check, PB_MSG("The source is an export: who looked at its records it does not say."),
            PB_STR_NONE, err);
    if (!reads->any)
        return check_not_applicable(check, PB_MSG("Reads are not recorded yet."), PB_STR_NONE, err);
    if (reads->first_day >= check->work->today - UNREAD_DAYS) {
        PB_AUTO_BUF day = PB_BUF_INIT(64);
        pb_date_format(&day, reads->first_day);
        return check_not_applicable(
            check, PB_MSG("Reads are recorded since {value} only: not a year yet."),
            pb_buf_str(&day), err);
    }
    return judge_fields(check, reads, err);
}
