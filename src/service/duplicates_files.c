/* Duplicates in files: their rows go straight into the comparison, no workspace is laid out. */
#include "internal.h"

#include "base/map.h"
#include "exchange/scan.h"
#include "likeness/rows.h"
#include "record/values.h"
#include "sys/environment.h"

#include <stdlib.h>

enum { IDS_FIRST = 16384, IDS_PIECE = 2 << 20, ID_ROOM = 64 << 10 };

/* What is gathered of one entity. */
typedef struct entity_rows {
    likeness_rows *rows; /* NULL: none of its files was read */
    pb_str *ids;
    size_t count, capacity;
    bool *wanted; /* by field: compared, or needed to read one that is */
} entity_rows;

/* One slot's share. */
typedef struct file_slot {
    likeness_part *part;
    const model_entity *entity; /* the part is of */
    pb_buf ids;                 /* one behind the other */
    size_t ends[EXCHANGE_SCAN_ROWS];
    size_t count;
} file_slot;

typedef struct file_search {
    const service_core *service;
    const service_call *call;
    const exchange_plan *plan;
    pb_str only; /* absent: every entity */
    size_t threads;
    double threshold; /* 0: that of the entity */
    match_options matching;
    entity_rows *entities; /* by entity index */
    record_values *values[EXCHANGE_SCAN_THREADS];
    record_input *inputs[EXCHANGE_SCAN_THREADS]; /* those wanted of a row */
    size_t input_room[EXCHANGE_SCAN_THREADS];
    file_slot slots[EXCHANGE_SCAN_SLOTS];
    uint64_t rows; /* of all entities */
    char *piece;   /* ids are packed into pieces of the store, which ends with the arena */
    size_t piece_left;
    pb_arena *arena;
} file_search;

/* --- what is wanted --- */

/* A field that is compared, and the country by which such a field is read. */
static pb_status choose_wanted(file_search *search, const model_entity *entity, entity_rows *of,
                               pb_error *err)
{
    const likeness_fields *fields = likeness_rows_fields(of->rows);
    of->wanted = pb_arena_array(search->arena, entity->field_count + 1, sizeof *of->wanted);
    if (of->wanted == NULL)
        return pb_fail_memory(err);
    for (size_t c = 0; c < fields->count; c++) {
        const model_field *country = model_field_find(entity, fields->field[c]->country);
        of->wanted[fields->field[c]->index] = true;
        if (country != NULL)
            of->wanted[country->index] = true;
    }
    return PB_OK;
}

static bool wants(void *context, const exchange_file *file)
{
    const file_search *search = context;
    return search->entities[file->entity->index].rows != NULL;
}

/* Rows of every entity that a file brings and that can be compared. */
static pb_status begin_entities(file_search *search, const exchange_plan *plan, pb_error *err)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const model_entity *entity = plan->files[i].entity;
        entity_rows *of = entity != NULL ? &search->entities[entity->index] : NULL;
        if (of == NULL || of->rows != NULL ||
            (!pb_str_empty(search->only) && !pb_str_eq(entity->name, search->only)) ||
            likeness_fields_of(entity).count == 0)
            continue;
        PB_TRY(likeness_rows_new(entity, search->matching.store, &of->rows, err));
        PB_TRY(choose_wanted(search, entity, of, err));
    }
    return PB_OK;
}

/* --- rows, by any thread --- */

static pb_status begin_slot(file_search *search, file_slot *slot, const model_entity *entity,
                            pb_error *err)
{
    if (slot->entity == entity)
        return PB_OK;
    slot->part = likeness_part_free(slot->part);
    slot->entity = NULL;
    PB_TRY(likeness_part_new(search->entities[entity->index].rows, EXCHANGE_SCAN_ROWS, &slot->part,
                             err));
    slot->entity = entity;
    return PB_OK;
}

/* The inputs that matter; the others need not be read. */
static pb_status wanted_inputs(file_search *search, size_t thread, const exchange_row *row,
                               const bool *wanted, size_t *ret_count, pb_error *err)
{
    size_t count = 0;
    if (row->count > search->input_room[thread]) {
        record_input *grown =
            realloc(search->inputs[thread], row->count * sizeof *search->inputs[thread]);
        if (grown == NULL)
            return pb_fail_memory(err);
        search->inputs[thread] = grown;
        search->input_room[thread] = row->count;
    }
    for (size_t i = 0; i < row->count; i++)
        if (wanted[row->inputs[i].field->index])
            search->inputs[thread][count++] = row->inputs[i];
    *ret_count = count;
    return PB_OK;
}

static pb_status take(void *context, size_t thread, size_t number, const exchange_row *row,
                      pb_error *err)
{
    file_search *search = context;
    file_slot *slot = &search->slots[number];
    const model_entity *entity = row->file->entity;
    const entity_rows *of = &search->entities[entity->index];
    const likeness_fields *fields = likeness_rows_fields(of->rows);
    const pb_value *values;
    pb_value compared[LIKENESS_FIELDS];
    pb_str id = row->source_id;
    size_t count = 0;
    PB_TRY(begin_slot(search, slot, entity, err));
    PB_TRY(wanted_inputs(search, thread, row, of->wanted, &count, err));
    PB_TRY(record_values_read(search->values[thread], entity, search->inputs[thread], count, &id,
                              &values, err));
    for (size_t c = 0; c < fields->count; c++)
        compared[c] = values[fields->field[c]->index];
    PB_TRY(likeness_part_add(slot->part, compared, err));
    if (pb_str_empty(id))
        pb_buf_i64(&slot->ids, row->row);
    else
        pb_buf_add(&slot->ids, id);
    slot->ends[slot->count++] = slot->ids.len;
    return slot->ids.failed ? pb_fail_memory(err) : PB_OK;
}

/* --- slots, in order --- */

static pb_str pack_id(file_search *search, pb_str id)
{
    if (id.len > search->piece_left) {
        const match_store *store = search->matching.store;
        search->piece_left = id.len > IDS_PIECE ? id.len : IDS_PIECE;
        search->piece = store->resize(store->context, NULL, search->piece_left);
        if (search->piece == NULL)
            return PB_STR_NONE;
    }
    char *at = search->piece;
    memcpy(at, id.ptr, id.len);
    search->piece += id.len;
    search->piece_left -= id.len;
    return pb_str_n(at, id.len);
}

static pb_status keep_ids(file_search *search, entity_rows *of, const file_slot *slot,
                          pb_error *err)
{
    if (of->count + slot->count > of->capacity) {
        /* Large from the first: the store ends large blocks by itself. */
        size_t more = of->capacity + of->capacity / 2 + IDS_FIRST;
        const match_store *store = search->matching.store;
        pb_str *grown = store->resize(store->context, of->ids, more * sizeof *grown);
        if (grown == NULL)
            return store->why(store->context, err);
        of->ids = grown;
        of->capacity = more;
    }
    for (size_t i = 0, begin = 0; i < slot->count; begin = slot->ends[i++]) {
        pb_str id = pb_str_sub(pb_buf_str(&slot->ids), begin, slot->ends[i] - begin);
        of->ids[of->count] = pack_id(search, id);
        if (of->ids[of->count++].ptr == NULL)
            return search->matching.store->why(search->matching.store->context, err);
    }
    search->rows += slot->count;
    return service_matching_bound(search->call, &search->matching, search->rows, err);
}

static pb_status keep(void *context, size_t number, const exchange_file *file, pb_error *err)
{
    file_search *search = context;
    file_slot *slot = &search->slots[number];
    entity_rows *of = &search->entities[file->entity->index];
    if (slot->count == 0)
        return PB_OK;
    PB_TRY(keep_ids(search, of, slot, err));
    PB_TRY(likeness_rows_take(of->rows, slot->part, err));
    slot->count = 0;
    pb_buf_clear(&slot->ids);
    return PB_OK;
}

/* --- the search --- */

static pb_status begin(file_search *search, const service_core *service, const service_call *call,
                       pb_str only, double threshold, pb_arena *arena, pb_error *err)
{
    size_t cores = sys_cores();
    *search = (file_search){.service = service, .call = call, .only = only, .arena = arena};
    search->threshold = threshold;
    PB_TRY(service_matching(call, threshold, arena, &search->matching, err));
    search->threads = cores < EXCHANGE_SCAN_THREADS ? cores : EXCHANGE_SCAN_THREADS;
    for (size_t i = 0; i < EXCHANGE_SCAN_SLOTS; i++)
        search->slots[i].ids = PB_BUF_INIT((size_t)1 << 30);
    search->entities =
        pb_arena_array(arena, service->schema->entity_count + 1, sizeof *search->entities);
    if (search->entities == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < search->threads; i++)
        PB_TRY(record_values_new(service->schema, call->now_us, &search->values[i], err));
    return PB_OK;
}

/* What was only needed while rows came. */
static void end_reading(file_search *search)
{
    for (size_t i = 0; i < EXCHANGE_SCAN_SLOTS; i++) {
        search->slots[i].part = likeness_part_free(search->slots[i].part);
        pb_buf_free(&search->slots[i].ids);
    }
    for (size_t i = 0; i < EXCHANGE_SCAN_THREADS; i++) {
        search->values[i] = record_values_free(search->values[i]);
        free(search->inputs[i]);
        search->inputs[i] = NULL;
    }
}

static void end(file_search *search)
{
    end_reading(search);
    for (size_t e = 0; search->entities != NULL && e < search->service->schema->entity_count; e++) {
        likeness_rows_free(search->entities[e].rows);
    }
}

/* Compares the rows of one entity; what is found outlives the search. */
static pb_status find_in(file_search *search, const model_entity *entity,
                         service_duplicates *ret_list, pb_error *err)
{
    entity_rows *of = &search->entities[entity->index];
    service_duplicate_progress progress = {search->call, entity};
    likeness_found found;
    search->matching.threshold = search->threshold > 0 ? search->threshold : entity->duplicate_find;
    *ret_list = (service_duplicates){.entity = entity, .threshold = search->matching.threshold};
    PB_TRY(likeness_rows_find(of->rows, &search->matching, service_comparing, &progress,
                              search->arena, &found, err));
    of->rows = likeness_rows_free(of->rows);
    if (found.field_count == 0)
        return PB_OK;
    ret_list->result = found.result;
    for (size_t i = 0; i < search->plan->file_count; i++)
        if (search->plan->files[i].entity == entity)
            ret_list->unread += search->plan->files[i].rejected;
    ret_list->ids = of->ids;
    return PB_OK;
}

static pb_status find_all(file_search *search, service_duplicates *lists, size_t *ret_count,
                          pb_error *err)
{
    size_t count = 0;
    for (size_t e = 0; e < search->service->schema->entity_count; e++) {
        if (search->entities[e].rows == NULL)
            continue;
        PB_TRY(find_in(search, &search->service->schema->entities[e], &lists[count], err));
        count += lists[count].result.rows > 0;
    }
    *ret_count = count;
    return PB_OK;
}

pb_status service_duplicates_in_files(const service_core *service, const service_call *call,
                                      const service_source *source, pb_str entity, double threshold,
                                      pb_arena *arena, service_duplicates *lists, size_t *ret_count,
                                      pb_error *err)
{
    file_search search;
    exchange_plan plan;
    exchange_options options;
    exchange_sink sink = {.wants = wants, .take = take, .keep = keep, .context = &search};
    PB_TRY(service_import_options(service, call, source, RECORD_KEEP, &options, err));
    PB_TRY(exchange_plan_make(service->schema, &options, arena, &plan, err));
    pb_status status = begin(&search, service, call, entity, threshold, arena, err);
    sink.threads = search.threads;
    search.plan = &plan;
    if (status == PB_OK)
        status = begin_entities(&search, &plan, err);
    if (status == PB_OK)
        status = exchange_scan(&options, &plan, &sink, err);
    end_reading(&search);
    if (status == PB_OK)
        status = find_all(&search, lists, ret_count, err);
    end(&search);
    return status;
}
