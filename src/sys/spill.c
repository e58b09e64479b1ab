#include "sys/spill.h"

#include "calls.h"
#include "sys/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LARGE = 64 << 10, FOLDER_ROOM = 3072, PATH_ROOM = FOLDER_ROOM + 64, STEP = 4 << 20 };

typedef struct spill_block {
    void *at;
    size_t size;
    int file; /* -1: it lies in memory */
} spill_block;

struct sys_spill {
    pthread_mutex_t lock;
    uint64_t limit, held, filed, most; /* bytes in memory, in files, the most in files */
    spill_block *blocks;               /* the large ones */
    size_t count, capacity;
    int error; /* of the last failure; 0: memory */
    char folder[FOLDER_ROOM];
};

static const char *usual_folder(void)
{
    const char *folder = sys_getenv("TMPDIR");
    if (folder != NULL)
        return folder;
    return access("/var/tmp", W_OK | X_OK) == 0 ? "/var/tmp" : "/tmp";
}

pb_status sys_spill_new(uint64_t limit, const char *folder, sys_spill **ret_spill, pb_error *err)
{
    sys_spill *spill = calloc(1, sizeof *spill);
    if (spill == NULL)
        return pb_fail_memory(err);
    spill->limit = limit;
    folder = folder != NULL ? folder : usual_folder();
    if (strlen(folder) >= FOLDER_ROOM) {
        free(spill);
        return sys_fail_path(err, PB_MSG("Could not make a temporary file in {path}"), folder,
                             ENAMETOOLONG);
    }
    snprintf(spill->folder, sizeof spill->folder, "%s", folder);
    if (pthread_mutex_init(&spill->lock, NULL) != 0) {
        free(spill);
        return pb_fail_memory(err);
    }
    *ret_spill = spill;
    return PB_OK;
}

/* A file that has no name, or loses it before anything is written. */
static int open_nameless(const char *folder)
{
    char path[PATH_ROOM];
    int file = sys_call_open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return file;
    snprintf(path, sizeof path, "%s/probity-XXXXXX", folder);
    file = sys_call_temporary(path);
    if (file < 0)
        return -1;
    if (sys_call_unlink(AT_FDCWD, path, 0) < 0) {
        int error = errno;
        sys_call_close(file);
        errno = error;
        return -1;
    }
    return file;
}

/* Maps the file of a block with `size` bytes, which the disk promises before. */
static bool map_file(spill_block *block, size_t size)
{
    int error = sys_call_allocate(block->file, size);
    if (error == 0 && size < block->size && ftruncate(block->file, (off_t)size) < 0)
        error = errno;
    if (error != 0) {
        errno = error;
        return false;
    }
    void *at = block->at == NULL
                   ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, block->file, 0)
                   : mremap(block->at, block->size, size, MREMAP_MAYMOVE);
    if (at == MAP_FAILED)
        return false;
    block->at = at;
    return true;
}

static spill_block *find_block(const sys_spill *spill, const void *at)
{
    for (size_t i = 0; at != NULL && i < spill->count; i++)
        if (spill->blocks[i].at == at)
            return &spill->blocks[i];
    return NULL;
}

/* NULL without memory. */
static spill_block *add_block(sys_spill *spill)
{
    if (spill->count == spill->capacity) {
        size_t more = spill->capacity > 0 ? spill->capacity * 2 : 32;
        spill_block *grown = realloc(spill->blocks, more * sizeof *grown);
        if (grown == NULL)
            return NULL;
        spill->blocks = grown;
        spill->capacity = more;
    }
    spill->blocks[spill->count] = (spill_block){.file = -1};
    return &spill->blocks[spill->count++];
}

static void drop_block(sys_spill *spill, spill_block *block)
{
    if (block->file >= 0) {
        if (block->at != NULL)
            munmap(block->at, block->size);
        sys_call_close(block->file);
        spill->filed -= block->size;
    } else {
        free(block->at);
        spill->held -= block->size;
    }
    *block = spill->blocks[--spill->count];
}

void sys_spill_bound(void *context, uint64_t limit)
{
    sys_spill *spill = context;
    pthread_mutex_lock(&spill->lock);
    spill->limit = limit;
    pthread_mutex_unlock(&spill->lock);
}

static bool note(sys_spill *spill, int error)
{
    spill->error = error == ENOMEM ? 0 : error;
    return false;
}

/* Step by step, what is written let go: a block does not lie in memory twice. */
static void copy_block(char *to, const char *from, size_t size)
{
    for (size_t at = 0; at < size; at += STEP) {
        size_t length = size - at < STEP ? size - at : STEP;
        memcpy(to + at, from + at, length);
        (void)madvise(to + at, length, MADV_DONTNEED);
    }
}

/* Moves a block from memory, or nothing, into a file of its own. */
static bool to_file(sys_spill *spill, spill_block *block, size_t size)
{
    spill_block moved = {.file = open_nameless(spill->folder)};
    if (moved.file < 0)
        return note(spill, errno);
    if (!map_file(&moved, size)) {
        int error = errno;
        sys_call_close(moved.file);
        return note(spill, error);
    }
    if (block->at != NULL)
        copy_block(moved.at, block->at, block->size < size ? block->size : size);
    free(block->at);
    spill->held -= block->size;
    spill->filed += size;
    moved.size = size;
    *block = moved;
    return true;
}

static bool resize_block(sys_spill *spill, spill_block *block, size_t size)
{
    if (block->file >= 0) {
        if (!map_file(block, size))
            return note(spill, errno);
        spill->filed += size - block->size;
    } else if (spill->held - block->size + size > spill->limit) {
        if (!to_file(spill, block, size))
            return false;
    } else {
        void *grown = realloc(block->at, size);
        if (grown == NULL)
            return note(spill, ENOMEM);
        block->at = grown;
        spill->held += size - block->size;
    }
    block->size = size;
    spill->most = spill->filed > spill->most ? spill->filed : spill->most;
    return true;
}

/* A large block that is new, or was small until now. */
static void *make_large(sys_spill *spill, void *small, size_t size)
{
    spill_block *block = add_block(spill);
    if (block == NULL) {
        note(spill, ENOMEM);
        return NULL;
    }
    if (small != NULL) {
        block->at = small;
        block->size = malloc_usable_size(small);
        spill->held += block->size;
    }
    if (resize_block(spill, block, size))
        return block->at;
    spill->held -= block->size;
    spill->count--;
    return NULL;
}

static void *resize(sys_spill *spill, void *at, size_t size)
{
    spill_block *block = find_block(spill, at);
    if (size == 0) {
        if (block != NULL)
            drop_block(spill, block);
        else
            free(at);
        return NULL;
    }
    if (block != NULL)
        return resize_block(spill, block, size) ? block->at : NULL;
    if (size >= LARGE)
        return make_large(spill, at, size);
    void *grown = realloc(at, size);
    if (grown == NULL)
        note(spill, ENOMEM);
    return grown;
}

void *sys_spill_resize(void *context, void *block, size_t size)
{
    sys_spill *spill = context;
    pthread_mutex_lock(&spill->lock);
    void *resized = resize(spill, block, size);
    pthread_mutex_unlock(&spill->lock);
    return resized;
}

/* The pages of a shared mapping belong to the file: letting them go loses nothing. */
void sys_spill_rest(void *context)
{
    sys_spill *spill = context;
    pthread_mutex_lock(&spill->lock);
    for (size_t i = 0; i < spill->count; i++)
        if (spill->blocks[i].file >= 0)
            (void)madvise(spill->blocks[i].at, spill->blocks[i].size, MADV_DONTNEED);
    pthread_mutex_unlock(&spill->lock);
}

pb_status sys_spill_why(const void *context, pb_error *err)
{
    const sys_spill *spill = context;
    if (spill->error == 0)
        return pb_fail_memory(err);
    return sys_fail_path(err, PB_MSG("Could not write a temporary file in {path}"), spill->folder,
                         spill->error);
}

uint64_t sys_spill_most(const sys_spill *spill)
{
    return spill->most;
}

sys_spill *sys_spill_free(sys_spill *spill)
{
    if (spill == NULL)
        return NULL;
    while (spill->count > 0)
        drop_block(spill, &spill->blocks[spill->count - 1]);
    free(spill->blocks);
    pthread_mutex_destroy(&spill->lock);
    free(spill);
    return NULL;
}
