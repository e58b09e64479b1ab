/* What a preset makes of the values of a row: standard words, several values in a cell, references
 * by their kind, and what follows for the row as a whole. */
#include "row.h"

#include "../plan/closing.h"
#include "base/csv.h"
#include "preset.h"

enum { FURTHER = 256, REMEMBERED = 4096, WORD_MOST = 256 };

/* A column with a route, or one that a condition looks at. */
typedef struct looked_at {
    size_t column;
    size_t by; /* column that says the kind; SIZE_MAX: none */
    const struct preset_column *what;
    const model_format *format;
} looked_at;

struct preset_shape {
    const struct preset_table *table;
    size_t column_count;
    const struct preset_column **fields; /* by field index; NULL: no preset */
    size_t *currency;                    /* by field index: column of the currency + 1; 0: none */
    looked_at *routes;
    size_t route_count;
    size_t deleted, where; /* columns; SIZE_MAX: none */
    size_t *when;          /* per condition: its column; SIZE_MAX: none */
    record_input *out;
    size_t room;
    pb_arena *arena; /* texts of a row */
    pb_arena *lasting;
    pb_map *roles; /* spelling of a choice that a route goes by -> pb_str *, its role */
    pb_map *words; /* value map and cell -> pb_str *: so that each spelling is folded once */
};

preset_shape *preset_shape_free(preset_shape *shape)
{
    if (shape == NULL)
        return NULL;
    pb_arena_free(shape->arena);
    pb_arena_free(shape->lasting);
    free(shape->out);
    free(shape);
    return NULL;
}

/* The first column whose header is one of the keys. */
static size_t column_of(const exchange_file *file, const model_strs *keys, pb_arena *arena)
{
    for (size_t k = 0; k < keys->count; k++)
        for (size_t c = 0; c < file->column_count; c++)
            if (pb_str_eq(names_key(arena, names_unwrapped(file->columns[c].header)),
                          keys->items[k]))
                return c;
    return SIZE_MAX;
}

/* The same for headers as the preset writes them. */
static size_t column_named(const exchange_file *file, const model_strs *headers, pb_arena *arena)
{
    for (size_t k = 0; k < headers->count; k++) {
        pb_str key = names_key(arena, headers->items[k]);
        size_t c = column_of(file, &(model_strs){&key, 1}, arena);
        if (c != SIZE_MAX)
            return c;
    }
    return SIZE_MAX;
}

static void bind_columns(const exchange_file *file, preset_shape *shape)
{
    for (size_t c = 0; c < file->column_count; c++) {
        const struct preset_column *what = file->columns[c].preset;
        if (what == NULL)
            continue;
        if (what->use == PRESET_DELETED)
            shape->deleted = c;
        if (what->use == PRESET_ROUTE)
            shape->routes[shape->route_count++] = (looked_at){
                c, column_named(file, &what->by, shape->lasting), what, &file->columns[c].format};
        if (what->use == PRESET_FIELD && what->field != NULL) {
            size_t currency = column_named(file, &what->currency, shape->lasting);
            shape->fields[what->field->index] = what;
            shape->currency[what->field->index] = currency == SIZE_MAX ? 0 : currency + 1;
        }
    }
}

static bool make_room(const exchange_file *file, preset_shape *shape)
{
    size_t fields = file->entity->field_count;
    shape->arena = pb_arena_new(0);
    shape->lasting = pb_arena_new(0);
    if (shape->arena == NULL || shape->lasting == NULL)
        return false;
    shape->fields = pb_arena_array(shape->lasting, fields + 1, sizeof(void *));
    shape->currency = pb_arena_array(shape->lasting, fields + 1, sizeof(size_t));
    shape->routes = pb_arena_array(shape->lasting, file->column_count + 1, sizeof(looked_at));
    shape->when = pb_arena_array(shape->lasting, shape->table->when_count + 1, sizeof(size_t));
    shape->words = pb_map_new(shape->lasting);
    shape->roles = pb_map_new(shape->lasting);
    shape->room = 2 * file->column_count + shape->table->when_count + FURTHER;
    shape->out = calloc(shape->room, sizeof *shape->out);
    return shape->fields != NULL && shape->currency != NULL && shape->routes != NULL &&
           shape->when != NULL && shape->words != NULL && shape->roles != NULL &&
           shape->out != NULL;
}

pb_status preset_shape_new(const exchange_file *file, preset_shape **ret_shape, pb_error *err)
{
    *ret_shape = NULL;
    if (file->preset == NULL || file->preset->entity != file->entity)
        return PB_OK;
    preset_shape *shape = calloc(1, sizeof *shape);
    if (shape == NULL)
        return pb_fail_memory(err);
    shape->table = file->preset;
    shape->column_count = file->column_count;
    shape->deleted = SIZE_MAX;
    if (!make_room(file, shape)) {
        preset_shape_free(shape);
        return pb_fail_memory(err);
    }
    bind_columns(file, shape);
    for (size_t r = 0; r < shape->route_count; r++)
        if (shape->routes[r].what->with != NULL &&
            !closing_roles(shape->roles, shape->lasting, shape->routes[r].what->with)) {
            preset_shape_free(shape);
            return pb_fail_memory(err);
        }
    shape->where = column_of(file, &shape->table->where_headers, shape->lasting);
    for (size_t w = 0; w < shape->table->when_count; w++)
        shape->when[w] = column_of(file, &shape->table->whens[w].headers, shape->lasting);
    *ret_shape = shape;
    return PB_OK;
}

static bool listed(const model_strs *words, pb_str cell)
{
    char room[WORD_MOST];
    pb_buf key = PB_BUF_INIT(sizeof room);
    model_header_key(cell, &key);
    bool found = false;
    for (size_t i = 0; i < words->count && !key.failed && !found; i++)
        found = pb_str_eq(words->items[i], pb_buf_str(&key));
    pb_buf_free(&key);
    return found;
}

preset_fate preset_shape_fate(const preset_shape *shape, const pb_str *cells)
{
    static const char *const yes[] = {"1",       "true", "yes",    "t", "y",
                                      "deleted", "是",   "已删除", NULL};
    if (shape == NULL)
        return PRESET_TAKEN;
    if (shape->where != SIZE_MAX && !listed(&shape->table->where_words, cells[shape->where]))
        return PRESET_ELSEWHERE;
    if (shape->deleted == SIZE_MAX)
        return PRESET_TAKEN;
    for (size_t i = 0; yes[i] != NULL; i++)
        if (pb_str_eq_nocase(cells[shape->deleted], pb_str_c(yes[i])))
            return PRESET_IS_DELETED;
    return PRESET_TAKEN;
}

/* --- values --- */

/* The standard word for a cell, or the cell itself. */
static pb_str standard(preset_shape *shape, const struct preset_column *what, pb_str cell)
{
    if (what->values == NULL || cell.len == 0 || cell.len > WORD_MOST)
        return cell;
    PB_AUTO_BUF key = PB_BUF_INIT(4 * WORD_MOST);
    pb_buf_printf(&key, "%p ", (const void *)what->values);
    size_t own = key.len;
    pb_buf_add(&key, cell);
    const uint64_t *known = pb_map_get(shape->words, pb_buf_str(&key));
    if (known != NULL)
        return *known == 0 ? cell : *(const pb_str *)(uintptr_t)*known;
    PB_AUTO_BUF word = PB_BUF_INIT(4 * WORD_MOST);
    model_header_key(cell, &word);
    const uint64_t *to = word.failed ? NULL : pb_map_get(what->values, pb_buf_str(&word));
    if (own < key.len && !key.failed && pb_map_count(shape->words) < REMEMBERED) {
        uint64_t *place = pb_map_put(shape->words, pb_buf_str(&key), NULL);
        if (place != NULL)
            *place = to == NULL ? 0 : *to;
    }
    return to == NULL ? cell : *(const pb_str *)(uintptr_t)*to;
}

/* Numbers in another unit than the model's: seconds for minutes, parts of one for per cent. */
static pb_str scaled(preset_shape *shape, const struct preset_column *what, pb_str cell)
{
    double number = 0;
    if ((what->times == 1 && what->divide == 1) || !pb_str_to_double(pb_str_trim(cell), &number))
        return cell;
    char *text =
        pb_arena_printf(shape->arena, "%.10g", number * (double)what->times / (double)what->divide);
    return text == NULL ? cell : pb_str_c(text);
}

/* `1200.50` with the currency of its own column: `1200.50 EUR`. */
static pb_str with_currency(preset_shape *shape, const model_field *field, const pb_str *cells,
                            pb_str cell)
{
    size_t column = shape->currency[field->index];
    if (field->type != MODEL_MONEY || column == 0)
        return cell;
    pb_str code = pb_str_trim(pb_csv_unguard(cells[column - 1]));
    bool letters = code.len == 3;
    for (size_t i = 0; i < code.len && letters; i++)
        letters = code.ptr[i] >= 'A' && code.ptr[i] <= 'Z';
    for (size_t i = 0; i < cell.len && letters; i++)
        letters = (cell.ptr[i] >= '0' && cell.ptr[i] <= '9') || cell.ptr[i] == '.' ||
                  cell.ptr[i] == ',' || cell.ptr[i] == '-' || cell.ptr[i] == ' ';
    char *text =
        !letters ? NULL
                 : pb_arena_printf(shape->arena, "%.*s %.*s", PB_STR_FMT(cell), PB_STR_FMT(code));
    return text == NULL ? cell : pb_str_c(text);
}

static void put(preset_shape *shape, size_t *count, record_input input)
{
    if (input.raw.len > 0 && *count < shape->room)
        shape->out[(*count)++] = input;
}

static bool stands_between(pb_str part, char first, char last)
{
    return part.len >= 2 && part.ptr[0] == first && part.ptr[part.len - 1] == last;
}

/* `^a^` or `"a"`, as some products quote each of several values. */
static pb_str bare(pb_str part)
{
    part = pb_str_trim(part);
    if (stands_between(part, '^', '^') || stands_between(part, '"', '"'))
        part = pb_str_sub(part, 1, part.len - 2);
    return part;
}

/* `["a","b"]`: the values between the brackets. */
static pb_str unlisted(pb_str cell)
{
    pb_str list = pb_str_trim(cell);
    return stands_between(list, '[', ']') ? pb_str_trim(pb_str_sub(list, 1, list.len - 2)) : cell;
}

/* Several values in a cell: all of them where the field takes many, else the first. What is beyond
 * the room of a row stays together in one text, so that nothing is lost. */
static void put_several(preset_shape *shape, const struct preset_column *what, record_input input,
                        size_t *count)
{
    pb_str rest = input.raw, part = PB_STR("");
    const char *end = input.raw.ptr + input.raw.len;
    while (pb_str_split(&rest, what->split, &part)) {
        bool full = *count + shape->column_count + shape->table->when_count + 1 >= shape->room;
        size_t before = *count;
        input.raw =
            full ? (pb_str){part.ptr, (size_t)(end - part.ptr)} : standard(shape, what, bare(part));
        put(shape, count, input);
        if (full || (*count > before && !what->field->many))
            return;
    }
}

static void put_input(preset_shape *shape, const pb_str *cells, record_input input, size_t *count)
{
    const struct preset_column *what = shape->fields[input.field->index];
    if (what == NULL) {
        put(shape, count, input);
        return;
    }
    if (what->split != 0)
        input.raw = unlisted(input.raw);
    if (what->split != 0 && pb_str_index(input.raw, what->split) < input.raw.len) {
        put_several(shape, what, input, count);
    } else {
        input.raw = standard(shape, what, what->split != 0 ? bare(input.raw) : input.raw);
        input.raw = scaled(shape, what, input.raw);
        input.raw = with_currency(shape, input.field, cells, input.raw);
        put(shape, count, input);
    }
}

/* --- references and what follows --- */

static record_input *input_for(preset_shape *shape, size_t count, const model_field *field)
{
    for (size_t i = 0; i < count; i++)
        if (shape->out[i].field == field)
            return &shape->out[i];
    return NULL;
}

/* The role of the choice that a route goes by, as the row has it by now. */
static pb_str role_now(preset_shape *shape, const model_field *field, size_t count)
{
    const record_input *there = input_for(shape, count, field);
    return there == NULL ? PB_STR("") : closing_role(shape->roles, there->raw);
}

static bool leads(const looked_at *route, const preset_way *way, const pb_str *cells, pb_str role)
{
    const struct preset_column *what = route->what;
    if (pb_str_is(way->key, "*"))
        return true;
    if (what->with != NULL)
        return pb_str_eq(way->key, role);
    if (what->by.count == 0)
        return pb_str_starts(pb_csv_unguard(cells[route->column]), way->key);
    return listed(&(model_strs){(pb_str *)(uintptr_t)&way->key, 1}, cells[route->by]);
}

static void put_route(preset_shape *shape, const looked_at *route, const pb_str *cells,
                      size_t *count)
{
    const struct preset_column *what = route->what;
    pb_str cell = pb_csv_unguard(cells[route->column]), role = PB_STR("");
    if (cell.len == 0 || (what->by.count > 0 && route->by == SIZE_MAX))
        return;
    if (what->with != NULL)
        role = role_now(shape, what->with, *count);
    for (size_t w = 0; w < what->way_count; w++) {
        const preset_way *way = &what->ways[w];
        if (!leads(route, way, cells, role))
            continue;
        if (input_for(shape, *count, way->field) == NULL)
            put(shape, count, (record_input){way->field, cell, route->format});
        return;
    }
}

static void put_when(preset_shape *shape, size_t w, const pb_str *cells, size_t *count)
{
    const preset_when *when = &shape->table->whens[w];
    if (when->headers.count > 0 &&
        (shape->when[w] == SIZE_MAX || !listed(&when->words, cells[shape->when[w]])))
        return;
    record_input *there = input_for(shape, *count, when->field);
    if (there == NULL)
        put(shape, count, (record_input){when->field, when->value, NULL});
    else if (when->always)
        there->raw = when->value;
}

size_t preset_shape_row(preset_shape *shape, const pb_str *cells, const record_input *inputs,
                        size_t count, const record_input **ret_inputs)
{
    size_t made = 0;
    pb_arena_reset(shape->arena);
    for (size_t i = 0; i < count; i++)
        put_input(shape, cells, inputs[i], &made);
    for (size_t r = 0; r < shape->route_count; r++)
        if (shape->routes[r].what->with == NULL)
            put_route(shape, &shape->routes[r], cells, &made);
    for (size_t w = 0; w < shape->table->when_count; w++)
        put_when(shape, w, cells, &made);
    for (size_t r = 0; r < shape->route_count; r++)
        if (shape->routes[r].what->with != NULL)
            put_route(shape, &shape->routes[r], cells, &made);
    *ret_inputs = shape->out;
    return made;
}

const model_field *preset_way_field(const exchange_column *column, size_t i)
{
    const struct preset_column *what = column->preset;
    if (column->while_open != NULL)
        return i == 1 ? column->while_open : NULL;
    if (what == NULL || what->use != PRESET_ROUTE || i >= what->way_count)
        return NULL;
    return what->ways[i].field;
}
