#include "s3_list.h"

#include <expat.h>

typedef struct parsing {
    s3_listing *listing;
    pb_buf text; /* of the element in hand */
    backup_object object;
    bool in_object, listed, failed;
    char *code; /* of an error; NULL: not asked for */
    size_t code_size;
} parsing;

/* The name without the prefix of a namespace. */
static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static void XMLCALL begin(void *context, const char *name, const char **attributes)
{
    parsing *p = context;
    (void)attributes;
    pb_buf_clear(&p->text);
    if (strcmp(local(name), "Contents") == 0) {
        p->in_object = true;
        p->object = (backup_object){0};
    } else if (strcmp(local(name), "ListBucketResult") == 0) {
        p->listed = true;
        p->listing->more = false;
    }
}

static void end_object(parsing *p)
{
    s3_listing *l = p->listing;
    p->in_object = false;
    if (p->object.name.len <= l->skip)
        return;
    p->object.name = pb_str_sub(p->object.name, l->skip, p->object.name.len);
    if (!PB_PUSH(l->arena, l->objects, l->count, l->capacity, p->object))
        p->failed = true;
}

static void XMLCALL end(void *context, const char *qualified)
{
    parsing *p = context;
    const char *name = local(qualified);
    pb_str text = pb_buf_str(&p->text);
    int64_t size;
    if (strcmp(name, "Code") == 0 && p->code != NULL)
        snprintf(p->code, p->code_size, "%.*s", PB_STR_FMT(text));
    if (p->listing == NULL)
        return;
    if (strcmp(name, "Contents") == 0) {
        end_object(p);
    } else if (strcmp(name, "Key") == 0 && p->in_object) {
        p->object.name = pb_arena_str(p->listing->arena, text);
        p->failed = p->failed || p->object.name.ptr == NULL;
    } else if (strcmp(name, "Size") == 0 && p->in_object) {
        if (pb_str_to_i64(text, &size) && size >= 0)
            p->object.size = (uint64_t)size;
    } else if (strcmp(name, "IsTruncated") == 0) {
        p->listing->more = pb_str_is(text, "true");
    } else if (strcmp(name, "NextContinuationToken") == 0) {
        p->listing->token = pb_arena_str(p->listing->arena, text);
        p->failed = p->failed || p->listing->token.ptr == NULL;
    }
    pb_buf_clear(&p->text);
}

static void XMLCALL characters(void *context, const char *text, int len)
{
    parsing *p = context;
    pb_buf_add(&p->text, pb_str_n(text, (size_t)len));
}

static void XMLCALL begin_code(void *context, const char *name, const char **attributes)
{
    parsing *p = context;
    (void)name;
    (void)attributes;
    pb_buf_clear(&p->text);
}

static bool parse(parsing *p, pb_str xml)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    if (parser == NULL)
        return false;
    p->text = PB_BUF_INIT(65536);
    XML_SetUserData(parser, p);
    XML_SetElementHandler(parser, p->listing != NULL ? begin : begin_code, end);
    XML_SetCharacterDataHandler(parser, characters);
    bool good =
        xml.len < INT32_MAX && XML_Parse(parser, xml.ptr, (int)xml.len, XML_TRUE) == XML_STATUS_OK;
    XML_ParserFree(parser);
    good = good && !p->text.failed;
    pb_buf_free(&p->text);
    return good;
}

pb_status s3_listing_add(s3_listing *listing, pb_str xml, pb_error *err)
{
    parsing p = {.listing = listing};
    bool good = parse(&p, xml);
    if (p.failed)
        return pb_fail_memory(err);
    if (good && p.listed && (!listing->more || listing->token.len > 0))
        return PB_OK;
    return pb_fail(err, PB_IO, PB_MSG("The server's list of objects could not be understood."),
                   NULL);
}

void s3_error_code(pb_str xml, char *ret, size_t size)
{
    parsing p = {.code = ret, .code_size = size};
    ret[0] = '\0';
    if (xml.len > 0)
        parse(&p, xml);
}
