/* A model as bytes and back: deterministic CBOR. What is read is checked, figure by figure: a model
 * decides who is let in, so a damaged one is refused. */
#include "base/cbor.h"
#include "internal.h"

#include <math.h>

enum { VERSION = 1, PARTS = 9 };

/* FNV-1a, 64 bits (Fowler, Noll & Vo): the same on every machine. */
static uint64_t checksum(pb_str bytes)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < bytes.len; i++)
        sum = (sum ^ (unsigned char)bytes.ptr[i]) * UINT64_C(1099511628211);
    return sum;
}

static void write_frequencies(const match_frequencies *frequencies, pb_buf *out)
{
    pb_cbor_array(out, frequencies->count * 2 + 1);
    pb_cbor_uint(out, frequencies->others);
    uint32_t last = 0;
    for (size_t i = 0; i < frequencies->count; i++) {
        pb_cbor_uint(out, frequencies->items[i].key - last); /* differences are shorter */
        pb_cbor_uint(out, frequencies->items[i].rows);
        last = frequencies->items[i].key;
    }
}

static void write_columns(const match_model *model, pb_buf *out)
{
    const match_weights *weights = &model->weights;
    pb_cbor_array(out, model->column_count);
    for (size_t c = 0; c < model->column_count; c++) {
        pb_cbor_array(out, 3 + 2 * (LEVEL_COUNT - 1) + model->column_count);
        pb_cbor_bytes(out, model->columns[c].name);
        pb_cbor_uint(out, model->columns[c].kind);
        write_frequencies(&model->values[c], out);
        for (unsigned level = LEVEL_DIFFERS; level < LEVEL_COUNT; level++) {
            pb_cbor_double(out, weights->m[c][level]);
            pb_cbor_double(out, weights->u[c][level]);
        }
        for (size_t other = 0; other < model->column_count; other++)
            pb_cbor_double(out, weights->apart[c][other]);
    }
}

void match_model_write(const match_model *model, pb_buf *out)
{
    size_t start = out->len;
    pb_cbor_array(out, PARTS);
    pb_cbor_uint(out, VERSION);
    pb_cbor_double(out, model->rows);
    pb_cbor_double(out, model->population);
    pb_cbor_double(out, model->word_chance);
    pb_cbor_double(out, model->weights.base);
    pb_cbor_double(out, model->weights.same);
    write_columns(model, out);
    write_frequencies(&model->words, out);
    if (!out->failed)
        pb_cbor_uint(out, checksum(pb_str_n(out->ptr + start, out->len - start)));
}

/* A figure within its range; NaN is in none. */
static double figure(pb_cbor *in, double least, double most)
{
    double value = pb_cbor_get_double(in);
    if (!(value >= least && value <= most))
        in->bad = true;
    return value;
}

static bool read_frequencies(pb_cbor *in, match_model *model, size_t most, match_frequencies *ret)
{
    size_t parts = pb_cbor_get_array(in);
    if (in->bad || parts % 2 == 0 || parts / 2 > most)
        return false;
    uint64_t others = pb_cbor_get_uint(in), key = 0;
    ret->items = pb_arena_array(model->arena, parts / 2 + 1, sizeof *ret->items);
    if (ret->items == NULL || others == 0 || others > UINT32_MAX)
        return false;
    for (size_t i = 0; i < parts / 2; i++) {
        uint64_t step = pb_cbor_get_uint(in), rows = pb_cbor_get_uint(in);
        key += step;
        if (in->bad || key > UINT32_MAX || (i > 0 && step == 0) || rows == 0 || rows > UINT32_MAX)
            return false;
        ret->items[i] = (match_frequency){(uint32_t)key, (uint32_t)rows};
    }
    ret->count = parts / 2;
    ret->others = (uint32_t)others;
    return true;
}

static bool read_column(pb_cbor *in, match_model *model, size_t c)
{
    match_weights *weights = &model->weights;
    if (pb_cbor_get_array(in) != 3 + 2 * (LEVEL_COUNT - 1) + model->column_count)
        return false;
    pb_str name = pb_cbor_get_bytes(in);
    uint64_t kind = pb_cbor_get_uint(in);
    model->columns[c] = (match_column){pb_arena_str(model->arena, name), (match_kind)kind, NULL};
    if (in->bad || kind > MATCH_PLACE || (model->columns[c].name.ptr == NULL && name.ptr != NULL) ||
        !read_frequencies(in, model, MODEL_VALUES, &model->values[c]))
        return false;
    for (unsigned level = LEVEL_DIFFERS; level < LEVEL_COUNT; level++) {
        weights->m[c][level] = figure(in, 1e-12, 1);
        weights->u[c][level] = figure(in, 1e-12, 1);
    }
    for (size_t other = 0; other < model->column_count; other++)
        weights->apart[c][other] = figure(in, 0, 1);
    return !in->bad;
}

static bool read_body(pb_cbor *in, pb_str bytes, match_model *model)
{
    model->rows = figure(in, 0, UINT32_MAX);
    model->population = figure(in, 1, UINT32_MAX);
    model->word_chance = figure(in, 1e-15, 1);
    model->weights.base = figure(in, -100, 100);
    model->weights.same = figure(in, 1, UINT32_MAX);
    model->column_count = pb_cbor_get_array(in);
    bool right = !in->bad && model->column_count <= MATCH_MAX_COLUMNS;
    for (size_t c = 0; right && c < model->column_count; c++)
        right = read_column(in, model, c);
    right = right && read_frequencies(in, model, MODEL_WORDS, &model->words);
    size_t end = in->pos;
    return right && pb_cbor_get_uint(in) == checksum(pb_str_sub(bytes, 0, end)) && pb_cbor_done(in);
}

pb_status match_model_read(pb_str bytes, match_model **ret_model, pb_error *err)
{
    match_model *model;
    pb_cbor in = {.in = bytes};
    PB_TRY(match_model_new(NULL, 0, &model, err));
    bool right = pb_cbor_get_array(&in) == PARTS;
    uint64_t version = pb_cbor_get_uint(&in);
    if (right && !in.bad && version > VERSION) {
        match_model_free(model);
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("A newer Probity learned what duplicates have in common here"), NULL);
        pb_error_hint(err, PB_MSG("Use that version, or learn it again with this one."), NULL);
        return PB_UNSUPPORTED;
    }
    if (!right || in.bad || version != VERSION || !read_body(&in, bytes, model)) {
        match_model_free(model);
        pb_fail(err, PB_CORRUPT,
                PB_MSG("What was learned about duplicates is damaged: it cannot be used"), NULL);
        pb_error_hint(err, PB_MSG("Look for duplicates once more: it is learned again then."),
                      NULL);
        return PB_CORRUPT;
    }
    match_weights_settle(model->columns, model->column_count, &model->weights);
    *ret_model = model;
    return PB_OK;
}
