/* The rows of a file on their way: taken, counted, refused, and told to who wants to know of each.
 */
#include "work.h"

#include "base/utf8.h"
#include "sys/clock.h"

enum {
    PROGRESS_BYTES = 64 << 10,
    PROGRESS_US = 50000,
    ROWS_A_LOOK = 64,
    TOLD_MOST = 32 /* of what is wrong with a row, to who is told every row */
};

static pb_status stopped(const importing *im, pb_error *err)
{
    if (im->plan->unfinished) /* what becomes of that is its caller's to say */
        return pb_fail(err, PB_CANCELLED, PB_MSG("The import was stopped"), NULL);
    return pb_fail(err, PB_CANCELLED, PB_MSG("The import was stopped; nothing was kept"), NULL);
}

/* Tells how far the file is, now and then. */
pb_status import_tell(importing *im, bool always, pb_error *err)
{
    if (im->options->progress == NULL)
        return PB_OK;
    uint64_t done = table_done(im->reader);
    bool due = always || done - im->told_bytes >= PROGRESS_BYTES;
    if (!due && ++im->unlooked < ROWS_A_LOOK)
        return PB_OK;
    im->unlooked = 0;
    int64_t now = sys_monotonic_us();
    if (!always && now - im->told_us < PROGRESS_US)
        return PB_OK;
    im->told_bytes = done;
    im->told_us = now;
    bool stop = im->options->progress(im->options->context, im->file->name.ptr, done,
                                      table_total(im->reader));
    return stop ? stopped(im, err) : PB_OK;
}

/* --- rejects --- */

static pb_status list_reject(importing *im, exchange_reject why, pb_error *err)
{
    exchange_file *file = im->file;
    size_t most = im->options->most_rejects > 0 ? im->options->most_rejects : MAX_REJECTS;
    if (file->reject_count >= most)
        return PB_OK;
    pb_str shown = pb_utf8_cut(why.value, REJECT_VALUE);
    why.value = pb_arena_str(im->arena, shown);
    why.column = pb_arena_str(im->arena, why.column);
    if ((shown.ptr != NULL && why.value.ptr == NULL) ||
        !PB_PUSH(im->arena, file->rejects, file->reject_count, im->reject_capacity, why))
        return pb_fail_memory(err);
    return PB_OK;
}

/* Who wants to know of every row is told the refused ones as well. */
static pb_status tell_refused(importing *im, const exchange_reject *whys, size_t count,
                              const record_brought *brought, pb_error *err)
{
    if (im->options->each == NULL)
        return PB_OK;
    const exchange_told told = {.file = im->file,
                                .row = whys[0].row,
                                .line = whys[0].line,
                                .refused = true,
                                .brought = brought != NULL ? *brought : (record_brought){0},
                                .rejects = whys,
                                .reject_count = count};
    return im->options->each(im->options->each_context, &told, err);
}

static pb_status reject(importing *im, exchange_reject why, pb_error *err)
{
    im->file->rejected++;
    PB_TRY(tell_refused(im, &why, 1, NULL, err));
    return list_reject(im, why, err);
}

pb_status import_fault(importing *im, pb_error *err)
{
    const table_fault *fault = table_last_fault(im->reader);
    im->file->rows++;
    return reject(im,
                  (exchange_reject){.row = fault->row,
                                    .line = fault->line,
                                    .says = pb_str_c(fault->says),
                                    .value = pb_str_c(fault->value),
                                    .expected = fault->expected,
                                    .found = fault->found},
                  err);
}

static pb_status reject_row(importing *im, const table_row *row, const char *says, pb_error *err)
{
    return reject(im,
                  (exchange_reject){.row = row->row,
                                    .line = row->line,
                                    .says = pb_str_c(says),
                                    .expected = (int64_t)im->file->column_count,
                                    .found = (int64_t)row->count},
                  err);
}

/* The header of the column a field came from. */
static pb_str header_of(const exchange_file *file, const model_field *field)
{
    for (size_t c = 0; field != NULL && c < file->column_count; c++)
        if (file->columns[c].field == field || file->columns[c].while_open == field)
            return file->columns[c].header;
    return PB_STR_NONE;
}

/* One row with all that is wrong in it, so that it need be mended only once. */
static pb_status reject_record(importing *im, const table_row *row, const record_problem *problems,
                               size_t count, const record_brought *brought, pb_error *err)
{
    exchange_reject whys[TOLD_MOST];
    im->file->rejected++;
    for (size_t i = 0; i < count; i++) {
        const record_problem *problem = &problems[i];
        pb_str header = header_of(im->file, problem->field);
        if (header.ptr == NULL && problem->field != NULL)
            header = problem->field->name;
        const exchange_reject why = {.row = row->row,
                                     .line = row->line,
                                     .says = problem->says,
                                     .column = header,
                                     .value = problem->value};
        if (i < TOLD_MOST)
            whys[i] = why;
        PB_TRY(list_reject(im, why, err));
    }
    return tell_refused(im, whys, count < TOLD_MOST ? count : TOLD_MOST, brought, err);
}

/* --- rows --- */

/* Counts what is filled; false when nothing is. */
static bool count_filled(exchange_file *file, const table_row *row)
{
    bool any = false;
    for (size_t c = 0; c < row->count; c++) {
        bool filled = row->cells[c].len > 0;
        file->columns[c].filled += filled;
        any = any || filled;
    }
    return any;
}

/* What came of a row that was taken. */
static pb_status count_row(importing *im, const table_row *row, const record_brought *brought,
                           pb_error *err)
{
    exchange_file *file = im->file;
    file->imported += brought->outcome == RECORD_CAME_NEW;
    file->led += brought->outcome == RECORD_CAME_LED;
    file->same += brought->outcome == RECORD_CAME_SAME;
    file->changed += brought->outcome == RECORD_CAME_CHANGED;
    for (size_t i = 0; i < brought->cell_count; i++)
        file->field_changes[brought->cells[i].field->index]++;
    if (im->options->each == NULL)
        return PB_OK;
    const exchange_told told = {
        .file = file, .row = row->row, .line = row->line, .brought = *brought};
    return im->options->each(im->options->each_context, &told, err);
}

static pb_status take_row(importing *im, const table_row *row, pb_error *err)
{
    size_t count = 0, problem_count = 0;
    record_brought brought;
    record_origin origin = {.run = im->number, .row = row->row};
    const record_input *inputs = row_shape_inputs(im->shape, row, &count, &origin.source_id);
    const record_problem *problems = NULL;
    pb_error why;
    pb_status status = bring_row(im->bring, im->writer, im->file, row, inputs, count, origin,
                                 &brought, &problems, &problem_count, &why);
    bool refused = status == PB_INVALID && problem_count > 0;
    bool made = status == PB_OK && brought.outcome == RECORD_CAME_NEW;
    if (im->proof != NULL && (refused || made))
        proof_add(im->proof, row,
                  im->shape->preset != NULL || im->shape->currencies ? inputs : NULL, count,
                  !refused);
    if (refused)
        return reject_record(im, row, problems, problem_count, &brought, err);
    if (status == PB_OK)
        return count_row(im, row, &brought, err);
    if (err != NULL)
        *err = why;
    return status;
}

pb_status import_take(importing *im, const table_row *row, pb_error *err)
{
    exchange_file *file = im->file;
    preset_fate fate = row->count == file->column_count
                           ? preset_shape_fate(im->shape->preset, row->cells)
                           : PRESET_TAKEN;
    if (fate == PRESET_ELSEWHERE)
        return PB_OK; /* another reading of the file takes it */
    if (fate == PRESET_IS_DELETED && !im->options->with_deleted) {
        file->deleted++;
        return PB_OK;
    }
    file->rows++;
    if (row->count != file->column_count)
        return reject_row(im, row, PB_MSG("Expected {expected} columns, found {found}"), err);
    if (!count_filled(file, row))
        return reject_row(im, row, PB_MSG("The row is empty"), err);
    return take_row(im, row, err);
}
