#include "audit/duplicates.h"

#include "base/bytes.h"
#include "likeness/likeness.h"
#include "model/value.h"
#include "run.h"

enum { MAX_FIELDS = LIKENESS_FIELDS, MAX_VALUE = 8 << 20 };

/* The columns being filled. */
typedef struct column_set {
    const model_entity *entity;
    pb_arena *arena;
    size_t rows;
    match_column columns[MAX_FIELDS];
    const model_field *fields[MAX_FIELDS];
    match_kind kinds[MAX_FIELDS];
    pb_str *values[MAX_FIELDS];
    size_t filled[MAX_FIELDS];
    size_t count;
    size_t told; /* the most rows in which one column holds more than a name or a town */
} column_set;

static pb_status choose_fields(column_set *set, pb_error *err)
{
    const likeness_fields fields = likeness_fields_of(set->entity);
    for (size_t c = 0; c < fields.count; c++) {
        set->values[c] = pb_arena_array(set->arena, set->rows + 1, sizeof(pb_str));
        if (set->values[c] == NULL)
            return pb_fail_memory(err);
        set->fields[c] = fields.field[c];
        set->kinds[c] = fields.kind[c];
    }
    set->count = fields.count;
    return PB_OK;
}

static pb_status take_value(const column_set *set, model_reader *reader, size_t column,
                            db_stmt *stmt, pb_buf *room, pb_str *ret_value, pb_error *err)
{
    pb_buf_clear(room);
    likeness_text(reader, set->fields[column], db_column_value(stmt, (int)column), room);
    if (room->failed)
        return pb_fail_memory(err);
    if (room->len == 0)
        return PB_OK;
    *ret_value = pb_arena_str(set->arena, pb_buf_str(room));
    return ret_value->ptr != NULL ? PB_OK : pb_fail_memory(err);
}

static pb_status read_rows(column_set *set, db_stmt *stmt, model_reader *reader, pb_error *err)
{
    PB_AUTO_BUF room = PB_BUF_INIT(MAX_VALUE);
    for (size_t row = 0; row < set->rows; row++) {
        bool more;
        PB_TRY(db_step(stmt, &more, err));
        if (!more)
            break;
        for (size_t c = 0; c < set->count; c++) {
            PB_TRY(take_value(set, reader, c, stmt, &room, &set->values[c][row], err));
            set->filled[c] += set->values[c][row].len > 0;
        }
        model_reader_reset(reader);
    }
    db_reset(stmt);
    return PB_OK;
}

static pb_status fill_columns(column_set *set, db_session *snapshot, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    db_stmt *stmt;
    pb_buf_addc(&sql, "select ");
    for (size_t c = 0; c < set->count; c++) {
        pb_buf_addc(&sql, c > 0 ? ", " : "");
        work_put_field(&sql, set->fields[c], true);
    }
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(set->entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    model_reader *reader = model_reader_new(0);
    if (reader == NULL)
        return pb_fail_memory(err);
    pb_status status = read_rows(set, stmt, reader, err);
    model_reader_free(reader);
    return status;
}

/* Leaves out the columns in which nothing stands: they would say nothing about any pair. Where only
 * places and days are left nothing is compared: who lives in one town is not one person; nor where
 * only names of people are, for namesakes have these in common. */
static void keep_filled(column_set *set)
{
    size_t kept = 0;
    bool tells_apart = false, names = false, more = false;
    for (size_t c = 0; c < set->count; c++) {
        if (set->filled[c] == 0)
            continue;
        set->columns[kept] = (match_column){set->fields[c]->name, set->kinds[c], set->values[c]};
        set->fields[kept] = set->fields[c];
        set->kinds[kept++] = set->kinds[c];
        match_kind kind = set->kinds[kept - 1];
        tells_apart = tells_apart || (kind != MATCH_PLACE && kind != MATCH_DATE);
        likeness_tells says = likeness_tells_of(set->fields[kept - 1], kind);
        names = names || says == LIKENESS_NAME;
        more = more || (says != LIKENESS_NAME && says != LIKENESS_PLACE);
        if (says != LIKENESS_NAME && says != LIKENESS_PLACE && set->filled[c] > set->told)
            set->told = set->filled[c];
    }
    set->count = tells_apart && (!names || more) ? kept : 0;
}

/* Declared blocks whose columns are all among those compared. */
static pb_status declared_blocks(const column_set *set, const char *const **ret_blocks,
                                 pb_error *err)
{
    const model_strs *declared = &set->entity->duplicate_blocks;
    const char **blocks = pb_arena_array(set->arena, declared->count + 1, sizeof *blocks);
    size_t count = 0;
    if (blocks == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < declared->count; i++) {
        pb_str rest = declared->items[i], part;
        bool all = true;
        while (pb_str_split(&rest, '+', &part)) {
            bool found = false;
            for (size_t c = 0; c < set->count; c++)
                found = found || pb_str_eq(set->columns[c].name, part);
            all = all && found;
        }
        if (all && (blocks[count++] = pb_arena_cstr(set->arena, declared->items[i])) == NULL)
            return pb_fail_memory(err);
    }
    *ret_blocks = blocks;
    return PB_OK;
}

static pb_status count_rows(db_session *snapshot, const model_entity *entity, size_t *ret_rows,
                            pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(256);
    db_stmt *stmt;
    bool row;
    pb_buf_printf(&sql, "select count(*) from %.*s", PB_STR_FMT(entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_rows = row ? (size_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static bool doubtful(const column_set *set, bool names_only, const match_pair *pair)
{
    pb_str left[MAX_FIELDS], right[MAX_FIELDS];
    for (size_t c = 0; c < set->count; c++) {
        left[c] = set->columns[c].values[pair->left];
        right[c] = set->columns[c].values[pair->right];
    }
    return likeness_doubtful(&(likeness_pair){.fields = set->fields,
                                              .kinds = set->kinds,
                                              .left = left,
                                              .right = right,
                                              .count = set->count,
                                              .levels = pair->levels,
                                              .names_only = names_only});
}

/* Takes back the pairs that something speaks against; clusters are what the others hold together.
 */
static void drop_doubtful(const column_set *set, audit_duplicates *found)
{
    match_result *result = &found->result;
    size_t kept = 0;
    for (size_t i = 0; i < result->pair_count; i++)
        if (!doubtful(set, found->names_only, &result->pairs[i]))
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

pb_status audit_duplicates_find(db_session *snapshot, const model_entity *entity, double threshold,
                                match_progress progress, void *context, pb_arena *arena,
                                audit_duplicates *ret_duplicates, pb_error *err)
{
    column_set set = {.entity = entity, .arena = arena};
    match_options options = {.threshold = threshold};
    audit_duplicates found = {0};
    PB_TRY(count_rows(snapshot, entity, &set.rows, err));
    PB_TRY(choose_fields(&set, err));
    if (set.count > 0 && set.rows > 0)
        PB_TRY(fill_columns(&set, snapshot, err));
    keep_filled(&set);
    PB_TRY(declared_blocks(&set, &options.blocks, err));
    PB_TRY(match_run(set.columns, set.count, set.rows, &options, progress, context, arena,
                     &found.result, err));
    found.field_count = set.count;
    found.names_only = set.told * 2 < set.rows;
    match_column *columns = pb_arena_array(arena, set.count + 1, sizeof *columns);
    if (columns == NULL)
        return pb_fail_memory(err);
    memcpy(columns, set.columns, set.count * sizeof *columns);
    found.columns = columns;
    drop_doubtful(&set, &found);
    *ret_duplicates = found;
    return PB_OK;
}

pb_status audit_duplicates_names(db_session *snapshot, const model_entity *entity, pb_arena *arena,
                                 pb_str **ret_names, size_t *ret_count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(256);
    db_stmt *stmt;
    size_t rows, count = 0;
    PB_TRY(count_rows(snapshot, entity, &rows, err));
    pb_str *names = pb_arena_array(arena, rows + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    pb_buf_printf(&sql, "select record, id from %.*s order by n", PB_STR_FMT(entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    for (bool more; count < rows; count++) {
        char text[37] = "";
        PB_TRY(db_step(stmt, &more, err));
        if (!more)
            break;
        pb_str name = db_column_text(stmt, 0), id = db_column_blob(stmt, 1);
        if (pb_str_empty(name) && id.len == 16) {
            pb_uuid uuid;
            memcpy(uuid.b, id.ptr, sizeof uuid.b);
            pb_uuid_text(uuid, text);
            name = pb_str_c(text);
        }
        names[count] = pb_arena_str(arena, name);
        if (names[count].ptr == NULL)
            return pb_fail_memory(err);
    }
    db_reset(stmt);
    *ret_names = names;
    *ret_count = count;
    return PB_OK;
}
