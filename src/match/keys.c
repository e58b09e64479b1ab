#include "internal.h"

uint64_t match_hash(pb_str text, uint64_t seed)
{
    uint64_t h = pb_str_hash(text) ^ (seed * UINT64_C(0x9E3779B97F4A7C15));
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    h ^= h >> 32;
    return h;
}

uint32_t match_letters(pb_str text)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < text.len; i++)
        letters |= UINT32_C(1) << ((unsigned char)text.ptr[i] & 31);
    return letters;
}

uint64_t match_mix(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 29;
}

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

void match_sort(uint64_t *items, uint64_t *scratch, size_t count, unsigned low, unsigned bits)
{
    uint64_t *from = items, *to = scratch;
    if (count < 2)
        return;
    for (unsigned shift = low; shift < bits; shift += DIGIT_BITS) {
        size_t place[DIGITS] = {0}, sum = 0;
        for (size_t i = 0; i < count; i++)
            place[from[i] >> shift & (DIGITS - 1)]++;
        for (size_t i = 0; i < DIGITS; i++) {
            size_t n = place[i];
            place[i] = sum;
            sum += n;
        }
        for (size_t i = 0; i < count; i++)
            to[place[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint64_t *other = from;
        from = to;
        to = other;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}

enum { FIRST_SLOTS = 16 };

static bool intern_grow(match_intern *intern)
{
    size_t room = intern->slots != NULL ? (intern->mask + 1) * 2 : FIRST_SLOTS;
    struct match_slot *slots = calloc(room, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; intern->slots != NULL && i <= intern->mask; i++) {
        if (intern->slots[i].id == 0)
            continue;
        size_t at = intern->slots[i].hash & (room - 1);
        while (slots[at].id != 0)
            at = (at + 1) & (room - 1);
        slots[at] = intern->slots[i];
    }
    free(intern->slots);
    intern->slots = slots;
    intern->mask = room - 1;
    return true;
}

uint32_t match_intern_id(match_intern *intern, uint64_t hash)
{
    if ((intern->slots == NULL || (size_t)intern->count * 2 > intern->mask) && !intern_grow(intern))
        return 0;
    size_t at = hash & intern->mask;
    while (intern->slots[at].id != 0 && intern->slots[at].hash != hash)
        at = (at + 1) & intern->mask;
    if (intern->slots[at].id == 0)
        intern->slots[at] = (struct match_slot){hash, ++intern->count};
    return intern->slots[at].id;
}

bool match_intern_has(const match_intern *intern, uint64_t hash)
{
    size_t at = hash & intern->mask;
    while (intern->slots[at].id != 0 && intern->slots[at].hash != hash)
        at = (at + 1) & intern->mask;
    return intern->slots[at].id != 0;
}

void match_intern_free(match_intern *intern)
{
    free(intern->slots);
    *intern = (match_intern){0};
}
