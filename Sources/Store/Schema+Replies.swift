extension Schema {
  /// What requests of the API that may be repeated were answered: a part of version 5.
  ///
  /// Neither what a caller called a request nor what it brought is kept, only hashes; the answers
  /// hold no secrets and name no customers.
  static let replyTables = """
    CREATE TABLE replies (
      caller TEXT NOT NULL CHECK (caller <> ''), -- kind and number
      key BLOB NOT NULL CHECK (length(key) = 32), -- SHA-256 of the caller's own name of the request
      request BLOB NOT NULL CHECK (length(request) = 32), -- SHA-256 of its method, address and body
      begun INTEGER NOT NULL,
      status INTEGER, -- null: not answered yet
      type TEXT,
      location TEXT,
      body BLOB CHECK ((body IS NULL) = (status IS NULL)),
      PRIMARY KEY (caller, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX replies_by_time ON replies (begun);
    """
}
