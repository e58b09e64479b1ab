/* References that found no record yet: the promised ids, found again by what they were called, and
 * the values that wait for them. A file whose links all lead nowhere makes a promise for every name
 * and a waiting value for every row, so both are kept small. */
#include <string.h>

#include "internal.h"

/* What a text is filed under. */
static pb_status file_key(record_writer *writer, char kind, pb_str text, pb_buf *folded,
                          pb_str *ret_key, pb_error *err)
{
    *ret_key = text;
    if (kind == '=')
        return PB_OK;
    pb_buf_clear(folded);
    model_fold(writer->reader, text, folded);
    *ret_key = pb_buf_str(folded);
    return folded->failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status find(record_writer *writer, const plan *target, char kind, pb_str key,
                      promise **ret_promise, pb_error *err)
{
    uint64_t hash = keyset_hash((unsigned char)kind, key);
    size_t cursor = 0;
    uint32_t number;
    *ret_promise = NULL;
    while (key.len > 0 && keyset_next(&target->promised, hash, &cursor, &number)) {
        promise *one = writer->promises[number - 1];
        pb_str called;
        PB_TRY(file_key(writer, kind, one->text, &writer->other, &called, err));
        if (pb_str_eq(called, key)) {
            *ret_promise = one;
            return PB_OK;
        }
    }
    return PB_OK;
}

pb_status promise_find(record_writer *writer, const plan *target, char kind, pb_str text,
                       promise **ret_promise, pb_error *err)
{
    pb_str key;
    *ret_promise = NULL;
    if (target->open_promises == 0 || text.len == 0)
        return PB_OK;
    PB_TRY(file_key(writer, kind, text, &writer->folded, &key, err));
    return find(writer, target, kind, key, ret_promise, err);
}

/* The first open promise of a name stands for it. */
static pb_status file_under(record_writer *writer, const promise *made, char kind, pb_error *err)
{
    pb_str key;
    promise *other;
    PB_TRY(file_key(writer, kind, made->text, &writer->folded, &key, err));
    PB_TRY(find(writer, made->target, kind, key, &other, err));
    if (key.len == 0 || other != NULL)
        return PB_OK;
    return keyset_add(&made->target->promised, keyset_hash((unsigned char)kind, key), made->number)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status promise_add(record_writer *writer, plan *target, pb_str text, pb_uuid id, bool stored,
                      promise **ret_promise, pb_error *err)
{
    promise *made = pb_arena_alloc(writer->arena, sizeof *made);
    pb_str copy = pb_arena_str(writer->arena, text);
    if (made == NULL || copy.ptr == NULL || writer->promise_count >= KEYSET_N_MAX)
        return pb_fail_memory(err);
    *made = (promise){.target = target, .text = copy, .id = id, .stored = stored};
    if (!PB_PUSH(writer->arena, writer->promises, writer->promise_count, writer->promise_capacity,
                 made))
        return pb_fail_memory(err);
    made->number = (uint32_t)writer->promise_count;
    PB_TRY(file_under(writer, made, '=', err));
    PB_TRY(file_under(writer, made, '~', err));
    target->open_promises++;
    if (ret_promise != NULL)
        *ret_promise = made;
    return PB_OK;
}

pb_status promise_keep(record_writer *writer, promise *kept, pb_uuid id, pb_error *err)
{
    static const char kinds[] = {'=', '~'};
    for (size_t i = 0; i < sizeof kinds; i++) {
        pb_str key;
        PB_TRY(file_key(writer, kinds[i], kept->text, &writer->folded, &key, err));
        keyset_remove(&kept->target->promised, keyset_hash((unsigned char)kinds[i], key),
                      kept->number);
    }
    kept->kept = true;
    kept->kept_by = id;
    kept->target->open_promises--;
    return PB_OK;
}

pb_status promise_await(record_writer *writer, const model_field *field, int64_t n,
                        promise *awaited, pb_str text, pb_error *err)
{
    pb_str *own = NULL;
    if (!pb_str_eq(text, awaited->text)) {
        own = pb_arena_alloc(writer->arena, sizeof *own);
        if (own != NULL)
            *own = pb_arena_str(writer->arena, text);
        if (own == NULL || own->ptr == NULL)
            return pb_fail_memory(err);
    }
    pending_block *block = writer->last_pendings;
    if (block == NULL || block->count == sizeof block->items / sizeof block->items[0]) {
        block = pb_arena_alloc(writer->arena, sizeof *block);
        if (block == NULL)
            return pb_fail_memory(err);
        if (writer->last_pendings != NULL)
            writer->last_pendings->next = block;
        else
            writer->pendings = block;
        writer->last_pendings = block;
    }
    block->items[block->count++] = (pending){field, awaited, n, own};
    return PB_OK;
}

void promise_forget(record_writer *writer, int64_t n, const model_field *field)
{
    for (pending_block *block = writer->pendings; block != NULL; block = block->next) {
        size_t left = 0;
        for (size_t i = 0; i < block->count; i++)
            if (block->items[i].n != n || block->items[i].field != field)
                block->items[left++] = block->items[i];
        block->count = left;
    }
}
