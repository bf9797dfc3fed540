extension Schema {
  /// Who is asked what, up to which moment that was looked for, and what stories are still to be told
  /// of it.
  ///
  /// An address is kept until the mail is out, a draft until the answer is there. Answers are events
  /// and not kept here. `claimed` is set before a mail goes out and taken back after it, so that a
  /// process that ends in between doesn't send it twice.
  static let invitationTables = """
    CREATE TABLE invitations (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      survey TEXT NOT NULL CHECK (survey <> ''),
      key INTEGER NOT NULL, -- of the identity
      namespace INTEGER NOT NULL CHECK (namespace IN (0, 1)),
      identity BLOB NOT NULL CHECK (length(identity) BETWEEN 1 AND 512),
      touchpoint TEXT,
      journey TEXT,
      case_start INTEGER,
      moment INTEGER NOT NULL, -- of what is spoken of
      due INTEGER NOT NULL,
      open_for INTEGER NOT NULL CHECK (open_for > 0), -- milliseconds from sending
      channel TEXT NOT NULL CHECK (channel IN ('mail', 'link')),
      address TEXT,
      language TEXT,
      state TEXT NOT NULL CHECK (state IN
        ('waiting', 'sent', 'answered', 'dismissed', 'expired', 'failed', 'suppressed')),
      made INTEGER NOT NULL,
      next INTEGER NOT NULL, -- not to be sent before
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      claimed INTEGER CHECK (claimed IS NULL OR state = 'waiting'),
      sent INTEGER,
      expires INTEGER CHECK ((expires IS NULL) = (sent IS NULL)),
      ended INTEGER CHECK ((ended IS NULL) = (state IN ('waiting', 'sent'))),
      draft TEXT CHECK (draft IS NULL OR state = 'sent'), -- JSON
      error TEXT, -- a code
      UNIQUE (survey, key, moment)
    ) STRICT;
    CREATE INDEX invitations_waiting ON invitations (next) WHERE state = 'waiting';
    CREATE INDEX invitations_open ON invitations (expires) WHERE state = 'sent';
    CREATE INDEX invitations_by_key ON invitations (key);

    CREATE TABLE invitation_events (
      invitation INTEGER NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
      state TEXT NOT NULL CHECK (state IN ('sent', 'answered', 'dismissed', 'expired')),
      event TEXT NOT NULL, -- JSON: name, time and properties
      PRIMARY KEY (invitation, state)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE survey_looks (
      survey TEXT PRIMARY KEY CHECK (survey <> ''),
      since INTEGER NOT NULL, -- nobody is asked for what was due before
      until INTEGER NOT NULL -- up to here it was looked who is due
    ) STRICT, WITHOUT ROWID;
    """

  /// The first version that has them.
  static let firstWithInvitations = 6
}
