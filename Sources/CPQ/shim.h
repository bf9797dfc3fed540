#include <libpq-fe.h>

/* Letters that Swift doesn't see as numbers: fields of an error. */
static const int waymark_sqlstate = PG_DIAG_SQLSTATE;
static const int waymark_message = PG_DIAG_MESSAGE_PRIMARY;
static const int waymark_hint = PG_DIAG_MESSAGE_HINT;
static const int waymark_position = PG_DIAG_STATEMENT_POSITION;
