#include "facts.h"

#include "base/cbor.h"
#include "db/rows.h"
#include "ledger/ledger.h"

#include <inttypes.h>

enum { SAMPLES = 32, MILLION = 1000000 };

typedef struct gathering {
    db_session *session;
    const piece_box *box;
    pb_arena *arena;
    manifest_facts *facts;
    bool rows;
    size_t counts, sums, samples; /* capacities */
} gathering;

static pb_status prepare(gathering *g, char *sql, db_stmt **ret_stmt, pb_error *err)
{
    return sql == NULL ? pb_fail_memory(err)
                       : db_prepare_text(g->session, pb_str_c(sql), ret_stmt, err);
}

static pb_status count_rows(gathering *g, const model_entity *entity, int64_t *ret_last,
                            pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(prepare(g,
                   pb_arena_printf(g->arena,
                                   "SELECT COUNT(*), COALESCE(SUM(deleted), 0),"
                                   " COALESCE(MAX(n), 0) FROM \"t_%.*s\"",
                                   PB_STR_FMT(entity->name)),
                   &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    manifest_count count = {entity->name, db_column_i64(stmt, 0), db_column_i64(stmt, 1)};
    *ret_last = db_column_i64(stmt, 2);
    db_reset(stmt);
    return PB_PUSH(g->arena, g->facts->counts, g->facts->count_count, g->counts, count)
               ? PB_OK
               : pb_fail_memory(err);
}

/* A currency as a word: what is no code is written in hex, none as “-”. */
static pb_str currency_word(pb_arena *arena, pb_str currency)
{
    bool plain = currency.len <= 16;
    for (size_t i = 0; plain && i < currency.len; i++) {
        char c = currency.ptr[i];
        plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
    if (currency.len == 0)
        return PB_STR("-");
    if (plain)
        return pb_arena_str(arena, currency);
    PB_AUTO_BUF hex = PB_BUF_INIT(1 << 16);
    pb_buf_byte(&hex, '=');
    pb_hex(&hex, currency.ptr, currency.len);
    return hex.failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&hex));
}

/* Millions and the rest are added up apart, so that no sum overflows; both together as one number
 * where it fits. */
static pb_str sum_word(pb_arena *arena, int64_t millions, int64_t rest)
{
    int64_t whole, sum;
    const char *text = __builtin_mul_overflow(millions, (int64_t)MILLION, &whole) ||
                               __builtin_add_overflow(whole, rest, &sum)
                           ? pb_arena_printf(arena, "%" PRId64 "e6+%" PRId64, millions, rest)
                           : pb_arena_printf(arena, "%" PRId64, sum);
    return pb_str_c(text);
}

static pb_status sum_field(gathering *g, const model_entity *entity, const model_field *field,
                           pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(prepare(g,
                   pb_arena_printf(g->arena,
                                   "SELECT COALESCE(\"%.*s_currency\", ''), COUNT(*),"
                                   " CAST(SUM(\"%.*s\" / 1000000) AS BIGINT),"
                                   " CAST(SUM(\"%.*s\" %% 1000000) AS BIGINT) FROM \"t_%.*s\""
                                   " WHERE \"%.*s\" IS NOT NULL GROUP BY 1 ORDER BY 1",
                                   PB_STR_FMT(field->name), PB_STR_FMT(field->name),
                                   PB_STR_FMT(field->name), PB_STR_FMT(entity->name),
                                   PB_STR_FMT(field->name)),
                   &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        manifest_sum sum = {.entity = entity->name,
                            .field = field->name,
                            .currency = currency_word(g->arena, db_column_text(stmt, 0)),
                            .values = db_column_i64(stmt, 1),
                            .sum =
                                sum_word(g->arena, db_column_i64(stmt, 2), db_column_i64(stmt, 3))};
        if (sum.currency.ptr == NULL || sum.sum.ptr == NULL ||
            !PB_PUSH(g->arena, g->facts->sums, g->facts->sum_count, g->sums, sum)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
}

/* The print of a row: names and values of all its columns. */
static void print_row(const gathering *g, db_stmt *stmt, pb_buf *room, uint8_t ret_print[16])
{
    pb_buf_clear(room);
    for (int i = 0; i < db_column_count(stmt); i++) {
        pb_cbor_bytes(room, pb_str_c(db_column_name(stmt, i)));
        pb_value value = db_column_value(stmt, i);
        if (value.kind == PB_TEXT)
            value.kind = PB_BLOB; /* any bytes are good enough for a print */
        pb_cbor_value(room, value);
    }
    piece_print(g->box, pb_buf_str(room), ret_print);
}

/* All columns of an entity's table. */
static pb_status add_columns(const gathering *g, const model_entity *entity, pb_buf *sql,
                             pb_error *err)
{
    const db_rows_table *table;
    if (!g->rows) {
        pb_buf_addc(sql, "*");
        return PB_OK;
    }
    PB_TRY(db_rows_table_of(g->session, entity, g->arena, &table, err));
    for (size_t i = 0; i < table->column_count; i++)
        pb_buf_printf(sql, "%s\"%.*s\"", i > 0 ? ", " : "", PB_STR_FMT(table->columns[i]));
    return PB_OK;
}

/* Rows at even distances: the same ones in the same state. */
static pb_status sample_rows(gathering *g, const model_entity *entity, int64_t last, pb_error *err)
{
    PB_AUTO_BUF room = PB_BUF_INIT(64 << 20), sql = PB_BUF_INIT(1 << 20);
    db_stmt *stmt;
    bool row;
    int64_t previous = 0;
    pb_buf_addc(&sql, "SELECT ");
    PB_TRY(add_columns(g, entity, &sql, err));
    pb_buf_printf(&sql, " FROM \"t_%.*s\" WHERE n >= ?1 ORDER BY n LIMIT 1",
                  PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(g->session, pb_buf_str(&sql), &stmt, err));
    for (int64_t i = 0; i < SAMPLES; i++) {
        int64_t from = 1 + (int64_t)((double)(last - 1) * (double)i / (SAMPLES - 1));
        if (from <= previous)
            continue;
        db_bind_i64(stmt, 1, from);
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        manifest_sample sample = {.entity = entity->name, .n = db_column_i64(stmt, 0)};
        print_row(g, stmt, &room, sample.print);
        db_reset(stmt);
        previous = sample.n;
        if (room.failed ||
            !PB_PUSH(g->arena, g->facts->samples, g->facts->sample_count, g->samples, sample))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status read_ledger(gathering *g, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(65536);
    ledger_head head;
    pb_status status = ledger_head_read(g->session, &head, err);
    g->facts->ledger = PB_STR("");
    if (status == PB_NOT_FOUND)
        return PB_OK;
    PB_TRY(status);
    PB_TRY(ledger_head_note(g->session, &note, err));
    g->facts->ledger = pb_arena_str(g->arena, pb_buf_str(&note));
    g->facts->ledger_size = head.size;
    memcpy(g->facts->ledger_root, head.root, sizeof g->facts->ledger_root);
    return g->facts->ledger.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status facts_read(db_session *session, const model_schema *schema, const piece_box *box,
                     bool rows, pb_arena *arena, manifest_facts *ret_facts, pb_error *err)
{
    manifest_facts facts = {0};
    gathering g = {.session = session, .box = box, .arena = arena, .facts = &facts, .rows = rows};
    PB_TRY(read_ledger(&g, err));
    if (schema != NULL)
        memcpy(facts.schema, schema->hash, sizeof facts.schema);
    for (size_t i = 0; schema != NULL && i < schema->entity_count; i++) {
        const model_entity *entity = &schema->entities[i];
        int64_t last = 0;
        PB_TRY(count_rows(&g, entity, &last, err));
        for (size_t f = 0; f < entity->field_count; f++)
            if (entity->fields[f].type == MODEL_MONEY)
                PB_TRY(sum_field(&g, entity, &entity->fields[f], err));
        if (last > 0)
            PB_TRY(sample_rows(&g, entity, last, err));
    }
    *ret_facts = facts;
    return PB_OK;
}
