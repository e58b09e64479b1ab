#include "merkle/tile.h"

uint64_t merkle_tile_count(uint64_t size, unsigned level)
{
    if (level >= MERKLE_TILE_LEVELS)
        return 0;
    uint64_t hashes = size >> (level * MERKLE_TILE_HEIGHT);
    return hashes / MERKLE_TILE_WIDTH + (hashes % MERKLE_TILE_WIDTH != 0);
}

unsigned merkle_tile_width(uint64_t size, unsigned level, uint64_t index)
{
    if (level >= MERKLE_TILE_LEVELS)
        return 0;
    uint64_t hashes = size >> (level * MERKLE_TILE_HEIGHT);
    uint64_t full = hashes / MERKLE_TILE_WIDTH;
    if (index < full)
        return MERKLE_TILE_WIDTH;
    return index == full ? (unsigned)(hashes % MERKLE_TILE_WIDTH) : 0;
}

void merkle_tile_of(unsigned level, uint64_t index, unsigned *ret_level, uint64_t *ret_index,
                    unsigned *ret_first)
{
    unsigned inner = level % MERKLE_TILE_HEIGHT;
    /* A tile holds 2^(8 - inner) nodes of this level; shifting the index left could lose bits. */
    *ret_level = level / MERKLE_TILE_HEIGHT;
    *ret_index = index >> (MERKLE_TILE_HEIGHT - inner);
    *ret_first = (unsigned)(index & ((1U << (MERKLE_TILE_HEIGHT - inner)) - 1)) << inner;
}

pb_status merkle_tile_node(const merkle_hash *hashes, unsigned width, unsigned level,
                           uint64_t index, merkle_hash *ret_hash, pb_error *err)
{
    unsigned tile_level, first;
    uint64_t tile_index;
    merkle_tile_of(level, index, &tile_level, &tile_index, &first);
    unsigned count = 1U << (level % MERKLE_TILE_HEIGHT);
    if (width > MERKLE_TILE_WIDTH || first + count > width)
        return pb_fail(err, PB_CORRUPT, PB_MSG("Tile {level}/{index} of the log is too short"),
                       "level", PB_ARG_INT(tile_level), "index", PB_ARG_INT(tile_index), NULL);
    merkle_hash work[MERKLE_TILE_WIDTH / 2];
    if (count == 1) {
        *ret_hash = hashes[first];
        return PB_OK;
    }
    for (unsigned i = 0; i < count / 2; i++)
        work[i] = merkle_node(&hashes[first + 2 * i], &hashes[first + 2 * i + 1]);
    for (count /= 2; count > 1; count /= 2)
        for (unsigned i = 0; i < count / 2; i++)
            work[i] = merkle_node(&work[2 * i], &work[2 * i + 1]);
    *ret_hash = work[0];
    return PB_OK;
}

/* Writes `<N>` in groups of three digits, all but the last with an x before, and `.p/<W>`. */
static void write_index(char *to, size_t room, uint64_t index, unsigned width)
{
    unsigned groups[7];
    size_t count = 0;
    do {
        groups[count++] = (unsigned)(index % 1000);
        index /= 1000;
    } while (index > 0);
    size_t at = 0;
    while (count-- > 0) {
        int wrote = snprintf(to + at, room - at, count > 0 ? "x%03u/" : "%03u", groups[count]);
        at += (size_t)wrote;
    }
    if (width < MERKLE_TILE_WIDTH)
        snprintf(to + at, room - at, ".p/%u", width);
}

void merkle_tile_path(unsigned level, uint64_t index, unsigned width, char ret[MERKLE_TILE_PATH])
{
    int wrote = snprintf(ret, MERKLE_TILE_PATH, "tile/%u/", level);
    write_index(ret + wrote, MERKLE_TILE_PATH - (size_t)wrote, index, width);
}

void merkle_entries_path(uint64_t index, unsigned width, char ret[MERKLE_TILE_PATH])
{
    int wrote = snprintf(ret, MERKLE_TILE_PATH, "tile/entries/");
    write_index(ret + wrote, MERKLE_TILE_PATH - (size_t)wrote, index, width);
}

static bool small_number(pb_str s, uint64_t limit, uint64_t *ret)
{
    int64_t value;
    if (s.len == 0 || s.len > 3 || s.ptr[0] < '0' || s.ptr[0] > '9' || !pb_str_to_i64(s, &value) ||
        (uint64_t)value > limit)
        return false;
    *ret = (uint64_t)value;
    return true;
}

/* Takes the index's groups from the front of `rest`: each `xNNN/`, the last `NNN`. */
static bool read_index(pb_str *rest, uint64_t *ret_index)
{
    uint64_t index = 0, part;
    bool more = true;
    while (more) {
        more = rest->len > 0 && rest->ptr[0] == 'x';
        if (more)
            *rest = pb_str_sub(*rest, 1, rest->len);
        if (rest->len < 3 || !small_number(pb_str_sub(*rest, 0, 3), 999, &part) ||
            index > (UINT64_MAX - part) / 1000)
            return false;
        index = index * 1000 + part;
        *rest = pb_str_sub(*rest, 3, rest->len);
        if (more) {
            if (!pb_str_starts(*rest, PB_STR("/")))
                return false;
            *rest = pb_str_sub(*rest, 1, rest->len);
        }
    }
    *ret_index = index;
    return true;
}

bool merkle_tile_parse(pb_str path, int *ret_level, uint64_t *ret_index, unsigned *ret_width)
{
    if (!pb_str_starts(path, PB_STR("tile/")))
        return false;
    pb_str rest = pb_str_sub(path, 5, path.len);
    size_t slash = pb_str_index(rest, '/');
    if (slash == rest.len)
        return false;
    pb_str head = pb_str_sub(rest, 0, slash);
    uint64_t level = 0, index, width = MERKLE_TILE_WIDTH;
    bool entries = pb_str_is(head, "entries");
    if (!entries && !small_number(head, MERKLE_LEVELS - 1, &level))
        return false;
    rest = pb_str_sub(rest, slash + 1, rest.len);
    if (!read_index(&rest, &index))
        return false;
    if (pb_str_starts(rest, PB_STR(".p/"))) {
        if (!small_number(pb_str_sub(rest, 3, rest.len), MERKLE_TILE_WIDTH - 1, &width) ||
            width == 0)
            return false;
    } else if (rest.len > 0) {
        return false;
    }
    /* Leading zeros and needless groups would give one tile two names. */
    char again[MERKLE_TILE_PATH];
    if (entries)
        merkle_entries_path(index, (unsigned)width, again);
    else
        merkle_tile_path((unsigned)level, index, (unsigned)width, again);
    if (!pb_str_is(path, again))
        return false;
    *ret_level = entries ? -1 : (int)level;
    *ret_index = index;
    *ret_width = (unsigned)width;
    return true;
}
