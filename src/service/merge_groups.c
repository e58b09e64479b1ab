#include "merge_groups.h"

#include "base/bytes.h"
#include "base/map.h"
#include "exchange/rows.h"
#include "merge_names.h"
#include "record/review.h"

/* Records are named as searches for duplicates name them: by the source's own id, else the number
 * of the row it came from, else their own number. */
typedef struct naming {
    db_session *session;
    const model_schema *schema;
    const service_bulk_ask *ask;
    pb_arena *arena;
    merge_sets *sets;
    pb_map *names;  /* -> 1 + position in ids; 0: several records */
    pb_map *places; /* id -> 1 + position */
    pb_uuid *ids;   /* of live records, then of those found otherwise */
    size_t id_count, id_capacity;
    pb_map *of;                /* cluster, or position of an id -> 1 + position of its set */
    size_t *parents;           /* pairs: of each id, the id it is one with */
    size_t left, right, score; /* columns; SIZE_MAX: none */
    bool pairs, begun;
} naming;

/* --- names --- */

static pb_status add_name(naming *n, pb_str name, pb_uuid id, pb_error *err)
{
    bool fresh;
    if (!PB_PUSH(n->arena, n->ids, n->id_count, n->id_capacity, id))
        return pb_fail_memory(err);
    uint64_t *at = pb_map_put(n->names, name, &fresh);
    if (at == NULL)
        return pb_fail_memory(err);
    *at = fresh ? n->id_count : 0;
    at = pb_map_put(n->places, pb_uuid_str(&id), NULL);
    if (at == NULL)
        return pb_fail_memory(err);
    *at = n->id_count;
    return PB_OK;
}

static pb_status name_record(void *context, const record_data *record, pb_error *err)
{
    PB_AUTO_BUF number = PB_BUF_INIT(32);
    if (!pb_str_empty(record->source_id))
        return add_name(context, record->source_id, record->id, err);
    pb_buf_i64(&number, record->row > 0 ? record->row : record->n);
    return add_name(context, pb_buf_str(&number), record->id, err);
}

static pb_status load_names(naming *n, pb_error *err)
{
    return record_scan(n->session, n->sets->entity, name_record, n, err);
}

/* Position of the id of a name; SIZE_MAX: none, `*ret_several` true: several. What was merged away
 * leads to its survivor. */
static pb_status find_name(naming *n, pb_str name, size_t *ret_at, bool *ret_several, pb_error *err)
{
    pb_uuid id;
    pb_error why;
    const uint64_t *at = pb_map_get(n->names, name);
    *ret_at = SIZE_MAX;
    *ret_several = at != NULL && *at == 0;
    if (at != NULL) {
        *ret_at = *at > 0 ? *at - 1 : SIZE_MAX;
        return PB_OK;
    }
    pb_status status = record_lookup(n->session, n->sets->entity, name, &id, &why);
    if (status == PB_OK) {
        at = pb_map_get(n->places, pb_uuid_str(&id));
        *ret_at = at != NULL ? *at - 1 : SIZE_MAX;
        return PB_OK;
    }
    *ret_several = status == PB_CONFLICT;
    if (status == PB_NOT_FOUND || status == PB_CONFLICT)
        return PB_OK;
    if (err != NULL)
        *err = why;
    return status;
}

/* The names of the entity are loaded when the first record is met: it says which entity is meant.
 */
static pb_status begin(naming *n, pb_str first, pb_error *err)
{
    pb_uuid id;
    if (n->begun)
        return PB_OK;
    n->begun = true;
    if (n->sets->entity == NULL)
        PB_TRY(service_named(n->session, n->schema, first, &n->sets->entity, &id, err));
    return load_names(n, err);
}

/* --- sets --- */

static pb_status add_set(naming *n, pb_str name, merge_set **ret_set, pb_error *err)
{
    merge_set set = {.name = pb_arena_str(n->arena, name)};
    if (set.name.ptr == NULL ||
        !PB_PUSH(n->arena, n->sets->items, n->sets->count, n->sets->capacity, set))
        return pb_fail_memory(err);
    *ret_set = &n->sets->items[n->sets->count - 1];
    return PB_OK;
}

static pb_status set_of(naming *n, pb_str key, pb_str name, merge_set **ret_set, pb_error *err)
{
    bool fresh;
    uint64_t *at = pb_map_put(n->of, key, &fresh);
    if (at == NULL)
        return pb_fail_memory(err);
    if (!fresh) {
        *ret_set = &n->sets->items[*at - 1];
        return PB_OK;
    }
    *at = n->sets->count + 1;
    return add_set(n, name, ret_set, err);
}

static bool holds(const merge_set *set, pb_uuid id)
{
    for (size_t i = 0; i < set->count; i++)
        if (pb_str_eq(pb_uuid_str(&set->ids[i]), pb_uuid_str(&id)))
            return true;
    return false;
}

static pb_status add_member(naming *n, merge_set *set, size_t at, pb_str name, bool several,
                            pb_error *err)
{
    if (at == SIZE_MAX) {
        set->unknown = pb_arena_str(n->arena, name);
        set->several = several;
        return set->unknown.ptr != NULL ? PB_OK : pb_fail_memory(err);
    }
    if (holds(set, n->ids[at]))
        return PB_OK;
    return PB_PUSH(n->arena, set->ids, set->count, set->capacity, n->ids[at]) ? PB_OK
                                                                              : pb_fail_memory(err);
}

/* --- files --- */

static pb_status refuse_file(const naming *n, int64_t line, const char *says, pb_str value,
                             pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("{file}, line {line}, could not be understood."), "file",
            n->pairs ? n->ask->pairs : n->ask->clusters, "line", PB_ARG_INT(line), NULL);
    pb_error_detail(err, says, "value", PB_ARG(value), NULL);
    pb_error_hint(err,
                  n->pairs ? PB_MSG("Pairs have the columns left_id, right_id and score, as "
                                    "`probity duplicates --pairs` writes them.")
                           : PB_MSG("Clusters have the columns id and cluster, as `probity "
                                    "duplicates --clusters` writes them."),
                  NULL);
    return PB_INVALID;
}

static size_t column_called(const pb_str *cells, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq_nocase(pb_str_trim(cells[i]), pb_str_c(name)))
            return i;
    return SIZE_MAX;
}

static pb_status read_header(naming *n, const pb_str *cells, size_t count, int64_t line,
                             pb_error *err)
{
    n->left = column_called(cells, count, n->pairs ? "left_id" : "id");
    n->right = column_called(cells, count, n->pairs ? "right_id" : "cluster");
    n->score = column_called(cells, count, "score");
    if (n->left == SIZE_MAX || n->right == SIZE_MAX)
        return refuse_file(n, line, PB_MSG("A column is missing."), PB_STR(""), err);
    return PB_OK;
}

static pb_status is_below(naming *n, const pb_str *cells, size_t count, int64_t line,
                          bool *ret_below, pb_error *err)
{
    double score;
    *ret_below = false;
    if (n->score == SIZE_MAX || n->score >= count || pb_str_empty(cells[n->score]))
        return PB_OK;
    if (!pb_str_to_double(pb_str_trim(cells[n->score]), &score))
        return refuse_file(n, line, PB_MSG("“{value}” is not a number."), cells[n->score], err);
    *ret_below = score < n->ask->threshold;
    n->sets->below += *ret_below;
    return PB_OK;
}

static size_t root_of(naming *n, size_t at)
{
    while (n->parents[at] != at)
        at = n->parents[at] = n->parents[n->parents[at]];
    return at;
}

/* A pair of which one is not there is a set of its own, to be told. */
static pb_status take_pair(naming *n, pb_str left, pb_str right, pb_error *err)
{
    size_t at[2];
    bool several[2];
    merge_set *set;
    PB_TRY(find_name(n, left, &at[0], &several[0], err));
    PB_TRY(find_name(n, right, &at[1], &several[1], err));
    if (at[0] == SIZE_MAX || at[1] == SIZE_MAX) {
        size_t missing = at[0] == SIZE_MAX ? 0 : 1;
        PB_TRY(add_set(n, left, &set, err));
        return add_member(n, set, SIZE_MAX, missing == 0 ? left : right, several[missing], err);
    }
    size_t a = root_of(n, at[0]), b = root_of(n, at[1]);
    n->parents[a > b ? a : b] = a > b ? b : a;
    return PB_OK;
}

static pb_status take_row(void *context, const pb_str *cells, size_t count, int64_t line,
                          pb_error *err)
{
    naming *n = context;
    bool below, several;
    size_t at;
    merge_set *set;
    if (n->left == SIZE_MAX)
        return read_header(n, cells, count, line, err);
    if (n->left >= count || n->right >= count || pb_str_empty(cells[n->left]) ||
        pb_str_empty(cells[n->right]))
        return refuse_file(n, line, PB_MSG("A value is missing."), PB_STR(""), err);
    PB_TRY(is_below(n, cells, count, line, &below, err));
    if (below)
        return PB_OK;
    pb_str left = cells[n->left], right = cells[n->right];
    PB_TRY(begin(n, left, err));
    if (n->pairs && n->parents == NULL) {
        n->parents = pb_arena_array(n->arena, n->id_count + 1, sizeof *n->parents);
        for (size_t i = 0; n->parents != NULL && i < n->id_count; i++)
            n->parents[i] = i;
        if (n->parents == NULL)
            return pb_fail_memory(err);
    }
    if (n->pairs)
        return take_pair(n, left, right, err);
    PB_TRY(find_name(n, left, &at, &several, err));
    PB_TRY(set_of(n, right, right, &set, err));
    return add_member(n, set, at, left, several, err);
}

/* Records that pairs hold together, in the order of the records. */
static pb_status gather_pairs(naming *n, pb_error *err)
{
    for (size_t i = 0; n->parents != NULL && i < n->id_count; i++) {
        char text[37];
        merge_set *set;
        size_t root = root_of(n, i);
        if (root == i)
            continue;
        pb_uuid_text(n->ids[root], text);
        pb_str key = pb_str_n((const char *)&root, sizeof root);
        PB_TRY(set_of(n, key, pb_str_c(text), &set, err));
        if (set->count == 0)
            PB_TRY(add_member(n, set, root, PB_STR(""), false, err));
        PB_TRY(add_member(n, set, i, PB_STR(""), false, err));
    }
    return PB_OK;
}

/* --- the review queue --- */

static pb_status take_decided(void *context, const record_pair *pair, pb_error *err)
{
    naming *n = context;
    char left[37], right[37];
    pb_uuid_text(pair->left, left);
    pb_uuid_text(pair->right, right);
    const pb_str cells[] = {pb_str_c(left), pb_str_c(right)};
    n->left = 0;
    n->right = 1;
    return take_row(n, cells, 2, 0, err);
}

/* Ids lead to themselves: the names of the entity are not asked for. */
static pb_status load_decided(naming *n, pb_error *err)
{
    const record_review_filter filter = {
        .entity = n->ask->entity, .state = RECORD_SAME, .live = true};
    return record_review_each(n->session, &filter, take_decided, n, err);
}

pb_status service_merge_groups(db_session *session, const model_schema *schema,
                               const service_bulk_ask *ask, pb_arena *arena, merge_sets *ret_sets,
                               pb_error *err)
{
    naming n = {.session = session,
                .schema = schema,
                .ask = ask,
                .arena = arena,
                .sets = ret_sets,
                .names = pb_map_new(arena),
                .places = pb_map_new(arena),
                .of = pb_map_new(arena),
                .left = SIZE_MAX,
                .right = SIZE_MAX,
                .score = SIZE_MAX,
                .pairs = ask->pairs != NULL || ask->decided};
    *ret_sets = (merge_sets){.entity = ask->entity};
    if (n.names == NULL || n.places == NULL || n.of == NULL)
        return pb_fail_memory(err);
    PB_TRY(ask->decided
               ? load_decided(&n, err)
               : exchange_rows(ask->pairs != NULL ? ask->pairs : ask->clusters, take_row, &n, err));
    return n.pairs ? gather_pairs(&n, err) : PB_OK;
}
