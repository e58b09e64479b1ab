/* Counts and sums of a source are those of the workspace; what is not equal is told. */
#include "exchange_support.h"

#include "../../src/exchange/import/proof.h"
#include "db/workspace.h"

typedef struct world {
    bench_room *room;
    db_workspace *workspace;
    exchange_plan plan;
} world;

static const char deals[] =
    "Deal Name,Stage,Amount,Probability,Close Date,Account Name,Deal Owner,Loss Reason\n"
    "One,Won,\"1,234.50\",100,2024-02-01,Acme,Ann,\n"
    "Two,Lost,99.95,0,2024-02-02,Acme,Ann,price\n"
    "Three,Won,not money,50,2024-02-03,Acme,Ann,\n"
    "Four,Won,1000000.00,80,2024-02-04,Acme,Ann,\n";

static void world_open(world *w)
{
    void *room = NULL;
    pb_error err;
    room_make(&room);
    *w = (world){.room = room};
    const char *path = put_text(w->room, "deals.csv", deals);
    exchange_options options = options_for(&path, 1);
    options.policy = RECORD_STRICT;
    db_options scratch = {.scratch = true};
    must(db_workspace_create(NULL, w->room->schema, &scratch, NULL, &w->workspace, &err), &err);
    must(exchange_plan_make(w->room->schema, &options, w->room->arena, &w->plan, &err), &err);
    must(exchange_import(w->workspace, &options, w->room->arena, &w->plan, &err), &err);
}

static void world_close(world *w)
{
    void *room = w->room;
    db_workspace_close(w->workspace);
    room_end(&room);
}

static const exchange_sum *sum_of(const exchange_file *file, const char *header)
{
    for (size_t i = 0; i < file->sum_count; i++)
        if (pb_str_is(file->sums[i].header, header))
            return &file->sums[i];
    fail_msg("no sum of %s", header);
    return NULL;
}

/* shows: INT-5 */
static void test_sums_of_both_sides(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    const exchange_file *file = &w.plan.files[0];
    assert_true(file->proved);
    assert_int_equal(file->rows, 4);
    assert_int_equal(file->imported, 3);
    assert_int_equal(file->rejected, 1);
    const exchange_sum *amount = sum_of(file, "Amount");
    assert_true(pb_str_is(amount->sum, "1001334.45"));
    assert_int_equal(amount->values, 3);
    const exchange_sum *chance = sum_of(file, "Probability");
    assert_int_equal(chance->values, 3);
    assert_int_equal(chance->rejected_values, 1);
    assert_true(pb_str_is(chance->rejected_sum, "50"));
    world_close(&w);
}

/* Adds up the file again, leaving out `skip` and counting `twice` two times. */
static pb_status prove(world *w, int64_t skip, int64_t twice, pb_error *err)
{
    exchange_file *file = &w->plan.files[0];
    row_shape *shape = NULL;
    import_proof *proof = NULL;
    table_reader *reader = NULL;
    table_row row = {0};
    bool more = true;
    db_session *session = NULL;
    must(row_shape_new(file, 20000, &shape, err), err);
    must(proof_new(shape, 20000, &proof, err), err);
    must(table_open(file->place, &reader, err), err);
    must(table_next(reader, &row, &more, err), err);
    for (;;) {
        must(table_next(reader, &row, &more, err), err);
        if (!more)
            break;
        for (int i = row.row == skip ? 1 : 0; i < (row.row == twice ? 2 : 1); i++)
            proof_add(proof, &row, NULL, 0, row.row != 3);
    }
    must(db_snapshot_open(w->workspace, &session, err), err);
    pb_status status = proof_check(proof, session, w->plan.run, w->room->arena, file, err);
    db_snapshot_close(session);
    table_close(reader);
    proof_free(proof);
    row_shape_free(shape);
    return status;
}

/* shows: INT-5 */
static void test_a_lost_and_a_doubled_row_are_noticed(void **state)
{
    world w;
    pb_error err;
    (void)state;
    world_open(&w);
    assert_int_equal(prove(&w, 0, 0, &err), PB_OK);
    assert_int_equal(prove(&w, 2, 0, &err), PB_CORRUPT);
    assert_int_equal(prove(&w, 0, 4, &err), PB_CORRUPT);
    w.plan.files[0].imported++;
    assert_int_equal(prove(&w, 0, 0, &err), PB_CORRUPT);
    world_close(&w);
}

/* shows: INT-5 DQ-1 */
static void test_amounts_have_the_currency_of_their_row(void **state)
{
    void *room = NULL;
    pb_error err;
    (void)state;
    room_make(&room);
    const char *path = put_text(room, "deals.csv",
                                "Deal Name,Amount,Currency,Account\nA,1000.50,EUR,Acme\n"
                                "B,20000,JPY,Acme\nC,300,,Acme\nD,$ 7,EUR,Acme\n");
    static const char *const amounts[] = {"1000.50 EUR", "20000 JPY", "300", "$ 7"};
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_file *file = file_named(&plan, "deals.csv");
    assert_int_equal(column_named(file, "Currency")->how, EXCHANGE_CURRENCY);
    row_shape *shape = NULL;
    table_reader *reader = NULL;
    table_row row = {0};
    bool more = true;
    must(row_shape_new(file, 20000, &shape, &err), &err);
    must(table_open(file->place, &reader, &err), &err);
    must(table_next(reader, &row, &more, &err), &err); /* the names of columns */
    for (size_t r = 0; r < 4; r++) {
        size_t count = 0, seen = 0;
        pb_str id;
        must(table_next(reader, &row, &more, &err), &err);
        const record_input *inputs = row_shape_inputs(shape, &row, &count, &id);
        for (size_t i = 0; i < count; i++) {
            if (inputs[i].field->type != MODEL_MONEY)
                continue;
            seen++;
            assert_true(pb_str_is(inputs[i].raw, amounts[r]));
        }
        assert_int_equal(seen, 1);
    }
    table_close(reader);
    row_shape_free(shape);
    room_end(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amounts_have_the_currency_of_their_row),
        cmocka_unit_test(test_sums_of_both_sides),
        cmocka_unit_test(test_a_lost_and_a_doubled_row_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
