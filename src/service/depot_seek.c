/* Files of the depot that are read in any order. */
#include "depot_file.h"

#include <pthread.h>

enum { EVERY = 4, PLACES_MOST = 16384 };

typedef crypto_secretstream_xchacha20poly1305_state stream_state;

struct service_depot_file {
    sys_reader *reader; /* stays open, so that it can be read when it is removed meanwhile */
    pb_uuid id;
    uint64_t size, pieces;
    uint64_t every;       /* pieces from one place to the next */
    stream_state *places; /* how the stream stood before piece 0, `every`, 2 `every`, … */
    size_t known;         /* the first of them; never fewer than one */
    pthread_mutex_t lock; /* for the two before */
};

struct service_depot_reader {
    service_depot_file *file;
    service_withdrawing from; /* without a file of its own */
    uint64_t next;            /* piece that it opens next; the one before lies in its `plain` */
    size_t filled;            /* bytes there */
    uint64_t at;              /* of the content */
};

static uint64_t pieces_of(uint64_t size)
{
    return size == 0 ? 1 : (size + DEPOT_PIECE - 1) / DEPOT_PIECE;
}

/* Takes over the open file of `from`. */
static pb_status make(service_withdrawing *from, service_depot_file **ret_file, pb_error *err)
{
    service_depot_file *file = calloc(1, sizeof *file);
    uint64_t size = service_deposit_content(sys_reader_size(from->reader));
    uint64_t pieces = pieces_of(size), every = pieces / PLACES_MOST;
    every = every > EVERY ? every : EVERY;
    stream_state *places = calloc((size_t)(pieces / every + 1), sizeof *places);
    if (file == NULL || places == NULL || pthread_mutex_init(&file->lock, NULL) != 0) {
        free(file);
        free(places);
        return pb_fail_memory(err);
    }
    places[0] = from->state;
    file->reader = from->reader;
    from->reader = NULL;
    file->id = from->id;
    file->size = size;
    file->pieces = pieces;
    file->every = every;
    file->places = places;
    file->known = 1;
    *ret_file = file;
    return PB_OK;
}

pb_status service_depot_file_open(service_depot *depot, pb_uuid user, pb_uuid id,
                                  service_depot_file **ret_file, pb_error *err)
{
    service_withdrawing *from = NULL;
    PB_TRY(service_withdraw_own(depot, user, id, &from, err));
    pb_status status = make(from, ret_file, err);
    service_withdraw_end(from);
    return status;
}

uint64_t service_depot_file_size(const service_depot_file *file)
{
    return file->size;
}

service_depot_file *service_depot_file_close(service_depot_file *file)
{
    if (file == NULL)
        return NULL;
    sodium_memzero(file->places, file->known * sizeof *file->places);
    pthread_mutex_destroy(&file->lock);
    sys_reader_close(file->reader);
    free(file->places);
    free(file);
    return NULL;
}

pb_status service_depot_reader_open(service_depot_file *file, service_depot_reader **ret_reader,
                                    pb_error *err)
{
    service_depot_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return pb_fail_memory(err);
    reader->file = file;
    reader->from.id = file->id;
    reader->from.state = file->places[0]; /* which nobody changes any more */
    *ret_reader = reader;
    return PB_OK;
}

/* The last place that is known up to that piece; its number. */
static uint64_t place_before(service_depot_file *file, uint64_t piece, stream_state *ret_state)
{
    pthread_mutex_lock(&file->lock);
    uint64_t place = piece / file->every;
    if (place >= file->known)
        place = file->known - 1;
    *ret_state = file->places[place];
    pthread_mutex_unlock(&file->lock);
    return place * file->every;
}

/* Who comes by a place first keeps how the stream stands there. */
static void note_place(service_depot_reader *reader)
{
    service_depot_file *file = reader->file;
    if (reader->next % file->every != 0)
        return;
    pthread_mutex_lock(&file->lock);
    if (reader->next / file->every == file->known && reader->next < file->pieces)
        file->places[file->known++] = reader->from.state;
    pthread_mutex_unlock(&file->lock);
}

static pb_status open_next(service_depot_reader *reader, pb_error *err)
{
    const service_depot_file *file = reader->file;
    bool last = false, ends = reader->next + 1 == file->pieces;
    size_t len = 0;
    reader->filled = 0;
    note_place(reader);
    PB_TRY(sys_reader_read_at(file->reader,
                              DEPOT_BEFORE + reader->next * (DEPOT_PIECE + DEPOT_OVER),
                              reader->from.sealed, DEPOT_PIECE + DEPOT_OVER, &len, err));
    PB_TRY(service_withdraw_unseal(&reader->from, len, &reader->filled, &last, err));
    reader->next++;
    size_t whole = ends ? (size_t)(file->size - (file->pieces - 1) * DEPOT_PIECE) : DEPOT_PIECE;
    return reader->filled == whole && last == ends ? PB_OK : service_deposit_fail_altered(err);
}

/* Has that piece in `plain`. */
static pb_status go_to(service_depot_reader *reader, uint64_t piece, pb_error *err)
{
    stream_state state;
    uint64_t place = place_before(reader->file, piece, &state);
    if (piece < reader->next || place > reader->next) {
        reader->from.state = state;
        reader->next = place;
    }
    while (reader->next <= piece)
        PB_TRY(open_next(reader, err));
    return PB_OK;
}

pb_status service_depot_reader_read(service_depot_reader *reader, void *to, size_t size,
                                    size_t *ret_len, pb_error *err)
{
    uint64_t piece = reader->at / DEPOT_PIECE;
    size_t from = (size_t)(reader->at % DEPOT_PIECE);
    *ret_len = 0;
    if (reader->at >= reader->file->size)
        return PB_OK;
    if (reader->filled == 0 || piece + 1 != reader->next)
        PB_TRY(go_to(reader, piece, err));
    size_t len = reader->filled - from;
    *ret_len = len < size ? len : size;
    memcpy(to, reader->from.plain + from, *ret_len);
    reader->at += *ret_len;
    return PB_OK;
}

void service_depot_reader_seek(service_depot_reader *reader, uint64_t position)
{
    reader->at = position;
}

service_depot_reader *service_depot_reader_close(service_depot_reader *reader)
{
    if (reader != NULL) {
        sodium_memzero(reader, sizeof *reader);
        free(reader);
    }
    return NULL;
}
