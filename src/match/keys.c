#include "internal.h"

uint64_t match_hash(pb_str text, uint64_t seed)
{
    uint64_t h = pb_str_hash(text) ^ (seed * UINT64_C(0x9E3779B97F4A7C15));
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    h ^= h >> 32;
    return h;
}

/* One counting pass over byte `shift`; false when all keys have the same byte (nothing moved). */
static bool sort_pass(const match_key *from, match_key *to, size_t count, unsigned shift)
{
    size_t place[256] = {0};
    for (size_t i = 0; i < count; i++)
        place[(from[i].key >> shift) & 255]++;
    for (size_t i = 0; i < 256; i++)
        if (place[i] == count)
            return false;
    size_t sum = 0;
    for (size_t i = 0; i < 256; i++) {
        size_t n = place[i];
        place[i] = sum;
        sum += n;
    }
    for (size_t i = 0; i < count; i++)
        to[place[(from[i].key >> shift) & 255]++] = from[i];
    return true;
}

void match_key_sort(match_key *keys, match_key *scratch, size_t count)
{
    match_key *from = keys, *to = scratch;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (sort_pass(from, to, count, shift)) {
            match_key *other = from;
            from = to;
            to = other;
        }
    }
    if (from != keys)
        memcpy(keys, from, count * sizeof *keys);
}
