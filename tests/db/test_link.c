/* The line to a database server breaks: every call that libpq makes on its socket fails once, or
 * several in a row, as it would with a broken cable, a card that errs, a server that hangs up. What
 * was acknowledged is there, nothing is half there, the words are clear, and the next call works
 * without anybody doing anything. Argument: `long` tries every call, else a spread of them.
 *
 * The calls are this program's own functions of the same names, which libpq finds before those of
 * the C library.
 */
#include "db_support.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

typedef enum line_call { LINE_SEND, LINE_RECV, LINE_POLL, LINE_CONNECT, LINE_CALLS } line_call;

typedef struct line_fault {
    const char *name;
    line_call call;
    int error; /* 0: as if the other side had hung up */
    bool torn; /* half of the bytes go first */
} line_fault;

static const line_fault faults[] = {
    {"send fails", LINE_SEND, EIO, false},
    {"send breaks off", LINE_SEND, ECONNRESET, true},
    {"receive fails", LINE_RECV, EIO, false},
    {"hung up", LINE_RECV, 0, false},
    {"waiting fails", LINE_POLL, EIO, false},
    {"connecting fails", LINE_CONNECT, EIO, false},
    {"no memory for it", LINE_RECV, ENOMEM, false},
};
enum { FAULTS = sizeof faults / sizeof faults[0], BURST = 4 };

static struct {
    const line_fault *armed; /* NULL: all goes well */
    long left;               /* calls of its kind until it comes */
    int burst;               /* calls that fail from then on */
    bool fired;
} line;

ssize_t send(int fd, const void *bytes, size_t count, int flags);
ssize_t recv(int fd, void *bytes, size_t count, int flags);
int poll(struct pollfd *fds, nfds_t count, int timeout);
int connect(int fd, const struct sockaddr *address, socklen_t len);

static void line_arm(const line_fault *fault, long nth, int burst)
{
    line.left = nth;
    line.burst = burst;
    line.fired = false;
    line.armed = fault;
}

static bool line_disarm(void)
{
    line.armed = NULL;
    return line.fired;
}

static bool line_fails(line_call call)
{
    if (line.armed == NULL || line.armed->call != call)
        return false;
    line.left--;
    if (line.left > 0 || line.left <= -line.burst)
        return false;
    line.fired = true;
    errno = line.armed->error;
    return true;
}

static void *beneath(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        abort();
    return found;
}

/* A line that failed stays so: neither side hears of the other any more. */
static ssize_t broken(int fd)
{
    shutdown(fd, SHUT_RDWR);
    errno = line.armed->error;
    return -1;
}

ssize_t send(int fd, const void *bytes, size_t count, int flags)
{
    static ssize_t (*real)(int, const void *, size_t, int);
    if (real == NULL)
        *(void **)&real = beneath("send");
    if (!line_fails(LINE_SEND))
        return real(fd, bytes, count, flags);
    if (line.armed->torn && count > 1)
        real(fd, bytes, count / 2, flags);
    return broken(fd);
}

ssize_t recv(int fd, void *bytes, size_t count, int flags)
{
    static ssize_t (*real)(int, void *, size_t, int);
    if (real == NULL)
        *(void **)&real = beneath("recv");
    if (!line_fails(LINE_RECV))
        return real(fd, bytes, count, flags);
    return line.armed->error == 0 ? 0 : broken(fd);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    static int (*real)(struct pollfd *, nfds_t, int);
    if (real == NULL)
        *(void **)&real = beneath("poll");
    return line_fails(LINE_POLL) ? -1 : real(fds, count, timeout);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    static int (*real)(int, const struct sockaddr *, socklen_t);
    if (real == NULL)
        *(void **)&real = beneath("connect");
    return line_fails(LINE_CONNECT) ? -1 : real(fd, address, len);
}

/* ---- what is done under faults ---- */

enum { BATCHES = 4000, ROWS = 3 };

typedef struct trial {
    room *r;
    const char *what; /* for messages */
    bool acknowledged[BATCHES];
    int next, checked;
    long told, few; /* each run is at about a `few`th part more calls than the one before */
} trial;

static bool every_call;

static void judge(trial *t, pb_status status, const char *doing)
{
    room *r = t->r;
    if (status == PB_OK)
        return;
    t->told++;
    bool clear = status == PB_IO || status == PB_BUSY || status == PB_MEMORY;
    if (!clear || r->err.primary.id == NULL || r->err.hint.id == NULL)
        fail_msg("%s: %s: status %d: %s", t->what, doing, (int)status, said(r));
}

/* Rows that go one by one, and a row that is asked back in between. */
static pb_status batch_work(db_session *session, void *context, pb_error *err)
{
    int number = *(const int *)context;
    db_stmt *stmt = NULL;
    bool row = false;
    char token[32];
    snprintf(token, sizeof token, "batch%d", number);
    for (int i = 0; i < ROWS; i++) {
        PB_TRY(insert_account(session, number * 10 + i, PB_STR("Acme"), err));
        PB_TRY(db_search_add(session, PB_STR("account"), number * 10 + i, pb_str_c(token), err));
        if (i != 1)
            continue;
        PB_TRY(db_prepare(session, "SELECT COUNT(*) FROM t_account WHERE n >= ?1", &stmt, err));
        db_bind_i64(stmt, 1, number * 10);
        PB_TRY(db_step(stmt, &row, err));
        int64_t count = row ? db_column_i64(stmt, 0) : -1;
        db_reset(stmt);
        if (count != 2)
            return pb_fail(err, PB_INTERNAL, PB_MSG("No."), NULL);
    }
    return PB_OK;
}

static void commit_batch(trial *t)
{
    room *r = t->r;
    int number = t->next++;
    assert_true(number < BATCHES);
    if (r->workspace == NULL)
        return;
    r->err = (pb_error){0};
    pb_status status = db_write(r->workspace, batch_work, &number, &r->err);
    t->acknowledged[number] = status == PB_OK;
    judge(t, status, "commit");
}

static void read_now(trial *t)
{
    room *r = t->r;
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = true;
    int64_t rows = 0;
    if (r->workspace == NULL)
        return;
    r->err = (pb_error){0};
    pb_status status = db_snapshot_open(r->workspace, &session, &r->err);
    if (status == PB_OK)
        status = db_prepare(session, "SELECT n FROM t_account ORDER BY n", &stmt, &r->err);
    for (; status == PB_OK && row; rows += row)
        status = db_step(stmt, &row, &r->err);
    if (status == PB_OK && rows % ROWS != 0)
        fail_msg("%s: %lld rows were read", t->what, (long long)rows);
    judge(t, status, "read");
    db_snapshot_close(session);
}

static void open_now(trial *t)
{
    room *r = t->r;
    r->err = (pb_error){0};
    r->workspace = db_workspace_close(r->workspace);
    judge(t, db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err),
          "open");
}

static void play(trial *t)
{
    open_now(t);
    commit_batch(t);
    read_now(t);
    commit_batch(t);
    read_now(t);
    t->r->workspace = db_workspace_close(t->r->workspace);
}

/* ---- what must be true afterwards ---- */

/* The rows of each batch since the last look: all or none. */
static void check_batches(trial *t)
{
    room *r = t->r;
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    for (; t->checked < t->next; t->checked++) {
        char sql[120], token[32];
        int64_t found[100];
        size_t hits = 0;
        int number = t->checked;
        db_stmt *stmt = NULL;
        bool row = false;
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM t_account WHERE n BETWEEN %d AND %d",
                 number * 10, number * 10 + 9);
        assert_ok(r, db_prepare_text(session, pb_str_c(sql), &stmt, &r->err));
        assert_ok(r, db_step(stmt, &row, &r->err));
        int rows = (int)db_column_i64(stmt, 0);
        db_reset(stmt);
        snprintf(token, sizeof token, "batch%d", number);
        assert_ok(r, db_search_query(session, PB_STR("account"), pb_str_c(token), 100, found, &hits,
                                     &r->err));
        size_t ours = 0; /* batch1 finds batch12 too */
        for (size_t k = 0; k < hits; k++)
            ours += found[k] / 10 == number;
        if (t->acknowledged[number] && rows == 0)
            fail_msg("%s: batch %d was acknowledged and is gone", t->what, number);
        if ((rows != 0 && rows != ROWS) || ours != (size_t)rows)
            fail_msg("%s: batch %d is half there: %d rows, %zu in the index", t->what, number, rows,
                     ours);
    }
    db_snapshot_close(session);
}

/* Every call, or ever fewer of them. */
static long next_of(long nth, long few)
{
    return nth + (every_call ? 1 : 1 + nth / few);
}

/* One of each kind; the calls are so many that failing at the last of them does nothing. */
static long try_faults(trial *t, int burst,
                       bool (*run_one)(trial *t, const line_fault *, long nth, int burst))
{
    long runs = 0;
    for (size_t i = 0; i < FAULTS; i++) {
        long nth = 1;
        while (run_one(t, &faults[i], nth, burst)) {
            nth = next_of(nth, t->few);
            runs++;
        }
        if (nth == 1)
            fail_msg("%s: never happened", faults[i].name);
    }
    return runs;
}

static bool run_one(trial *t, const line_fault *fault, long nth, int burst)
{
    char what[100];
    snprintf(what, sizeof what, "%s %ld, %d times", fault->name, nth, burst);
    t->what = what;
    line_arm(fault, nth, burst);
    play(t);
    bool fired = line_disarm();
    room *r = t->r;
    pb_status status =
        db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err);
    if (status != PB_OK)
        fail_msg("%s: does not open any more: %s", what, said(r));
    check_batches(t);
    commit_batch(t);
    if (!t->acknowledged[t->next - 1])
        fail_msg("%s: takes no more commits: %s", what, said(r));
    r->workspace = db_workspace_close(r->workspace);
    return fired;
}

static void break_in(int burst)
{
    static trial t;
    t = (trial){.r = room_open(&test_engines[0]), .few = burst == 1 ? 4 : 2};
    make(t.r);
    t.r->workspace = db_workspace_close(t.r->workspace);
    long runs = try_faults(&t, burst, run_one);
    print_message("%ld faults, %ld told\n", runs, t.told);
    assert_true(runs > 30 && t.told > 20);
    room_close(t.r);
}

/* shows: PER-2 PER-3 */
static void a_line_that_breaks_once_loses_nothing(void **state)
{
    (void)state;
    break_in(1);
}

/* shows: PER-2 PER-3 */
static void a_line_that_stays_broken_for_a_while_loses_nothing(void **state)
{
    (void)state;
    break_in(BURST);
}

/* ---- making a workspace ---- */

static bool make_one(trial *t, const line_fault *fault, long nth, int burst)
{
    char what[100];
    room *r = room_open(&test_engines[0]);
    snprintf(what, sizeof what, "making it: %s %ld", fault->name, nth);
    trial one = {.r = r, .what = what};
    line_arm(fault, nth, burst);
    pb_status status =
        db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL, &r->workspace, &r->err);
    bool fired = line_disarm();
    judge(&one, status, "create");
    t->told += one.told;
    r->workspace = db_workspace_close(r->workspace);
    /* there as a whole, or not at all */
    pb_status opened =
        db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err);
    if (opened != PB_OK && status == PB_OK)
        fail_msg("%s: was made and does not open: %s", what, said(r));
    if (opened != PB_OK && opened != PB_NOT_FOUND)
        fail_msg("%s: half made: %s", what, said(r));
    if (opened != PB_OK)
        status =
            db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL, &r->workspace, &r->err);
    if (opened != PB_OK && status != PB_OK)
        fail_msg("%s: cannot be made again: %s", what, said(r));
    int64_t n = 1;
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    room_close(r);
    return fired;
}

/* shows: PER-2 PER-3 */
static void a_workspace_is_made_or_not(void **state)
{
    (void)state;
    trial t = {.what = "making it", .few = 1};
    long runs = try_faults(&t, 1, make_one);
    assert_true(runs > 15 && t.told > 10);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_breaks_once_loses_nothing),
        cmocka_unit_test(a_line_that_stays_broken_for_a_while_loses_nothing),
        cmocka_unit_test(a_workspace_is_made_or_not),
    };
    every_call = argc > 1 && strcmp(argv[1], "long") == 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
