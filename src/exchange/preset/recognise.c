/* Which product wrote these files: judged over all of them together, by headers, forms of ids and
 * names of files.
 *
 * What speaks for a product is what others do not write: a header spelt so by one product alone
 * weighs 1, one that several write far less, one that the model itself knows as a common name
 * hardly anything. One file must speak clearly, and the runner-up must be clearly behind.
 */
#include "preset.h"

#include "../plan/plan.h"
#include "recognise.h"

enum { HEAD_ROWS = 20 };

static const double SIGN = 2.0, ID_SIGN = 2.0, FILE_SIGN = 2.0, AFFIX_SIGN = 0.3;
static const double CLEAR = 2.0;   /* of one file at least */
static const double AHEAD = 1.4;   /* times the runner-up */
static const double COVERED = 0.5; /* share of a clear file's headers that the product knows */
static const double BELONGS = 0.3; /* the same, to belong to a product that is known */

/* The first rows of a file. */
typedef struct head {
    pb_str *headers;
    pb_str *keys;
    size_t columns;
    pb_str *cells;
    size_t rows;
} head;

/* How a file fits a product. */
typedef struct fit {
    const struct preset_table *table;
    double evidence, covered;
    size_t matched;
} fit;

static pb_status copy_row(const table_row *row, pb_arena *arena, pb_str *to, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        to[c] = c < row->count ? pb_arena_str(arena, row->cells[c]) : PB_STR("");
        if (to[c].ptr == NULL)
            return PB_MEMORY;
    }
    return PB_OK;
}

/* A file that cannot be read here is told of when it is planned. */
static pb_status read_head(const exchange_file *file, pb_arena *arena, head *ret, pb_error *err)
{
    table_reader *reader = NULL;
    table_row row = {0};
    bool more = false;
    pb_error why;
    *ret = (head){0};
    if (file->place->live || table_open(file->place, &reader, &why) != PB_OK)
        return PB_OK;
    pb_status status = table_next(reader, &row, &more, &why);
    if (status == PB_OK && more && row.count > 0) {
        head h = {.columns = row.count,
                  .headers = pb_arena_array(arena, row.count, sizeof(pb_str)),
                  .keys = pb_arena_array(arena, row.count, sizeof(pb_str)),
                  .cells = pb_arena_array(arena, HEAD_ROWS * row.count, sizeof(pb_str))};
        status = h.headers == NULL || h.keys == NULL || h.cells == NULL
                     ? PB_MEMORY
                     : copy_row(&row, arena, h.headers, h.columns);
        for (size_t c = 0; status == PB_OK && c < h.columns; c++) {
            h.headers[c] = names_unwrapped(h.headers[c]);
            h.keys[c] = names_key(arena, h.headers[c]);
        }
        while (status == PB_OK && h.rows < HEAD_ROWS &&
               table_next(reader, &row, &more, &why) == PB_OK && more)
            status = copy_row(&row, arena, &h.cells[h.rows++ * h.columns], h.columns);
        if (status == PB_OK)
            *ret = h;
    }
    table_close(reader);
    return status == PB_MEMORY ? pb_fail_memory(err) : PB_OK;
}

static double among(uint64_t bits)
{
    double count = (double)__builtin_popcountll(bits);
    return 1.0 / (count * count);
}

/* `email`, `city`: words that anybody writes so. */
static bool is_plain(pb_str header)
{
    for (size_t i = 0; i < header.len; i++)
        if (header.ptr[i] < 'a' || header.ptr[i] > 'z')
            return (unsigned char)header.ptr[i] >= 0x80 && header.len <= 12;
    return true;
}

/* What one header says for a product that knows it. */
static double weight(const exchange_presets *all, const name_book *names, size_t preset,
                     pb_str header, pb_str key)
{
    const uint64_t bit = UINT64_C(1) << preset;
    const uint64_t *spelt = pb_map_get(all->spelt, header), *known = pb_map_get(all->known, key);
    double w = spelt != NULL && (*spelt & bit)   ? among(*spelt)
               : known != NULL && (*known & bit) ? 0.3 * among(*known)
                                                 : 0.0;
    if (names_spread(names, key) > 0)
        w *= 0.25;
    return is_plain(header) ? 0.4 * w : w;
}

static bool listed(const model_strs *list, pb_str text)
{
    for (size_t i = 0; i < list->count; i++)
        if (pb_str_eq(list->items[i], text))
            return true;
    return false;
}

static bool fits_any(const model_strs *patterns, pb_str name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (preset_name_fits(patterns->items[i], name))
            return true;
    return false;
}

/* Most rows say in one of the columns that this table is meant. */
static bool where_holds(const struct preset_table *table, const head *h, pb_arena *arena)
{
    for (size_t c = 0; c < h->columns; c++) {
        if (!listed(&table->where_headers, h->keys[c]))
            continue;
        size_t hits = 0;
        for (size_t r = 0; r < h->rows; r++)
            hits += listed(&table->where_words, names_key(arena, h->cells[r * h->columns + c]));
        return 2 * hits > h->rows;
    }
    return false;
}

/* How many of the product's tables know a header. */
static size_t tables_with(const struct preset *preset, pb_str key)
{
    size_t count = 0;
    for (size_t t = 0; t < preset->table_count; t++)
        count += preset_header_find(&preset->tables[t], key) != NULL;
    return count;
}

/* What the rows themselves say they are (`attributes.type`: Account); absent: they do not. */
static pb_str kind_of(const struct preset *preset, const head *h)
{
    for (size_t c = 0; c < h->columns && h->rows > 0; c++)
        if (listed(&preset->kinds, h->headers[c]) && h->cells[c].len > 0)
            return h->cells[c];
    return PB_STR_NONE;
}

/* The table of a product that a file fits best; none where its rows say they are of another. */
static void best_table(const struct preset *preset, const head *h, pb_str name, pb_arena *arena,
                       fit *ret)
{
    double best = 0;
    pb_str kind = kind_of(preset, h);
    for (size_t t = 0; t < preset->table_count; t++) {
        const struct preset_table *table = &preset->tables[t];
        double score = 0;
        size_t matched = 0, own = 0;
        if (kind.len > 0 && !pb_str_eq(table->name, kind) && !fits_any(&table->files, kind))
            continue;
        for (size_t c = 0; c < h->columns; c++) {
            const preset_header *found = preset_meaning(table, h->headers[c], arena);
            bool here = preset_header_find(table, h->keys[c]) != NULL;
            size_t tables = here ? tables_with(preset, h->keys[c]) : 0;
            score += tables > 0 ? 0.1 + 1.0 / (double)tables : 0;
            own += here;
            matched += found != NULL;
        }
        if (own == 0)
            continue;
        score += fits_any(&table->files, name) ? 2.0 : 0;
        score += where_holds(table, h, arena) ? 2.0 : 0;
        if (score <= best)
            continue;
        best = score;
        ret->table = table;
        ret->matched = matched;
    }
}

static bool id_sign(const struct preset *preset, const struct preset_table *table, const head *h)
{
    for (size_t c = 0; c < h->columns; c++) {
        const preset_header *found = preset_header_find(table, h->keys[c]);
        if (found == NULL || (found->column->use != PRESET_ID && !found->column->holds_id))
            continue;
        for (size_t r = 0; r < h->rows; r++)
            for (size_t i = 0; i < preset->id_signs.count; i++)
                if (preset_glob(preset->id_signs.items[i], h->cells[r * h->columns + c]))
                    return true;
    }
    return false;
}

static fit fit_file(const exchange_presets *all, const struct preset *preset,
                    const name_book *names, const head *h, pb_str name, pb_arena *arena)
{
    fit f = {0};
    best_table(preset, h, name, arena, &f);
    if (f.table == NULL)
        return f;
    double affixes = 0;
    size_t own = 0;
    bool sign = false;
    for (size_t c = 0; c < h->columns; c++) {
        sign = sign || listed(&preset->signs, h->headers[c]);
        if (preset_meaning(f.table, h->headers[c], arena) != NULL) {
            f.evidence += weight(all, names, preset->index, h->headers[c], h->keys[c]);
        } else if (preset_affix_off(preset, h->headers[c]).len > 0) {
            affixes += AFFIX_SIGN;
            own++;
        }
    }
    f.evidence += affixes > 1.0 ? 1.0 : affixes;
    f.evidence += sign ? SIGN : 0;
    f.evidence += id_sign(preset, f.table, h) ? ID_SIGN : 0;
    f.evidence += fits_any(&preset->files, name) ? FILE_SIGN : 0;
    f.covered = (double)(f.matched + own) / (double)h->columns;
    return f;
}

/* What speaks for one product over all files. */
static double speak_for(const exchange_presets *all, const struct preset *preset,
                        const name_book *names, const exchange_plan *plan, const head *heads,
                        pb_arena *arena, double *ret_clearest)
{
    double sum = 0;
    *ret_clearest = 0;
    for (size_t i = 0; i < plan->file_count; i++) {
        if (heads[i].columns == 0)
            continue;
        fit f = fit_file(all, preset, names, &heads[i], plan->files[i].name, arena);
        if (f.table == NULL || f.covered < BELONGS)
            continue;
        sum += f.evidence;
        if (f.covered >= COVERED && f.evidence > *ret_clearest)
            *ret_clearest = f.evidence;
    }
    return sum;
}

/* The product that speaks clearly, or NULL. */
static const struct preset *clearest(const exchange_presets *all, const name_book *names,
                                     exchange_plan *plan, const head *heads, pb_arena *arena)
{
    const struct preset *best = NULL, *second = NULL;
    double most = 0, next = 0;
    for (size_t p = 0; p < all->count; p++) {
        double clear = 0;
        double sum = speak_for(all, all->items[p], names, plan, heads, arena, &clear);
        if (clear >= CLEAR && sum > most) {
            second = best;
            next = most > next ? most : next;
            best = all->items[p];
            most = sum;
        } else if (sum > next) {
            second = all->items[p];
            next = sum;
        }
    }
    if (best == NULL || most < AHEAD * next)
        return NULL;
    plan->runner_up = second != NULL && next > 0 ? &second->shown : NULL;
    return best;
}

/* Tables that share their files with others, row by row: the file is read once for each. */
static pb_status share_files(exchange_plan *plan, size_t *capacity, const head *heads, size_t count,
                             pb_arena *arena, pb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct preset_table *table = plan->files[i].preset;
        if (table == NULL || table->where_headers.count == 0)
            continue;
        for (size_t t = 0; t < table->preset->table_count; t++) {
            const struct preset_table *other = &table->preset->tables[t];
            bool shares = false;
            for (size_t c = 0; c < heads[i].columns && other != table && !shares; c++)
                shares = listed(&table->where_headers, heads[i].keys[c]) &&
                         listed(&other->where_headers, heads[i].keys[c]);
            exchange_file copy = plan->files[i];
            copy.preset = other;
            if (shares && !PB_PUSH(arena, plan->files, plan->file_count, *capacity, copy))
                return pb_fail_memory(err);
        }
    }
    return PB_OK;
}

/* Whether some file gives the ids of an entity's records. */
static bool gives_ids(const exchange_plan *plan, const head *heads, size_t count,
                      const model_entity *entity)
{
    for (size_t i = 0; i < count; i++) {
        const struct preset_table *table = plan->files[i].preset;
        for (size_t c = 0; table != NULL && table->entity == entity && c < heads[i].columns; c++) {
            const preset_header *found = preset_header_find(table, heads[i].keys[c]);
            if (found != NULL && found->column->use == PRESET_ID)
                return true;
        }
    }
    return false;
}

pb_status preset_recognise(const exchange_options *options, const model_schema *schema,
                           const name_book *names, exchange_plan *plan, size_t *capacity,
                           pb_arena *arena, pb_error *err)
{
    const exchange_presets *all = options->presets;
    const exchange_preset *asked = NULL;
    bool off = options->as != NULL && pb_str_is(pb_str_c(options->as), "none");
    if (all == NULL || off)
        return PB_OK;
    if (options->as != NULL)
        PB_TRY(exchange_preset_find(all, options->as, &asked, err));
    PB_AUTO_ARENA scratch = pb_arena_new(SCRATCH_MOST);
    size_t count = plan->file_count;
    head *heads = scratch == NULL ? NULL : pb_arena_array(scratch, count + 1, sizeof *heads);
    bool *ids = pb_arena_array(arena, schema->entity_count + 1, sizeof *ids);
    if (heads == NULL || ids == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        if (plan->files[i].why_not.ptr == NULL)
            PB_TRY(read_head(&plan->files[i], scratch, &heads[i], err));
    const struct preset *preset =
        asked != NULL ? (const struct preset *)asked : clearest(all, names, plan, heads, scratch);
    if (preset == NULL)
        return PB_OK;
    plan->preset = &preset->shown;
    plan->preset_asked = asked != NULL;
    for (size_t i = 0; i < count; i++) {
        if (heads[i].columns == 0)
            continue;
        fit f = fit_file(all, preset, names, &heads[i], plan->files[i].name, scratch);
        bool enough = f.matched >= 2 || f.matched == heads[i].columns;
        if (f.table != NULL && enough && f.covered >= BELONGS)
            plan->files[i].preset = f.table;
    }
    for (size_t e = 0; e < schema->entity_count; e++)
        ids[e] = gives_ids(plan, heads, count, &schema->entities[e]);
    plan->gives_ids = ids;
    return share_files(plan, capacity, heads, count, arena, err);
}
