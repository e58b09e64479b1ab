/* An import of many transactions, so that others write in between: rows are gathered, then written,
 * some hundreds at a time. A transaction that has to be done again begins with the counts that were
 * there before it.
 */
#include "work.h"

#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>

enum { SLICE_ROWS = 100, SLICE_BYTES = 1 << 20 };

/* A row that waits: its cells, or (count 0, faulty) what kept it from being taken apart. */
typedef struct waiting {
    const pb_str *cells;
    size_t count;
    int64_t row, line;
} waiting;

typedef struct slicing {
    importing *im;
    db_workspace *workspace;
    pb_arena *arena; /* of the slice */
    waiting rows[SLICE_ROWS];
    size_t count, bytes;
    /* Of the file, as it was before the slice. */
    exchange_file before;
    uint64_t *filled, *field_changes;
    size_t rejects;
    uint64_t known;                 /* to what matches rows */
    uint64_t unresolved, suspected; /* of the slices before */
    bool last;                      /* nothing follows in this import */
} slicing;

/* ---- what a slice begins with ---- */

static void remember(slicing *s)
{
    exchange_file *file = s->im->file;
    s->before = *file;
    for (size_t c = 0; c < file->column_count; c++)
        s->filled[c] = file->columns[c].filled;
    if (file->field_changes != NULL)
        memcpy(s->field_changes, file->field_changes,
               file->entity->field_count * sizeof *s->field_changes);
    s->rejects = s->im->reject_capacity;
    s->known = bring_mark(s->im->bring);
}

static void recall(slicing *s)
{
    exchange_file *file = s->im->file;
    uint64_t *changes = file->field_changes;
    *file = s->before;
    file->field_changes = changes;
    for (size_t c = 0; c < file->column_count; c++)
        file->columns[c].filled = s->filled[c];
    if (changes != NULL)
        memcpy(changes, s->field_changes, file->entity->field_count * sizeof *changes);
    s->im->reject_capacity = s->rejects;
    bring_back(s->im->bring, s->known);
}

static pb_status make_room(slicing *s, pb_error *err)
{
    const exchange_file *file = s->im->file;
    s->filled = pb_arena_array(s->im->arena, file->column_count + 1, sizeof *s->filled);
    s->field_changes =
        pb_arena_array(s->im->arena, file->entity->field_count + 1, sizeof *s->field_changes);
    return s->filled != NULL && s->field_changes != NULL ? PB_OK : pb_fail_memory(err);
}

/* ---- one transaction ---- */

static pb_status write_rows(slicing *s, pb_error *err)
{
    importing *im = s->im;
    PB_TRY(bring_use(im->bring, im->writer, err));
    for (size_t i = 0; i < s->count; i++) {
        const table_row row = {s->rows[i].cells, s->rows[i].count, s->rows[i].row, s->rows[i].line};
        PB_TRY(import_take(im, &row, err));
    }
    return record_writer_finish(im->writer, err);
}

/* Others write between the slices: what this one makes lies behind the ends of all entities. */
static pb_status note_ends(const importing *im, db_session *session, pb_error *err)
{
    for (size_t i = 0; i < im->plan->file_count; i++) {
        exchange_file *file = &im->plan->files[i];
        if (file->entity != NULL)
            PB_TRY(db_last_n(session, file->entity, &file->after_n, err));
    }
    return PB_OK;
}

static pb_status write_within(slicing *s, db_session *session, pb_error *err)
{
    importing *im = s->im;
    const exchange_options *options = im->options;
    record_gate gate = import_gate(im);
    exchange_file *file = im->file;
    gate.later = gate.bulk = false; /* rows are looked at as they come */
    PB_TRY(record_run_continue(im->run, session, err));
    PB_TRY(note_ends(im, session, err));
    PB_TRY(record_writer_open(session, options->actor, options->now_us, options->policy,
                              &im->writer, err));
    record_writer_gate(im->writer, &gate);
    record_writer_gate_run(im->writer, im->number);
    PB_TRY(record_run_writer(im->run, im->writer, file->entity, file->began_n, err));
    PB_TRY(write_rows(s, err));
    im->plan->unresolved =
        s->unresolved + record_writer_unresolved(im->writer) - record_writer_resolved(im->writer);
    im->plan->suspected = s->suspected + record_writer_suspected(im->writer);
    if (options->check != NULL)
        PB_TRY(options->check(options->context, session, im->plan, err));
    const record_run_counts counts = {.rows = file->rows,
                                      .imported = file->imported,
                                      .rejected = file->rejected,
                                      .changed = file->changed,
                                      .same = file->same};
    PB_TRY(record_run_file_done(im->run, im->number, counts, err));
    return record_run_slice(im->run, s->count > 0 ? s->rows[s->count - 1].row : 0, err);
}

static pb_status slice_work(db_session *session, void *context, pb_error *err)
{
    slicing *s = context;
    importing *im = s->im;
    const exchange_options *options = im->options;
    im->session = session;
    recall(s);
    if (options->slice != NULL)
        PB_TRY(options->slice(options->each_context, false, err));
    if (options->begun != NULL)
        PB_TRY(options->begun(options->context, session, err));
    pb_status status = write_within(s, session, err);
    im->writer = record_writer_close(im->writer);
    if (options->ended != NULL)
        options->ended(options->context);
    return status;
}

static pb_status write_slice(slicing *s, pb_error *err)
{
    const exchange_options *options = s->im->options;
    if (s->count == 0)
        return PB_OK;
    remember(s);
    PB_TRY(db_write(s->workspace, slice_work, s, err));
    s->im->plan->unfinished = true;
    s->unresolved = s->im->plan->unresolved;
    s->suspected = s->im->plan->suspected;
    s->count = s->bytes = 0;
    pb_arena_reset(s->arena);
    return options->slice == NULL ? PB_OK : options->slice(options->each_context, true, err);
}

/* ---- rows ---- */

static pb_status keep_row(slicing *s, const table_row *row, pb_error *err)
{
    pb_str *cells = pb_arena_array(s->arena, row->count + 1, sizeof *cells);
    if (cells == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = row->cells[i].len == 0 ? row->cells[i] : pb_arena_str(s->arena, row->cells[i]);
        if (row->cells[i].len > 0 && cells[i].ptr == NULL)
            return pb_fail_memory(err);
        if (cells[i].len == 0)
            cells[i] = PB_STR("");
        s->bytes += row->cells[i].len;
    }
    s->rows[s->count++] = (waiting){cells, row->count, row->row, row->line};
    return s->count == SLICE_ROWS || s->bytes > SLICE_BYTES ? write_slice(s, err) : PB_OK;
}

static pb_status read_rows(slicing *s, pb_error *err)
{
    importing *im = s->im;
    table_row row = {0};
    bool more = true;
    PB_TRY(table_next(im->reader, &row, &more, err)); /* the header: the plan has it */
    while (more) {
        pb_status status = table_next(im->reader, &row, &more, err);
        if (status == PB_INVALID)
            status = import_fault(im, err);
        else if (status == PB_OK && more)
            status = keep_row(s, &row, err);
        PB_TRY(status);
        PB_TRY(import_tell(im, false, err));
    }
    PB_TRY(write_slice(s, err));
    return import_tell(im, true, err);
}

/* The bytes were judged when the plan was made; what changed since is no longer that. */
static pb_status check_unchanged(const importing *im, pb_error *err)
{
    uint8_t hash[32] = {0};
    PB_TRY(table_read_fingerprint(im->reader, im->file->place, hash, err));
    if (im->file->place->live || memcmp(hash, im->file->hash, sizeof hash) == 0)
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("{file} changed while it was being read"), "file",
            PB_ARG(im->file->name), NULL);
    pb_error_hint(err, PB_MSG("Wait until the export is finished, then try again"), NULL);
    return PB_CONFLICT;
}

/* The number of a file: they were added in their order, those passed over were not. */
static int64_t number_of(const importing *im, const exchange_file *file)
{
    int64_t number = record_run_number(im->run);
    for (const exchange_file *one = im->plan->files; one != file; one++)
        number += !one->passed_over;
    return number;
}

static pb_status read_file(slicing *s, exchange_file *file, pb_error *err)
{
    importing *im = s->im;
    im->file = file;
    im->reject_capacity = 0;
    im->told_bytes = 0;
    im->number = number_of(im, file);
    PB_TRY(make_room(s, err));
    pb_status status = table_open(file->place, &im->reader, err);
    if (status == PB_OK)
        status = row_shape_new(file, sys_day_of(im->options->now_us), &im->shape, err);
    if (status == PB_OK)
        status = import_begin_bringing(im, err);
    if (status == PB_OK)
        status = read_rows(s, err);
    if (status == PB_OK)
        status = check_unchanged(im, err);
    if (status == PB_OK)
        status = import_facts(im, err);
    im->bring = bring_free(im->bring);
    im->reader = table_close(im->reader);
    im->shape = row_shape_free(im->shape);
    return status;
}

/* ---- beginning and end ---- */

static pb_status add_files(importing *im, pb_error *err)
{
    for (size_t i = 0; i < im->plan->file_count; i++) {
        exchange_file *file = &im->plan->files[i];
        int64_t number;
        PB_TRY(import_look_back(im, file, err));
        if (file->entity != NULL)
            PB_TRY(db_last_n(im->session, file->entity, &file->began_n, err));
        if (!file->passed_over)
            PB_TRY(record_run_file(im->run, file->name, file->entity, file->hash, &number, err));
    }
    im->plan->run = record_run_number(im->run);
    return record_run_slice(im->run, 0, err);
}

static pb_status begin_work(db_session *session, void *context, pb_error *err)
{
    importing *im = context;
    const exchange_options *options = im->options;
    im->session = session;
    im->run = record_run_close(im->run);
    for (size_t i = 0; i < im->plan->file_count; i++)
        import_forget(&im->plan->files[i]);
    if (options->each != NULL)
        PB_TRY(options->each(options->each_context, NULL, err));
    PB_TRY(record_run_begin(session, options->actor, options->now_us, &im->run, err));
    PB_TRY(add_files(im, err));
    if (import_anything_new(im->plan))
        return PB_OK;
    im->rehearsed = true;
    im->plan->run = 0;
    return pb_fail(err, PB_CANCELLED, PB_MSG("All of it was imported before"), NULL);
}

static pb_status end_work(db_session *session, void *context, pb_error *err)
{
    importing *im = context;
    im->session = session;
    PB_TRY(record_run_continue(im->run, session, err));
    for (size_t i = 0; i < im->plan->file_count; i++) {
        im->file = &im->plan->files[i];
        if (im->file->passed_over)
            continue;
        im->number = number_of(im, im->file);
        PB_TRY(import_columns(im, err));
    }
    return record_run_finish(im->run, im->plan->unresolved, err);
}

static pb_status in_slices(slicing *s, pb_error *err)
{
    importing *im = s->im;
    PB_TRY(db_write(s->workspace, begin_work, im, err));
    im->plan->unfinished = true;
    for (size_t i = 0; i < im->plan->file_count; i++) {
        exchange_file *file = &im->plan->files[i];
        if (file->entity != NULL && !file->passed_over)
            PB_TRY(read_file(s, file, err));
    }
    PB_TRY(db_write(s->workspace, end_work, im, err));
    im->plan->unfinished = false;
    return PB_OK;
}

pb_status import_in_slices(importing *im, db_workspace *workspace, pb_error *err)
{
    slicing *s = calloc(1, sizeof *s);
    if (s == NULL)
        return pb_fail_memory(err);
    *s = (slicing){.im = im, .workspace = workspace, .arena = pb_arena_new(0)};
    pb_status status = s->arena == NULL ? pb_fail_memory(err) : in_slices(s, err);
    im->run = record_run_close(im->run);
    pb_arena_free(s->arena);
    free(s);
    return status;
}
