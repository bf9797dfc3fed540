import Accounts
import Events
import Foundation
import GRDB

/// A question under a name.
public struct SavedQuestion: Sendable, Equatable {
  /// The number, which is never given out twice; boards name it.
  public let id: Int
  /// The name.
  public let name: String
  /// The question as JSON, as somebody wrote it: names in it mean what they mean when it is asked.
  public let question: String
  /// Who saved it last, by their name as of then.
  public let author: String
  /// When it was saved last.
  public let changed: Instant

  init(_ row: Row) {
    id = row["id"]
    name = row["name"]
    question = row["question"]
    author = row["author"]
    changed = Instant(milliseconds: row["changed"])
  }

  /// The most saved questions of a store.
  public static let most = 10_000
  /// The longest question, in bytes.
  public static let longest = 65_536
}

extension Store {
  /// All saved questions by name.
  public func savedQuestions() throws(Fault) -> [SavedQuestion] {
    try people([]) { database in
      try Row.fetchAll(database, sql: "SELECT * FROM saved_questions ORDER BY name")
        .map(SavedQuestion.init)
    }
  }

  /// The saved question of a number.
  ///
  /// - Throws: `question.unknown`.
  public func savedQuestion(_ id: Int) throws -> SavedQuestion {
    try people(nil) { try Self.savedQuestion(id, $0) }.orThrow(Self.unknownQuestion(id))
  }

  /// Saves a question under a new name, or changes a saved one.
  ///
  /// - Parameters:
  ///   - id: the question that is changed; nil makes a new one.
  ///   - name: the name.
  ///   - question: the question as JSON; the caller has read it as a question.
  ///   - principal: who saves it.
  /// - Throws: `access.denied`, `question.name`, `question.known`, `question.unknown`,
  ///   `question.size`, `question.count`.
  @discardableResult
  public func saveQuestion(
    _ id: Int? = nil, name: String, question: String, by principal: Principal
  ) throws -> SavedQuestion {
    try principal.require(.save)
    let name = try GivenName.checked(name, of: "question")
    guard question.utf8.count <= SavedQuestion.longest else {
      throw Refusal(
        "question.size", problem: "The question has \(question.utf8.count) bytes.",
        remedy: "Save one of at most \(SavedQuestion.longest) bytes; name long lists as segments.")
    }
    return try write { database in
      try Self.checkDocument(
        "question", table: "saved_questions", id: id, name: name, most: SavedQuestion.most,
        database)
      let now = clock().milliseconds
      if let id {
        guard try Self.savedQuestion(id, database) != nil else { throw Self.unknownQuestion(id) }
        try database.execute(
          literal: """
            UPDATE saved_questions SET name = \(name), question = \(question),
              author = \(principal.name), changed = \(now) WHERE id = \(id)
            """)
      } else {
        try database.execute(
          literal: """
            INSERT INTO saved_questions (name, question, author, changed)
            VALUES (\(name), \(question), \(principal.name), \(now))
            """)
      }
      let number = id ?? Int(database.lastInsertedRowID)
      try note(.questionSaved, name, id == nil ? "new" : "changed", by: principal, database)
      return try Self.savedQuestion(number, database).orThrow(Self.unknownQuestion(number))
    }
  }

  /// Deletes a saved question that no board shows.
  ///
  /// - Throws: `access.denied`, `question.unknown`, `question.shown`.
  public func deleteQuestion(_ id: Int, by principal: Principal) throws {
    try principal.require(.save)
    try write { database in
      let question = try Self.savedQuestion(id, database).orThrow(Self.unknownQuestion(id))
      let boards = try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT name FROM boards JOIN board_tiles ON board = id WHERE question = ?
          ORDER BY name LIMIT 5
          """, arguments: [id])
      guard boards.isEmpty else {
        let names = boards.map { "“\($0)”" }.joined(separator: ", ")
        throw Refusal(
          "question.shown", problem: "The question is shown on the boards \(names).",
          remedy: "Take it off there first.")
      }
      try database.execute(literal: "DELETE FROM saved_questions WHERE id = \(id)")
      try note(.questionDeleted, question.name, by: principal, database)
    }
  }

  /// Puts a question that was deleted back, under its number.
  ///
  /// - Throws: `access.denied`, `question.known`, `question.count`.
  public func restoreQuestion(_ question: SavedQuestion, by principal: Principal) throws {
    try principal.require(.save)
    try write { database in
      try Self.checkDocument(
        "question", table: "saved_questions", id: nil, name: question.name,
        most: SavedQuestion.most, database)
      try database.execute(
        literal: """
          INSERT INTO saved_questions (id, name, question, author, changed)
          VALUES (\(question.id), \(question.name), \(question.question), \(question.author),
            \(question.changed.milliseconds))
          """)
      try note(.questionSaved, question.name, "restored", by: principal, database)
    }
  }

  private static func savedQuestion(_ id: Int, _ database: Database) throws -> SavedQuestion? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM saved_questions WHERE id = ?", arguments: [id]
    ).map(SavedQuestion.init)
  }

  private static func unknownQuestion(_ id: Int) -> Refusal {
    Refusal(
      "question.unknown", problem: "There is no saved question with the number \(id).",
      remedy: "Look at the list of saved questions; it may have been deleted.")
  }

  /// Refuses a name that another document has, and a document too many.
  static func checkDocument(
    _ thing: String, table: SQL, id: Int?, name: String, most: Int, _ database: Database
  ) throws {
    let others: SQLRequest<Int> = """
      SELECT count(*) FROM \(table) WHERE name = \(name) AND id IS NOT \(id)
      """
    guard try others.fetchOne(database) == 0 else {
      throw Refusal(
        "\(thing).known", problem: "There is a \(thing) “\(name)” already.",
        remedy: "Choose another name, or change that one.")
    }
    let all: SQLRequest<Int> = "SELECT count(*) FROM \(table)"
    guard try id != nil || all.fetchOne(database) ?? 0 < most else {
      throw Refusal(
        "\(thing).count", problem: "The store has \(most) of them already.",
        remedy: "Delete those that nobody uses.")
    }
  }
}

extension Optional {
  /// The value, or else the refusal.
  func orThrow(_ refusal: @autoclosure () -> Refusal) throws -> Wrapped {
    guard let self else { throw refusal() }
    return self
  }
}
