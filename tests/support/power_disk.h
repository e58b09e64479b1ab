/* The disks that a power cut could leave of a journal (power_journal.h), one after the other.
 *
 * What is durable: bytes of a file up to its last sync, names in a folder up to the folder's. All
 * that came later may be there or not, each by itself and in any order: bytes by sectors of 512,
 * also a longer file whose new bytes are zeros. This is what POSIX promises and no more (the
 * "default model" of ALICE, OSDI 2014); renaming alone is taken to be indivisible, as every
 * journalling file system has it. Calibration leaves out orders to make durable, as if a program
 * had forgotten them.
 */
#ifndef POWER_DISK_H
#define POWER_DISK_H

#include "power_journal.h"

enum { POWER_SECTOR = 512, POWER_MARKS = 4 };

/* How much of what is not durable is there. */
typedef enum power_extent {
    POWER_NOTHING,
    POWER_EVERYTHING,
    POWER_NAMES_ONLY, /* renames and the like, but no byte */
    POWER_BYTES_ONLY,
    POWER_ALL_BUT,    /* everything but the change `which` */
    POWER_ONLY,       /* nothing but the change `which` */
    POWER_FIRST_HALF, /* everything, of the newest bytes the first half of the sectors */
    POWER_LAST_HALF,
    POWER_RANDOM
} power_extent;

typedef struct power_choice {
    uint64_t seed;
    power_extent how;
    size_t which; /* counted among the changes that are not durable */
} power_choice;

typedef struct power_file {
    uint8_t *bytes;
    size_t size, room;
    size_t durable_to; /* journal entries before this one are in `bytes` */
} power_file;

typedef struct power_disk {
    size_t at;         /* journal entries before this one have happened */
    power_file *files; /* by node: what is durable of it */
    power_name *names; /* durable ones */
    size_t name_count;
    size_t *pending; /* changes that are not durable, in order */
    size_t pending_count;
    int64_t marks[POWER_MARKS]; /* acknowledged so far */
    unsigned forget;            /* 1 << kind of an order left out once mark 0 is set */
} power_disk;

static inline power_disk power_disk_open(unsigned forget)
{
    power_disk disk = {.forget = forget};
    disk.files = calloc(POWER_NODES, sizeof *disk.files);
    disk.names = calloc(POWER_NAMES, sizeof *disk.names);
    disk.pending = calloc(power.count + 1, sizeof *disk.pending);
    assert_true(disk.files != NULL && disk.names != NULL && disk.pending != NULL);
    return disk;
}

static inline void power_disk_close(power_disk *disk)
{
    for (int i = 0; i < power.node_count; i++)
        free(disk->files[i].bytes);
    free(disk->files);
    free(disk->names);
    free(disk->pending);
}

/* ---- changes carried out ---- */

static inline void power_grow(power_file *file, size_t size)
{
    if (size > file->room) {
        file->room = size * 2;
        file->bytes = realloc(file->bytes, file->room);
        assert_non_null(file->bytes);
    }
    if (size > file->size) {
        memset(file->bytes + file->size, 0, size - file->size);
        file->size = size;
    }
}

/* `keep` says which sectors are written, counted from the file's beginning; NULL: all. */
static inline void power_write(power_file *file, const power_op *op,
                               bool (*keep)(const void *, size_t), const void *context)
{
    size_t from = (size_t)op->offset, end = from + op->size;
    power_grow(file, end);
    for (size_t at = from; at < end;) {
        size_t next = (at / POWER_SECTOR + 1) * POWER_SECTOR;
        next = next < end ? next : end;
        if (keep == NULL || keep(context, at / POWER_SECTOR))
            memcpy(file->bytes + at, op->bytes + (at - from), next - at);
        at = next;
    }
}

static inline void power_resize(power_file *file, size_t size)
{
    power_grow(file, size);
    file->size = size;
}

static inline void power_put_name(power_name *names, size_t *count, int folder, const char *name,
                                  int node)
{
    for (size_t i = 0; i < *count; i++)
        if (names[i].folder == folder && strcmp(names[i].name, name) == 0) {
            names[i].node = node;
            return;
        }
    assert_true(*count < POWER_NAMES);
    names[*count] = (power_name){.folder = folder, .node = node};
    snprintf(names[(*count)++].name, sizeof names->name, "%s", name);
}

static inline void power_drop_name(power_name *names, size_t *count, int folder, const char *name,
                                   int node)
{
    for (size_t i = 0; i < *count; i++)
        if (names[i].folder == folder && names[i].node == node && strcmp(names[i].name, name) == 0)
            names[i--] = names[--*count];
}

static inline bool power_is_name(power_kind kind)
{
    return kind == POWER_LINK || kind == POWER_UNLINK || kind == POWER_RENAME;
}

static inline void power_do_name(power_name *names, size_t *count, const power_op *op)
{
    if (op->kind == POWER_UNLINK)
        power_drop_name(names, count, op->folder, op->name, op->node);
    else
        power_put_name(names, count, op->folder, op->name, op->node);
    if (op->kind == POWER_RENAME)
        power_drop_name(names, count, op->from, op->from_name, op->node);
}

/* ---- going on ---- */

static inline bool power_covers(const power_op *order, const power_op *change)
{
    if (order->kind == POWER_SYNC_ALL)
        return true;
    if (power_is_name(change->kind))
        return order->kind == POWER_SYNC_DIR && change->folder == order->node;
    return order->kind == POWER_SYNC && change->node == order->node;
}

/* A name that was renamed away durably never comes back by the change that made it. */
static inline bool power_is_void(const power_op *change, const power_op *renamed)
{
    return change->kind != POWER_UNLINK && change->node == renamed->node &&
           change->folder == renamed->from && strcmp(change->name, renamed->from_name) == 0;
}

static inline void power_make_durable(power_disk *disk, const power_op *order)
{
    size_t left = 0;
    for (size_t i = 0; i < disk->pending_count; i++) {
        const power_op *op = &power.ops[disk->pending[i]];
        if (!power_covers(order, op)) {
            disk->pending[left++] = disk->pending[i];
            continue;
        }
        if (op->kind == POWER_WRITE)
            power_write(&disk->files[op->node], op, NULL, NULL);
        else if (op->kind == POWER_TRUNCATE)
            power_resize(&disk->files[op->node], (size_t)op->offset);
        else
            power_do_name(disk->names, &disk->name_count, op);
        for (size_t k = 0; op->kind == POWER_RENAME && k < left; k++)
            if (power_is_name(power.ops[disk->pending[k]].kind) &&
                power_is_void(&power.ops[disk->pending[k]], op)) {
                memmove(&disk->pending[k], &disk->pending[k + 1],
                        (left - k - 1) * sizeof *disk->pending);
                left--;
                k--;
            }
    }
    disk->pending_count = left;
}

/** The next entry happens; false at the end of the journal. */
static inline bool power_next(power_disk *disk)
{
    if (disk->at == power.count)
        return false;
    const power_op *op = &power.ops[disk->at];
    if (op->kind == POWER_MARK)
        disk->marks[op->node] = op->offset;
    else if (op->kind < POWER_SYNC)
        disk->pending[disk->pending_count++] = disk->at;
    else if (disk->marks[0] == 0 || (disk->forget >> op->kind & 1) == 0)
        power_make_durable(disk, op);
    disk->at++;
    return true;
}

/* ---- one disk ---- */

typedef struct power_image {
    power_file *files; /* by node; `bytes` NULL: not changed against the durable ones */
    power_name *names;
    size_t name_count;
} power_image;

static inline uint64_t power_mix(uint64_t x)
{
    x ^= x >> 31;
    x *= 0x7fb5d329728ea185u;
    x ^= x >> 27;
    x *= 0x81dadef4bc2dd44du;
    return x ^ x >> 33;
}

typedef struct power_sectors {
    const power_choice *choice;
    size_t op, middle;
} power_sectors;

static inline bool power_keeps(const void *context, size_t sector)
{
    const power_sectors *s = context;
    switch (s->choice->how) {
    case POWER_FIRST_HALF:
        return sector < s->middle;
    case POWER_LAST_HALF:
        return sector >= s->middle;
    default:
        return (power_mix(s->choice->seed ^ s->op * 1000003 ^ sector) & 1) != 0;
    }
}

/* 0: not there, 1: whole, 2: some sectors of it. */
static inline int power_part(const power_disk *disk, const power_choice *choice, size_t i)
{
    const power_op *op = &power.ops[disk->pending[i]];
    bool newest = i + 1 == disk->pending_count;
    switch (choice->how) {
    case POWER_EVERYTHING:
        return 1;
    case POWER_NAMES_ONLY:
        return power_is_name(op->kind);
    case POWER_BYTES_ONLY:
        return !power_is_name(op->kind);
    case POWER_ALL_BUT:
        return i != choice->which;
    case POWER_ONLY:
        return i == choice->which;
    case POWER_FIRST_HALF:
    case POWER_LAST_HALF:
        return newest && op->kind == POWER_WRITE ? 2 : 1;
    case POWER_RANDOM: {
        uint64_t dice = power_mix(choice->seed ^ disk->pending[i]) % 8;
        return dice < 3 ? 0 : dice < 6 || op->kind != POWER_WRITE ? 1 : 2;
    }
    default:
        return 0;
    }
}

/* The file of an image, its own copy at the first change. */
static inline power_file *power_own(const power_disk *disk, power_image *image, int node)
{
    power_file *own = &image->files[node];
    const power_file *durable = &disk->files[node];
    if (own->bytes == NULL) {
        own->room = durable->size + (64 << 10);
        own->bytes = malloc(own->room);
        assert_non_null(own->bytes);
        own->size = durable->size;
        if (durable->size > 0)
            memcpy(own->bytes, durable->bytes, durable->size);
    }
    return own;
}

static inline power_image power_image_make(const power_disk *disk, const power_choice *choice)
{
    power_image image = {.name_count = disk->name_count};
    image.files = calloc((size_t)power.node_count, sizeof *image.files);
    image.names = calloc(POWER_NAMES, sizeof *image.names);
    assert_true(image.files != NULL && image.names != NULL);
    memcpy(image.names, disk->names, disk->name_count * sizeof *image.names);
    for (size_t i = 0; i < disk->pending_count; i++) {
        const power_op *op = &power.ops[disk->pending[i]];
        int part = power_part(disk, choice, i);
        if (part == 0)
            continue;
        if (power_is_name(op->kind)) {
            power_do_name(image.names, &image.name_count, op);
            continue;
        }
        power_file *file = power_own(disk, &image, op->node);
        if (op->kind == POWER_TRUNCATE) {
            power_resize(file, (size_t)op->offset);
            continue;
        }
        size_t first = (size_t)op->offset / POWER_SECTOR;
        size_t last = ((size_t)op->offset + op->size - 1) / POWER_SECTOR;
        power_sectors sectors = {choice, disk->pending[i], first + (last - first + 1) / 2};
        power_write(file, op, part == 2 ? power_keeps : NULL, &sectors);
    }
    return image;
}

static inline void power_image_free(power_image *image)
{
    for (int i = 0; i < power.node_count; i++)
        free(image->files[i].bytes);
    free(image->files);
    free(image->names);
}

static inline const power_file *power_bytes(const power_disk *disk, const power_image *image,
                                            int node)
{
    return image->files[node].bytes != NULL ? &image->files[node] : &disk->files[node];
}

/* FNV-1a by words: what is told apart are contents, not adversaries. */
static inline uint64_t power_hash_bytes(uint64_t hash, const uint8_t *bytes, size_t size)
{
    uint64_t word;
    for (; size >= sizeof word; bytes += sizeof word, size -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (; size > 0; size--)
        hash = (hash ^ *bytes++) * 0x100000001b3u;
    return hash;
}

/** A number for all names and bytes below a node, whatever their order. */
static inline uint64_t power_hash(const power_disk *disk, const power_image *image, int node)
{
    uint64_t sum = 0;
    if (!power.is_folder[node]) {
        const power_file *file = power_bytes(disk, image, node);
        return power_hash_bytes(power_mix(file->size + 7), file->bytes, file->size);
    }
    for (size_t i = 0; i < image->name_count; i++) {
        const power_name *entry = &image->names[i];
        if (entry->folder != node)
            continue;
        uint64_t own = power_hash_bytes(11, (const uint8_t *)entry->name, strlen(entry->name));
        sum += power_mix(own ^ power_mix(power_hash(disk, image, entry->node)));
    }
    return power_mix(sum + 3);
}

/** The node of a name in the watched folder; -1: there is none. */
static inline int power_image_find(const power_image *image, const char *name)
{
    for (size_t i = 0; i < image->name_count; i++)
        if (image->names[i].folder == 0 && strcmp(image->names[i].name, name) == 0)
            return image->names[i].node;
    return -1;
}

/** Writes what lies below `node` to the path. */
static inline void power_lay_out(const power_disk *disk, const power_image *image, int node,
                                 const char *path)
{
    if (!power.is_folder[node]) {
        const power_file *file = power_bytes(disk, image, node);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        if (file->size > 0)
            assert_int_equal(file->size, write(fd, file->bytes, file->size));
        close(fd);
        return;
    }
    assert_int_equal(0, mkdir(path, 0700));
    for (size_t i = 0; i < image->name_count; i++) {
        char below[800];
        if (image->names[i].folder != node)
            continue;
        snprintf(below, sizeof below, "%.600s/%.119s", path, image->names[i].name);
        power_lay_out(disk, image, image->names[i].node, below);
    }
}

#endif
