/* The terminal and the standard streams. */
#include "sys/terminal.h"

#include "sys/signal.h"

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { KEY_INTERRUPT = 3, KEY_END = 4, KEY_BACKSPACE = 8, KEY_CLEAR = 21, KEY_DELETE = 127 };

bool sys_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

int sys_terminal_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return 80;
    return size.ws_col < 20 ? 20 : size.ws_col > 1000 ? 1000 : size.ws_col;
}

pb_status sys_write_all(int fd, pb_str bytes, pb_error *err)
{
    if (sys_call_write_all(fd, bytes))
        return PB_OK;
    if (errno == EPIPE)
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    return sys_fail_path(err, PB_MSG("Could not write to {path}"),
                         fd == SYS_STDOUT   ? "standard output"
                         : fd == SYS_STDERR ? "standard error"
                                            : "the stream",
                         errno);
}

void sys_wipe(void *bytes, size_t size)
{
    if (bytes != NULL)
        explicit_bzero(bytes, size);
}

/* Takes back the last character, all its bytes. */
static void rub_out(pb_buf *out, size_t start)
{
    while (out->len > start && ((unsigned char)out->ptr[out->len - 1] & 0xC0) == 0x80)
        out->len--;
    if (out->len > start)
        out->len--;
}

/* Reads up to the end of the line. `keys`: the terminal hands over each key as it is pressed. */
static pb_status read_line(int fd, bool keys, pb_buf *out, pb_error *err)
{
    size_t start = out->len;
    for (;;) {
        char c = '\0';
        ssize_t len = read(fd, &c, 1);
        if ((len < 0 && errno == EINTR && sys_interrupted()) || (keys && c == KEY_INTERRUPT))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return sys_fail_path(err, PB_MSG("Could not read the passphrase from {path}"),
                                 keys ? "the terminal" : "standard input", errno);
        if (len == 0 || c == '\n' || (keys && (c == '\r' || c == KEY_END)))
            return PB_OK;
        if (keys && (c == KEY_BACKSPACE || c == KEY_DELETE))
            rub_out(out, start);
        else if (keys && c == KEY_CLEAR)
            out->len = start;
        else if (out->len - start < SYS_PASSPHRASE_MAX)
            pb_buf_byte(out, c);
        else
            return pb_fail(err, PB_LIMIT, PB_MSG("The passphrase is longer than {max} bytes"),
                           "max", PB_ARG_INT(SYS_PASSPHRASE_MAX), NULL);
    }
}

static pb_status read_keys(int fd, const char *prompt, pb_buf *out, pb_error *err)
{
    struct termios usual;
    if (tcgetattr(fd, &usual) < 0)
        return sys_fail_path(err, PB_MSG("Could not read the passphrase from {path}"),
                             "the terminal", errno);
    struct termios silent = usual;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    if (tcsetattr(fd, TCSAFLUSH, &silent) < 0) /* never with echo */
        return sys_fail_path(err, PB_MSG("Could not read the passphrase from {path}"),
                             "the terminal", errno);
    sys_call_write_all(fd, pb_str_c(prompt)); /* only now: what is typed earlier is thrown away */
    pb_status status = read_line(fd, true, out, err);
    tcsetattr(fd, TCSAFLUSH, &usual);
    sys_call_write_all(fd, PB_STR("\n"));
    return status;
}

pb_status sys_read_passphrase(const char *prompt, pb_buf *out, pb_error *err)
{
    size_t start = out->len;
    if (!pb_buf_reserve(out, SYS_PASSPHRASE_MAX + 1))
        return pb_fail_memory(err);
    int fd = sys_call_open("/dev/tty", O_RDWR | O_NOCTTY, 0);
    pb_status status =
        fd < 0 ? read_line(SYS_STDIN, false, out, err) : read_keys(fd, prompt, out, err);
    if (fd >= 0)
        close(fd);
    if (status == PB_OK && out->len == start)
        return pb_fail(err, PB_INVALID, PB_MSG("The passphrase is empty"), NULL);
    return status;
}
