/* The running server, and what its parts do for one another. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "route.h"

#include "service/reads.h"
#include "sys/listen.h"

#include <pthread.h>
#include <stdatomic.h>

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;
struct gnutls_session_int;

enum {
    HTTP_LISTEN_MAX = 16,
    HTTP_SPARE_ARENAS = 256,
    /* What libmicrohttpd keeps of a request, for each connection all the time. Above 32 KiB it
     * comes from the system in whole pages. */
    HTTP_ROOM = 36 << 10
};

typedef struct http_server http_server;
typedef struct http_metrics http_metrics;
typedef struct http_workers http_workers;
typedef struct http_reads http_reads;
typedef struct http_sender http_sender;
typedef struct http_keeper http_keeper;
typedef struct http_certificates http_certificates;
typedef struct http_events http_events;
typedef struct http_jobs http_jobs;
typedef struct http_post http_post;

/** A socket that is listened on, and the daemon that serves it. */
typedef struct http_listener {
    http_server *server;
    sys_socket socket;
    const char *path; /* of a Unix socket; NULL: TCP */
    const char *url;  /* as people open it */
    bool tls;
    bool metrics; /* only tells metrics and health */
    struct MHD_Daemon *daemon;
} http_listener;

struct http_server {
    const http_options *options;
    http_limits limits;        /* with the defaults filled in */
    pb_arena *arena;           /* as long as the server */
    pb_catalog *catalogs[2];   /* zh-CN, fa */
    const char *report_policy; /* Content-Security-Policy of the report */
    pb_buf report;
    http_ways ways;  /* to the routes */
    pb_str too_late; /* what is said to who was too slow, as it goes over the wire */
    http_metrics *metrics;
    http_workers *workers;
    http_reads *reads;
    http_sender *sender;
    http_keeper *keeper;
    http_jobs *jobs; /* NULL: none are done here */
    http_post *post; /* NULL: there is no workspace */
    http_certificates *certificates;
    http_listener listeners[HTTP_LISTEN_MAX];
    size_t listener_count;
    atomic_bool draining;
    atomic_bool closed; /* nothing is begun any more */
    atomic_uint active; /* requests whose head came and whose answer is not out yet */
    pthread_mutex_t spare_lock;
    pb_arena *spares[HTTP_SPARE_ARENAS]; /* of requests that are over, for those to come */
    size_t spare_count;
    atomic_int_fast64_t look_us; /* when it is due to look for another model, see exchange.c */
    atomic_uint_fast64_t numbers;
    uint64_t seed;
};

/** What a connection is at; how long that may take is the keeper's. */
typedef enum http_stage { HTTP_WAITS, HTTP_READS, HTTP_WORKS, HTTP_SENDS, HTTP_STREAMS } http_stage;

/** Bytes for a connection's socket that do not leave yet: answers wait for the ledger, or the other
 * side takes no more (hold.c). Places are counted from the first byte that was ever held. */
typedef struct http_hold {
    char *bytes; /* those from `out` on; NULL: none */
    size_t size, room;
    uint64_t out;     /* what is before has left */
    uint64_t free;    /* what is before may leave */
    unsigned answers; /* that wait for the ledger */
    bool on;          /* what is pushed now belongs to the last of them */
    bool sender;      /* the sender sees to what may leave */
    bool broken;      /* nothing leaves any more */
    int64_t since_us; /* since when the sender has it */
} http_hold;

typedef struct http_connection {
    struct http_connection *next, *previous; /* the keeper's list */
    http_server *server;
    http_listener *listener;
    struct gnutls_session_int *session; /* NULL: plain */
    int fd;
    struct http_connection *next_sent; /* the sender's list */
    pthread_mutex_t mutex;             /* for what follows, shared with the keeper */
    unsigned users; /* the thread that looks after it, each answer that is held, the sender */
    bool closed;    /* the first of them is gone; `fd` is our own then, or -1 */
    http_hold hold;
    http_stage stage;
    int64_t since_us;  /* in this stage */
    uint64_t bytes;    /* that this stage has to move */
    uint64_t received; /* by the socket when it began to wait */
    bool began;        /* something came since */
    atomic_bool stop;  /* nobody waits for what is being worked on */
    bool gone;         /* and the other side has closed before the request was whole */
    bool late;         /* given up: what comes is not heard any more */
    bool shaken;       /* TLS is agreed on */
    bool crowded;      /* one too many from its address */
    uint64_t group;    /* see sys_net_group */
    /* Of the thread alone that looks after the connection (tls.c): */
    char *room;                   /* where libmicrohttpd keeps requests; NULL: not known */
    uint64_t pulled;              /* bytes that came since TLS was agreed on */
    bool body_follows;            /* behind what is sent next */
    struct http_tls_ahead *ahead; /* received and not asked for yet; NULL: nothing */
    struct http_tls_head *head;   /* the record that waits for its body; NULL: none */
    char address[SYS_ADDRESS_MAX];
} http_connection;

typedef struct http_exchange http_exchange;
/** What a worker does with an exchange. */
typedef struct http_work {
    struct http_work *next;
    uint64_t client; /* whose work it is: one client never has all workers */
    void (*run)(void *context);
    void *context;
} http_work;

/** One request and its answer, while they are under way. */
struct http_exchange {
    http_request request;
    http_response response;
    http_connection *connection;
    struct MHD_Connection *mhd;
    pb_str raw;            /* the address as it came */
    const char *raw_place; /* where it stood */
    pb_buf body;
    size_t head_size;
    uint64_t body_size; /* that is to come */
    uint64_t body_max;  /* that may come */
    uint64_t received;  /* that came, and were taken in */
    uint64_t passed;    /* that came, and were not */
    bool chunked;       /* nobody said how many come */
    bool pieces;        /* HTTP_PIECES: `body` is what was not given on yet */
    enum http_phase {
        HTTP_NEW,
        HTTP_ASKING,   /* a worker finds out whether the body may come */
        HTTP_ADMITTED, /* it may */
        HTTP_REFUSED,  /* it may not */
        HTTP_BODY,
        HTTP_GIVING, /* a worker gives a piece of it on */
        HTTP_WORKING,
        HTTP_READY,
        HTTP_QUEUED
    } phase;
    bool close;       /* the connection ends with this answer */
    bool lasts;       /* as far as the client says, it does not */
    bool held;        /* the answer is made, and leaves when the ledger has what was read */
    uint64_t held_to; /* the place behind its last byte */
    int64_t began_us; /* by the clock that never goes back */
    int64_t whole_us; /* the same, when its last byte was there */
    db_watch watch;   /* which statements took long */
    http_work work;
    service_later later;             /* what was read for it, and is not in the ledger yet */
    struct http_exchange *next_read; /* that waits for the same */
    http_events *events;             /* the answer is a stream */
    const struct service_turn *turn; /* held to the end; NULL: there are none, or not yet */
    http_options options;            /* those of the server, as they are in that turn */
};

/* serve.c */
/** NULL: English. */
const pb_catalog *http_server_catalog(const http_server *server, const char *language);

/* transport.c */
/** Begins to serve a listener. */
pb_status http_transport_start(http_server *server, http_listener *listener, pb_error *err);
/** Takes no new connections, and refuses those that wait to be taken; the socket stays with the
 * listener. */
void http_transport_quiesce(http_listener *listener);
/** Ends what is left; nothing may be suspended any more. */
void http_transport_stop(http_listener *listener);

/* exchange_life.c */
/** An exchange of the connection (NULL: there is none any more). NULL: without memory, or while the
 * server is closed. */
http_exchange *http_transport_begin(http_server *server, http_connection *c,
                                    struct MHD_Connection *mhd, const char *uri);
/** Gives back what is kept for requests to come. */
void http_transport_rest(http_server *server);
/** The exchange is over: counted, logged, freed. `out`: its answer has left. */
void http_transport_over(http_exchange *exchange, bool out);

/* turn.c */
/** The options of the server with service, workspace and desk as they are now; kept until it is let
 * go. NULL: they never change. `may_wait`: see service_turn_take. */
const struct service_turn *http_turn_take(const http_server *server, bool may_wait,
                                          http_options *ret);
/** Takes NULL. */
void http_turn_release(const http_server *server, const struct service_turn *turn);

/* exchange.c */
/** Bytes that a body for this route may have. */
#define HTTP_FILE_MAX (UINT64_C(2) << 30)
uint64_t http_body_max(const http_server *server, const http_route *route);
/** Answers the whole request: finds what it asks for and runs it, or words why not. */
void http_exchange_run(http_exchange *exchange);
/** The same without waiting for anybody, where it takes microseconds. False: it is to be run by a
 * worker. */
bool http_exchange_try(http_exchange *exchange);
/** It needs the workspace no more. */
void http_exchange_end_turn(http_exchange *exchange);
/** Whether the head may be followed by its body and an answer; false: `response` refuses it. */
bool http_exchange_begin(http_exchange *exchange);
/** Of HTTP_PIECES, before the body: whether it may come, and where to; false: `response` refuses
 * it. */
bool http_exchange_admit(http_exchange *exchange);
/** Gives on what came of it; false: `response` says why that could not be done. */
bool http_exchange_give(http_exchange *exchange);
/** Makes the answer a refusal of a body that is larger than `body_max`. */
void http_exchange_refuse_size(http_exchange *exchange);
/** Makes the answer a problem. */
void http_exchange_refuse(http_exchange *exchange, int http_status, const pb_error *error);

/* send.c */
/** An answer as it goes over the wire past libmicrohttpd, which ends the connection; in `arena`,
 * absent without memory. */
pb_str http_send_words(const http_response *response, pb_arena *arena);
/** The answer with the headers that every answer has, compressed where asked; NULL without memory.
 */
struct MHD_Response *http_send_make(http_exchange *exchange);

/* keeper.c: deadlines, counts by address */
pb_status http_keeper_start(http_server *server, http_keeper **ret_keeper, pb_error *err);
http_keeper *http_keeper_stop(http_keeper *keeper);
/** A connection came; `address` is a sockaddr. NULL without memory. */
http_connection *http_keeper_add(http_keeper *keeper, http_listener *listener, int fd,
                                 const void *address);
void http_keeper_remove(http_keeper *keeper, http_connection *connection);
/** One of its users is gone, and the connection with the last of them. */
void http_connection_release(http_connection *connection);
/** What it is at now, and how many bytes that has to move. False: it was given up meanwhile. */
bool http_keeper_stage(http_connection *connection, http_stage stage, uint64_t bytes);
/** The first line of a request is there. */
void http_keeper_begin(http_connection *connection);
/** So many bytes of a body came whose time is that of what came: as much more is left for the rest.
 */
void http_keeper_more(http_connection *connection, uint64_t bytes);
/** What is being worked on is to end without being done. */
void http_keeper_stop_work(http_keeper *keeper);
size_t http_keeper_count(http_keeper *keeper);
/** Has `events` looked after until they end; false: there are too many streams. */
bool http_keeper_watch(http_keeper *keeper, http_events *events);
/** Ends all streams. */
void http_keeper_end_events(http_keeper *keeper);

/* reads.c: the ledger has what was read before it is answered */
pb_status http_reads_start(http_reads **ret_reads, pb_error *err);
/** Writes what waits to be written, and ends. Takes NULL. */
http_reads *http_reads_stop(http_reads *reads);
/** The answer is made: it goes out when what was read for it is in the ledger, and all that came
 * before it is out. */
void http_reads_put(http_exchange *exchange);
/** Whether any answer waits for that, or is about to. */
bool http_reads_busy(http_reads *reads);
/** Whether the last commit went well: answers may be made in good faith. */
bool http_reads_good(http_reads *reads);

/* hold.c: bytes that do not leave yet */
/** Whether the answer may be made now, and held. */
bool http_hold_may(http_exchange *exchange);
/** Whether any answer of the connection is held. */
bool http_hold_any(http_connection *connection);
/** What is pushed from here on is the answer; to be ended by http_hold_end when all of it was, and
 * then let go of. */
void http_hold_begin(http_exchange *exchange);
void http_hold_end(http_exchange *exchange);
/** The ledger has what was read: it leaves. Or it does not, and never will: the connection ends.
 * The exchange is over. */
void http_hold_let_go(http_exchange *exchange, bool good);
/** Bytes that follow each other on the wire. What may not leave yet is kept, and reported as sent;
 * where nothing is held, false: it is to be sent. */
bool http_hold_take(http_connection *connection, const pb_str *parts, size_t count,
                    ptrdiff_t *ret_sent);
/** The thread that looked after the connection closes its socket. With its lock held. */
void http_hold_close(http_connection *connection);
pb_status http_sender_start(http_server *server, http_sender **ret_sender, pb_error *err);
/** Takes NULL. */
http_sender *http_sender_stop(http_sender *sender);

/* workers.c */
pb_status http_workers_start(http_server *server, http_workers **ret_workers, pb_error *err);
/** Waits for what runs; from then on nothing does. Takes NULL. */
http_workers *http_workers_stop(http_workers *workers);
http_workers *http_workers_free(http_workers *workers);
/** Keeps a place for one piece of work; false: the queue is full. */
bool http_workers_reserve(http_workers *workers);
/** Keeps a place for what is begun already, also where the queue is full. */
void http_workers_insist(http_workers *workers);
/** Takes the place that was kept. */
void http_workers_put(http_workers *workers, http_work *work);
size_t http_workers_waiting(http_workers *workers);
/** Whether anything is being worked on, or waits to be. */
bool http_workers_busy(http_workers *workers);

/* metrics.c */
http_metrics *http_metrics_new(void);
http_metrics *http_metrics_free(http_metrics *metrics);
/** `route` NULL: none was found or asked for. */
void http_metrics_count(http_metrics *metrics, const http_route *route, int status, int64_t us);
/** A connection was refused or given up, and why (static text). */
typedef enum http_loss {
    HTTP_LOSS_CROWDED,
    HTTP_LOSS_LATE,
    HTTP_LOSS_VANISHED,
    HTTP_LOSSES
} http_loss;
void http_metrics_lose(http_metrics *metrics, http_loss loss);
/** The text exposition format 0.0.4 of Prometheus. */
void http_metrics_put(const http_metrics *metrics, http_server *server, pb_buf *out);

/* log.c: JSON lines on standard error; never values, addresses of clients, or queries */
/** What happened, with pairs of `const char *name, const char *value` ended by NULL. */
void http_log(const char *level, const char *event, ...) __attribute__((sentinel));
void http_log_error(const char *event, const pb_error *error);
/** The same of a request that could not be done for a fault on this side. */
void http_log_fault(const http_request *request, const pb_error *error);
/** A request that was answered, as its operation. */
void http_log_request(const http_exchange *exchange, const char *event, int64_t us);
/** Those of its SQL statements that took at least so long: text without values, time, rows. */
void http_log_statements(const http_exchange *exchange, int64_t least_us);

/* tls.c */
pb_status http_certificates_open(const http_options *options, const char *const *hosts,
                                 size_t host_count, http_certificates **ret, pb_error *err);
http_certificates *http_certificates_close(http_certificates *certificates);
/** Reads the files anew; what was there before stays on failure. */
pb_status http_certificates_reload(http_certificates *certificates, pb_error *err);
/** SHA-256 of the certificate in use, hexadecimal, for people to compare. */
void http_certificates_print(http_certificates *certificates, pb_buf *out);
/** The head of a request stands at `head` in the connection's room. */
void http_tls_room(http_connection *connection, char *head, size_t head_size);
/** Says so at once, past libmicrohttpd; what does not go without waiting is lost. For the thread
 * that looks after the connection. */
void http_tls_say(http_connection *connection, pb_str bytes);
/** Makes a new TLS session end in this server's ways. */
void http_tls_begin(http_connection *connection);
/** The head of an answer that has a body is sent next: both are to leave together. */
void http_tls_answer(http_connection *connection);
/** The answer is out: so is its head. */
void http_tls_answered(http_connection *connection);

/* events.c */
/** Has the stream's next look done by a worker where it is due. */
void http_events_tick(http_events *events, int64_t now_us);
struct MHD_Response *http_events_response(http_events *events, struct MHD_Connection *mhd);
/** Nothing more comes; whoever looks is told. */
void http_events_end(http_events *events);
http_events *http_events_hold(http_events *events);
http_events *http_events_release(http_events *events);
bool http_events_ended(http_events *events);

/* report.c */
enum { HTTP_REPORT_MAX = 64 << 20 };
/** Reads the report that is shown, and which styles it has. */
pb_status http_report_open(http_server *server, pb_error *err);

#endif
