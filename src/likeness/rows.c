/* Records of an entity on their way into the comparison, and what is taken back behind it. */
#include "likeness/rows.h"

#include <stdlib.h>

enum { MAX_ROOM = 256 << 20 };

struct likeness_rows {
    const model_entity *entity;
    likeness_fields fields;
    match_rows *packed;
};

struct likeness_part {
    const likeness_rows *rows;
    model_reader *reader;
    pb_buf room; /* the values of a record as they are compared */
    match_batch *batch;
};

pb_status likeness_rows_new(const model_entity *entity, const match_store *store,
                            likeness_rows **ret_rows, pb_error *err)
{
    match_column columns[LIKENESS_FIELDS];
    likeness_rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL)
        return pb_fail_memory(err);
    rows->entity = entity;
    rows->fields = likeness_fields_of(entity);
    for (size_t c = 0; c < rows->fields.count; c++)
        columns[c] = (match_column){rows->fields.field[c]->name, rows->fields.kind[c], NULL};
    pb_status status = match_rows_new(columns, rows->fields.count, store, &rows->packed, err);
    if (status == PB_OK)
        *ret_rows = rows;
    else
        likeness_rows_free(rows);
    return status;
}

likeness_rows *likeness_rows_free(likeness_rows *rows)
{
    if (rows != NULL)
        match_rows_free(rows->packed);
    free(rows);
    return NULL;
}

const likeness_fields *likeness_rows_fields(const likeness_rows *rows)
{
    return &rows->fields;
}

pb_status likeness_part_new(const likeness_rows *rows, size_t most, likeness_part **ret_part,
                            pb_error *err)
{
    likeness_part *part = calloc(1, sizeof *part);
    if (part == NULL)
        return pb_fail_memory(err);
    *part =
        (likeness_part){.rows = rows, .reader = model_reader_new(0), .room = PB_BUF_INIT(MAX_ROOM)};
    pb_status status = part->reader != NULL ? match_batch_new(rows->packed, most, &part->batch, err)
                                            : pb_fail_memory(err);
    if (status == PB_OK)
        *ret_part = part;
    else
        likeness_part_free(part);
    return status;
}

likeness_part *likeness_part_free(likeness_part *part)
{
    if (part == NULL)
        return NULL;
    model_reader_free(part->reader);
    match_batch_free(part->batch);
    pb_buf_free(&part->room);
    free(part);
    return NULL;
}

pb_status likeness_part_add(likeness_part *part, const pb_value *values, pb_error *err)
{
    const likeness_fields *fields = &part->rows->fields;
    size_t ends[LIKENESS_FIELDS], begin = 0;
    pb_str texts[LIKENESS_FIELDS];
    pb_buf_clear(&part->room);
    for (size_t c = 0; c < fields->count; c++) {
        likeness_text(part->reader, fields->field[c], values[c], &part->room);
        ends[c] = part->room.len;
    }
    if (part->room.failed)
        return pb_fail_memory(err);
    for (size_t c = 0; c < fields->count; begin = ends[c++])
        texts[c] =
            ends[c] > begin ? pb_str_n(part->room.ptr + begin, ends[c] - begin) : PB_STR_NONE;
    model_reader_reset(part->reader);
    return match_batch_add(part->batch, texts, err);
}

pb_status likeness_rows_take(likeness_rows *rows, likeness_part *part, pb_error *err)
{
    return match_rows_take(rows->packed, part->batch, err);
}

/* --- finding --- */

/* The columns that are left once empty ones are forgotten. */
typedef struct compared {
    const match_rows *packed;
    const match_column *columns;
    const model_field *fields[LIKENESS_FIELDS];
    match_kind kinds[LIKENESS_FIELDS];
    size_t count;
    size_t told; /* the most rows in which one column holds more than a name or a town */
    bool worth;  /* there is enough to compare by */
} compared;

/* Where only places and days are known nothing is compared: who lives in one town is not one
 * person; nor where only names of people are, for namesakes have these in common. */
static compared what_is_compared(const likeness_rows *rows)
{
    compared of = {.packed = rows->packed};
    bool tells_apart = false, names = false, more = false;
    of.columns = match_rows_columns(rows->packed, &of.count);
    for (size_t c = 0; c < of.count; c++) {
        size_t filled = match_rows_filled(rows->packed, c);
        of.kinds[c] = of.columns[c].kind;
        of.fields[c] = model_field_find(rows->entity, of.columns[c].name);
        likeness_tells says = likeness_tells_of(of.fields[c], of.kinds[c]);
        tells_apart = tells_apart || (of.kinds[c] != MATCH_PLACE && of.kinds[c] != MATCH_DATE);
        names = names || says == LIKENESS_NAME;
        more = more || (says != LIKENESS_NAME && says != LIKENESS_PLACE);
        if (says != LIKENESS_NAME && says != LIKENESS_PLACE && filled > of.told)
            of.told = filled;
    }
    of.worth = tells_apart && (!names || more);
    return of;
}

/* Declared blocks whose columns are all among those compared. */
static pb_status declared_blocks(const model_entity *entity, const compared *of, pb_arena *arena,
                                 const char *const **ret_blocks, pb_error *err)
{
    const model_strs *declared = &entity->duplicate_blocks;
    const char **blocks = pb_arena_array(arena, declared->count + 1, sizeof *blocks);
    size_t count = 0;
    if (blocks == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < declared->count; i++) {
        pb_str rest = declared->items[i], part;
        bool all = true;
        while (pb_str_split(&rest, '+', &part)) {
            bool found = false;
            for (size_t c = 0; c < of->count; c++)
                found = found || pb_str_eq(of->columns[c].name, part);
            all = all && found;
        }
        if (all && (blocks[count++] = pb_arena_cstr(arena, declared->items[i])) == NULL)
            return pb_fail_memory(err);
    }
    *ret_blocks = blocks;
    return PB_OK;
}

static bool doubtful(const compared *of, bool names_only, const match_pair *pair)
{
    pb_str left[LIKENESS_FIELDS], right[LIKENESS_FIELDS];
    for (size_t c = 0; c < of->count; c++) {
        left[c] = match_rows_value(of->packed, pair->left, c);
        right[c] = match_rows_value(of->packed, pair->right, c);
    }
    return likeness_doubtful(&(likeness_pair){.fields = of->fields,
                                              .kinds = of->kinds,
                                              .left = left,
                                              .right = right,
                                              .count = of->count,
                                              .levels = pair->levels,
                                              .names_only = names_only});
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* Takes back the pairs that something speaks against; clusters are what the others hold together.
 */
static void drop_doubtful(const compared *of, likeness_found *found)
{
    match_result *result = &found->result;
    size_t kept = 0;
    for (size_t i = 0; i < result->pair_count; i++)
        if (!doubtful(of, found->names_only, &result->pairs[i]))
            result->pairs[kept++] = result->pairs[i];
    if (kept == result->pair_count)
        return;
    result->pair_count = kept;
    for (size_t row = 0; row < result->rows; row++)
        result->cluster[row] = (uint32_t)row;
    for (size_t i = 0; i < kept; i++) {
        uint32_t a = root_of(result->cluster, result->pairs[i].left);
        uint32_t b = root_of(result->cluster, result->pairs[i].right);
        result->cluster[a > b ? a : b] = a < b ? a : b;
    }
    for (size_t row = 0; row < result->rows; row++)
        result->cluster[row] = root_of(result->cluster, (uint32_t)row);
}

/* Nothing is compared: every record stands by itself. */
static pb_status all_apart(size_t rows, pb_arena *arena, match_result *result, pb_error *err)
{
    *result = (match_result){.rows = rows};
    result->cluster = pb_arena_array(arena, rows + 1, sizeof *result->cluster);
    for (size_t row = 0; row < rows && result->cluster != NULL; row++)
        result->cluster[row] = (uint32_t)row;
    return result->cluster != NULL ? PB_OK : pb_fail_memory(err);
}

pb_status likeness_rows_find(likeness_rows *rows, const match_options *options,
                             match_progress progress, void *context, pb_arena *arena,
                             likeness_found *ret_found, pb_error *err)
{
    likeness_found found = {0};
    match_options with_blocks = *options;
    PB_TRY(match_rows_end(rows->packed, true, err));
    size_t all = match_rows_count(rows->packed);
    compared of = what_is_compared(rows);
    found.columns = of.columns;
    found.names_only = of.told * 2 < all;
    if (!of.worth) {
        PB_TRY(all_apart(all, arena, &found.result, err));
        *ret_found = found;
        return PB_OK;
    }
    PB_TRY(declared_blocks(rows->entity, &of, arena, &with_blocks.blocks, err));
    PB_TRY(
        match_rows_find(rows->packed, &with_blocks, progress, context, arena, &found.result, err));
    found.field_count = of.count;
    drop_doubtful(&of, &found);
    *ret_found = found;
    return PB_OK;
}
