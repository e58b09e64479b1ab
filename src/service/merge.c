/* Merging a few records by hand. */
#include "service/merge.h"

#include "base/bytes.h"
#include "base/map.h"
#include "internal.h"
#include "merge_access.h"
#include "merge_names.h"
#include "record/review.h"

typedef struct merge_work {
    const service_call *call;
    const service_merge_ask *ask;
    pb_arena *arena;
    service_merged *merged;
    size_t link_capacity;
    pb_str **viewers; /* by record: who sees it; [count] the survivor afterwards */
    size_t *viewer_counts;
    service_denial denial;
} merge_work;

/* --- keeping what is told --- */

static bool copy_text(pb_arena *arena, pb_str *text)
{
    if (text->ptr == NULL)
        return true;
    *text = pb_arena_str(arena, *text);
    return text->ptr != NULL;
}

static pb_status copy_record(pb_arena *arena, const record_data *from, record_data *to,
                             pb_error *err)
{
    size_t fields = from->entity->field_count;
    *to = *from;
    to->values = pb_arena_array(arena, fields + 1, sizeof *to->values);
    to->refs = pb_arena_array(arena, fields + 1, sizeof *to->refs);
    to->currencies = pb_arena_array(arena, fields + 1, sizeof *to->currencies);
    if (to->values == NULL || to->refs == NULL || to->currencies == NULL)
        return pb_fail_memory(err);
    bool good = copy_text(arena, &to->source_id);
    for (size_t i = 0; good && i < fields; i++) {
        to->values[i] = from->values[i];
        to->refs[i] = from->refs[i];
        to->currencies[i] = from->currencies[i];
        if (to->values[i].kind == PB_TEXT || to->values[i].kind == PB_BLOB)
            good = copy_text(arena, &to->values[i].as.s);
        good = good && copy_text(arena, &to->refs[i]) && copy_text(arena, &to->currencies[i]);
    }
    return good ? PB_OK : pb_fail_memory(err);
}

/* Who owns a record, and their team. */
static pb_status owner_and_team(void *context, const record_data *record, pb_arena *arena,
                                pb_str **ret_names, size_t *ret_count, pb_error *err)
{
    static const char *const roles[] = {"owner", "team"};
    enum { ROLES = sizeof roles / sizeof *roles };
    pb_str *names = pb_arena_array(arena, ROLES, sizeof *names);
    size_t count = 0;
    (void)context;
    if (names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < ROLES; i++) {
        const model_field *field = model_field_role(record->entity, roles[i]);
        if (field == NULL)
            continue;
        pb_value value = record->values[field->index];
        pb_str name = value.kind == PB_TEXT ? value.as.s : record->refs[field->index];
        if (!pb_str_empty(name))
            names[count++] = name;
    }
    *ret_names = names;
    *ret_count = count;
    return PB_OK;
}

static pb_status find_viewers(merge_work *work, pb_error *err)
{
    service_merged *merged = work->merged;
    service_viewers viewers = work->ask->viewers ? work->ask->viewers : owner_and_team;
    work->viewers = pb_arena_array(work->arena, merged->count + 1, sizeof *work->viewers);
    work->viewer_counts =
        pb_arena_array(work->arena, merged->count + 1, sizeof *work->viewer_counts);
    if (work->viewers == NULL || work->viewer_counts == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i <= merged->count; i++)
        PB_TRY(viewers(work->ask->viewers_context,
                       i < merged->count ? &merged->records[i] : &merged->after, work->arena,
                       &work->viewers[i], &work->viewer_counts[i], err));
    return PB_OK;
}

static pb_status keep_merge(void *context, const record_merge *merge, pb_error *err)
{
    merge_work *work = context;
    service_merged *merged = work->merged;
    size_t fields = merge->entity->field_count;
    merged->count = merge->count;
    merged->records = pb_arena_array(work->arena, merge->count, sizeof *merged->records);
    merged->fields = pb_arena_array(work->arena, fields + 1, sizeof *merged->fields);
    if (merged->records == NULL || merged->fields == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < merge->count; i++)
        PB_TRY(copy_record(work->arena, &merge->records[i], &merged->records[i], err));
    PB_TRY(copy_record(work->arena, merge->after, &merged->after, err));
    memcpy(merged->fields, merge->fields, fields * sizeof *merged->fields);
    return find_viewers(work, err);
}

static bool sees(const merge_work *work, size_t record, pb_str who)
{
    for (size_t i = 0; i < work->viewer_counts[record]; i++)
        if (pb_str_eq(work->viewers[record][i], who))
            return true;
    return false;
}

static size_t record_of(const service_merged *merged, pb_uuid id)
{
    size_t i = 0;
    while (i < merged->count && !pb_str_eq(pb_uuid_str(&merged->records[i].id), pb_uuid_str(&id)))
        i++;
    return i;
}

static service_gain *gain_of(merge_work *work, pb_str who)
{
    service_merged *merged = work->merged;
    for (size_t i = 0; i < merged->gain_count; i++)
        if (pb_str_eq(merged->gains[i].who, who))
            return &merged->gains[i];
    return NULL;
}

/* Everybody who saw one of the records, or sees the survivor, once. */
static pb_status begin_gains(merge_work *work, pb_error *err)
{
    service_merged *merged = work->merged;
    size_t most = 0;
    for (size_t i = 0; i <= merged->count; i++)
        most += work->viewer_counts[i];
    merged->gains = pb_arena_array(work->arena, most + 1, sizeof *merged->gains);
    if (merged->gains == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i <= merged->count; i++)
        for (size_t k = 0; k < work->viewer_counts[i]; k++) {
            pb_str who = work->viewers[i][k];
            if (gain_of(work, who) != NULL)
                continue;
            service_gain *gain = &merged->gains[merged->gain_count++];
            *gain = (service_gain){.who = who, .loses = !sees(work, merged->count, who)};
            gain->fields =
                pb_arena_array(work->arena, merged->entity->field_count + 1, sizeof *gain->fields);
            if (gain->fields == NULL)
                return pb_fail_memory(err);
        }
    return PB_OK;
}

static pb_status keep_link(void *context, const record_merge_link *link, pb_error *err)
{
    merge_work *work = context;
    service_merged *merged = work->merged;
    size_t gone = record_of(merged, link->from);
    for (size_t i = 0; i < merged->gain_count && gone < merged->count; i++) {
        service_gain *gain = &merged->gains[i];
        gain->links += !gain->loses && !link->deleted && !sees(work, gone, gain->who);
    }
    if (merged->link_count == SERVICE_KEPT_MOST)
        return PB_OK;
    return PB_PUSH(work->arena, merged->links, merged->link_count, work->link_capacity, *link)
               ? PB_OK
               : pb_fail_memory(err);
}

/* A value that was put together, or stands beside another, comes from every record that has one. */
static bool comes_from(const service_merged *merged, const record_merge_field *field, size_t record)
{
    bool has = merged->records[record].values[field->field->index].kind != PB_NULL;
    return field->from == (int)record ||
           (has && (field->from == RECORD_MERGE_SEVERAL || field->more > 0));
}

static void find_gains(merge_work *work)
{
    service_merged *merged = work->merged;
    for (size_t i = 0; i < merged->gain_count; i++) {
        service_gain *gain = &merged->gains[i];
        for (size_t k = 0; k < merged->count && !gain->loses; k++)
            gain->records += !sees(work, k, gain->who);
        for (size_t f = 0; f < merged->entity->field_count && !gain->loses; f++) {
            bool seen = true;
            for (size_t k = 0; k < merged->count; k++)
                seen = seen &&
                       (sees(work, k, gain->who) || !comes_from(merged, &merged->fields[f], k));
            if (!seen)
                gain->fields[gain->field_count++] = merged->fields[f].field;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < merged->gain_count; i++)
        if (merged->gains[i].loses || merged->gains[i].records > 0)
            merged->gains[kept++] = merged->gains[i];
    merged->gain_count = kept;
}

/* --- who is meant --- */

static const model_schema *schema_of(db_session *session)
{
    return db_workspace_schema(db_session_workspace(session));
}

static pb_status two_kinds(pb_str a, const model_entity *one, pb_str b, const model_entity *other,
                           pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("Nothing was merged."), NULL);
    pb_error_detail(err, PB_MSG("{a} is of the kind {one}, {b} of the kind {other}."), "a",
                    PB_ARG(a), "one", PB_ARG(one->label), "b", PB_ARG(b), "other",
                    PB_ARG(other->label), NULL);
    pb_error_hint(err, PB_MSG("Only records of one kind are merged."), NULL);
    return PB_INVALID;
}

static pb_status one_already(pb_str a, pb_str b, pb_error *err)
{
    pb_fail(err, PB_CONFLICT, PB_MSG("Nothing was merged."), NULL);
    pb_error_detail(err, PB_MSG("{a} and {b} are one record already."), "a", PB_ARG(a), "b",
                    PB_ARG(b), NULL);
    return PB_CONFLICT;
}

static pb_status find_ids(merge_work *work, db_session *session, const model_entity **ret_entity,
                          pb_uuid *ids, pb_error *err)
{
    const service_merge_ask *ask = work->ask;
    const model_entity *entity = NULL;
    for (size_t i = 0; i < ask->name_count; i++) {
        const model_entity *of = ask->entity;
        pb_str name = pb_str_c(ask->names[i]);
        PB_TRY(service_named(session, schema_of(session), name, &of, &ids[i], err));
        if (entity != NULL && of != entity)
            return two_kinds(pb_str_c(ask->names[0]), entity, name, of, err);
        entity = of;
        for (size_t k = 0; k < i; k++)
            if (pb_str_eq(pb_uuid_str(&ids[k]), pb_uuid_str(&ids[i])))
                return one_already(pb_str_c(ask->names[k]), name, err);
    }
    *ret_entity = entity;
    return entity == NULL ? PB_INTERNAL : PB_OK; /* there are two names at least */
}

static pb_status read_take(db_session *session, const model_entity *entity, const char *text,
                           record_merge_take *ret_take, pb_error *err)
{
    pb_str name, rest = pb_str_c(text);
    pb_str_split(&rest, '=', &name);
    ret_take->field = model_field_find(entity, name);
    if (rest.ptr == NULL || ret_take->field == NULL) {
        pb_fail(err, PB_USAGE, PB_MSG("--take must be FIELD=RECORD, not “{value}”"), "value", text,
                NULL);
        if (rest.ptr != NULL)
            pb_error_detail(err, PB_MSG("“{word}” is not a field of “{entity}”."), "word",
                            PB_ARG(name), "entity", PB_ARG(entity->name), NULL);
        return PB_USAGE;
    }
    return service_named(session, schema_of(session), rest, &entity, &ret_take->from, err);
}

static pb_status read_group(merge_work *work, db_session *session, record_merge_group *ret_group,
                            pb_error *err)
{
    const service_merge_ask *ask = work->ask;
    pb_uuid *ids = pb_arena_array(work->arena, ask->name_count + 2, sizeof *ids);
    record_merge_take *takes = pb_arena_array(work->arena, ask->take_count + 1, sizeof *takes);
    const model_entity *entity = ask->entity;
    if (ids == NULL || takes == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_ids(work, session, &entity, ids, err));
    record_merge_group group = {.entity = entity,
                                .ids = ids,
                                .count = ask->name_count,
                                .takes = takes,
                                .take_count = ask->take_count};
    if (ask->into != NULL) {
        group.into = &ids[ask->name_count];
        PB_TRY(service_named(session, schema_of(session), pb_str_c(ask->into), &entity,
                             &ids[ask->name_count], err));
    }
    for (size_t i = 0; i < ask->take_count; i++)
        PB_TRY(read_take(session, entity, ask->takes[i], &takes[i], err));
    *ret_group = group;
    return PB_OK;
}

/* --- merging --- */

/* Of few records each pair is looked up. */
static pb_status ask_pairs(merge_work *work, db_session *session, const record_merge_group *group,
                           pb_error *err)
{
    for (size_t i = 0; i < group->count; i++)
        for (size_t k = 0; k < i; k++) {
            record_pair pair;
            pb_error why;
            pb_status status = record_review_find(session, group->entity, group->ids[i],
                                                  group->ids[k], work->arena, &pair, &why);
            if (status == PB_OK)
                work->merged->said_different |= pair.state == RECORD_DIFFERENT;
            else if (status != PB_NOT_FOUND) {
                if (err != NULL)
                    *err = why;
                return status;
            }
        }
    return PB_OK;
}

typedef struct members {
    pb_map *ids;
    bool *said_different;
} members;

static pb_status ask_pair(void *context, const record_pair *pair, pb_error *err)
{
    const members *of = context;
    (void)err;
    *of->said_different |= pb_map_get(of->ids, pb_uuid_str(&pair->left)) != NULL &&
                           pb_map_get(of->ids, pb_uuid_str(&pair->right)) != NULL;
    return PB_OK;
}

/* Of many, every decision is, or their pairs would be more than all that was decided. */
static pb_status ask_decisions(merge_work *work, db_session *session,
                               const record_merge_group *group, pb_error *err)
{
    enum { FEW = 32 };
    const record_review_filter filter = {.entity = group->entity, .state = RECORD_DIFFERENT};
    members of = {pb_map_new(work->arena), &work->merged->said_different};
    if (group->count <= FEW)
        return ask_pairs(work, session, group, err);
    if (of.ids == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < group->count; i++)
        if (pb_map_put(of.ids, pb_uuid_str(&group->ids[i]), NULL) == NULL)
            return pb_fail_memory(err);
    return record_review_each(session, &filter, ask_pair, &of, err);
}

static pb_status told_merge(void *context, const record_merge *merge, pb_error *err)
{
    PB_TRY(keep_merge(context, merge, err));
    return begin_gains(context, err);
}

bool service_moving_links(void *call, uint64_t done, uint64_t total)
{
    const service_call *of = call;
    return of->progress != NULL &&
           of->progress(of->context, PB_MSG("Moving links"), "", done, total);
}

static pb_status merge_group(merge_work *work, record_writer *writer,
                             const record_merge_group *group, pb_error *err)
{
    record_merger *merger = NULL;
    const record_merge_told told = {told_merge, keep_link, work};
    PB_TRY(record_merger_open(writer, &told, &merger, err));
    pb_status status = record_merger_merge(merger, group, err);
    if (status == PB_OK)
        status = record_merger_finish(merger, PB_STR("by hand"), service_moving_links,
                                      (void *)(uintptr_t)work->call, &work->merged->counts,
                                      &work->merged->run, err);
    record_merger_close(merger);
    return status;
}

static pb_status merge_decided(merge_work *work, const service_access *access, pb_error *err)
{
    db_session *session = access->session;
    record_merge_group group = {0};
    record_writer *writer = NULL;
    PB_TRY(merge_may(access, work->ask, work->arena, err));
    PB_TRY(read_group(work, session, &group, err));
    work->merged->entity = group.entity;
    PB_TRY(ask_decisions(work, session, &group, err));
    PB_TRY(record_writer_open(session, work->call->actor, work->call->now_us, RECORD_KEEP, &writer,
                              err));
    pb_status status = merge_group(work, writer, &group, err);
    record_writer_close(writer);
    PB_TRY(status);
    find_gains(work);
    return merge_see(access, work->merged, work->arena, err);
}

static pb_status merge(db_session *session, void *context, pb_error *err)
{
    merge_work *work = context;
    service_access access;
    *work->merged = (service_merged){0};
    work->link_capacity = 0;
    PB_TRY(service_access_open(session, work->call, &work->denial, &access, err));
    pb_status status = merge_decided(work, &access, err);
    service_access_close(&access);
    PB_TRY(status);
    return work->ask->dry_run ? PB_CANCELLED : PB_OK; /* a rehearsal is rolled back */
}

/* Who merges sees the records side by side. */
static pb_status log_merged(const merge_work *work, db_workspace *workspace, pb_error *err)
{
    const service_merged *merged = work->merged;
    const record_data **shown = pb_arena_array(work->arena, merged->count + 1, sizeof *shown);
    if (work->call->who == NULL)
        return PB_OK;
    if (shown == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < merged->count; i++)
        shown[i] = &merged->seen[i].record;
    return service_log_shown(work->call, workspace, shown, merged->count, err);
}

pb_status service_merge(const service_call *call, db_workspace *workspace,
                        const service_merge_ask *ask, pb_arena *arena, service_merged *ret_merged,
                        pb_error *err)
{
    service_merged merged = {0};
    merge_work work = {.call = call, .ask = ask, .arena = arena, .merged = &merged};
    pb_status status = db_write_within(workspace, call->limits, merge, &work, err);
    bool rehearsal = ask->dry_run && status == PB_CANCELLED && merged.run > 0;
    if (status != PB_OK && !rehearsal)
        return service_refused(call, workspace, &work.denial, status, err);
    PB_TRY(log_merged(&work, workspace, err));
    *ret_merged = merged;
    return PB_OK;
}
