#include "base/bytes.h"
#include "base/utf8.h"
#include "merkle/note.h"

static bool line_valid(pb_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)line.ptr[i] < 0x20)
            return false;
    return line.len > 0 && pb_utf8_valid(line);
}

/* Further lines: each not empty and ended by a newline. */
static bool extra_valid(pb_str extra)
{
    while (extra.len > 0) {
        size_t end = pb_str_index(extra, '\n');
        if (end == extra.len || !line_valid(pb_str_sub(extra, 0, end)))
            return false;
        extra = pb_str_sub(extra, end + 1, extra.len);
    }
    return true;
}

pb_status merkle_checkpoint_write(const merkle_checkpoint *checkpoint, pb_buf *out, pb_error *err)
{
    if (!line_valid(checkpoint->origin) || !extra_valid(checkpoint->extra))
        return pb_fail(err, PB_INVALID, PB_MSG("Not a name for the origin of a log: “{origin}”"),
                       "origin", PB_ARG(checkpoint->origin), NULL);
    pb_buf_add(out, checkpoint->origin);
    pb_buf_printf(out, "\n%llu\n", (unsigned long long)checkpoint->size);
    pb_base64(out, checkpoint->root.b, sizeof checkpoint->root.b);
    pb_buf_byte(out, '\n');
    pb_buf_add(out, checkpoint->extra);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status malformed(pb_error *err, const char *why)
{
    pb_fail(err, PB_INVALID, PB_MSG("Not a checkpoint of a log"), NULL);
    if (err)
        pb_error_detail(err, why, NULL);
    return PB_INVALID;
}

static bool read_size(pb_str line, uint64_t *ret)
{
    if (line.len == 0 || (line.len > 1 && line.ptr[0] == '0'))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < line.len; i++) {
        unsigned digit = (unsigned)(unsigned char)line.ptr[i] - '0';
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

/* Base64 has spare bits at the end; only the spelling that comes out again is taken. */
static bool read_root(pb_str line, merkle_hash *ret, bool *ret_starved)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(64);
    PB_AUTO_BUF again = PB_BUF_INIT(64);
    merkle_hash root;
    bool read = pb_unbase64(line, &bytes) && merkle_hash_from(pb_buf_str(&bytes), &root);
    if (read)
        pb_base64(&again, root.b, sizeof root.b);
    *ret_starved = bytes.starved || again.starved;
    if (!read)
        return false;
    if (!pb_str_eq(pb_buf_str(&again), line))
        return false;
    *ret = root;
    return true;
}

pb_status merkle_checkpoint_parse(pb_str text, merkle_checkpoint *ret, pb_error *err)
{
    if (!pb_str_ends(text, PB_STR("\n")))
        return malformed(err, PB_MSG("Its last line is not complete."));
    merkle_checkpoint found;
    pb_str lines[3], rest = text;
    for (int i = 0; i < 3; i++) {
        size_t end = pb_str_index(rest, '\n');
        if (end == rest.len)
            return malformed(err, PB_MSG("It has fewer than three lines."));
        lines[i] = pb_str_sub(rest, 0, end);
        rest = pb_str_sub(rest, end + 1, rest.len);
    }
    found.origin = lines[0];
    found.extra = rest;
    if (!line_valid(found.origin))
        return malformed(err, PB_MSG("The first line names no origin."));
    if (!read_size(lines[1], &found.size))
        return malformed(err, PB_MSG("The second line is not a size."));
    bool starved = false;
    if (!read_root(lines[2], &found.root, &starved))
        return starved ? pb_fail_memory(err)
                       : malformed(err, PB_MSG("The third line is not a root hash."));
    if (!extra_valid(rest))
        return malformed(err, PB_MSG("One of its further lines is empty."));
    *ret = found;
    return PB_OK;
}
