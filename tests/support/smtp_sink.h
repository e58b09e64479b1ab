/* The mail server of tests (smtp_sink.py), and what it was sent. */
#ifndef SMTP_SINK_H
#define SMTP_SINK_H

#include "base/buf.h"
#include "program.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct smtp_sink {
    char folder[300], authority[340];
    int starttls, tls, plain; /* ports */
    pid_t process;
} smtp_sink;

/** Runs a line of the shell; its exit code. */
static inline int smtp_sink_run(const char *command)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(98);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void smtp_sink_start(smtp_sink *sink)
{
    const char *above = getenv("TMPDIR"); /* what a confined server may read */
    char program[4096], path[400];
    FILE *ports = NULL;
    (void)snprintf(sink->folder, sizeof sink->folder, "%s/probity-smtp-XXXXXX",
                   above != NULL ? above : "/tmp");
    assert_non_null(mkdtemp(sink->folder));
    (void)snprintf(program, sizeof program, "%s/tests/support/smtp_sink.py", program_root());
    (void)snprintf(path, sizeof path, "%s/ports", sink->folder);
    (void)snprintf(sink->authority, sizeof sink->authority, "%s/authority.pem", sink->folder);
    sink->process = fork();
    if (sink->process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execlp("python3", "python3", program, sink->folder, (char *)NULL);
        _exit(98);
    }
    for (int i = 0; i < 600 && ports == NULL; i++) {
        usleep(100000);
        ports = fopen(path, "re");
    }
    assert_non_null(ports);
    assert_int_equal(fscanf(ports, "%d %d %d", &sink->starttls, &sink->tls, &sink->plain), 3);
    (void)fclose(ports);
}

/** The message `number` (from 1) as it came, with login, sender and recipient before it; false:
 * there are fewer. */
static inline bool smtp_sink_read(const smtp_sink *sink, int number, pb_buf *out)
{
    char path[400], bytes[4096];
    size_t len;
    (void)snprintf(path, sizeof path, "%s/%d.eml", sink->folder, number);
    FILE *file = fopen(path, "re");
    pb_buf_clear(out);
    if (file == NULL)
        return false;
    while ((len = fread(bytes, 1, sizeof bytes, file)) > 0)
        pb_buf_add(out, pb_str_n(bytes, len));
    (void)fclose(file);
    return true;
}

static inline void smtp_sink_stop(smtp_sink *sink)
{
    char command[400];
    kill(sink->process, SIGKILL);
    waitpid(sink->process, NULL, 0);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", sink->folder);
    assert_int_equal(smtp_sink_run(command), 0);
}

#endif
