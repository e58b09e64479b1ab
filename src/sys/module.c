#include "sys/module.h"
#include "base/shape.h"
#include "sys/environment.h"
#include "sys/file.h"

#include <dlfcn.h>
#include <string.h>

/* Absolute path of the part; NULL when it is in none of the places. */
static char *find(pb_arena *arena, const char *file)
{
    static const char *const places[] = {"", "/../lib/probity"};
    const char *program = sys_program_path(arena);
    if (program == NULL)
        return NULL;
    size_t folder = pb_str_c(program).len - sys_path_name(program).len;
    while (folder > 1 && program[folder - 1] == '/')
        folder--;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *path = pb_arena_printf(arena, "%.*s%s/%s", (int)folder, program, places[i], file);
        if (path != NULL && sys_path_kind(path) == SYS_FILE)
            return path;
    }
    return NULL;
}

/* A program replaced under a running one, or put together of two versions, shares no structures. */
static pb_status check_shape(void *module, const char *path, pb_error *err)
{
    union {
        void *object;
        const char *(*says)(void);
    } shape = {.object = dlsym(module, "probity_shape")};
    if (shape.object != NULL && strcmp(shape.says(), pb_shape()) == 0)
        return PB_OK;
    pb_fail(err, PB_UNSUPPORTED,
            PB_MSG("The part {file} belongs to another version of this program"), "file", path,
            NULL);
    pb_error_hint(err, PB_MSG("Install the program whole, then start it again."), NULL);
    return PB_UNSUPPORTED;
}

pb_status sys_module_find(const char *file, const char *name, sys_function *ret, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *path = arena != NULL ? find(arena, file) : NULL;
    void *module;
    union {
        void *object;
        sys_function function;
    } found; /* POSIX gives functions as pointers to objects */
    if (arena == NULL)
        return pb_fail_memory(err);
    if (path == NULL) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("The part {file} of this program is not installed"),
                "file", file, NULL);
        pb_error_detail(err, PB_MSG("It belongs beside the program or into ../lib/probity there."),
                        NULL);
        pb_error_hint(err, PB_MSG("Install the program whole, or ask for other formats."), NULL);
        return PB_NOT_FOUND;
    }
    module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    found.object = module != NULL ? dlsym(module, name) : NULL;
    if (found.object == NULL) {
        const char *says = dlerror();
        pb_fail(err, PB_UNSUPPORTED, PB_MSG("The part {file} of this program cannot be loaded"),
                "file", path, NULL);
        pb_error_detail(err, PB_MSG("{what}"), "what", says != NULL ? says : name, NULL);
        pb_error_hint(err, PB_MSG("Install the libraries it needs, or ask for other formats."),
                      NULL);
        return PB_UNSUPPORTED;
    }
    PB_TRY(check_shape(module, path, err));
    *ret = found.function;
    return PB_OK;
}
