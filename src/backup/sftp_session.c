#include "sftp_session.h"

#include "sys/environment.h"
#include "sys/file.h"
#include "sys/net.h"
#include "sys/random.h"

enum { CONNECT_MS = 10000, IDLE_MS = 60000 };

/* ---- the place ---- */

static pb_status bad_place(const char *place, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("{place} is no place of an SFTP server."), "place", place, NULL);
    pb_error_hint(err,
                  PB_MSG("Write it as sftp://USER@HOST/PATH or sftp://USER@HOST:PORT/PATH; a "
                         "password cannot stand in it."),
                  NULL);
    return PB_USAGE;
}

static pb_status read_place(sftp_session *s, const char *place, pb_error *err)
{
    pb_str rest = pb_str_sub(pb_str_c(place), strlen("sftp://"), SIZE_MAX);
    size_t slash = pb_str_index(rest, '/');
    pb_str authority = pb_str_sub(rest, 0, slash), path = pb_str_sub(rest, slash, rest.len);
    size_t at = pb_str_index(authority, '@');
    pb_str user = at < authority.len ? pb_str_sub(authority, 0, at) : sys_user_name(s->arena);
    pb_str host = at < authority.len ? pb_str_sub(authority, at + 1, authority.len) : authority;
    bool literal = host.len > 0 && host.ptr[0] == '['; /* an IPv6 address in brackets */
    size_t end = literal ? pb_str_index(host, ']') + 1 : 0;
    pb_str tail = pb_str_sub(host, end, host.len);
    size_t colon = pb_str_index(tail, ':');
    pb_str port = colon < tail.len ? pb_str_sub(tail, colon + 1, tail.len) : PB_STR("22");
    host = pb_str_sub(host, 0, end + colon);
    if (literal)
        host = pb_str_sub(host, 1, host.len - 2);
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    int64_t number;
    if (user.len == 0 || pb_str_index(user, ':') < user.len || host.len == 0 || path.len < 2 ||
        !pb_str_to_i64(port, &number) || number < 1 || number > 65535)
        return bad_place(place, err);
    s->user = pb_arena_cstr(s->arena, user);
    s->host = pb_arena_cstr(s->arena, host);
    s->port = pb_arena_cstr(s->arena, port);
    s->root = pb_arena_cstr(s->arena, path);
    s->name = pb_arena_cstr(s->arena, pb_str_c(place));
    return s->user == NULL || s->host == NULL || s->port == NULL || s->root == NULL ||
                   s->name == NULL
               ? pb_fail_memory(err)
               : PB_OK;
}

pb_status sftp_session_open(const char *place, sftp_session **ret_session, pb_error *err)
{
    pb_arena *arena = pb_arena_new(1 << 20);
    sftp_session *s = arena == NULL ? NULL : pb_arena_alloc(arena, sizeof *s);
    if (s == NULL) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    *s = (sftp_session){.arena = arena, .names = pb_arena_new(1 << 24), .fd = -1};
    pb_status status =
        s->names == NULL || libssh2_init(0) != 0 ? pb_fail_memory(err) : sys_sodium_init(err);
    if (status == PB_OK)
        status = read_place(s, place, err);
    if (status != PB_OK) {
        sftp_session_close(s);
        return status;
    }
    *ret_session = s;
    return PB_OK;
}

static void disconnect(sftp_session *s)
{
    if (s->sftp != NULL)
        libssh2_sftp_shutdown(s->sftp);
    if (s->ssh != NULL) {
        libssh2_session_disconnect(s->ssh, "done");
        libssh2_session_free(s->ssh);
    }
    if (s->fd >= 0)
        sys_net_close(s->fd);
    s->sftp = NULL;
    s->ssh = NULL;
    s->fd = -1;
}

void sftp_session_close(sftp_session *s)
{
    disconnect(s);
    pb_arena_free(s->names);
    pb_arena_free(s->arena); /* s lies in it */
}

/* ---- errors ---- */

static pb_status says(const sftp_session *s, pb_status status, const char *primary,
                      const char *what, pb_error *err)
{
    char *reason = NULL;
    libssh2_session_last_error(s->ssh, &reason, NULL, 0);
    pb_fail(err, status, primary, "place", s->name, "path", what, NULL);
    pb_error_detail(err, PB_MSG("The server says: {reason}"), "reason",
                    reason != NULL ? reason : "", NULL);
    return status;
}

pb_status sftp_fail(const sftp_session *s, const char *what, pb_error *err)
{
    static const struct {
        unsigned long code;
        pb_status status;
        const char *primary;
    } codes[] = {{LIBSSH2_FX_NO_SUCH_FILE, PB_NOT_FOUND, PB_MSG("There is no {path} at {place}.")},
                 {LIBSSH2_FX_NO_SUCH_PATH, PB_NOT_FOUND, PB_MSG("There is no {path} at {place}.")},
                 {LIBSSH2_FX_PERMISSION_DENIED, PB_DENIED, PB_MSG("{place} refuses us {path}.")},
                 {LIBSSH2_FX_WRITE_PROTECT, PB_DENIED, PB_MSG("{place} refuses us {path}.")},
                 {LIBSSH2_FX_NO_SPACE_ON_FILESYSTEM, PB_LIMIT, PB_MSG("{place} is full.")},
                 {LIBSSH2_FX_QUOTA_EXCEEDED, PB_LIMIT, PB_MSG("{place} is full.")}};
    if (libssh2_session_last_errno(s->ssh) != LIBSSH2_ERROR_SFTP_PROTOCOL) {
        pb_status status = says(s, PB_BUSY, PB_MSG("{place} could not be reached."), what, err);
        disconnect((sftp_session *)(uintptr_t)s);
        return status;
    }
    unsigned long code = libssh2_sftp_last_error(s->sftp);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return says(s, codes[i].status, codes[i].primary, what, err);
    return says(s, PB_IO, PB_MSG("{place} could not read or write {path}."), what, err);
}

/* ---- who the server is ---- */

static pb_status home_file(const sftp_session *s, const char *variable, const char *name,
                           const char **ret_path, pb_error *err)
{
    const char *named = sys_getenv(variable), *home = sys_getenv("HOME");
    *ret_path = named != NULL
                    ? named
                    : pb_arena_printf(s->names, "%s/.ssh/%s", home != NULL ? home : "", name);
    return *ret_path == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status unknown_server(const sftp_session *s, bool differs, const char *file,
                                pb_error *err)
{
    pb_fail(err, PB_DENIED,
            differs ? PB_MSG("The key of the server {host} is not the one it had.")
                    : PB_MSG("The key of the server {host} is not known."),
            "host", s->host, NULL);
    pb_error_detail(err, PB_MSG("Known servers stand in {file}."), "file", file, NULL);
    pb_error_hint(err,
                  differs
                      ? PB_MSG("Somebody may stand between: ask its administrator before you "
                               "change the file.")
                      : PB_MSG("Connect once with ssh, compare the fingerprint, and accept it."),
                  NULL);
    return PB_DENIED;
}

static int mask_of(int type)
{
    switch (type) {
    case LIBSSH2_HOSTKEY_TYPE_RSA:
        return LIBSSH2_KNOWNHOST_KEY_SSHRSA;
    case LIBSSH2_HOSTKEY_TYPE_ED25519:
        return LIBSSH2_KNOWNHOST_KEY_ED25519;
    case LIBSSH2_HOSTKEY_TYPE_ECDSA_256:
        return LIBSSH2_KNOWNHOST_KEY_ECDSA_256;
    case LIBSSH2_HOSTKEY_TYPE_ECDSA_384:
        return LIBSSH2_KNOWNHOST_KEY_ECDSA_384;
    case LIBSSH2_HOSTKEY_TYPE_ECDSA_521:
        return LIBSSH2_KNOWNHOST_KEY_ECDSA_521;
    default:
        return LIBSSH2_KNOWNHOST_KEY_UNKNOWN;
    }
}

static pb_status check_server(sftp_session *s, pb_error *err)
{
    const char *file;
    size_t len;
    int type;
    int64_t port = 22;
    struct libssh2_knownhost *match;
    PB_TRY(home_file(s, "PROBITY_SFTP_KNOWN_HOSTS", "known_hosts", &file, err));
    LIBSSH2_KNOWNHOSTS *known = libssh2_knownhost_init(s->ssh);
    const char *key = libssh2_session_hostkey(s->ssh, &len, &type);
    if (known == NULL || key == NULL) {
        if (known != NULL)
            libssh2_knownhost_free(known);
        return says(s, PB_BUSY, PB_MSG("{place} could not be reached."), "", err);
    }
    libssh2_knownhost_readfile(known, file, LIBSSH2_KNOWNHOST_FILE_OPENSSH);
    pb_str_to_i64(pb_str_c(s->port), &port);
    int result = libssh2_knownhost_checkp(
        known, s->host, (int)port, key, len,
        LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW | mask_of(type), &match);
    libssh2_knownhost_free(known);
    return result == LIBSSH2_KNOWNHOST_CHECK_MATCH
               ? PB_OK
               : unknown_server(s, result == LIBSSH2_KNOWNHOST_CHECK_MISMATCH, file, err);
}

/* Servers have several keys; asked for is the kind that is on file, else any. */
static void prefer_known_kinds(sftp_session *s)
{
    const char *file;
    PB_AUTO_BUF list = PB_BUF_INIT(512);
    static const struct {
        int mask;
        const char *name;
    } kinds[] = {{LIBSSH2_KNOWNHOST_KEY_ED25519, "ssh-ed25519"},
                 {LIBSSH2_KNOWNHOST_KEY_ECDSA_256, "ecdsa-sha2-nistp256"},
                 {LIBSSH2_KNOWNHOST_KEY_ECDSA_384, "ecdsa-sha2-nistp384"},
                 {LIBSSH2_KNOWNHOST_KEY_ECDSA_521, "ecdsa-sha2-nistp521"},
                 {LIBSSH2_KNOWNHOST_KEY_SSHRSA, "rsa-sha2-512,rsa-sha2-256,ssh-rsa"}};
    bool there[5] = {false};
    struct libssh2_knownhost *host = NULL;
    LIBSSH2_KNOWNHOSTS *known = libssh2_knownhost_init(s->ssh);
    if (known == NULL ||
        home_file(s, "PROBITY_SFTP_KNOWN_HOSTS", "known_hosts", &file, NULL) != PB_OK)
        return;
    libssh2_knownhost_readfile(known, file, LIBSSH2_KNOWNHOST_FILE_OPENSSH);
    for (struct libssh2_knownhost *before = NULL; libssh2_knownhost_get(known, &host, before) == 0;
         before = host)
        for (size_t i = 0; i < 5; i++)
            there[i] = there[i] || (host->typemask & LIBSSH2_KNOWNHOST_KEY_MASK) == kinds[i].mask;
    libssh2_knownhost_free(known);
    for (size_t i = 0; i < 5; i++)
        if (there[i])
            pb_buf_printf(&list, "%s%s", list.len > 0 ? "," : "", kinds[i].name);
    if (list.len > 0 && !list.failed)
        libssh2_session_method_pref(s->ssh, LIBSSH2_METHOD_HOSTKEY, pb_buf_cstr(&list));
}

/* ---- who we are ---- */

static bool by_agent(sftp_session *s)
{
    struct libssh2_agent_publickey *key = NULL, *before = NULL;
    LIBSSH2_AGENT *agent = sys_getenv("SSH_AUTH_SOCK") != NULL ? libssh2_agent_init(s->ssh) : NULL;
    bool good = false;
    if (agent == NULL)
        return false;
    if (libssh2_agent_connect(agent) == 0 && libssh2_agent_list_identities(agent) == 0)
        while (!good && libssh2_agent_get_identity(agent, &key, before) == 0) {
            good = libssh2_agent_userauth(agent, s->user, key) == 0;
            before = key;
        }
    libssh2_agent_disconnect(agent);
    libssh2_agent_free(agent);
    return good;
}

static bool by_file(sftp_session *s, const char *path)
{
    return path != NULL && sys_path_kind(path) == SYS_FILE &&
           libssh2_userauth_publickey_fromfile(s->ssh, s->user, NULL, path, NULL) == 0;
}

static pb_status log_in(sftp_session *s, pb_error *err)
{
    static const char *const names[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
    const char *named = sys_getenv("PROBITY_SFTP_KEY"), *home = sys_getenv("HOME");
    bool good = named != NULL ? by_file(s, named) : by_agent(s);
    for (size_t i = 0; i < 3 && !good && named == NULL && home != NULL; i++)
        good = by_file(s, pb_arena_printf(s->names, "%s/.ssh/%s", home, names[i]));
    if (good)
        return PB_OK;
    says(s, PB_DENIED, PB_MSG("{place} does not let us in."), "", err);
    pb_error_hint(err,
                  PB_MSG("Add a key to your agent, or name a key file without passphrase in "
                         "PROBITY_SFTP_KEY, and have its public part accepted by the server."),
                  NULL);
    return PB_DENIED;
}

/* ---- connecting ---- */

static pb_status connect_all(sftp_session *s, pb_error *err)
{
    PB_TRY(sys_net_connect(s->host, s->port, CONNECT_MS, &s->fd, err));
    s->ssh = libssh2_session_init();
    if (s->ssh == NULL)
        return pb_fail_memory(err);
    libssh2_session_set_blocking(s->ssh, 1);
    libssh2_session_set_timeout(s->ssh, IDLE_MS);
    prefer_known_kinds(s);
    if (libssh2_session_handshake(s->ssh, s->fd) != 0)
        return says(s, PB_BUSY, PB_MSG("{place} could not be reached."), "", err);
    PB_TRY(check_server(s, err));
    PB_TRY(log_in(s, err));
    s->sftp = libssh2_sftp_init(s->ssh);
    return s->sftp == NULL ? says(s, PB_DENIED, PB_MSG("{place} offers no SFTP."), "", err) : PB_OK;
}

pb_status sftp_ready(sftp_session *s, pb_error *err)
{
    if (s->sftp != NULL)
        return PB_OK;
    pb_status status = connect_all(s, err);
    if (status != PB_OK)
        disconnect(s);
    return status;
}

/* ---- small calls ---- */

static bool about(sftp_session *s, const char *path, LIBSSH2_SFTP_ATTRIBUTES *ret)
{
    return s->sftp != NULL &&
           libssh2_sftp_stat_ex(s->sftp, path, (unsigned)strlen(path), LIBSSH2_SFTP_STAT, ret) == 0;
}

bool sftp_is_file(sftp_session *s, const char *path)
{
    LIBSSH2_SFTP_ATTRIBUTES found;
    return about(s, path, &found) && LIBSSH2_SFTP_S_ISREG(found.permissions);
}

bool sftp_is_folder(sftp_session *s, const char *path)
{
    LIBSSH2_SFTP_ATTRIBUTES found;
    return about(s, path, &found) && LIBSSH2_SFTP_S_ISDIR(found.permissions);
}

pb_status sftp_make_folder(sftp_session *s, const char *path, pb_error *err)
{
    if (s->sftp != NULL &&
        (libssh2_sftp_mkdir_ex(s->sftp, path, (unsigned)strlen(path), 0700) == 0 ||
         sftp_is_folder(s, path)))
        return PB_OK;
    return sftp_fail(s, path, err);
}

bool sftp_rename(sftp_session *s, const char *from, const char *to)
{
    return libssh2_sftp_rename_ex(s->sftp, from, (unsigned)strlen(from), to, (unsigned)strlen(to),
                                  LIBSSH2_SFTP_RENAME_ATOMIC | LIBSSH2_SFTP_RENAME_NATIVE) == 0;
}

bool sftp_unlink(sftp_session *s, const char *path)
{
    return libssh2_sftp_unlink_ex(s->sftp, path, (unsigned)strlen(path)) == 0;
}

LIBSSH2_SFTP_HANDLE *sftp_open_file(sftp_session *s, const char *path, unsigned long flags,
                                    long mode)
{
    return libssh2_sftp_open_ex(s->sftp, path, (unsigned)strlen(path), flags, mode,
                                LIBSSH2_SFTP_OPENFILE);
}

LIBSSH2_SFTP_HANDLE *sftp_open_folder(sftp_session *s, const char *path)
{
    return libssh2_sftp_open_ex(s->sftp, path, (unsigned)strlen(path), 0, 0, LIBSSH2_SFTP_OPENDIR);
}
