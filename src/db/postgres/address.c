/* The address of a workspace on a server: postgres://USER@HOST/DATABASE?schema=NAME, and what else
 * libpq understands. libpq reads it; here is decided what it may say about encryption.
 */
#include "postgres.h"

#include "sys/environment.h"
#include "sys/file.h"

#include <stdatomic.h>

#define OPTION_SCHEMA "schema="

typedef struct address {
    pb_arena *arena;
    PQconninfoOption *parts; /* as libpq read them */
    const char *schema;
    const char *host, *hostaddr, *port, *database, *user, *sslmode;
    bool password;
} address;

/* The text without our own option, which libpq does not know. */
static pb_status take_schema(pb_str url, address *at, char **ret_rest, pb_error *err)
{
    PB_AUTO_BUF rest = PB_BUF_INIT(1 << 16);
    size_t mark = pb_str_index(url, '?');
    pb_str options = mark < url.len ? pb_str_sub(url, mark + 1, url.len) : PB_STR_NONE, one;
    pb_buf_add(&rest, pb_str_sub(url, 0, mark));
    char between = '?';
    while (pb_str_split(&options, '&', &one)) {
        if (pb_str_starts(one, PB_STR(OPTION_SCHEMA))) {
            at->schema = pb_arena_cstr(at->arena, pb_str_sub(one, strlen(OPTION_SCHEMA), one.len));
            if (at->schema == NULL)
                return pb_fail_memory(err);
            continue;
        }
        pb_buf_byte(&rest, between);
        pb_buf_add(&rest, one);
        between = '&';
    }
    *ret_rest = pb_arena_cstr(at->arena, pb_buf_str(&rest));
    return rest.failed || *ret_rest == NULL ? pb_fail_memory(err) : PB_OK;
}

/* The address without its password: libpq's own words could hold it, so they are not shown. */
static pb_status bad_address(pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("The address of the workspace cannot be read."), NULL);
    pb_error_hint(err,
                  PB_MSG("Write postgres://USER@HOST/DATABASE; other marks than letters and digits "
                         "as % and two hexadecimal digits."),
                  NULL);
    return PB_USAGE;
}

static pb_status bad_schema(const char *schema, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("“{schema}” cannot be the schema of a workspace."), "schema",
            schema, NULL);
    pb_error_hint(err, PB_MSG("Use small letters, digits and _, at most 40 of them."), NULL);
    return PB_USAGE;
}

static bool is_plain(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        if (!((c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9')))
            return false;
    }
    return len > 0 && len <= PG_SCHEMA_MAX && strncmp(name, "pg_", 3) != 0;
}

static const char *part_of(const address *at, const char *name)
{
    for (const PQconninfoOption *one = at->parts; one->keyword != NULL; one++)
        if (strcmp(one->keyword, name) == 0 && one->val != NULL && one->val[0] != '\0')
            return one->val;
    return NULL;
}

static const char *part_or(const address *at, const char *name, const char *variable)
{
    const char *value = part_of(at, name);
    return value != NULL ? value : sys_getenv(variable);
}

/* A unix socket needs no encryption: host empty or a list of paths, and no number instead. */
static bool is_socket(const address *at)
{
    if (at->hostaddr != NULL)
        return false;
    if (at->host == NULL)
        return true;
    pb_str rest = pb_str_c(at->host), one;
    while (pb_str_split(&rest, ',', &one))
        if (one.len > 0 && one.ptr[0] != '/' && one.ptr[0] != '@')
            return false;
    return true;
}

static pb_status check_encryption(address *at, pb_error *err)
{
    static const char *const strong[] = {"require", "verify-ca", "verify-full"};
    static const char *const weak[] = {"disable", "allow", "prefer"};
    if (at->sslmode == NULL)
        at->sslmode = "verify-full";
    for (size_t i = 0; i < sizeof strong / sizeof *strong; i++)
        if (strcmp(at->sslmode, strong[i]) == 0)
            return PB_OK;
    bool known = false;
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        known = known || strcmp(at->sslmode, weak[i]) == 0;
    if (known && is_socket(at))
        return PB_OK;
    if (known) {
        pb_fail(err, PB_DENIED,
                PB_MSG("Customer data goes to a database server encrypted only, not with "
                       "sslmode={value}."),
                "value", at->sslmode, NULL);
        pb_error_hint(
            err, PB_MSG("Leave sslmode out (verify-full), or use the server's unix socket."), NULL);
        return PB_DENIED;
    }
    pb_fail(err, PB_USAGE, PB_MSG("There is no sslmode “{value}”"), "value", at->sslmode, NULL);
    pb_error_hint(err, PB_MSG("Write one of: require, verify-ca, verify-full"), NULL);
    return PB_USAGE;
}

/* What a message may show. */
static const char *shown(const address *at)
{
    bool folder = at->host != NULL && at->host[0] == '/';
    return pb_arena_printf(
        at->arena, "postgres://%s%s%s%s%s/%s%s%s%s%s", at->user == NULL ? "" : at->user,
        at->user == NULL ? "" : "@", folder || at->host == NULL ? "" : at->host,
        at->port == NULL ? "" : ":", at->port == NULL ? "" : at->port,
        at->database == NULL ? "" : at->database, folder ? "?host=" : "", folder ? at->host : "",
        strcmp(at->schema, "probity") == 0 ? ""
        : folder                           ? "&schema="
                                           : "?schema=",
        strcmp(at->schema, "probity") == 0 ? "" : at->schema);
}

/* The first line of the file. */
/* The parts of the address, and those that this program sets. */
static pb_status make_parameters(const address *at, const char *password, pg_where *where,
                                 pb_error *err)
{
    enum { MORE = 16 };
    const struct {
        const char *name, *value;
    } own[] = {
        {"sslmode", at->sslmode},    {"application_name", "probity"},
        {"client_encoding", "UTF8"}, {"connect_timeout", "15"},
        {"keepalives_idle", "30"},   {"keepalives_interval", "10"},
        {"keepalives_count", "3"},   {"tcp_user_timeout", "60000"},
        {"password", password},      {"gssencmode", is_socket(at) ? NULL : "disable"},
    };
    size_t count = 0, total = MORE;
    for (const PQconninfoOption *one = at->parts; one->keyword != NULL; one++)
        total++;
    const char **names = pb_arena_array(at->arena, total, sizeof *names);
    const char **values = pb_arena_array(at->arena, total, sizeof *values);
    if (names == NULL || values == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (own[i].value == NULL)
            continue;
        names[count] = own[i].name;
        values[count++] = own[i].value;
    }
    /* libpq takes the last of two values: what the address says goes before what we set, except
     * what is set above for it to say otherwise. */
    for (const PQconninfoOption *one = at->parts; one->keyword != NULL; one++) {
        if (one->val == NULL || strcmp(one->keyword, "sslmode") == 0 ||
            strcmp(one->keyword, "client_encoding") == 0)
            continue;
        names[count] = pb_arena_cstr(at->arena, pb_str_c(one->keyword));
        values[count] = pb_arena_cstr(at->arena, pb_str_c(one->val));
        if (names[count] == NULL || values[count] == NULL)
            return pb_fail_memory(err);
        count++;
    }
    where->names = names;
    where->values = values;
    return PB_OK;
}

static pb_status read_parts(address *at, const db_options *options, pg_where *where, pb_error *err)
{
    const char *password = NULL;
    at->host = part_or(at, "host", "PGHOST");
    at->hostaddr = part_or(at, "hostaddr", "PGHOSTADDR");
    at->port = part_of(at, "port");
    at->database = part_of(at, "dbname");
    at->user = part_of(at, "user");
    const char *sslmode = part_of(at, "sslmode");
    at->sslmode = sslmode == NULL ? NULL : pb_arena_cstr(at->arena, pb_str_c(sslmode));
    if (at->schema == NULL)
        at->schema = "probity";
    if (!is_plain(at->schema))
        return bad_schema(at->schema, err);
    PB_TRY(check_encryption(at, err));
    where->shown = shown(at);
    where->schema = at->schema;
    if (where->shown == NULL)
        return pb_fail_memory(err);
    if (part_of(at, "password") == NULL && options->password_file != NULL)
        PB_TRY(sys_password_read(options->password_file, at->arena, &password, err));
    return make_parameters(at, password, where, err);
}

static pb_status read_address(const char *url, const db_options *options, pb_arena *arena,
                              pg_where **ret_where, pb_error *err)
{
    address at = {.arena = arena};
    char *rest = NULL;
    char *words = NULL;
    pg_where *where = pb_arena_alloc(arena, sizeof *where);
    if (where == NULL)
        return pb_fail_memory(err);
    PB_TRY(take_schema(pb_str_c(url), &at, &rest, err));
    at.parts = PQconninfoParse(rest, &words);
    PQfreemem(words);
    if (at.parts == NULL)
        return bad_address(err);
    pb_status status = read_parts(&at, options, where, err);
    PQconninfoFree(at.parts);
    if (status == PB_OK)
        *ret_where = where;
    return status;
}

pb_status db_pg_locate(const char *url, const db_options *options, pb_arena *arena,
                       db_target *target, pb_error *err)
{
    pg_where *where = NULL, *replica = NULL;
    PB_TRY(read_address(url, options, arena, &where, err));
    if (options->scratch)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("A workspace that is thrown away lies in a folder, not on a server."),
                       NULL);
    if (options->replica != NULL) {
        PB_TRY(read_address(options->replica->url, options, arena, &replica, err));
        replica->schema = where->schema;
        replica->told = options->replica;
    }
    _Atomic int64_t *commits = pb_arena_alloc(arena, sizeof *commits);
    if (commits == NULL)
        return pb_fail_memory(err);
    atomic_init(commits, -1);
    where->commits = commits;
    if (replica != NULL)
        replica->commits = commits;
    where->replica = replica;
    target->place = where->shown;
    target->where = where;
    return PB_OK;
}
