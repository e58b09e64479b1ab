/* Which parts a workbook has: its sheets in their order, its texts, its styles, its epoch. */
#include "internal.h"

/* A relation of a part to another (ECMA-376 part 2, 9.3). */
typedef struct relation {
    pb_str id, type; /* type: the last part of the URI, the same in both name spaces */
    const char *part;
} relation;

typedef struct relations {
    xlsx_xml xml;
    pb_arena *arena;
    pb_str folder; /* of the part whose relations they are, with a / behind */
    relation *items;
    size_t count, capacity;
} relations;

/* The part a target names: absolute, or beside the part that names it. */
static char *resolve(pb_arena *arena, pb_str folder, const char *target)
{
    pb_str rest = pb_str_c(target);
    PB_AUTO_BUF path = PB_BUF_INIT(4096);
    if (rest.len > 0 && (rest.ptr[0] == '/' || rest.ptr[0] == '\\'))
        rest = pb_str_sub(rest, 1, rest.len);
    else
        pb_buf_add(&path, folder);
    while (rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '\\')
            end++;
        pb_str step = pb_str_sub(rest, 0, end);
        bool last = end == rest.len;
        rest = pb_str_sub(rest, end + 1, rest.len);
        if (pb_str_is(step, "..")) {
            if (path.len > 0)
                path.len--;
            while (path.len > 0 && path.ptr[path.len - 1] != '/')
                path.len--;
        } else if (step.len > 0 && !pb_str_is(step, ".")) {
            pb_buf_add(&path, step);
            if (!last)
                pb_buf_byte(&path, '/');
        }
    }
    return path.failed ? NULL : pb_arena_cstr(arena, pb_buf_str(&path));
}

static void XMLCALL relation_start(void *state, const XML_Char *name, const XML_Char **attributes)
{
    relations *r = state;
    if (!xlsx_xml_enter(&r->xml) || !xlsx_is(name, "Relationship"))
        return;
    const char *id = xlsx_attribute(attributes, "Id");
    const char *type = xlsx_attribute(attributes, "Type");
    const char *target = xlsx_attribute(attributes, "Target");
    const char *mode = xlsx_attribute(attributes, "TargetMode");
    if (id == NULL || type == NULL || target == NULL ||
        (mode != NULL && strcmp(mode, "External") == 0))
        return;
    const char *slash = strrchr(type, '/');
    relation one = {.id = pb_arena_str(r->arena, pb_str_c(id)),
                    .type = pb_arena_str(r->arena, pb_str_c(slash == NULL ? type : slash + 1)),
                    .part = resolve(r->arena, r->folder, target)};
    if (one.id.ptr == NULL || one.type.ptr == NULL || one.part == NULL ||
        !PB_PUSH(r->arena, r->items, r->count, r->capacity, one))
        xlsx_xml_no_memory(&r->xml);
}

static void XMLCALL leave(void *state, const XML_Char *name)
{
    (void)name;
    xlsx_xml_leave(state);
}

/* The relations of `part` (""; of the whole package). None when the part has none. */
static pb_status read_relations(xlsx_package *package, const char *part, pb_arena *arena,
                                relations *ret, pb_error *err)
{
    const char *slash = strrchr(part, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - part) + 1;
    *ret = (relations){.arena = arena, .folder = pb_str_n(part, folder)};
    char *path = pb_arena_printf(arena, "%.*s_rels/%s.rels", (int)folder, part, part + folder);
    bool found = false;
    if (path == NULL)
        return pb_fail_memory(err);
    return xlsx_xml_all(&ret->xml, package, path, relation_start, leave, NULL, &found, err);
}

static const relation *by_type(const relations *r, const char *type)
{
    for (size_t i = 0; i < r->count; i++)
        if (pb_str_is(r->items[i].type, type))
            return &r->items[i];
    return NULL;
}

typedef struct book_state {
    xlsx_xml xml;
    pb_arena *arena;
    const relations *relations;
    xlsx_book *book;
    size_t capacity;
    bool too_many;
} book_state;

static void add_sheet(book_state *b, const char **attributes)
{
    const char *name = NULL, *id = NULL, *hidden = NULL;
    for (; attributes[0] != NULL; attributes += 2) {
        if (strcmp(attributes[0], "name") == 0)
            name = attributes[1];
        else if (strchr(attributes[0], ':') != NULL && xlsx_is(attributes[0], "id"))
            id = attributes[1];
        else if (strcmp(attributes[0], "state") == 0)
            hidden = attributes[1];
    }
    const relation *to = NULL;
    for (size_t i = 0; i < b->relations->count && id != NULL; i++)
        if (pb_str_is(b->relations->items[i].id, id))
            to = &b->relations->items[i];
    if (name == NULL || to == NULL || !pb_str_is(to->type, "worksheet"))
        return; /* a sheet of charts or macros holds no cells */
    if (b->book->sheet_count == XLSX_MAX_SHEETS) {
        b->too_many = true;
        return;
    }
    xlsx_sheet_part sheet = {.name = pb_arena_str(b->arena, pb_str_c(name)),
                             .part = to->part,
                             .hidden = hidden != NULL && strcmp(hidden, "visible") != 0};
    if (sheet.name.ptr == NULL ||
        !PB_PUSH(b->arena, b->book->sheets, b->book->sheet_count, b->capacity, sheet))
        xlsx_xml_no_memory(&b->xml);
}

static void XMLCALL book_start(void *state, const XML_Char *name, const XML_Char **attributes)
{
    book_state *b = state;
    if (!xlsx_xml_enter(&b->xml))
        return;
    if (xlsx_is(name, "sheet")) {
        add_sheet(b, attributes);
    } else if (xlsx_is(name, "workbookPr")) {
        const char *epoch = xlsx_attribute(attributes, "date1904");
        b->book->epoch_1904 =
            epoch != NULL && (strcmp(epoch, "1") == 0 || strcmp(epoch, "true") == 0);
    }
}

/* Why a ZIP without a workbook is none. */
static pb_status no_workbook(xlsx_package *package, pb_error *err)
{
    const char *name = xlsx_package_name(package);
    if (xlsx_package_has(package, "content.xml")) {
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("{name} is an OpenDocument file (.ods). Save it as “Excel workbook (.xlsx)” "
                       "or as “CSV UTF-8”."),
                "name", name, NULL);
    } else if (xlsx_package_has(package, "xl/workbook.bin")) {
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("{name} is a binary workbook (.xlsb). Save it as “Excel workbook (.xlsx)” "
                       "or as “CSV UTF-8”."),
                "name", name, NULL);
    } else if (xlsx_package_has(package, "Index/Document.iwa")) {
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("{name} is a Numbers document. Save it as “Excel workbook (.xlsx)” or as "
                       "“CSV UTF-8”."),
                "name", name, NULL);
    } else {
        pb_fail(err, PB_INVALID, PB_MSG("{name} holds no workbook: its part {part} is missing"),
                "name", name, "part", "xl/workbook.xml", NULL);
        return PB_INVALID;
    }
    return PB_UNSUPPORTED;
}

pb_status xlsx_book_read(xlsx_package *package, pb_arena *arena, xlsx_book *ret, pb_error *err)
{
    relations top, own;
    PB_TRY(read_relations(package, "", arena, &top, err));
    const relation *main_part = by_type(&top, "officeDocument");
    const char *part = main_part == NULL ? "xl/workbook.xml" : main_part->part;
    if (!xlsx_package_has(package, part) || pb_str_ends(pb_str_c(part), PB_STR(".bin")))
        return no_workbook(package, err);
    PB_TRY(read_relations(package, part, arena, &own, err));
    *ret = (xlsx_book){0};
    book_state b = {.arena = arena, .relations = &own, .book = ret};
    bool found = false;
    PB_TRY(xlsx_xml_all(&b.xml, package, part, book_start, leave, NULL, &found, err));
    if (b.too_many) {
        pb_fail(err, PB_LIMIT, PB_MSG("{name} has more than {limit} sheets"), "name",
                xlsx_package_name(package), "limit", PB_ARG_INT(XLSX_MAX_SHEETS), NULL);
        return PB_LIMIT;
    }
    const relation *strings = by_type(&own, "sharedStrings"), *styles = by_type(&own, "styles");
    ret->strings = strings == NULL ? NULL : strings->part;
    ret->styles = styles == NULL ? NULL : styles->part;
    if (ret->sheet_count > 0)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("{name} has no sheet with cells"), "name",
            xlsx_package_name(package), NULL);
    return PB_INVALID;
}
