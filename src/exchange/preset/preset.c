/* Presets as others see them, and what all parts ask of them. */
#include "preset.h"

#include "../plan/plan.h"

size_t exchange_preset_count(const exchange_presets *presets)
{
    return presets->count;
}

const exchange_preset *exchange_preset_at(const exchange_presets *presets, size_t i)
{
    return &presets->items[i]->shown;
}

pb_status exchange_preset_find(const exchange_presets *presets, const char *product,
                               const exchange_preset **ret_preset, pb_error *err)
{
    PB_AUTO_BUF known = PB_BUF_INIT(4096);
    const char *names[EXCHANGE_MOST_PRESETS + 1] = {NULL};
    for (size_t i = 0; i < presets->count; i++) {
        const exchange_preset *preset = &presets->items[i]->shown;
        if (pb_str_eq_nocase(preset->product, pb_str_c(product))) {
            *ret_preset = preset;
            return PB_OK;
        }
        names[i] = preset->product.ptr;
        pb_buf_printf(&known, "%s%.*s", i > 0 ? ", " : "", PB_STR_FMT(preset->product));
    }
    const char *near = model_yaml_nearest(pb_str_c(product), names);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no preset “{name}”"), "name", product, NULL);
    if (near != NULL)
        pb_error_hint(err, PB_MSG("Did you mean {near}? Possible: {list}"), "near", near, "list",
                      pb_buf_cstr(&known), NULL);
    else
        pb_error_hint(err, PB_MSG("Possible: {list}"), "list", pb_buf_cstr(&known), NULL);
    return PB_NOT_FOUND;
}

const preset_header *preset_header_find(const struct preset_table *table, pb_str header_key)
{
    const uint64_t *at = header_key.len == 0 ? NULL : pb_map_get(table->headers, header_key);
    return at == NULL ? NULL : &table->list[*at - 1];
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letters(pb_str affix)
{
    for (size_t i = 0; i < affix.len; i++)
        if (affix.ptr[i] < 'a' || affix.ptr[i] > 'z')
            return false;
    return true;
}

/* Letters alone mark a field of one's own only before a capital: `cLoyalty`, not `city`. */
pb_str preset_affix_off(const struct preset *preset, pb_str header)
{
    for (size_t i = 0; i < preset->custom.count; i++) {
        pb_str affix = preset->custom.items[i];
        if (header.len <= affix.len)
            continue;
        bool letters = is_letters(affix);
        if (!letters && pb_str_ends(header, affix))
            return pb_str_trim(pb_str_sub(header, 0, header.len - affix.len));
        if (pb_str_starts(header, affix) && (!letters || is_capital(header.ptr[affix.len])))
            return pb_str_trim(pb_str_sub(header, affix.len, header.len));
    }
    return PB_STR_NONE;
}

static const preset_header *pattern_find(const struct preset_table *table, pb_str header)
{
    for (size_t i = 0; i < table->pattern_count; i++)
        if (preset_glob(table->patterns[i].pattern, header))
            return &table->patterns[i].header;
    return NULL;
}

const preset_header *preset_meaning(const struct preset_table *table, pb_str header,
                                    pb_arena *arena)
{
    const struct preset *preset = table->preset;
    header = names_unwrapped(header);
    pb_str forms[] = {header, preset_affix_off(preset, header)};
    for (size_t i = 0; i < 2; i++) {
        pb_str key = forms[i].len == 0 ? PB_STR_NONE : names_key(arena, forms[i]);
        const preset_header *found = preset_header_find(table, key);
        if (found == NULL)
            found = preset_header_find(&preset->any, key);
        if (found != NULL)
            return found;
    }
    const preset_header *like = pattern_find(table, header);
    return like != NULL ? like : pattern_find(&preset->any, header);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Backtracks to the last star only: linear in practice, quadratic at worst on short names. */
bool preset_glob(pb_str pattern, pb_str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || lower(pattern.ptr[p]) == lower(text.ptr[t]))) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

bool preset_name_fits(pb_str pattern, pb_str file_name)
{
    /* A member of a ZIP or a sheet of a workbook is meant by the last part of its name. */
    size_t from = 0;
    for (size_t i = 0; i < file_name.len; i++)
        if (file_name.ptr[i] == '/')
            from = i + 1;
    pb_str last = pb_str_sub(file_name, from, file_name.len);
    size_t dot = last.len;
    for (size_t i = 1; i < last.len; i++)
        if (last.ptr[i] == '.')
            dot = i;
    return preset_glob(pattern, pb_str_sub(last, 0, dot)) || preset_glob(pattern, last);
}
