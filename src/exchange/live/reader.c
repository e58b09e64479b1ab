/* The rows of one query as a table: values in standard forms, faults by row, a hash of all. */
#include <openssl/evp.h>

#include "base/utf8.h"
#include "internal.h"

typedef struct live_reader {
    struct live_source *source;
    pb_str name;
    size_t columns;
    live_kind *kinds;
    pb_str *raw, *cells;
    pb_arena *arena;  /* of the reader, */
    pb_arena *values; /* and of one row */
    EVP_MD_CTX *hash;
    int64_t row;
    uint64_t done, total;
    bool header; /* was given */
    table_fault fault;
    uint8_t digest[32];
} live_reader;

static void end_reader(void *state)
{
    live_reader *reader = state;
    if (reader->source->link != NULL && reader->source->busy)
        reader->source->engine->end(reader->source->link);
    reader->source->busy = false;
    EVP_MD_CTX_free(reader->hash);
    pb_arena_free(reader->values);
    pb_arena_free(reader->arena);
    free(reader);
}

/* Length and bytes of each cell, so that no two rows read alike; a missing value has no length a
 * text could have. */
static pb_status digest_row(live_reader *reader, const pb_str *cells, pb_error *err)
{
    bool good = true;
    for (size_t c = 0; c < reader->columns && good; c++) {
        uint8_t length[8];
        uint64_t len = cells[c].ptr == NULL ? UINT64_MAX : cells[c].len;
        for (int i = 0; i < 8; i++)
            length[i] = (uint8_t)(len >> (8 * i));
        good =
            EVP_DigestUpdate(reader->hash, length, sizeof length) == 1 &&
            (cells[c].len == 0 || EVP_DigestUpdate(reader->hash, cells[c].ptr, cells[c].len) == 1);
    }
    return good ? PB_OK : pb_fail_memory(err);
}

/* --- rows --- */

static pb_status bad_row(live_reader *reader, table_fault fault)
{
    reader->fault = fault;
    reader->fault.row = reader->fault.line = reader->row;
    return PB_INVALID;
}

static pb_status check_cell(live_reader *reader, pb_str cell)
{
    if (cell.len > LIVE_CELL)
        return bad_row(reader,
                       (table_fault){.says = PB_MSG("A value is longer than {expected} bytes: "
                                                    "{found}"),
                                     .hint = PB_MSG("Shorten it in the database"),
                                     .expected = LIVE_CELL,
                                     .found = (int64_t)cell.len});
    size_t bad = pb_utf8_first_bad(cell);
    size_t nul = pb_str_index(cell, '\0');
    if (bad == cell.len && nul == cell.len)
        return PB_OK;
    table_fault fault = {.says = PB_MSG("Byte {value} at place {found} of a value is no text"),
                         .hint = PB_MSG("Mend the value in the database"),
                         .encoding = true,
                         .found = (int64_t)(bad < nul ? bad : nul) + 1};
    snprintf(fault.value, sizeof fault.value, "0x%02X",
             (unsigned)(uint8_t)cell.ptr[bad < nul ? bad : nul]);
    return bad_row(reader, fault);
}

static pb_status take_row(live_reader *reader, pb_error *err)
{
    pb_status status = PB_OK;
    pb_arena_reset(reader->values);
    for (size_t c = 0; c < reader->columns; c++) {
        pb_str raw = reader->raw[c];
        reader->cells[c] = PB_STR("");
        if (raw.ptr == NULL)
            continue;
        if (raw.len > 0)
            raw = reader->kinds[c] == LIVE_LOCAL && reader->source->clock != NULL
                      ? live_clock_read(reader->source->clock, reader->values, raw)
                      : live_value(reader->values, reader->kinds[c], raw);
        if (raw.ptr == NULL)
            return pb_fail_memory(err);
        reader->raw[c] = reader->cells[c] = raw;
        if (status == PB_OK)
            status = check_cell(reader, raw);
    }
    PB_TRY(digest_row(reader, reader->raw, err));
    return status;
}

static pb_status give_header(live_reader *reader, table_row *ret_row, pb_error *err)
{
    for (size_t c = 0; c < reader->columns; c++) {
        pb_str name;
        reader->source->engine->column(reader->source->link, c, &name, &reader->kinds[c]);
        reader->cells[c] = pb_arena_str(reader->arena, name);
        if (reader->cells[c].ptr == NULL)
            return pb_fail_memory(err);
    }
    PB_TRY(digest_row(reader, reader->cells, err));
    reader->header = true;
    *ret_row = (table_row){reader->cells, reader->columns, 0, 0};
    return PB_OK;
}

static pb_status next(void *state, table_row *ret_row, bool *ret_more, pb_error *err)
{
    live_reader *reader = state;
    bool more = false;
    *ret_more = true;
    if (reader->source->link == NULL)
        return pb_fail(err, PB_IO, PB_MSG("The connection of {name} has ended"), "name",
                       PB_ARG(reader->name), NULL);
    if (!reader->header)
        return give_header(reader, ret_row, err);
    PB_TRY(reader->source->engine->next(reader->source->link, reader->raw, &more, err));
    *ret_more = more;
    if (!more) {
        EVP_DigestFinal_ex(reader->hash, reader->digest, NULL);
        return PB_OK;
    }
    reader->row++;
    reader->done++;
    PB_TRY(take_row(reader, err));
    *ret_row = (table_row){reader->cells, reader->columns, reader->row, reader->row};
    return PB_OK;
}

static const table_fault *last_fault(const void *state)
{
    const live_reader *reader = state;
    return &reader->fault;
}

static void facts(const void *state, table_facts *ret_facts)
{
    const live_reader *reader = state;
    *ret_facts = (table_facts){.form = reader->source->engine->name, .encoding = ""};
}

static uint64_t done(const void *state)
{
    const live_reader *reader = state;
    return reader->done;
}

/* The server's own guess may be old: never less than what was read. */
static uint64_t total(const void *state)
{
    const live_reader *reader = state;
    return reader->total > reader->done ? reader->total : reader->done;
}

static void hash(const void *state, uint8_t ret_hash[32])
{
    const live_reader *reader = state;
    memcpy(ret_hash, reader->digest, sizeof reader->digest);
}

static const table_ops ops = {next, last_fault, facts, done, total, hash, end_reader};

static pb_status make_room(live_reader *reader, const live_place *place, pb_error *err)
{
    reader->columns = reader->source->engine->columns(reader->source->link);
    if (reader->columns > LIVE_COLUMNS)
        return pb_fail(err, PB_LIMIT, PB_MSG("{name} has more than {limit} columns"), "name",
                       PB_ARG(place->name), "limit", PB_ARG_INT(LIVE_COLUMNS), NULL);
    reader->kinds = pb_arena_array(reader->arena, reader->columns, sizeof *reader->kinds);
    reader->raw = pb_arena_array(reader->arena, reader->columns, sizeof *reader->raw);
    reader->cells = pb_arena_array(reader->arena, reader->columns, sizeof *reader->cells);
    reader->name = pb_arena_str(reader->arena, place->name);
    if (reader->kinds == NULL || reader->raw == NULL || reader->cells == NULL ||
        reader->name.ptr == NULL)
        return pb_fail_memory(err);
    return EVP_DigestInit_ex(reader->hash, EVP_sha256(), NULL) == 1 ? PB_OK : pb_fail_memory(err);
}

static pb_status start(live_reader *reader, const live_place *place, pb_error *err)
{
    enum { VALUES_MOST = 64 << 20 };
    reader->arena = pb_arena_new(0);
    reader->values = pb_arena_new(VALUES_MOST);
    reader->hash = EVP_MD_CTX_new();
    if (reader->arena == NULL || reader->values == NULL || reader->hash == NULL)
        return pb_fail_memory(err);
    reader->source->busy = true;
    pb_status status =
        reader->source->engine->start(reader->source->link, place->sql.ptr, place->ordered, err);
    if (status != PB_OK) {
        reader->source->engine->end(reader->source->link);
        reader->source->busy = false;
        return status;
    }
    return make_room(reader, place, err);
}

pb_status live_open(const live_place *place, table_reader **ret_reader, pb_error *err)
{
    if (place->source->link == NULL)
        return pb_fail(err, PB_IO, PB_MSG("The connection of {name} has ended"), "name",
                       PB_ARG(place->name), NULL);
    if (place->source->busy)
        return pb_fail(err, PB_BUSY, PB_MSG("Another table of the source of {name} is being read"),
                       "name", PB_ARG(place->name), NULL);
    live_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return pb_fail_memory(err);
    reader->source = place->source;
    reader->total = place->rows > 0 ? (uint64_t)place->rows : 0;
    pb_status status = start(reader, place, err);
    if (status != PB_OK) {
        end_reader(reader);
        return status;
    }
    return table_reader_new(&ops, reader, ret_reader, err);
}

/* --- rows that are not read --- */

static pb_status take_counts(void *context, const pb_str *cells, pb_error *err)
{
    (void)err;
    int64_t *counts = context;
    for (size_t i = 0; i < 2; i++)
        if (!pb_str_to_i64(cells[i], &counts[i]) || counts[i] < 0)
            counts[i] = 0; /* no row at all */
    return PB_OK;
}

pb_status live_left_out(const live_place *place, uint64_t *ret_deleted, uint64_t *ret_aside,
                        pb_error *err)
{
    int64_t counts[2] = {0, 0};
    if (place->left_sql.ptr != NULL)
        PB_TRY(live_each_row(place->source, place->left_sql.ptr, take_counts, counts, err));
    *ret_deleted = (uint64_t)counts[0];
    *ret_aside = (uint64_t)counts[1];
    return PB_OK;
}
