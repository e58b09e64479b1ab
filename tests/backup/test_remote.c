/* Places behind a network: a real S3 server (s3rver, which checks signatures) and a real sshd, both
 * on loopback ports of the test's own. */
#include "backup_support.h"
#include "internal.h"
#include "program.h"
#include "remote.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>

#define SECRET "a secret of the tests/+="

typedef struct server {
    pid_t process;
    int port;
    char folder[256];
} server;

static server s3, ssh;

/* A port that nobody listens on just now. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static bool listens(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool good = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return good;
}

static void start(server *s, const char *const *arguments)
{
    s->process = fork();
    assert_true(s->process >= 0);
    if (s->process == 0) {
        char log[300];
        snprintf(log, sizeof log, "%s/log", s->folder);
        int fd = open(log, O_CREAT | O_WRONLY | O_TRUNC, 0600);
        if (dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
            _exit(99);
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(98);
    }
    for (int i = 0; i < 300 && !listens(s->port); i++)
        sys_sleep_us(100000);
    if (!listens(s->port))
        fail_msg("the server %s did not start: see %s/log", arguments[0], s->folder);
}

static void stop(server *s)
{
    int status;
    if (s->process > 0) {
        kill(s->process, SIGTERM);
        waitpid(s->process, &status, 0);
    }
    if (s->folder[0] != '\0')
        sys_dir_remove_tree(s->folder, NULL);
    s->process = 0;
}

static void own_folder(server *s)
{
    char *made = program_folder();
    snprintf(s->folder, sizeof s->folder, "%s", made);
    free(made);
    s->port = free_port();
}

static void s3_secret(const char *secret)
{
    setenv("AWS_ACCESS_KEY_ID", "TESTKEY", 1);
    setenv("AWS_SECRET_ACCESS_KEY", secret, 1);
}

static void start_s3(void)
{
    char program[4096], port[16];
    own_folder(&s3);
    snprintf(program, sizeof program, "%s/tests/backup/s3_server.py", program_root());
    snprintf(port, sizeof port, "%d", s3.port);
    const char *arguments[] = {"python3", program, port, NULL};
    start(&s3, arguments);
    s3_secret(SECRET);
}

static void run_quietly(const char *command)
{
    pid_t child = fork();
    int status;
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(98);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void start_ssh(void)
{
    char command[4096], config[300];
    own_folder(&ssh);
    snprintf(
        command, sizeof command,
        "cd '%s' && ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f "
        "mine && cp mine.pub allowed && (printf '[127.0.0.1]:%d '; cut -d' ' -f1,2 host.pub) "
        "> known && printf 'HostKey \"%s/host\"\\nAuthorizedKeysFile \"%s/allowed\"\\nPidFile "
        "none\\n"
        "StrictModes no\\nUsePAM no\\nListenAddress 127.0.0.1\\nPort %d\\nSubsystem sftp "
        "internal-sftp\\nPermitRootLogin yes\\n' > config && mkdir -p place && { test $(id -u) "
        "!= 0 || mkdir -p /run/sshd; }",
        ssh.folder, ssh.port, ssh.folder, ssh.folder, ssh.port);
    run_quietly(command);
    snprintf(config, sizeof config, "%s/config", ssh.folder);
    const char *arguments[] = {"/usr/sbin/sshd", "-D", "-e", "-f", config, NULL};
    start(&ssh, arguments);
    snprintf(command, sizeof command, "%s/mine", ssh.folder);
    setenv("PROBITY_SFTP_KEY", command, 1);
    snprintf(command, sizeof command, "%s/known", ssh.folder);
    setenv("PROBITY_SFTP_KNOWN_HOSTS", command, 1);
}

static int begin_all(void **state)
{
    (void)state;
    start_s3();
    start_ssh();
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    stop(&s3);
    stop(&ssh);
    return 0;
}

static const char *s3_place(const char *bucket, const char *style)
{
    static char place[256];
    snprintf(place, sizeof place, "s3://%s/deep er/%s?endpoint=http://localhost:%d&style=%s",
             bucket, style, s3.port, style);
    return place;
}

static const char *ssh_place(const char *below)
{
    static char place[512];
    char *user = getenv("USER");
    char found[64];
    if (user == NULL) {
        snprintf(found, sizeof found, "%s", geteuid() == 0 ? "root" : "nobody");
        user = found;
    }
    snprintf(place, sizeof place, "sftp://%s@127.0.0.1:%d%s/%s", user, ssh.port, ssh.folder, below);
    return place;
}

static backup_target *open_place(const char *place)
{
    pb_error err = {0};
    backup_target *target = NULL;
    const backup_kind *kind = place[1] == '3' ? &backup_s3 : &backup_sftp;
    void *self = NULL;
    must(place[1] == '3' ? backup_s3_open(place, &self, &err)
                         : backup_sftp_open(place, &self, &err),
         &err);
    must(backup_target_wrap(place, kind, self, &target, &err), &err);
    return target;
}

/* What every place must do; 1005 objects in the list show that answers in parts are put together.
 */
static void exercise(backup_target *target, size_t many)
{
    pb_error err = {0};
    backup_object *objects;
    size_t count;
    bool there;
    PB_AUTO_ARENA arena = pb_arena_new(1 << 24);
    PB_AUTO_BUF bytes = PB_BUF_INIT(8 << 20), back = PB_BUF_INIT(8 << 20);
    for (uint32_t i = 0; i < 3 << 20; i++)
        pb_buf_byte(&bytes, (char)(i * 2654435761u >> 24));
    must(backup_target_put(target, "room/pieces/ab/one", pb_buf_str(&bytes), &err), &err);
    must(backup_target_get(target, "room/pieces/ab/one", 4 << 20, &back, &err), &err);
    assert_true(pb_str_eq(pb_buf_str(&bytes), pb_buf_str(&back)));
    pb_buf_clear(&back);
    assert_int_equal(backup_target_get(target, "room/pieces/ab/one", 1 << 20, &back, &err),
                     PB_CORRUPT);
    pb_buf_clear(&back);
    assert_int_equal(backup_target_get(target, "room/none", 1 << 20, &back, &err), PB_NOT_FOUND);
    must(backup_target_exists(target, "room/pieces/ab/one", &there, &err), &err);
    assert_true(there);
    must(backup_target_exists(target, "room/pieces/ab/two", &there, &err), &err);
    assert_false(there);
    must(backup_target_put(target, "room/pieces/ab/one", PB_STR("anew"), &err), &err);
    for (size_t i = 0; i < many; i++) {
        char name[64];
        snprintf(name, sizeof name, "room/pieces/%02zx/n%zu", i % 4, i);
        must(backup_target_put(target, name, PB_STR("x"), &err), &err);
    }
    must(backup_target_list(target, "room/pieces", arena, &objects, &count, &err), &err);
    assert_int_equal(count, many + 1);
    assert_true(pb_str_is(objects[count - 1].name, "ab/one"));
    assert_int_equal(objects[count - 1].size, 4);
    must(backup_target_list(target, "room/nothing", arena, &objects, &count, &err), &err);
    assert_int_equal(count, 0);
    must(backup_target_remove(target, "room/pieces/ab/one", &err), &err);
    must(backup_target_remove(target, "room/pieces/ab/one", &err), &err);
    must(backup_target_exists(target, "room/pieces/ab/one", &there, &err), &err);
    assert_false(there);
    must(backup_target_settle(target, &err), &err);
    must(backup_target_tidy(target, "room", &err), &err);
    backup_target_close(target);
}

/* shows: PER-3 */
static void s3_keeps_objects(void **state)
{
    (void)state;
    exercise(open_place(s3_place("safe", "path")), 205); /* the server tells of 100 at a time */
    exercise(open_place(s3_place("safe", "host")), 3);
}

/* shows: PER-3 */
static void sftp_keeps_objects(void **state)
{
    (void)state;
    exercise(open_place(ssh_place("place/new")), 20);
}

/* A backup, another, and the way back through the program's own road: part of its own, loaded. */
static void around(const char *place)
{
    pb_error err = {0};
    backup_world w;
    backup_restored restored;
    int one = 100;
    world_begin(&w);
    fill(w.open);
    backup_target *target = open_place(place);
    backup_sent sent;
    const backup_call call = world_call();
    must(backup_send_once(w.open, &call, target, &sent, &err), &err);
    must(db_write(w.open, create_work, &one, &err), &err);
    must(backup_send_once(w.open, &call, target, &sent, &err), &err);
    assert_true(sent.pages_sent < sent.pages);
    backup_restore_options options = world_options(&w);
    options.target = target;
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_true(restored.compared);
    assert_int_equal(restored.report.records, FILLED_RECORDS + 1);
    backup_target_close(target);
    world_end(&w);
}

/* shows: PER-3 */
static void a_workspace_goes_around_s3(void **state)
{
    (void)state;
    around(s3_place("safe", "path"));
}

/* shows: PER-3 */
static void a_workspace_goes_around_sftp(void **state)
{
    (void)state;
    around(ssh_place("place/round"));
}

static void declare_places(const char *folder, const char *file, const char *second)
{
    char plan[2048];
    snprintf(plan, sizeof plan, "places: [\"%s\", \"%s\"]\nkeep: {newest: 1}\n",
             s3_place("safe", "path"), second);
    program_write(folder, file, plan);
    PROGRAM_EXPECT(folder, 0, "", "backups", "ws", "--declare", file, "--quiet");
}

/* The state before an upgrade goes there, stays when others are cleared away, and is listed; where
 * one of two places cannot be reached nothing is done. */
/* shows: INT-6 PER-3 */
static void an_upgrade_sends_the_former_state(void **state)
{
    (void)state;
    char *folder = program_folder();
    char path[300], nobody[128];
    snprintf(nobody, sizeof nobody, "sftp://me@127.0.0.1:%d/x", free_port());
    snprintf(path, sizeof path, "%s/more", folder);
    assert_int_equal(0, mkdir(path, 0700));
    program_write(folder, "more/more.yaml",
                  "extend: contact\nfields:\n  shade:\n    type: text\n    label: Shade\n");
    PROGRAM_EXPECT(folder, 0, "", "init", "ws", "--quiet");
    declare_places(folder, "lost.yaml", nobody);
    PROGRAM_EXPECT(folder, 2, "--without-places", "upgrade", "ws", "--model", "more");
    PROGRAM_EXPECT(folder, 1, "no backup yet", "backups", "ws");
    declare_places(folder, "plan.yaml", ssh_place("place/former"));
    PROGRAM_EXPECT(folder, 0, "can be reached", "upgrade", "ws", "--model", "more", "--dry-run");
    PROGRAM_EXPECT(folder, 0, "It stays there", "upgrade", "ws", "--model", "more");
    PROGRAM_EXPECT(folder, 0, "", "backup", "ws", "--model", "more", "--quiet");
    PROGRAM_EXPECT(folder, 0, "", "backup", "ws", "--model", "more", "--quiet");
    program_result r = PROGRAM(folder, "backups", "ws", "--model", "more");
    assert_int_equal(r.exit, 0);
    const char *first = strstr(r.out, "the state before the last upgrade");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "the state before the last upgrade"));
    assert_has(r.out, ": 2 backups");
    program_free(&r);
    program_remove_folder(folder);
}

static pb_status try_put(const char *place, pb_error *err)
{
    backup_target *target = open_place(place);
    pb_status status = backup_target_put(target, "room/x", PB_STR("x"), err);
    backup_target_close(target);
    return status;
}

/* shows: PER-3 SEC-1 */
static void s3_refusals_are_told(void **state)
{
    (void)state;
    pb_error err = {0};
    s3_secret("another");
    assert_int_equal(try_put(s3_place("safe", "path"), &err), PB_DENIED);
    s3_secret(SECRET);
    assert_int_equal(try_put(s3_place("unsafe", "path"), &err), PB_DENIED); /* no such bucket */
    assert_int_equal(try_put(s3_place("full", "path"), &err), PB_LIMIT);
    must(try_put(s3_place("flaky", "path"), &err), &err); /* tried again */
    void *self = NULL;
    unsetenv("AWS_SECRET_ACCESS_KEY");
    assert_int_equal(backup_s3_open(s3_place("safe", "path"), &self, &err), PB_DENIED);
    /* a file that others can read holds no secret */
    char path[300];
    snprintf(path, sizeof path, "%s/keys", s3.folder);
    program_write(s3.folder, "keys",
                  "AWS_ACCESS_KEY_ID=TESTKEY\nAWS_SECRET_ACCESS_KEY=" SECRET "\n");
    setenv("PROBITY_S3_KEYS", path, 1);
    chmod(path, 0644);
    assert_int_equal(backup_s3_open(s3_place("safe", "path"), &self, &err), PB_DENIED);
    chmod(path, 0600);
    must(try_put(s3_place("safe", "path"), &err), &err);
    s3_secret(SECRET);
    char place[128];
    snprintf(place, sizeof place, "s3://safe/x?endpoint=http://127.0.0.1:%d", free_port());
    assert_int_equal(try_put(place, &err), PB_BUSY); /* nobody is there */
    assert_int_equal(backup_s3_open("s3://", &self, &err), PB_USAGE);
    assert_int_equal(backup_s3_open("s3://b/p?size=3", &self, &err), PB_USAGE);
}

/* shows: PER-3 SEC-1 */
static void sftp_refusals_are_told(void **state)
{
    (void)state;
    pb_error err = {0};
    void *self = NULL;
    char known[300], other[300], command[1024];
    snprintf(known, sizeof known, "%s/known", ssh.folder);
    snprintf(other, sizeof other, "%s/other", ssh.folder);
    /* nobody knows the server */
    program_write(ssh.folder, "other", "");
    setenv("PROBITY_SFTP_KNOWN_HOSTS", other, 1);
    assert_int_equal(backup_sftp_open(ssh_place("place"), &self, &err), PB_DENIED);
    must_say(&err, "The key of the server 127.0.0.1 is not known.");
    /* it has another key than it had */
    snprintf(command, sizeof command,
             "cd '%s' && (printf '[127.0.0.1]:%d '; cut -d' ' -f1,2 mine.pub) > other", ssh.folder,
             ssh.port);
    run_quietly(command);
    assert_int_equal(backup_sftp_open(ssh_place("place"), &self, &err), PB_DENIED);
    must_say(&err, "The key of the server 127.0.0.1 is not the one it had.");
    setenv("PROBITY_SFTP_KNOWN_HOSTS", known, 1);
    /* it does not know us */
    snprintf(other, sizeof other, "%s/host", ssh.folder);
    setenv("PROBITY_SFTP_KEY", other, 1);
    assert_int_equal(backup_sftp_open(ssh_place("place"), &self, &err), PB_DENIED);
    snprintf(other, sizeof other, "%s/mine", ssh.folder);
    setenv("PROBITY_SFTP_KEY", other, 1);
    char place[128];
    snprintf(place, sizeof place, "sftp://me@127.0.0.1:%d/x", free_port());
    assert_int_equal(backup_sftp_open(place, &self, &err), PB_BUSY);
    assert_int_equal(backup_sftp_open("sftp://me:secret@host/x", &self, &err), PB_USAGE);
    assert_int_equal(backup_sftp_open("sftp://host", &self, &err), PB_USAGE);
    assert_int_equal(try_put(ssh_place("not/there"), &err), PB_NOT_FOUND); /* as for a folder */
}

/* A place that answers as often as `answers` says, and counts. */
typedef struct far_place {
    int asked, answers;
    atomic_bool *stop; /* set at the second try; NULL: never */
} far_place;

static pb_status far_put(void *self, const char *name, pb_str bytes, pb_error *err)
{
    far_place *far = self;
    (void)name;
    (void)bytes;
    far->asked++;
    if (far->stop != NULL && far->asked == 2)
        atomic_store(far->stop, true);
    return far->answers-- > 0 ? PB_OK : pb_fail(err, PB_BUSY, "It is away.", NULL);
}

static void far_close(void *self)
{
    (void)self;
}

/* shows: PER-3 */
static void tries_of_one_place_do_not_multiply(void **state)
{
    static const backup_kind kind = {.put = far_put, .close = far_close};
    (void)state;
    pb_error err = {0};
    backup_target *target = NULL;
    far_place far = {.answers = 0};
    atomic_bool stop = false;
    must(backup_target_wrap("far", &kind, &far, &target, &err), &err);
    assert_int_equal(backup_target_put(target, "x", PB_STR("x"), &err), PB_BUSY);
    assert_int_equal(far.asked, 4);
    assert_int_equal(backup_target_put(target, "x", PB_STR("x"), &err), PB_BUSY);
    assert_int_equal(far.asked, 5); /* it is known to be away */
    far.answers = 1;
    must(backup_target_put(target, "x", PB_STR("x"), &err), &err);
    far = (far_place){.stop = &stop};
    backup_target_watch(target, &stop);
    assert_int_equal(backup_target_put(target, "x", PB_STR("x"), &err), PB_CANCELLED);
    assert_int_equal(far.asked, 2);
    backup_target_close(target);
}

static void *stop_soon(void *context)
{
    sys_sleep_us(300000);
    atomic_store((atomic_bool *)context, true);
    return NULL;
}

/* Who listens and never answers: connections stand in the system's queue. */
static int silent_port(int *ret_socket)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    *ret_socket = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(*ret_socket, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(*ret_socket, 8), 0);
    assert_int_equal(getsockname(*ret_socket, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

/* shows: PER-3 */
static void a_transfer_that_waits_is_stopped(void **state)
{
    (void)state;
    pb_error err = {0};
    char place[128];
    int silent;
    pthread_t thread;
    atomic_bool stop = false;
    snprintf(place, sizeof place, "s3://safe/x?endpoint=http://127.0.0.1:%d", silent_port(&silent));
    backup_target *target = open_place(place);
    backup_target_watch(target, &stop);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &stop), 0);
    int64_t since = sys_monotonic_us();
    assert_int_equal(backup_target_put(target, "room/x", PB_STR("x"), &err), PB_CANCELLED);
    assert_true(sys_monotonic_us() - since < INT64_C(10000000)); /* it waits for 30 else */
    pthread_join(thread, NULL);
    must_say(&err, "Stopped on request");
    backup_target_close(target);
    close(silent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s3_keeps_objects),
        cmocka_unit_test(sftp_keeps_objects),
        cmocka_unit_test(a_workspace_goes_around_s3),
        cmocka_unit_test(a_workspace_goes_around_sftp),
        cmocka_unit_test(an_upgrade_sends_the_former_state),
        cmocka_unit_test(s3_refusals_are_told),
        cmocka_unit_test(sftp_refusals_are_told),
        cmocka_unit_test(tries_of_one_place_do_not_multiply),
        cmocka_unit_test(a_transfer_that_waits_is_stopped),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
