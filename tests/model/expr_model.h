/* The model that expressions and filters are tried on. */
#ifndef TESTS_MODEL_EXPR_MODEL_H
#define TESTS_MODEL_EXPR_MODEL_H

static const char expr_model[] = "entity: thing\n"
                                 "links: {firm: {to: thing}}\n"
                                 "fields:\n"
                                 "  stage: {type: choice, values: [Open, Won, Lost]}\n"
                                 "  city: text\n"
                                 "  size: integer\n"
                                 "  share: decimal\n"
                                 "  amount: money\n"
                                 "  paid: money\n"
                                 "  opened: date\n"
                                 "  closed: date\n"
                                 "  seen: instant\n"
                                 "  active: boolean\n";

#endif
