/* Which tables a path holds: a file's own, a workbook's sheets, a ZIP's members, all
 * of a folder and its folders. */
#include "forms.h"
#include "zip/zip.h"

#include "sys/file.h"

/* Working state of one listing. */
typedef struct listing {
    pb_arena *arena;
    table_place *places;
    size_t count, capacity;
    size_t tables;                         /* places that are to be read */
    const char *above[TABLE_FOLDER_DEPTH]; /* real paths of the folders it is in */
} listing;

static pb_status add(listing *l, table_place place, pb_error *err)
{
    if (l->count >= TABLE_MOST_FILES) {
        pb_fail(err, PB_LIMIT, PB_MSG("{path} holds more than {max} files"), "path",
                PB_ARG(place.path), "max", PB_ARG_INT(TABLE_MOST_FILES), NULL);
        pb_error_hint(err, PB_MSG("Give the folders with the tables one by one"), NULL);
        return PB_LIMIT;
    }
    if (place.path.ptr == NULL || place.name.ptr == NULL || place.own.ptr == NULL ||
        !PB_PUSH(l->arena, l->places, l->count, l->capacity, place))
        return pb_fail_memory(err);
    l->tables += place.why_not == NULL;
    return PB_OK;
}

/* --- one file --- */

/* Not to be read, for a reason. */
static pb_status leave_out(listing *l, table_place place, const char *why, pb_error *err)
{
    place.why_not = why;
    return add(l, place, err);
}

/* What is wrong with a file alone: opening its place says it. */
static bool is_of_file(pb_status status)
{
    return status == PB_INVALID || status == PB_UNSUPPORTED || status == PB_LIMIT;
}

/* A workbook's sheets. */
static pb_status add_sheets(listing *l, table_place file, const table_form *form, byte_input *input,
                            pb_error *err)
{
    pb_str *sheets = NULL;
    size_t count = 0;
    if (form->list == NULL)
        return add(l, file, err);
    pb_status status = form->list(input, file.name.ptr, l->arena, &sheets, &count, err);
    if (is_of_file(status) || (status == PB_OK && count == 0))
        return add(l, file, err);
    PB_TRY(status);
    for (size_t i = 0; i < count; i++) {
        table_place place = file;
        place.sheet = sheets[i];
        if (count > 1) {
            place.own = sheets[i];
            place.name = pb_str_c(pb_arena_printf(l->arena, "%.*s/%.*s", PB_STR_FMT(file.name),
                                                  PB_STR_FMT(sheets[i])));
        }
        PB_TRY(add(l, place, err));
    }
    return PB_OK;
}

static pb_status add_zip(listing *l, table_place file, byte_input *input, pb_error *err);

static pb_status look_into(listing *l, table_place place, pb_error *err)
{
    byte_input input = {0};
    const table_form *form = NULL;
    bool archive = false;
    pb_status status = form_open(&place, &input, &form, &archive, err);
    if (is_of_file(status))
        return add(l, place, err);
    PB_TRY(status);
    if (form != NULL)
        status = add_sheets(l, place, form, &input, err);
    else if (archive && place.member.ptr == NULL)
        status = add_zip(l, place, &input, err);
    else
        status = add(l, place, err);
    bytes_close(&input);
    return status;
}

/* `held`: see table_list_held; NULL: in the file system. */
static pb_status add_file(listing *l, const char *path, const char *shown,
                          const struct exchange_held *held, pb_error *err)
{
    table_place place = {.path = pb_arena_str(l->arena, pb_str_c(path)),
                         .name = pb_arena_str(l->arena, pb_str_c(shown)),
                         .held = held};
    if (place.path.ptr == NULL || place.name.ptr == NULL)
        return pb_fail_memory(err);
    place.own = sys_path_name(place.name.ptr);
    return look_into(l, place, err);
}

/* --- archives --- */

static bool ends_as_zip(pb_str name)
{
    return name.len > 4 && pb_str_eq_nocase(pb_str_sub(name, name.len - 4, 4), PB_STR(".zip"));
}

/* Is any part of the member's path passed over? */
static const char *skips_path(pb_str path)
{
    const char *why = NULL;
    pb_str rest = path, part;
    while (why == NULL && pb_str_split(&rest, '/', &part))
        why = part.len == 0 || pb_str_is(part, "..") || pb_str_is(part, ".") ? NULL
                                                                             : form_skips(part);
    return why;
}

static pb_status add_member(listing *l, table_place file, const zip_member *member, pb_error *err)
{
    table_place place = file;
    char *name =
        pb_arena_printf(l->arena, "%.*s/%.*s", PB_STR_FMT(file.name), PB_STR_FMT(member->name));
    if (name == NULL)
        return pb_fail_memory(err);
    place.name = pb_str_c(name);
    place.own = sys_path_name(name);
    place.member = member->name;
    memcpy(place.spot, member->spot, sizeof place.spot);
    const char *why = skips_path(member->name);
    if (why != NULL)
        return leave_out(l, place, why, err);
    if (ends_as_zip(member->name))
        return leave_out(l, place,
                         PB_MSG("{name} is a ZIP archive in a ZIP archive; unpack the outer one"),
                         err);
    if (!form_by_name(place.own))
        return leave_out(l, place, PB_MSG("{name} is not a table by the ending of its name"), err);
    if (member->why_not != NULL)
        return leave_out(l, place, member->why_not, err);
    return look_into(l, place, err);
}

/* The members of a ZIP; one that is damaged or holds no table is one place. */
static pb_status add_zip(listing *l, table_place file, byte_input *input, pb_error *err)
{
    zip_member *members = NULL;
    size_t count = 0, before = l->tables;
    pb_status status = zip_list(input, file.name.ptr, l->arena, &members, &count, err);
    if (is_of_file(status))
        return add(l, file, err);
    PB_TRY(status);
    for (size_t i = 0; i < count; i++)
        if (!members[i].folder)
            PB_TRY(add_member(l, file, &members[i], err));
    return l->tables > before
               ? PB_OK
               : leave_out(l, file, PB_MSG("{name} is a ZIP archive without a table"), err);
}

/* --- folders --- */

/* An entry of a folder that is not to be read. */
static pb_status pass_over(listing *l, const char *path, const char *shown, const char *why,
                           pb_error *err)
{
    table_place place = {.path = pb_arena_str(l->arena, pb_str_c(path)),
                         .name = pb_arena_str(l->arena, pb_str_c(shown))};
    place.own = place.name;
    return leave_out(l, place, why, err);
}

static pb_status add_folder(listing *l, const char *folder, const char *shown, size_t depth,
                            pb_error *err);

/* A folder in a folder, unless it leads back to one that it lies in. */
static pb_status add_inner(listing *l, const char *path, const char *shown, size_t depth,
                           pb_error *err)
{
    if (depth >= TABLE_FOLDER_DEPTH)
        return pass_over(
            l, path, shown,
            PB_MSG("{name} lies deeper than eight folders; give it as a source of its own"), err);
    const char *real = sys_path_real(l->arena, path);
    for (size_t i = 0; i < depth && real != NULL; i++)
        if (l->above[i] != NULL && strcmp(l->above[i], real) == 0)
            return pass_over(l, path, shown,
                             PB_MSG("{name} is a link back to a folder that is read already"), err);
    return add_folder(l, path, shown, depth, err);
}

static pb_status add_entry(listing *l, const char *path, const char *shown, pb_str name,
                           size_t depth, pb_error *err)
{
    const char *why = form_skips(name);
    if (why != NULL)
        return pass_over(l, path, shown, why, err);
    switch (sys_path_kind(path)) {
    case SYS_FOLDER:
        return add_inner(l, path, shown, depth, err);
    case SYS_FILE:
        if (form_by_name(name) || ends_as_zip(name))
            return add_file(l, path, shown, NULL, err);
        return pass_over(l, path, shown, PB_MSG("{name} is not a table by the ending of its name"),
                         err);
    case SYS_NONE:
    case SYS_OTHER:
        break;
    }
    return pass_over(l, path, shown, PB_MSG("{name} is neither a file nor a folder"), err);
}

/* `shown` is how the folder's files begin in reports; `depth` folders lie above. */
static pb_status add_folder(listing *l, const char *folder, const char *shown, size_t depth,
                            pb_error *err)
{
    pb_str *names = NULL;
    size_t count = 0;
    l->above[depth] = sys_path_real(l->arena, folder);
    PB_TRY(sys_dir_list(folder, l->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        char *path = sys_path_join(l->arena, folder, names[i].ptr);
        char *name =
            pb_arena_printf(l->arena, "%s%s%s", shown, *shown == 0 ? "" : "/", names[i].ptr);
        if (path == NULL || name == NULL)
            return pb_fail_memory(err);
        PB_TRY(add_entry(l, path, name, names[i], depth + 1, err));
    }
    return PB_OK;
}

static pb_status check_any(const listing *l, const char *folder, pb_error *err)
{
    if (l->tables > 0)
        return PB_OK;
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no table in the folder {path}"), "path", folder,
            NULL);
    pb_error_hint(
        err, PB_MSG("Export the tables of your CRM as CSV files into it, one file a table"), NULL);
    return PB_NOT_FOUND;
}

pb_status table_list(const char *path, pb_arena *arena, table_place **ret_places, size_t *ret_count,
                     pb_error *err)
{
    listing l = {.arena = arena};
    pb_str name = sys_path_name(path);
    switch (sys_path_kind(path)) {
    case SYS_FOLDER:
        PB_TRY(add_folder(&l, path, "", 0, err));
        PB_TRY(check_any(&l, path, err));
        break;
    case SYS_FILE:
    case SYS_NONE: /* opening it says why */
        PB_TRY(add_file(&l, path, name.ptr, NULL, err));
        break;
    case SYS_OTHER:
        pb_fail(err, PB_UNSUPPORTED, PB_MSG("{path} is neither a file nor a folder"), "path", path,
                NULL);
        pb_error_hint(err, PB_MSG("Give files with tables, or a folder with such files"), NULL);
        return PB_UNSUPPORTED;
    }
    *ret_places = l.places;
    *ret_count = l.count;
    return PB_OK;
}

pb_status table_list_held(const char *name, const struct exchange_held *held, pb_arena *arena,
                          table_place **ret_places, size_t *ret_count, pb_error *err)
{
    listing l = {.arena = arena};
    PB_TRY(add_file(&l, name, name, held, err));
    *ret_places = l.places;
    *ret_count = l.count;
    return PB_OK;
}
