/* One cluster while it is looked at once more: its members, the links between them, and the parts
 * it falls into. apart.c gathers and separates, bridges.c cuts, linkage.c makes large ones anew. */
#ifndef MATCH_APART_H
#define MATCH_APART_H

#include "internal.h"

enum { CLUSTER_LARGE = 10 }; /* beyond so many members the mean over all of them decides */

typedef struct edge {
    uint32_t to; /* member */
    double score;
} edge;

typedef struct bridge {
    uint32_t child; /* in the tree of the walk: its subtree is the one side */
    double score;
    uint64_t tie;
} bridge;

/* One cluster. Members are numbers from 0. */
typedef struct cluster {
    match_forest *forest;
    const match_result *result;
    const uint32_t *origin; /* per row of the table: the first that holds the same */
    uint32_t *rows;         /* of members, ascending */
    uint32_t *order;        /* members by what they hold */
    uint32_t *part;         /* of each member: which part it falls into */
    uint32_t *first_edge;   /* by member, and one behind */
    uint32_t *seen, *low, *end, *from, *walk; /* of the walk: number, lowest reached, end of the
                                                 subtree, member before, its way */
    edge *edges;
    bridge *bridges;
    size_t count, edge_count, edge_room, bridge_count, member_room;
    uint32_t parts;
} cluster;

/** What a member holds, as a number: rows that hold the same have the same. */
static inline uint64_t match_member_content(const cluster *of, uint32_t member)
{
    return of->forest->table->content[of->rows[member]];
}

/* bridges.c */
/** Cuts at links whose two sides hang together by nothing else and whose members contradict each
 * other, the weakest first. Uses `seen`, `low`, `end`, `from`, `walk` and `bridges`. */
void match_cut_bridges(cluster *of);

/* linkage.c */
/** Makes each large part anew from the mean odds between all its members; larger ones than it
 * takes (64) stay. False: memory ran out. */
bool match_join_large(cluster *of);

#endif
