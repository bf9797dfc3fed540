extension Schema {
  /// Members, keys, documents and who did what: a part of version 4.
  ///
  /// Secrets are kept as their SHA-256, passwords as scrypt hashes. Numbers of members, sessions,
  /// keys and documents are never given out twice, since the audit log names them.
  static let peopleTables = """
    CREATE TABLE members (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      email TEXT NOT NULL UNIQUE CHECK (email <> ''), -- lower case
      name TEXT NOT NULL CHECK (name <> ''),
      role TEXT NOT NULL CHECK (role IN ('viewer', 'analyst', 'editor', 'admin')),
      state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
      password TEXT, -- $scrypt$...; none before an invitation is accepted
      invitation BLOB UNIQUE CHECK (length(invitation) = 32),
      invitation_expires INTEGER CHECK ((invitation_expires IS NULL) = (invitation IS NULL)),
      issuer TEXT, -- of OpenID Connect
      subject TEXT CHECK ((subject IS NULL) = (issuer IS NULL)),
      added INTEGER NOT NULL,
      signed_in INTEGER,
      UNIQUE (issuer, subject)
    ) STRICT;

    CREATE TABLE setup (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      secret BLOB NOT NULL CHECK (length(secret) = 32)
    ) STRICT;

    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      secret BLOB NOT NULL UNIQUE CHECK (length(secret) = 32),
      member INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
      browser TEXT NOT NULL,
      began INTEGER NOT NULL,
      used INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_member ON sessions (member);

    CREATE TABLE write_keys (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL CHECK (name <> ''),
      secret BLOB NOT NULL UNIQUE CHECK (length(secret) = 32),
      hint TEXT NOT NULL,
      made INTEGER NOT NULL,
      revoked INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX write_keys_by_name ON write_keys (name) WHERE revoked IS NULL;

    CREATE TABLE api_tokens (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL CHECK (name <> ''),
      secret BLOB NOT NULL UNIQUE CHECK (length(secret) = 32),
      hint TEXT NOT NULL,
      member INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
      scopes TEXT NOT NULL CHECK (scopes <> ''), -- with spaces between
      made INTEGER NOT NULL,
      expires INTEGER,
      used INTEGER, -- to the minute
      revoked INTEGER
    ) STRICT;
    CREATE INDEX api_tokens_by_member ON api_tokens (member);

    CREATE TABLE saved_questions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE CHECK (name <> ''),
      question TEXT NOT NULL, -- JSON
      author TEXT NOT NULL,
      changed INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE boards (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE CHECK (name <> ''),
      range TEXT, -- as a question writes it; null: that of each tile
      author TEXT NOT NULL,
      changed INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE board_tiles (
      board INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position >= 0),
      title TEXT NOT NULL,
      question INTEGER REFERENCES saved_questions (id),
      journey TEXT CHECK ((journey IS NULL) <> (question IS NULL)),
      PRIMARY KEY (board, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX board_tiles_by_question ON board_tiles (question) WHERE question IS NOT NULL;

    CREATE TABLE experience_versions (
      number INTEGER PRIMARY KEY CHECK (number > 0),
      author TEXT NOT NULL,
      message TEXT NOT NULL,
      at INTEGER NOT NULL,
      restored INTEGER REFERENCES experience_versions (number)
    ) STRICT;

    CREATE TABLE experience_files (
      version INTEGER NOT NULL REFERENCES experience_versions (number),
      name TEXT NOT NULL CHECK (name <> ''),
      text TEXT NOT NULL,
      PRIMARY KEY (version, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit_log (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('member', 'token', 'write-key', 'owner')),
      actor INTEGER, -- the number of the member, token or key; null: the folder's owner
      name TEXT NOT NULL, -- as of then
      action TEXT NOT NULL CHECK (action <> ''),
      subject TEXT NOT NULL,
      detail TEXT NOT NULL,
      request TEXT
    ) STRICT;
    CREATE INDEX audit_log_by_action ON audit_log (action, id);
    CREATE INDEX audit_log_by_actor ON audit_log (kind, actor, id);

    CREATE TABLE collection_sources (
      kind TEXT NOT NULL,
      id INTEGER NOT NULL, -- of the key or token; 0: the folder's owner
      taken INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0),
      refused INTEGER NOT NULL DEFAULT 0 CHECK (refused >= 0),
      last INTEGER NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE collected_names (
      kind TEXT NOT NULL,
      id INTEGER NOT NULL,
      event TEXT NOT NULL, -- '': all names beyond the limit
      taken INTEGER NOT NULL CHECK (taken > 0),
      last INTEGER NOT NULL,
      PRIMARY KEY (kind, id, event),
      FOREIGN KEY (kind, id) REFERENCES collection_sources (kind, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE refused_items (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      id INTEGER NOT NULL,
      at INTEGER NOT NULL,
      dialect TEXT NOT NULL,
      code TEXT NOT NULL,
      problem TEXT NOT NULL,
      field TEXT,
      item TEXT NOT NULL, -- the first 2 KB, without keys
      FOREIGN KEY (kind, id) REFERENCES collection_sources (kind, id) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX refused_items_by_source ON refused_items (kind, id, number);
    """
}
