/* Names of a ZIP's members: UTF-8 where they say so or are; else GBK where all of them together
 * read well so; else code page 437, as the ZIP specification (APPNOTE 6.3.10,
 * appendix D) has it.
 */
#include "zip_names.h"

#include "../bytes/convert.h"
#include "base/utf8.h"

/* Whether the name is made of characters of GB 2312; in code page 437 the same bytes would be lines
 * and corners, while its letters are no pairs of GB 2312. */
zip_names_code zip_names_judge(pb_str names)
{
    const unsigned char *p = (const unsigned char *)names.ptr;
    size_t pairs = 0, others = 0;
    if (pb_utf8_valid(names))
        return ZIP_NAMES_UTF8;
    for (size_t i = 0; i < names.len; i++) {
        if (p[i] < 0x80)
            continue;
        unsigned char trail = i + 1 < names.len ? p[i + 1] : 0;
        bool pair = p[i] >= 0xA1 && p[i] <= 0xF7 && trail >= 0xA1 && trail <= 0xFE;
        pairs += pair;
        others += !pair;
        i += pair || (p[i] >= 0x81 && trail >= 0x80); /* a rare one of GBK */
    }
    return pairs > others ? ZIP_NAMES_GBK : ZIP_NAMES_437;
}

pb_status zip_name_text(pb_str name, zip_names_code code, pb_arena *arena, pb_str *ret_text,
                        pb_error *err)
{
    pb_str text;
    if (pb_utf8_valid(name)) {
        text = pb_arena_str(arena, name);
    } else {
        converter *c = NULL;
        size_t room = 4 * name.len + 16, taken = 0, count = 0;
        bool over = false;
        char *to = pb_arena_alloc(arena, room + 1);
        if (to == NULL)
            return pb_fail_memory(err);
        PB_TRY(convert_new(code == ZIP_NAMES_GBK ? "GB18030" : "ibm-437", &c, err));
        pb_status status = convert_turn(c, (const unsigned char *)name.ptr, name.len, true, &taken,
                                        to, room, &count, &over, err);
        convert_free(c);
        PB_TRY(status);
        for (size_t i = 0; i < count; i++) /* what is no character: only a name, shown */
            if ((unsigned char)to[i] == 0xFF)
                to[i] = '?';
        text = (pb_str){to, count};
    }
    if (text.ptr == NULL)
        return pb_fail_memory(err);
    *ret_text = text;
    return PB_OK;
}
