/* The cell formats of a workbook, as far as they say what a number is. */
#include "internal.h"

enum { MOST_FORMATS = 1 << 20 };

typedef struct custom {
    uint32_t id;
    xlsx_kind kind;
} custom;

typedef struct styles {
    xlsx_xml xml;
    pb_arena *arena;
    bool in_cells; /* inside cellXfs */
    custom *customs;
    size_t custom_count, custom_capacity;
    uint8_t *kinds;
    size_t count, capacity;
} styles;

static uint32_t number_of(const char *text)
{
    uint32_t value = 0;
    for (; text != NULL && *text >= '0' && *text <= '9' && value < 100000000; text++)
        value = value * 10 + (uint32_t)(*text - '0');
    return value;
}

static xlsx_kind kind_of(const styles *s, uint32_t id)
{
    for (size_t i = 0; i < s->custom_count; i++)
        if (s->customs[i].id == id)
            return s->customs[i].kind;
    return xlsx_builtin_kind(id);
}

static void XMLCALL start(void *state, const XML_Char *name, const XML_Char **attributes)
{
    styles *s = state;
    if (!xlsx_xml_enter(&s->xml))
        return;
    if (xlsx_is(name, "cellXfs")) {
        s->in_cells = true;
    } else if (xlsx_is(name, "numFmt")) {
        const char *code = xlsx_attribute(attributes, "formatCode");
        custom one = {number_of(xlsx_attribute(attributes, "numFmtId")),
                      xlsx_format_kind(code == NULL ? PB_STR("") : pb_str_c(code))};
        if (s->custom_count < 10000 &&
            !PB_PUSH(s->arena, s->customs, s->custom_count, s->custom_capacity, one))
            xlsx_xml_no_memory(&s->xml);
    } else if (s->in_cells && xlsx_is(name, "xf") && s->count < MOST_FORMATS) {
        uint8_t kind = (uint8_t)kind_of(s, number_of(xlsx_attribute(attributes, "numFmtId")));
        if (!PB_PUSH(s->arena, s->kinds, s->count, s->capacity, kind))
            xlsx_xml_no_memory(&s->xml);
    }
}

static void XMLCALL end(void *state, const XML_Char *name)
{
    styles *s = state;
    xlsx_xml_leave(&s->xml);
    if (xlsx_is(name, "cellXfs"))
        s->in_cells = false;
}

pb_status xlsx_styles_read(xlsx_package *package, const char *part, pb_arena *arena,
                           uint8_t **ret_kinds, size_t *ret_count, pb_error *err)
{
    styles s = {.arena = arena};
    bool found = false;
    if (part != NULL)
        PB_TRY(xlsx_xml_all(&s.xml, package, part, start, end, NULL, &found, err));
    *ret_kinds = s.kinds;
    *ret_count = s.count;
    return PB_OK;
}
