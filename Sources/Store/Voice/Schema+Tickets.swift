extension Schema {
  /// Answers and events that somebody has to see to, and who did: version 7.
  static let ticketTables = """
    CREATE TABLE tickets (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      origin TEXT NOT NULL CHECK (origin IN ('survey', 'rule')),
      name TEXT NOT NULL CHECK (name <> ''), -- of the survey or rule
      touchpoint TEXT,
      journey TEXT,
      case_start INTEGER,
      team TEXT, -- null: nobody owns the touchpoint
      opened INTEGER NOT NULL,
      due INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'in_progress', 'closed')),
      closed INTEGER CHECK ((closed IS NULL) = (state <> 'closed')),
      assignee INTEGER REFERENCES members (id) ON DELETE SET NULL,
      reopened INTEGER NOT NULL DEFAULT 0 CHECK (reopened >= 0), -- how often
      reminded INTEGER NOT NULL DEFAULT 0 CHECK (reminded IN (0, 1)), -- since it was opened last
      changed INTEGER NOT NULL,
      latest INTEGER NOT NULL -- the message of the latest answer
    ) STRICT;
    CREATE INDEX tickets_by_due ON tickets (due) WHERE state <> 'closed';
    CREATE INDEX tickets_by_touchpoint ON tickets (touchpoint) WHERE state <> 'closed';
    CREATE INDEX tickets_by_assignee ON tickets (assignee) WHERE assignee IS NOT NULL;

    CREATE TABLE ticket_answers (
      message INTEGER PRIMARY KEY, -- what the event is recognised by when it is sent again
      ticket INTEGER NOT NULL REFERENCES tickets (number) ON DELETE CASCADE,
      event TEXT NOT NULL,
      at INTEGER NOT NULL,
      key INTEGER, -- null: the customer was erased, or the event went by its age
      namespace INTEGER CHECK ((namespace IS NULL) = (key IS NULL)),
      id BLOB CHECK ((id IS NULL) = (key IS NULL)),
      score REAL,
      comment TEXT
    ) STRICT;
    CREATE INDEX ticket_answers_by_ticket ON ticket_answers (ticket);
    CREATE INDEX ticket_answers_by_key ON ticket_answers (key) WHERE key IS NOT NULL;

    CREATE TABLE ticket_history (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      ticket INTEGER NOT NULL REFERENCES tickets (number) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      who TEXT NOT NULL, -- as of then; '': the program
      deed TEXT NOT NULL CHECK (deed <> ''),
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX ticket_history_by_ticket ON ticket_history (ticket);

    -- What a team is told, kept until it was.
    CREATE TABLE ticket_messages (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      ticket INTEGER NOT NULL REFERENCES tickets (number) ON DELETE CASCADE,
      occasion TEXT NOT NULL CHECK (occasion IN ('opened', 'reopened', 'overdue')),
      way TEXT NOT NULL CHECK (way IN ('mail', 'webhook')),
      state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
      tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
      made INTEGER NOT NULL,
      next INTEGER NOT NULL, -- not tried before
      problem TEXT -- why the last try failed
    ) STRICT;
    CREATE INDEX ticket_messages_waiting ON ticket_messages (next) WHERE state = 'waiting';
    CREATE INDEX ticket_messages_by_ticket ON ticket_messages (ticket);
    """

  /// The first version that has them.
  static let firstWithTickets = 7
}
