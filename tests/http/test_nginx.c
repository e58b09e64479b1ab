/* The configuration for nginx that ships, run: HTTP/2 and TLS before the program, which believes
 * what nginx says of the client and nothing that the client says itself. */
#include "client.h"

#include <curl/curl.h>
#include <glob.h>

enum { TEXT = 1 << 16, TRIES = 20 };

typedef struct front {
    char *folder;
    client c;
    pid_t nginx;
    unsigned plain, tls;
} front;

/* ---- the configuration, with what an administrator changes changed ---- */

static void put(char *text, const char *from, const char *to)
{
    static char made[TEXT];
    const char *at = text, *next;
    size_t length = 0;
    bool found = false;
    while ((next = strstr(at, from)) != NULL) {
        length +=
            (size_t)snprintf(made + length, TEXT - length, "%.*s%s", (int)(next - at), at, to);
        at = next + strlen(from);
        found = true;
    }
    if (!found)
        fail_msg("The configuration has no “%s”", from);
    snprintf(made + length, TEXT - length, "%s", at);
    snprintf(text, TEXT, "%s", made);
}

static unsigned free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static void write_configuration(front *f)
{
    static char site[TEXT], all[2 * TEXT];
    char path[4200], value[4300];
    snprintf(path, sizeof path, "%s/doc/serve/nginx.conf", program_root());
    char *shipped = program_slurp(path);
    snprintf(site, sizeof site, "%s", shipped);
    free(shipped);
    f->plain = free_port();
    f->tls = free_port();
    snprintf(value, sizeof value, "unix:%s/http", f->folder);
    put(site, "unix:/run/probity/http", value);
    put(site, "listen [::]:80;", "");
    put(site, "listen [::]:443 ssl http2;", "");
    snprintf(value, sizeof value, "listen 127.0.0.1:%u", f->plain);
    put(site, "listen 80", value);
    snprintf(value, sizeof value, "listen 127.0.0.1:%u", f->tls);
    put(site, "listen 443", value);
    put(site, "crm.example.com", "localhost");
    snprintf(value, sizeof value, "%s/pair.pem", f->folder);
    put(site, "/etc/letsencrypt/live/localhost/fullchain.pem", value);
    put(site, "/etc/letsencrypt/live/localhost/privkey.pem", value);
    snprintf(value, sizeof value, "root %s;", f->folder);
    put(site, "root /var/www/acme;", value);
    snprintf(all, sizeof all,
             "%s daemon off; master_process off; pid %s/pid; error_log stderr;\nevents {}\nhttp {\n"
             "client_body_temp_path %s/t; proxy_temp_path %s/t; fastcgi_temp_path %s/t;\n"
             "uwsgi_temp_path %s/t; scgi_temp_path %s/t;\n%s}\n",
             geteuid() == 0 ? "user root;" : "", f->folder, f->folder, f->folder, f->folder,
             f->folder, f->folder, site);
    program_write(f->folder, "nginx.conf", all);
}

/* ---- both programs ---- */

static const char *nginx_program(void)
{
    static const char *const places[] = {"/usr/sbin/nginx", "/usr/local/sbin/nginx",
                                         "/usr/bin/nginx", "/usr/local/nginx/sbin/nginx"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static void run_nginx(const front *f)
{
    char conf[4200], log[4200];
    snprintf(conf, sizeof conf, "%s/nginx.conf", f->folder);
    snprintf(log, sizeof log, "%s/nginx.log", f->folder);
    int fd = open(log, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        _exit(99);
    execl(nginx_program(), "nginx", "-p", f->folder, "-c", conf, NULL);
    _exit(98);
}

/* True when it listens; false when it ended, as it does when another took its port meanwhile. */
static bool nginx_listens(const front *f)
{
    for (;;) {
        struct sockaddr_in to = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)f->tls),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool there = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
        close(fd);
        if (waitpid(f->nginx, NULL, WNOHANG) != 0)
            return false;
        if (there)
            return true;
        usleep(5000);
    }
}

static void start_nginx(front *f)
{
    for (int i = 0; i < TRIES; i++) {
        write_configuration(f);
        fflush(NULL);
        f->nginx = fork();
        assert_true(f->nginx >= 0);
        if (f->nginx == 0)
            run_nginx(f);
        if (nginx_listens(f))
            return;
    }
    fail_msg("nginx did not start:\n%s", program_read(f->folder, "nginx.log"));
}

/* The certificate that the program made for itself serves nginx, too. */
static void copy_certificate(const front *f)
{
    char pattern[4300];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/probity/keys/*.tls.pem", f->folder);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    char *text = program_slurp(found.gl_pathv[0]);
    program_write(f->folder, "pair.pem", text);
    free(text);
    globfree(&found);
}

static void front_open(front *f)
{
    static const char *const manager[] = {"--role", "manager", NULL};
    char socket_place[4200], code[64], header[200];
    *f = (front){.folder = program_folder()};
    snprintf(socket_place, sizeof socket_place, "unix:%s/http", f->folder);
    const char *const more[] = {"--listen",    socket_place, "--listen",
                                "localhost:0", "--proxy",    NULL};
    PROGRAM_EXPECT(f->folder, 0, "Made workspace", "init", "ws");
    client_add_user(f->folder, "anna", manager, code);
    f->c = client_start_with(f->folder, more);
    client_enrol(&f->c, "anna", code, header, NULL, 0);
    copy_certificate(f);
    start_nginx(f);
}

static void front_close(front *f)
{
    kill(f->nginx, SIGQUIT);
    waitpid(f->nginx, NULL, 0);
    client_stop(&f->c);
    program_remove_folder(f->folder);
}

/* ---- a client of another make ---- */

typedef struct heard {
    long status, version;
    char text[TEXT]; /* head and body */
    size_t length;
} heard;

static size_t hear(char *bytes, size_t one, size_t count, void *context)
{
    heard *h = context;
    size_t size = one * count;
    if (size > sizeof h->text - 1 - h->length)
        return 0;
    memcpy(h->text + h->length, bytes, size);
    h->length += size;
    h->text[h->length] = '\0';
    return size;
}

static size_t give(char *to, size_t one, size_t count, void *context)
{
    const char **body = context;
    size_t size = strlen(*body) < one * count ? strlen(*body) : one * count;
    memcpy(to, *body, size);
    *body += size;
    return size;
}

/* `headers` end in NULL. A body comes without its length. */
static void ask(const char *url, const char *const *headers, const char *body, heard *h)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *list = NULL;
    const char *rest = body;
    *h = (heard){.status = 0};
    assert_non_null(curl);
    for (size_t i = 0; headers[i] != NULL; i++)
        list = curl_slist_append(list, headers[i]);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, h);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(curl, CURLOPT_READDATA, &rest);
    }
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        fail_msg("%s: %s", url, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &h->status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &h->version);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
}

static void expect(long status, const char *has, const heard *h)
{
    if (h->status != status || strstr(h->text, has) == NULL)
        fail_msg("not %ld with “%s” but %ld:\n%s", status, has, h->status, h->text);
}

/* The value of the session's cookie. */
static void take_cookie(const heard *h, char cookie[4200])
{
    const char *at = strstr(h->text, "__Host-probity=");
    if (at == NULL)
        fail_msg("There is no cookie in:\n%s", h->text);
    snprintf(cookie, 4200, "Cookie: %.*s", at != NULL ? (int)strcspn(at, ";\r") : 0, at);
}

/* ---- the test ---- */

static void sign_in(const front *f, char cookie[4200])
{
    char url[200], origin[200], body[300];
    heard h;
    snprintf(url, sizeof url, "https://localhost:%u/api/v1/sign-in", f->tls);
    snprintf(origin, sizeof origin, "Origin: https://localhost:%u", f->tls);
    snprintf(body, sizeof body, "{\"name\":\"anna\",\"password\":\"%s\",\"cookie\":true}",
             client_password);
    const char *const headers[] = {
        "Content-Type: application/json", "Sec-Fetch-Site: same-origin",  origin,
        "X-Real-IP: 203.0.113.9",         "X-Forwarded-For: 203.0.113.9", NULL};
    ask(url, headers, body, &h);
    expect(200, "signed_in", &h);
    /* It knows that the client came over TLS. */
    expect(200, "Secure", &h);
    take_cookie(&h, cookie);
}

/* shows: SEC-1 SEC-2 INT-1 */
static void test_the_shipped_configuration_serves(void **state)
{
    (void)state;
    static heard h;
    static const char *const none[] = {NULL};
    front f;
    char url[200], cookie[4200];
    if (nginx_program() == NULL) {
        print_message("Not checked: nginx is not installed on this machine.\n");
        skip();
    }
    front_open(&f);
    snprintf(url, sizeof url, "https://localhost:%u/healthz", f.tls);
    ask(url, none, NULL, &h);
    expect(200, "trict-", &h);
    assert_int_equal(h.version, CURL_HTTP_VERSION_2_0);
    snprintf(url, sizeof url, "http://localhost:%u/api/v1/me", f.plain);
    ask(url, none, NULL, &h);
    expect(308, "https://localhost/api/v1/me", &h);
    snprintf(url, sizeof url, "https://localhost:%u/metrics", f.tls);
    ask(url, none, NULL, &h);
    expect(404, "", &h);
    sign_in(&f, cookie);
    /* Where the client is, nginx says. */
    const char *const signed_in[] = {cookie, NULL};
    snprintf(url, sizeof url, "https://localhost:%u/api/v1/sessions", f.tls);
    ask(url, signed_in, NULL, &h);
    expect(200, "127.0.0.1", &h);
    assert_null(strstr(h.text, "203.0.113.9"));
    /* A body whose length nobody said. */
    const char *const writes[] = {cookie, "Content-Type: application/json",
                                  "Sec-Fetch-Site: same-origin", NULL};
    snprintf(url, sizeof url, "https://localhost:%u/api/v1/contacts", f.tls);
    ask(url, writes, "{\"fields\":{\"full_name\":\"Quillon\",\"email\":\"q@example.org\"}}", &h);
    expect(201, "Quillon", &h);
    front_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_configuration_serves),
    };
    curl_global_init(CURL_GLOBAL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
