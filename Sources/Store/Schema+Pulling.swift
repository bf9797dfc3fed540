extension Schema {
  /// What is known of sources that events are fetched from.
  ///
  /// Where they are, and how to get in, is in the environment of the program and never here.
  static let pullingTables = """
    CREATE TABLE pulled_sources (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE CHECK (name <> ''),
      cursor_column TEXT,
      cursor TEXT CHECK ((cursor IS NULL) = (cursor_column IS NULL)), -- as PostgreSQL writes it
      pulled INTEGER -- when it was last looked at without a failure
    ) STRICT;

    CREATE TABLE pulled_files (
      source INTEGER NOT NULL REFERENCES pulled_sources (id) ON DELETE CASCADE,
      name TEXT NOT NULL CHECK (name <> ''),
      size INTEGER NOT NULL CHECK (size >= 0),
      hash INTEGER NOT NULL, -- of all bytes
      changed INTEGER NOT NULL, -- nanoseconds since 1970, as the file system has it
      at INTEGER NOT NULL,
      PRIMARY KEY (source, name, size, hash)
    ) STRICT, WITHOUT ROWID;
    """

  /// The first version that has these tables.
  static let firstWithPulling = 5
}
