/* Rows to inputs by several threads: one reads, all shape, and slots are kept in the order of rows.
 *
 *   read ─► slot 0..n ─► shape and take (any thread) ─► keep (in order, by whoever is there)
 */
#include "exchange/scan.h"

#include "../live/live.h"
#include "../plan/plan.h"
#include "import_internal.h"

#include "sys/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT_BYTES = 1 << 20, TELL_US = 50000, SMALL_FILE = 256 << 10 };

/* A row as read: `count` cells from `first` on. */
typedef struct raw_row {
    int64_t row, line;
    size_t first, count;
} raw_row;

typedef struct scan_counts {
    uint64_t rows, imported, rejected, deleted;
} scan_counts;

/* Rows on their way. */
typedef struct scan_slot {
    raw_row rows[EXCHANGE_SCAN_ROWS];
    size_t row_count;
    pb_str *cells; /* into `bytes`: as offsets until the slot is full */
    size_t cell_count, cell_capacity;
    pb_buf bytes;
    bool done;
    scan_counts counts;
    pb_status status;
    pb_error err;
} scan_slot;

typedef struct scanning scanning;

typedef struct scan_thread {
    scanning *scan;
    size_t number;
    row_shape *shape;
    pthread_t id;
    bool runs;
} scan_thread;

struct scanning {
    const exchange_options *options;
    const exchange_sink *sink;
    exchange_file *file; /* at work */
    table_reader *reader;
    scan_thread threads[EXCHANGE_SCAN_THREADS];
    size_t thread_count;
    bool alone; /* no thread but the caller's */
    scan_slot *slots;
    size_t slot_count;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t change;
    uint64_t filled, taken, kept; /* slots of the file so far */
    bool ended, keeping, failed;
    pb_status status;
    pb_error err;
    int64_t told_us;
};

/* --- one slot --- */

static void slot_clear(scan_slot *slot)
{
    slot->row_count = slot->cell_count = 0;
    pb_buf_clear(&slot->bytes);
    slot->done = false;
    slot->counts = (scan_counts){0};
    slot->status = PB_OK;
}

static bool slot_full(const scan_slot *slot)
{
    return slot->row_count == EXCHANGE_SCAN_ROWS || slot->bytes.len >= SLOT_BYTES;
}

static pb_status slot_add(scan_slot *slot, const table_row *row, pb_error *err)
{
    if (slot->cell_count + row->count > slot->cell_capacity) {
        size_t more = (slot->cell_count + row->count) * 2;
        pb_str *grown = realloc(slot->cells, more * sizeof *grown);
        if (grown == NULL)
            return pb_fail_memory(err);
        slot->cells = grown;
        slot->cell_capacity = more;
    }
    slot->rows[slot->row_count++] = (raw_row){row->row, row->line, slot->cell_count, row->count};
    for (size_t c = 0; c < row->count; c++) {
        slot->cells[slot->cell_count++] = (pb_str){.len = row->cells[c].len};
        pb_buf_add(&slot->bytes, row->cells[c]);
    }
    return slot->bytes.failed ? pb_fail_memory(err) : PB_OK;
}

/* Lengths become texts once the bytes move no more. */
static void slot_place(scan_slot *slot)
{
    const char *at = slot->bytes.ptr != NULL ? slot->bytes.ptr : "";
    for (size_t i = 0; i < slot->cell_count; i++) {
        slot->cells[i].ptr = at;
        at += slot->cells[i].len;
    }
}

static pb_status shape_row(scan_thread *thread, size_t number, scan_slot *slot,
                           const table_row *row, pb_error *err)
{
    const exchange_file *file = thread->scan->file;
    const exchange_sink *sink = thread->scan->sink;
    preset_fate fate = row->count == file->column_count
                           ? preset_shape_fate(thread->shape->preset, row->cells)
                           : PRESET_TAKEN;
    if (fate == PRESET_ELSEWHERE)
        return PB_OK;
    if (fate == PRESET_IS_DELETED && !thread->scan->options->with_deleted) {
        slot->counts.deleted++;
        return PB_OK;
    }
    slot->counts.rows++;
    if (row->count != file->column_count || table_is_blank(row)) {
        slot->counts.rejected++;
        return PB_OK;
    }
    exchange_row shaped = {.file = file, .row = row->row};
    shaped.inputs = row_shape_inputs(thread->shape, row, &shaped.count, &shaped.source_id);
    slot->counts.imported++;
    return sink->take(sink->context, thread->number, number, &shaped, err);
}

static void shape_slot(scan_thread *thread, size_t number)
{
    scan_slot *slot = &thread->scan->slots[number];
    for (size_t i = 0; i < slot->row_count && slot->status == PB_OK; i++) {
        const raw_row *raw = &slot->rows[i];
        table_row row = {slot->cells + raw->first, raw->count, raw->row, raw->line};
        slot->status = shape_row(thread, number, slot, &row, &slot->err);
    }
}

static pb_status keep_slot(scanning *scan, size_t number, pb_error *err)
{
    scan_slot *slot = &scan->slots[number];
    exchange_file *file = scan->file;
    if (slot->status != PB_OK) {
        if (err != NULL)
            *err = slot->err;
        return slot->status;
    }
    file->rows += slot->counts.rows;
    file->imported += slot->counts.imported;
    file->rejected += slot->counts.rejected;
    file->deleted += slot->counts.deleted;
    return scan->sink->keep(scan->sink->context, number, file, err);
}

/* --- the threads --- */

/* Keeps what is next in order, unless somebody does already. The lock is held. */
static void keep_ready(scanning *scan)
{
    while (!scan->keeping && !scan->failed && scan->kept < scan->filled &&
           scan->slots[scan->kept % scan->slot_count].done) {
        size_t number = scan->kept % scan->slot_count;
        scan->keeping = true;
        pthread_mutex_unlock(&scan->lock);
        pb_error err;
        pb_status status = keep_slot(scan, number, &err);
        slot_clear(&scan->slots[number]);
        pthread_mutex_lock(&scan->lock);
        scan->keeping = false;
        scan->kept++;
        if (status != PB_OK) {
            scan->failed = true;
            scan->status = status;
            scan->err = err;
        }
        pthread_cond_broadcast(&scan->change);
    }
}

static void *work(void *context)
{
    scan_thread *thread = context;
    scanning *scan = thread->scan;
    pthread_mutex_lock(&scan->lock);
    for (;;) {
        while (scan->taken == scan->filled && !scan->ended && !scan->failed)
            pthread_cond_wait(&scan->change, &scan->lock);
        if (scan->failed || scan->taken == scan->filled)
            break;
        size_t number = scan->taken++ % scan->slot_count;
        pthread_mutex_unlock(&scan->lock);
        shape_slot(thread, number);
        pthread_mutex_lock(&scan->lock);
        scan->slots[number].done = true;
        keep_ready(scan);
    }
    pthread_mutex_unlock(&scan->lock);
    return NULL;
}

/* The next slot to fill; NULL when the scan has failed. */
static scan_slot *slot_to_fill(scanning *scan)
{
    pthread_mutex_lock(&scan->lock);
    while (scan->filled - scan->kept == scan->slot_count && !scan->failed)
        pthread_cond_wait(&scan->change, &scan->lock);
    scan_slot *slot = scan->failed ? NULL : &scan->slots[scan->filled % scan->slot_count];
    pthread_mutex_unlock(&scan->lock);
    return slot;
}

/* Hands a filled slot over; with no other thread its work is done here. */
static void hand_over(scanning *scan, scan_slot *slot)
{
    slot_place(slot);
    pthread_mutex_lock(&scan->lock);
    scan->filled++;
    if (scan->alone) {
        size_t number = scan->taken++ % scan->slot_count;
        shape_slot(&scan->threads[0], number);
        slot->done = true;
        keep_ready(scan);
    }
    pthread_cond_broadcast(&scan->change);
    pthread_mutex_unlock(&scan->lock);
}

static void end_threads(scanning *scan, bool failed)
{
    pthread_mutex_lock(&scan->lock);
    scan->ended = true;
    scan->failed = scan->failed || failed;
    pthread_cond_broadcast(&scan->change);
    pthread_mutex_unlock(&scan->lock);
    for (size_t i = 0; i < scan->thread_count; i++) {
        if (scan->threads[i].runs)
            pthread_join(scan->threads[i].id, NULL);
        scan->threads[i].runs = false;
        scan->threads[i].shape = row_shape_free(scan->threads[i].shape);
    }
}

/* A small file is not worth threads. One that cannot be had is done without. */
static pb_status begin_threads(scanning *scan, pb_error *err)
{
    int64_t today = sys_day_of(scan->options->now_us);
    bool small = scan->file->bytes > 0 && scan->file->bytes < SMALL_FILE;
    size_t wanted = small || scan->sink->threads < 1 ? 1 : scan->sink->threads;
    wanted = wanted < EXCHANGE_SCAN_THREADS ? wanted : EXCHANGE_SCAN_THREADS;
    scan->filled = scan->taken = scan->kept = 0;
    scan->ended = scan->failed = false;
    scan->alone = wanted == 1;
    for (scan->thread_count = 0; scan->thread_count < wanted; scan->thread_count++) {
        scan_thread *thread = &scan->threads[scan->thread_count];
        *thread = (scan_thread){.scan = scan, .number = scan->thread_count};
        PB_TRY(row_shape_new(scan->file, today, &thread->shape, err));
    }
    size_t running = 0;
    while (!scan->alone && running < wanted &&
           pthread_create(&scan->threads[running].id, NULL, work, &scan->threads[running]) == 0)
        scan->threads[running++].runs = true;
    scan->alone = running == 0;
    return PB_OK;
}

/* --- one file --- */

static pb_status tell(scanning *scan, pb_error *err)
{
    const exchange_options *options = scan->options;
    int64_t now = sys_monotonic_us();
    if (options->progress == NULL || now - scan->told_us < TELL_US)
        return PB_OK;
    scan->told_us = now;
    bool stop = options->progress(options->context, scan->file->name.ptr, table_done(scan->reader),
                                  table_total(scan->reader));
    return stop ? pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL) : PB_OK;
}

static pb_status read_rows(scanning *scan, pb_error *err)
{
    table_row row = {0};
    bool more = true;
    scan_slot *slot = NULL;
    uint64_t faults = 0;
    PB_TRY(table_next(scan->reader, &row, &more, err)); /* the header: the plan has it */
    while (more) {
        pb_status status = table_next(scan->reader, &row, &more, err);
        faults += status == PB_INVALID;
        if (status != PB_OK && status != PB_INVALID)
            return status;
        if (status == PB_OK && more) {
            if (slot == NULL && (slot = slot_to_fill(scan)) == NULL)
                return PB_OK; /* it failed: end_file says of what */
            PB_TRY(slot_add(slot, &row, err));
        }
        if (slot != NULL && (slot_full(slot) || !more)) {
            hand_over(scan, slot);
            slot = NULL;
            PB_TRY(tell(scan, err));
        }
    }
    pthread_mutex_lock(&scan->lock);
    while (scan->kept < scan->filled && !scan->failed)
        pthread_cond_wait(&scan->change, &scan->lock);
    pthread_mutex_unlock(&scan->lock);
    scan->file->rows += faults;
    scan->file->rejected += faults;
    return PB_OK;
}

/* Rows may have been read that nobody wrote together. */
static pb_status check_unchanged(const scanning *scan, pb_error *err)
{
    uint8_t hash[32] = {0};
    const exchange_file *file = scan->file;
    PB_TRY(table_read_fingerprint(scan->reader, file->place, hash, err));
    if (file->place->live || memcmp(hash, file->hash, sizeof hash) == 0)
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("{file} changed while it was being read"), "file",
            PB_ARG(file->name), NULL);
    pb_error_hint(err, PB_MSG("Wait until the export is finished, then try again"), NULL);
    return PB_CONFLICT;
}

static pb_status scan_file(scanning *scan, exchange_file *file, pb_error *err)
{
    scan->file = file;
    file->rows = file->imported = file->rejected = file->deleted = 0;
    for (size_t i = 0; i < scan->slot_count; i++)
        slot_clear(&scan->slots[i]);
    pb_status status = table_open(file->place, &scan->reader, err);
    if (status == PB_OK)
        status = begin_threads(scan, err);
    if (status == PB_OK)
        status = read_rows(scan, err);
    bool failed = scan->failed; /* before the threads are told to end */
    end_threads(scan, status != PB_OK);
    if (status == PB_OK && failed) {
        status = scan->status;
        if (err != NULL)
            *err = scan->err;
    }
    if (status == PB_OK)
        status = check_unchanged(scan, err);
    scan->reader = table_close(scan->reader);
    return status;
}

static pb_status begin(scanning *scan, pb_error *err)
{
    scan->slot_count = scan->sink->threads > 1 ? 2 * scan->sink->threads + 1 : 1;
    if (scan->slot_count > EXCHANGE_SCAN_SLOTS)
        scan->slot_count = EXCHANGE_SCAN_SLOTS;
    scan->slots = calloc(scan->slot_count, sizeof *scan->slots);
    if (scan->slots == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < scan->slot_count; i++)
        scan->slots[i].bytes = PB_BUF_INIT((size_t)1 << 30);
    if (pthread_mutex_init(&scan->lock, NULL) != 0)
        return pb_fail_memory(err);
    if (pthread_cond_init(&scan->change, NULL) == 0)
        return PB_OK;
    pthread_mutex_destroy(&scan->lock);
    return pb_fail_memory(err);
}

static void end_slots(scanning *scan)
{
    for (size_t i = 0; scan->slots != NULL && i < scan->slot_count; i++) {
        free(scan->slots[i].cells);
        pb_buf_free(&scan->slots[i].bytes);
    }
    free(scan->slots);
}

pb_status exchange_scan(const exchange_options *options, exchange_plan *plan,
                        const exchange_sink *sink, pb_error *err)
{
    PB_TRY(import_any(plan, err));
    scanning scan = {.options = options, .sink = sink};
    pb_status status = begin(&scan, err);
    if (status == PB_OK) {
        for (size_t i = 0; i < plan->file_count && status == PB_OK; i++)
            if (plan->files[i].entity != NULL && sink->wants(sink->context, &plan->files[i]))
                status = scan_file(&scan, &plan->files[i], err);
        pthread_cond_destroy(&scan.change);
        pthread_mutex_destroy(&scan.lock);
    }
    end_slots(&scan);
    for (size_t i = 0; i < plan->file_count; i++)
        live_end(plan->files[i].place->base);
    return status;
}
