/* Fuzz target of ZIP archives: any bytes taken for one.
 *
 * Holds: the list ends within its limits and names are well-formed; every member that may be opened
 * gives at most the bytes it says, or says why not; a second reading of it gives the same bytes.
 */
/* fuzzes: exchange/zip exchange/bytes */
/* fuzzes: sys/calls.c sys/environment.c sys/file.c sys/folder.c sys/path.c sys/random.c */
/* libraries: minizip zlib */
#include "base/utf8.h"
#include "zip/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

/* At most a megabyte of a member: its hash, or 0 when it is damaged. */
static uint64_t read_some(byte_input *input, const zip_member *member)
{
    static char piece[8192];
    uint64_t out = 0, sum = 1;
    for (size_t count = 1; count > 0 && out < 1 << 20;) {
        pb_status status = input->read(input->context, piece, sizeof piece, &count, NULL);
        if (status != PB_OK) {
            hold(status == PB_INVALID || status == PB_LIMIT);
            return 0;
        }
        out += count;
        hold(out <= member->size);
        for (size_t i = 0; i < count; i++)
            sum = sum * 1099511628211U + (unsigned char)piece[i];
    }
    return sum;
}

static void read_member(pb_str bytes, const zip_member *member)
{
    byte_input file = {0}, input = {0};
    hold(bytes_of_memory(bytes, &file, NULL) == PB_OK);
    if (zip_open(file, "x.zip", member->spot, &input, NULL) != PB_OK)
        return;
    uint64_t first = read_some(&input, member);
    if (input.seek(input.context, 0, NULL) == PB_OK)
        hold(read_some(&input, member) == first);
    bytes_close(&input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pb_str bytes = {(const char *)data, size};
    byte_input input = {0};
    zip_member *members = NULL;
    size_t count = 0;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    hold(bytes_of_memory(bytes, &input, NULL) == PB_OK);
    pb_status status = zip_list(&input, "x.zip", arena, &members, &count, NULL);
    bytes_close(&input);
    hold(status == PB_OK || status == PB_INVALID || status == PB_LIMIT);
    if (status != PB_OK)
        return 0;
    hold(count <= ZIP_MOST_MEMBERS);
    for (size_t i = 0; i < count && i < 20; i++) {
        hold(pb_utf8_valid(members[i].name));
        if (members[i].why_not == NULL)
            read_member(bytes, &members[i]);
    }
    return 0;
}
